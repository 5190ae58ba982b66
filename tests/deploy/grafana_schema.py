"""Whether Grafana's own schema knows everything a dashboard says: ``python grafana_schema.py FILE``.

Runs with the programs of ``make validators``. Grafana makes the types of its Foundation SDK from the CUE schemas its
own code is made from. What the schema does not know is dropped when it reads a file, so a name spelt wrong is one that
is not there afterwards; what it knows is held against the type it gives it.
"""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from typeguard import CollectionCheckStrategy, TypeCheckError, check_type


def problems(written: dict[str, Any]) -> Iterator[str]:
    """What the schema does not take, as places in the file with what is wrong there."""
    register_default_plugins()
    read = Dashboard.from_json(written)
    yield from _dropped("", written, json.loads(JSONEncoder().encode(read)))
    yield from _mistyped("Dashboard", read)


def _dropped(place: str, written: object, read: object) -> Iterator[str]:
    if isinstance(written, dict) and isinstance(read, dict):
        for name, value in written.items():
            if name in read:
                yield from _dropped(f"{place}.{name}", value, read[name])
            # An empty list is as good as none.
            elif value not in ([], {}):
                yield f"{place}.{name}: not in the schema"
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        for number, (one, other) in enumerate(zip(written, read, strict=True)):
            yield from _dropped(f"{place}[{number}]", one, other)
    elif written != read:
        yield f"{place}: {written!r} is read as {read!r}"


def _mistyped(place: str, read: object) -> Iterator[str]:
    if isinstance(read, list):
        for number, one in enumerate(read):
            yield from _mistyped(f"{place}[{number}]", one)
    if not type(read).__module__.startswith("grafana_foundation_sdk.models"):
        return
    hints = typing.get_type_hints(type(read))
    for name, value in getattr(read, "__dict__", {}).items():
        hint = hints.get(name, Any)
        if _is_value_of(hint, value):
            continue
        try:
            check_type(value, hint, collection_check_strategy=CollectionCheckStrategy.ALL_ITEMS)
        except TypeCheckError as error:
            yield f"{place}.{name}: {error}"
        yield from _mistyped(f"{place}.{name}", value)


def _is_value_of(hint: object, value: object) -> bool:
    """Whether an enumeration, which is read as plain text, has this value."""
    kinds = (one for one in (hint, *typing.get_args(hint)) if isinstance(one, type) and issubclass(one, Enum))
    return any(value in {member.value for member in kind} for kind in kinds)


if __name__ == "__main__":
    found = list(problems(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
    print(*found, sep="\n", end="")
    sys.exit(bool(found))
