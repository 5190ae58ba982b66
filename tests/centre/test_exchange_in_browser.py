"""The pages of exchanged cases and of the one-stop desk in a real browser: usable by everybody, with keys alone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser_looks import CHROMIUM, assert_usable
from exchange_places import DEPARTMENT, PDF, Agency, carry, photo, two
from flask import Flask
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from actions.dossiers.sandbox import SandboxBackend, read_sandbox
from centre.one_stop import OneStop
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from tickets.exchange.case import Step

# Together on one worker: while a browser is open, no other event loop can run in its process.
pytestmark = pytest.mark.xdist_group("centre-in-browser")
PASSWORD = "một mật khẩu đủ dài"


class WorksAlways:
    """Stands for the switch that makes the sandbox fail."""

    def check(self) -> None:
        """It does not."""


@pytest.fixture
def served(tmp_path: Path, parts: CentreParts) -> Iterator[tuple[str, Agency, Agency]]:
    commune, department, clock = two(tmp_path)
    source = SandboxBackend(read_sandbox(), clock, WorksAlways())  # type: ignore[arg-type]
    app = Flask("exchange-in-browser")
    shown = replace(parts, exchange=commune.desk, one_stop=OneStop(source, clock), clock=clock)
    app.register_blueprint(blueprint(shown))
    parts.officers.set("lan", PASSWORD)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/centre", commune, department
    server.shutdown()


@pytest.fixture
def page(served: tuple[str, Agency, Agency]) -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(served[0])
        opened.locator("input[name=name]").fill("lan")
        opened.locator("input[name=password]").fill(PASSWORD)
        opened.keyboard.press("Enter")
        expect(opened).to_have_url(re.compile(r"/centre$"))
        yield opened
        browser.close()


def test_a_case_is_sent_worked_on_and_read_by_everybody(page: Page, served: tuple[str, Agency, Agency]) -> None:
    address, commune, department = served
    page.get_by_role("link", name="Liên thông", exact=True).press("Enter")
    expect(page.get_by_text("Không có hồ sơ nào")).to_be_visible()
    assert_usable(page)
    page.get_by_role("link", name="Gửi hồ sơ mới").press("Enter")
    page.get_by_label("Việc", exact=True).fill("Xác minh ranh giới đất")
    page.get_by_label("Nội dung đề nghị").fill("Gọi 0900 000 123")
    page.get_by_label("Giấy tờ kèm theo").set_input_files(
        [
            {"name": "trích lục.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "ảnh.jpg", "mimeType": "image/jpeg", "buffer": photo()},
        ]
    )
    page.get_by_role("button", name="Gửi hồ sơ").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("có số điện thoại")
    assert_usable(page)
    page.get_by_label("Nội dung đề nghị").fill("Đề nghị xác minh")
    page.get_by_label("Giấy tờ kèm theo").set_input_files(
        [{"name": "trích lục.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    page.get_by_role("button", name="Gửi hồ sơ").press("Enter")
    expect(page.get_by_text("Chưa đến nơi")).to_be_visible()
    case = page.url.rpartition("/")[2]
    carry(commune, department)
    department.act(case, Step.ASK_SUPPLEMENT, "Thiếu sơ đồ thửa đất")
    carry(commune, department)
    page.reload()
    expect(page.get_by_text("Thiếu sơ đồ thửa đất")).to_be_visible()
    assert_usable(page)
    page.get_by_label("Nội dung, hoặc lý do").fill("Gửi sơ đồ")
    page.get_by_role("button", name="Gửi bổ sung").press("Enter")
    carry(commune, department)
    assert department.book.case(case).is_ours
    page.goto(f"{address}/exchange?list=out")
    expect(page.get_by_role("link", name="Xác minh ranh giới đất")).to_be_visible()
    assert_usable(page)


def test_partners_files_and_the_desks_day_are_for_everybody(page: Page, served: tuple[str, Agency, Agency]) -> None:
    address, commune, department = served
    case = commune.send(department, PDF)
    carry(commune, department)
    for path, words in (
        ("partners", f"Cơ quan {DEPARTMENT}"),
        ("exchange/import", "Nhận hai lần cũng chỉ tính một"),
        ("one-stop", "Danh sách hồ sơ lấy lúc"),
    ):
        page.goto(f"{address}/{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        assert_usable(page)
    commune.book.erase(case, "lan")
    page.goto(f"{address}/exchange/{case}")
    expect(page.get_by_text("Đang chờ bên kia báo đã xóa")).to_be_visible()
    assert_usable(page)
