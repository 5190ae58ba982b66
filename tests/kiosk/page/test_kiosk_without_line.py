"""A box of a centre that is out of reach: what depends on it is kept for later, and nothing once it is shut out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Page, expect
from running_kiosk import RunningKiosk
from sqlalchemy import select

from kiosk.centre_link.identity import Identity, keep_identity
from kiosk.protocol.entries import StatusRequestEntry, open_entry
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import EntryKind
from kiosk.queue.tables import OutgoingRow
from runtime import settings as settings_module
from stores.database import Database

pytestmark = pytest.mark.xdist_group("one-at-a-time")

NOBODY = "http://127.0.0.1:9"
PHONE = "0900000188"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.kept(tmp_path_factory.mktemp("centre") / "keys")


@pytest.fixture(scope="module")
def identity(centre: Keys) -> Identity:
    return Identity("k1", "Nhà văn hóa xóm Đông", NOBODY, centre.public)


@pytest.fixture(scope="module")
def kiosk(trained: None, identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKiosk]:
    """An enrolled box whose centre does not answer."""
    folder = tmp_path_factory.mktemp("kiosk")
    running = RunningKiosk(data=folder / "data", log=folder / "log", engine="none")
    keep_identity(settings_module.load(data_dir=running.data), identity)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        running.printer.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_look_up_is_kept_and_answered_by_text_message_when_the_line_is_back(
    kiosk: RunningKiosk, centre: Keys, open_page: Callable[..., Page]
) -> None:
    dossier = next(one for one in kiosk.dossiers() if one["code"].startswith("H"))
    page = open_page()
    press(page, "Xem hồ sơ đến đâu")
    for sign in dossier["code"].removeprefix("H"):
        press(page, sign)
    press(page, "Tiếp tục")
    expect(page.get_by_role("heading", name="Nhập 4 số cuối")).to_be_visible()
    page.keyboard.type(dossier["last4"])
    press(page, "Tiếp tục")
    press(page, "Nhận tin nhắn khi có mạng")
    page.keyboard.type(PHONE)
    press(page, "Tiếp tục")
    press(page, "Đúng rồi")
    expect(page.get_by_role("heading", name="Đã ghi lại. Có mạng, trung tâm sẽ tra và nhắn tin.")).to_be_visible()

    database = Database(f"sqlite:///{kiosk.data / 'motcua.db'}")
    with database.reading() as session:
        rows = session.scalars(select(OutgoingRow).where(OutgoingRow.kind == EntryKind.STATUS_REQUEST)).all()
    database.close()
    assert [open_entry(EntryKind.STATUS_REQUEST, row.sealed, centre) for row in rows] == [
        StatusRequestEntry(code=dossier["code"], last4=dossier["last4"], phone="+84" + PHONE[1:])
    ]
    assert kiosk.files_with(PHONE[1:]) == []


def test_a_box_that_is_shut_out_takes_nothing_personal(
    kiosk: RunningKiosk, identity: Identity, open_page: Callable[..., Page]
) -> None:
    settings = settings_module.load(data_dir=kiosk.data)
    keep_identity(settings, replace(identity, locked=True))
    try:
        page = open_page()
        expect(page.get_by_role("button", name="Gõ câu hỏi")).to_be_visible()
        expect(page.get_by_role("button", name="Xem hồ sơ đến đâu")).to_have_count(0)
        expect(page.get_by_role("button", name="Phản ánh")).to_have_count(0)
        press(page, "Gặp cán bộ")
        expect(page.get_by_role("heading", name="Gặp cán bộ")).to_be_visible()
        expect(page.get_by_role("button", name="Để lại số điện thoại")).to_have_count(0)
        visit = "0" * 32
        wish = {"visit": visit, "key": visit, "number": PHONE}
        asked = (
            ("call-back", wish),
            ("look-up-later", {**wish, "code": "H15.50.05-261008-0975", "last4": "0000"}),
            ("text-message", {**wish, "document": {"code": "1.001193"}}),
        )
        for name, body in asked:
            answer = httpx.post(f"{kiosk.url}/kiosk/api/{name}", json=body, trust_env=False)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "shut_out"), name
    finally:
        keep_identity(settings, identity)
