"""``docs/settings.md``: what an operator can set, from :class:`runtime.settings.Settings`."""

from __future__ import annotations

from typing import Any

from docs.reference.tables import table
from runtime.setting_groups.group import Group
from runtime.settings import GROUPS, PREFIX, Settings

_INTRO = """# Settings

Environment variables. A wrong one stops the start with its name, its value and what is allowed; an unknown one, too.
`motcua settings` lists them, `motcua settings --values` shows those in force.

A secret, and an address that holds a password, may stand in a file: `MOTCUA_API_KEY_FILE=/run/credentials/api.key`
instead of `MOTCUA_API_KEY`. The file holds the value and nothing else. Passwords in addresses are never printed.

*Made from `runtime/setting_groups/` by `make docs`; edit it there.*
"""

_TYPES = {"integer": "whole number", "number": "number", "boolean": "true or false"}
_FORMATS = {"uri": "address", "path": "path", "password": "secret"}
_BOUNDS = (
    ("minimum", "from {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "to {}"),
    ("exclusiveMaximum", "below {}"),
    ("maxLength", "at most {} characters"),
    ("pattern", "matches `{}`"),
)


def settings_page() -> str:
    """The page."""
    schema = Settings.model_json_schema()
    shapes = schema["properties"]
    page = _INTRO
    for group in GROUPS:
        rows = (
            (f"`{PREFIX}{name.upper()}`", _default(name), _allowed(shapes[name], schema), shapes[name]["description"])
            for name in group.model_fields
        )
        page += f"\n## {_title(group)}\n\n" + table(("setting", "default", "allowed", "meaning"), rows)
    return page


def _title(group: type[Group]) -> str:
    return (group.__doc__ or "").splitlines()[0].rstrip(".")


def _default(name: str) -> str:
    value = Settings.model_fields[name].get_default()
    if value is None or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(shape: dict[str, Any], schema: dict[str, Any]) -> str:
    """In words: one of these values, or a type with its bounds."""
    while "$ref" in shape:
        shape = schema["$defs"][shape["$ref"].rpartition("/")[2]]
    for choice in shape.get("anyOf", ()):
        if choice.get("type") != "null":
            return _allowed(choice, schema)
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    kind = _FORMATS.get(shape.get("format", ""), _TYPES.get(shape.get("type", ""), "text"))
    return " ".join([kind, *(words.format(shape[bound]) for bound, words in _BOUNDS if bound in shape)])
