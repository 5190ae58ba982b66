"""The values of the weighing: what is known of an utterance, and one thing it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from contract.aspects import Aspect
from contract.questions import Question
from understanding.decision import Ranked
from understanding.features import Utterance
from understanding.knowledge_index import KnowledgeHit


class Kind(StrEnum):
    """What an utterance can be in its conversation."""

    MATTER = "matter"
    """A new matter: a procedure named in its own words."""
    TOPIC = "topic"
    """About the procedure being talked of."""
    EARLIER = "earlier"
    """Back to a matter talked of before that."""
    NARROWED = "narrowed"
    """One of the matters near the one talked of, or listed, told apart by these words: "cái bị mất ấy"."""
    LISTED = "listed"
    """About a thing just listed."""
    DOSSIER = "dossier"
    """About the dossier just shown."""
    FORM = "form"
    """The value a form asked for."""
    KNOWLEDGE = "knowledge"
    """About the service, the desk, the portal: answered from what is known beside procedures."""
    RATING = "rating"
    """The answer to whether it helped."""
    CROSSING = "crossing"
    """Going on with what was talked of by another channel."""
    WISH = "wish"
    """Something is to be done: erase, stop messages, another language, a person, a report."""
    TALK = "talk"
    """Small talk: a greeting, thanks, yes, no."""
    ELSEWHERE = "elsewhere"
    """Nothing that belongs here."""


@dataclass(frozen=True)
class Reading:
    """One thing an utterance can be."""

    kind: Kind
    intent: str
    score: float
    """0 to 1: how well words and state fit."""
    procedure: str | None = None
    aspect: Aspect | None = None
    knowledge: str | None = None
    choice: str | None = None
    """Key of the thing listed, where it is no procedure."""
    candidates: tuple[str, ...] = ()
    """Procedures to offer where it is not sure which is meant."""
    why: Mapping[str, float] = field(default_factory=dict)
    """The features that counted, for ``motcua explain``."""


@dataclass(frozen=True)
class Evidence:
    """What the pipeline found in the words alone."""

    utterance: Utterance
    openings: frozenset[str]
    intents: Mapping[str, float]
    """Probabilities of the linear model."""
    side_phrases: Mapping[str, float]
    """By side intent: similarity of its nearest example, 0 to 1."""
    ranked: Sequence[Ranked]
    sure: float
    """Chance that the best procedure is the right one."""
    sure_of_three: float
    """Chance that it is among the choices."""
    aspects: Sequence[Aspect]
    alone: bool
    """Whether the message is the bare name of a side."""
    residue: str
    """Folded, without cues, fillers and the frame of the question."""
    question: Question | None
    knowledge: Sequence[KnowledgeHit]
    """Nearest entries of knowledge."""
    digits: str | None
    names: Mapping[str, frozenset[str]]
    """Words of the names of the procedures the conversation knows, by code."""
    topics: Mapping[str, float] = field(default_factory=dict)
    """By topic of knowledge: probability of the linear model."""
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Words of what their records tell: papers, conditions, steps."""
    joined_knowledge: Sequence[KnowledgeHit] = ()
    """Entries by the words together with what the entry told last is asked as, of the same topic."""
    circumstance: bool = False
    """Whether somebody's case is told of: "nhà tôi hộ cận nghèo"."""
    joined: Sequence[Ranked] = ()
    """Procedures by the words together with those of what was talked of, that itself left out."""
    compared: tuple[str, ...] = ()
    """Two procedures the words hold against each other; empty where they do not."""
    both: tuple[str, ...] = ()
    """Two procedures the words ask for, in the order in which they name them; empty where they do not."""

    @cached_property
    def words(self) -> list[str]:
        """The folded syllables."""
        return self.utterance.folded.split()
