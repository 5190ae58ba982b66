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
from understanding.decision import ASK_PROCEDURE, Ranked, chance, decide, signals

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
        drafts.append((place, wanted is None, _is_read(ranked, intents, words)))
    chances = cross_validated(np.array(rows), np.array([place == 0 for place, _, _ in drafts]))
    return [Case(float(value), *draft) for value, draft in zip(chances, drafts, strict=True)]


def _is_judged(line: Mapping[str, Any], known: set[str]) -> bool:
    if "procedure" not in line or line["set"] in READ_BY_RULES:
        return False
    if line["procedure"] is None:
        return bool(line["set"] != "intents")
    return line["procedure"] in known


def _is_read(ranked: Sequence[Ranked], intents: Mapping[str, float], words: int) -> bool:
    """Whether the intent step leaves the message to the thresholds."""
    decision = decide(intents, ranked, (), "", words, has_dossier_code=False)
    # Below the lower threshold a decision carries the chance's complement; for another intent it does not.
    by_chance = decision.confidence == 1.0 - chance(signals(ranked, intents, words))
    return decision.intent == ASK_PROCEDURE or by_chance
