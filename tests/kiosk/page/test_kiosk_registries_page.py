"""What a public registry knows of a visitor, from the picture to the answer, by touch and keys alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from visitor import press

pytestmark = pytest.mark.xdist_group("one-at-a-time")

OpenPage = Callable[..., Page]


def to_the_offer(page: Page) -> None:
    page.get_by_role("button", name="Bảo hiểm", exact=False).first.click()
    press(page, "Thẻ bảo hiểm y tế của tôi còn hạn không")
    expect(page.get_by_role("heading", level=1)).to_contain_text("hỏi giúp ngay không")


def test_a_health_card_is_told_to_who_agrees_and_proves_it(open_page: OpenPage) -> None:
    page = open_page()
    to_the_offer(page)
    expect(page.locator("main, #screen").first).to_contain_text("8079")
    press(page, "Đồng ý, hỏi giúp tôi")
    expect(page.get_by_role("heading", level=1)).to_contain_text("10 số cuối")
    press(page, "Gõ chữ")
    page.get_by_role("textbox").fill("0000000901")
    press(page, "Gửi")
    expect(page.locator(".registry-proof")).to_be_visible()
    page.keyboard.type("1111")
    press(page, "Tiếp tục")
    expect(page.locator(".registry-proof")).to_contain_text("Chưa thấy ai khớp")
    page.keyboard.type("0901")
    expect(page.locator(".entered")).to_have_text("●●●●")
    press(page, "Tiếp tục")
    expect(page.get_by_role("heading", level=1)).to_contain_text("dùng được đến hết ngày")
    assert "0901" not in page.content()


def test_who_does_not_agree_is_asked_for_nothing(open_page: OpenPage) -> None:
    page = open_page()
    to_the_offer(page)
    # By key: nobody's second touch is so soon, and one at the same place is taken for a trembling hand's.
    page.get_by_role("button", name="Không, tôi tự xem", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("máy không hỏi gì cả")
