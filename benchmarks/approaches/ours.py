"""This project's own parts: the linear model alone, and the joined ranking that runs in the core."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from benchmarks.approaches.approach import KEPT, Example, Kind, Ranking, pickled_bytes
from benchmarks.processes import NLU_DATA
from installation.root import Installation
from language.normalise import normalise
from runtime.settings import load
from understanding.catalogue_importer import PROCEDURE
from understanding.classifier import Guess, IntentAndProcedureClassifier
from understanding.decision import ASK_PROCEDURE, OUT_OF_SCOPE, Ranked, rank
from understanding.features import Utterance
from understanding.knowledge import using
from understanding.phrase_index import Phrase, PhraseIndex
from understanding.readings.deciding import decide_alone
from understanding.readings.markers import markers_of


class LinearAlone:
    """The one-against-rest support vector machine of the pipeline, without the phrase index."""

    name = "our linear SVM alone"
    learns_imported = False

    def fit(self, examples: Sequence[Example]) -> None:
        """Train the pipeline's own component."""
        self._stored = tempfile.TemporaryDirectory(prefix="linear-model-")
        storage = LocalModelStorage.create(Path(self._stored.name))
        resource = Resource("classifier")
        data = TrainingData([_message(example) for example in examples if example.kind is not Kind.IMPORTED])
        with using(Installation(load()).knowledge):
            IntentAndProcedureClassifier(storage, resource).train(data)
        self._classifier = IntentAndProcedureClassifier.load({}, storage, resource, None)

    def guess(self, utterance: Utterance) -> Guess:
        """Probabilities of intents and procedures."""
        return self._classifier.guess(utterance)

    def rank(self, text: str) -> Ranking:
        """Labels by probability; a question that names no procedure stays ask_procedure."""
        guess = self.guess(Utterance.of(normalise(text)))
        scores = {**guess.intents, **guess.procedures}
        scores[ASK_PROCEDURE] -= sum(guess.procedures.values())
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:KEPT]

    def bytes_on_disk(self) -> int:
        """Vocabulary and weights as the pipeline stores them."""
        return sum(path.stat().st_size for path in Path(self._stored.name).rglob("*") if path.is_file())


class Joined:
    """Nearest phrases and linear model joined, as :mod:`understanding.decision` does it."""

    name = "ours: SVM and nearest phrase joined"
    learns_imported = True

    def __init__(self) -> None:
        self._linear = LinearAlone()

    def fit(self, examples: Sequence[Example]) -> None:
        """Train the linear model, build the index."""
        self._linear.fit(examples)
        self._index = PhraseIndex(
            [
                Phrase(example.label, Utterance.of(normalise(example.text)))
                for example in examples
                if example.kind is not Kind.INTENT
            ]
        )

    def scores(self, text: str) -> tuple[list[Ranked], dict[str, float], int]:
        """What the decision works on; see :mod:`assistant.calibration`."""
        utterance = Utterance.of(normalise(text))
        guess = self._linear.guess(utterance)
        return (
            rank(self._index.search(utterance), guess.procedures),
            guess.intents,
            len(utterance.folded.split()),
        )

    def rank(self, text: str) -> Ranking:
        """Procedures first where the decision takes the text for a question, else the intent first."""
        ranked, intents, _ = self.scores(text)
        procedures = [(item.code, item.score) for item in ranked]
        decision = decide_alone(Utterance.of(normalise(text)), ranked, intents, markers_of(NLU_DATA))
        # Too small a chance is the threshold's doing; the ranking alone is compared, others refuse nothing.
        refused = decision.intent == OUT_OF_SCOPE and max(intents, key=lambda name: intents[name]) == ASK_PROCEDURE
        if decision.intent == ASK_PROCEDURE or refused:
            return procedures[:KEPT]
        return [(decision.intent, decision.confidence), *procedures][:KEPT]

    def bytes_on_disk(self) -> int:
        """The linear model as stored and the index, which the core rebuilds instead of storing it."""
        return self._linear.bytes_on_disk() + pickled_bytes(self._index)


def _message(example: Example) -> Message:
    if example.kind is Kind.INTENT:
        return Message({TEXT: example.text, INTENT: example.label})
    return Message({TEXT: example.text, INTENT: ASK_PROCEDURE, PROCEDURE: example.label})
