"""What waits, by mail: once a working day, with counts alone, over an encrypted line to a real server."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from certificates import HOST, certificate
from flask.testing import FlaskClient
from free_ports import free_port

from centre.digest import Digests
from centre.mail import MailFailed, MailServer, Security
from centre.officers import Officers
from centre.page.access import CentreParts
from centre.page.inbox import waiting_for
from installation.tables import migrate
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind

MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=VIETNAM)
SEAL = Seal(b"a secret of the tests")
LAN = "lan@xa.gov.vn"
SUNDAY = date(2026, 11, 29)


class Office:
    """A mail server of the province on loopback, and what it has taken."""

    def __init__(self, folder: Path) -> None:
        own, key = certificate(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(own, key)
        self.mails: list[tuple[str, str, str]] = []
        self.sees_tls: list[bool] = []
        self.trusted = ssl.create_default_context(cafile=str(own))
        self.controller = Controller(
            self,
            hostname=HOST,
            port=free_port(),
            tls_context=context,
            authenticator=lambda _server, _session, _envelope, _mechanism, given: AuthResult(
                success=(given.login, given.password) == (b"motcua", b"right")
            ),
            auth_required=True,
        )
        self.controller.start()

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        self.sees_tls.append(session.ssl is not None)
        body = mail.get_body()
        self.mails.append((envelope.rcpt_tos[0], str(mail["Subject"]), body.get_content() if body is not None else ""))
        return "250 taken"

    def server(self, password: str = "right") -> MailServer:
        port = int(self.controller.port)
        return MailServer(HOST, port, "motcua@xa.gov.vn", Security.STARTTLS, "motcua", password, self.trusted)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.controller.stop()


class Desk:
    """Officers and tickets; mail goes to ``post``."""

    def __init__(self, database: Database, post: MailServer | None) -> None:
        self.at = MORNING
        self.tickets = TicketStore(database, SEAL, self.now, lambda _kind, at: at + timedelta(hours=4))
        Officers(database, SEAL, self.now).set("lan", "một mật khẩu đủ dài")
        waiting = partial(waiting_for, self.tickets, "https://one.door/centre/tickets")
        self.digests = Digests(database, SEAL, self.now, lambda day: day != SUNDAY, waiting, post)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def desk(tmp_path: Path, office: Office) -> Iterator[Callable[..., Desk]]:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    migrate(url)
    database = Database(url)
    yield lambda post=None: Desk(database, post or office.server())
    database.close()


def test_one_mail_a_working_day_from_the_hour_on_with_counts_alone(office: Office, desk: Callable[..., Desk]) -> None:
    lans = desk()
    words = "cống tắc trước nhà bà Hoa"
    lans.tickets.add(Draft("a", TicketKind.REPORT, "sms", "+84900000123", words, "xóm 3"))
    lans.digests.choose("lan", LAN, 7)
    assert lans.digests.step() == 0
    lans.at = MORNING + timedelta(hours=1, minutes=5)
    assert lans.digests.step() == 1
    assert lans.digests.step() == 0
    ((to, subject, text),) = office.mails
    assert (to, subject) == (LAN, "Một Cửa: 1 phiếu đang chờ")
    assert "Phiếu mới chưa ai nhận: 1." in text
    assert "https://one.door/centre/tickets" in text
    assert not any(part in text for part in ("Hoa", "xóm", "0123", lans.tickets.find()[0].number))
    assert office.sees_tls == [True]
    lans.at = datetime.combine(SUNDAY, MORNING.timetz()) + timedelta(hours=5)
    assert lans.digests.step() == 0
    lans.at += timedelta(days=1)
    assert lans.digests.step() == 1
    assert "Phiếu quá hẹn: 1." in office.mails[-1][2]


def test_where_nothing_waits_no_mail_comes_and_who_ends_it_gets_none(office: Office, desk: Callable[..., Desk]) -> None:
    lans = desk()
    lans.digests.choose("lan", LAN, 5)
    lans.at = MORNING + timedelta(days=1)
    assert lans.digests.step() == 0
    lans.tickets.add(Draft("a", TicketKind.REPORT, "sms"))
    lans.at += timedelta(days=1)
    lans.digests.choose("lan", "", 5)
    assert lans.digests.chosen("lan") is None
    assert lans.digests.step() == 0
    assert office.mails == []


def test_a_server_that_refuses_is_asked_again_later_and_the_mail_is_not_lost(
    office: Office, desk: Callable[..., Desk]
) -> None:
    refused = desk(office.server("wrong"))
    refused.tickets.add(Draft("a", TicketKind.REPORT, "sms"))
    refused.digests.choose("lan", LAN, 7)
    refused.at = MORNING + timedelta(hours=2)
    assert refused.digests.step() == 0
    assert refused.digests.step() == 0
    # Another process whose settings are right.
    well = desk()
    well.at = refused.at
    assert well.digests.step() == 1
    assert len(office.mails) == 1


def test_no_password_goes_to_a_server_without_encryption_or_with_another_certificate(office: Office) -> None:
    plain = Controller(office, hostname=HOST, port=free_port())
    plain.start()
    try:
        server = MailServer(HOST, int(plain.port), "motcua@xa.gov.vn", Security.STARTTLS, "motcua", "right")
        with pytest.raises(MailFailed):
            server.send(LAN, "x", "x")
        MailServer(HOST, int(plain.port), "motcua@xa.gov.vn", Security.NONE).send(LAN, "x", "x")
        assert office.sees_tls == [False]
    finally:
        plain.stop()
    unknown = MailServer(HOST, int(office.controller.port), "motcua@xa.gov.vn", Security.STARTTLS, "motcua", "right")
    with pytest.raises(MailFailed):
        unknown.send(LAN, "x", "x")
    assert len(office.mails) == 1


@pytest.mark.parametrize("address", ["lan", "lan@xa", "lan@xa.vn\nBcc: a@b.vn", "a b@xa.vn", "<lan@xa.gov.vn>"])
def test_what_is_no_address_is_refused_and_makes_no_header(office: Office, address: str) -> None:
    with pytest.raises(MailFailed):
        office.server().send(address, "x", "x")
    assert office.mails == []


def test_an_officer_chooses_on_the_page_of_the_account(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    token = csrf()
    page = client.get("/centre/account").text
    assert "Máy chủ này chưa được nối với hộp thư" in page
    bad = client.post("/centre/account/digest", data={"csrf_token": token, "address": "lan", "hour": "7"})
    assert bad.status_code == 400
    good = client.post("/centre/account/digest", data={"csrf_token": token, "address": LAN, "hour": "7"})
    assert (good.status_code, LAN in good.text) == (200, True)
    assert parts.digests is not None
    assert parts.digests.chosen("lan") is not None
