"""``motcua eval --weigh``: fits the weights of readings on the development dialogues and sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from assistant.dialogues import Dialogue, DialogueTurn, read_dialogues
from assistant.weights_fit import Example, example, fit, fits_line, fits_turn
from cli.dialogues import write
from installation.core import understander
from installation.dialogues import play
from installation.root import Installation
from runtime.messages import tr
from understanding.readings.state import State

READ_BY_RULES = frozenset({"digits", "dossier_codes"})
"""Sets whose lines never come to this weighing."""

_HEAD = """\
# How much each feature of a reading counts; see understanding/readings/weighing.py. "by_hand" was set by people, the
# fit is drawn towards it, so that a feature met seldom keeps it; `motcua eval --weigh FILE` writes "fitted".
# source: {examples} messages of nlu_data/eval whose reading is known; likeliest reading right: {before:.1%} before,
# {crossed:.1%} by cross-validation over conversations
# checked_on: {today}
"""


def fit_weights(here: Installation, lines: Iterable[Mapping[str, Any]], target: Path) -> str:
    """Play the dialogues, fit, write the weights; returns a sentence on what they lead to."""
    nlu_data = here.settings.nlu_data_path
    moments: list[tuple[Dialogue, DialogueTurn, State]] = []

    def keep(dialogue: Dialogue, turn: DialogueTurn, state: State) -> None:
        moments.append((dialogue, turn, state))

    play(read_dialogues(nlu_data / "eval" / "dialogues"), here.settings, before=keep)
    by_hand = yaml.safe_load((nlu_data / "reading_weights.yml").read_text(encoding="utf-8"))["by_hand"]
    fitted = fit(_examples(here, moments, lines), by_hand)
    head = _HEAD.format(
        examples=fitted.examples, before=fitted.before, crossed=fitted.crossed, today=here.today().isoformat()
    )
    write(target, head + yaml.safe_dump({"by_hand": by_hand, "fitted": fitted.weights}, width=120, sort_keys=True))
    return tr(
        "{target}: {crossed:.1%} of {count} readings right by cross-validation",
        target=target,
        crossed=fitted.crossed,
        count=fitted.examples,
    )


def _examples(
    here: Installation, moments: Iterable[tuple[Dialogue, DialogueTurn, State]], lines: Iterable[Mapping[str, Any]]
) -> list[Example]:
    understands, markers = understander(here), here.knowledge.reading.markers
    examples = []
    for dialogue, turn, state in moments:
        fits = fits_turn(turn.expect)
        if fits is not None and turn.say:
            examples.append(example(dialogue.name, understands.evidence(turn.say, state), state, markers, fits))
    for line in lines:
        fits = fits_line(line)
        code = line.get("procedure")
        known = code is None or here.catalogue.get(code) is not None
        if fits is not None and known and line["set"] not in READ_BY_RULES:
            evidence = understands.evidence(line["text"], State())
            examples.append(example(line["id"], evidence, State(), markers, fits))
    return examples
