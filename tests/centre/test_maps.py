"""Maps show communes, kiosks and open reports where they are, and lead to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from centre.drawn_map import WORLD, Mark, draw, plane
from centre.figures import Figures
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Enrolment
from language.communes.register import communes
from tickets.reports import Reports
from tickets.ticket import Draft, TicketKind

PASSWORD = "một mật khẩu đủ dài"
BA_DINH, DA_PHUC = "00004", "00430"


def test_north_is_up_and_east_is_right() -> None:
    west, east = plane(21.0, 105.0), plane(21.0, 106.0)
    north = plane(22.0, 105.0)
    assert west[0] < east[0]
    assert north[1] < west[1]
    assert plane(0.0, 0.0) == pytest.approx((WORLD / 2, WORLD / 2))


def test_a_province_is_drawn_whole_and_nothing_is_cut_off() -> None:
    drawn = draw("01")
    assert drawn is not None
    assert len(drawn.communes) == sum(one.province == "01" for one in communes().values())
    assert all(0 < dot.x - drawn.left < drawn.width and 0 < dot.y - drawn.top < drawn.height for dot in drawn.communes)


def test_without_a_province_the_communes_around_the_marks_are_drawn() -> None:
    drawn = draw("", [Mark(21.0381, 105.816, "here")])
    assert drawn is not None
    assert "Phường Ngọc Hà" in {dot.label for dot in drawn.communes}
    assert len(drawn.communes) < 100
    assert draw("") is None


def test_what_is_grave_is_drawn_last_and_many_are_larger() -> None:
    marks = [Mark(21.0, 105.8, "bad", "bad"), Mark(21.1, 105.8, "many", weight=16), Mark(21.2, 105.8, "one")]
    drawn = draw("01", marks)
    assert drawn is not None
    assert drawn.marks[-1].label == "bad"
    radius = {dot.label: dot.radius for dot in drawn.marks}
    assert radius["many"] > radius["one"]


def enrolled(parts: CentreParts, name: str) -> str:
    key, box = codes.code_key(parts.enrolling.new_code(name)), Keys.generate()
    asked = Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))
    return parts.enrolling.enrol(asked).kiosk


@pytest.fixture
def client(parts: CentreParts) -> FlaskClient:
    tickets = parts.tickets
    reports = Reports(tickets._database, tickets._seal, tickets, parts.clock)
    figures = Figures(tickets._database, tickets, parts.clock)
    app = Flask("maps")
    app.register_blueprint(blueprint(replace(parts, province="01", reports=reports, figures=figures)))
    parts.officers.set("lan", PASSWORD)
    return app.test_client()


@pytest.fixture
def later(parts: CentreParts) -> Callable[[timedelta], None]:
    """Moves the clock of the pages on."""

    def moved(by: timedelta) -> None:
        parts.clock.now += by  # type: ignore[attr-defined]

    return moved


def test_open_reports_lie_in_their_commune_and_lead_to_the_inbox(
    parts: CentreParts, client: FlaskClient, csrf: Callable[..., str], later: Callable[[timedelta], None]
) -> None:
    csrf()
    assert "<svg" not in client.get("/centre/figures").text
    parts.tickets.add(Draft("a", TicketKind.REPORT, "sms", words="đường hỏng", place="xóm 1", commune=DA_PHUC))
    parts.tickets.add(Draft("b", TicketKind.CALL_BACK, "sms", words="gọi lại", commune=BA_DINH))
    # What one viewer's look has counted is shown to all for a minute.
    later(timedelta(minutes=2))
    page = client.get("/centre/figures").text
    assert "Xã Đa Phúc. 1 phản ánh chưa xong, 0 quá hẹn" in page
    assert f'href="/centre/tickets?kind=report&amp;commune={DA_PHUC}"' in page
    inbox = client.get(f"/centre/tickets?kind=report&commune={DA_PHUC}").text
    assert "Xã Đa Phúc" in inbox
    assert inbox.count('href="/centre/tickets/') == 1


def test_a_kiosk_is_on_the_map_once_an_officer_has_said_where_it_stands(
    parts: CentreParts, client: FlaskClient, csrf: Callable[..., str]
) -> None:
    kiosk, token = enrolled(parts, "Nhà văn hóa"), csrf()
    place = f"/centre/kiosks/{kiosk}/place"
    assert client.post(place, data={"csrf_token": token, "commune": "00000"}).status_code == 404
    assert client.post(place, data={"commune": DA_PHUC}).status_code == 403
    assert client.post(place, data={"csrf_token": token, "commune": DA_PHUC}).status_code == 303
    assert parts.kiosks.get(kiosk).commune == DA_PHUC
    assert "Xã Đa Phúc" in client.get(f"/centre/kiosks/{kiosk}").text
    assert f'<a href="/centre/kiosks/{kiosk}" aria-label="Xã Đa Phúc. Nhà văn hóa' in client.get("/centre/figures").text


def test_a_box_that_takes_a_place_stands_where_the_old_one_stood(parts: CentreParts) -> None:
    old = enrolled(parts, "Nhà văn hóa")
    parts.kiosks.place(old, DA_PHUC)
    key, box = codes.code_key(parts.enrolling.code_to_replace(old, "lan", "centre")), Keys.generate()
    asked = Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))
    assert parts.kiosks.get(parts.enrolling.enrol(asked).kiosk).commune == DA_PHUC
