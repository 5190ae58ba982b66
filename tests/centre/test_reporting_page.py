"""The citizens' page: a report with words, place and photo, and what became of it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO, RawIOBase
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from officer_post import Sent
from PIL import Image
from werkzeug.test import TestResponse

from centre.drawn_map import NO_TILES, Tiles
from centre.open311.api import Open311Parts
from centre.open311.api import blueprint as open311
from centre.page.blueprint import blueprint as centre
from centre.photos import Photos
from centre.reporting.page import ReportingParts, blueprint
from channels.body_sizes import LARGEST_WITH_PHOTO, MAX_BODY, most_of
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.desk import Desk
from tickets.reports import Reports
from tickets.store import TicketStore
from tickets.ticket import Outcome

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
MOST = 3
"""Photos from one address."""
REPORT = {"service": "road", "description": "Lan can cầu xóm Đông gãy", "address_string": "cầu xóm Đông", "key": "k1"}


class NeverRead(RawIOBase):
    """A body nobody may ask for."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise AssertionError("it was read")


class Place:
    """A commune's page and its officers."""

    def __init__(self, database: Database, folder: Path) -> None:
        seal = Seal(b"a secret of the tests")
        self.tickets = TicketStore(database, seal, lambda: NOW, lambda _kind, at: at + timedelta(days=2))
        self.desk = Desk(database, seal, lambda: NOW, Sent())
        reports, photos = Reports(database, seal, self.tickets, lambda: NOW), Photos(folder / "reports")
        self.address = "198.51.100.7"
        self.photos_counted: Counter[str] = Counter()
        self.reports_counted: Counter[str] = Counter()
        self.parts = ReportingParts(
            reports,
            photos,
            lambda: self.address,
            self.counted(self.reports_counted, 10),
            self.counted(self.photos_counted, MOST),
            lambda: NOW,
        )
        self.others = Open311Parts(
            reports,
            photos,
            ("key",),
            lambda: self.address,
            lambda _: True,
            lambda _: None,
            (),
            "",
            None,
            False,
            "",
            lambda: NOW,
        )
        self.client = self.browser()

    def browser(self, **changes: object) -> FlaskClient:
        app = Flask("reporting")
        # The page takes its face from the centre's files, and photos from Open311's address.
        app.register_blueprint(centre(SimpleNamespace(elsewhere=None, fonts=None, tiles=NO_TILES)))  # type: ignore[arg-type]
        app.register_blueprint(open311(self.others))
        app.register_blueprint(blueprint(replace(self.parts, **changes)))  # type: ignore[arg-type]
        return app.test_client()

    def counted(self, counts: Counter[str], most: int) -> Callable[[str], bool]:
        def allows(address: str) -> bool:
            counts[address] += 1
            return counts[address] <= most

        return allows

    def send(self, **changes: object) -> TestResponse:
        data = {name: value for name, value in {**REPORT, **changes}.items() if value is not None}
        return self.client.post("/phan-anh", data=data, content_type="multipart/form-data")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reporting") / "motcua.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def place(tmp_path: Path, migrated: Path) -> Iterator[Place]:
    shutil.copy(migrated, tmp_path / "motcua.db")
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield Place(database, tmp_path)
    database.close()


def photo() -> BytesIO:
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "PNG")
    content.seek(0)
    return content


def test_a_report_gets_a_number_under_which_its_state_is_seen(place: Place) -> None:
    sent = place.send(photo=(photo(), "cầu.png"), lat="21.02850", long="105.85420")
    assert sent.status_code == 303
    page = place.client.get(sent.headers["Location"]).text
    (ticket,) = place.tickets.find()
    number = f"{ticket.number[:4]} {ticket.number[4:]}"
    assert f"Xin giữ lại số {number}" in page
    assert "Đã nhận, đang chờ cán bộ xem" in page
    picture = re.search(r'src="(/open311/media/[0-9a-f]+\.jpg)"', page)
    assert picture is not None
    assert place.client.get(picture[1]).content_type == "image/jpeg"
    assert (ticket.draft.channel, ticket.draft.place) == ("web", "cầu xóm Đông (21.02850, 105.85420)")
    place.desk.close(ticket.number, "lan", Outcome.SOLVED)
    assert "Việc này đã giải quyết xong" in place.client.get(f"/phan-anh/{ticket.number}").text
    assert [one["service_code"] for one in place.client.get("/open311/v2/requests.json").json] == ["road"]  # type: ignore[union-attr]


def test_the_same_form_sent_twice_is_one_report(place: Place) -> None:
    assert place.send().headers["Location"] == place.send().headers["Location"]
    place.send(key="k2")
    assert place.tickets.count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"service": None}, 400, "chọn một việc"),
        ({"service": "<b>"}, 400, "chọn một việc"),
        ({"description": "hỏng"}, 400, "ghi rõ hơn"),
        ({"description": "a" * 5000}, 400, "dài quá"),
        ({"address_string": " "}, 400, "nơi xảy ra"),
        ({"lat": "48.8", "long": "2.3"}, 400, "nơi xảy ra"),
        ({"photo": (BytesIO(b"<svg onload=alert(1)>"), "a.jpg")}, 400, "không phải ảnh"),
        ({"photo": (BytesIO(b"0" * (9 * 1024 * 1024)), "a.jpg")}, 400, "không phải ảnh"),
        ({"photo": (BytesIO(b"0" * (33 * 1024 * 1024)), "a.jpg")}, 413, "không phải ảnh"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(
    place: Place, changes: dict[str, object], status: int, said: str
) -> None:
    response = place.send(**changes)
    assert (response.status_code, said in response.text) == (status, True)
    if "description" not in changes and status != 413:
        assert "Lan can cầu xóm Đông gãy</textarea>" in response.text
    assert place.tickets.count() == 0


def test_machines_and_floods_reach_no_officer(place: Place) -> None:
    assert place.send(website="https://example.org").status_code == 303
    place.client = place.browser(may_report=lambda _address: False)
    assert place.send().status_code == 429
    assert place.tickets.count() == 0


def test_large_bodies_of_one_address_are_refused_before_they_are_read(place: Place) -> None:
    for _ in range(MOST):
        assert place.send(photo=(BytesIO(b"0" * (MAX_BODY + 1)), "a.jpg")).status_code == 400
    refused = place.client.post(
        "/phan-anh",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": NeverRead(), "CONTENT_LENGTH": str(MAX_BODY + 1)},
    )
    assert (refused.status_code, "Xin gửi lại sau một giờ" in refused.text) == (429, True)
    # Words alone go on, and so do others.
    assert place.send().status_code == 303
    place.address = "198.51.100.8"
    assert place.send(key="k2", photo=(photo(), "cầu.png")).status_code == 303
    assert place.photos_counted == {"198.51.100.7": MOST + 1}


def test_addresses_below_the_form_take_no_photo(place: Place) -> None:
    sent = place.client.post("/phan-anh/sent", data=b"0" * (MAX_BODY + 1))
    assert sent.status_code in {405, 413}
    assert most_of("/phan-anh/sent") == most_of("/phan-anh-x") == MAX_BODY
    assert most_of("/phan-anh?language=en") == LARGEST_WITH_PHOTO
    assert most_of("/phan-anh", announced=False) == MAX_BODY


def test_nothing_of_who_sent_it_is_on_the_page(place: Place) -> None:
    sent = place.send(phone="0900 000 123", description="Gọi 0900.000.123 để hỏi thêm, cầu gãy")
    page = place.client.get(sent.headers["Location"]).text
    assert "cầu gãy" in page
    assert "0900" not in page
    assert place.tickets.find()[0].draft.contact == "+84900000123"
    assert not [name for name, _ in sent.headers if name.lower() == "set-cookie"]


def test_a_number_nobody_has_and_one_not_read_yet_are_not_told_apart(place: Place) -> None:
    sent = place.send(service="service")
    assert "Xin giữ lại số" in place.client.get(sent.headers["Location"]).text
    (ticket,) = place.tickets.find()
    unread = place.client.get(f"/phan-anh/{ticket.number}")
    unknown = place.client.get("/phan-anh/00000000")
    assert unread.status_code == unknown.status_code == 404
    assert unread.text == unknown.text
    place.desk.claim(ticket.number, "lan")
    assert place.client.get(f"/phan-anh/{ticket.number}").status_code == 200


def test_the_page_is_there_in_english_too(place: Place) -> None:
    page = place.client.get("/phan-anh?language=en").text
    assert "Broken street light" in page
    assert "Đèn" not in page
    assert place.client.get("/phan-anh?language=xx").text.count("Phản ánh hiện trường") > 0


def test_the_map_shows_the_communes_of_the_province_and_says_that_it_draws_no_boundaries(place: Place) -> None:
    page = place.browser(province="01").get("/phan-anh").text
    assert page.count("<circle") == 126
    assert "<title>Phường Hồng Hà</title>" in page
    assert "không vẽ ranh giới" in page
    assert "<svg" not in place.browser().get("/phan-anh").text


def test_tiles_come_from_the_server_that_is_set_and_from_no_other(place: Place) -> None:
    tiles = Tiles("https://tiles.example/{z}/{x}/{y}.png", "© the province")
    answer = place.browser(province="01", tiles=tiles).get("/phan-anh")
    assert "img-src 'self' https://tiles.example;" in answer.headers["Content-Security-Policy"]
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in answer.text
    assert "© the province" in answer.text
    assert "img-src 'self';" in place.client.get("/phan-anh").headers["Content-Security-Policy"]
