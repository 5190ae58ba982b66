"""The development sets as cases of the decision, with cross-validated chances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assistant.calibration import cross_validated
from assistant.evaluation import read_sets
from benchmarks.approaches.approach import Example
from benchmarks.approaches.costs import Case
from benchmarks.approaches.ours import Joined
from benchmarks.processes import NLU_DATA
from language.normalise import normalise
from understanding.decision import ASK_PROCEDURE, OUT_OF_SCOPE, Ranked, signals
from understanding.features import Utterance
from understanding.readings.deciding import decide_alone
from understanding.readings.markers import markers_of

READ_BY_RULES = frozenset({"digits", "dossier_codes"})
"""Sets about codes and digits, which never come as far as a chance."""


def cases_of(examples: Sequence[Example]) -> list[Case]:
    """Train the joined ranking on the examples and judge every question and every message out of scope."""
    ours = Joined()
    ours.fit(examples)
    known = {example.label for example in examples}
    rows: list[tuple[float, ...]] = []
    drafts: list[tuple[int | None, bool, bool]] = []
    for line in read_sets(NLU_DATA / "eval"):
        if not _is_judged(line, known):
            continue
        ranked, intents, words = ours.scores(line["text"])
        if not ranked:
            continue
        rows.append(signals(ranked, intents, words))
        places = [item.code for item in ranked]
        wanted = line["procedure"]
        place = places.index(wanted) if wanted in places else None
        drafts.append((place, wanted is None, _is_read(line["text"], ranked, intents)))
    chances = cross_validated(np.array(rows), np.array([place == 0 for place, _, _ in drafts]))
    return [Case(float(value), *draft) for value, draft in zip(chances, drafts, strict=True)]


def _is_judged(line: Mapping[str, Any], known: set[str]) -> bool:
    if "procedure" not in line or line["set"] in READ_BY_RULES:
        return False
    if line["procedure"] is None:
        return bool(line["set"] != "intents")
    return line["procedure"] in known


def _is_read(text: str, ranked: Sequence[Ranked], intents: Mapping[str, float]) -> bool:
    """Whether the intents leave the message to the thresholds."""
    decided = decide_alone(Utterance.of(normalise(text)), ranked, intents, markers_of(NLU_DATA))
    return decided.intent in (ASK_PROCEDURE, OUT_OF_SCOPE)
