"""No script of a page writes under a name it was handed: nobody changes what every object inherits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    path
    for folder in ("kiosk/page", "centre/page", "centre/reporting", "channels/try_page")
    for path in sorted((ROOT / folder).rglob("*.js"))
    if "vendor" not in path.parts
]
_BY_NAME = re.compile(r"([\w.#]+)\[([^\]\"'`]+)\]\s*=(?!=)")
_MERGES = re.compile(r"__proto__|setPrototypeOf|\bfor\s*\(\s*(?:const|let|var)\s+\w+\s+in\b|\.prototype\.\w+\s*=")
KNOWN = {
    "preferences[name]": "a setting the page has choices for, looked at first",
    "this.piece[this.filled]": "a number, into samples of sound",
    "changed[at]": "a number, into a list of letters",
    "changed[at + 1]": "a number, into a list of letters",
    "this.#frame[this.#filled]": "a number, into samples of sound",
    "out[index]": "a number, into samples of sound",
    "made[index]": "a number, into samples of sound",
}


def written(script: str) -> set[str]:
    return {f"{target}[{name}]" for target, name in _BY_NAME.findall(script)}


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 10


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_writes_under_no_name_it_was_handed(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert written(script) - set(KNOWN) == set()
    assert _MERGES.findall(script) == []


def test_a_preference_is_one_the_page_has_choices_for() -> None:
    script = (ROOT / "kiosk" / "page" / "static" / "preferences.js").read_text(encoding="utf-8")
    body = script.split("export function prefer(name, value) {")[1]
    assert body.index("Object.hasOwn(CHOICES, name)") < body.index("preferences[name] = value")


def test_the_look_finds_what_it_looks_for() -> None:
    assert written("kept[given.name] = given.value") == {"kept[given.name]"}
    assert written("if (kept[name] === 1) {}") == set()
    assert _MERGES.search("for (const key in given) target[key] = given[key]")
