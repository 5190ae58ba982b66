"""Views of the inbox that officers save for themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sqlalchemy import select

from centre.page.access import CentreParts
from centre.tables import OfficerRow, ViewRow
from centre.views import MOST, Views
from stores.database import Database
from stores.sealing import Seal
from tickets.ticket import Draft, TicketKind

Csrf = Callable[..., str]


def save(client: FlaskClient, token: str, name: str, **narrowed: str) -> tuple[int, str]:
    response = client.post("/centre/views", data={"csrf_token": token, "name": name, **narrowed})
    return response.status_code, response.text


def test_a_view_is_saved_opened_and_deleted(client: FlaskClient, csrf: Csrf, parts: CentreParts) -> None:
    parts.tickets.add(Draft("a", TicketKind.REPORT, "sms", "+84900000123", "cầu hỏng"))
    parts.tickets.add(Draft("b", TicketKind.CALL_BACK, "phone", "+84900000124"))
    token = csrf()
    assert save(client, token, "Phản ánh  qua tin nhắn", kind="report", channel="sms", q="cầu")[0] == 303
    page = client.get("/centre/tickets").text
    assert page.count("Phản ánh qua tin nhắn") == 2
    link = re.search(r'<a href="(/centre/tickets\?[^"]*)"[^>]*>Phản ánh qua tin nhắn</a>', page)
    assert link is not None
    narrowed = client.get(link[1].replace("&amp;", "&")).text
    assert narrowed.count("<tr>") == 2
    assert re.search(r'aria-current="page">Phản ánh qua tin nhắn', narrowed)
    (view,) = parts.views.of("lan") if parts.views is not None else ()
    client.post("/centre/views", data={"csrf_token": token, "drop": str(view.id)})
    assert "Phản ánh qua tin nhắn" not in client.get("/centre/tickets").text


def test_what_is_looked_for_is_sealed_and_is_nobody_elses(
    client: FlaskClient, csrf: Csrf, parts: CentreParts, database: Database
) -> None:
    save(client, csrf(), "Cầu", q="nhà bà Tám")
    with database.reading() as session:
        (row,) = session.scalars(select(ViewRow))
    assert "Tám" not in row.address
    assert "Cầu" not in row.name + row.address
    parts.officers.set("hoa", "một mật khẩu đủ dài")
    token = csrf("hoa")
    assert "Cầu</a>" not in client.get("/centre/tickets").text
    client.post("/centre/views", data={"csrf_token": token, "drop": str(row.id)})
    views = Views(database, Seal(b"a secret of the tests"))
    assert [one.name for one in views.of("lan")] == ["Cầu"]
    # A name taken anew is the same view; whoever goes takes their own along.
    views.save("lan", "Cầu", {"state": "open"})
    assert [dict(one.address) for one in views.of("lan")] == [{"state": "open"}]
    parts.officers.remove("lan")
    assert views.of("lan") == []


def test_a_name_kept_in_clear_before_is_sealed_when_its_officer_comes(database: Database, parts: CentreParts) -> None:
    seal = Seal(b"a secret of the tests")
    parts.officers.set("hoa", "một mật khẩu đủ dài")
    with database.writing() as session:
        address = seal.close(json.dumps({"q": "cầu"}))
        session.add(ViewRow(officer="hoa", name="Việc nhà bà Tám", address=address))
    views = Views(database, seal)
    for _ in range(2):
        assert [(one.name, dict(one.address)) for one in views.of("hoa")] == [("Việc nhà bà Tám", {"q": "cầu"})]
        with database.reading() as session:
            assert all("Tám" not in name for name in session.scalars(select(ViewRow.name)))
    views.save("hoa", "Việc nhà bà Tám", {"state": "open"})
    assert [dict(one.address) for one in views.of("hoa")] == [{"state": "open"}]


@pytest.mark.parametrize(
    ("name", "narrowed", "said"),
    [
        ("", {}, "Hãy đặt tên"),
        ("x" * 41, {}, "không quá 40 ký tự"),
        ("Một người", {"q": "0900 000 123"}, "Số phiếu và số máy không lưu"),
    ],
)
def test_what_makes_no_view_is_said_and_nothing_is_kept(
    client: FlaskClient, csrf: Csrf, parts: CentreParts, name: str, narrowed: dict[str, str], said: str
) -> None:
    code, page = save(client, csrf(), name, **narrowed)
    assert (code, said in page) == (400, True)
    assert parts.views is not None
    assert parts.views.of("lan") == []


def test_one_officer_has_so_many_views_and_no_more(client: FlaskClient, csrf: Csrf, parts: CentreParts) -> None:
    token = csrf()
    for number in range(MOST):
        assert save(client, token, f"Cách {number:02}", state="open")[0] == 303
    code, page = save(client, token, "Một cách nữa", state="open")
    assert (code, f"lưu được {MOST} cách xem" in page) == (400, True)
    assert save(client, token, "Cách 03", state="done")[0] == 303


def test_a_form_of_another_site_saves_nothing(client: FlaskClient, csrf: Csrf, parts: CentreParts) -> None:
    csrf()
    assert save(client, "forged", "x")[0] == 403
    assert parts.views is not None
    assert parts.views.of("lan") == []


def test_a_form_that_is_sent_several_times_at_once_makes_one_view(postgres_url: str) -> None:  # noqa: F811
    database = Database(postgres_url)
    database.migrate()
    with database.writing() as session:
        session.add(OfficerRow(name="lan", password="x", may="tickets", recovery=""))
    views = Views(database, Seal(b"a secret of the tests"))
    with ThreadPoolExecutor(4) as several:
        sent = [several.submit(views.save, "lan", "Cầu", {"q": str(number)}) for number in range(24)]
    assert [one.exception() for one in sent] == [None] * 24
    assert [one.name for one in views.of("lan")] == ["Cầu"]
    database.close()
