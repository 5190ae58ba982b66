"""The pages officers sign in to."""

from __future__ import annotations

import contextlib
import re
import threading
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from flask.testing import FlaskClient

from centre.enrolment import NameTaken, NotEnrolled
from centre.kiosks import Door, NoSuchKiosk
from centre.officers import Busy, Duty
from centre.page import access
from centre.page.access import AT_ONCE, CentreParts
from centre.page.fleet import Mood, fleet_row
from centre.publishing import Ingredients
from centre.tables import KioskRow
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Condition, Enrolment, State
from kiosk.protocol.signing import read_claim, sign_request
from runtime.clock import VIETNAM
from tickets.ticket import Draft, TicketEvent, TicketKind

PHONE = "+84900000123"
PASSWORD = "một mật khẩu đủ dài"
START = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


class Clock(Protocol):
    """The one of the fixtures, which a test moves."""

    now: datetime

    def __call__(self) -> datetime: ...


def signed_in(client: FlaskClient) -> str:
    """Sign in; the key forms must carry."""
    response = client.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
    assert response.status_code == 303
    found = re.search(r'name="csrf_token" value="([\w-]+)"', client.get("/centre").text)
    assert found is not None
    return found[1]


def enrolled(parts: CentreParts, name: str = "Nhà văn hóa xóm 3") -> Keys:
    key, box = codes.code_key(parts.enrolling.new_code(name)), Keys.generate()
    parts.enrolling.enrol(asking(key, box))
    return box


def asking(key: bytes, box: Keys) -> Enrolment:
    return Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))


def test_nobody_sees_anything_without_signing_in(client: FlaskClient) -> None:
    for path in ("/centre", "/centre/tickets", "/centre/tickets/12345678", "/centre/kiosks/x"):
        assert client.get(path).headers["Location"] == "/centre/sign-in"
    for path in ("/centre/kiosks", "/centre/kiosks/x/block", "/centre/tickets/12345678", "/centre/sign-out"):
        refused = client.post(path, data={"csrf_token": ""})
        # Whoever filled a form in for longer than the session held is told so.
        assert (refused.status_code, refused.headers["Location"]) == (303, "/centre/sign-in?ended=yes")
    assert "Phiên làm việc đã hết" in client.get("/centre/sign-in?ended=yes").text


def test_the_cookie_is_for_the_server_alone(client: FlaskClient) -> None:
    response = client.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
    cookie = response.headers.getlist("Set-Cookie")[0]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert "default-src 'none'" in client.get("/centre").headers["Content-Security-Policy"]


def test_over_https_no_other_host_can_set_the_cookies(client: FlaskClient, csrf: Callable[..., str]) -> None:
    form = {"name": "lan", "password": PASSWORD}
    csrf()
    response = client.post("/centre/sign-in", data=form, base_url="https://localhost")
    cookies = response.headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-motcua_centre", "__Host-motcua_known"]
    assert all("Secure" in cookie and "Path=/;" in cookie and "Domain" not in cookie for cookie in cookies)
    assert client.get("/centre", base_url="https://localhost").status_code == 200


def test_passwords_are_typed_unseen_may_be_pasted_and_may_be_long(client: FlaskClient, parts: CentreParts) -> None:
    pages = Path(access.__file__).parent / "templates" / "centre"
    fields = [
        field
        for page in pages.glob("*.html")
        for field in re.findall(r"<input[^>]+>", page.read_text(encoding="utf-8"))
        if 'autocomplete="current-password"' in field or 'autocomplete="new-password"' in field
    ]
    assert len(fields) >= 5
    assert all('type="password"' in field and "paste" not in field and "maxlength" not in field for field in fields)
    long = "một câu rất dài mà chỉ người này nhớ được, có dấu cách và 😀 nữa; " * 2
    parts.officers.set("dài", long, {Duty.KIOSKS})
    assert parts.officers.sign_in("dài", long[:-1]) is None
    assert parts.officers.sign_in("dài", long) is not None


def test_every_page_has_the_way_out(client: FlaskClient) -> None:
    signed_in(client)
    for path in ("/centre", "/centre/account"):
        assert 'action="/centre/sign-out"' in client.get(path).text


def test_officers_pages_are_kept_by_no_browser_and_leave_nothing_behind(client: FlaskClient) -> None:
    signed_in(client)
    page = client.get("/centre")
    assert page.headers["Cache-Control"] == "no-store"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    out = client.post("/centre/sign-out", data={"csrf_token": token[1]})
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_form_of_another_site_changes_nothing(client: FlaskClient, parts: CentreParts) -> None:
    signed_in(client)
    for wrong in ("0" * 32, "", "é"):
        refused = client.post("/centre/kiosks", data={"name": "máy lạ", "csrf_token": wrong})
        assert refused.status_code == 403
        assert "Trang đã cũ" in refused.text
    parts.enrolling.new_code("máy lạ")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    right = {"name": "lan", "password": PASSWORD}
    assert client.post("/centre/sign-in", data=right, headers=elsewhere).status_code == 403


def tries(client: FlaskClient, password: str, address: str = "203.0.113.5", name: str = "lan") -> int:
    """What signing in from an address gives."""
    given = {"name": name, "password": password}
    return client.post("/centre/sign-in", data=given, environ_overrides={"REMOTE_ADDR": address}).status_code


def test_whoever_guesses_is_held_up_and_the_officer_is_not(client: FlaskClient) -> None:
    assert tries(client, PASSWORD) == 303
    officer, stranger = client, client.application.test_client()
    found = [tries(stranger, "sai") for _ in range(12)]
    assert (found[0], found[-1]) == (403, 429)
    # Even the right password is not looked at there any more, not even behind the officer's own address ...
    assert tries(stranger, PASSWORD) == 429
    # ... where the browser that was here before is let in, as is the officer elsewhere.
    assert tries(officer, PASSWORD) == 303
    assert tries(client.application.test_client(), PASSWORD, "203.0.113.77") == 303


def test_one_address_does_not_try_every_name(client: FlaskClient) -> None:
    stranger = client.application.test_client()
    assert tries(stranger, "sai", name="nobody 0") == 403
    assert [tries(stranger, "sai", name=f"nobody {number}") for number in range(1, 25)][-1] == 429


def test_a_screen_nobody_touches_signs_off_and_a_used_one_does_not(client: FlaskClient, clock: Clock) -> None:
    signed_in(client)
    for _ in range(6):
        clock.now += timedelta(minutes=50)
        assert client.get("/centre").status_code == 200
    clock.now += timedelta(minutes=61)
    assert client.get("/centre").status_code == 303


@pytest.mark.parametrize(
    "guessed", ["password123", "MatKhau2026", "1234567890", "aaaaaaaaaa", "Qwerty12345", "P@ssw0rd2024", "lan01012026"]
)
def test_passwords_that_are_guessed_first_are_refused(parts: CentreParts, guessed: str) -> None:
    with pytest.raises(ValueError, match="guessed"):
        parts.officers.set("lan", guessed)
    parts.officers.set("lan", "cây đa giếng nước")


def test_a_session_ends_when_signed_out_when_old_and_with_a_new_password(
    client: FlaskClient, parts: CentreParts, clock: Clock
) -> None:
    key = signed_in(client)
    client.post("/centre/sign-out", data={"csrf_token": key})
    assert client.get("/centre").status_code == 303
    signed_in(client)
    parts.officers.set("lan", PASSWORD + " mới")
    assert client.get("/centre").status_code == 303
    parts.officers.set("lan", PASSWORD)
    signed_in(client)
    clock.now += timedelta(hours=11)
    assert client.get("/centre").status_code == 303


def test_an_officer_makes_a_code_and_shuts_a_kiosk_out(client: FlaskClient, parts: CentreParts) -> None:
    key = signed_in(client)
    page = client.post("/centre/kiosks", data={"name": "Trạm y tế", "csrf_token": key}).text
    code = re.search(r"<code>([0-9A-Z-]{14})</code>", page)
    assert code is not None
    shared = codes.code_key(code[1])
    parts.enrolling.enrol(asking(shared, Keys.generate()))
    (kiosk,) = parts.kiosks.all()
    assert kiosk.name == "Trạm y tế"
    client.post(f"/centre/kiosks/{kiosk.id}/block", data={"csrf_token": key})
    assert parts.kiosks.all()[0].blocked_at is not None
    assert "Đã khóa" in client.get("/centre/kiosks").text
    assert "Mở lại máy này" in client.get(f"/centre/kiosks/{kiosk.id}").text
    client.post(f"/centre/kiosks/{kiosk.id}/unblock", data={"csrf_token": key})
    assert parts.kiosks.all()[0].blocked_at is None
    assert client.post(f"/centre/kiosks/{kiosk.id}/explode", data={"csrf_token": key}).status_code == 404


def test_an_officer_says_whose_dossiers_a_kiosk_keeps(client: FlaskClient, parts: CentreParts) -> None:
    enrolled(parts, "Nhà văn hóa")
    (kiosk,) = parts.kiosks.all()
    key, address = signed_in(client), f"/centre/kiosks/{kiosk.id}"
    assert client.post(f"{address}/keeps", data={"csrf_token": "x", "agencies": "H15"}).status_code == 403
    saved = client.post(f"{address}/keeps", data={"csrf_token": key, "agencies": " h15.50.05.21,  H15.50.05.22 "})
    assert saved.status_code == 303
    assert parts.kiosks.get(kiosk.id).agencies == ("H15.50.05.21", "H15.50.05.22")
    assert 'value="H15.50.05.21 H15.50.05.22"' in client.get(address).text
    wrong = client.post(f"{address}/keeps", data={"csrf_token": key, "agencies": "15.50 <b>"})
    assert wrong.status_code == 400
    assert "Mã cơ quan chưa đúng" in wrong.text
    assert "15.50 &lt;B&gt;" in wrong.text
    assert len(parts.kiosks.get(kiosk.id).agencies) == 2
    client.post(f"{address}/keeps", data={"csrf_token": key, "agencies": ""})
    assert parts.kiosks.get(kiosk.id).agencies == ()
    assert client.post("/centre/kiosks/none/keeps", data={"csrf_token": key, "agencies": ""}).status_code == 404


def test_a_kiosk_taken_off_the_list_stays_shut_out_and_gives_its_name_to_another(
    client: FlaskClient, parts: CentreParts
) -> None:
    box = enrolled(parts, "Trạm y tế")
    (old,) = parts.kiosks.all()
    key = signed_in(client)
    client.post(f"/centre/kiosks/{old.id}/retire", data={"csrf_token": key})
    assert parts.kiosks.all() == []
    assert client.get(f"/centre/kiosks/{old.id}").status_code == 404
    claim = read_claim(sign_request(box, old.id, 1, "POST", "/x", b"")[0])
    assert parts.kiosks.come_in(claim, "POST", "/x", b"")[1] is Door.BLOCKED
    with pytest.raises(NoSuchKiosk):
        parts.kiosks.unblock(old.id)
    enrolled(parts, "Trạm y tế")
    assert [kiosk.name for kiosk in parts.kiosks.all()] == ["Trạm y tế"]


def test_the_fleet_shows_who_needs_a_visit_first_page_by_page_and_by_name(
    client: FlaskClient, parts: CentreParts, clock: Clock
) -> None:
    with parts.kiosks._database.writing() as session:
        for number in range(AT_ONCE + 20):
            session.add(
                KioskRow(
                    id=f"k{number}",
                    name=f"Máy {number:03}",
                    public=Keys.generate().public.text,
                    enrolled_at=clock(),
                    sequence=0,
                    state=State(**WELL).to_bytes().decode(),
                    heard_at=clock() - timedelta(hours=30 if number == 60 else 0),
                    clock_off=0.0,
                )
            )
    signed_in(client)
    first, second = client.get("/centre/kiosks").text, client.get("/centre/kiosks?page=2").text
    assert "70 máy: 69 tốt, 0 cần để ý, 1 cần kiểm tra" in first
    assert re.findall(r"Máy \d{3}", first)[:2] == ["Máy 060", "Máy 000"]
    assert len(re.findall(r"Máy \d{3}", first)) == AT_ONCE
    assert len(re.findall(r"Máy \d{3}", second)) == 20
    assert re.findall(r"Máy \d{3}", client.get("/centre/kiosks?name=máy 017").text) == ["Máy 017"]
    for odd in ("0", "-1", "x", "99999999999", "²"):
        assert client.get(f"/centre/kiosks?page={odd}").status_code == 200


def test_an_officer_sees_only_what_is_theirs_to_do(client: FlaskClient, parts: CentreParts) -> None:
    number = parts.tickets.add(Draft("k", TicketKind.REPORT, "kiosk", PHONE, "cầu hỏng")).number
    enrolled(parts)
    (kiosk,) = parts.kiosks.all()
    parts.officers.set("minh", PASSWORD, {Duty.KIOSKS})
    parts.officers.set("hoa", PASSWORD, {Duty.TICKETS})
    client.post("/centre/sign-in", data={"name": "minh", "password": PASSWORD})
    for path in ("/centre/tickets", f"/centre/tickets/{number}"):
        assert client.get(path).status_code == 403
    assert client.get("/centre/kiosks").status_code == 200
    client.post("/centre/sign-in", data={"name": "hoa", "password": PASSWORD})
    for path in ("/centre/kiosks", "/centre/officers"):
        assert client.get(path).status_code == 403
    assert 'href="/centre/kiosks"' not in client.get("/centre").text
    page = client.get(f"/centre/tickets/{number}").text
    assert "cầu hỏng" in page
    key = re.search(r'name="csrf_token" value="([\w-]+)"', page)
    assert key is not None
    assert client.post(f"/centre/kiosks/{kiosk.id}/block", data={"csrf_token": key[1]}).status_code == 403
    assert parts.kiosks.all()[0].blocked_at is None
    assert parts.tickets.history(number) == [TicketEvent(START, "hoa", "opened")]


def test_names_and_passwords_are_the_same_however_their_marks_are_written(
    client: FlaskClient, parts: CentreParts
) -> None:
    parts.officers.set("Hồng", PASSWORD)
    as_typed = {"name": unicodedata.normalize("NFD", "Hồng"), "password": unicodedata.normalize("NFD", PASSWORD)}
    assert client.post("/centre/sign-in", data=as_typed).status_code == 303


def test_guessing_at_many_doors_at_once_does_not_take_the_machine(client: FlaskClient, parts: CentreParts) -> None:
    def guess() -> None:
        with contextlib.suppress(Busy):
            parts.officers.sign_in("ai đó", "sai")
            checked.append(1)

    checked: list[int] = []
    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 0 < len(checked) < len(threads)
    signed_in(client)


def test_opening_a_ticket_shows_it_and_leaves_a_trace(client: FlaskClient, parts: CentreParts) -> None:
    number = parts.tickets.add(Draft("k", TicketKind.REPORT, "kiosk", PHONE, "<b>cầu hỏng</b>")).number
    key = signed_in(client)
    listed = client.get("/centre/tickets").text
    assert "cầu hỏng" not in listed
    opened = client.get(f"/centre/tickets/{number}").text
    assert "&lt;b&gt;cầu hỏng" in opened
    # Who reports a problem stays unknown; who wants to be called is called.
    assert "0900 000 123" not in opened
    call = parts.tickets.add(Draft("c", TicketKind.CALL_BACK, "phone", PHONE)).number
    assert f'<a href="tel:{PHONE}">0900 000 123</a>' in client.get(f"/centre/tickets/{call}").text
    client.post(f"/centre/tickets/{number}", data={"csrf_token": key, "do": "close", "outcome": "solved"})
    trace = [(event.officer, event.what) for event in parts.tickets.history(number)]
    assert trace == [("lan", "opened"), ("lan", "taken"), ("lan", "done:solved")]
    assert "lan đã kết thúc: đã giải quyết" in client.get(f"/centre/tickets/{number}").text
    for missing in ("00000000", "x", "%00"):
        assert client.get(f"/centre/tickets/{missing}").status_code == 404
    assert client.post(f"/centre/tickets/{number}", data={"csrf_token": key, "do": "lose"}).status_code == 404


def test_tickets_to_do_come_first_and_none_is_beyond_the_list(
    client: FlaskClient, parts: CentreParts, clock: Clock
) -> None:
    numbers = []
    for number in range(AT_ONCE + 3):
        clock.now += timedelta(minutes=1)
        numbers.append(parts.tickets.add(Draft(f"k{number}", TicketKind.REPORT, "sms", PHONE, "cầu hỏng")).number)
    key = signed_in(client)

    def listed(address: str) -> list[str]:
        return re.findall(r'href="/centre/tickets/(\d{8})"', client.get(address).text)

    assert listed("/centre/tickets") == numbers[:AT_ONCE]
    assert listed("/centre/tickets?page=2") == numbers[AT_ONCE:]
    for done in numbers[:2]:
        clock.now += timedelta(minutes=1)
        client.post(f"/centre/tickets/{done}", data={"csrf_token": key, "do": "close", "outcome": "solved"})
    client.post(f"/centre/tickets/{numbers[2]}", data={"csrf_token": key, "do": "take"})
    assert listed("/centre/tickets")[0] == numbers[2]
    assert listed("/centre/tickets?state=done") == [numbers[1], numbers[0]]
    assert listed("/centre/tickets?state=taken") == [numbers[2]]
    assert "Cần làm (51)" in client.get("/centre/tickets?state=nothing").text


def test_a_code_makes_one_kiosk_and_the_same_box_may_ask_again(parts: CentreParts, clock: Clock) -> None:
    key, box = codes.code_key(parts.enrolling.new_code("máy")), Keys.generate()
    first = parts.enrolling.enrol(asking(key, box))
    assert parts.enrolling.enrol(asking(key, box)).kiosk == first.kiosk
    with pytest.raises(NotEnrolled):
        parts.enrolling.enrol(asking(key, Keys.generate()))
    with pytest.raises(NameTaken):
        parts.enrolling.new_code("máy")


def test_an_old_a_replaced_and_a_guessed_code_make_none(parts: CentreParts, clock: Clock) -> None:
    replaced = codes.code_key(parts.enrolling.new_code("máy"))
    old = codes.code_key(parts.enrolling.new_code("máy"))
    clock.now += timedelta(hours=25)
    for key in (replaced, old, codes.code_key(codes.new_code())):
        with pytest.raises(NotEnrolled):
            parts.enrolling.enrol(asking(key, Keys.generate()))
    assert parts.kiosks.all() == []


def test_codes_are_read_as_people_write_them() -> None:
    assert codes.code_key("7kq2 moxn 4rtb") == codes.code_key("7KQ2-M0XN-4RTB")
    with pytest.raises(ValueError, match="letters and digits"):
        codes.code_key("7KQ2")


WELL = {"disk_free": 9000, "disk_size": 30000, "microphone": Condition.WORKS, "printer": Condition.WORKS}


@pytest.mark.parametrize(
    ("state", "silent", "mood", "words"),
    [
        (State(bundle=2, **WELL), timedelta(minutes=5), Mood.GOOD, "Tốt"),
        (State(bundle=1, **WELL), timedelta(minutes=5), Mood.WATCH, "Cần để ý"),
        (State(bundle=1, refused=2, **WELL), timedelta(minutes=5), Mood.BAD, "Cần kiểm tra"),
        (State(bundle=3, **WELL), timedelta(minutes=5), Mood.WATCH, "Cần để ý"),
        (State(bundle=2, **WELL), timedelta(hours=4), Mood.WATCH, "Cần để ý"),
        (State(bundle=2, **WELL), timedelta(hours=30), Mood.BAD, "Cần kiểm tra"),
        (State(bundle=2, **{**WELL, "disk_free": 100}), timedelta(0), Mood.BAD, "Cần kiểm tra"),
        (State(bundle=2, **{**WELL, "printer": Condition.TROUBLE}), timedelta(0), Mood.BAD, "Cần kiểm tra"),
        (State(bundle=2, waiting=80, **WELL), timedelta(0), Mood.WATCH, "Cần để ý"),
        (State(bundle=2, clock=1.0, **WELL), timedelta(0), Mood.WATCH, "Đồng hồ của máy bị sai"),
    ],
)
def test_the_table_says_in_words_who_needs_a_visit(
    parts: CentreParts, clock: Clock, state: State, silent: timedelta, mood: Mood, words: str
) -> None:
    enrolled(parts)
    (kiosk,) = parts.kiosks.all()
    parts.kiosks.heard(kiosk, state)
    clock.now += silent
    (kiosk,) = parts.kiosks.all()
    row = fleet_row(kiosk, 2, clock())
    assert (row.state.mood, row.state.words) == (mood, words)


def test_the_table_names_the_program_of_each_box_that_has_told_it(parts: CentreParts, clock: Clock) -> None:
    enrolled(parts)
    (kiosk,) = parts.kiosks.all()
    assert fleet_row(kiosk, 0, clock()).program == "Chưa rõ"
    parts.kiosks.heard(kiosk, State(program="0.1.0"))
    (kiosk,) = parts.kiosks.all()
    assert fleet_row(kiosk, 0, clock()).program == "0.1.0"


def test_a_restored_centre_publishes_above_what_its_kiosks_know(parts: CentreParts, tmp_path: Path) -> None:
    for name, state in (("máy một", State(bundle=7)), ("máy hai", State(bundle=6, refused=8))):
        enrolled(parts, name)
        parts.kiosks.heard(next(one for one in parts.kiosks.all() if one.name == name), state)
    texts = tmp_path / "nlu_data"
    texts.mkdir()
    (texts / "wording.yml").write_text("Xin chào", encoding="utf-8")
    given = Ingredients(None, texts, None, None, None)
    assert parts.shelf.publish(given, above=parts.kiosks.highest_bundle()).number == 9


def test_pieces_no_bundle_of_late_has_used_are_dropped(parts: CentreParts, clock: Clock, tmp_path: Path) -> None:
    texts, pieces = tmp_path / "nlu_data", tmp_path / "bundles" / "pieces"
    texts.mkdir()

    def publish(words: str) -> set[str]:
        before = {path.name for path in pieces.iterdir()} if pieces.exists() else set()
        (texts / "wording.yml").write_text(words, encoding="utf-8")
        parts.shelf.publish(Ingredients(None, texts, None, None, None))
        return {path.name for path in pieces.iterdir()} - before

    old = publish("Xin chào")
    clock.now += timedelta(days=30)
    newer = publish("Chào bà con")
    clock.now += timedelta(days=40)
    newest = publish("Kính chào")
    assert {path.name for path in pieces.iterdir()} == newer | newest
    assert old
    assert not old & newest
