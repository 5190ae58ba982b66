"""Adds to the training data what people call each hand-written procedure and how they ask for entries of knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from catalogue.knowledge_base import topic_of
from understanding.knowledge import in_use
from understanding.learned_phrases import LEARNED, LearnedPhrases

PROCEDURE = "procedure"
"""Name of the message property that holds the procedure's code in training data."""
TOPIC = "knowledge_topic"
"""Name of the message property that holds the topic of an entry of knowledge in training data."""


class CatalogueImporter(RasaFileImporter, TrainingDataImporter):  # type: ignore[misc]
    """Rasa's file importer, plus one example for each name and phrase of the catalogue and way of asking for an entry.

    Of the training paths, a folder named ``learned`` holds phrases labelled by somebody; see
    :mod:`understanding.learned_phrases`. Those of imported procedures are left to the phrase index, which alone knows
    them.

    Because the phrases are part of the training data, Rasa's own fingerprint sees when they change.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        self._read: TrainingData | None = None
        self._learned = LearnedPhrases(Path(path) for path in paths if Path(path).name == LEARNED)

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of the files and of the catalogue; read once, although Rasa asks three times."""
        if self._read is None:
            self._read = self._read_all(language)
        return self._read

    def _read_all(self, language: str | None) -> TrainingData:
        examples = []
        for procedure in in_use().written():
            names = (procedure.official_name, procedure.short_name, *procedure.asked_as.all)
            learned = [phrase.text for phrase in self._learned.phrases() if phrase.code == procedure.code]
            for text in dict.fromkeys((*names, *learned)):
                data: dict[str, Any] = {TEXT: text, INTENT: "ask_procedure", PROCEDURE: procedure.code}
                examples.append(Message(data=data))
        for entry in in_use().beside_procedures.entries().values():
            for text in entry.asked_as:
                asked = {TEXT: text, INTENT: "ask_knowledge", TOPIC: topic_of(entry.id)}
                examples.append(Message(data=asked))
        return super().get_nlu_data(language).merge(TrainingData(examples))
