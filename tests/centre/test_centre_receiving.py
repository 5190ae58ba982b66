"""Entries of kiosks are done once, on both databases and from several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from places import NLU_DATA
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sqlalchemy import select

from actions.dossiers.service import Outcome, Unavailable
from actions.dossiers.wording import DossierWording
from centre import receiving
from centre.entry_handlers import OLDEST, Effects
from centre.kiosks import Door, Kiosk, Kiosks
from centre.orders import BoxOrders
from centre.receiving import Receiving
from centre.tables import KioskRow, ReceivedRow, UsageRow
from centre.waiting_of_person import WaitingOfPerson
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from contract.tried import Step
from contract.wording import wording_of
from kiosk.protocol.entries import StatusRequestEntry, TextEntry, TicketEntry, UsageEntry, close
from kiosk.protocol.keys import BadSignature, Keys
from kiosk.protocol.messages import Entry, EntryKind, State
from kiosk.protocol.signing import read_claim, sign_request
from runtime.clock import now
from stores.audit import Audit
from stores.database import Database
from stores.erased_list import FILE, ErasedList
from stores.sealing import Seal
from tickets.store import TicketStore

PHONE = "+84900000123"


class SentTexts:
    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def send(self, key: str, number: str, text: str) -> bool:
        self.sent[key] = text
        return True


class BackEndAway:
    def look_up(
        self, code: str, last4: str, conversation: str, *, channel: str = "", marks: Sequence[str] = ()
    ) -> Outcome:
        return Unavailable("away", retryable=True)


class Centre:
    def __init__(self, database: Database, checkpoints: Path) -> None:
        self.database = database
        self.keys, self.box, self.seal = Keys.generate(), Keys.generate(), Seal(b"a secret of the tests")
        seal = self.seal
        self.texts = SentTexts()
        self.tickets = TicketStore(database, seal, now)
        wording = DossierWording(wording_of(NLU_DATA).room("dossiers"), now)
        self.clock_ahead = timedelta()
        self.audit = Audit(database, seal, now, checkpoints)
        orders = BoxOrders(database, seal, self.audit, now)
        effects = Effects(self.tickets, BackEndAway(), wording, self.texts, orders, now)
        self.erased = ErasedList(checkpoints.parent / FILE, seal, now)
        self.receiving = Receiving(database, self.keys, seal, effects, self.erased, lambda: now() + self.clock_ahead)
        self.kiosks = Kiosks(database, now)
        with database.writing() as session:
            public, at = self.box.public.text, now()
            session.add(
                KioskRow(id="k", name="máy", public=public, enrolled_at=at, sequence=0, state="{}", clock_off=0.0)
            )

    @property
    def kiosk(self) -> Kiosk:
        return self.kiosks.all()[0]

    @property
    def citizen(self) -> Citizen:
        """Whoever is behind PHONE."""
        found = Citizen.of(PHONE, self.seal)
        assert found is not None
        return found

    def entry(self, number: int, kind: EntryKind, content: object, key: str | None = None) -> Entry:
        sealed = close(content, self.keys.public)  # type: ignore[arg-type]
        return Entry(sequence=number, kind=kind, key=key or f"key:{number}", at=now().timestamp(), sealed=sealed)

    def usage(self) -> dict[str, int]:
        with self.database.reading() as session:
            return {row.figure: row.count for row in session.scalars(select(UsageRow))}


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    database.migrate()
    yield Centre(database, tmp_path / "checkpoints")
    database.close()


@pytest.fixture
def quick_office(tmp_path: Path) -> Iterator[Centre]:
    """On SQLite alone, where the database makes no difference."""
    database = Database(f"sqlite:///{tmp_path / 'centre.db'}")
    database.migrate()
    yield Centre(database, tmp_path / "checkpoints")
    database.close()


def test_what_the_machine_tried_comes_with_the_ticket(quick_office: Centre) -> None:
    step = Step(said="làm khai sinh cần gì", taken_for="ask_procedure", answered="Cần giấy chứng sinh.")
    content = TicketEntry(kind="call_back", channel="kiosk", contact=PHONE, tried=(step,))
    quick_office.receiving.receive(quick_office.kiosk, [quick_office.entry(1, EntryKind.TICKET, content)])
    (ticket,) = quick_office.tickets.find()
    assert ticket.draft.tried == (step,)


def test_a_batch_that_comes_many_times_at_once_is_done_once(office: Centre) -> None:
    entries = [
        office.entry(1, EntryKind.TICKET, TicketEntry(kind="report", channel="kiosk", words="cầu hỏng")),
        office.entry(2, EntryKind.USAGE, UsageEntry(day="2026-11-23", counts={"turn.fee": 3})),
        office.entry(3, EntryKind.TEXT, TextEntry(phone=PHONE, text="Xin chào")),
    ]
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(office.receiving.receive(office.kiosk, entries)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [(result.cursor, result.refused) for result in results] == [(3, ())] * 6
    assert [ticket.draft.words for ticket in office.tickets.find()] == ["cầu hỏng"]
    assert office.usage() == {"turn.fee": 3}
    assert len(office.texts.sent) == 1


@pytest.mark.parametrize(
    ("off", "kept"),
    [
        (timedelta(hours=-3), timedelta(hours=-3)),
        (OLDEST * -1 + timedelta(hours=1), OLDEST * -1 + timedelta(hours=1)),
        # A clock years off, either way: the centre's own time is nearer to the truth.
        (OLDEST * -1 - timedelta(hours=1), timedelta()),
        (timedelta(hours=3), timedelta()),
        (timedelta(days=9000), timedelta()),
    ],
)
def test_a_ticket_is_dated_when_it_was_asked_for_but_never_in_the_future(
    quick_office: Centre, off: timedelta, kept: timedelta
) -> None:
    written = TicketEntry(kind="report", channel="kiosk", words="cầu hỏng")
    entry = quick_office.entry(1, EntryKind.TICKET, written)
    quick_office.receiving.receive(quick_office.kiosk, [replace_at(entry, now() + off)])
    (ticket,) = quick_office.tickets.find()
    assert abs(ticket.created_at - (now() + kept)) < timedelta(minutes=5)


@pytest.mark.parametrize("at", [float("nan"), float("inf"), 1e300, -1e300])
def test_a_time_that_is_none_stands_for_now(quick_office: Centre, at: float) -> None:
    entry = quick_office.entry(1, EntryKind.TICKET, TicketEntry(kind="report", channel="kiosk"))
    assert quick_office.receiving.receive(quick_office.kiosk, [entry.model_copy(update={"at": at})]).cursor == 1
    (ticket,) = quick_office.tickets.find()
    assert now() - ticket.created_at < timedelta(minutes=5)


def replace_at(entry: Entry, at: datetime) -> Entry:
    return entry.model_copy(update={"at": at.timestamp()})


def test_counts_of_one_day_from_two_entries_add_up(office: Centre) -> None:
    for number in (1, 2):
        content = UsageEntry(day="2026-11-23", counts={"turn.fee": number, f"turn.{number}": 1})
        office.receiving.receive(office.kiosk, [office.entry(number, EntryKind.USAGE, content)])
    assert office.usage() == {"turn.fee": 3, "turn.1": 1, "turn.2": 1}


def test_an_entry_nobody_can_read_stops_no_other(office: Centre) -> None:
    foreign = Entry(sequence=1, kind=EntryKind.TEXT, key="a", at=0.0, sealed="AAAA")
    unknown = office.entry(2, EntryKind.TICKET, TicketEntry(kind="a new kind", channel="kiosk"))
    good = office.entry(3, EntryKind.TEXT, TextEntry(phone=PHONE, text="Xin chào"))
    received = office.receiving.receive(office.kiosk, [good, foreign, unknown])
    assert (received.cursor, received.refused) == (3, (1, 2))
    assert len(office.texts.sent) == 1


def test_a_stolen_box_cannot_send_without_end_and_what_an_honest_one_had_waiting_follows(
    office: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MESSAGES_A_DAY", 10)
    monkeypatch.setattr(receiving, "PENDING_AT_MOST", 15)
    entries = [office.entry(number, EntryKind.TEXT, TextEntry(phone=PHONE, text="Xin chào")) for number in range(1, 31)]
    received = office.receiving.receive(office.kiosk, entries)
    sent = []
    for day in range(3):
        office.clock_ahead = timedelta(days=day, minutes=day)
        office.receiving.try_pending()
        office.receiving.try_pending()
        sent.append(len(office.texts.sent))
    assert (sent, received.refused) == ([10, 20, 25], (26, 27, 28, 29, 30))


def test_a_message_that_waited_for_a_week_is_dropped(office: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MESSAGES_A_DAY", 0)
    office.receiving.receive(office.kiosk, [office.entry(1, EntryKind.TEXT, TextEntry(phone=PHONE, text="Xin chào"))])
    assert office.receiving.try_pending() == 1
    office.clock_ahead = timedelta(days=8)
    assert office.receiving.try_pending() == 0
    assert office.texts.sent == {}


def test_a_look_up_that_waits_too_long_is_answered_all_the_same(office: Centre) -> None:
    content = StatusRequestEntry(code="H15.50.05-261008-0975", last4="0101", phone=PHONE)
    office.receiving.receive(office.kiosk, [office.entry(1, EntryKind.STATUS_REQUEST, content)])
    assert office.receiving.try_pending() == 1
    assert office.texts.sent == {}
    office.clock_ahead = timedelta(hours=49)
    assert office.receiving.try_pending() == 0
    assert "trục trặc" in next(iter(office.texts.sent.values()))


def test_a_request_is_taken_once_and_only_from_the_kiosk(office: Centre) -> None:
    def claim(sequence: int, keys: Keys):  # type: ignore[no-untyped-def]
        return read_claim(sign_request(keys, "k", sequence, "POST", "/x", b"body")[0])

    first = claim(5, office.box)
    assert office.kiosks.come_in(first, "POST", "/x", b"body")[1] is Door.OPEN
    assert office.kiosks.come_in(first, "POST", "/x", b"body")[1] is Door.REPLAYED
    assert office.kiosks.come_in(claim(4, office.box), "POST", "/x", b"body")[1] is Door.REPLAYED
    for wrong in (("POST", "/x", b"other"), ("POST", "/y", b"body"), ("GET", "/x", b"body")):
        with pytest.raises(BadSignature):
            office.kiosks.come_in(claim(6, office.box), *wrong)
    with pytest.raises(BadSignature):
        office.kiosks.come_in(claim(6, Keys.generate()), "POST", "/x", b"body")
    office.kiosks.block("máy")
    assert office.kiosks.come_in(claim(7, office.box), "POST", "/x", b"body")[1] is Door.BLOCKED


@pytest.mark.parametrize("value", ["", "k", "k -1 x", "k 1 ä", "k ² AAAA", f"k {'9' * 40} AAAA", "k 1 A"])
def test_what_is_no_signed_request_is_refused_by_name(value: str) -> None:
    with pytest.raises(BadSignature):
        read_claim(value)


def test_what_a_kiosk_says_of_itself_is_kept(office: Centre) -> None:
    office.kiosks.heard(office.kiosk, State(bundle=3, waiting=7, clock=now().timestamp() + 1000))
    assert (office.kiosk.state.bundle, office.kiosk.state.waiting) == (3, 7)
    assert office.kiosk.clock_off == pytest.approx(1000, abs=5)


def test_what_was_done_long_ago_is_forgotten_without_being_asked(office: Centre) -> None:
    entry = office.entry(1, EntryKind.USAGE, UsageEntry(day="2026-11-23", counts={"turn.fee": 3}))
    office.receiving.receive(office.kiosk, [entry])
    office.clock_ahead = timedelta(days=401)
    office.receiving.receive(office.kiosk, [])
    with office.database.reading() as session:
        assert session.scalars(select(ReceivedRow)).all() == []


def test_what_a_box_brings_of_somebody_who_was_erased_meanwhile_is_not_taken_in(quick_office: Centre) -> None:
    written = quick_office.entry(1, EntryKind.TEXT, TextEntry(phone=PHONE, text="Xin chào"))
    reported = quick_office.entry(2, EntryKind.TICKET, TicketEntry(kind="report", channel="kiosk", contact=PHONE))
    other = quick_office.entry(3, EntryKind.TEXT, TextEntry(phone="+84900000124", text="Xin chào"))
    quick_office.erased.add(quick_office.citizen.person, tickets=False)
    quick_office.receiving.receive(quick_office.kiosk, [written, reported, other])
    # Without the code that proves the number a ticket is left alone, as it is at the centre.
    assert list(quick_office.texts.sent) == ["k:key:3"]
    assert len(quick_office.tickets.find()) == 1

    quick_office.erased.add(quick_office.citizen.person, tickets=True)
    proven = quick_office.entry(4, EntryKind.TICKET, TicketEntry(kind="report", channel="kiosk", contact=PHONE))
    before = replace_at(proven, now() - timedelta(minutes=5))
    received = quick_office.receiving.receive(quick_office.kiosk, [before])
    assert (received.cursor, received.refused) == (4, ())
    assert len(quick_office.tickets.find()) == 1
    # What is asked for after that is a new wish.
    after = quick_office.entry(5, EntryKind.TEXT, TextEntry(phone=PHONE, text="Xin chào"))
    quick_office.receiving.receive(quick_office.kiosk, [replace_at(after, now() + timedelta(minutes=5))])
    assert list(quick_office.texts.sent) == ["k:key:3", "k:key:5"]


def test_answers_that_wait_for_a_number_are_shown_and_erased(office: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MESSAGES_A_DAY", 0)
    waiting = WaitingOfPerson(office.database, office.seal)
    for number, phone in enumerate((PHONE, "+84900000124"), start=1):
        content = TextEntry(phone=phone, text="Xin chào")
        office.receiving.receive(office.kiosk, [office.entry(number, EntryKind.TEXT, content)])
    assert waiting.holding(office.citizen) == Holding("waiting", 1)
    waiting.erase(office.citizen)
    waiting.erase(office.citizen)
    assert waiting.holding(office.citizen).entries == 0
    assert office.receiving.try_pending() == 1
