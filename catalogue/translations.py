"""Facts of procedures in another language: ``nlu_data/wording/<tag>/facts.yml``, by the line of the record.

A line without its translation stays as it is, so that a fact that has changed is never told as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from catalogue.record import Procedure, RecordModel
from catalogue.wording import open_facts
from language import data
from language.languages import default_language

FACTS: Final = "facts.yml"
_NAMES: Final = frozenset({"official_name", "short_name", "english_name", "agency", "field", "asked_as", "decision"})
"""Fields of a record by which it is found; told as they are."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@data.cached()
def facts_in(language: str) -> Mapping[str, str]:
    """Lines by the line of the default language; empty where a language has none."""
    path = data.folder() / "wording" / language / FACTS
    if language == default_language() or not path.exists():
        return {}
    content: dict[str, str] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    return open_facts(language) | content


def in_language(procedure: Procedure, language: str) -> Procedure:
    """A record with the facts that are translated in a language; its shape is the same."""
    facts = facts_in(language)
    if not facts:
        return procedure
    kept = {name: getattr(procedure, name) for name in _NAMES}
    translated: Procedure = _translated(procedure, facts)
    return translated.model_copy(update=kept)


def _translated(value: Any, facts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return facts.get(value, value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_translated(one, facts) for one in value)
    if isinstance(value, RecordModel):
        found = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(update={name: _translated(one, facts) for name, one in found.items()})
    return value
