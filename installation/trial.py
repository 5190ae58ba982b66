"""Trains a model of the present data beside the one that answers, measures both, and puts it in place or refuses it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from assistant.evaluation import evaluate, read_sets
from assistant.model import fingerprint, model_path, newest_fitting, train
from assistant.trial import Figure, State, Trial, Trials, figures
from installation.core import understander
from installation.root import Installation
from understanding.knowledge import using


def train_on_trial(here: Installation) -> Trial:
    """What came of it; noted for the desk while it goes on.

    A model of this data that is there already answers, and one that was refused is not trained again.

    Raises:
        PipelineRefused: the pipeline cannot be trained.
    """
    trials, settings, wanted = Trials(here.settings), here.settings, fingerprint(here.settings)
    last = trials.last()
    trial = Trial(State.TRAINING, here.now().timestamp(), last.officer if last is not None else "", wanted)
    target = model_path(settings)
    if target.exists():
        return _noted(here, replace(last, state=State.ANSWERING) if last and last.now else trial, State.ANSWERING)
    if trials.has_refused(wanted) and last is not None:
        return _noted(here, last, State.REFUSED)
    trial = _noted(here, trial, State.TRAINING)
    try:
        with using(here.knowledge):
            candidate = train(settings=settings, folder=trials.candidates)
        before = newest_fitting(settings)
        if before is not None:
            trial = _noted(here, trial, State.MEASURING)
            # Kept from its own trial: what has been taught since may already answer by itself, and would hide a loss.
            known = last.now if last is not None and last.fingerprint and last.fingerprint in before.name else {}
            trial = replace(trial, before=known or _measured(here, before), now=_measured(here, candidate))
            if trial.fallen:
                candidate.unlink()
                return _noted(here, trial, State.REFUSED)
    except BaseException:
        _noted(here, trial, State.FAILED)
        raise
    target.parent.mkdir(parents=True, exist_ok=True)
    for old in target.parent.glob("motcua-*.tar.gz"):
        if old != before:
            old.unlink()
    shutil.move(candidate, target)
    return _noted(here, trial, State.ANSWERING)


def _noted(here: Installation, trial: Trial, state: State) -> Trial:
    trial = replace(trial, state=state, at=here.now().timestamp())
    Trials(here.settings).note(trial)
    return trial


def _measured(here: Installation, model: Path) -> Mapping[str, Figure]:
    apart = Installation(here.settings.model_copy(update={"model": model}), now=here.now)
    try:
        lines = read_sets(here.settings.nlu_data_path / "eval")
        report = evaluate(lines, understander(apart).meaning, known=lambda code: apart.catalogue.get(code) is not None)
    finally:
        apart.close()
    return figures(report)
