"""Understanding without a server: the trained pipeline, run component by component.

The same components with the same trained parts as in the running core; only Rasa's task scheduler is left out,
which costs more than the understanding itself when lines come by the thousand.
"""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import assistant.lean_rasa  # noqa: F401  (before rasa)
from assistant.lean_rasa import quiet_rasa

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_COMPONENTS_DIR,
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.model import ModelMissing, latest_model
from catalogue.imported import one_version
from contract.meaning import Meaning, meaning_of
from contract.turn import Understanding
from language.data import one_message
from runtime import messages
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
        # As a turn does: words are read once, and the catalogue's version is looked up once.
        with one_message(), one_version():
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
        raise ModelMissing(messages.Message("no trained model: run `motcua train`"))
    quiet_rasa()
    with tempfile.TemporaryDirectory() as folder, using(knowledge), tarfile.open(model) as archive:
        archive.extractall(folder, filter="data")
        graph = json.loads((Path(folder) / MODEL_ARCHIVE_METADATA_FILE).read_text(encoding="utf-8"))["predict_schema"]
        storage = LocalModelStorage(Path(folder) / MODEL_ARCHIVE_COMPONENTS_DIR)
        nodes = {node["uses"]: node for node in graph["nodes"].values()}
        return OfflineUnderstander([_loaded(step, nodes, storage) for step in STEPS])


def _loaded(step: Any, nodes: Mapping[str, Any], storage: LocalModelStorage) -> Any:
    """One component with its trained part; as Rasa's graph loads it, without loading those of the policies."""
    node = nodes[f"{step.__module__}.{step.__qualname__}"]
    resource = Resource(**node["resource"]) if node["resource"] else Resource(step.__name__)
    config = {**step.get_default_config(), **node["config"]}
    return step.load(config, storage, resource, ExecutionContext(GraphSchema({})))
