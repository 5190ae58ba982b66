"""Officers read what was said behind a figure: without numbers and names, each look noted, nothing that was erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from talk_places import Messages

from centre.officers import Duty
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from centre.talks import Talks
from runtime.clock import VIETNAM

PASSWORD = "một mật khẩu đủ dài"


@pytest.fixture
def messages(parts: CentreParts) -> Messages:
    return Messages(parts.tickets._database, parts.tickets._seal, parts.clock())


@pytest.fixture
def client(parts: CentreParts) -> FlaskClient:
    app = Flask("talks")
    talks = Talks(parts.tickets._database, parts.tickets._seal, parts.clock)
    app.register_blueprint(blueprint(replace(parts, talks=talks)))
    parts.officers.set("lan", PASSWORD)
    parts.officers.set("mai", PASSWORD, {Duty.KIOSKS})
    return app.test_client()


def test_a_conversation_stands_together_from_its_beginning(
    messages: Messages, client: FlaskClient, csrf: Callable[..., str]
) -> None:
    messages.came("p1", "làm thẻ căn cước cần gì", "Mang theo giấy khai sinh.")
    messages.came("p2", "mấy giờ mở cửa", "Từ 7 giờ.")
    messages.came("p1", "lệ phí bao nhiêu", "Không mất tiền.")
    csrf()
    page = client.get("/centre/talks").text
    assert "2 cuộc trò chuyện" in page
    order = [page.index(words) for words in ("cần gì", "giấy khai sinh", "lệ phí", "Không mất tiền", "mấy giờ")]
    assert order == sorted(order)


def test_numbers_and_names_are_taken_out_and_the_look_is_noted(
    messages: Messages, client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    messages.came("p1", "tôi là Nguyễn Văn An, gọi 0900 000 123 <b>nhé</b>", "Vâng, 0900000123.")
    csrf()
    page = client.get("/centre/talks").text
    assert "0900" not in page
    assert "Văn An" not in page
    assert "<b>nhé" not in page


def test_what_was_erased_says_so_and_joins_nobody(
    messages: Messages, client: FlaskClient, csrf: Callable[..., str]
) -> None:
    messages.came("", "")
    messages.came("", "")
    csrf()
    page = client.get("/centre/talks").text
    assert "2 cuộc trò chuyện" in page
    assert page.count("Lời này đã được xóa.") == 2


def test_days_and_states_are_chosen_and_nonsense_is_today(
    messages: Messages, client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    messages.came("p1", "hôm nay")
    messages.came("p2", "hỏng máy", state="failed")
    messages.came("p3", "hôm qua", days_ago=1)
    csrf()
    yesterday = (parts.clock().astimezone(VIETNAM).date() - timedelta(days=1)).isoformat()
    assert "hôm qua" in client.get(f"/centre/talks?day={yesterday}").text
    failed = client.get("/centre/talks?state=failed").text
    assert "hỏng máy" in failed
    assert "1 cuộc trò chuyện" in failed
    for nonsense in ("day=x", "day=9999-01-01", "state=drop", "page=-1"):
        assert "hôm nay" in client.get(f"/centre/talks?{nonsense}").text


def test_whoever_may_not_see_tickets_reads_no_conversation(client: FlaskClient, csrf: Callable[..., str]) -> None:
    csrf("mai")
    assert client.get("/centre/talks").status_code == 403
