"""Campaigns in the officers' pages: a list is looked at before it is sent, tried, begun, paused and stopped."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from campaign_places import campaigns_of
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from centre.officers import Duty
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from channels import body_limit
from channels.body_sizes import MAX_BODY
from channels.sms.campaigns.campaigns import Campaigns, State
from channels.sms.campaigns.figures import CampaignFigures
from channels.sms.campaigns.rules import rules
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Manner
from stores.database import Database
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")
LIST = "số máy;ngày\n0900000123;01/12/2026\n0900000124;02/12/2026\n"


@pytest.fixture
def campaigns(parts: CentreParts, database: Database) -> Campaigns:
    citizen = Citizen.of("0900000123", SEAL)
    assert citizen is not None
    Consents(database, parts.clock).grant(citizen.person, Manner.KEYWORD, "w", "t")
    return campaigns_of(database, SEAL, parts.clock)


@pytest.fixture
def client(parts: CentreParts, campaigns: Campaigns) -> FlaskClient:
    app = Flask("campaigns")
    body_limit.register(app)
    app.register_blueprint(blueprint(dataclasses.replace(parts, campaigns=campaigns)))
    parts.officers.set("lan", "một mật khẩu đủ dài")
    return app.test_client()


def made(client: FlaskClient, token: str, content: str = LIST, **form: str) -> tuple[int, str, str]:
    values = {"name": "Đợt tháng 12", "template": "identity_card", "csrf_token": token, **form}
    answer = client.post("/centre/campaigns", data={**values, "list": (BytesIO(content.encode()), "list.csv")})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_a_campaign_is_looked_at_begun_paused_and_stopped(
    client: FlaskClient, csrf: Callable[..., str], campaigns: Campaigns
) -> None:
    token = csrf()
    status, address, _ = made(client, token)
    assert status == 303
    page = client.get(address).text
    assert "hết hạn ngày 01/12/2026" in page
    assert "Không gửi, vì chưa đồng ý</dt><dd>1" in page
    for deed, state in (("start", State.RUNNING), ("pause", State.PAUSED), ("start", State.RUNNING)):
        form = {"csrf_token": token, "do": deed, "per_hour": "600"}
        assert client.post(address, data=form).status_code == 303
        assert campaigns.newest()[0].state is state
    assert campaigns.step() == 1
    assert "đang chờ đường gửi</dt><dd>1" in client.get(address).text
    assert client.post("/centre/campaigns/stop", data={"csrf_token": token}).status_code == 303
    refused = client.post(address, data={"csrf_token": token, "do": "start"})
    assert (refused.status_code, "sang bước khác" in refused.text) == (409, True)


def test_prometheus_sees_campaigns_that_have_begun_and_are_not_over(
    client: FlaskClient, csrf: Callable[..., str], campaigns: Campaigns
) -> None:
    token, registry = csrf(), CollectorRegistry()
    figures = CampaignFigures(registry)

    def shown(name: str, state: str) -> float | None:
        figures.show(*campaigns.under_way())
        return registry.get_sample_value(name, {"state": state})

    _, address, _ = made(client, token)
    # Nobody waits for a draft.
    assert (shown("motcua_campaigns", "running"), shown("motcua_campaign_people", "waiting")) == (0, 0)
    client.post(address, data={"csrf_token": token, "do": "start", "per_hour": "600"})
    assert (shown("motcua_campaigns", "running"), shown("motcua_campaign_people", "waiting")) == (1, 1)
    client.post(address, data={"csrf_token": token, "do": "pause"})
    assert (shown("motcua_campaigns", "running"), shown("motcua_campaigns", "paused")) == (0, 1)
    client.post("/centre/campaigns/stop", data={"csrf_token": token})
    assert (shown("motcua_campaigns", "paused"), shown("motcua_campaign_people", "waiting")) == (0, 0)


def test_a_list_of_tens_of_thousands_is_taken_by_the_gateway_as_it_is_limited(
    client: FlaskClient, csrf: Callable[..., str], campaigns: Campaigns
) -> None:
    token = csrf()
    others = "".join(f"09{number:08};01/12/2026\n" for number in range(10_000, 30_000))
    assert len(LIST + others) > 2 * MAX_BODY - 100_000
    assert made(client, token, LIST + others)[0] == 303
    assert campaigns.newest()[0].without_consent == 20_001
    status, _, page = made(client, token, LIST + others * 3)
    assert (status, "50000" in page.replace(".", "")) == (400, True)


def test_a_wrong_list_makes_nothing_and_says_where_it_is_wrong(
    client: FlaskClient, csrf: Callable[..., str], campaigns: Campaigns
) -> None:
    token = csrf()
    status, _, page = made(client, token, "số máy;hạn\n0900000123;x")
    assert (status, "Thiếu cột: ngày." in page) == (400, True)
    status, _, page = made(client, token, LIST + "không;01/12/2026\n0900000125;GIẢM GIÁ <b>50</b>\n")
    assert status == 400
    assert "dòng 4, cột số máy: không phải số điện thoại nhận tin" in page
    assert "dòng 5, cột ngày: là lời quảng cáo, không được gửi" in page
    assert "GIẢM GIÁ" not in page
    assert "Đợt tháng 12" in page
    status, _, page = made(client, token, "số máy;ngày\n0900000777;01/12/2026")
    assert (status, "Không ai trong danh sách" in page) == (400, True)
    assert made(client, token, template="mua_ngay")[0] == 400
    assert campaigns.newest() == []


def test_a_pace_or_day_that_cannot_be_is_refused(client: FlaskClient, csrf: Callable[..., str]) -> None:
    token = csrf()
    address = made(client, token)[1]
    for wrong in ({"per_hour": "0"}, {"per_hour": "9999999"}):
        assert client.post(address, data={"csrf_token": token, "do": "start", **wrong}).status_code == 409
    for wrong in ({"per_hour": "nhiều"}, {"begins": "mai"}):
        assert client.post(address, data={"csrf_token": token, "do": "start", **wrong}).status_code == 400
    assert client.post(address, data={"csrf_token": token, "do": "try", "phone": "x"}).status_code == 400
    tried = client.post(address, data={"csrf_token": token, "do": "try", "phone": "0901 234 567"})
    assert (tried.status_code, "Đã gửi thử" in tried.text) == (200, True)
    assert client.get("/centre/campaigns/999").status_code == 404


def test_under_a_brand_name_only_what_the_operator_has_registered_is_sent(
    parts: CentreParts, campaigns: Campaigns, csrf: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Flask("brand")
    app.register_blueprint(blueprint(dataclasses.replace(parts, campaigns=campaigns, sms_brand="UBNDXAVIDU")))
    parts.officers.set("lan", "một mật khẩu đủ dài")
    registered = dataclasses.replace(rules(), ids={"identity_card": "T-77"})
    client = app.test_client()
    token = signed_in_as_lan(client)
    assert "chưa có mã mẫu cho tên định danh UBNDXAVIDU" in made(client, token)[2]
    monkeypatch.setattr("centre.page.campaign_pages.rules", lambda: registered)
    status, address, _ = made(client, token)
    assert status == 303
    page = client.get(address).text
    assert "T-77" in page
    assert "UBNDXAVIDU" in page


def signed_in_as_lan(client: FlaskClient) -> str:
    client.post("/centre/sign-in", data={"name": "lan", "password": "một mật khẩu đủ dài"})
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/centre/campaigns").text)
    assert found is not None
    return found.group(1)


def test_campaigns_are_for_those_who_lead(client: FlaskClient, csrf: Callable[..., str], parts: CentreParts) -> None:
    parts.officers.set("mai", "một mật khẩu đủ dài")
    parts.officers.give("mai", frozenset({Duty.TICKETS}))
    token = csrf("mai")
    assert client.get("/centre/campaigns").status_code == 403
    assert made(client, token)[0] == 403
