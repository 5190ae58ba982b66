"""Cases between agencies where one of them keeps its database on a PostgreSQL server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_places import COMMUNE, DEPARTMENT, PDF, Agency, Clock, carry, photo, two
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures

from tickets.exchange.case import Outside, Side, Step


@pytest.fixture(params=[COMMUNE, DEPARTMENT], ids=["who sends", "who receives"])
def places(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> Iterator[tuple[Agency, Agency, Clock]]:
    """The other one is a commune's machine with SQLite."""
    commune, department, clock = two(tmp_path, urls={request.param: postgres_url})
    yield commune, department, clock
    for one in (commune, department):
        one.database.close()


def test_a_case_goes_there_and_back(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    case = commune.send(department, PDF, photo())
    carry(commune, department)
    department.act(case, Step.ACCEPT)
    department.act(case, Step.ASK_SUPPLEMENT, "Thiếu bản sao")
    carry(commune, department)
    clock.on(days=2)
    commune.act(case, Step.GIVE_SUPPLEMENT, "Gửi bổ sung", photo("red"))
    carry(commune, department)
    department.act(case, Step.FINISH, "Đúng như hồ sơ", PDF + b"%%EOF\n")
    carry(commune, department)
    sent, received = commune.book.case(case), department.book.case(case)
    assert sent.standing == received.standing
    assert sent.standing.outside is Outside.FINISHED
    papers = [{book.content(one) for one in book.papers(case)} for book in (commune.book, department.book)]
    assert papers[0] == papers[1]
    assert len(papers[0]) == 4


def test_workers_at_once_hand_each_message_over_once_and_in_order(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    cases = [commune.send(department, PDF, key=f"form {number}") for number in range(6)]
    for case in cases:
        commune.act(case, Step.ASK_BACK, "Gửi nhầm")
    workers = [threading.Thread(target=carry, args=(commune,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    carry(commune)
    for case in cases:
        taken = [one.number for one in department.book.events(case) if one.side is Side.SENDER]
        assert taken == [1, 2]
        assert department.book.case(case).standing.outside is Outside.ASKED_BACK
    assert commune.outbox.waiting().messages == 0


def test_an_erased_case_is_erased_at_both_sides(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    case = commune.send(department, PDF)
    carry(commune, department)
    commune.book.erase(case, "lan")
    carry(commune, department)
    for one in (commune, department):
        assert not list((one.folder / "exchange").iterdir())
        assert one.book.papers(case) == []
