"""Nothing in the program runs what it was handed: no evaluated text, no shell, no pickled objects, no built SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "actions", "assistant", "catalogue", "centre", "channels", "cli", "contract", "installation", "kiosk", "language",
    "learning", "runtime", "speech", "stores", "tickets", "understanding",
)  # fmt: skip
FORBIDDEN = {
    "eval": "evaluates text", "exec": "runs text", "os.system": "a shell", "os.popen": "a shell",
    "subprocess.getoutput": "a shell", "pickle.load": "objects that run", "pickle.loads": "objects that run",
    "marshal.loads": "objects that run", "yaml.load": "objects that run", "yaml.unsafe_load": "objects that run",
    "jsonpickle.decode": "objects that run", "dill.loads": "objects that run", "joblib.load": "objects that run",
}  # fmt: skip
UNSAFE = re.compile(r"Unsafe|FullLoader|^yaml\.Loader$")
KNOWN = {
    ("speech/recognition/messages.py", "pickle.loads"): "between a process of ours and its own child, over their pipe",
    ("speech/recognition/model_download.py", "follow_redirects=True"): "a publisher's mirrors; the digest is checked",
    ("speech/voices/piper_download.py", "follow_redirects=True"): "a publisher's mirrors; the digest is checked",
    ("stores/apart.py", "text(f…)"): "names of our own tables",
    ("stores/database.py", "text(f…)"): "a number of ours, a table's name",
    ("stores/database_copy.py", "text(f…)"): "a table's name",
    ("stores/migrations/versions/months_0001.py", "text(f…)"): "names of our own tables and columns",
}
"""Places that are as they should be, each with its reason."""


def name_of(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def dangers(source: str) -> Iterator[tuple[int, str]]:
    """Line and kind of each call nobody should make."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        loaders = [*node.args[1:], *(word.value for word in node.keywords)]
        safe_loader = bool(loaders) and not any(UNSAFE.search(ast.unparse(loader)) for loader in loaders)
        if name in FORBIDDEN and not (name == "yaml.load" and safe_loader):
            yield node.lineno, name
        for word in node.keywords:
            is_true = isinstance(word.value, ast.Constant) and word.value.value is True
            if word.arg == "shell" and is_true:
                yield node.lineno, "shell=True"
            if word.arg == "follow_redirects" and is_true:
                yield node.lineno, "follow_redirects=True"
        if name.rpartition(".")[2] == "text" and node.args and isinstance(node.args[0], ast.JoinedStr):
            yield node.lineno, "text(f…)"


def found() -> dict[tuple[str, str], list[int]]:
    places: dict[tuple[str, str], list[int]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for line, kind in dangers(path.read_text(encoding="utf-8")):
                places.setdefault((path.relative_to(ROOT).as_posix(), kind), []).append(line)
    return places


def test_no_call_runs_what_it_was_handed() -> None:
    places = found()
    assert {place: lines for place, lines in places.items() if place not in KNOWN} == {}
    assert KNOWN.keys() - places.keys() == set()


@pytest.mark.parametrize(
    "source",
    [
        "eval(x)", "import os\nos.system('a ' + x)", "subprocess.run(x, shell=True)",
        "yaml.load(x, Loader=yaml.UnsafeLoader)", "pickle.loads(x)",
        "session.execute(text(f'DELETE FROM {x}'))", "httpx.get(x, follow_redirects=True)",
    ],
)  # fmt: skip
def test_the_look_finds_each(source: str) -> None:
    assert list(dangers(source))


@pytest.mark.parametrize(
    "source", ["yaml.load(x, Loader=yaml.CSafeLoader)", "session.execute(text('SELECT 1'))", "ast.literal_eval(x)"]
)
def test_the_look_lets_what_is_safe_alone(source: str) -> None:
    assert not list(dangers(source))
