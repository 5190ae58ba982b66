"""How an installation teaches what an utterance means."""

from __future__ import annotations

from assistant.evaluation import read_sets
from installation.root import Installation
from learning.labels import Labels
from understanding.learned_phrases import LEARNED, LearnedPhrases, learned_folders


def labels_of(here: Installation) -> Labels:
    """Its labels: the sets of accuracy are never learnt from, and new phrases lie in its data folder."""
    nlu_data, data = here.settings.nlu_data_path, here.settings.data_path
    return Labels(
        store=here.learning,
        catalogue=here.catalogue,
        intents=(path.stem for path in (nlu_data / "intents").glob("*.yml")),
        measured=[line["text"] for line in read_sets(nlu_data / "eval")],
        learned=LearnedPhrases(learned_folders(nlu_data, data)),
        folder=data / LEARNED,
        today=here.today,
    )
