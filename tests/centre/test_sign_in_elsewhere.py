"""Officers who sign in with the province's accounts, at a certified OpenID provider that runs beside the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from re import search
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from free_ports import free_port
from openid_provider import CLIENT, PUBLIC_CLIENT, SECRET, OpenIdProvider, sign_in_there
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from centre.officers import Duty
from centre.page.access import CentreParts, Elsewhere
from centre.page.blueprint import blueprint
from centre.provider import Chosen, Provider, duties_of
from centre.provider_accounts import ProviderAccounts
from runtime.clock import now
from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal

PASSWORD = "một mật khẩu đủ dài"
COMES_BACK_TO = "http://localhost/centre/sign-in/answer"
CHROMIUM = Path("/usr/bin/chromium")
HERE = free_port()
"""Of the gateway a browser goes to."""


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    running = OpenIdProvider([COMES_BACK_TO, f"http://localhost:{HERE}/centre/sign-in/answer"])
    running.start()
    yield running
    running.stop()


Open = Callable[..., FlaskClient]


@pytest.fixture
def open_centre(parts: CentreParts, provider: OpenIdProvider, tmp_path: Path) -> Iterator[Open]:
    """A centre that sends its officers to the provider."""
    database, seal = Database(f"sqlite:///{tmp_path / 'motcua.db'}"), Seal(b"a secret of the tests")
    audit = Audit(database, seal, now, tmp_path / "checkpoints")
    officers = type(parts.officers)(database, seal, now, audit)

    def opened(beside_passwords: bool = False, **chosen: Any) -> FlaskClient:
        values: dict[str, Any] = {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "scope": "openid profile groups",
            "name_claim": "preferred_username",
            "duties_claim": "groups",
            "duties": duties_of("one-door=tickets, it=kiosks officers"),
        }
        elsewhere = Elsewhere(
            provider=Provider(Chosen(**{**values, **chosen}), now),
            accounts=ProviderAccounts(database, seal, officers),
            seal=seal,
            beside_passwords=beside_passwords,
        )
        app = Flask("centre-elsewhere")
        app.register_blueprint(blueprint(replace(parts, officers=officers, elsewhere=elsewhere, clock=now)))
        return app.test_client()

    opened.officers, opened.database = officers, database  # type: ignore[attr-defined]
    yield opened
    database.close()


def go_and_come_back(client: FlaskClient, name: str) -> tuple[int, str]:
    """Press the button, sign in over there, come back."""
    sent = client.get("/centre/sign-in/provider")
    assert sent.status_code == 303
    back = sign_in_there(sent.headers["Location"], name, COMES_BACK_TO)
    response = client.get("/centre/sign-in/answer", query_string=urlsplit(back).query)
    return response.status_code, response.text


def test_an_officer_signs_in_with_the_duties_of_their_groups(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-1", preferred_username="Hoàng Lan", groups=["one-door", "choir"])
    client = open_centre()
    assert "mật khẩu của trang này" not in client.get("/centre/sign-in").text
    status, page = go_and_come_back(client, "u-1")
    assert status == 200
    assert 'http-equiv="refresh"' in page
    assert "Hoàng Lan" in client.get("/centre").text
    assert client.get("/centre/tickets").status_code == 200
    assert client.get("/centre/officers").status_code == 403
    # Password and second factor are kept over there.
    account = client.get("/centre/account").text
    assert 'name="old"' not in account
    assert "hệ thống tài khoản của cơ quan" in account


@pytest.mark.parametrize("changes", [{"client_id": PUBLIC_CLIENT, "client_secret": None}, {"scope": "openid groups"}])
def test_a_public_client_and_claims_of_the_user_info_do_as_well(
    open_centre: Any, provider: OpenIdProvider, changes: dict[str, Any]
) -> None:
    provider.set_account("u-2", preferred_username="minh", groups=["it"])
    changes = {**changes, **({"name_claim": "sub"} if "scope" in changes else {})}
    client = open_centre(**changes)
    assert go_and_come_back(client, "u-2")[0] == 200
    assert client.get("/centre/officers").status_code == 200


def test_duties_follow_the_groups_and_end_with_them(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-3", preferred_username="hoa", groups=["one-door"])
    client = open_centre()
    assert go_and_come_back(client, "u-3")[0] == 200
    provider.set_account("u-3", preferred_username="hoa-renamed", groups=["it"])
    assert go_and_come_back(client.application.test_client(), "u-3")[0] == 200
    # Known by subject: the name stays, and what is written on tickets with it.
    assert [(one.name, one.may) for one in open_centre.officers.all()] == [
        ("hoa", frozenset({Duty.KIOSKS, Duty.OFFICERS}))
    ]
    provider.set_account("u-3", preferred_username="hoa", groups=[])
    assert go_and_come_back(client.application.test_client(), "u-3")[0] == 403
    assert open_centre.officers.all() == []
    # The session that was open is over, too.
    assert client.get("/centre").status_code == 303


def test_nobody_takes_the_place_of_an_officer_by_a_name(open_centre: Any, provider: OpenIdProvider) -> None:
    open_centre.officers.set("lan", PASSWORD)
    provider.set_account("u-4", preferred_username="lan", groups=["it"])
    client = open_centre()
    assert go_and_come_back(client, "u-4")[0] == 409
    assert client.get("/centre").status_code == 303


def test_passwords_kept_here_open_nothing_unless_the_glass_is_broken(open_centre: Any) -> None:
    open_centre.officers.set("lan", PASSWORD)
    form = {"name": "lan", "password": PASSWORD}
    assert open_centre().post("/centre/sign-in", data=form).status_code == 403
    broken = open_centre(beside_passwords=True)
    assert "mật khẩu của trang này" in broken.get("/centre/sign-in").text
    assert broken.post("/centre/sign-in", data=form).status_code == 303


def test_no_password_fits_an_account_kept_elsewhere(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-5", preferred_username="thu", groups=["one-door"])
    client = open_centre(beside_passwords=True)
    assert go_and_come_back(client, "u-5")[0] == 200
    for password in ("", "thu", PASSWORD):
        form = {"name": "thu", "password": password}
        assert client.application.test_client().post("/centre/sign-in", data=form).status_code == 403


def test_an_answer_holds_for_the_browser_that_asked_and_once(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-6", preferred_username="nga", groups=["one-door"])
    client = open_centre()
    sent = client.get("/centre/sign-in/provider").headers["Location"]
    back = urlsplit(sign_in_there(sent, "u-6", COMES_BACK_TO)).query
    # Somebody is led to a link that would sign them in as somebody else.
    stranger = client.application.test_client()
    assert stranger.get("/centre/sign-in/answer", query_string=back).status_code == 403
    stranger.get("/centre/sign-in/provider")
    assert stranger.get("/centre/sign-in/answer", query_string=back).status_code == 403
    kept = client.get_cookie("motcua_begun")
    assert kept is not None
    assert client.get("/centre/sign-in/answer", query_string=back).status_code == 200
    # A code is taken once, also where the cookie was copied.
    stranger.set_cookie("motcua_begun", kept.value)
    assert stranger.get("/centre/sign-in/answer", query_string=back).status_code == 403
    refused = [entry for entry in _entries(open_centre.database) if entry[0] == Deed.SIGN_IN_REFUSED]
    assert len(refused) == 3


def test_what_is_asked_for_is_bound_to_this_browser(open_centre: Any) -> None:
    client = open_centre()
    one, other = (parse_qs(urlsplit(client.get("/centre/sign-in/provider").headers["Location"]).query) for _ in "ab")
    assert one["code_challenge_method"] == ["S256"]
    assert one["response_type"] == ["code"]
    assert all(one[name] != other[name] for name in ("state", "nonce", "code_challenge"))


def test_wrong_answers_hold_up_their_address_and_no_known_browser(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-7", preferred_username="yen", groups=["one-door"])
    client = open_centre()
    assert go_and_come_back(client, "u-7")[0] == 200
    stranger = client.application.test_client()
    statuses = [stranger.get("/centre/sign-in/answer?state=x&code=y").status_code for _ in range(22)]
    assert statuses == [403] * 20 + [429] * 2
    assert go_and_come_back(client, "u-7")[0] == 200


def test_new_keys_of_the_provider_are_taken_and_its_absence_is_told(
    open_centre: Any, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("centre.provider.KEYS_AGAIN", 0.0)
    client = open_centre()
    provider.set_account("u-8", preferred_username="tam", groups=["one-door"])
    assert go_and_come_back(client, "u-8")[0] == 200
    provider.stop()
    away = client.application.test_client()
    away.get("/centre/sign-in/provider")
    assert away.get("/centre/sign-in/answer?state=x&code=y").status_code == 403
    fresh = open_centre()
    response = fresh.get("/centre/sign-in/provider")
    assert response.status_code == 503
    assert "không trả lời" in response.text
    provider.start()
    provider.set_account("u-8", preferred_username="tam", groups=["one-door"])
    assert go_and_come_back(client, "u-8")[0] == 200


@pytest.mark.xdist_group("centre-in-browser")
def test_it_works_in_a_browser_where_the_provider_is_another_site(open_centre: Any, provider: OpenIdProvider) -> None:
    """Strict cookies, the content security policy and the way back, as a browser holds them."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    provider.set_account("u-9", preferred_username="Văn Bình", groups=["one-door"])
    server = make_server("127.0.0.1", HERE, open_centre().application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            page = chromium.new_page()
            page.goto(f"http://localhost:{HERE}/centre/sign-in")
            page.get_by_role("link", name="Đăng nhập bằng tài khoản của cơ quan").click()
            page.locator("[name=login]").fill("u-9")
            page.locator("[name=password]").fill("any")
            page.get_by_role("button", name="Sign-in").click()
            page.get_by_role("button", name="Continue").click()
            page.wait_for_url(f"http://localhost:{HERE}/centre")
            expect(page.get_by_role("link", name="Văn Bình")).to_be_visible()
            page.get_by_role("button", name="Đăng xuất").click()
            expect(page.get_by_role("link", name="Đăng nhập bằng tài khoản của cơ quan")).to_be_visible()
            chromium.close()
    finally:
        server.shutdown()
        thread.join()


def _entries(database: Database) -> list[tuple[str, str]]:
    from sqlalchemy import select

    from stores.audit import AuditRow

    with database.reading() as session:
        return [(row.deed, row.who) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


def test_signing_out_leads_to_the_provider_s_own_way_out(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-20", preferred_username="xuan", groups=["one-door"])
    client = open_centre()
    assert go_and_come_back(client, "u-20")[0] == 200
    found = search(r'name="csrf_token" value="([\w-]+)"', client.get("/centre").text)
    assert found is not None
    out = client.post("/centre/sign-out", data={"csrf_token": found[1]}, follow_redirects=True)
    assert "/centre/sign-in/leave" in out.text
    there = urlsplit(client.get("/centre/sign-in/leave").headers["Location"])
    asked = parse_qs(there.query)
    assert f"{there.scheme}://{there.netloc}" == provider.issuer
    assert asked["client_id"] == [CLIENT]
    assert asked["post_logout_redirect_uri"] == ["http://localhost/centre/sign-in"]


def test_whoever_is_shut_out_at_the_provider_is_out_here(open_centre: Any, provider: OpenIdProvider) -> None:
    provider.set_account("u-21", preferred_username="yen", groups=["one-door"])
    client = open_centre()
    assert go_and_come_back(client, "u-21")[0] == 200
    assert client.post("/centre/sign-in/ended", data={"logout_token": "none.of.theirs"}).status_code == 400
    assert client.get("/centre").status_code == 200
    ProviderAccounts(open_centre.database, Seal(b"a secret of the tests"), open_centre.officers).end_sessions(
        provider.issuer, "u-21"
    )
    assert client.get("/centre").status_code == 303
