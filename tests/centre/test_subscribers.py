"""Others are told by signed webhooks when a report changes: once, again when it was not taken, and no person."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from officer_post import Sent

from centre.open311.subscribers import GIVEN_UP_AFTER, NO_ANSWER, BadAddress, Subscribers
from centre.page.access import CentreParts
from installation.tables import migrate
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from stores.standard_webhooks import SHARED, Signed
from tickets.desk import Desk
from tickets.reports import NewReport, Reports
from tickets.store import TicketStore
from tickets.ticket import Outcome

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
SEAL = Seal(b"a secret of the tests")


@dataclass
class Receiver:
    """Another system's address, on loopback."""

    status: int = 204
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def told(self) -> list[dict[str, object]]:
        return [json.loads(body) for _, body in self.heard]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


class Office:
    """Reports, and whoever is told of them."""

    def __init__(self, database: Database) -> None:
        self.at = NOW
        self.tickets = TicketStore(database, SEAL, self.now)
        self.reports = Reports(database, SEAL, self.tickets, self.now)
        self.desk = Desk(database, SEAL, self.now, Sent())
        self.subscribers = Subscribers(
            database, SEAL, self.reports, self.now, "https://one.door", "Ủy ban xã", may_be_plain=True
        )

    def now(self) -> datetime:
        return self.at

    def later(self, **some: float) -> None:
        self.at += timedelta(**some)

    def subscribe(self, url: str) -> tuple[int, str]:
        added = self.subscribers.add("FixMyStreet", url, "lan")
        self.later(seconds=1)
        return added

    def report(self, key: str, **fields: object) -> str:
        new = NewReport(key, "road", "Cầu hỏng, gọi anh Minh 0900000123", "xóm 3", 21.3, 103.9)
        number = self.reports.add(replace(new, **fields)).number  # type: ignore[arg-type]
        self.later(seconds=10)
        return number


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    migrate(url)
    database = Database(url)
    yield Office(database)
    database.close()


def test_a_report_is_told_when_it_is_made_and_when_it_changes_signed_and_without_a_person(
    office: Office, receiver: Receiver
) -> None:
    office.report("before")
    _, key = office.subscribe(receiver.url)
    assert office.subscribers.step() == 0
    number = office.report("after")
    assert office.subscribers.step() == 1
    assert office.subscribers.step() == 0
    office.desk.close(number, "lan", Outcome.SOLVED)
    office.later(seconds=10)
    assert office.subscribers.step() == 1
    made, changed = receiver.told()
    assert (made["type"], changed["type"]) == ("service_request.created", "service_request.updated")
    assert (made["data"]["service_request_id"], made["data"]["status"]) == (number, "open")  # type: ignore[index]
    assert changed["data"]["status"] == "closed"  # type: ignore[index]
    for headers, body in receiver.heard:
        signed = Signed.read(headers)
        assert signed.has(base64.b64decode(key.removeprefix(SHARED)), body)
        assert not signed.has(b"another key of the same length..", body)
        assert b"0900000123" not in body
        assert "Minh" not in body.decode()
    assert receiver.heard[0][0]["webhook-id"] != receiver.heard[1][0]["webhook-id"]


def test_what_was_not_taken_goes_again_under_its_id_with_growing_pauses_and_rests_after_days(
    office: Office, receiver: Receiver
) -> None:
    office.subscribe(receiver.url)
    receiver.status = 500
    office.report("a")
    office.report("b")
    assert office.subscribers.step() == 0
    # The second waits behind the first: a server in trouble gets one request, not a hundred.
    assert len(receiver.heard) == 1
    office.later(seconds=29)
    office.subscribers.step()
    tried = len(receiver.heard)
    office.later(seconds=31)
    receiver.status = 200
    assert office.subscribers.step() == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 2
    assert tried <= 3
    receiver.status = 503
    office.report("c")
    office.subscribers.step()
    office.later(seconds=GIVEN_UP_AFTER.total_seconds() + 60)
    office.subscribers.step()
    (resting,) = office.subscribers.all()
    assert (resting.rests, resting.waiting, resting.status) == (True, 1, 503)
    receiver.status = 200
    office.later(days=1)
    assert office.subscribers.step() == 0
    office.subscribers.rest(resting.id, rests=False)
    assert office.subscribers.step() == 1


def test_who_says_that_it_is_gone_or_does_not_answer(office: Office, receiver: Receiver) -> None:
    number, _ = office.subscribe(receiver.url)
    receiver.status = 410
    office.report("a")
    office.subscribers.step()
    assert office.subscribers.all()[0].rests
    receiver.close()
    assert office.subscribers.try_out(number) == NO_ANSWER
    office.subscribers.remove(number)
    assert office.subscribers.all() == []
    assert office.subscribers.try_out(number) is None


def test_what_nobody_may_read_is_told_to_nobody(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url)
    batch = office.report("batch", moderated=True)
    office.report("test", is_test=True)
    assert office.subscribers.step() == 0
    office.desk.claim(batch, "lan")
    office.later(seconds=10)
    assert office.subscribers.step() == 1
    assert [one["data"]["service_request_id"] for one in receiver.told()] == [batch]  # type: ignore[index]


def test_several_changes_that_wait_are_one_and_a_redirect_is_not_followed(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url)
    receiver.status = 302
    number = office.report("a")
    office.subscribers.step()
    office.desk.claim(number, "lan")
    office.later(minutes=10)
    receiver.status = 200
    assert office.subscribers.step() == 1
    assert [one["data"]["status"] for one in receiver.told()] == ["open", "open"]  # type: ignore[index]


@pytest.mark.parametrize(
    "url", ["", "ftp://a.vn/x", "https://user:key@a.vn/", "javascript:alert(1)", "https://", "a b"]
)
def test_an_address_that_is_none_is_refused(office: Office, url: str) -> None:
    with pytest.raises(BadAddress):
        office.subscribers.add("x", url, "lan")


def test_reports_leave_by_tls_alone_outside_development(office: Office, tmp_path: Path) -> None:
    strict = Subscribers(office.reports._database, SEAL, office.reports, office.now, "https://one.door")
    with pytest.raises(BadAddress):
        strict.add("x", "http://a.vn/hook", "lan")


def test_an_officer_enters_one_sees_the_key_once_tries_it_and_removes_it(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, receiver: Receiver
) -> None:
    address, token = "/centre/subscribers", csrf()

    def does(**fields: str) -> tuple[int, str]:
        response = client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)
        return response.status_code, response.text

    assert does(do="add", name="Nơi khác", url="nonsense")[0] == 400
    code, page = does(do="add", name="Nơi khác <b>", url=receiver.url)
    assert code == 200
    key = re.search(r"whsec_[\w+/=]+", page)
    assert key is not None
    assert key[0] not in client.get(address).text
    assert "Nơi khác &lt;b&gt;" in page
    assert parts.subscribers is not None
    number = str(parts.subscribers.all()[0].id)
    assert "Nơi nhận đã trả lời tốt: 204" in does(do="try", number=number)[1]
    assert receiver.told()[0]["type"] == "subscription.test"
    receiver.status = 401
    assert "chưa nhận được: 401" in does(do="try", number=number)[1]
    assert "đã ngừng" in does(do="rest", number=number)[1]
    assert does(do="remove", number=number)[0] == 200
    assert parts.subscribers.all() == []
