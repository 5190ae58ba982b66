"""Every approach of the comparison learns a handful of texts; measuring and costs count what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from benchmarks.approaches import naive_bayes, stock_rasa, tfidf
from benchmarks.approaches.approach import Approach, Example, Kind, Ranking
from benchmarks.approaches.costs import Case, expected_cost
from benchmarks.approaches.material import Material, Question
from benchmarks.approaches.measure import measure
from benchmarks.approaches.ours import Joined, LinearAlone

BEES, DUCKS = "1.000001", "1.000002"
EXAMPLES = (
    *[Example(text, "greet", Kind.INTENT) for text in ("chào bạn", "chào anh", "chào cô", "xin chào")],
    Example("Đăng ký nuôi ong", BEES, Kind.NAME),
    *[Example(text, BEES, Kind.PHRASE) for text in ("đặt thùng ong", "nuôi ong lấy mật", "xin nuôi ong")],
    Example("Đăng ký nuôi vịt", DUCKS, Kind.NAME),
    *[Example(text, DUCKS, Kind.PHRASE) for text in ("nuôi vịt chạy đồng", "thả vịt ngoài ruộng", "xin nuôi vịt")],
)
WAYS: tuple[Callable[[], Approach], ...] = (
    tfidf.nearest_official_name,
    tfidf.nearest_phrase_by_words,
    tfidf.nearest_phrase_by_letters,
    stock_rasa.as_typed,
    stock_rasa.on_clean_text,
    naive_bayes.multinomial,
    naive_bayes.complement,
    LinearAlone,
    Joined,
)


@pytest.mark.parametrize("make", WAYS)
def test_an_approach_tells_what_it_learnt_apart(make: Callable[[], Approach]) -> None:
    approach = make()
    approach.fit(EXAMPLES)
    assert [approach.rank(text)[0][0] for text in ("em nuôi ong", "em nuôi vịt", "chào bác")] == [
        BEES,
        DUCKS,
        "greet",
    ]
    assert approach.bytes_on_disk() > 0


def test_names_alone_do_not_know_the_phrases() -> None:
    approach = tfidf.nearest_official_name()
    approach.fit(EXAMPLES)
    assert approach.rank("thả ngoài ruộng") == []


class Parrot:
    """Says the same to everything."""

    name = "parrot"
    learns_imported = True

    def fit(self, examples: Sequence[Example]) -> None:
        """Learns nothing."""

    def rank(self, text: str) -> Ranking:
        """An intent first, then a procedure."""
        return [("greet", 0.9), (BEES, 0.8)]

    def bytes_on_disk(self) -> int:
        """Nothing stored."""
        return 0


def test_a_procedure_behind_an_intent_is_right_among_procedures_only() -> None:
    questions = (Question("full", "nuôi ong", BEES), Question("intents", "chào", "greet"))
    figures = measure(Parrot(), Material(EXAMPLES, questions), lambda: None)
    assert figures.shares["full"].rate == figures.shares["direct"].rate == 0.0
    assert figures.procedures_alone["direct"].rate == 1.0
    assert figures.shares["intents"].rate == 1.0


RIGHT = Case(chance=0.9, place=0, is_stranger=False, is_read=True)
WRONG = Case(chance=0.6, place=1, is_stranger=False, is_read=True)
LOST = Case(chance=0.6, place=None, is_stranger=False, is_read=True)
STRANGER = Case(chance=0.6, place=None, is_stranger=True, is_read=True)


@pytest.mark.parametrize(
    ("case", "answer", "offer", "cost"),
    [
        (RIGHT, 0.5, 0.1, 0),
        (RIGHT, 0.95, 0.1, 1),
        (RIGHT, 0.95, 0.92, 3),
        (WRONG, 0.5, 0.1, 5),
        (WRONG, 0.7, 0.1, 1),
        (LOST, 0.7, 0.1, 4),
        (STRANGER, 0.5, 0.1, 4),
        (STRANGER, 0.7, 0.1, 1),
        (STRANGER, 0.7, 0.65, 0),
    ],
)
def test_a_message_costs_what_the_decision_leads_to(case: Case, answer: float, offer: float, cost: float) -> None:
    assert expected_cost([case], answer, offer) == cost


def test_what_another_intent_took_is_never_answered() -> None:
    case = Case(chance=0.9, place=0, is_stranger=False, is_read=False)
    assert expected_cost([case], 0.5, 0.1) == 3
