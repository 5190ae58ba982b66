"""``docs/privacy/stored.md``: every kind of stored data, its fields, why, how long, who reads it, by which rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from docs.reference.tables import table
from runtime.retention import StoredKind, stored_kinds
from runtime.settings import PREFIX

FIELDS = Path(__file__).resolve().parent.parent / "privacy" / "fields.yml"
MANNERS = ("number", "sealed", "hashed", "redacted", "name", "place")

_INTRO = """# What is stored

Every table of the database, every key of Redis and every file, with its purpose, how long it is kept, who reads it. A
test compares this page with the real tables, keys and columns.

*Made from `runtime/retention.yml` and `docs/privacy/fields.yml` by `make docs`; edit them there.*

"""

_LEGEND = """
## Columns

How what tells of persons stands in the database; columns that are named nowhere are kinds, states, counts, times and
random ids. *number*: keyed hash of a telephone number; *sealed*: encrypted; *hashed*: another hash; *redacted*: words
with personal data taken out; *name*: of an officer or a box; *place*: on the map.

"""


@cache
def tables() -> dict[str, dict[str, Any]]:
    """What is said of each table."""
    content: dict[str, dict[str, Any]] = yaml.safe_load(FIELDS.read_text(encoding="utf-8"))["tables"]
    return content


def _listed(said: dict[str, Any], manner: str) -> str:
    return ", ".join(f"`{column}`" for column in said.get(manner, ()))


def stored_page() -> str:
    """The page."""
    rows = [
        (kind.name, kind.what, _places(kind), _kept(kind), _readers(kind), kind.rule)
        for kind in stored_kinds().values()
    ]
    kinds = table(("kind", "purpose", "where", "kept", "read in clear by", "ground"), rows)
    fields = table(
        ("table", "about", *MANNERS),
        (
            (f"`{name}`", said["about"], *(_listed(said, manner) for manner in MANNERS))
            for name, said in tables().items()
        ),
    )
    return _INTRO + kinds + _LEGEND + fields


def _places(kind: StoredKind) -> str:
    return ", ".join(f"`{place}`" for place in (*kind.tables, *kind.redis, *kind.files))


def _kept(kind: StoredKind) -> str:
    if kind.until is not None:
        return f"until {kind.until}"
    return f"`{PREFIX}{kind.setting.upper()}`" if kind.setting else f"`{kind.constant}`"


def _readers(kind: StoredKind) -> str:
    return ", ".join(dict.fromkeys(str(tables()[one]["reader"]) for one in kind.tables)) or "nobody"
