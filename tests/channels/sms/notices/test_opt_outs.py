"""Who said elsewhere that our messages are not wanted gets no notices, until they ask for them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from channels.sms.citizens.consents import Consents, Decision, Manner
from channels.sms.notices import opt_outs
from channels.sms.notices.opt_outs import ProviderOptOuts, read_numbers
from channels.sms.providers.tables import opt_out_codes
from channels.sms.queue.tables import outgoing
from runtime.clock import VIETNAM
from stores.database import Database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


class Places:
    """A ledger, and messages as the dispatcher leaves them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.consents = Consents(database, lambda: self.now)
        self.opt_outs = ProviderOptOuts(database, self.consents, opt_out_codes(), lambda: self.now)

    def failed(self, person: str, code: str) -> None:
        moment = self.now.timestamp()
        fixed = {"kind": "notice", "priority": 0, "sealed": "", "refused_by": "", "route": "twilio", "segments": 1}
        counts = {"attempts": 1, "attempts_in_all": 1, "maybe_twice": 0}
        times = {"next_try_at": moment, "created_at": moment, "expires_at": moment}
        row = {"reference": f"{person} {moment}", "person": person, "state": "failed", "code": code}
        with self.database.writing() as session:
            session.execute(outgoing.insert().values(**row, **fixed, **counts, **times))

    def decision(self, person: str) -> Decision | None:
        consent = self.consents.of(person)
        return consent.decision if consent is not None else None


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()
    yield Places(database)
    database.close()


def test_a_refusal_at_the_provider_ends_the_consent_here(places: Places) -> None:
    places.consents.grant("a", Manner.KEYWORD, "w", "t")
    places.consents.grant("b", Manner.KEYWORD, "w", "t")
    places.now += timedelta(hours=1)
    places.failed("a", "21610")
    places.failed("b", "21612")
    assert places.opt_outs.step() == 1
    assert (places.decision("a"), places.decision("b")) == (Decision.REFUSED, Decision.GRANTED)
    assert places.consents.ledger("a")[0].manner == Manner.PROVIDER
    assert places.opt_outs.step() == 0


def test_who_asks_for_notices_afterwards_keeps_them(places: Places) -> None:
    places.failed("a", "21610")
    places.now += timedelta(hours=1)
    places.consents.grant("a", Manner.KEYWORD, "w", "t")
    assert places.opt_outs.step() == 0
    assert places.decision("a") is Decision.GRANTED


def test_a_list_is_read_line_by_line_and_what_is_no_number_is_named_by_its_line() -> None:
    lines = ["Số máy;Tên", "0900 000 123;lan", '"+84900000124"', "", "0900000123", "không rõ", "12345"]
    read = read_numbers(lines)
    assert read.phones == ("+84900000123", "+84900000124")
    assert read.unreadable == (6, 7)


def test_a_list_too_long_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opt_outs, "LONGEST_LIST", 2)
    with pytest.raises(ValueError, match="2 lines"):
        read_numbers(["0900000123"] * 3)


def test_of_a_list_those_are_counted_who_had_not_refused(places: Places) -> None:
    places.consents.refuse("a", Manner.KEYWORD, "w", "t")
    places.consents.grant("b", Manner.KEYWORD, "w", "t")
    assert (
        places.consents.refuse_all(["a", "b", "c", "b", *(f"p{n}" for n in range(1200))], Manner.LIST, "list") == 1202
    )
    assert places.decision("b") is Decision.REFUSED
    assert places.consents.refuse_all(["a", "b", "c"], Manner.LIST, "list") == 0
    assert len(list(places.consents.every())) == 2 + 1202
