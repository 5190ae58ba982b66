"""Reports about the same problem are suggested by place and words; what only looks alike is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.duplicates import SUGGESTED, Duplicates
from tickets.reports import NewReport, Reports
from tickets.store import TicketStore, Wanted
from tickets.ticket import Draft, TicketKind

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)
SEAL = Seal(b"a secret of the tests")
KEYS = count()


class Place:
    """Reports of one installation."""

    def __init__(self, database: Database) -> None:
        self.tickets = TicketStore(database, SEAL, lambda: NOW, province="01")
        self.reports = Reports(database, SEAL, self.tickets, lambda: NOW)
        self.duplicates = Duplicates(database, SEAL)

    def told(self, words: str, place: str, kind: TicketKind = TicketKind.REPORT) -> str:
        return self.tickets.add(Draft(f"k{next(KEYS)}", kind, "sms", words=words, place=place)).number

    def pinned(self, words: str, latitude: float, service: str = "road") -> str:
        new = NewReport(f"k{next(KEYS)}", service, words, latitude=latitude, longitude=105.85)
        return self.reports.add(new).number

    def of(self, number: str) -> list[str]:
        return [one.number for one in self.duplicates.of(number)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    database = Database(f"sqlite:///{tmp_path / 'tickets.db'}")
    database.migrate()
    yield Place(database)
    database.close()


def test_the_same_problem_told_in_other_words_is_suggested_also_without_diacritics(place: Place) -> None:
    first = place.told("rác đổ bừa bãi ở bờ kênh", "kênh sau chợ")
    assert place.of(place.told("rac do day bo kenh, hoi qua", "sau cho")) == [first]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("đèn đường tắt cả tuần", "kênh sau chợ"),
        ("rác đổ bừa bãi ở bờ kênh", "trường tiểu học"),
    ],
)
def test_another_problem_or_another_place_is_not(place: Place, words: str, where: str) -> None:
    place.told("rác đổ bừa bãi ở bờ kênh", "kênh sau chợ")
    assert place.of(place.told(words, where)) == []


def test_hamlets_with_other_numbers_are_other_places(place: Place) -> None:
    place.told("đường lầy lội không đi được", "xóm 4")
    assert place.of(place.told("đường lầy lội không đi được", "xóm 5")) == []


def test_what_lies_in_another_commune_is_not_suggested(place: Place) -> None:
    place.told("đường lầy lội không đi được", "cổng trường, xã Xuân Thu")
    assert place.of(place.told("đường lầy lội không đi được", "cổng trường, xã Thanh Trì")) == []


def test_pins_close_by_tell_more_than_words(place: Place) -> None:
    first = place.pinned("ổ gà sâu giữa đường", 21.0300)
    (found,) = place.duplicates.of(place.pinned("xe ngã hai lần rồi", 21.0305))
    assert (found.number, found.metres) == (first, 56)
    assert place.of(place.pinned("ổ gà sâu giữa đường", 21.0400)) == []


def test_calls_asked_for_are_no_reports(place: Place) -> None:
    call = place.told("đường lầy lội", "xóm 4", TicketKind.CALL_BACK)
    report = place.told("đường lầy lội", "xóm 4")
    assert place.of(report) == []
    assert place.of(call) == []
    assert place.of("00000000") == []


def test_only_a_few_are_suggested_the_likeliest_first(place: Place) -> None:
    for _ in range(SUGGESTED + 2):
        place.told("cột điện nghiêng", "xóm Đông")
    exact = place.told("cột điện nghiêng sắp đổ vào nhà", "xóm Đông")
    found = place.of(place.told("cột điện nghiêng sắp đổ vào nhà", "xóm Đông"))
    assert len(found) == SUGGESTED
    assert exact in found


def test_a_ticket_knows_its_commune_and_is_found_by_it(place: Place) -> None:
    number = place.told("đường hỏng", "chợ xã Xuân Thu")
    elsewhere = place.told("đường hỏng", "xóm 3")
    assert place.tickets.get(number).draft.commune == "00430"
    assert place.tickets.get(elsewhere).draft.commune is None
    assert [one.number for one in place.tickets.find(Wanted(commune="00430"))] == [number]


def test_a_pin_tells_the_commune(place: Place) -> None:
    assert place.tickets.get(place.pinned("ổ gà", 21.0381)).draft.commune is not None


def test_a_box_tells_its_commune_where_words_name_none(place: Place) -> None:
    told = place.tickets.add(Draft("a", TicketKind.REPORT, "kiosk", place="xóm 3", commune="00640"))
    named = place.tickets.add(Draft("b", TicketKind.REPORT, "kiosk", place="xã Xuân Thu", commune="00640"))
    assert [told.draft.commune, named.draft.commune] == ["00640", "00430"]
