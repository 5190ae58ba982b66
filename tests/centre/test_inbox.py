"""An officer's work on tickets, page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from officer_post import Sent

from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from contract.tried import Step
from tickets.ticket import Draft, TicketKind, TicketState

PASSWORD = "một mật khẩu đủ dài"
PHONE, LANDLINE = "+84900000123", "+842200000123"


@pytest.fixture
def number(parts: CentreParts) -> str:
    return parts.tickets.add(Draft("k", TicketKind.REPORT, "sms", PHONE, "cầu hỏng", "xóm 3", "1.001193")).number


class Officer:
    """A browser of somebody signed in."""

    def __init__(self, parts: CentreParts, name: str) -> None:
        app = Flask("centre-test")
        app.register_blueprint(blueprint(parts))
        parts.officers.set(name, PASSWORD)
        self.client = app.test_client()
        self.client.post("/centre/sign-in", data={"name": name, "password": PASSWORD})
        found = re.search(r'name="csrf_token" value="([\w-]+)"', self.client.get("/centre").text)
        assert found is not None
        self.token = found[1]

    def does(self, number: str, do: str, **fields: str) -> tuple[int, str]:
        form = {"csrf_token": self.token, "key": "form", "do": do, **fields}
        response = self.client.post(f"/centre/tickets/{number}", data=form)
        return response.status_code, response.text

    def reads(self, path: str) -> str:
        return self.client.get(path).text


def test_a_reply_goes_out_by_the_citizens_own_channel_once(parts: CentreParts, number: str, post: Sent) -> None:
    lan = Officer(parts, "lan")
    for _ in range(2):
        assert lan.does(number, "reply", words="Mai có thợ đến", live="on")[0] == 303
    assert post.words == [f"Cán bộ trả lời phiếu {number[:4]} {number[4:]}:\nMai có thợ đến"]
    page = lan.reads(f"/centre/tickets/{number}")
    assert page.count("Mai có thợ đến") == 1
    # Gone back to the same form and written something else.
    lan.does(number, "reply", words="Thợ đến lúc 8 giờ")
    assert len(post.words) == 2
    assert "Đang nói chuyện trực tiếp" in page
    assert "Đã trả lời lúc 09:00 24/11/2026" in page
    assert lan.does(number, "hand_back")[0] == 303
    assert "trợ lý tự động tiếp tục" in post.words[-1]
    assert lan.does(number, "close", outcome="solved", tell="on")[0] == 303
    assert "đã được giải quyết xong. Cảm ơn bà con. Bà con thấy thế nào? Nhắn 3 (tốt)" in post.words[-1]


def test_an_answer_in_english_for_who_asked_in_english(parts: CentreParts, post: Sent) -> None:
    draft = Draft("e", TicketKind.CALL_BACK, "sms", PHONE, language="en")
    number = parts.tickets.add(draft).number
    lan = Officer(parts, "lan")
    lan.does(number, "reply", words="Please come tomorrow")
    lan.does(number, "close", outcome="withdrawn", tell="on")
    assert post.words[0].startswith("An officer answers ticket")
    assert post.words[1] == f"Ticket {number[:4]} {number[4:]} is closed, as you wished."


def test_the_officer_sees_what_the_machine_tried(parts: CentreParts) -> None:
    tried = (
        Step(said="làm <b>khai sinh</b> cần gì", taken_for="ask_procedure", answered="Cần giấy chứng sinh."),
        Step(said="cái kia cơ", taken_for="ask_procedure", answered="Cần việc nào?", asked_back=True),
        Step(taken_for="out_of_scope", answered="Chưa rõ.", failed=True),
    )
    number = parts.tickets.add(Draft("t", TicketKind.CALL_BACK, "sms", PHONE, tried=tried)).number
    page = Officer(parts, "lan").reads(f"/centre/tickets/{number}")
    assert "Máy đã trả lời trước đó" in page
    assert "làm &lt;b&gt;khai sinh&lt;/b&gt; cần gì" in page
    assert "Máy hỏi lại" in page
    assert "Máy chưa trả lời được" in page
    assert "(bấm nút)" in page


def test_two_officers_at_once_lose_no_word(parts: CentreParts, number: str, post: Sent) -> None:
    lan, hoa = Officer(parts, "lan"), Officer(parts, "hoa")
    lan.does(number, "take")
    code, page = hoa.does(number, "reply", words="Tôi cũng đang trả lời")
    assert code == 409
    assert "lan đang giữ phiếu này" in page
    assert "Tôi cũng đang trả lời" in page
    assert post.words == []
    assert hoa.does(number, "assign", to="hoa")[0] == 303
    assert hoa.does(number, "reply", words="Tôi cũng đang trả lời")[0] == 303
    assert hoa.does(number, "assign", to="kẻ lạ")[0] == 409


def test_what_cannot_be_texted_is_called_and_noted(parts: CentreParts, post: Sent) -> None:
    landline = parts.tickets.add(Draft("l", TicketKind.CALL_BACK, "phone", LANDLINE)).number
    nobody = parts.tickets.add(Draft("n", TicketKind.REPORT, "kiosk")).number
    lan = Officer(parts, "lan")
    for number in (landline, nobody):
        assert "Nhắn tin cho người dân" not in lan.reads(f"/centre/tickets/{number}")
        code, page = lan.does(number, "reply", words="Xin chào")
        assert (code, "không nhận được tin nhắn" in page, "Xin chào" in page) == (409, True, True)
        assert lan.does(number, "called", words="Đã gọi, hẹn thứ Hai")[0] == 303
        assert lan.does(number, "close", outcome="solved", tell="on")[0] == 303
        assert parts.tickets.get(number).state is TicketState.DONE
    assert post.words == []


@pytest.mark.parametrize(
    ("do", "fields", "said"),
    [
        ("reply", {"words": "  "}, "Chưa có lời nào để gửi"),
        ("reply", {"words": "a" * 1001}, "dài quá 1000 ký tự"),
        ("note", {"words": ""}, "Chưa có lời nào để gửi"),
        ("pass_on", {"agency": "Điện lực"}, "Hãy ghi cơ quan nhận và lý do"),
        ("close", {"outcome": "vanished"}, "Hãy chọn kết quả"),
        ("close", {}, "Hãy chọn kết quả"),
    ],
)
def test_a_form_that_lacks_something_changes_nothing_and_says_what(
    parts: CentreParts, number: str, post: Sent, do: str, fields: dict[str, str], said: str
) -> None:
    code, page = Officer(parts, "lan").does(number, do, **fields)
    assert (code, said in page) == (409, True)
    assert (parts.tickets.get(number).state, post.words) == (TicketState.OPEN, [])


def test_markup_of_citizens_and_officers_is_text(parts: CentreParts) -> None:
    number = parts.tickets.add(Draft("m", TicketKind.REPORT, "sms", PHONE, "<script>alert(1)</script>")).number
    lan = Officer(parts, "lan")
    lan.does(number, "note", words="<img src=x onerror=alert(2)>")
    page = lan.reads(f"/centre/tickets/{number}")
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_report_by_text_is_answered_though_nobody_sees_its_number(parts: CentreParts, post: Sent) -> None:
    post.numbers["a keyed hash"] = PHONE
    draft = Draft("s", TicketKind.REPORT, "sms", words="đường hỏng", person="a keyed hash")
    number = parts.tickets.add(draft).number
    lan = Officer(parts, "lan")
    page = lan.reads(f"/centre/tickets/{number}")
    assert "Nhắn tin cho người dân" in page
    assert "0900" not in page
    assert lan.does(number, "reply", words="Mai sửa")[0] == 303
    assert next(iter(post.texts.values()))[0] == PHONE


def test_a_ticket_is_passed_on_with_a_reason_and_the_citizen_hears_where(
    parts: CentreParts, number: str, post: Sent
) -> None:
    lan = Officer(parts, "lan")
    lan.does(number, "pass_on", agency="Điện lực", words="cột điện là của họ", tell="on")
    assert "đã được chuyển đến Điện lực" in post.words[0]
    page = lan.reads(f"/centre/tickets/{number}")
    assert "cột điện là của họ" in page
    assert "đã chuyển đến Điện lực" in page
    assert number in lan.reads("/centre/tickets?state=passed")


def test_ready_sentences_and_the_catalogues_answer_are_put_into_the_reply(parts: CentreParts, number: str) -> None:
    asked: list[tuple[str, str, str]] = []

    def answer_about(code: str, side: str, language: str) -> str:
        asked.append((code, side, language))
        return "Khai sinh: không mất phí."

    lan = Officer(replace(parts, answer_about=answer_about), "lan")  # type: ignore[arg-type]
    assert "Khai sinh: không mất phí.</textarea>" in lan.reads(f"/centre/tickets/{number}?side=fee")
    assert asked == [("1.001193", "fee", "vi")]
    assert "mang theo căn cước.</textarea>" in lan.reads(f"/centre/tickets/{number}?template=come_by")
    for odd in ("template=nothing", "side=nothing", "side=", "template=__class__"):
        assert "></textarea>" in lan.reads(f"/centre/tickets/{number}?{odd}")


def test_the_inbox_is_searched_and_filtered(parts: CentreParts, number: str, clock: Callable[[], object]) -> None:
    call = parts.tickets.add(Draft("c", TicketKind.CALL_BACK, "phone", LANDLINE, origin="")).number
    lan = Officer(parts, "lan")

    def listed(query: str) -> set[str]:
        return set(re.findall(r'href="/centre/tickets/(\d{8})"', lan.reads(f"/centre/tickets?{query}")))

    assert listed("") == {number, call}
    assert listed("q=CAU HONG") == {number}
    assert listed(f"q={number[:4]} {number[4:]}") == {number}
    assert listed("q=0900 000 123") == {number}
    assert listed("kind=call_back") == {call}
    assert listed("channel=sms&kind=report") == {number}
    assert listed("state=mine") == set()
    lan.does(call, "take")
    assert listed("state=mine") == {call}
    assert listed("state=overdue") == set()
    clock.now += timedelta(days=2)  # type: ignore[attr-defined]
    lan = Officer(parts, "lan")
    assert listed("state=overdue") == {call}
    assert "quá" in lan.reads("/centre/tickets?state=overdue")
    for odd in ("state=<b>", "kind=x", "channel=x", "q=%00", "q=" + "a" * 500):
        assert lan.client.get(f"/centre/tickets?{odd}").status_code == 200


def test_open_pages_hear_that_something_changed_and_no_thread_waits(parts: CentreParts, number: str) -> None:
    lan = Officer(parts, "lan")

    def news() -> dict[str, object]:
        response = lan.client.get("/centre/events")
        assert response.content_type.startswith("text/event-stream")
        retry, event, data = response.text.strip().split("\n")
        assert (retry, event) == ("retry: 4000", "event: tickets")
        found: dict[str, object] = json.loads(data.removeprefix("data: "))
        return found

    before = news()
    assert before["open"] == 1
    lan.does(number, "take")
    assert news()["open"] == 0
    part = lan.client.get("/centre/tickets", headers={"HX-Request": "true"}).text
    assert number in part
    assert "<html" not in part


def test_how_many_messages_a_reply_takes_is_told_while_it_is_written(parts: CentreParts) -> None:
    lan = Officer(replace(parts, segments=lambda words: 3), "lan")
    form = {"csrf_token": lan.token, "words": "Xin chào"}
    assert lan.client.post("/centre/segments", data=form).text == "3 tin nhắn"
    assert lan.client.post("/centre/segments", data={**form, "words": " "}).text == ""
    assert lan.client.post("/centre/segments", data={"words": "Xin chào"}).status_code == 403
