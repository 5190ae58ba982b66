"""The officers' switch for everything, a channel or a procedure."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from centre.officers import Duty
from centre.page.access import CentreParts


def switched(client: FlaskClient, token: str, **form: str) -> int:
    return client.post("/centre/service", data={"csrf_token": token, "do": "off", **form}).status_code


def test_a_procedure_is_taken_out_and_put_back(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    token = csrf()
    assert "Mọi thứ đang hoạt động" in client.get("/centre/service").text
    assert switched(client, token, scope="procedure", code="1.001193", words="Lệ phí đang được kiểm tra.") == 303
    page = client.get("/centre/service").text
    assert "Làm giấy khai sinh (1.001193)" in page
    assert "Lệ phí đang được kiểm tra." in page
    back = {"csrf_token": token, "do": "on", "scope": "procedure:1.001193"}
    assert client.post("/centre/service", data=back).status_code == 303
    assert parts.out_of_service.all() == []


def test_a_channel_has_an_end_in_the_commune_s_time(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    assert switched(client, csrf(), scope="channel:phone", until="2026-11-24T10:30") == 303
    assert "đến 24/11 10:30" in client.get("/centre/service").text or "10:30" in client.get("/centre/service").text
    assert [off.scope for off in parts.out_of_service.all()] == ["channel:phone"]


def test_what_is_wrong_is_told_and_what_was_written_stays(client: FlaskClient, csrf: Callable[..., str]) -> None:
    token = csrf()
    form = {"csrf_token": token, "do": "off", "scope": "procedure", "code": "9.999999", "words": "Đang sửa."}
    answer = client.post("/centre/service", data=form)
    assert answer.status_code == 400
    assert "Không có thủ tục nào mang mã này" in answer.text
    assert "Đang sửa." in answer.text
    assert switched(client, token, scope="") == 400
    assert switched(client, token, scope="everything", until="2020-01-01T00:00") == 400
    assert switched(client, token, scope="everything", until="hôm qua") == 400


def test_only_who_leads_the_officers_may_switch(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    token = csrf()
    parts.officers.set("mai", "một mật khẩu đủ dài")
    parts.officers.give("mai", frozenset({Duty.TICKETS}))
    client.post("/centre/sign-out", data={"csrf_token": token})
    token = csrf("mai")
    assert client.get("/centre/service").status_code == 403
    assert switched(client, token, scope="everything") == 403
    assert parts.out_of_service.all() == []
