from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from channels_doubles import ScriptedCore, answer, short_answer
from flask import Blueprint
from flask.testing import FlaskClient
from installations import create_app
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from channels.rendering.segments import size
from channels.try_page.sample_dossier import SampleDossier
from channels.try_page.webhooks import reachable
from contract.reply import Reply, ReplyKind
from contract.turn import Channel
from runtime.settings import Environment, Settings

CHROMIUM = Path("/usr/bin/chromium")
DOSSIER = SampleDossier("000.00.12.H01-260701-0001", "1234", "Đang giải quyết", "Đăng ký khai sinh")


def test_production_has_no_simulator(set_up: Callable[..., Settings]) -> None:
    client = create_app(set_up(environment=Environment.PRODUCTION)).test_client()
    assert client.get("/try").status_code == 404
    assert client.post("/try/messages", json={"from": "+84900000123", "text": "a"}).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {},
        {"from": "+84912345678", "text": "a"},
        {"from": "+8490000012", "text": "a"},
        {"from": 1, "text": "a"},
        {"from": "+84900000123", "text": None},
    ],
)
def test_only_made_up_numbers_may_be_texted_from(client: FlaskClient, fields: object) -> None:
    assert client.post("/try/messages", json=fields).status_code == 400


def test_without_sandbox_there_is_no_list_of_dossiers(client: FlaskClient) -> None:
    assert client.get("/try/dossiers").status_code == 404
    assert client.get("/try/setup").json["dossiers"] is False


def test_files_outside_the_page_are_not_served(client: FlaskClient) -> None:
    assert client.get("/try/static/app.js").status_code == 200
    assert client.get("/try/static/../page.py").status_code == 404
    assert client.get("/try/static/%2e%2e/page.py").status_code == 404


@pytest.mark.parametrize(
    ("host", "reached_at"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("kiosk", "kiosk"),
    ],
)
def test_the_simulator_reaches_the_gateway_wherever_it_listens(host: str, reached_at: str) -> None:
    assert reachable(host) == reached_at


def test_a_kiosk_is_only_shown_where_there_is_one(set_up: Callable[..., Settings]) -> None:
    def kiosk(_: object) -> Blueprint:
        pages = Blueprint("a_kiosk", __name__)
        pages.add_url_rule("/kiosk", "page", lambda: "Ki-ốt")
        return pages

    assert create_app(set_up()).test_client().get("/try/setup").json["kiosk"] is False
    assert create_app(set_up(), addresses=[kiosk]).test_client().get("/try/setup").json["kiosk"] is True


@pytest.fixture
def address(set_up: Callable[..., Settings], free_port: int) -> Iterator[str]:
    app = create_app(set_up(port=free_port), dossiers=lambda: [DOSSIER])
    server = make_server("127.0.0.1", free_port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{free_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(tab: BrowserContext, address: str) -> Iterator[Page]:
    """The opened simulator; at the end nothing has failed in it and nobody else was asked for anything."""
    opened = tab.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda asked: troubles.append(asked.url) if not asked.url.startswith(address) else None)
    opened.goto(f"{address}/try")
    expect(opened.locator(".dossier")).to_have_count(1)
    yield opened
    assert troubles == []


def write(page: Page, words: str) -> None:
    page.get_by_label("Nội dung tin nhắn").fill(words)
    page.keyboard.press("Enter")


def test_a_question_typed_with_enter_is_answered_through_the_real_webhook(page: Page, core: ScriptedCore) -> None:
    write(page, "làm giấy khai sinh cần gì")
    expect(page.locator(".received .bubble")).to_have_text("Can to khai va giay chung sinh.")
    expect(page.locator(".received .cost")).to_have_text("1 tin · 31 ký tự · GSM-7")
    expect(page.locator(".sent .bubble")).to_have_text("làm giấy khai sinh cần gì")
    expect(page.locator("#draft")).to_have_value("")
    assert core.turns[0].channel is Channel.SMS
    assert core.turns[0].conversation.startswith("sms:")


def test_the_next_page_comes_with_key_1_and_send_by_keyboard_alone(page: Page, core: ScriptedCore) -> None:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Câu trả lời rất dài. " * 60))
    write(page, "hỏi")
    expect(page.locator(".received")).to_have_count(1)
    page.get_by_role("button", name="Phím 1", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#draft")).to_have_value("1")
    page.get_by_role("button", name="Gửi", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.locator(".received")).to_have_count(2)
    assert len(core.turns) == 1


def test_samples_and_dossiers_are_sent_by_a_tap(page: Page, core: ScriptedCore) -> None:
    page.get_by_role("button", name="gặp cán bộ").click()
    expect(page.locator(".received")).to_have_count(1)
    page.get_by_role("button", name="Gửi mã này").click()
    expect(page.locator(".received")).to_have_count(2)
    page.get_by_role("button", name="Gửi 4 số cuối 1234").click()
    expect(page.locator(".received")).to_have_count(3)
    assert [turn.text for turn in core.turns] == ["gặp cán bộ", DOSSIER.code, "1234"]


def test_dots_show_while_the_answer_is_on_its_way(page: Page, core: ScriptedCore) -> None:
    released = threading.Event()

    def slow(turn):
        released.wait(10)
        return short_answer()

    core.script = slow
    write(page, "hỏi")
    expect(page.get_by_label("Đang chờ trả lời")).to_be_visible()
    expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_disabled()
    released.set()
    expect(page.locator(".received")).to_have_count(1)
    expect(page.get_by_label("Đang chờ trả lời")).to_have_count(0)


def test_markup_in_an_answer_is_shown_as_text(page: Page, core: ScriptedCore) -> None:
    core.script = lambda turn: short_answer("<img src=x onerror=alert(1)> & <b>x</b>")
    write(page, "<script>alert(1)</script>")
    expect(page.locator(".received .bubble")).to_have_text("<img src=x onerror=alert(1)> & <b>x</b>")
    expect(page.locator(".sent .bubble")).to_have_text("<script>alert(1)</script>")


def test_each_tab_has_a_number_and_a_conversation_of_its_own(
    page: Page, tab: BrowserContext, address: str, core: ScriptedCore
) -> None:
    write(page, "một")
    expect(page.locator(".received")).to_have_count(1)
    page.reload()
    expect(page.locator(".received")).to_have_count(1)
    write(page, "hai")
    expect(page.locator(".received")).to_have_count(2)
    page.get_by_role("button", name="Đổi số máy mới").click()
    expect(page.locator(".message")).to_have_count(0)
    write(page, "ba")
    expect(page.locator(".received")).to_have_count(1)
    first, second, third = [turn.conversation for turn in core.turns]
    assert first == second != third


def test_a_message_that_cannot_be_sent_says_so(page: Page) -> None:
    page.route("**/try/messages", lambda route: route.fulfill(status=200, body="no json"))
    write(page, "hỏi")
    expect(page.locator(".failed .bubble")).to_have_text("Chưa gửi được. Hãy kiểm tra hệ thống rồi gửi lại.")
    expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_enabled()


def test_the_page_speaks_english_too(page: Page) -> None:
    write(page, "hỏi")
    expect(page.locator(".received")).to_have_count(1)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Text or call the assistant")
    expect(page.locator(".received .cost")).to_have_text("1 SMS · 31 characters · GSM-7")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhắn thử, gọi thử cho trợ lý")


def test_the_counter_counts_as_the_server_does(page: Page) -> None:
    texts = [
        "",
        "a" * 160,
        "a" * 161,
        "€" * 81,
        "a" * 152 + "€" + "a" * 152,
        "đ" * 71,
        "😀" * 36,
        "x" * 400 + "ệ",
        "^{}",
    ]
    counted = page.evaluate(
        """async (texts) => {
            const { counterFor } = await import("/try/static/segments.js");
            const { alphabet } = await (await fetch("/try/setup")).json();
            return texts.map(counterFor(alphabet));
        }""",
        texts,
    )
    expected = [size(text) for text in texts]
    assert counted == [{"encoding": s.encoding, "units": s.units, "segments": s.segments} for s in expected]
    page.get_by_label("Nội dung tin nhắn").fill("đ" * 71)
    expect(page.locator("#counter")).to_have_text("71 ký tự · 2 tin · UCS-2")


def test_everybody_can_use_the_page(page: Page) -> None:
    write(page, "hỏi")
    expect(page.locator(".received")).to_have_count(1)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("#messages").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_cut_off_at_any_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_in_viewport()
