"""Adds what people call each hand-written procedure to Rasa's training data."""

from __future__ import annotations

from typing import Any

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.settings import NLU_DATA
from catalogue.yaml_files import load_folder

PROCEDURE = "procedure"
"""Name of the message property that holds the procedure's code in training data."""


class CatalogueImporter(RasaFileImporter, TrainingDataImporter):
    """Rasa's file importer, plus one ask_procedure example for each name and phrase of the catalogue.

    Because the phrases are part of the training data, Rasa's own fingerprint sees when they change.
    """

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of the files and of the catalogue."""
        examples = []
        for procedure in load_folder(NLU_DATA / "procedures"):
            names = (procedure.official_name, procedure.short_name, *procedure.asked_as.all)
            for text in dict.fromkeys(names):
                data: dict[str, Any] = {TEXT: text, INTENT: "ask_procedure", PROCEDURE: procedure.code}
                examples.append(Message(data=data))
        return super().get_nlu_data(language).merge(TrainingData(examples))
