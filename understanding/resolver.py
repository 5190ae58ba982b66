"""Last step of the pipeline: which procedure is meant, and what the message is taken for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from contract.aspects import Aspect
from contract.meaning import MEANING, Candidate, Meaning
from understanding.aspects import CUES
from understanding.classifier import GUESS, Guess
from understanding.codes import CODES
from understanding.cues import RESIDUE_SHARE, Cues
from understanding.decision import ASK_PROCEDURE, OUT_OF_SCOPE, Decision, Ranked, chances, decide, rank
from understanding.knowledge import in_use
from understanding.languages import language_named
from understanding.search import CatalogueSearch
from understanding.tokenizer import utterance_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ProcedureResolver(GraphComponent):  # type: ignore[misc]
    """Joins the linear model, the nearest phrases, the cues and the codes into one meaning."""

    def __init__(self, search: CatalogueSearch) -> None:
        self._search = search

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ProcedureResolver:
        """Made by Rasa; the index is shared by all components of the installation."""
        return cls(in_use().search)

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
        ranked = rank(hits, guess.procedures)
        return ranked, guess.intents, len(utterance.folded.split())

    def _meaning(self, message: Message) -> Meaning:
        cues: Cues = message.get(CUES)
        codes: dict[str, str | None] = message.get(CODES)
        ranked, intents, words = self.scores(message)
        decision = decide(
            intents,
            ranked,
            cues.aspects,
            cues.residue,
            words=words,
            has_dossier_code=codes["dossier"] is not None,
            names_side_alone=cues.alone,
        )
        labelled = self._search.labelled(utterance_of(message))
        if labelled is not None and decision.intent != "check_dossier":
            # Somebody has said what exactly these words mean.
            decision = Decision(ASK_PROCEDURE, 1.0, labelled, (labelled,))
        intent, procedure, candidates = decision.intent, decision.procedure, decision.candidates
        named = self._search.current(codes["procedure"]) if codes["procedure"] else None
        if codes["procedure"] is not None and intent != "check_dossier":
            # A typed code is the surest way to name a procedure; an unknown one must not lead to another.
            intent, procedure = ASK_PROCEDURE, named
            candidates = (named, *[code for code in candidates if code != named])[:5] if named else ()
        asked = (cues.together or cues.aspects) if intent == ASK_PROCEDURE else ()
        aspect = asked[0] if asked else None
        if aspect is None and procedure is not None:
            aspect = Aspect.OVERVIEW
        return Meaning(
            intent=intent,
            confidence=round(decision.confidence, 4),
            procedure=procedure,
            candidates=candidates,
            aspect=aspect,
            also_asked=cues.together[1] if cues.together and intent == ASK_PROCEDURE else None,
            dossier_code=codes["dossier"],
            digits=codes["digits"],
            follow_up=decision.follow_up and codes["procedure"] is None,
            language=language_named(utterance_of(message).folded) if intent == "switch_language" else None,
            considered=tuple(
                Candidate(code=code, chance=sure)
                for code, sure in chances(ranked, intents, words)
                if intent in (ASK_PROCEDURE, OUT_OF_SCOPE)
            ),
            asked_code=codes["procedure"] if named is not None and named != codes["procedure"] else None,
        )


def _entities(meaning: Meaning) -> list[dict[str, Any]]:
    """The meaning as Rasa entities, for stories, tests and ``rasa shell nlu``."""
    found = {
        "procedure": meaning.procedure,
        "aspect": meaning.aspect,
        "dossier_code": meaning.dossier_code,
        "digits": meaning.digits,
    }
    return [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "ProcedureResolver"}
        for name, value in found.items()
        if value is not None
    ]
