"""How officers come, what they are given to do, and how they go."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from centre.officers import EVERYTHING, Duty
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from centre.page.home import shown
from centre.set_up import Check

PASSWORD = "một mật khẩu đủ dài"
NEW = "một mật khẩu khác hẳn"
BOTH = {"password": NEW, "again": NEW}


def browser(parts: CentreParts) -> FlaskClient:
    app = Flask("centre-test")
    app.register_blueprint(blueprint(parts))
    return app.test_client()


def link_in(page: str) -> str:
    found = re.search(r"<code>(http[^<]+)</code>", page)
    assert found is not None
    address = urlsplit(found[1])
    return f"{address.path}?{address.query}"


def test_the_first_officer_comes_by_a_link_that_works_once(parts: CentreParts) -> None:
    client = browser(parts)
    key = parts.invitations.first()
    link = f"/centre/welcome?key={key}"
    assert client.get("/").headers["Location"] == "/centre"
    assert "cán bộ đầu tiên" in client.get(link).text
    assert client.post(link, data={"name": "lan", "password": NEW, "again": PASSWORD}).status_code == 400
    assert client.post(link, data={"name": "lan", "password": "ngắn", "again": "ngắn"}).status_code == 400
    made = client.post(link, data={"name": "lan", **BOTH})
    assert made.headers["Location"] == "/centre/sign-in?welcome=yes"
    assert parts.officers.all()[0].may == EVERYTHING
    assert client.post(link, data={"name": "kẻ lạ", **BOTH}).status_code == 404
    assert client.get(link).status_code == 404
    assert parts.invitations.first() is None
    assert client.post("/centre/sign-in", data={"name": "lan", "password": NEW}).status_code == 303


def test_a_new_start_makes_a_new_first_link_and_ends_the_old_one(parts: CentreParts) -> None:
    client = browser(parts)
    old, new = parts.invitations.first(), parts.invitations.first()
    assert client.get(f"/centre/welcome?key={old}").status_code == 404
    assert client.get(f"/centre/welcome?key={new}").status_code == 200
    # Once somebody can sign in, also by the command line, it holds no more.
    parts.officers.set("lan", PASSWORD)
    assert client.get(f"/centre/welcome?key={new}").status_code == 404


def test_an_invited_officer_sets_the_password_and_has_only_the_duties_given(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, clock: Callable[[], object]
) -> None:
    key = csrf()
    page = client.post("/centre/officers", data={"csrf_token": key, "do": "invite", "name": "hoa", "may": "tickets"})
    other = browser(parts)
    link = link_in(page.text)
    assert "Chào hoa" in other.get(link).text
    # The name in the form is of no account.
    other.post(link, data={"name": "lan", **BOTH})
    assert {one.name: one.may for one in parts.officers.all()}["hoa"] == {Duty.TICKETS}
    assert parts.officers.sign_in("lan", PASSWORD) is not None
    page = client.post("/centre/officers", data={"csrf_token": key, "do": "invite", "name": "minh", "may": "kiosks"})
    clock.now += timedelta(days=4)  # type: ignore[attr-defined]
    assert other.get(link_in(page.text)).status_code == 404


def test_duties_hold_from_the_next_page_on_and_somebody_always_keeps_the_last_word(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    parts.officers.set("hoa", PASSWORD, {Duty.TICKETS})
    other = browser(parts)
    other.post("/centre/sign-in", data={"name": "hoa", "password": PASSWORD})
    assert other.get("/centre/kiosks").status_code == 403
    key = csrf()
    client.post("/centre/officers", data={"csrf_token": key, "do": "give", "name": "hoa", "may": ["kiosks", "tickets"]})
    assert other.get("/centre/kiosks").status_code == 200
    refused = client.post("/centre/officers", data={"csrf_token": key, "do": "give", "name": "lan", "may": "tickets"})
    assert refused.status_code == 409
    assert Duty.OFFICERS in {one.name: one.may for one in parts.officers.all()}["lan"]
    assert client.post("/centre/officers", data={"csrf_token": key, "do": "give", "name": "hoa"}).status_code == 400
    client.post("/centre/officers", data={"csrf_token": key, "do": "dismiss", "name": "lan"})
    assert [one.name for one in parts.officers.all()] == ["hoa", "lan"]
    client.post("/centre/officers", data={"csrf_token": key, "do": "dismiss", "name": "hoa"})
    assert other.get("/centre").status_code == 303


def test_an_officer_changes_the_password_and_is_out_everywhere_else(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    key, other = csrf(), browser(parts)
    other.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
    change = {"csrf_token": key, "old": PASSWORD, **BOTH}
    assert client.post("/centre/account/password", data={**change, "old": "sai"}).status_code == 403
    assert client.post("/centre/account/password", data={**change, "again": PASSWORD}).status_code == 400
    assert other.get("/centre").status_code == 200
    assert "Đã đổi mật khẩu" in client.post("/centre/account/password", data=change).text
    assert client.get("/centre").status_code == 200
    assert other.get("/centre").status_code == 303
    assert parts.officers.sign_in("lan", PASSWORD) is None
    assert parts.officers.sign_in("lan", NEW) is not None


def test_an_officer_sees_own_sessions_and_ends_a_strange_one(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    parts.officers.set("hoa", PASSWORD)
    strange, colleague = browser(parts), browser(parts)
    strange.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
    colleague.post("/centre/sign-in", data={"name": "hoa", "password": PASSWORD})
    key = csrf()
    page = client.get("/centre/account").text
    (id,) = re.findall(r'name="id" value="([0-9a-f]+)"', page)
    assert page.count("09:00 24/11/2026") == 2
    (theirs,) = (one.id for one in parts.officers.sessions(colleague.get_cookie("motcua_centre").value))  # type: ignore[union-attr]
    for one in (theirs, "", "%", id):
        client.post("/centre/account/sessions", data={"csrf_token": key, "id": one})
    assert strange.get("/centre").status_code == 303
    assert (client.get("/centre").status_code, colleague.get("/centre").status_code) == (200, 200)


def test_the_checklist_says_what_is_done_and_what_is_not() -> None:
    done, open_ = (shown(Check("kiosks", count > 0, (("count", count),))) for count in (2, 0))
    assert (done.mood.value, done.words) == ("good", "2 máy đã đăng ký.")
    assert (open_.mood.value, open_.words) == ("watch", "Chưa có máy nào. Không dùng ki-ốt thì bỏ qua dòng này.")
    assert shown(Check("text", False, (("routes", ""),), grave=True)).mood.value == "bad"
