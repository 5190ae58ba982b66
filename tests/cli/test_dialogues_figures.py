"""What ``motcua eval`` makes of judged dialogues: the page of accuracy, the table, the list to grade."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import typer
import yaml

from assistant.dialogues import Dialogue, Heard, Judged, faults_of
from assistant.evaluation import Report, Share
from cli.accuracy_page import accuracy_page
from cli.dialogues import figures_by_name, print_figures, sample, write
from contract.meaning import Meaning
from contract.reply import Reply, ReplyKind


def judged(channel: str, kind: str, aspect: str, **cost: float) -> list[Judged]:
    """Two turns answered with the fee, of which the second must have no side effect and had none."""
    turns = [
        {"say": "lời đầu", "expect": {"aspect": aspect}},
        {"say": "lời sau", "expect": {"no_side_effect": True}},
    ]
    dialogue = Dialogue.model_validate({"channel": channel, "turns": turns, "kind": kind, "name": f"{kind} 1"})
    heard = Heard(
        Meaning(intent="ask_procedure", aspect="fee"),
        (Reply(kind=ReplyKind.ANSWER, short="Lệ phí: miễn phí."),),
        "Lệ phí: miễn phí.",
        segments=int(cost.get("segments", 0)),
        spoken_seconds=cost.get("spoken_seconds", 0.0),
        processor_seconds=0.01,
    )
    return [
        Judged(dialogue, number, turn, heard, faults_of(turn.expect, heard))
        for number, turn in enumerate(dialogue.turns, start=1)
    ]


TEXTED = judged("sms", "who", "time", segments=3)
SPOKEN = judged("phone", "age", "fee", spoken_seconds=4.0)


def page() -> str:
    report = Report()
    report.shares["procedures_plain", "answered"] = Share(9, 10)
    return accuracy_page([*TEXTED, *SPOKEN], TEXTED, report, date(2026, 11, 29))


def test_the_page_says_when_and_how_much_was_measured() -> None:
    assert "Measured on 2026-11-29: 4 judged turns of 2 conversations" in page()


def test_the_page_shows_kinds_channels_and_styles_strictly() -> None:
    assert "| who | 50.0% | 2 |" in page()
    assert "| age | 100.0% | 2 |" in page()
    assert "| phone | 100.0% | 2 |" in page()
    assert "| recogniser | 100.0% | 2 |" in page()
    assert "| procedures_plain | 90.0% | 10 |" in page()


def test_wrong_answers_are_paid_by_the_right_ones() -> None:
    # Six segments were sent for one right answer; eight seconds said for two.
    assert "| segments of text messages | 6.00 |" in page()
    assert "| seconds of speech | 4.00 |" in page()
    assert "| milliseconds of processor | 13.3 |" in page()


def test_the_page_counts_side_effects() -> None:
    assert "Of 2 sentences that must change nothing, 0 were" in page()


def test_figures_have_one_name_each() -> None:
    assert figures_by_name(TEXTED)["dialogues/who: turns right"].rate == 0.5


def test_the_table_says_how_many_were_judged(capsys: pytest.CaptureFixture[str]) -> None:
    print_figures([*TEXTED, *SPOKEN])
    printed = capsys.readouterr().out
    assert "judged: 4 turns of 2 conversations" in printed
    assert "side effects: 0 of 2 sentences" in printed


def test_the_same_seed_draws_the_same_replies_to_grade() -> None:
    drawn = yaml.safe_load(sample([*TEXTED, *SPOKEN], 3, seed=7))
    assert drawn == yaml.safe_load(sample([*TEXTED, *SPOKEN], 3, seed=7))
    assert len(drawn) == 3
    assert {"turn", "channel", "said", "reply", "grade"} == drawn[0].keys()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        write(tmp_path / "missing" / "page.md", "")
    assert "cannot be written" in " ".join(capsys.readouterr().err.split())
