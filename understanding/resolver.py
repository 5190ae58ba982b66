"""Last step of the pipeline: which procedure is meant, and what the message is taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from catalogue.knowledge_base import topic_of
from catalogue.question_answers import circumstances
from contract.aspects import Aspect
from contract.meaning import MEANING, Candidate, Meaning
from contract.questions import Question, QuestionKind
from language.phrasings import phrasing, words
from language.said_in import said_in
from understanding.aspects import CUES
from understanding.classifier import GUESS, Guess
from understanding.codes import CODES
from understanding.cues import RESIDUE_SHARE, Cues
from understanding.decision import (
    ANSWER,
    ASK_PROCEDURE,
    OUT_OF_SCOPE,
    Ranked,
    chance,
    chance_of_the_choices,
    chances,
    rank,
    signals,
)
from understanding.empty_words import names_nothing
from understanding.features import Utterance
from understanding.knowledge import ReadingWords, in_use
from understanding.knowledge_index import KnowledgeHit
from understanding.languages import language_named
from understanding.never_without import unsaid
from understanding.readings.deciding import ASKING, Decision, decide
from understanding.readings.listing import CHECK_DOSSIER, NARROWED_AMONG
from understanding.readings.reading import Evidence, Kind, Reading
from understanding.readings.side import side_asked
from understanding.readings.state import STATE, State
from understanding.readings.weighing import weigh
from understanding.search import CatalogueSearch
from understanding.side_phrases import similarities
from understanding.things import without_thing
from understanding.tokenizer import opened_of, utterance_of
from understanding.two_matters import TwoMatters, two_matters


def conversation_state(message: Message) -> State:
    """The state the conversation was in, as the core hands it over; empty when a message stands alone."""
    given = (message.get("metadata") or {}).get(STATE)
    if given is None:
        return State()
    return given if isinstance(given, State) else State.model_validate(given)


EXACTLY_CALLED = 0.9
"""Chance of the best procedure where the words are exactly what it alone is called."""


CALLED_INSIDE = 0.7
"""Chance of the best procedure where the longest name in the message is its own, and no other's. On the development
sets five of five such questions that would have been asked back about or refused mean it."""
VAGUE, VAGUE_WORDS = ANSWER - 0.05, 3
"""Chance at most, and syllables at most, of a name that several procedures share: it is asked back about."""
ALIKE, LEAST_ALIKE = 0.2, 0.3
"""How much farther another procedure may be that the same words name, and how near the nearest must be."""
SAME_FIELD = 0.06
"""What a procedure of the field that is talked of has ahead of others, where words only tell neighbours apart."""
MOST_JOINED = 14
"""Syllables up to which a message may only tell apart what was talked of; who says more says it whole."""
NEAR_THE_BEST = 5
"""Procedures among which the one called by exactly the words is looked for."""
NAMED_BY_A_PART = 8
"""Procedures looked at for a part of a message that may name one of two."""
FAR_BEHIND = 0.5
"""How much lower the score of what is called by exactly the words may be: "chữ ký" and "bản sao" both lose words that
name nothing elsewhere."""
LED_ON_TO = 6
"""Entries looked at where the words lead on from one that was told."""
NAMED_TO_COMPARE = 0.5
"""Similarity from which a part of a comparison names a procedure."""
CALLED_NEARLY = 0.6
"""Similarity from which a name that only one procedure has is its own; "trợ cấp" is the least part of one."""
SAID_WHOLE, HALF_SAID, AHEAD = 0.95, 0.5, 0.42
"""From when on a name is one's own: said as it is written down, or far ahead of every other."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ProcedureResolver(GraphComponent):  # type: ignore[misc]
    """Joins the linear model, the nearest phrases, the cues and the codes into one meaning."""

    def __init__(self, search: CatalogueSearch, language: ReadingWords) -> None:
        self._search = search
        self._language = language

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ProcedureResolver:
        """Made by Rasa; the index is shared by all components of the installation."""
        return cls(in_use().search, in_use().reading)

    def process(self, messages: list[Message]) -> list[Message]:
        """Put intent, entities and meaning on each message."""
        for message in messages:
            meaning = self._meaning(message)
            message.set(INTENT, {"name": meaning.intent, "confidence": meaning.confidence}, add_to_output=True)
            message.set(ENTITIES, _entities(meaning), add_to_output=True)
            message.set(MEANING, meaning.as_data(), add_to_output=True)
        return messages

    def scores(self, message: Message) -> tuple[list[Ranked], Mapping[str, float], int]:
        """What the decision works on: ranked procedures, probabilities of the intents, syllables."""
        guess: Guess = message.get(GUESS)
        utterance = utterance_of(message)
        cues: Cues = message.get(CUES)
        hits = self._search.index().search(utterance, cues.matter(utterance), RESIDUE_SHARE)
        missing = unsaid(utterance, self._language.never_without)
        words = len(utterance.folded.split())
        # Of a bare name ("kinh doanh") every neighbour may be meant: it is asked back about.
        bare = words <= VAGUE_WORDS
        ranked = rank(hits, guess.procedures, self._language.often, self._search.named(), missing, surely=not bare)
        return ranked, guess.intents, words

    def evidence(self, message: Message) -> Evidence:
        """Everything the words alone tell."""
        guess: Guess = message.get(GUESS)
        cues: Cues = message.get(CUES)
        utterance = utterance_of(message)
        ranked, intents, words = self.scores(message)
        state = conversation_state(message)
        question = self._language.questions.read(utterance.normalised)
        if question is not None and question.kind is QuestionKind.MISSING and _names_another(utterance, ranked, state):
            # "Thế còn mất bằng lái thì sao" after an identity card is a matter of its own, and no missing paper.
            question = None
        residue = cues.residue
        if question is not None and not cues.alone:
            outside = Counter(self._language.questions.frame(utterance.normalised).split())
            # What neither a cue nor the shape of the question has taken.
            residue = " ".join(word for word in residue.split() if outside[word] > 0)
            if state.procedure is not None:
                residue = without_thing(question, utterance.folded, residue)
        this_first = phrasing("this_first").search(utterance.folded) if state.procedure is not None else None
        if this_first is not None:
            # "Khai sinh trước" picks, and does not only begin.
            residue = " ".join(word for word in residue.split() if word not in this_first[0].split())
        asks = bool(cues.aspects) or question is not None
        if asks:
            ranked = self._plainest_first(ranked, residue, unsaid(utterance, self._language.never_without))
        vague = not asks and this_first is None and self._is_vague(ranked, words, residue)
        sure = self._sure(ranked, intents, utterance, residue, asks=asks)
        joined = self._joined(state, utterance, residue)
        two = self._two_matters(utterance, residue, ranked)
        differs = question is not None and question.kind is QuestionKind.DIFFERENCE
        beside = (two.first, two.second) if two is not None else ()
        compared = beside if two is not None and (two.either or differs) else self._compared(question, utterance, state)
        nearest = [one.code for one in (*ranked[:1], *joined[:NARROWED_AMONG])]
        known = {state.procedure, *state.topics, *(state.offered.codes if state.offered else ()), *nearest} - {None}
        return Evidence(
            utterance=utterance,
            openings=opened_of(message).openings,
            intents=guess.intents,
            side_phrases=similarities(self._language.side_phrases, utterance),
            ranked=ranked,
            sure=min(sure, VAGUE) if vague else sure,
            sure_of_three=max(chance_of_the_choices(ranked, intents, words), VAGUE if vague else 0.0),
            aspects=cues.together or cues.aspects,
            alone=cues.alone,
            residue=residue,
            question=question,
            knowledge=self._search.knowledge(utterance),
            joined_knowledge=self._joined_knowledge(state, utterance),
            circumstance=any(one.called.search(utterance.folded) for one in circumstances()),
            topics=guess.topics,
            digits=message.get(CODES)["digits"],
            names={code: self._search.names(code) for code in known if code is not None},
            told={code: self._search.told(code) for code in known if code is not None},
            joined=joined,
            compared=compared,
            both=beside if not compared else (),
        )

    def _two_matters(self, utterance: Utterance, residue: str, ranked: list[Ranked]) -> TwoMatters | None:
        """Two matters that the message names beside each other, both among those it is nearest to as a whole."""

        def nearest(words: str) -> list[tuple[str, float]]:
            return [
                (hit.code, hit.score)
                for hit in self._search.index().search(Utterance(words, words), limit=NAMED_BY_A_PART)
            ]

        near = [one.code for one in ranked[:NEAR_THE_BEST]]
        return two_matters(utterance, frozenset(residue.split()), near, nearest, self._search.names)

    def _joined(self, state: State, utterance: Utterance, residue: str) -> list[Ranked]:
        """What the words mean together with what was talked of, or listed for; that itself left out."""
        offered = state.offered if state.offered is not None and not state.offered.labels else None
        before = offered.words if offered is not None else self._search.called(state.procedure)
        if not before or names_nothing(residue) or len(utterance.folded.split()) > MOST_JOINED:
            return []
        both = Utterance.of(f"{before} {residue}")
        # Only what is said now tells neighbours apart: what was talked of may be the wrong one.
        missing = unsaid(utterance, self._language.never_without)
        hits = self._search.index().search(both)
        ranked = rank(hits, {}, self._language.often, self._search.named(), missing)
        if offered is not None:
            return ranked
        # Who puts right what was told mostly stays in its field: a torn book after land is no insurance book.
        same = self._search.field(state.procedure)
        near = [replace(one, score=one.score + SAME_FIELD * (self._search.field(one.code) == same)) for one in ranked]
        return sorted((one for one in near if one.code != state.procedure), key=lambda one: -one.score)

    def _joined_knowledge(self, state: State, utterance: Utterance) -> list[KnowledgeHit]:
        """The entries of the topic of the one told last that the words lead on to: "vậy tôi báo ai"."""
        if state.knowledge is None or len(utterance.folded.split()) > MOST_JOINED:
            return []
        before = self._search.asked_as(state.knowledge)
        if not before:
            return []
        topic = topic_of(state.knowledge)
        hits = self._search.knowledge(Utterance.of(f"{before} {utterance.normalised}"), LED_ON_TO)
        return [hit for hit in hits if topic_of(hit.entry) == topic]

    def _compared(self, question: Question | None, utterance: Utterance, state: State) -> tuple[str, ...]:
        """The two procedures that a question what differs names, or one of them beside the one talked of."""
        if question is None or question.kind is not QuestionKind.DIFFERENCE:
            return ()
        found: list[str] = []
        of_difference = words("about_difference")
        for part in phrasing("between_two").split(utterance.folded):
            named = " ".join(word for word in part.split() if word not in of_difference)
            if names_nothing(named):
                continue
            hits = self._search.index().search(Utterance(named, named), limit=1)
            if hits and hits[0].score >= NAMED_TO_COMPARE and hits[0].code not in found:
                found.append(hits[0].code)
        held_against = phrasing("held_against").search(utterance.folded) is not None
        if len(found) == 1 and held_against and state.procedure is not None and state.procedure not in found:
            found.append(state.procedure)
        return tuple(found[:2]) if len(found) > 1 else ()

    def readings(self, message: Message) -> list[Reading]:
        """Everything the message can be in its conversation, the best first."""
        return weigh(self.evidence(message), conversation_state(message), self._language.markers)

    def _sure(
        self, ranked: list[Ranked], intents: Mapping[str, float], utterance: Utterance, residue: str, *, asks: bool
    ) -> float:
        """Chance that the best procedure is the right one."""
        if not ranked:
            return 0.0
        best = ranked[0].code
        sure = chance(signals(ranked, intents, len(utterance.folded.split())))
        if best in (self._search.called_exactly(residue), self._search.called_plainly(residue)):
            return max(sure, EXACTLY_CALLED)
        # Who asks nothing may only have begun: "về cái giấy khai sinh", and then "cái bị mất ấy".
        said = asks and best not in unsaid(utterance, self._language.never_without)
        return max(sure, CALLED_INSIDE) if said and best == self._search.called_inside(utterance.folded) else sure

    def _plainest_first(self, ranked: list[Ranked], residue: str, missing: frozenset[str]) -> list[Ranked]:
        """What is called by exactly these words before what is called by more: "làm khai sinh cần gì"."""
        plain = self._search.called_plainly(residue)
        near = next((one for one in ranked[:NEAR_THE_BEST] if one.code == plain and one.code not in missing), None)
        if near is None or near.score < ranked[0].score - FAR_BEHIND:
            return ranked
        return [near, *(one for one in ranked if one is not near)]

    def _is_vague(self, ranked: list[Ranked], words: int, residue: str) -> bool:
        """Whether a message is only a name that several procedures are called by: "hộ kinh doanh", "trợ cấp"."""
        if min(words, len(residue.split()) or words) > VAGUE_WORDS or len(ranked) < 2:
            return False
        if self._search.called_exactly(residue) is not None and ranked[0].similarity >= CALLED_NEARLY:
            return False
        best, rival = ranked[:2]
        ahead = best.score - rival.score >= AHEAD and best.similarity >= HALF_SAID
        near = LEAST_ALIKE <= best.similarity < SAID_WHOLE and not ahead
        return near and any(item.similarity >= best.similarity - ALIKE for item in ranked[1:5])

    def _meaning(self, message: Message) -> Meaning:
        cues: Cues = message.get(CUES)
        codes: dict[str, str | None] = message.get(CODES)
        evidence = self.evidence(message)
        named = self._search.current(codes["procedure"]) if codes["procedure"] else None
        labelled = self._search.labelled(utterance_of(message))
        readings = weigh(evidence, conversation_state(message), self._language.markers)
        best = decide(readings, evidence, has_dossier_code=codes["dossier"] is not None)
        if labelled is not None and best.intent != CHECK_DOSSIER:
            # Somebody has said what exactly these words mean.
            best = Decision(ASK_PROCEDURE, 1.0, labelled, (labelled,), aspect=side_asked(evidence))
        if codes["procedure"] is not None and best.intent != CHECK_DOSSIER:
            # A typed code is the surest way to name a procedure; an unknown one must not lead to another.
            candidates = (named, *[code for code in best.candidates if code != named])[:5] if named else ()
            best = Decision(ASK_PROCEDURE, 1.0, named, candidates, aspect=side_asked(evidence))
        # An entry that is told answers a question, too: of this kind, about this side of the procedure it belongs to.
        asking = best.intent in ASKING or best.kind is Kind.KNOWLEDGE
        aspect = best.aspect if best.intent in ASKING or best.kind is Kind.CROSSING else None
        if best.kind is Kind.KNOWLEDGE:
            aspect = side_asked(evidence)
        if aspect is None and best.procedure is not None and best.intent in ASKING:
            aspect = Aspect.OVERVIEW
        utterance = utterance_of(message)
        return Meaning(
            intent=best.intent,
            confidence=round(best.confidence, 4),
            procedure=best.procedure,
            candidates=best.candidates,
            aspect=aspect,
            also_asked=cues.together[1] if cues.together and best.intent == ASK_PROCEDURE else None,
            dossier_code=codes["dossier"],
            digits=best.choice or codes["digits"],
            follow_up=best.follow_up and codes["procedure"] is None,
            question=evidence.question if asking else None,
            knowledge=best.knowledge,
            reading=best.kind,
            about=_about(evidence) if best.intent in ASKING else "",
            compared=best.compared,
            rival=best.rival,
            second=best.second,
            language=language_named(utterance.folded) if best.intent == "switch_language" else None,
            spoken=said_in(message.get(TEXT) or ""),
            considered=tuple(
                Candidate(code=code, chance=sure)
                for code, sure in chances(evidence.ranked, evidence.intents, len(evidence.words))
                if best.intent in (ASK_PROCEDURE, OUT_OF_SCOPE)
            ),
            asked_code=codes["procedure"] if named is not None and named != codes["procedure"] else None,
        )


def _names_another(utterance: Utterance, ranked: Sequence[Ranked], state: State) -> bool:
    """Whether words that go on to another matter name one well: "thế còn …"."""
    if state.procedure is None or not ranked or ranked[0].code == state.procedure:
        return False
    return ranked[0].similarity >= CALLED_NEARLY and phrasing("and_that_one").search(utterance.folded) is not None


def _about(evidence: Evidence) -> str:
    """What the words name, the thing a question asks about included."""
    thing = evidence.question.thing if evidence.question is not None else None
    return " ".join(dict.fromkeys((*evidence.residue.split(), *(thing or "").split())))


def _entities(meaning: Meaning) -> list[dict[str, Any]]:
    """The meaning as Rasa entities, for stories, tests and ``rasa shell nlu``."""
    found = {
        "procedure": meaning.procedure,
        "aspect": meaning.aspect,
        "dossier_code": meaning.dossier_code,
        "digits": meaning.digits,
        "spoken": meaning.spoken,
    }
    return [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "ProcedureResolver"}
        for name, value in found.items()
        if value is not None
    ]
