"""Where a dossier stands, live and without a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from places import NLU_DATA
from redis import Redis
from sync_places import PHONE, Box, RunningCentre

from actions.dossiers.lockout import Lockout
from actions.dossiers.model import DossierStatus
from actions.dossiers.one_time import CannotSend, CodeWrong
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import read_sandbox
from actions.dossiers.service import DossierService, Found, Locked, NotFoundOrMismatch, Unavailable
from actions.dossiers.wording import DossierWording
from channels.sms.queue.tables import outgoing
from contract.wording import wording_of
from kiosk.centre_link.client import LineDown
from kiosk.centre_link.identity import keys_of
from kiosk.dossiers.look_up import KioskStore
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.queue.keeping import Keeping
from runtime.clock import now
from stores.redis_server import RedisServer
from stores.sealing import Seal

DOSSIER = read_sandbox()[0]
LAST4 = DOSSIER.person.phone[-4:]


@pytest.fixture
def look_up(box: Box, centre_redis: RedisServer, tmp_path: Path) -> Callable[..., DossierService]:
    redis = Redis.from_url(centre_redis.url, decode_responses=True)

    def made(up: bool, locked: bool = False) -> DossierService:
        sync_service = box.sync_service()

        def send(question: bytes) -> bytes:
            if not up:
                raise LineDown("no line")
            return sync_service._client.send("POST", "/status", question).body

        lockout = Lockout(redis, Seal(str(tmp_path).encode()), now)
        kept = KeptDossiers(box.database, box.identity.centre)
        keys = keys_of(box.settings, box.identity)
        return DossierService(KioskStore(send, keys, box.identity.centre, kept, lambda: locked), lockout, now)

    return made


def test_with_a_line_the_centre_is_asked(look_up: Callable[..., DossierService]) -> None:
    outcome = look_up(up=True).look_up(DOSSIER.code, LAST4, "c1")
    assert isinstance(outcome, Found)
    assert (outcome.view.status, outcome.as_of) == (DossierStatus(DOSSIER.status), None)


def test_wrong_digits_are_counted_by_the_centre(look_up: Callable[..., DossierService]) -> None:
    other = read_sandbox()[1]
    first, second = (look_up(up=True).look_up(other.code, "0000", "c2") for _ in range(2))
    assert isinstance(first, NotFoundOrMismatch)
    assert isinstance(second, NotFoundOrMismatch)
    assert second.tries_left < first.tries_left


def test_without_a_line_the_kept_data_are_told_with_their_time(
    box: Box, look_up: Callable[..., DossierService]
) -> None:
    box.sync()
    outcome = look_up(up=False).look_up(DOSSIER.code, LAST4, "c4")
    assert isinstance(outcome, Found)
    assert outcome.as_of is not None
    reply = DossierWording(wording_of(NLU_DATA).room("dossiers"), now).reply(outcome)
    assert f"theo dữ liệu lúc {outcome.as_of:%H:%M} ngày {outcome.as_of:%d/%m/%Y}" in reply.short


def test_the_digits_of_a_code_alone_open_it_too(box: Box, look_up: Callable[..., DossierService]) -> None:
    box.sync()
    digits = "".join(sign for sign in DOSSIER.code if sign.isdigit())
    assert isinstance(look_up(up=False).look_up(digits, LAST4, "c5"), Found)


def test_without_a_line_four_digits_cannot_be_tried_through(box: Box, look_up: Callable[..., DossierService]) -> None:
    box.sync()
    outcomes = [look_up(up=False).look_up(DOSSIER.code, f"{number:04}", "c6") for number in range(4)]
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes[:3])
    assert isinstance(outcomes[3], Locked)


def test_a_source_that_is_away_costs_no_try_at_the_kiosk(
    box: Box, look_up: Callable[..., DossierService], centre_redis: RedisServer
) -> None:
    switch = OutageSwitch(Redis.from_url(centre_redis.url))
    switch.turn_on()
    try:
        outcomes = [look_up(up=True).look_up(DOSSIER.code, LAST4, "c8") for _ in range(5)]
    finally:
        switch.turn_off()
    assert outcomes == [Unavailable("the centre could not look it up", retryable=True)] * 5
    assert isinstance(look_up(up=True).look_up(DOSSIER.code, LAST4, "c8"), Found)


def test_a_box_that_is_shut_out_tells_nothing(box: Box, look_up: Callable[..., DossierService]) -> None:
    box.sync()
    outcome = look_up(up=True, locked=True).look_up(DOSSIER.code, LAST4, "c7")
    assert outcome == Unavailable("this box is shut out", retryable=False)


def test_the_box_holds_no_code_and_no_status_anybody_could_read(box: Box) -> None:
    box.sync()
    content = b"".join(path.read_bytes() for path in box.folder.rglob("*.db*"))
    assert KeptDossiers(box.database, box.identity.centre).version > 0
    for personal in (DOSSIER.code, DOSSIER.procedure_name, DOSSIER.person.phone, DOSSIER.person.applicant):
        assert personal.encode() not in content


def test_a_request_kept_without_a_line_is_answered_by_text_message_once(centre: RunningCentre, box: Box) -> None:
    before = texts(centre)
    keeping = Keeping.open(box.settings, box.database)
    assert keeping is not None
    keeping.status_request(DOSSIER.code, LAST4, PHONE, key="one")
    keeping.status_request(DOSSIER.code, LAST4, PHONE, key="one")
    box.sync()
    sent = texts(centre) - before
    assert sent > 0
    box.sync()
    assert texts(centre) - before == sent


def test_a_request_waits_at_the_centre_while_the_back_end_is_away(
    centre: RunningCentre, box: Box, centre_redis: RedisServer
) -> None:
    switch = OutageSwitch(Redis.from_url(centre_redis.url))
    keeping = Keeping.open(box.settings, box.database)
    assert keeping is not None
    before = texts(centre)
    switch.turn_on()
    try:
        keeping.status_request(DOSSIER.code, LAST4, PHONE)
        box.sync()
        assert texts(centre) == before
    finally:
        switch.turn_off()
    box.sync()
    assert texts(centre) > before


def test_a_request_that_waits_at_the_centre_is_answered_though_only_another_kiosk_is_heard(
    centre: RunningCentre, box: Box, centre_redis: RedisServer, tmp_path: Path
) -> None:
    switch = OutageSwitch(Redis.from_url(centre_redis.url))
    keeping = Keeping.open(box.settings, box.database)
    assert keeping is not None
    before = texts(centre)
    switch.turn_on()
    try:
        keeping.status_request(DOSSIER.code, LAST4, PHONE)
        box.sync()
    finally:
        switch.turn_off()
    centre.enrolled(tmp_path / "another").sync()
    assert texts(centre) > before


def texts(centre: RunningCentre) -> int:
    with centre.database.reading() as session:
        return len(session.execute(outgoing.select()).all())


def test_over_the_line_the_centre_says_whether_it_sends_a_code(look_up: Callable[..., DossierService]) -> None:
    # The centre of these tests has no route for text messages.
    assert look_up(up=True).send_code(DOSSIER.code, "c20", language="vi") == CannotSend()
    assert look_up(up=True).look_up(DOSSIER.code, "123456", "c20") == CodeWrong(0)


def test_without_a_line_there_are_no_codes(box: Box, look_up: Callable[..., DossierService]) -> None:
    box.sync()
    assert isinstance(look_up(up=False).send_code(DOSSIER.code, "c21", language="vi"), Unavailable)
    assert isinstance(look_up(up=False).look_up(DOSSIER.code, "123456", "c21"), Unavailable)


def test_a_box_that_is_shut_out_sends_no_code(look_up: Callable[..., DossierService]) -> None:
    sent = look_up(up=True, locked=True).send_code(DOSSIER.code, "c22", language="vi")
    assert sent == Unavailable("this box is shut out", retryable=False)
