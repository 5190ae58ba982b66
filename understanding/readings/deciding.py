"""From weighed readings to what a message is taken for: answer, ask back, do, or admit not to know. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.knowledge_base import topic_of
from contract.aspects import Aspect
from language.phrasings import phrasing
from understanding.decision import (
    ANSWER,
    ASK_PROCEDURE,
    OUT_OF_SCOPE,
    Ranked,
    chance,
    chance_of_the_choices,
    signals,
)
from understanding.features import Utterance
from understanding.readings.listing import CHECK_DOSSIER, EITHER
from understanding.readings.markers import Markers
from understanding.readings.reading import Evidence, Kind, Reading
from understanding.readings.side import side_asked
from understanding.readings.state import State
from understanding.readings.weighing import weigh

ASKING = frozenset({ASK_PROCEDURE, "ask_about_dossier"})
"""Intents that ask for something: they have a side and a kind of question."""


WEAK = 0.35
"""Chance below which a procedure is no reason to pass over the opening of a message."""
STRANGE = 0.6
"""Share of the best procedure's score from which something else is meant, where it could only be asked back about."""
CLOSE = 0.8
"""Share of the score that nothing here is meant from which procedures are asked back about instead."""
LEAST_KNOWLEDGE = 0.4
"""Chance below which an entry is not told, even where nothing else fits better. Set on the development sets:
between 0.4 and 0.5 three entries were right and none wrong."""
SURE_TOPIC = 0.95
"""The model's chance of a topic from which its nearest entry is told instead of nothing."""
TELLING = 1.35
"""Evidence an entry needs for that, in nats for each piece. Set on the development sets and graded questions: above it
three refused questions had their entry, below it three had a wrong one; of 84 strangers one reached it, rightly."""
WHOLE_QUESTION = 6
"""Words from which a message may be told such an entry; fewer are taken for a piece of what is talked of."""
LEAVES = 0.4
"""Chance of the likeliest new matter from which a talk is left for a list of what may be meant."""
TALK_ITSELF = 0.5
"""Score from which small talk after an opening is what is meant: "vâng thế thôi, em cúp máy đây"."""
BESIDE_DOSSIER = 0.5
"""Share of the best reading's score from which the dossier just shown and another matter are asked back between."""
LEAST_BETWEEN = 0.15
"""Score below which a reading is no rival."""
NAMED_BESIDE = 0.6
"""Chance from which who goes on by another channel has named the matter, too."""
BOTH_NAMED = 0.9
"""Chance of the first of two matters that a message names beside each other."""
NAMED_SURELY = 0.9
"""Chance from which a new matter is meant, whatever was shown before."""
_COMPARABLE = frozenset({Kind.MATTER, Kind.TOPIC, Kind.EARLIER, Kind.LISTED, Kind.NARROWED, Kind.ELSEWHERE})


@dataclass(frozen=True)
class Decision:
    """What a message is taken for."""

    intent: str
    confidence: float
    """Chance of being right, 0 to 1."""
    procedure: str | None = None
    candidates: tuple[str, ...] = ()
    aspect: Aspect | None = None
    follow_up: bool = False
    """Whether the message names no matter of its own."""
    knowledge: str | None = None
    choice: str | None = None
    kind: Kind | None = None
    compared: tuple[str, ...] = ()
    """Two procedures to hold against each other."""
    second: str | None = None
    """Another procedure asked for in the same message."""
    rival: str | None = None
    """The other matter that a question about the dossier just shown may as well be about."""


def decide(readings: Sequence[Reading], evidence: Evidence, has_dossier_code: bool = False) -> Decision:
    """Decide what a message is.

    Args:
        readings: of :func:`understanding.readings.weighing.weigh`, the best first.
        evidence: what the words alone tell.
        has_dossier_code: whether the message holds a dossier code.
    """
    if has_dossier_code:
        return Decision(CHECK_DOSSIER, 1.0, kind=Kind.WISH)
    if evidence.alone:
        of_topic = next((reading for reading in readings if reading.kind is Kind.TOPIC), None)
        code = of_topic.procedure if of_topic is not None else None
        return Decision(ASK_PROCEDURE, 1.0, code, aspect=side_asked(evidence), follow_up=True, kind=Kind.TOPIC)
    best = next(one for one in readings if one.kind is not Kind.KNOWLEDGE or one.score >= LEAST_KNOWLEDGE)
    opening = _opening(best, evidence)
    if opening is not None:
        return opening
    if (rival := _beside_dossier(best, readings, evidence)) is not None:
        dossier = next(reading for reading in readings if reading.kind is Kind.DOSSIER)
        return Decision(
            dossier.intent,
            dossier.score,
            dossier.procedure,
            aspect=dossier.aspect,
            follow_up=True,
            kind=Kind.DOSSIER,
            rival=rival,
        )
    if evidence.compared and best.kind in _COMPARABLE:
        return Decision(
            ASK_PROCEDURE, 0.9, evidence.compared[0], aspect=best.aspect, kind=best.kind, compared=evidence.compared
        )
    if best.kind is Kind.MATTER and evidence.sure < ANSWER and not evidence.both:
        best = _instead_of_a_list(best, readings, evidence)
    match best.kind:
        case Kind.ELSEWHERE:
            # Nothing fits well, but a procedure may be meant: one question back costs less than a refusal.
            matter = next((reading for reading in readings if reading.kind is Kind.MATTER), None)
            if matter is not None and matter.score >= CLOSE * best.score:
                return _matter(matter, evidence)
            if (entry := _entry_instead(readings, best, evidence)) is not None:
                return Decision(entry.intent, entry.score, knowledge=entry.knowledge, kind=entry.kind)
        case Kind.MATTER:
            elsewhere = next(reading for reading in readings if reading.kind is Kind.ELSEWHERE)
            if evidence.sure < ANSWER and not evidence.both and elsewhere.score >= STRANGE * best.score:
                if (entry := _entry_instead(readings, elsewhere, evidence)) is not None:
                    return Decision(entry.intent, entry.score, knowledge=entry.knowledge, kind=entry.kind)
                # A list of what was not meant helps nobody; who is refused may say it again.
                return Decision(elsewhere.intent, elsewhere.score, candidates=best.candidates, kind=Kind.ELSEWHERE)
            return _matter(best, evidence)
        case Kind.TOPIC | Kind.EARLIER | Kind.LISTED | Kind.NARROWED | Kind.DOSSIER:
            return Decision(
                best.intent,
                best.score,
                best.procedure,
                # What else was listed: a list that was passed over is not shown once more.
                best.candidates if best.kind is Kind.LISTED else (),
                aspect=best.aspect,
                follow_up=True,
                choice=best.choice,
                kind=best.kind,
            )
    matter = next((one for one in readings if one.kind is Kind.MATTER), None) if best.kind is Kind.CROSSING else None
    named = matter is not None and matter.why.get("chance_of_three", 0.0) >= NAMED_BESIDE
    return Decision(
        best.intent,
        best.score,
        candidates=matter.candidates if matter is not None and named else (),
        aspect=best.aspect,
        knowledge=best.knowledge,
        choice=best.choice,
        kind=best.kind,
    )


def _instead_of_a_list(matter: Reading, readings: Sequence[Reading], evidence: Evidence) -> Reading:
    """What is answered in place of a list of guesses: what is talked of, where the words name nothing else well."""
    topic = next((one for one in readings if one.kind is Kind.TOPIC and one.procedure is not None), None)
    if topic is not None and evidence.joined and evidence.joined[0].code == matter.procedure:
        # Alone the words are unsure, together with what was talked of they name the same.
        return replace(matter, kind=Kind.NARROWED)
    if topic is not None and (topic.procedure == matter.procedure or evidence.sure < LEAVES):
        return topic
    led_on = next((one for one in readings if one.kind is Kind.KNOWLEDGE), None)
    told_before = matter.why.get("entry_told", 0.0)
    return led_on if led_on is not None and topic is None and told_before and evidence.sure < LEAVES else matter


def _entry_instead(readings: Sequence[Reading], elsewhere: Reading, evidence: Evidence) -> Reading | None:
    """The entry to tell where nothing else would be said but that nothing is known."""
    whole = len(evidence.utterance.folded.split()) >= WHOLE_QUESTION
    return _entry_of_one_topic(readings, elsewhere) or (_entry_of_a_sure_topic(readings) if whole else None)


def _entry_of_a_sure_topic(readings: Sequence[Reading]) -> Reading | None:
    """The likeliest entry where the model has no doubt of its topic, and the words are the entry's own."""
    first = next((one for one in readings if one.kind is Kind.KNOWLEDGE and one.knowledge), None)
    if first is None or first.why.get("model", 0.0) < SURE_TOPIC or first.why.get("evidence", 0.0) < TELLING:
        return None
    return first


def _entry_of_one_topic(readings: Sequence[Reading], elsewhere: Reading) -> Reading | None:
    """The likeliest entry where those of its topic together are likelier than that nothing here is meant.

    Entries that lie near each other share the chance that one of them alone would have.
    """
    entries = [(one, topic_of(one.knowledge)) for one in readings if one.kind is Kind.KNOWLEDGE and one.knowledge]
    if not entries:
        return None
    first, topic = entries[0]
    together = sum(one.score for one, its in entries if its == topic)
    alike = together > elsewhere.score and together >= LEAST_KNOWLEDGE and first.score >= LEAST_BETWEEN
    return first if alike else None


def _beside_dossier(best: Reading, readings: Sequence[Reading], evidence: Evidence) -> str | None:
    """The matter that is about as likely as the dossier just shown; None where one of the two is plainly meant."""
    dossier = next((reading for reading in readings if reading.kind is Kind.DOSSIER), None)
    if dossier is None or best.kind not in (Kind.DOSSIER, Kind.MATTER, Kind.TOPIC):
        return None
    if dossier.why.get(EITHER):
        topic = next((one for one in readings if one.kind is Kind.TOPIC), None)
        return topic.procedure if topic is not None else None
    # Before the talk went on, what is asked of the dossier's procedure is asked of the dossier.
    same = [one.procedure == dossier.procedure for one in readings]
    own = max(
        one.score
        for one, is_its in zip(readings, same, strict=True)
        if one is dossier or (is_its and one.kind is Kind.TOPIC)
    )
    if best.kind is Kind.MATTER and evidence.sure >= NAMED_SURELY:
        return None
    meant = (Kind.MATTER, Kind.TOPIC) if evidence.sure >= ANSWER else (Kind.TOPIC,)
    other = next((one for one, is_its in zip(readings, same, strict=True) if one.kind in meant and not is_its), None)
    if other is None or min(own, other.score) < max(LEAST_BETWEEN, BESIDE_DOSSIER * best.score):
        return None
    return other.procedure


def _opening(best: Reading, evidence: Evidence) -> Decision | None:
    """The opening as the message itself, where what follows it says nothing: "cảm ơn cán bộ đã hướng dẫn"."""
    said = next((kind for kind in ("thanks", "greet", "deny", "affirm") if kind in evidence.openings), None)
    if said is None or phrasing("but").match(evidence.utterance.folded) is not None:
        return None
    if best.kind is Kind.TALK and best.score >= TALK_ITSELF:
        return None
    weak = best.kind in (Kind.ELSEWHERE, Kind.TALK) or (best.kind is Kind.MATTER and evidence.sure_of_three < WEAK)
    if said in ("thanks", "greet"):
        weak = weak or (best.kind is Kind.WISH and not evidence.aspects and evidence.question is None)
    return Decision(said, 0.9, kind=Kind.TALK) if weak else None


def decide_alone(
    utterance: Utterance, ranked: Sequence[Ranked], intents: Mapping[str, float], language: Markers
) -> Decision:
    """What a message is taken for by its ranked procedures and intents alone, without cues and conversation."""
    words = len(utterance.folded.split())
    evidence = Evidence(
        utterance=utterance,
        openings=frozenset(),
        intents=intents,
        side_phrases=dict.fromkeys(intents, 0.6),
        ranked=ranked,
        sure=chance(signals(ranked, intents, words)) if ranked else 0.0,
        sure_of_three=chance_of_the_choices(ranked, intents, words),
        aspects=(),
        alone=False,
        residue=utterance.folded,
        question=None,
        knowledge=(),
        digits=None,
        names={},
    )
    return decide(weigh(evidence, State(), language), evidence)


def _matter(reading: Reading, evidence: Evidence) -> Decision:
    sure = evidence.sure
    if evidence.both:
        # The chance is shared between the two, and neither is in doubt.
        first, second = evidence.both
        return Decision(
            ASK_PROCEDURE,
            max(sure, BOTH_NAMED),
            first,
            (first, second),
            aspect=reading.aspect,
            kind=Kind.MATTER,
            second=second,
        )
    return Decision(
        ASK_PROCEDURE,
        sure,
        reading.procedure if sure >= ANSWER else None,
        reading.candidates,
        aspect=reading.aspect,
        kind=Kind.MATTER,
    )


__all__ = ["ASKING", "OUT_OF_SCOPE", "Decision", "decide", "decide_alone"]
