"""The officers' pages in a real browser: usable by everybody, with keys alone, on a telephone too."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pytest
from browser_looks import CHROMIUM, assert_usable
from campaign_places import campaigns_of
from catalogue_places import CODE, small_desk
from flask import Flask, request
from officer_post import Sent
from playwright.sync_api import Browser, Page, expect, sync_playwright
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from talk_places import Messages
from warning_places import LIST, warnings_of
from werkzeug.serving import make_server

from assistant.trial import Figure, Trial
from assistant.trial import State as TrialState
from centre.consent_desk import ConsentDesk
from centre.digest import Digests
from centre.enrolment import Enrolling
from centre.figures import Figures
from centre.health_history import HealthHistory
from centre.invitations import Invitations
from centre.kiosks import Kiosks
from centre.officers import Officers
from centre.open311.subscribers import Subscribers
from centre.orders import BoxOrders
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from centre.page.inbox import waiting_for
from centre.photos import LARGEST_FILE, Photos
from centre.publishing import Shelf
from centre.reporting.page import ReportingParts
from centre.reporting.page import blueprint as reporting
from centre.set_up import Check
from centre.talks import Talks
from centre.views import Views
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents
from contract.meaning import Candidate
from contract.turn import Channel
from installation.tables import migrate
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Condition, Enrolment, State
from learning.kept import Kept, Reason
from runtime.clock import VIETNAM
from speech.audio import Recording, write_wav
from stores.audit import Audit
from stores.database import Database
from stores.limiter import Limiter, rules
from stores.out_of_service import OutOfService
from stores.sealing import Seal
from tickets.desk import Desk
from tickets.duplicates import Duplicates
from tickets.hours import promise
from tickets.reports import Reports
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind

# Together on one worker: while a browser is open, no other event loop can run in its process.
pytestmark = pytest.mark.xdist_group("centre-in-browser")

PASSWORD = "một mật khẩu đủ dài"
TURNS = {"sms answered": 40, "sms refused": 3, "kiosk asked_back": 7, "sms talks": 21, "asked 1.001193": 12}
MONTHS: list[dict[str, object]] = [
    {"month": "2026-10", "messages": 1200, "conversations": 430, "tickets": 12, "ratings": None}
]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
WELL = {"disk_free": 9000, "disk_size": 30000, "microphone": Condition.WORKS, "printer": Condition.WORKS}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        # Chromium's own microphone beeps as loud as sound can be, which is refused; nobody has to allow this one.
        heard = tmp_path_factory.mktemp("microphone") / "hum.wav"
        at = np.arange(48_000 * 3) / 48_000
        hum = sum(np.sin(2 * np.pi * 140 * n * at) / n for n in range(1, 12)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))
        write_wav(heard, Recording((hum * 3000).astype("<i2").tobytes(), 48_000))
        running = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={heard}",
            ],
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a centre with a well kiosk, a silent one, one that is shut out, and two tickets."""
    folder = tmp_path_factory.mktemp("centre")
    migrate(f"sqlite:///{folder / 'motcua.db'}")
    database, seal, keys = (
        Database(f"sqlite:///{folder / 'motcua.db'}"),
        Seal(b"a secret of the tests"),
        Keys.generate(),
    )
    moment = [NOW - timedelta(hours=30)]

    def clock() -> datetime:
        return moment[0]

    # Without Redis each process counts for itself.
    nobody = Redis(unix_socket_path="/nonexistent/redis.sock", retry=Retry(NoBackoff(), 0))
    officers = Officers(database, seal, clock)
    tickets = TicketStore(database, seal, clock, promise().due)
    shelf = Shelf(folder / "bundles", keys, clock)
    desk = small_desk(database, clock, folder, shelf)
    audit = Audit(database, seal, clock, folder / "checkpoints")
    warned = warnings_of(database, seal, clock)
    parts = CentreParts(
        officers=officers,
        invitations=Invitations(database, seal, officers, clock),
        kiosks=Kiosks(database, clock),
        enrolling=Enrolling(database, seal, keys, clock, audit),
        orders=BoxOrders(database, seal, audit, clock),
        health=HealthHistory(database, clock),
        shelf=shelf,
        catalogue=desk,
        campaigns=campaigns_of(database, seal, clock),
        consents=ConsentDesk(Consents(database, clock), lambda number: Citizen.of(number, seal), warned.register),
        warnings=warned,
        views=Views(database, seal),
        procedure_name={CODE: "Nuôi ong"}.get,
        tickets=tickets,
        desk=Desk(database, seal, clock, Sent()),
        secure=False,
        clock=clock,
        figures=Figures(database, tickets, clock, 350.0, 1_000_000.0, lambda _day: TURNS),
        subscribers=Subscribers(database, seal, Reports(database, seal, tickets, clock), clock, "https://one.door"),
        digests=Digests(database, seal, clock, lambda _day: True, partial(waiting_for, tickets, ""), None),
        out_of_service=OutOfService(database, clock, audit),
        recordings=folder / "prompts",
        unanswered=lambda: [("làm thẻ căn cước cho con", 3)],
        reports=Reports(database, seal, tickets, clock),
        duplicates=Duplicates(database, seal),
        talks=Talks(database, seal, clock),
        province="01",
        limiter=Limiter(nobody, seal, rules()),
        address_of=lambda: str(request.remote_addr),
        checks=lambda: [
            Check("text", True, (("routes", "kannel"),)),
            Check("address", False, (("address", ""),), grave=True),
            Check("kiosks", False, (("count", 0),)),
        ],
    )
    parts.officers.set("lan", PASSWORD)
    parts.officers.set("mai", PASSWORD)
    said, day = "con ong cái kiến", moment[0].date()
    desk.learning.add(Kept(said, said, Channel.SMS, Reason.REFUSED, "", (Candidate(code=CODE, chance=0.4),), "", day))
    measured = {"first": Figure(90, 100)}, {"first": Figure(70, 100)}
    desk.trials.note(Trial(TrialState.REFUSED, NOW.timestamp(), "lan", "abc", *measured))
    for name in ("Nhà văn hóa xóm 3", "Trạm y tế", "Nhà văn hóa xóm Đông"):
        key, box = codes.code_key(parts.enrolling.new_code(name)), Keys.generate()
        shown = Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))
        parts.enrolling.enrol(shown)
    well, silent, lost = parts.kiosks.all()
    parts.kiosks.heard(silent, State(bundle=1, **WELL))
    moment[0] = NOW
    parts.kiosks.heard(well, State(bundle=1, waiting=2, **WELL))
    parts.kiosks.block(lost.id)
    parts.kiosks.place(well.id, "00004")
    parts.kiosks.place(silent.id, "00430")
    for number, kind in enumerate((TicketKind.REPORT, TicketKind.CALL_BACK)):
        parts.tickets.add(Draft(f"k{number}", kind, "kiosk", "+84900000123", "cầu hỏng"))
    Messages(database, seal, NOW).came("p1", "làm thẻ căn cước cần gì", "Mang theo giấy khai sinh.")
    app = Flask("centre-in-browser")
    app.register_blueprint(blueprint(parts))
    app.register_blueprint(
        reporting(
            ReportingParts(
                parts.reports,
                Photos(folder / "reports"),
                lambda: "198.51.100.7",
                lambda _address: True,
                lambda _address: True,
                clock,
                months=lambda: MONTHS,
                province="01",
            )
        )
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/centre"
    server.shutdown()
    database.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_page(browser: Browser, centre: str) -> Iterator[Callable[[], Page]]:
    """Opens the centre with keys alone: sign in by typing, Tab and Enter."""
    contexts = []

    def opened() -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(centre)
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page) -> None:
    page.locator("input[name=name]").focus()
    page.keyboard.type("lan")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/centre$"))


def to_sign_in(page: Page) -> None:
    expect(page.locator("input[name=password]")).to_be_visible()


def to_refused(page: Page) -> None:
    page.locator("input[name=name]").fill("lan")
    page.locator("input[name=password]").fill("sai")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()


def to_home(page: Page) -> None:
    sign_in(page)
    expect(page.get_by_role("heading", name="Việc cài đặt")).to_be_visible()


def to_officers(page: Page) -> None:
    sign_in(page)
    page.goto(f"{page.url}/officers")
    page.locator("#new").fill("hoa")
    page.keyboard.press("Enter")
    expect(page.locator(".code code")).to_be_visible()


def to_welcome(page: Page) -> None:
    to_officers(page)
    link = page.locator(".code code").inner_text()
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_text("Chào hoa")).to_be_visible()


def to_account(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="lan", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Nơi đang đăng nhập")).to_be_visible()


def to_fleet(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Ki-ốt", exact=True).first.press("Enter")
    expect(page.get_by_text("Nhà văn hóa xóm Đông")).to_be_visible()


def to_new_code(page: Page) -> None:
    to_fleet(page)
    page.locator("form[action$='/kiosks'] input[name=name]").fill("Chợ Trung tâm")
    page.keyboard.press("Enter")
    expect(page.locator(".code code").first).to_be_visible()


def to_kiosk(page: Page) -> None:
    to_fleet(page)
    page.get_by_role("link", name="Nhà văn hóa xóm 3").press("Enter")
    expect(page.get_by_role("button", name="Khóa máy này", exact=True)).to_be_visible()


def to_shut_out(page: Page) -> None:
    to_fleet(page)
    page.get_by_role("link", name="Trạm y tế").press("Enter")
    expect(page.get_by_role("button", name="Mở lại máy này")).to_be_visible()


def to_missing(page: Page) -> None:
    sign_in(page)
    page.goto(f"{page.url}/kiosks/none")
    expect(page.get_by_role("heading", name="Không tìm thấy")).to_be_visible()


def to_tickets(page: Page) -> None:
    sign_in(page)
    page.locator("a[href$='/tickets']").first.click()
    expect(page).to_have_url(re.compile("/tickets"))


def to_ticket(page: Page) -> None:
    to_tickets(page)
    page.locator("tbody a").first.press("Enter")
    expect(page.get_by_text("cầu hỏng").first).to_be_visible()


def to_figures(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Số liệu").press("Enter")
    expect(page.locator(".chart canvas").first).to_be_visible()
    expect(page.get_by_role("link", name="Xã Đa Phúc.")).to_be_visible()


def to_talks(page: Page) -> None:
    to_figures(page)
    page.get_by_role("link", name="Các cuộc trò chuyện").press("Enter")
    expect(page.get_by_text("Mang theo giấy khai sinh.")).to_be_visible()


def to_catalogue(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Nội dung thủ tục").press("Enter")
    expect(page.get_by_role("link", name="Nuôi ong")).to_be_visible()


def to_procedure(page: Page) -> None:
    to_catalogue(page)
    page.get_by_role("link", name="Nuôi ong").press("Enter")
    expect(page.get_by_role("link", name="Sửa", exact=True)).to_be_visible()


def to_correction(page: Page) -> None:
    to_procedure(page)
    page.get_by_role("link", name="Sửa", exact=True).press("Enter")
    page.get_by_text("Cách nộp 1").click()
    page.get_by_text("Mức lệ phí 1").click()
    page.locator("[name='submissions.0.fees.0.amount']").fill("9.000")
    page.get_by_role("button", name="Xem trước").press("Enter")
    expect(page.get_by_text("ghi ngày đọc sau 01/11/2026")).to_be_visible()


def to_proposal(page: Page) -> None:
    to_correction(page)
    page.locator("[name='checked_on']").fill("2026-11-24")
    page.locator("#reason").fill("Thông tư mới")
    page.get_by_role("button", name="Đề nghị duyệt").press("Enter")
    expect(page.get_by_text("đang chờ duyệt")).to_be_visible()


def to_catalogue_work(page: Page) -> None:
    to_catalogue(page)
    page.get_by_role("link", name="Thủ tục cần xem lại").press("Enter")
    expect(page.get_by_text("Chưa nói được mất bao lâu.")).to_be_visible()


def to_questions(page: Page) -> None:
    to_catalogue(page)
    page.get_by_role("link", name="Câu hỏi chưa hiểu").press("Enter")
    expect(page.get_by_role("button", name="Nuôi ong")).to_be_visible()


def to_publication(page: Page) -> None:
    to_catalogue(page)
    page.get_by_role("link", name="Huấn luyện và đưa ra ki-ốt").press("Enter")
    expect(page.get_by_text("90/100")).to_be_visible()


def to_recordings(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Giọng đọc").press("Enter")
    expect(page.get_by_text(re.compile(r"Đã thu \d+ trên"))).to_be_visible()


def to_recording(page: Page) -> None:
    to_recordings(page)
    page.get_by_role("link", name="Gặp cán bộ, phím không.").press("Enter")
    expect(page.get_by_role("button", name="Thu tiếng")).to_be_visible()


def to_consents(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Đồng ý nhận tin").press("Enter")
    page.locator("[name=phone]").first.fill("0900 000 777")
    page.keyboard.press("Enter")
    page.locator("#paper").fill("12/2026")
    page.get_by_role("button", name="Ghi là đồng ý").press("Enter")
    expect(page.get_by_role("heading", name="đang đồng ý nhận thông báo")).to_be_visible()


def to_campaigns(page: Page) -> None:
    to_consents(page)
    page.get_by_role("link", name="Gửi thông báo").press("Enter")
    expect(page.get_by_role("button", name="Xem trước rồi mới gửi")).to_be_visible()


def to_campaign(page: Page) -> None:
    to_campaigns(page)
    page.locator("#name").fill("Đợt tháng 12")
    page.locator("[value=identity_card]").check()
    listed = {"name": "list.csv", "mimeType": "text/csv", "buffer": "số máy;ngày\n0900000777;01/12/2026".encode()}
    page.locator("#list").set_input_files(listed)  # type: ignore[arg-type]
    page.get_by_role("button", name="Xem trước rồi mới gửi").press("Enter")
    expect(page.get_by_text("hết hạn ngày 01/12/2026")).to_be_visible()


def to_warnings(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Cảnh báo thiên tai").press("Enter")
    listed = {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.locator("#list").set_input_files(listed)  # type: ignore[arg-type]
    page.get_by_role("button", name="Nhập danh sách").press("Enter")
    expect(page.get_by_text("Đã ghi 2 số máy")).to_be_visible()


def to_warning(page: Page) -> None:
    to_warnings(page)
    page.locator("[name=template][value=storm]").check()
    page.get_by_role("checkbox", name="xã Ví Dụ (1)").check()
    page.locator("#place").fill("xã Ví Dụ")
    page.locator("#time").fill("20 giờ")
    page.locator("#ends").fill((NOW + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Xem trước rồi mới gửi").press("Enter")
    expect(page.get_by_text("có bão mạnh tại xã Ví Dụ từ 20 giờ").first).to_be_visible()


def to_given_warning(page: Page) -> None:
    to_warning(page)
    page.locator("[name=seen]").check()
    page.get_by_role("button", name="Phát cảnh báo").press("Enter")
    expect(page.get_by_role("heading", name="Đã báo được ai")).to_be_visible()


def to_views(page: Page) -> None:
    to_tickets(page)
    page.locator("[name=kind]").select_option("report")
    page.get_by_role("button", name="Tìm", exact=True).press("Enter")
    page.get_by_text("Lưu hoặc bỏ cách xem").press("Enter")
    page.get_by_label("Tên cho cách xem đang mở").fill("Phản ánh của xóm")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Phản ánh của xóm")).to_have_attribute("aria-current", "page")
    page.get_by_text("Lưu hoặc bỏ cách xem").press("Enter")
    expect(page.get_by_role("button", name="Bỏ “Phản ánh của xóm”")).to_be_visible()


def to_subscribers(page: Page) -> None:
    to_home(page)
    page.get_by_role("link", name="Nơi nhận tin phản ánh").press("Enter")
    page.get_by_label("Tên nơi nhận").fill("Sở Xây dựng")
    page.get_by_label("Địa chỉ nhận").fill("https://reports.example.org/hook")
    page.get_by_role("button", name="Thêm nơi nhận").press("Enter")
    expect(page.get_by_text("Khóa này chỉ hiện một lần")).to_be_visible()


def to_open_data(page: Page) -> None:
    page.goto(page.url.replace("/centre/sign-in", "/phan-anh/so-lieu"))
    expect(page.get_by_text("dưới 10").first).to_be_visible()


def to_report_form(page: Page) -> None:
    page.goto(page.url.replace("/centre/sign-in", "/phan-anh"))
    page.get_by_role("radio", name="Đường, cầu hỏng").check()
    page.locator("#description").fill("Lan can cầu xóm Đông gãy")
    # What the form lacks is said above it.
    page.locator("form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator("[role=alert]")).to_be_visible()


def to_report_sent(page: Page) -> None:
    to_report_form(page)
    page.locator("#place").fill("cầu xóm Đông")
    page.locator("summary").press("Enter")
    province = page.locator("svg.map").get_attribute("viewBox")
    page.get_by_label("Xã, phường").select_option("Xã Đa Phúc")
    assert page.locator("svg.map").get_attribute("viewBox") != province
    page.get_by_label("Xã, phường").select_option("Cả tỉnh")
    drawn = page.locator("svg.map").get_attribute("viewBox") or ""
    assert [float(each) for each in drawn.split()] == [float(each) for each in (province or "").split()]
    page.get_by_label("Xã, phường").select_option("Xã Đa Phúc")
    # With keys alone: nearer, and the pin in the middle.
    for key in ("+", "Enter"):
        page.locator("svg.map").press(key)
    expect(page.locator("#here-said")).to_have_text("Đã ghim nơi này trên bản đồ.")
    assert page.locator("[name=lat]").input_value().startswith("21.2")
    assert_usable(page)
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.get_by_text("Xin giữ lại số")).to_be_visible()


@pytest.mark.parametrize(
    "reach",
    [
        to_sign_in,
        to_refused,
        to_home,
        to_officers,
        to_welcome,
        to_account,
        to_fleet,
        to_new_code,
        to_kiosk,
        to_shut_out,
        to_missing,
        to_tickets,
        to_ticket,
        to_figures,
        to_talks,
        to_catalogue,
        to_procedure,
        to_correction,
        to_proposal,
        to_catalogue_work,
        to_questions,
        to_publication,
        to_consents,
        to_campaigns,
        to_campaign,
        to_warnings,
        to_warning,
        to_given_warning,
        to_views,
        to_recordings,
        to_recording,
        to_subscribers,
        to_open_data,
        to_report_form,
        to_report_sent,
    ],
    ids=lambda reach: reach.__name__,
)
def test_every_page_can_be_used_by_everybody(open_page: Callable[[], Page], reach: Callable[[Page], None]) -> None:
    page = open_page()
    reach(page)
    assert_usable(page)


def test_a_wrong_fee_is_corrected_by_two_officers(open_page: Callable[[], Page]) -> None:
    first, second = open_page(), open_page()
    to_proposal(first)
    expect(first.get_by_text("cần một cán bộ khác duyệt")).to_be_visible()
    second.locator("input[name=name]").fill("mai")
    second.locator("input[name=password]").fill(PASSWORD)
    second.keyboard.press("Enter")
    second.locator("a[href$='/catalogue/proposals']").click()
    second.get_by_role("link", name="Nuôi ong").last.click()
    expect(second.locator(".changes .added").first).to_contain_text("9000")
    second.get_by_role("button", name="Duyệt", exact=True).click()
    expect(second.get_by_text("đã duyệt", exact=True)).to_be_visible()
    second.get_by_role("button", name="Bỏ bản này").click()
    expect(second.get_by_text("đã bỏ, trở lại nội dung trước")).to_be_visible()


def test_a_photo_that_is_too_large_is_told_before_it_is_sent(open_page: Callable[[], Page]) -> None:
    page = open_page()
    page.goto(page.url.replace("/centre/sign-in", "/phan-anh"))
    photo = page.locator("#photo")
    for size, said in ((LARGEST_FILE + 1, "lớn quá 8 MB"), (LARGEST_FILE, "")):
        photo.set_input_files({"name": "cau.jpg", "mimeType": "image/jpeg", "buffer": b"0" * size})
        told = photo.evaluate("input => input.validationMessage")
        assert (said in told, bool(told)) == (True, bool(said))


def test_an_officers_day_from_a_citizens_report_to_its_end(open_page: Callable[[], Page]) -> None:
    officer = open_page()
    to_tickets(officer)
    officer.get_by_role("link", name=re.compile("^Mới")).click()
    # A citizen at home, with the page alone.
    citizen = open_page()
    to_report_sent(citizen)
    code = citizen.locator("h1").inner_text().removeprefix("Phản ánh ")
    # The officer's open list has it without being reloaded.
    expect(officer.get_by_role("link", name=code)).to_be_visible(timeout=15_000)
    officer.locator("body").press("j")
    officer.get_by_role("link", name=code).press("Enter")
    expect(officer.get_by_text("Lan can cầu xóm Đông gãy")).to_be_visible()
    officer.get_by_role("button", name="Nhận xử lý").click()
    expect(officer.get_by_role("button", name="Thôi giữ phiếu")).to_be_visible()
    officer.locator("#words").fill("Đã cử thợ đến xem")
    officer.get_by_role("button", name="Ghi chú", exact=True).click()
    expect(officer.locator(".talk .note")).to_contain_text("Đã cử thợ đến xem")
    citizen.goto(citizen.url.split("/phan-anh")[0] + "/phan-anh/" + code.replace(" ", ""))
    expect(citizen.get_by_text("Cán bộ đang giải quyết việc này")).to_be_visible()
    assert "cử thợ" not in citizen.content()
    officer.get_by_role("button", name="Kết thúc phiếu").click()
    expect(officer.get_by_text("lan đã kết thúc: đã giải quyết")).to_be_visible()
    citizen.reload()
    expect(citizen.get_by_text("Việc này đã giải quyết xong")).to_be_visible()


def test_a_sentence_is_recorded_in_the_browser(open_page: Callable[[], Page]) -> None:
    officer = open_page()
    to_recording(officer)
    officer.get_by_role("button", name="Thu tiếng").press("Enter")
    expect(officer.locator("#said")).to_contain_text("Đang thu")
    officer.wait_for_timeout(1500)
    officer.get_by_role("button", name="Dừng").press("Enter")
    expect(officer.get_by_role("button", name="Nghe thử")).to_be_visible()
    expect(officer.locator("#said")).not_to_contain_text("Đang thu")
    # What is cut away is cut from what is sent.
    officer.locator("#to").fill("600")
    officer.get_by_role("button", name="Nghe thử").press("Enter")
    officer.get_by_role("button", name="Lưu bản thu này").press("Enter")
    expect(officer.get_by_text("Đã lưu")).to_be_visible()
    # The page's policy lets nothing be evaluated inside it, so it is asked from outside.
    deadline = time.monotonic() + 10
    while not officer.evaluate("document.querySelector('audio').duration > 0.2"):
        assert time.monotonic() < deadline
        officer.wait_for_timeout(100)
    officer.get_by_role("button", name="Xóa bản thu").press("Enter")
    expect(officer.locator("audio")).to_have_count(0)
