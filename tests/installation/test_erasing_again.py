"""A restored backup brings nobody back who asked to be forgotten after it was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.sms.citizens.citizen import Citizen
from channels.sms.queue.queued import NewMessage
from channels.sms.routes.messages import Kind
from installation.backup import back_up, restore
from installation.opening import opened
from installation.root import Installation
from installation.text_messages import TextMessageStores
from runtime.clock import now
from runtime.settings import Settings
from stores.erased_list import LISTED_FOR, ErasedList
from stores.sealing import Seal
from tickets.ticket import Draft, TicketKind

MINE, OTHER = "+84900000123", "+84900000124"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def fill(here: Installation) -> None:
    stores = TextMessageStores(here)
    for number in (MINE, OTHER):
        citizen = citizen_of(here, number)
        stores.preferences.choose_diacritics(citizen.person, True)
        stores.outbox.add([NewMessage(number, number, "Cần tờ khai.", Kind.ANSWER, citizen.person)])
        here.tickets.add(Draft(number, TicketKind.CALL_BACK, "sms", number))
        here.redis.set(f"motcua:sms:talk:{citizen.person}", "[]")


def citizen_of(here: Installation, number: str) -> Citizen:
    citizen = Citizen.of(number, here.seal)
    assert citizen is not None
    return citizen


def kept_of(here: Installation, number: str) -> list[bool]:
    stores, citizen = TextMessageStores(here), citizen_of(here, number)
    return [
        bool(stores.records.holding(citizen).entries),
        stores.preferences.diacritics(citizen.person) is not None,
        bool(here.tickets.count_of(number)),
        bool(here.redis.exists(f"motcua:sms:talk:{citizen.person}")),
    ]


@pytest.mark.parametrize("tickets", [True, False])
def test_who_was_erased_since_is_erased_from_a_backup(tmp_path: Path, settings: Settings, tickets: bool) -> None:
    file = tmp_path / "backup.tar.gz"
    with opened(settings, with_redis=True) as here:
        fill(here)
        back_up(here, file, "a passphrase of the tests, long enough")
        assert kept_of(here, MINE) == [True] * 4
        here.erasures.begin(citizen_of(here, MINE).person, "sms", tickets=tickets)
    done = restore(
        settings,
        file,
        Path(f"{file}.secrets"),
        "a passphrase of the tests, long enough",
        replace=True,
        now=datetime(2026, 11, 29, tzinfo=UTC),
    )
    assert done.erased == 1
    with opened(settings, with_redis=True) as here:
        assert kept_of(here, MINE) == [False, False, not tickets, False]
        assert kept_of(here, OTHER) == [True] * 4
    # It is on the list still, for the next backup that is put back.
    assert settings.data_path.joinpath("erased", "list").read_text().count("\n") == 1


def test_a_backup_made_after_the_keys_were_changed_comes_back_with_them(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "backup.tar.gz"
    with opened(settings, with_redis=True) as here:
        here.keyring.add_key()
        fill(here)
        back_up(here, file, "a passphrase of the tests, long enough")
    elsewhere = Settings(data_dir=tmp_path / "another machine")
    when = datetime(2026, 11, 29, tzinfo=UTC)
    restore(elsewhere, file, Path(f"{file}.secrets"), "a passphrase of the tests, long enough", replace=False, now=when)
    with opened(elsewhere, with_redis=True) as here:
        assert here.tickets.find()[0].is_readable


def test_the_list_names_nobody_and_ends(tmp_path: Path) -> None:
    moment = [now()]
    seal = Seal(b"a secret of the tests")
    erased = ErasedList(tmp_path / "erased" / "list", seal, lambda: moment[0])
    person = seal.hash("sms", MINE)
    erased.add(person, tickets=False)
    written = (tmp_path / "erased" / "list").read_text()
    assert person not in written
    assert MINE[3:] not in written
    (tmp_path / "erased" / "list").write_text(written + '["torn')
    assert list(erased.read()) == [erased.mark(person)]
    moment[0] += LISTED_FOR + timedelta(days=1)
    assert erased.forget_old() == 1
    assert erased.read() == {}
