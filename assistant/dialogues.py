"""Development dialogues: what must hold of each turn of a conversation, and how much of it does.

Pure: whoever plays them hands in what was heard. ``nlu_data/eval/dialogues/README.md`` gives the format.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from assistant.evaluation import Share
from contract.meaning import Meaning
from contract.reply import Reply, ReplyKind
from contract.turn import Channel, Event
from language.languages import default_language
from language.normalise import fold
from runtime.messages import Message

SIDE_INTENTS = frozenset(
    {
        "delete_my_data",
        "opt_out",
        "opt_in",
        "switch_language",
        "goodbye",
        "choose_number",
        "report_problem",
    }
)
"""What changes something, or opens a form nobody asked for. Asking for a confirmation counts, too: a villager who asked
something else was not answered."""


PATTERN_OF_KIND: Mapping[str, str] = {
    "correction": "correction",
    "return": "back",
    "choose": "choosing",
    "two_things": "two_wishes",
}
"""The pattern of conversations that name none, by kind."""


def _as_tuple(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


AnyOf = Annotated[tuple[str | None, ...], BeforeValidator(_as_tuple)]
"""One value, or several of which each is right; empty: not judged."""


class DialoguesUnreadable(ValueError):
    """A file of dialogues is not as its README says; the message names the file and the place."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expected(_Model):
    """What must hold of one turn; what is not named is not judged."""

    intent: AnyOf = ()
    procedure: AnyOf = ()
    """Codes; ``null``: no procedure may be answered."""
    aspect: AnyOf = ()
    question: AnyOf = ()
    """Kinds of question."""
    knowledge: AnyOf = ()
    reading: AnyOf = ()
    language: str | None = None
    """Of the replies."""
    contains_any: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    no_side_effect: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether the turn asks something that this service answers."""
        named = bool(self.procedure) and None not in self.procedure
        return bool(named or self.aspect or self.question or self.knowledge)


class Correction(_Model):
    """A side of a procedure's record that is corrected while somebody talks of it."""

    procedure: str
    side: Literal["fee", "time", "papers", "where"]


class DialogueTurn(_Model):
    """What a citizen does, and what is expected."""

    say: str | None = None
    digits: str | None = None
    event: Event | None = None
    channel: Channel | None = None
    """By which it comes where that is another than the conversation's, from the same telephone; None: by the same."""
    corrected: Correction | None = None
    """What officers correct before it."""
    expect: Expected = Expected()

    @model_validator(mode="after")
    def _exactly_one(self) -> DialogueTurn:
        if sum(way is not None for way in (self.say, self.digits, self.event)) != 1:
            raise ValueError(Message("a turn has exactly one of say, digits and event"))
        return self

    @property
    def is_judged(self) -> bool:
        """Whether anything is expected."""
        return bool(self.expect.model_fields_set)


class Dialogue(_Model):
    """One conversation."""

    channel: Channel
    turns: tuple[DialogueTurn, ...] = Field(min_length=1)
    style: str | None = None
    pattern: str | None = None
    """What is repaired: cancel, restart, skip, going_on, ...; None where nothing is."""
    kind: str
    name: str

    @property
    def corrects(self) -> bool:
        """Whether a record is corrected while it goes on."""
        return any(turn.corrected is not None for turn in self.turns)

    @property
    def repairs(self) -> str | None:
        """The pattern it counts for."""
        return self.pattern or PATTERN_OF_KIND.get(self.kind)

    @property
    def written(self) -> str:
        """The style: as the file says, or as the signs show."""
        if self.style is not None:
            return self.style
        if self.channel is Channel.PHONE:
            return "recogniser"
        words = " ".join(turn.say or "" for turn in self.turns)
        return "full" if _has_diacritics(words) else "plain"


def _has_diacritics(text: str) -> bool:
    return fold(text) != unicodedata.normalize("NFC", text).lower()


@dataclass(frozen=True)
class Heard:
    """What came of one turn."""

    meaning: Meaning
    replies: tuple[Reply, ...]
    shown: str
    """Everything that reached the citizen, written and spoken."""
    segments: int = 0
    """Of the text messages sent; 0 on other channels."""
    spoken_seconds: float = 0.0
    """0 on other channels than the telephone."""
    processor_seconds: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether the reply states facts, instead of asking back or saying that it does not know."""
        return any(reply.kind is ReplyKind.ANSWER for reply in self.replies)


@dataclass(frozen=True)
class Judged:
    """One turn with its verdict."""

    dialogue: Dialogue
    number: int
    """From 1."""
    turn: DialogueTurn
    heard: Heard
    faults: tuple[str, ...]
    """What did not hold; empty when the turn is right."""

    @property
    def right(self) -> bool:
        """Wholly right: a part is not enough."""
        return not self.faults

    @property
    def had_side_effect(self) -> bool:
        """Whether a sentence that must not change anything did."""
        return self.turn.expect.no_side_effect and self.heard.meaning.intent in SIDE_INTENTS


def read_dialogues(folder: Path) -> list[Dialogue]:
    """Every conversation of the folder; a file's name is the kind of its conversations.

    Raises:
        DialoguesUnreadable: a file is no YAML, or not of the agreed shape.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        try:
            listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise DialoguesUnreadable(Message("{name}: no YAML: {error}", name=path.name, error=error)) from error
        for number, fields in enumerate(listed or (), start=1):
            name = f"{path.stem} {number}"
            try:
                found.append(Dialogue.model_validate({**fields, "kind": path.stem, "name": name}))
            except (TypeError, ValidationError) as error:
                raise DialoguesUnreadable(
                    Message("{name}, conversation {number}: {error}", name=path.name, number=number, error=error)
                ) from error
    return found


def comparable(text: str) -> str:
    """Text with one space between words, lower case and no diacritics: text messages are sent without them."""
    return fold(" ".join(text.lower().replace("“", '"').replace("”", '"').split()))


def faults_of(expected: Expected, heard: Heard) -> tuple[str, ...]:
    """What was expected of a turn and did not hold, in words."""
    meaning = heard.meaning
    got: Mapping[str, tuple[str | None, ...]] = {
        "intent": (meaning.intent,),
        "procedure": _procedures(heard),
        "aspect": (meaning.aspect or "overview",),
        "question": (meaning.question.kind if meaning.question is not None else None,),
        "knowledge": (meaning.knowledge,),
        "reading": (meaning.reading,),
    }
    faults = [
        f"{key}: {_named(found)} instead of {_named(wanted)}"
        for key, found in got.items()
        if (wanted := getattr(expected, key)) and not set(found) & set(wanted)
    ]
    language = heard.replies[-1].language if heard.replies else default_language()
    if expected.language is not None and language != expected.language:
        faults.append(f"language: {language} instead of {expected.language}")
    shown = comparable(heard.shown)
    if expected.contains_any and not any(comparable(words) in shown for words in expected.contains_any):
        faults.append(f"none of: {', '.join(expected.contains_any)}")
    faults += [f"must not stand there: {words}" for words in expected.lacks if comparable(words) in shown]
    if expected.no_side_effect and meaning.intent in SIDE_INTENTS:
        faults.append(f"side effect: {meaning.intent}")
    return tuple(faults)


def _procedures(heard: Heard) -> tuple[str | None, ...]:
    """What was understood, or what the answer was taken from."""
    sources = (reply.source.procedure_code for reply in heard.replies if reply.source is not None)
    return (heard.meaning.procedure, *sources)


def _named(values: Iterable[str | None]) -> str:
    return " or ".join(dict.fromkeys(str(value or "nothing") for value in values))


@dataclass(frozen=True)
class Figures:
    """Shares by name; each name says what is counted."""

    by_kind: Mapping[str, Share]
    """Turns right, by kind."""
    whole: Mapping[str, Share]
    """Conversations wholly right, by kind."""
    overall: Mapping[str, Share]
    by_channel: Mapping[str, Share]
    by_style: Mapping[str, Share]
    by_pattern: Mapping[str, Share]
    """Turns right of the conversations with something to repair, by pattern."""
    side_effects: Share
    """Of the sentences that must not change anything, those that did."""
    answered: Share
    """Of the turns that ask what belongs to this service, those answered with facts, right or wrong."""


def figures_of(judged: Sequence[Judged]) -> Figures:
    """Count a run."""
    by_kind: dict[str, Share] = defaultdict(Share)
    whole: dict[str, Share] = defaultdict(Share)
    overall: dict[str, Share] = {name: Share() for name in (TURNS, CONVERSATIONS, FIRST, FOLLOW_UP)}
    by_channel: dict[str, Share] = defaultdict(Share)
    by_style: dict[str, Share] = defaultdict(Share)
    by_pattern: dict[str, Share] = defaultdict(Share)
    side_effects, answered = Share(), Share()
    verdicts: dict[str, tuple[str, list[bool]]] = {}
    for one in judged:
        by_kind[one.dialogue.kind].add(one.right)
        by_channel[one.dialogue.channel].add(one.right)
        by_style[one.dialogue.written].add(one.right)
        if one.dialogue.repairs is not None:
            by_pattern[one.dialogue.repairs].add(one.right)
        overall[TURNS].add(one.right)
        overall[FIRST if one.number == 1 else FOLLOW_UP].add(one.right)
        verdicts.setdefault(one.dialogue.name, (one.dialogue.kind, []))[1].append(one.right)
        if one.turn.expect.no_side_effect:
            side_effects.add(one.had_side_effect)
        if one.turn.expect.is_ours:
            answered.add(one.heard.answers)
    for kind, turns in verdicts.values():
        whole[kind].add(all(turns))
        overall[CONVERSATIONS].add(all(turns))
    return Figures(by_kind, whole, overall, by_channel, by_style, by_pattern, side_effects, answered)


TURNS = "turns right"
CONVERSATIONS = "conversations wholly right"
FIRST = "first turns right"
FOLLOW_UP = "follow-up turns right"
SIDE_EFFECTS = "no side effect"
ANSWERED = "answered of what is ours"


def shares_of(figures: Figures) -> dict[str, Share]:
    """Every figure under one name, the higher the better."""
    quiet = Share(figures.side_effects.total - figures.side_effects.right, figures.side_effects.total)
    return {
        **{f"{kind}: {TURNS}": share for kind, share in sorted(figures.by_kind.items())},
        **{f"{kind}: {CONVERSATIONS}": share for kind, share in sorted(figures.whole.items())},
        **{f"pattern {name}: {TURNS}": share for name, share in sorted(figures.by_pattern.items())},
        **{f"all: {name}": share for name, share in figures.overall.items()},
        f"all: {SIDE_EFFECTS}": quiet,
        f"all: {ANSWERED}": figures.answered,
    }


def failures_text(judged: Sequence[Judged]) -> str:
    """The turns that are not right, grouped by kind, for who mends the readings."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if not one.right:
            groups[one.dialogue.kind].append(one)
    lines: list[str] = []
    for kind, failed in sorted(groups.items()):
        lines += [f"== {kind}: {len(failed)} turns", ""]
        for one in failed:
            lines += _told(one)
    return "\n".join(lines) + "\n"


def _told(one: Judged) -> list[str]:
    before = [turn.say or turn.digits or str(turn.event) for turn in one.dialogue.turns[: one.number - 1]]
    meaning = one.heard.meaning
    question = meaning.question.kind if meaning.question is not None else None
    understood: list[Any] = [meaning.intent, meaning.procedure, meaning.aspect, question, meaning.reading]
    return [
        f"[{one.dialogue.name}.{one.number} {one.dialogue.channel}] {' | '.join(before)} | >> {_words(one.turn)}",
        f"    {'; '.join(one.faults)}",
        f"    understood {' '.join(str(value or '-') for value in understood)}",
        f"    answer: {' '.join(one.heard.shown.split())[:260]}",
        "",
    ]


def _words(turn: DialogueTurn) -> str:
    return turn.say or turn.digits or str(turn.event)
