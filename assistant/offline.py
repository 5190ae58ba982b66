"""Understanding without a server: the trained pipeline, run component by component.

The same components with the same trained parts as in the running core; only Rasa's task scheduler is left out,
which costs more than the understanding itself when lines come by the thousand.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import assistant.lean_rasa  # noqa: F401  (before rasa)
from assistant.lean_rasa import quiet_rasa

from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.model import ModelMissing, latest_model
from contract.meaning import Meaning, meaning_of
from contract.turn import Understanding
from runtime.settings import Settings
from understanding.aspects import AspectReader
from understanding.classifier import IntentAndProcedureClassifier
from understanding.codes import CodeReader
from understanding.decision import Ranked
from understanding.knowledge import Knowledge, using
from understanding.readings.reading import Evidence, Reading
from understanding.readings.state import STATE, State
from understanding.resolver import ProcedureResolver
from understanding.tokenizer import VietnameseTokenizer

STEPS = (VietnameseTokenizer, CodeReader, AspectReader, IntentAndProcedureClassifier, ProcedureResolver)
"""The pipeline of config.yml."""


class OfflineUnderstander:
    """Runs the pipeline's components one after the other."""

    def __init__(self, components: list[Any]) -> None:
        self._components = components

    def understand(self, text: str) -> Understanding:
        """What a message means, without the context of a conversation."""
        return self.meaning(text).understanding()

    def meaning(self, text: str) -> Meaning:
        """The same with what only the actions need, such as the entry of knowledge that answers."""
        if not any(letter.isalnum() for letter in text):
            return Meaning(intent=None)
        return meaning_of(self._processed(text).data)

    def scores(self, text: str) -> tuple[list[Ranked], Mapping[str, float], int]:
        """What the decision works on; see :mod:`assistant.calibration`."""
        resolver: ProcedureResolver = self._components[-1]
        return resolver.scores(self._processed(text))

    def explain(self, text: str, state: State) -> tuple[Meaning, list[Reading]]:
        """What a message means in a conversation, and every reading that was weighed, the best first."""
        message = self._processed(text, state)
        resolver: ProcedureResolver = self._components[-1]
        return meaning_of(message.data), resolver.readings(message)

    def evidence(self, text: str, state: State) -> Evidence:
        """What the words alone tell, for who fits the weights; see :mod:`assistant.weights_fit`."""
        resolver: ProcedureResolver = self._components[-1]
        return resolver.evidence(self._processed(text, state))

    def _processed(self, text: str, state: State | None = None) -> Message:
        messages = [Message(data={TEXT: text, METADATA: {STATE: state} if state is not None else {}})]
        for component in self._components:
            messages = component.process(messages)
        return messages[0]


def open_understander(settings: Settings, knowledge: Knowledge) -> OfflineUnderstander:
    """Load the trained pipeline.

    Raises:
        ModelMissing: when no model was trained yet.
    """
    model = latest_model(settings)
    if not model.exists():
        raise ModelMissing("no trained model: run `motcua train`")
    quiet_rasa()
    with tempfile.TemporaryDirectory() as folder, using(knowledge):
        _, runner = loader.load_predict_graph_runner(Path(folder), model, LocalModelStorage, DaskGraphRunner)
        nodes = {type(node._component): node._component for node in runner._instantiated_nodes.values()}
    return OfflineUnderstander([nodes[step] for step in STEPS])
