"""The texts that every approach learns from and the questions it is judged on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from assistant.evaluation import read_sets
from benchmarks.approaches.approach import Example, Kind
from benchmarks.processes import NLU_DATA
from catalogue.record import Origin
from catalogue.store import CatalogueStore
from installation.root import Installation
from runtime.settings import load

DIRECT = ("full", "plain", "chat", "dialects", "recogniser")
GROUPS = (*DIRECT, "indirect", "imported", "intents")
"""Of the development sets, in the order of the table."""


@dataclass(frozen=True)
class Question:
    """One line of a development set."""

    group: str
    """One of :data:`GROUPS`."""
    text: str
    wanted: str
    """Code of a procedure; in the group "intents" the name of an intent."""


@dataclass(frozen=True)
class Material:
    """What one run works on."""

    examples: tuple[Example, ...]
    questions: tuple[Question, ...]


def gather(published: Path | None) -> Material:
    """Read training texts and development sets.

    Args:
        published: folder of published records to import, or None for the hand-written procedures alone. They
            are imported into a database of their own, so that the installation's catalogue plays no part.
    """
    with tempfile.TemporaryDirectory(prefix="approaches-") as folder:
        store = Installation(load(catalogue_url=f"sqlite:///{folder}/catalogue.db")).catalogue
        if published is not None:
            store.import_paths([published])
        examples = (*_intents(), *_procedures(store))
        store.close()
    known = {example.label for example in examples}
    return Material(examples, tuple(question for question in _questions() if question.wanted in known))


def _intents() -> Iterator[Example]:
    for message in load_data(str(NLU_DATA / "intents")).intent_examples:
        yield Example(message.get(TEXT), message.get(INTENT), Kind.INTENT)


def _procedures(store: CatalogueStore) -> Iterator[Example]:
    for row in store.light():
        successor = store.current(row.code) if row.is_superseded else None
        code = successor.code if successor is not None else row.code
        names = (row.official_name, row.short_name)
        for text in dict.fromkeys((*names, *row.asked_as.all)):
            written = Kind.NAME if text in names else Kind.PHRASE
            yield Example(text, code, written if row.origin is Origin.HANDWRITTEN else Kind.IMPORTED)


def _questions() -> Iterator[Question]:
    for line in read_sets(NLU_DATA / "eval"):
        source: str = line["set"]
        if source == "intents":
            yield Question("intents", line["text"], line["intent"])
        elif line.get("procedure") is not None and source == "imported":
            yield Question("imported", line["text"], line["procedure"])
        elif line.get("procedure") is not None:
            style = source.removeprefix("procedures_")
            yield Question("dialects" if style.startswith("dialect_") else style, line["text"], line["procedure"])
