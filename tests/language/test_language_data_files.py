"""The word lists say where they come from, and the room stands alone."""

from __future__ import annotations

import ast
import datetime as dt
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from language import data

ROOM = Path(data.__file__).parent
LISTS = data.folder() / "language"
FILES = sorted(path.stem for path in LISTS.glob("*.yml"))


@pytest.mark.parametrize("name", FILES)
def test_a_word_list_names_its_source_and_day_and_is_nfc(name: str) -> None:
    content = data.load(name)
    assert content["source"]
    assert dt.date.fromisoformat(content["checked_on"]) <= dt.date(2100, 1, 1)
    text = (LISTS / f"{name}.yml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


def test_a_word_list_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "language").mkdir()
    (tmp_path / "language" / "list.yml").write_text("- a\n", encoding="utf-8")
    with data.using(tmp_path), pytest.raises(ValueError, match=r"list\.yml"):
        data.load("list")


def test_the_room_imports_nothing_else_of_the_project() -> None:
    allowed = {"language", "yaml", "phonenumbers", *sys.stdlib_module_names}
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, path.name
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in allowed, path.name


def test_importing_the_room_reads_no_word_list() -> None:
    program = (
        "import language.normalise, language.numbers, language.dossier_code\n"
        "import language.redaction.personal_data, language.spoken\n"
        "from language import word_forms, lexemes, syllables, spoken_data\n"
        "assert not any(f.cache_info().currsize for f in\n"
        "  (word_forms.table, lexemes.vocabulary, syllables.lexicon, spoken_data.spoken_forms))"
    )
    root = str(ROOM.parent)
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
