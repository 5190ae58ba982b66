"""Answers people can act on: what the most asked procedures cost and take, in few messages and short sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import yaml
from installations import open_catalogue
from places import NLU_DATA

from actions.procedures.answers import Answers
from catalogue.record import Procedure
from cli.reach import SIDES, Figure, reach, render_reach
from contract.reply import Reply
from contract.wording import wording_of
from runtime.settings import Settings

TODAY = date(2026, 11, 29)
ANSWERS = Answers(wording_of(NLU_DATA).room("core"), lambda: TODAY, timedelta(days=180))
NAMES = (
    "fee", "fee_often", "time", "few_segments", "segments", "paper_segments", "fee_seconds", "time_seconds",
    "paper_seconds", "sentences",
)  # fmt: skip


@pytest.fixture(scope="module")
def procedures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Procedure]]:
    """Every hand-written procedure as a citizen is told of it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('plain') / 'catalogue.db'}"
    store = open_catalogue(url, NLU_DATA / "procedures", rules=NLU_DATA)
    yield list(store.all())
    store.close()


@pytest.fixture(scope="module")
def figures(procedures: list[Procedure]) -> dict[str, Figure]:
    codes = yaml.safe_load((NLU_DATA / "most_asked.yml").read_text(encoding="utf-8"))["codes"]
    found = reach(procedures, codes, lambda one, side: ANSWERS.reply(one, side, first=False), Settings(), TODAY)
    return {figure.name: figure for figure in found}


def replies(procedures: list[Procedure]) -> list[Reply]:
    return [ANSWERS.reply(one, side, first=False) for one in procedures for side in SIDES]


def test_there_is_a_goal_for_every_figure(figures: dict[str, Figure]) -> None:
    assert list(figures) == [f"reach_{name}" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_usable_and_plain_as_far_as_they_must(figures: dict[str, Figure], name: str) -> None:
    """Something to act on in nine of ten answers, few text messages, short sentences, soon a pause on the telephone."""
    figure = figures[f"reach_{name}"]
    assert figure.reached, f"{figure.got:.3f} of {figure.goal}"


def test_a_figure_that_misses_its_goal_is_marked() -> None:
    told = render_reach([Figure("reach_fee", 0.5, 0.9), Figure("reach_segments", 1.5, 2.0, False, False)])
    assert [line[0] for line in told.splitlines()] == ["!", " "]


def test_no_article_stands_in_place_of_what_it_says(procedures: list[Procedure]) -> None:
    for reply in replies(procedures):
        for text in (reply.short, *reply.details):
            assert re.search(r"Điều \d", text) is None, text
