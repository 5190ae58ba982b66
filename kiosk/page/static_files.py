"""The page's modules and styles put together: one file each, so that a cold visit asks for little."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).with_name("static")
STYLES: Final = ("colours.css", "page.css", "screens.css", "keys.css", "narrow.css")
"""In the order in which later ones win."""
FIRST: Final = "app.js"
APART: Final = ("worklet.js",)
"""Runs beside the page, not in it."""

_COMMENT: Final = re.compile(r"[ \t]*/\*.*?\*/\n?", re.DOTALL)
_REMARK: Final = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "/kiosk/static/([\w/]+\.js)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(async function|function|const|let|class)\b)", re.MULTILINE)
_TOP: Final = re.compile(r"^(?:async )?(?:function|const|let|class) ([\w$]+)", re.MULTILINE)


class NotOneScript(ValueError):
    """The modules cannot stand in one file; the message names what is in the way."""


def script() -> str:
    """All modules as one, each after those it needs, as a browser would run them, without comments.

    Raises:
        NotOneScript: two modules use one name for their own, or an import is written in another way.
    """
    parts: dict[str, str] = {}
    _add(FIRST, parts, set())
    owners: dict[str, str] = {}
    for name, part in parts.items():
        for found in _TOP.findall(part):
            if found in owners:
                raise NotOneScript(f"{found} stands in {owners[found]} and in {name}")
            owners[found] = name
        if re.search(r"^(import|export)\b", part, re.MULTILINE):
            raise NotOneScript(f"{name} imports or exports in a way of its own")
    return _REMARK.sub("", "".join(parts.values()))


def style() -> str:
    """All styles as one, without what is said to their readers."""
    return _COMMENT.sub("", "".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES))


def _add(name: str, parts: dict[str, str], seen: set[str]) -> None:
    seen.add(name)
    written = (STATIC / name).read_text(encoding="utf-8")
    for needed in _IMPORT.findall(written):
        if needed not in seen:
            _add(needed, parts, seen)
    parts[name] = _EXPORT.sub("", _IMPORT.sub("", written))
