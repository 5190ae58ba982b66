"""Answers people can act on: what the most asked procedures cost and take, in few messages and short sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import mean

import pytest
import yaml
from installations import open_catalogue
from places import NLU_DATA

from actions.procedures.answers import Answers
from catalogue.record import Procedure
from channels.rendering.plainness import LONGEST_SENTENCE, Plainness, plainness, sentences
from contract.aspects import Aspect
from contract.reply import Reply
from contract.wording import wording_of
from runtime.settings import Settings

TODAY = date(2026, 11, 29)
ANSWERS = Answers(wording_of(NLU_DATA).room("core"), lambda: TODAY, timedelta(days=180))
SIDES = (Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE)


@pytest.fixture(scope="module")
def procedures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Procedure]]:
    """Every hand-written procedure as a citizen is told of it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('plain') / 'catalogue.db'}"
    store = open_catalogue(url, NLU_DATA / "procedures", rules=NLU_DATA)
    yield list(store.all())
    store.close()


@pytest.fixture(scope="module")
def most_asked(procedures: list[Procedure]) -> list[Procedure]:
    codes = yaml.safe_load((NLU_DATA / "most_asked.yml").read_text(encoding="utf-8"))["codes"]
    by_code = {one.code: one for one in procedures}
    return [by_code[code] for code in codes]


@pytest.fixture(scope="module")
def measured(most_asked: list[Procedure]) -> dict[Aspect, list[Plainness]]:
    settings = Settings()
    return {side: [plainness(ANSWERS.reply(one, side, first=False), settings) for one in most_asked] for side in SIDES}


def replies(procedures: list[Procedure]) -> list[Reply]:
    return [ANSWERS.reply(one, side, first=False) for one in procedures for side in SIDES]


def test_nine_in_ten_fees_leave_something_to_act_on(procedures: list[Procedure]) -> None:
    assert mean(one.tells_fee(TODAY) for one in procedures) >= 0.9


def test_nine_in_ten_times_leave_something_to_act_on(procedures: list[Procedure]) -> None:
    assert mean(one.tells_time(TODAY) for one in procedures) >= 0.9


def test_of_the_most_asked_fees_at_most_one_in_twenty_leaves_nothing_to_act_on(most_asked: list[Procedure]) -> None:
    assert mean(one.tells_fee(TODAY) for one in most_asked) >= 0.95


def test_most_answers_take_three_segments_at_most(measured: dict[Aspect, list[Plainness]]) -> None:
    every = [one.segments for found in measured.values() for one in found]
    assert mean(count <= 3 for count in every) >= 0.95
    assert mean(every) <= 2.0
    assert mean(one.segments for one in measured[Aspect.PAPERS]) <= 3.0


@pytest.mark.parametrize(("side", "seconds"), [(Aspect.FEE, 12), (Aspect.TIME, 12), (Aspect.PAPERS, 30)])
def test_a_caller_hears_what_was_asked_before_the_first_pause(
    measured: dict[Aspect, list[Plainness]], side: Aspect, seconds: int
) -> None:
    assert mean(one.first_pause for one in measured[side]) <= seconds


def test_nineteen_sentences_in_twenty_are_short(procedures: list[Procedure]) -> None:
    every = [one for reply in replies(procedures) for one in sentences(reply)]
    assert mean(len(one.split()) <= LONGEST_SENTENCE for one in every) >= 0.95


def test_no_article_stands_in_place_of_what_it_says(procedures: list[Procedure]) -> None:
    for reply in replies(procedures):
        for text in (reply.short, *reply.details):
            assert re.search(r"Điều \d", text) is None, text
