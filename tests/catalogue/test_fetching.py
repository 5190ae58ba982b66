"""Asking the portal what changed: politely, going on where it stopped, and through the same import as any list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from portal_stand_in import PASSWORD, Portal, answered, portal_running
from typer.testing import CliRunner

from catalogue.fetching import Fetched, fetch, imported, waiting
from catalogue.portal_link import Account, PortalLink
from catalogue.store import CatalogueStore
from cli.catalogue import app
from runtime.clock import VIETNAM

NOON = datetime(2026, 11, 29, 12, tzinfo=VIETNAM)
TWO = ["9.000001", "9.000002"]


@pytest.fixture
def portal() -> Iterator[Portal]:
    with portal_running() as running:
        running.records = {code: [answered(code)] for code in TWO}
        yield running


class Asking:
    """An operator at the command line, with a clock and pauses of the test's own."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self.portal, self.folder = portal, folder
        self.now = NOON
        self.pauses = 0
        self.waits: list[float] = []
        self.password = PASSWORD

    def __call__(self, codes: list[str] = TWO, **more: Any) -> Fetched:
        account = Account(
            f"{self.portal.url}/share", f"{self.portal.url}/login", "us", self.password, "UNIT", "VN:TEST"
        )
        client = httpx.Client(trust_env=False)
        with PortalLink(account, client, self.waits.append) as link:
            return fetch(codes, link, self.folder, lambda: self.now, self._pause, **more)

    def _pause(self) -> None:
        self.pauses += 1


@pytest.fixture
def ask(portal: Portal, tmp_path: Path) -> Asking:
    return Asking(portal, tmp_path / "portal")


def test_what_is_fetched_is_imported_with_the_day_it_was_fetched(ask: Asking, store: CatalogueStore) -> None:
    assert ask() == Fetched(changed=tuple(TWO))
    files = waiting(ask.folder)
    assert len(store.import_paths(files).imported) == 2
    imported(files)
    found = store.get("9.000001")
    assert found is not None
    assert found.checked_on == date(2026, 11, 29)
    assert (found.agency, found.levels) == ("Bộ Nông nghiệp và Môi trường", ("commune",))
    assert found.submissions[0].fees[0].amount == 50_000
    assert found.submissions[0].times[0].value == 3
    assert found.steps == ("Nộp đơn.", "Nhận giấy.")
    assert waiting(ask.folder) == []


def test_a_record_that_has_not_changed_is_not_sent_again(ask: Asking, portal: Portal) -> None:
    ask()
    imported(waiting(ask.folder))
    assert ask() == Fetched(unchanged=tuple(TWO))
    assert portal.answered[-2:] == [304, 304]
    assert waiting(ask.folder) == []


def test_a_record_that_changed_is_told_of_once(ask: Asking, portal: Portal) -> None:
    ask()
    imported(waiting(ask.folder))
    portal.records["9.000002"] = [answered("9.000002", fee="80.000")]
    assert ask() == Fetched(changed=("9.000002",), unchanged=("9.000001",))
    assert [file.name for file in waiting(ask.folder)] == ["9.000002.new.json"]


def test_after_a_month_an_unchanged_record_gets_its_new_day(ask: Asking, store: CatalogueStore) -> None:
    ask()
    store.import_paths(waiting(ask.folder))
    imported(waiting(ask.folder))
    ask.now += timedelta(days=31)
    assert ask().unchanged == tuple(TWO)
    store.import_paths(waiting(ask.folder))
    found = store.get("9.000001")
    assert found is not None
    assert found.checked_on == date(2026, 12, 30)


def test_there_is_a_pause_between_two_questions_and_none_after_the_last(ask: Asking) -> None:
    ask()
    assert ask.pauses == 1


def test_the_command_goes_on_where_it_stopped(ask: Asking, portal: Portal) -> None:
    portal.away_after = 1
    first = ask(rest=timedelta(hours=20))
    assert first.changed == ("9.000001",)
    assert first.stopped is not None
    assert "goes on from here" in first.stopped
    portal.away_after = None
    asked_before = len(portal.asked)
    assert ask(rest=timedelta(hours=20)) == Fetched(changed=("9.000002",), skipped=1)
    assert [code for code, _ in portal.asked[asked_before:]] == ["9.000002"]
    assert len(waiting(ask.folder)) == 2


def test_what_waited_for_its_import_still_waits_when_it_is_asked_again(ask: Asking) -> None:
    ask()
    assert ask().unchanged == tuple(TWO)
    assert len(waiting(ask.folder)) == 2


def test_somebody_who_stops_the_command_loses_nothing(ask: Asking) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    ask._pause = stop  # type: ignore[method-assign]
    found = ask()
    assert (found.changed, found.stopped is not None) == (("9.000001",), True)


def test_a_code_the_portal_does_not_have_is_named(ask: Asking, portal: Portal) -> None:
    del portal.records["9.000002"]
    assert ask() == Fetched(changed=("9.000001",), not_there=("9.000002",))
    assert ask() == Fetched(unchanged=("9.000001",), not_there=("9.000002",))


def test_a_session_that_ended_is_begun_anew(ask: Asking, portal: Portal) -> None:
    ask(["9.000001"])
    portal.session_ends = True
    assert ask(["9.000002"]).changed == ("9.000002",)
    assert portal.sessions == 2


def test_a_busy_portal_is_asked_again_after_the_pause_it_wants(ask: Asking, portal: Portal) -> None:
    portal.statuses, portal.retry_after = [503, 429], "7"
    assert ask(["9.000001"]).changed == ("9.000001",)
    assert ask.waits == [7.0, 7.0]


def test_a_portal_that_wants_a_long_pause_is_left_alone(ask: Asking, portal: Portal) -> None:
    portal.statuses, portal.retry_after = [503], "3600"
    found = ask(["9.000001"])
    assert found.stopped is not None
    assert "3600 seconds" in found.stopped
    assert ask.waits == []


def test_a_wrong_password_is_said_without_repeating_it(ask: Asking) -> None:
    ask.password = "not the right one"
    found = ask()
    assert found.stopped is not None
    assert "MOTCUA_PORTAL_PASSWORD" in found.stopped
    assert ask.password not in found.stopped


@pytest.mark.parametrize(
    "body", [b"<html>sign in</html>", b"[]", b'{"error_code": "0", "result": "none"}', b"[" * 100_000, b"\xff\xfe"]
)
def test_nonsense_costs_one_code_and_nothing_is_imported(ask: Asking, portal: Portal, body: bytes) -> None:
    portal.raw = body
    found = ask(["9.000001"])
    assert [code for code, _ in found.failed] == ["9.000001"]
    assert found.stopped is None
    assert waiting(ask.folder) == []


def test_a_service_that_is_none_is_not_asked_for_every_code(ask: Asking, portal: Portal) -> None:
    portal.raw = b"<html>"
    found = ask([f"9.00000{number}" for number in range(9)])
    assert len(portal.asked) == 5
    assert found.stopped is not None


def test_a_kept_answer_that_was_cut_off_is_fetched_anew(ask: Asking) -> None:
    ask(["9.000001"])
    imported(waiting(ask.folder))
    kept = ask.folder / "9.000001.json"
    kept.write_text(kept.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert ask(["9.000001"]).changed == ("9.000001",)


def test_the_command_imports_what_it_fetched(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATA_DIR": str(tmp_path / "var"),
        "PORTAL_URL": f"{portal.url}/share",
        "PORTAL_LOGIN_URL": f"{portal.url}/login",
        "PORTAL_PASSWORD": PASSWORD,
        "PORTAL_UNIT": "UNIT",
        "PORTAL_TARGET": "VN:TEST",
        "PORTAL_PAUSE": "0.1",
    }.items():
        monkeypatch.setenv(f"MOTCUA_{name}", value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    done = CliRunner().invoke(app, ["fetch", "9.000001", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["changed"], told["import"]["imported"]) == (["9.000001"], ["9.000001"])
    again = CliRunner().invoke(app, ["fetch", "9.000001", "--json"])
    assert json.loads(again.stdout)["skipped"] == 1


def test_without_an_address_the_command_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "var"))
    done = CliRunner().invoke(app, ["fetch"])
    assert done.exit_code == 2
    assert "MOTCUA_PORTAL_URL" in done.stderr
