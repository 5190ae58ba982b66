"""The page of accuracy: how often a turn is answered wholly right, and what a right answer costs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from assistant.dialogues import Judged, figures_of
from assistant.evaluation import Report, Share
from contract.turn import Channel

_HEAD = """# Accuracy

Made by `motcua eval --page docs/accuracy.md`; do not edit. How the project's own development dialogues
(`nlu_data/eval/dialogues`) and accuracy sets (`nlu_data/eval`) are answered. People who tune the assistant see these
dialogues: expect less on words nobody here has read.

**The scale is strict.** A turn is right when everything its author expected holds: the procedure, the side asked about,
the kind of question, words that must or must not stand in the reply. Half right is wrong, and so is an offer of choices
where the answer was expected. Intervals are Wilson's, 95 %.
"""


def accuracy_page(judged: Sequence[Judged], unseen: Sequence[Judged], report: Report, today: date) -> str:
    """The page.

    Args:
        judged: the dialogues' turns.
        unseen: those of dialogues that no weight was fitted on.
        report: of the accuracy sets of single messages.
        today: the date of the run.
    """
    figures = figures_of(judged)
    conversations = len({one.dialogue.name for one in judged})
    parts = [
        _HEAD,
        f"**Conditions.** Measured on {today.isoformat()}: {len(judged)} judged turns of {conversations} conversations,"
        f" in one process, {platform.python_implementation()} {platform.python_version()} on {platform.machine()} with"
        f" {os.cpu_count()} cores that others used as well; no language model, no network; the sandbox answers about"
        " dossiers.\n",
        _table("Altogether", "", figures.overall),
        _altogether(figures.answered, figures.side_effects),
        _kept_back(unseen),
        _table("By kind", "turns of kind", figures.by_kind),
        _table("Conversations wholly right, by kind", "kind", figures.whole),
        _table("By repair pattern", "turns of pattern", figures.by_pattern),
        _table("By channel", "channel", figures.by_channel),
        _table("By style", "style", figures.by_style),
        _costs(judged),
        _single(report),
    ]
    return "\n".join(parts)


def _kept_back(unseen: Sequence[Judged]) -> str:
    figures = figures_of(unseen)
    return (
        _table("Kept back", "", figures.overall)
        + "\nThe conversations of `nlu_data/eval/dialogues/kept_back`, written apart; nothing is fitted on them. What"
        " to expect of words the assistant was not tuned on.\n"
    )


def _altogether(answered: Share, side_effects: Share) -> str:
    low, high = answered.interval()
    return (
        f"Of the {answered.total} turns that ask what belongs to this service {answered.rate:.1%} were answered with"
        f" facts ({low:.1%} to {high:.1%}), the others asked back or were told that it is not known. Of"
        f" {side_effects.total} sentences that must change nothing, {side_effects.right} were taken for"
        " a wish that does.\n"
    )


def _table(title: str, first: str, shares: Mapping[str, Share]) -> str:
    rows = [f"| {name} | {_percent(share)} | {share.total} | {_interval(share)} |" for name, share in _sorted(shares)]
    return "\n".join(
        [f"## {title}\n", f"| {first} | right | of | 95 % interval |", "| --- | ---: | ---: | --- |", *rows, ""]
    )


def _sorted(shares: Mapping[str, Share]) -> Iterable[tuple[str, Share]]:
    return sorted(shares.items())


def _percent(share: Share) -> str:
    return f"{share.rate:.1%}"


def _interval(share: Share) -> str:
    low, high = share.interval()
    return f"{low:.1%} to {high:.1%}"


def _costs(judged: Sequence[Judged]) -> str:
    rows = [
        f"| {label} | {total / right:.2f} |"
        for label, total, right in (
            ("segments of text messages", *_spent(judged, Channel.SMS, "segments")),
            ("seconds of speech", *_spent(judged, Channel.PHONE, "spoken_seconds")),
        )
        if right
    ]
    everything = sum(one.heard.processor_seconds for one in judged)
    right = sum(one.right for one in judged)
    if right:
        rows.append(f"| milliseconds of processor | {1000 * everything / right:.1f} |")
    return "\n".join(
        [
            "## What a right answer costs\n",
            "Everything spent on judged turns, wrong ones too, over the right ones: a wrong answer is paid for as well."
            " Speech at 14 characters a second, numbers written out.\n",
            "| | for one right answer |",
            "| --- | ---: |",
            *rows,
            "",
        ]
    )


def _spent(judged: Sequence[Judged], channel: Channel, what: str) -> tuple[float, int]:
    of_channel = [one for one in judged if one.dialogue.channel is channel]
    return sum(getattr(one.heard, what) for one in of_channel), sum(one.right for one in of_channel)


def _single(report: Report) -> str:
    asked = {name: share for (name, what), share in report.shares.items() if what == "answered"}
    refused = {name: share for (name, what), share in report.shares.items() if what == "not answered"}
    return (
        _table("Single messages: the right procedure answered at once", "set", asked)
        + "\n"
        + _table("Single messages that name no procedure: none answered", "set", refused)
    )
