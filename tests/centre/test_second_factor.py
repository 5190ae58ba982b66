"""Signing in with a code of an app on the telephone, behind the password."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from centre import second_factor
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint

PASSWORD = "một mật khẩu đủ dài"


class Clock(Protocol):
    now: datetime

    def __call__(self) -> datetime: ...


def turned_on(client: FlaskClient, csrf: str, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """As an officer does it: start, scan, confirm; the app and the recovery codes."""
    page = client.post("/centre/account/second-factor", data={"csrf_token": csrf, "do": "start"}).text
    assert "<svg" in page
    found = re.search(r'name="secret" value="(\w+)"', page)
    assert found is not None
    app = pyotp.TOTP(found[1])
    form = {"csrf_token": csrf, "do": "confirm", "secret": found[1]}
    wrong = client.post("/centre/account/second-factor", data={**form, "code": "000000"})
    assert wrong.status_code == 400
    assert found[1] in wrong.text
    done = client.post("/centre/account/second-factor", data={**form, "code": app.at(clock())})
    codes = re.findall(r"\b[a-z2-9]{5}-[a-z2-9]{5}\b", done.text)
    assert len(codes) == second_factor.RECOVERY_CODES
    return app, codes


def sign_in(client: FlaskClient, **more: str) -> int:
    return client.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD, **more}).status_code


def test_the_password_alone_signs_in_no_more_and_each_code_once(
    client: FlaskClient, csrf: Callable[..., str], clock: Clock
) -> None:
    app, _ = turned_on(client, csrf(), clock)
    # The code that confirmed it is used.
    assert sign_in(client, code=app.at(clock())) == 403
    assert "sáu số" in client.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD}).text
    clock.now += timedelta(seconds=60)
    code = app.at(clock())
    assert sign_in(client, code="123456") == 403
    assert sign_in(client, code=f"{code[:3]} {code[3:]}") == 303
    assert sign_in(client, code=code) == 403
    # A telephone whose clock is half a minute behind.
    clock.now += timedelta(seconds=90)
    assert sign_in(client, code=app.at(clock() - timedelta(seconds=30))) == 303
    assert sign_in(client, code=app.at(clock() - timedelta(seconds=90))) == 403


def test_a_recovery_code_signs_in_once(client: FlaskClient, csrf: Callable[..., str], clock: Clock) -> None:
    _, codes = turned_on(client, csrf(), clock)
    assert sign_in(client, code=codes[0].upper().replace("-", " ")) == 303
    assert sign_in(client, code=codes[0]) == 403
    assert sign_in(client, code=codes[1]) == 303


def test_it_is_turned_off_with_the_password_and_by_another_officer(
    client: FlaskClient, csrf: Callable[..., str], clock: Clock, parts: CentreParts
) -> None:
    token = csrf()
    turned_on(client, token, clock)
    form = {"csrf_token": token, "do": "off", "password": "a wrong password"}
    assert client.post("/centre/account/second-factor", data=form).status_code == 403
    form["password"] = PASSWORD
    assert client.post("/centre/account/second-factor", data=form).status_code == 303
    assert sign_in(client) == 303

    parts.officers.set("minh", PASSWORD)
    token = csrf()
    turned_on(client, token, clock)
    other = client.application.test_client()
    assert other.post("/centre/sign-in", data={"name": "minh", "password": PASSWORD}).status_code == 303
    found = re.search(r'name="csrf_token" value="([\w-]+)"', other.get("/centre/officers").text)
    assert found is not None
    lost = {"csrf_token": found[1], "name": "lan", "do": "drop-second-factor"}
    assert other.post("/centre/officers", data=lost).status_code == 303
    assert sign_in(client) == 303


def test_codes_cannot_be_guessed_through(client: FlaskClient, csrf: Callable[..., str], clock: Clock) -> None:
    turned_on(client, csrf(), clock)
    statuses = [sign_in(client.application.test_client(), code=f"{guess:06d}") for guess in range(1, 13)]
    assert statuses.count(403) <= 10
    assert statuses[-1] == 429


def test_who_has_not_the_password_uses_up_nobody_s_codes(
    client: FlaskClient, csrf: Callable[..., str], clock: Clock
) -> None:
    app, _ = turned_on(client, csrf(), clock)
    for guess in range(8):
        wrong = {"name": "lan", "password": "a wrong password", "code": f"{guess:06d}"}
        client.application.test_client().post("/centre/sign-in", data=wrong)
    clock.now += timedelta(seconds=60)
    assert sign_in(client, code=app.at(clock())) == 303


@pytest.mark.parametrize("secret", ["", "short", "a" * 32, "A" * 31 + "1", "A" * 33])
def test_a_secret_of_another_form_is_not_taken(
    client: FlaskClient, csrf: Callable[..., str], secret: str, parts: CentreParts
) -> None:
    form = {"csrf_token": csrf(), "do": "confirm", "secret": secret, "code": "000000"}
    assert client.post("/centre/account/second-factor", data=form).status_code == 303
    assert not parts.officers.all()[0].has_second_factor


def test_the_secret_stands_sealed_and_the_recovery_codes_hashed(
    client: FlaskClient, csrf: Callable[..., str], clock: Clock, tmp_path: Path
) -> None:
    app, codes = turned_on(client, csrf(), clock)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("motcua.db"))
    assert app.secret.encode() not in written
    assert all(code.replace("-", "").encode() not in written and code.encode() not in written for code in codes)


def test_where_it_is_required_nothing_else_opens_until_it_is_on(parts: CentreParts, clock: Clock) -> None:
    app = Flask("centre-second-factor")
    app.register_blueprint(blueprint(replace(parts, second_factor_required=True)))
    parts.officers.set("lan", PASSWORD)
    client = app.test_client()
    assert sign_in(client) == 303
    for page in ("/centre", "/centre/tickets", "/centre/officers"):
        sent = client.get(page)
        assert (sent.status_code, sent.headers.get("Location")) == (303, "/centre/account")
    account = client.get("/centre/account").text
    assert "cần bật xác nhận hai bước" in account
    found = re.search(r'name="csrf_token" value="([\w-]+)"', account)
    assert found is not None
    turned_on(client, found[1], clock)
    assert client.get("/centre/tickets").status_code == 200
