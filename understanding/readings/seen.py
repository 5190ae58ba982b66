"""What is seen of an utterance before its readings are listed: counted once, used by several of them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from catalogue.knowledge_base import topic_of
from contract.aspects import Aspect
from contract.questions import QuestionKind
from language.phrasings import phrasing
from understanding.decision import ANSWER
from understanding.empty_words import empty_words, names_nothing
from understanding.readings.markers import Markers
from understanding.readings.reading import Evidence
from understanding.readings.side import side_asked
from understanding.readings.state import State

DENY = "deny"
TALK = frozenset({"greet", "goodbye", "thanks", "affirm", DENY, "complaint_about_bot"})
"""Intents of small talk."""

_PLAIN = frozenset(QuestionKind) - {QuestionKind.MAY, QuestionKind.RECEIVE, QuestionKind.BESIDES, QuestionKind.ONLINE}
"""Kinds whose shapes are seldom part of something else."""
_OF_A_THING = frozenset(
    {QuestionKind.NEEDED, QuestionKind.COPIES, QuestionKind.MISSING, QuestionKind.WHO_MAY, QuestionKind.AGE}
)
"""Questions that name a paper or a person: "giấy chứng sinh nộp bản chính hay photo" asks for no certified copy."""
_ASKED_AGAIN = frozenset({Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.ONLINE})
"""Sides that are asked of another matter by naming it: "còn hộ kinh doanh?" after a fee."""
_SURE, _UNSURE = 0.98, 0.02
_MANY_WORDS = 6
_NAMED_WHOLE = 0.99
"""Share of the words that name something from which they name nothing but one procedure."""


def odds(chance: float) -> float:
    """Log-odds of a chance, bounded so that certainty does not drown everything else."""
    bounded = min(_SURE, max(_UNSURE, chance))
    return math.log(bounded / (1.0 - bounded))


@dataclass(frozen=True)
class Seen:
    """An utterance in its conversation."""

    evidence: Evidence
    state: State
    markers: Markers
    content: tuple[str, ...]
    """Folded words that may name something, without cues and frames."""
    side: Aspect | None
    asks: bool
    """Whether a side or a kind of question is asked for."""
    plainly: bool
    of_a_thing: bool
    bare: bool
    """Whether nothing is named beside what is asked: "mất mấy ngày"."""
    follows: bool
    points_back: bool
    says_earlier: bool
    other: str | None
    """The nearest procedure that is not the one talked of."""
    only_its: float
    """How much of what is named the nearest procedure is called by, and the one talked of is not, 0 to 1."""

    @property
    def topic(self) -> str | None:
        """The procedure talked of."""
        return self.state.procedure

    @property
    def short(self) -> float:
        """1 for a message of a few syllables."""
        return float(len(self.evidence.words) <= 6)

    @property
    def states_case(self) -> float:
        """1 where somebody's case is told of and nothing is asked: "nhà tôi hộ cận nghèo"."""
        return float(self.evidence.circumstance and not self.asks)

    @property
    def of_service(self) -> float:
        """1 where the words are about this service itself: "nhắn tin thế này có mất tiền không"."""
        return self.found(self.markers.of_service)

    @property
    def known_beside(self) -> float:
        """How surely the best entry of knowledge is meant, 0 to 1: by its topic in the model and its nearest phrase."""
        hit = next(iter(self.evidence.knowledge), None)
        if hit is None:
            return 0.0
        return hit.phrase * (0.5 + 0.5 * self.evidence.topics.get(topic_of(hit.entry), 0.0))

    @property
    def words(self) -> float:
        """How many words name something, up to six."""
        return float(min(_MANY_WORDS, len(self.content)))

    @property
    def denies(self) -> float:
        """1 where the message begins by saying no."""
        return float(DENY in self.evidence.openings)

    @property
    def sure(self) -> float:
        """Chance that the nearest procedure is meant, by the words alone."""
        return self.evidence.sure

    @property
    def of_other(self) -> float:
        """How much the words speak for another procedure than the one talked of, 0 to 1."""
        if self.other is None or (self.bare and self.asks):
            return 0.0
        # Below the chance to be answered it would only be a list of guesses.
        return self.sure if self.sure >= ANSWER else self.sure * 0.4

    def share(self, known: frozenset[str] | None) -> float:
        """How many of the words that name something are among these, 0 to 1."""
        if not known or not self.content:
            return 0.0
        return sum(word in known for word in self.content) / len(self.content)

    def named(self, code: str) -> float:
        """How much of what is named belongs to a procedure's names."""
        return self.share(self.evidence.names.get(code))

    def told(self, code: str) -> float:
        """How much of what is named its record tells of."""
        return self.share(self.evidence.told.get(code))

    def strange_to(self, code: str) -> float:
        """How many words name something that neither a procedure's names nor its record hold, up to six."""
        known = self.evidence.names.get(code, frozenset()) | self.evidence.told.get(code, frozenset())
        return self.words * (1.0 - self.share(known))

    def only_of(self, code: str) -> float:
        """How much of what is named one procedure is called by, and the one talked of is not, 0 to 1."""
        return _only_of(self.content, code, self.topic, self.evidence.names)

    @property
    def side_of_another(self) -> Aspect | None:
        """The side asked for of another matter: that of before where none is said, "còn hộ kinh doanh?"."""
        before = self.state.aspect
        if self.side not in (None, Aspect.OVERVIEW) or before not in _ASKED_AGAIN or not self.says("and_that_one"):
            return self.side
        return Aspect(before)

    @property
    def lacks(self) -> float:
        """1 where something is told to be missing, and nothing is asked."""
        return 0.0 if self.asks else self.says("lacks_something")

    @property
    def talk(self) -> float:
        """How surely the linear model takes the words for small talk, 0 to 1; 0 where something is asked."""
        return 0.0 if self.asks else max(self.evidence.intents.get(intent, 0.0) for intent in TALK)

    @property
    def points_at_topic(self) -> float:
        """How much of a thing pointed at belongs to what is talked of, 0 to 1: "cái giấy xác nhận ấy"."""
        found = phrasing("thing_pointed_at").search(self.evidence.utterance.folded)
        thing = content(found[0]) if found is not None and self.topic is not None else ()
        known = self.evidence.names.get(self.topic or "", frozenset()) | self.evidence.told.get(
            self.topic or "", frozenset()
        )
        return sum(word in known for word in thing) / len(thing) if thing else 0.0

    @property
    def names_it_anew(self) -> bool:
        """Whether the matter talked of is named once more as a whole: "đăng ký khai sinh cần giấy gì"."""
        return self.topic is not None and not self.bare and self.named(self.topic) >= _NAMED_WHOLE and self.asks

    def names_another_whole(self, codes: Collection[str]) -> bool:
        """Whether another procedure than these is named as a whole, and surely meant."""
        nearest = self.evidence.ranked[0].code if self.evidence.ranked else None
        if nearest is None or nearest in codes or self.bare:
            return False
        return self.sure >= ANSWER and self.named(nearest) >= _NAMED_WHOLE

    @property
    def skips(self) -> bool:
        """Whether the message only says that what a form asks for is not known."""
        return self.markers.skips.fullmatch(self.evidence.utterance.folded) is not None

    def found(self, pattern: re.Pattern[str]) -> float:
        """1 where the words hold a marker."""
        return float(pattern.search(self.evidence.utterance.folded) is not None)

    def says(self, name: str) -> float:
        """1 where the words put something as a list of ``phrasings.yml`` has it."""
        return self.found(phrasing(name))


def seen(evidence: Evidence, state: State, markers: Markers) -> Seen:
    """Count what the readings are weighed by."""
    folded = evidence.utterance.folded
    nearest = evidence.ranked[0].code if evidence.ranked else None
    return Seen(
        evidence=evidence,
        state=state,
        markers=markers,
        content=content(evidence.residue),
        side=side_asked(evidence),
        asks=bool(evidence.aspects or evidence.question),
        plainly=evidence.question is not None and evidence.question.kind in _PLAIN,
        of_a_thing=evidence.question is not None and evidence.question.kind in _OF_A_THING,
        bare=names_nothing(evidence.residue),
        follows=markers.follow.match(folded) is not None,
        points_back=markers.anaphora.search(folded) is not None,
        says_earlier=markers.earlier.search(folded) is not None,
        other=nearest if nearest != state.procedure else None,
        only_its=_only_of(content(evidence.residue), nearest, state.procedure, evidence.names),
    )


def _only_of(
    words: tuple[str, ...], code: str | None, beside: str | None, names: Mapping[str, frozenset[str]]
) -> float:
    """The share of the words that one procedure is called by and another is not, 0 to 1."""
    if code is None or code == beside or not words:
        return 0.0
    own = names.get(code, frozenset()) - names.get(beside or "", frozenset())
    return sum(word in own for word in words) / len(words)


def content(folded: str) -> tuple[str, ...]:
    """The words of a folded text that may name something."""
    empty = empty_words()
    return tuple(word for word in folded.split() if word not in empty)


def told_apart(words: str, names: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """For each thing listed the share of the words that only it, or fewer than all, are called by.

    Args:
        words: folded.
        names: the folded words of each thing's names.
    """
    shared = frozenset.intersection(*names.values()) if len(names) > 1 else frozenset()
    said = [word for word in content(words) if word not in shared]
    if not said:
        return dict.fromkeys(names, 0.0)
    rarity = {word: 1.0 / max(1, sum(word in known for known in names.values())) for word in said}
    total = sum(rarity.values())
    found = {code: sum(rarity[word] for word in said if word in known) / total for code, known in names.items()}
    best = max(found.values())
    if sum(value == best for value in found.values()) > 1:
        return dict.fromkeys(names, 0.0)
    return found
