"""The examples of the side intents and of what is out of scope, as phrases to compare a message with.

The linear model tells which intent is likeliest of all; the nearest example tells whether the message is like anything
that was ever written for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from language.normalise import normalise
from understanding.decision import ASK_PROCEDURE
from understanding.features import Utterance
from understanding.phrase_index import Phrase, PhraseIndex


@lru_cache(maxsize=4)
def side_phrases_of(nlu_data: Path) -> PhraseIndex:
    """The index over ``intents/*.yml`` of a folder of language data, by intent."""
    return PhraseIndex(list(_phrases(nlu_data / "intents")))


def similarities(index: PhraseIndex, utterance: Utterance) -> Mapping[str, float]:
    """By intent the similarity of its nearest example, 0 to 1."""
    return {hit.code: hit.score for hit in index.search(utterance, limit=8)}


def _phrases(folder: Path) -> Iterator[Phrase]:
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if block["intent"] == ASK_PROCEDURE:
                continue
            for line in block["examples"].splitlines():
                text = normalise(line.strip().removeprefix("- "))
                if text:
                    yield Phrase(block["intent"], Utterance.of(text))
