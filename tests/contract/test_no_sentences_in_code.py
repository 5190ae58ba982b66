"""People read and hear what stands in the wording store: no Vietnamese is left in Python, JavaScript or templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from runtime.settings import PROJECT_ROOT

VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
PRODUCT = re.compile(r"(?i)một cửa")
"""The name of the product is no sentence."""

READS_VIETNAMESE = {
    "language/": "reads and pronounces Vietnamese",
    "catalogue/importers/": "reads published records",
    "catalogue/field_changes.py": "reads numbers of decisions",
    "catalogue/money.py": "reads amounts",
    "catalogue/rules.py": "looks for words in facts",
    "catalogue/text.py": "reads what publishers write in empty fields",
    "actions/procedures/": "looks for words at the beginning of facts",
    "actions/dossiers/freetext.py": "hides names and numbers in what an office wrote",
    "actions/registries/land.py": "reads numbers of certificates",
    "actions/registries/vehicle.py": "reads plates, and states of fines as their service writes them",
    "actions/dossiers/sandbox.py": "people nobody is",
    "assistant/renewal.py": "a question to begin with, so that the first citizen need not wait",
    "kiosk/bundles/health.py": "the same for a kiosk's new bundle",
    "kiosk/protocol/snapshot.py": "words that a compressed list begins with",
    "channels/rendering/lines.py": "reads numbers of decisions",
    "channels/sms/answering/keywords.py": "reads orders",
    "channels/api.py": "an example of the API's description",
    "kiosk/page/static/telex.js": "an input method",
    "kiosk/page/static/keyboard.js": "its keys",
}


def _program(*suffixes: str) -> Iterator[Path]:
    for folder in sorted(PROJECT_ROOT.glob("[a-z]*/")):
        if folder.name not in {"tests", "benchmarks", "docs", "models", "var"}:
            yield from (path for path in sorted(folder.rglob("*")) if path.suffix in suffixes)


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """Strings of a module that are no documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [body for node in ast.walk(tree) if isinstance(body := getattr(node, "body", None), list)]
    said = {id(statement.value) for body in bodies for statement in body if isinstance(statement, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a script or a template without their comments."""
    content = re.sub(r"/\*.*?\*/|<!--.*?-->|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for number, line in enumerate(content.splitlines(), start=1):
        yield number, re.sub(r"(?:^|\s)//.*$", "", line)


def _found() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in _program(".py", ".js", ".html"):
        pieces = _strings(path) if path.suffix == ".py" else _lines(path)
        said = [f"{number}: {text.strip()}" for number, text in pieces if VIETNAMESE.search(PRODUCT.sub("", text))]
        if said:
            found[path.relative_to(PROJECT_ROOT).as_posix()] = said
    return found


def test_no_sentence_is_left_in_the_program() -> None:
    left = {name: said for name, said in _found().items() if not name.startswith(tuple(READS_VIETNAMESE))}
    assert left == {}


def test_no_exception_is_left_that_nobody_needs() -> None:
    found = _found()
    assert [place for place in READS_VIETNAMESE if not any(name.startswith(place) for name in found)] == []


def test_no_language_is_named_in_the_program() -> None:
    """``"en"`` stands in data, in the command line's default, and in the signature of a method of Rasa's."""
    named = [
        f"{path.relative_to(PROJECT_ROOT)}:{number}"
        for path in _program(".py")
        for number, text in _strings(path)
        if text in {"vi", "en"}
    ]
    allowed = ("understanding/catalogue_importer.py", "runtime/setting_groups/")
    assert [place for place in named if not place.startswith(allowed)] == []
