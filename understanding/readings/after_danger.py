"""What the words mean that come after somebody told of a danger: whether they still belong to it. Pure.

A child who was told whom to call and says "cháu không dám nói với mẹ" asks for no pension, however near one lies.
Who asks plainly for something else is answered; who only goes on telling is told once more, calmly, who helps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from catalogue.knowledge_base import topic_of
from contract.aspects import Aspect
from contract.meaning import Meaning
from language.phrasings import phrasing
from understanding.decision import OUT_OF_SCOPE
from understanding.readings.reading import Kind

LOOKED_BACK: Final = 12
"""Messages before the latest in which a danger is looked for, while nothing else was talked of."""
LOOKED_BACK_PAST: Final = 4
"""The same where something else was: later the talk has come to that."""
SURELY: Final = 0.9
"""Chance from which another matter is meant. Below it lie, after a danger, stories that only sound like one: "cháu ở
với bà" (0.86, an allowance), "cháu mới học lớp 7" (0.85, a school)."""
PERHAPS: Final = 0.35
"""Chance from which procedures are asked back about, where something is asked at all."""
HELP: Final = "help"
"""Topic of knowledge whose entries say who helps: told beside the number, also where they are not sure."""
LEAVING: Final = frozenset({"thanks", "goodbye", "greet"})
"""Small talk that a channel acts on, as by ending a call; only what is said to it differs."""
OFFICER: Final = "talk_to_officer"
REPORT: Final = "report_problem"
_EVENTS: Final = "event_"
"""What the intents of a channel's events begin with: silence ends no talk."""
_SAYING_AGAIN: Final = frozenset({"help", "repeat"})
_SAYING_LITTLE: Final = frozenset({None, Aspect.OVERVIEW, Aspect.STEPS, Aspect.CONDITIONS})
"""Sides that are read from a mere story, or from "được không"."""
_OF_THE_TALK: Final = frozenset({Kind.TOPIC, Kind.EARLIER, Kind.NARROWED, Kind.DOSSIER})


class Then(StrEnum):
    """What is told to words after a danger."""

    NUMBER = "number"
    """Only who helps: they belong to the danger."""
    BOTH = "both"
    """Who helps, and then the answer: they may be either."""
    ANSWER = "answer"
    """The answer alone: something else is plainly asked."""


@dataclass(frozen=True)
class Told:
    """A danger that was told earlier in the conversation."""

    kind: str
    """A key of ``emergencies.yml``."""
    ago: int
    """Messages since, the latest one counted."""
    alone: bool
    """Whether nothing else was talked of since."""


def told_before(said: Iterable[tuple[str | None, str | None]]) -> Told | None:
    """The danger told last.

    Args:
        said: the messages before the latest one, the newest first: the kind of danger each tells of, and its intent.
    """
    alone = True
    for ago, (kind, intent) in enumerate(said, start=1):
        if kind is not None:
            return Told(kind, ago, alone)
        if ago >= (LOOKED_BACK if alone else LOOKED_BACK_PAST):
            break
        alone = alone and (intent == OUT_OF_SCOPE or intent in LEAVING or (intent or "").startswith(_EVENTS))
    return None


def after_danger(
    meaning: Meaning, folded: str, *, goes_on: bool = False, alone: bool = True, tells: bool = False
) -> Then:
    """What is told to a message after a danger.

    Args:
        meaning: what it was taken for by itself.
        folded: its normalised words, folded.
        goes_on: whether its words ask what to do about a danger: "thế gọi ai".
        alone: whether nothing else was talked of since the danger was told.
        tells: whether the words themselves tell of it.
    """
    if not alone:
        lost = meaning.reading == Kind.ELSEWHERE or (
            goes_on and meaning.procedure is None and meaning.knowledge is None
        )
        return Then.NUMBER if lost else Then.ANSWER
    sure, asks = meaning.confidence >= SURELY, not goes_on and _asks(meaning, folded)
    match meaning.reading:
        case Kind.MATTER if meaning.procedure is None:
            return Then.BOTH if asks and meaning.confidence >= PERHAPS else Then.NUMBER
        case Kind.MATTER:
            named = sure and not _has_happened(folded)
            return Then.ANSWER if sure and asks else Then.BOTH if named or asks else Then.NUMBER
        case Kind.KNOWLEDGE if topic_of(meaning.knowledge or "") == HELP:
            return Then.BOTH
        case Kind.KNOWLEDGE:
            if not sure or (tells and not asks):
                return Then.NUMBER
            return Then.BOTH if goes_on else Then.ANSWER
        case Kind.WISH if meaning.intent == OFFICER:
            return Then.NUMBER if goes_on else Then.BOTH
        case Kind.WISH if meaning.intent == REPORT:
            return Then.BOTH if sure and phrasing("wants_to_report").search(folded) is not None else Then.NUMBER
        case Kind.WISH | Kind.LISTED:
            return Then.ANSWER if sure and meaning.intent not in _SAYING_AGAIN else Then.NUMBER
        case Kind.TALK | Kind.ELSEWHERE:
            return Then.NUMBER
        case kind if kind in _OF_THE_TALK:
            return Then.ANSWER if asks and meaning.aspect not in _SAYING_LITTLE else Then.NUMBER
    # Buttons, keys, events, and what a form has asked for.
    return Then.ANSWER


def without_matter(meaning: Meaning) -> Meaning:
    """The meaning of words that belong to a danger: nothing they sounded like is taken for what is talked of.

    It has no intent of the words' own: "out of scope" would make a telephone say that it knows of papers only.
    """
    if meaning.intent in LEAVING or meaning.reading is None:
        return meaning
    return Meaning(intent=None, spoken=meaning.spoken, reading=Kind.ELSEWHERE)


def _asks(meaning: Meaning, folded: str) -> bool:
    """Whether something is asked, and not only told: "họ rút hết tiền rồi" names money, and asks for no fee."""
    if meaning.question is not None or phrasing("asks").search(folded) is not None:
        return True
    return meaning.aspect not in _SAYING_LITTLE and not _has_happened(folded)


def _has_happened(folded: str) -> bool:
    return phrasing("has_happened").search(folded) is not None
