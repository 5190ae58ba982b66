"""The words of ``readings.yml`` that tell how a message hangs on what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from understanding.readings.guards import Guard, guards_of, skips_of
from understanding.readings.openings import anywhere_pattern, forms, prefix_pattern, read_markers


def _either(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(form) for phrase in phrases for form in forms(phrase))


@dataclass(frozen=True)
class Markers:
    """The words of ``readings.yml`` that tell how a message hangs on what was said."""

    follow: re.Pattern[str]
    anaphora: re.Pattern[str]
    earlier: re.Pattern[str]
    dossier: re.Pattern[str]
    handed_in: re.Pattern[str]
    sends_code: re.Pattern[str]
    form_help: re.Pattern[str]
    calls_off: re.Pattern[str]
    of_service: re.Pattern[str]
    what_to_do: re.Pattern[str]
    tells_of_oneself: re.Pattern[str]
    other_channel: re.Pattern[str]
    goes_on: re.Pattern[str]
    to_kiosk: re.Pattern[str]
    helped: re.Pattern[str]
    not_helped: re.Pattern[str]
    yes_alone: frozenset[str]
    no_alone: frozenset[str]
    skips: re.Pattern[str]
    """Matches a folded message in full."""
    choosing: frozenset[str]
    guards: Mapping[str, Guard]
    other_language: re.Pattern[str]
    weights: Mapping[str, Mapping[str, float]]
    """By sort of reading, by feature: those fitted, of ``reading_weights.yml``."""


@lru_cache(maxsize=4)
def markers_of(nlu_data: Path) -> Markers:
    """The markers of a folder of language data."""
    read = read_markers(nlu_data)

    def anywhere(name: str) -> re.Pattern[str]:
        return anywhere_pattern(form for phrase in read[name] for form in forms(phrase))

    return Markers(
        follow=prefix_pattern(form for phrase in read["follow"] for form in forms(phrase)),
        anaphora=anywhere("anaphora"),
        earlier=anywhere("earlier"),
        dossier=anywhere("dossier"),
        handed_in=anywhere("handed_in"),
        sends_code=anywhere("sends_code"),
        form_help=anywhere("form_help"),
        calls_off=anywhere("calls_off"),
        of_service=anywhere("of_service"),
        what_to_do=anywhere("what_to_do"),
        tells_of_oneself=prefix_pattern(form for phrase in read["tells_of_oneself"] for form in forms(phrase)),
        other_channel=anywhere("other_channel"),
        goes_on=anywhere("goes_on"),
        to_kiosk=anywhere("to_kiosk"),
        helped=anywhere("helped"),
        not_helped=anywhere("not_helped"),
        yes_alone=frozenset(form for phrase in read["yes_alone"] for form in forms(phrase)),
        no_alone=frozenset(form for phrase in read["no_alone"] for form in forms(phrase)),
        skips=skips_of(nlu_data),
        choosing=frozenset(word for phrase in read["choosing"] for form in forms(phrase) for word in form.split()),
        guards=guards_of(nlu_data),
        other_language=re.compile(
            rf"(?<!\S)(?:{_either(read['asking_to_speak'])}) (?:\S+ ){{0,2}}?(?:tieng )?"
            rf"(?:{_either(read['other_languages'])})(?!\S)"
        ),
        weights=yaml.safe_load((nlu_data / "reading_weights.yml").read_text(encoding="utf-8"))["fitted"],
    )
