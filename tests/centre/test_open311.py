"""GeoReport v2 as its clients and validators meet it: each statement they rely on, in the order a client asks."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from officer_post import Sent
from PIL import Image
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from centre.open311.api import Open311Parts, blueprint
from centre.open311.formats import rendered
from centre.open311.services import ACTED_ON, DATATYPES, TYPES, ServicesError, read, services
from centre.photos import Photos
from channels.body_sizes import MAX_BODY
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.desk import Desk
from tickets.duplicates import Duplicates
from tickets.reports import Reports
from tickets.store import TicketStore
from tickets.ticket import Outcome

KEY = "a key of the tests"
MOST_UNWELCOME = 3
"""Reports with a photo and without a key, from one address."""
START = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
PHONE = "+84900000123"
REPORT = {
    "api_key": KEY,
    "service_code": "road",
    "lat": "21.0285",
    "long": "105.8542",
    "description": "Cầu xóm Đông gãy lan can\nrất nguy hiểm",
}
FORMS = pytest.mark.parametrize("form", ["json", "xml"])


class Server:
    """A server, its officers and its clock."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.now = START
        seal = Seal(b"a secret of the tests")
        self.tickets = TicketStore(database, seal, lambda: self.now, lambda _kind, at: at + timedelta(days=2))
        self.desk = Desk(database, seal, lambda: self.now, Sent())
        self.reports = Reports(database, seal, self.tickets, lambda: self.now)
        self.duplicates = Duplicates(database, seal)
        self.unwelcome: Counter[str] = Counter()
        self.parts = Open311Parts(
            reports=self.reports,
            photos=Photos(folder / "reports"),
            keys=("another key", KEY),
            address_of=lambda: "198.51.100.7",
            may_send_photo=lambda address: self.unwelcome[address] < MOST_UNWELCOME,
            count_photo=lambda address: self.unwelcome.update([address]),
            jurisdictions=(),
            agency="UBND xã",
            address=None,
            exact_xml_type=False,
            contact="",
            clock=lambda: self.now,
        )
        self.client = self.serving()

    def serving(self, **changes: Any) -> FlaskClient:
        app = Flask("open311")
        app.json.ensure_ascii = False  # type: ignore[attr-defined]
        app.register_blueprint(blueprint(replace(self.parts, **changes)))
        return app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/open311/{path}")

    def hand_in(self, form: str = "json", path: str = "v2", **changes: Any) -> TestResponse:
        fields = {**REPORT, **changes}
        return self.client.post(
            f"/open311/{path}/requests.{form}",
            data={name: value for name, value in fields.items() if value is not None},
        )

    def number(self, **changes: Any) -> str:
        response = self.hand_in(**changes)
        assert response.status_code == 200, response.text
        found: str = response.json[0]["service_request_id"]  # type: ignore[index]
        return found

    def listed(self, query: str = "", form: str = "json") -> list[str]:
        response = self.get(f"v2/requests.{form}?{query}")
        assert response.status_code == 200, response.text
        return [one["service_request_id"] for one in response.json]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("open311") / "motcua.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[Server]:
    shutil.copy(migrated, tmp_path / "motcua.db")
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield Server(database, tmp_path)
    database.close()


def xml(response: TestResponse) -> ElementTree.Element:
    assert response.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    root = ElementTree.fromstring(response.data)
    assert not [element for element in root.iter() if element.attrib or "{" in element.tag]
    return root


def errors(response: TestResponse, form: str) -> list[tuple[str, str]]:
    if form == "json":
        assert response.content_type == "application/json; charset=utf-8"
        return [(str(one["code"]), one["description"]) for one in response.json]  # type: ignore[union-attr]
    root = xml(response)
    assert root.tag == "errors"
    return [(one.findtext("code", ""), one.findtext("description", "")) for one in root.findall("error")]


def refused(response: TestResponse, status: int, form: str = "json") -> str:
    assert response.status_code == status, response.text
    ((code, description),) = errors(response, form)
    assert code == str(status)
    assert description
    return description


# Discovery


def test_discovery_names_two_endpoints_each_with_two_forms_and_needs_no_key(server: Server) -> None:
    found = server.get("discovery.json").json
    assert found is not None
    assert "discovery" not in found
    assert all(found[name] for name in ("changeset", "contact", "key_service", "endpoints"))
    tree = xml(server.get("discovery.xml"))
    assert tree.tag == "discovery"
    assert len(found["endpoints"]) == len(tree.findall("endpoints/endpoint")) == 2
    for one, element in zip(found["endpoints"], tree.findall("endpoints/endpoint"), strict=True):
        assert one["specification"].endswith("GeoReport_v2")
        assert one["specification"].startswith("http://wiki.open311")
        assert one["type"] in {"production", "test"}
        assert one["formats"] == ["text/xml", "application/json"]
        assert [each.text for each in element.findall("formats/format")] == one["formats"]
        assert {child.tag for child in element} == {"specification", "url", "changeset", "type", "formats"}
        assert server.client.get(one["url"].removeprefix("http://localhost") + "/services.xml").status_code == 200
    for changeset in (found["changeset"], *(one["changeset"] for one in found["endpoints"])):
        assert datetime.fromisoformat(changeset) < datetime(2026, 11, 30, tzinfo=VIETNAM)


def test_a_switch_serves_discovery_as_text_xml_to_the_letter(server: Server) -> None:
    assert server.get("discovery.xml").headers["Content-Type"] == "text/xml; charset=utf-8"
    exact = server.serving(exact_xml_type=True)
    assert exact.get("/open311/discovery.xml").headers["Content-Type"] == "text/xml"
    assert exact.get("/open311/discovery.json").headers["Content-Type"] == "application/json; charset=utf-8"


# The form of answers


@pytest.mark.parametrize("path", ["v2/services", "v2/services/lighting", "v2/requests", "discovery"])
def test_the_end_of_an_address_names_the_form_of_the_answer(server: Server, path: str) -> None:
    assert server.get(f"{path}.xml").headers["Content-Type"] == "text/xml; charset=utf-8"
    assert server.get(f"{path}.json").headers["Content-Type"] == "application/json; charset=utf-8"
    xml(server.get(f"{path}.xml"))
    for odd in (".txt", "", ".xml.bak", "/x/y.html"):
        refused(server.get(f"{path}{odd}"), 404, "xml")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@FORMS
def test_what_is_no_address_of_ours_is_told_in_the_form_asked_for(server: Server, method: str, form: str) -> None:
    refused(server.client.open(f"/open311/v3/anything.{form}", method=method), 404, form)


def test_vietnamese_comes_back_letter_for_letter_in_both_forms(server: Server) -> None:
    words = "Đèn ở ngõ Ưu Đàm tắt: <b>tối</b> & “nguy hiểm”\nxin sửa gấp"
    body = "&".join(f"{name}={quote(value)}" for name, value in {**REPORT, "description": words}.items())
    number = server.client.post(
        "/open311/v2/requests.json", data=body, content_type="application/x-www-form-urlencoded"
    ).json[0]["service_request_id"]  # type: ignore[index]
    assert server.get(f"v2/requests/{number}.json").json[0]["description"] == words  # type: ignore[index]
    assert xml(server.get(f"v2/requests/{number}.xml")).findtext("request/description") == words


def test_signs_no_xml_can_hold_are_left_out_of_it() -> None:
    told = rendered("xml", "errors", [{"code": 400, "description": "đèn\x07 \ufffe<tắt>\ud800"}])
    assert ElementTree.fromstring(told).findtext("error/description") == "đèn <tắt>"


def test_an_empty_element_and_null_are_the_same_field_and_no_field_comes_and_goes(server: Server) -> None:
    first, second = (
        server.number(),
        server.number(lat=None, long=None, address_string="ngã ba chợ", service_code="other"),
    )
    seen = set()
    for number in (first, second):
        as_json = server.get(f"v2/requests/{number}.json").json[0]  # type: ignore[index]
        as_xml = xml(server.get(f"v2/requests/{number}.xml")).find("request")
        assert as_xml is not None
        assert [child.tag for child in as_xml] == list(as_json)
        assert {child.tag: child.text for child in as_xml} == {
            name: None if value is None else str(value) for name, value in as_json.items()
        }
        seen.add(tuple(as_json))
    assert len(seen) == 1


def test_ids_and_codes_are_strings(server: Server) -> None:
    server.number()
    for one in server.get("v2/requests.json").json:  # type: ignore[union-attr]
        assert isinstance(one["service_request_id"], str)
        assert isinstance(one["service_code"], str)
    for one in server.get("v2/services.json").json:  # type: ignore[union-attr]
        assert isinstance(one["service_code"], str)


@pytest.mark.parametrize(
    "path", ["v2/services.json", "v2/requests.json", "discovery.json", "v2/services/lighting.json"]
)
def test_parameters_that_are_empty_or_unknown_change_nothing(server: Server, path: str) -> None:
    server.number()
    plain = server.get(path)
    for query in (
        "jurisdiction_id=&start_date=&end_date=&status=&service_code=&service_request_id=",
        "extensions=true&api_key=wrong&callback=alert&page=1&x=%00&%FF=1",
    ):
        assert server.get(f"{path}?{query}").data == plain.data


def test_every_moment_told_has_seconds_and_a_zone(server: Server) -> None:
    server.number()
    (one,) = server.get("v2/requests.json").json  # type: ignore[misc]
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", one[name])


# Jurisdictions


@FORMS
def test_a_server_of_one_place_needs_no_jurisdiction_and_one_of_several_does(server: Server, form: str) -> None:
    assert server.get(f"v2/services.{form}").status_code == 200
    server.client = server.serving(jurisdictions=("xa-a.example.vn", "xa-b.example.vn"))
    refused(server.get(f"v2/services.{form}"), 400, form)
    refused(server.get(f"v2/services.{form}?jurisdiction_id=elsewhere"), 404, form)
    assert server.get(f"v2/services.{form}?jurisdiction_id=xa-a.example.vn").status_code == 200
    server.client = server.serving(jurisdictions=("xa-a.example.vn",))
    assert server.get(f"v2/services.{form}").status_code == 200
    refused(server.get(f"v2/services.{form}?jurisdiction_id=elsewhere"), 404, form)


def test_places_do_not_see_each_others_reports(server: Server) -> None:
    server.client = server.serving(jurisdictions=("a.vn", "b.vn"))
    number = server.number(jurisdiction_id="a.vn")
    assert server.listed("jurisdiction_id=a.vn") == [number]
    assert server.listed("jurisdiction_id=b.vn") == []
    assert server.get(f"v2/requests/{number}.json?jurisdiction_id=b.vn").status_code == 404


# Services and their definitions


def test_services_are_listed_as_clients_read_them(server: Server) -> None:
    found = server.get("v2/services.json").json
    assert isinstance(found, list)
    for one in found:
        assert list(one) == ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
        assert isinstance(one["metadata"], bool)
        assert one["type"] in TYPES
        assert not {word.strip() for word in one["keywords"].split(",")} & ACTED_ON
        assert re.fullmatch(r"[a-z0-9_-]+", one["service_code"])
        assert one["service_name"] == one["service_name"].strip()
    assert len({one["service_code"] for one in found}) == len(found)
    tree = xml(server.get("v2/services.xml"))
    assert tree.tag == "services"
    assert [one.findtext("metadata") for one in tree.findall("service")] == [
        str(one["metadata"]).lower() for one in found
    ]


def test_a_fault_is_an_error_and_never_a_shorter_list(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr(Reports, "find", away)
    for form in ("json", "xml"):
        refused(server.get(f"v2/requests.{form}"), 503, form)


def test_a_definition_says_what_else_is_asked(server: Server) -> None:
    for code, service in services().every.items():
        found = server.get(f"v2/services/{code}.json").json
        assert found is not None
        assert found["service_code"] == code
        for one in found["attributes"]:
            assert list(one) == [
                *("variable", "code", "datatype", "required", "datatype_description", "order", "description", "values")
            ]
            assert one["datatype"] in DATATYPES
            is_list = one["datatype"].endswith("list")
            assert bool(one["values"]) is is_list
            assert all(set(value) == {"key", "name"} for value in one["values"] or ())
        orders = [one["order"] for one in found["attributes"]]
        assert all(order > 0 for order in orders)
        assert len(set(orders)) == len(orders)
        tree = xml(server.get(f"v2/services/{code}.xml"))
        assert tree.tag == "service_definition"
        assert len(tree.findall("attributes/attribute")) == len(service.attributes)
        assert (len(service.attributes) > 0) is next(
            one["metadata"]
            for one in server.get("v2/services.json").json
            if one["service_code"] == code  # type: ignore[union-attr]
        )
    for form in ("json", "xml"):
        assert "999" in refused(server.get(f"v2/services/999.{form}"), 404, form)


# Handing in


@FORMS
def test_without_the_right_key_nothing_is_taken(server: Server, form: str) -> None:
    assert "api_key" in refused(server.hand_in(form, api_key=None), 403, form)
    assert "không đúng" in refused(server.hand_in(form, api_key="a guess"), 403, form)
    server.client = server.serving(keys=())
    refused(server.hand_in(form), 403, form)
    assert server.tickets.count() == 0


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "999"}, 404, "999"),
        ({"lat": None, "long": None}, 400, "vị trí"),
        ({"long": None}, 400, "vị trí"),
        ({"lat": None, "address_string": "chợ"}, 400, "vị trí"),
        ({"lat": "91"}, 400, "từ -90 đến 90"),
        ({"lat": "hai mốt"}, 400, "độ thập phân"),
        ({"lat": "nan"}, 400, "độ thập phân"),
        ({"lat": "48.85", "long": "2.35"}, 400, "ngoài vùng phục vụ"),
        ({"description": "a" * 4001}, 400, "4000"),
        ({"service_code": "lighting"}, 400, "attribute[fault]"),
        ({"service_code": "lighting", "attribute[fault]": "explodes"}, 400, "attribute[fault]"),
        ({"service_code": "lighting", "attribute[fault]": ["out", "flickers"]}, 400, "attribute[fault]"),
        ({"service_code": "service", "attribute[when]": "hôm qua"}, 400, "attribute[when]"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"media_url": [f"https://example.org/{n}.jpg" for n in range(6)]}, 400, "media_url"),
    ],
)
@FORMS
def test_a_report_that_lacks_something_is_refused_in_words_people_understand(
    server: Server, form: str, changes: dict[str, Any], status: int, said: str
) -> None:
    assert said in refused(server.hand_in(form, **changes), status, form)
    assert server.tickets.count() == 0


@pytest.mark.parametrize(
    "where",
    [
        {"lat": "21.0285", "long": "105.8542"},
        {"address_string": "trước số 12, xóm Đông"},
        {"address_id": "A-17"},
        {"lat": "21.0285", "long": "105.8542", "address_string": "chợ Trung tâm"},
    ],
)
def test_any_way_to_say_where_is_enough(server: Server, where: dict[str, str]) -> None:
    server.number(**{"lat": None, "long": None, **where})
    (one,) = server.get("v2/requests.json").json  # type: ignore[misc]
    assert one["lat"] == (float(where["lat"]) if "lat" in where else None)
    assert one["address"] == (where.get("address_string") or where.get("address_id"))
    assert "address_string" not in one


def test_attributes_of_lists_and_single_ones_are_read(server: Server) -> None:
    number = server.number(service_code="lighting", **{"attribute[fault]": "out", "attribute[pole]": "17"})
    assert server.reports.attributes_of(number) == {"pole": ["17"], "fault": ["out"]}
    token = server.hand_in(service_code="service", **{"attribute[about][]": ["refused", "money"]}).json[0]["token"]  # type: ignore[index]
    report = server.reports.by_token(token)
    assert report is not None
    assert server.reports.attributes_of(report.number) == {"about": ["refused", "money"]}


def test_a_photo_travels_along_and_photos_elsewhere_are_named(server: Server) -> None:
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "PNG")
    fields = {**REPORT, "media": (BytesIO(content.getvalue()), "ảnh.png")}
    response = server.client.post("/open311/v2/requests.json", data=fields, content_type="multipart/form-data")
    (one,) = server.get("v2/requests.json").json  # type: ignore[misc]
    assert one["service_request_id"] == response.json[0]["service_request_id"]  # type: ignore[index]
    picture = server.client.get(one["media_url"].removeprefix("http://localhost"))
    assert picture.content_type == "image/jpeg"
    false = {**REPORT, "media": (BytesIO(b"<script>"), "ảnh.jpg")}
    refused(server.client.post("/open311/v2/requests.json", data=false, content_type="multipart/form-data"), 400)
    number = server.number(media_url=["https://example.org/1.jpg", "https://example.org/2.jpg"], description="khác")
    assert server.get(f"v2/requests/{number}.json").json[0]["media_url"] == "https://example.org/1.jpg"  # type: ignore[index]
    for odd in ("../../secrets/secret.key", "x.jpg", "0" * 32 + ".jpg"):
        assert server.get(f"media/{odd}").status_code == 404


def test_line_breaks_stay_and_markup_is_text(server: Server) -> None:
    words = "dòng một\ndòng hai <script>alert(1)</script>"
    number = server.number(description=words.replace("\n", "\r\n"))
    assert server.get(f"v2/requests/{number}.json").json[0]["description"] == words  # type: ignore[index]
    assert len("a" * 4000) == len(server.reports.of(server.number(description="a" * 4000)).description)  # type: ignore[union-attr]


@FORMS
def test_an_answer_holds_a_number_or_a_token_never_both(server: Server, form: str) -> None:
    for code in services().every:
        fields = {"attribute[fault]": "out"} if code == "lighting" else {}
        response = server.hand_in(form, service_code=code, **fields)
        if form == "json":
            names = {name for name, value in response.json[0].items() if value}  # type: ignore[index]
        else:
            (element,) = xml(response).findall("request")
            names = {child.tag for child in element if child.text}
        assert len(names & {"service_request_id", "token"}) == 1


def test_nothing_of_who_sent_it_is_ever_told(server: Server) -> None:
    person = {
        "email": "a@example.org",
        "phone": "0900000123",
        "first_name": "Thị Tên",
        "last_name": "Họ",
        "device_id": "device-1",
        "account_id": "account-1",
    }
    number = server.number(**person, description="Gọi tôi số 0900.000.123 nhé, cầu hỏng")
    for path in (f"v2/requests/{number}", "v2/requests"):
        for form in ("json", "xml"):
            told = server.get(f"{path}.{form}?extensions=true").text
            assert "cầu hỏng" in told
            assert not [value for value in person.values() if value in told]
            assert "0900.000.123" not in told
    # The post has the number; so the sender hears what becomes of it.
    assert server.tickets.get(number).draft.contact == PHONE


def test_a_report_sent_again_because_an_answer_was_lost_is_one(server: Server) -> None:
    assert server.number() == server.number()
    server.now += timedelta(days=1)
    server.number()
    assert server.tickets.count() == 2


# Tokens


@FORMS
def test_a_token_becomes_a_number_once_an_officer_has_read_the_report(server: Server, form: str) -> None:
    token = server.hand_in(service_code="service").json[0]["token"]  # type: ignore[index]

    def number() -> str | None:
        response = server.get(f"v2/tokens/{token}.{form}")
        assert response.status_code == 200
        if form == "json":
            (one,) = response.json  # type: ignore[misc]
            assert one["token"] == token
            return one["service_request_id"]  # type: ignore[no-any-return]
        return xml(response).findtext("request/service_request_id") or None

    assert number() is None
    # What has no number is not listed either.
    assert server.listed() == []
    (ticket,) = server.tickets.find()
    server.desk.claim(ticket.number, "lan")
    assert number() == ticket.number
    assert server.listed() == [ticket.number]
    refused(server.get(f"v2/tokens/none.{form}"), 404, form)


# Lists


def test_without_arguments_the_last_ninety_days_the_latest_first(server: Server) -> None:
    old = server.number(description="cũ")
    server.now += timedelta(days=91)
    first = server.number(description="mới")
    server.now += timedelta(hours=1)
    second = server.number(description="mới hơn")
    assert server.listed() == [second, first]
    assert server.listed(f"service_request_id={old}") == [old]


def test_dates_bound_when_it_was_asked_for_and_ninety_days_are_the_most(server: Server) -> None:
    first = server.number(description="một")
    server.now += timedelta(days=10)
    second = server.number(description="hai")
    between = "start_date=2026-12-01T00:00:00%2B07:00"
    assert server.listed(between) == [second]
    assert server.listed("end_date=2026-12-01T00:00:00Z") == [first]
    assert server.listed("start_date=2026-11-01T00:00:00Z&end_date=2026-12-30T00:00:00Z") == [second, first]
    for form in ("json", "xml"):
        said = refused(
            server.get(f"v2/requests.{form}?start_date=2026-01-01T00:00:00Z&end_date=2026-11-30T00:00:00Z"), 400, form
        )
        assert "90 ngày" in said


@pytest.mark.parametrize(
    "date",
    [
        "2026-11-01",
        "2026-11-01T00:00:00",
        "2026-11-01T00:00:00+07:00",
        "hôm qua",
        "2026-13-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
    ],
)
@FORMS
def test_a_date_without_zone_or_with_a_blank_for_its_plus_is_refused_not_guessed(
    server: Server, form: str, date: str
) -> None:
    # An unescaped plus arrives as a blank.
    assert "múi giờ" in refused(server.get(f"v2/requests.{form}?start_date={date}"), 400, form)


def test_numbers_win_over_every_other_argument(server: Server) -> None:
    first, second = server.number(description="một"), server.number(description="hai")
    query = f"service_request_id={first},{second}&status=closed&service_code=waste&start_date=2020-01-01T00:00:00Z"
    assert set(server.listed(query)) == {first, second}


def test_kinds_and_states_are_lists_with_commas(server: Server) -> None:
    road, waste, other = (server.number(service_code=code) for code in ("road", "waste", "other"))
    server.desk.close(waste, "lan", Outcome.SOLVED)
    assert set(server.listed("service_code=road,waste")) == {road, waste}
    assert server.listed("status=closed") == [waste]
    assert set(server.listed("status=open")) == {road, other}
    assert set(server.listed("status=open,closed")) == {road, waste, other}
    refused(server.get("v2/requests.json?status=unknown"), 400)


def test_states_are_two_and_the_finer_ones_are_told_in_words_while_the_moment_moves_on(server: Server) -> None:
    number = server.number()
    seen = []

    def told() -> None:
        (one,) = server.get(f"v2/requests/{number}.json").json  # type: ignore[misc]
        assert one["updated_datetime"] >= one["requested_datetime"]
        seen.append((one["status"], one["status_notes"], one["updated_datetime"]))

    told()
    for deed in (
        lambda: server.desk.claim(number, "lan"),
        lambda: server.desk.pass_on(number, "lan", "Điện lực", "cột điện", None),
        lambda: server.desk.close(number, "lan", Outcome.SOLVED),
    ):
        server.now += timedelta(hours=1)
        deed()
        told()
    assert [status for status, _, _ in seen] == ["open", "open", "open", "closed"]
    assert len({notes for _, notes, _ in seen}) == 4
    assert [moment for _, _, moment in seen] == sorted({moment for _, _, moment in seen})


def test_none_and_one_are_lists_too(server: Server) -> None:
    assert server.get("v2/requests.json").json == []
    assert list(xml(server.get("v2/requests.xml"))) == []
    number = server.number()
    assert server.listed() == [number]
    found = server.get(f"v2/requests/{number}.json").json
    assert isinstance(found, list)
    assert len(found) == 1
    for form in ("json", "xml"):
        refused(server.get(f"v2/requests/12345678.{form}"), 404, form)


def test_pages_are_cut_as_asked(server: Server) -> None:
    numbers = []
    for each in range(5):
        server.now += timedelta(minutes=1)
        numbers.insert(0, server.number(description=f"số {each}"))
    assert server.listed("page=1&page_size=2") == numbers[:2]
    assert server.listed("page=3&page_size=2") == numbers[4:]
    assert server.listed("page_size=99999") == numbers
    for odd in ("page=0", "page=-1&page_size=0", "page=x", "page_size=²"):
        assert server.get(f"v2/requests.json?{odd}").status_code == 200


# The test endpoint


def test_what_is_sent_to_the_test_address_reaches_nobody_and_goes_after_a_day(server: Server) -> None:
    number = server.number(path="test/v2")
    assert number.startswith("T")
    assert server.tickets.count() == 0
    assert server.listed() == []
    assert [one["service_request_id"] for one in server.get("test/v2/requests.json").json] == [number]  # type: ignore[union-attr]
    server.now += timedelta(days=2)
    assert len(server.reports.forget_orphans()) == 1
    assert server.get(f"test/v2/requests/{number}.json").status_code == 404


# What officers see beside


def test_reports_close_by_are_shown_as_perhaps_the_same(server: Server) -> None:
    first = server.number()
    near = server.number(lat="21.0290", description="lan can gãy")
    server.number(lat="21.1290", description="xa")
    server.number(lat="21.0286", service_code="waste", description="rác đầy hố, mùi hôi")
    assert [one.number for one in server.duplicates.of(near)] == [first]
    server.desk.close(first, "lan", Outcome.SOLVED)
    assert server.duplicates.of(near) == []


def test_a_report_goes_when_its_ticket_goes_and_its_photo_with_it(server: Server) -> None:
    number = server.number(phone="0900000123", media_url="https://example.org/1.jpg")
    assert server.tickets.erase(PHONE) == 1
    assert server.reports.forget_orphans() == [("https://example.org/1.jpg",)]
    assert server.get(f"v2/requests/{number}.json").status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "Có dấu"}, "small letters"),
        ({"type": "sometimes"}, "type"),
        ({"keywords": {"vi": "đèn, private"}}, "private"),
        (
            {
                "attributes": [
                    {
                        "code": "a",
                        "datatype": "string",
                        "required": True,
                        "description": {},
                        "values": [{"key": 1, "name": {}}],
                    }
                ]
            },
            "lists have values",
        ),
        (
            {"attributes": [{"code": "a", "datatype": "colour", "required": True, "description": {}}]},
            "lists have values",
        ),
    ],
)
def test_a_file_of_services_that_does_not_fit_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    service = {"code": "x", "name": {}, "description": {}, "group": {}, "keywords": {}}
    area = {"south": 0, "north": 1, "west": 0, "east": 1}
    with pytest.raises(ServicesError, match=said):
        read({"area": area, "services": [{**service, **change}]})
    with pytest.raises(ServicesError, match="twice"):
        read({"area": area, "services": [service, service]})


def test_what_was_kept_cannot_be_read_in_the_table(server: Server, tmp_path: Path) -> None:
    server.number(address_string="nhà bà Tám đầu xóm")
    content = (tmp_path / "motcua.db").read_bytes()
    assert b"lan can" not in content
    assert "đầu xóm".encode() not in content
    assert json.loads(server.get("v2/requests.json").data)[0]["description"].startswith("Cầu xóm Đông")


def test_files_of_who_shows_no_key_are_refused_after_a_few_and_those_of_a_system_never(server: Server) -> None:
    def send(client: FlaskClient, key: str) -> int:
        data = {**REPORT, "api_key": key, "description": f"cầu gãy {key}", "media": (large(), "a.jpg")}
        return client.post("/open311/v2/requests.json", data=data, content_type="multipart/form-data").status_code

    for _ in range(MOST_UNWELCOME):
        # Read, and no photo: their system is told so.
        assert send(server.client, KEY) == 400
    assert server.unwelcome == {}
    assert [send(server.client, "wrong") for _ in range(MOST_UNWELCOME + 1)] == [403] * MOST_UNWELCOME + [429]
    # Where nobody has a key, nobody's file is taken up at all.
    assert send(server.serving(keys=()), "wrong") == 429
    server.unwelcome.clear()
    assert send(server.serving(keys=()), "wrong") == 413


def large() -> BytesIO:
    return BytesIO(b"0" * (MAX_BODY + 1))
