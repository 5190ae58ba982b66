"""The catalogue desk: a correction by one officer, approved by another; questions that were not understood, taught."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from catalogue_places import CODE, small_desk
from flask import Flask
from flask.testing import FlaskClient

from assistant.trial import Figure, State, Trial, fallen
from centre.catalogue_desk import CatalogueDesk
from centre.officers import Duty
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from contract.turn import Channel
from learning.kept import Kept, Reason
from stores.database import Database

PASSWORD = "một mật khẩu đủ dài"


class Form(HTMLParser):
    """What a browser would send of the first form that is sent with POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("name"):
            if given.get("type") != "checkbox":
                self.values[given["name"]] = [given.get("value", "")]
            elif "checked" in given:
                self.values.setdefault(given["name"], []).append(given["value"])
        elif tag == "textarea":
            self._area = given["name"]
            self.values[self._area] = [""]
        elif tag == "select":
            self._select = given["name"]
            self.values.setdefault(self._select, [""])
        elif tag == "option" and "selected" in given:
            self.values[self._select] = [given["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][0] += data


@pytest.fixture
def desk(parts: CentreParts, tmp_path: Path) -> Iterator[CatalogueDesk]:
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield small_desk(database, parts.clock, tmp_path, parts.shelf)
    database.close()


@pytest.fixture
def client(parts: CentreParts, desk: CatalogueDesk) -> FlaskClient:
    app = Flask("catalogue-desk-test")
    named = {CODE: "Nuôi ong"}.get
    app.register_blueprint(blueprint(dataclasses.replace(parts, catalogue=desk, procedure_name=named)))
    parts.officers.set("lan", PASSWORD)
    parts.officers.set("mai", PASSWORD)
    return app.test_client()


@pytest.fixture
def colleague(client: FlaskClient, csrf: Callable[..., str]) -> tuple[FlaskClient, str]:
    """Another officer in a browser of her own."""
    other = client.application.test_client()
    other.post("/centre/sign-in", data={"name": "mai", "password": PASSWORD})
    found = re.search(r'name="csrf_token" value="([\w-]+)"', other.get("/centre").text)
    assert found is not None
    return other, found[1]


def form_of(client: FlaskClient, token: str, query: str = "", **changes: str) -> dict[str, list[str] | str]:
    page = client.get(f"/centre/catalogue/{CODE}/edit{query}").text
    return {**Form(page).values, "csrf_token": token, **changes}


def proposed(client: FlaskClient, token: str, **changes: str) -> str:
    """Propose a correction; the address of the proposal."""
    form = form_of(client, token, do="propose", reason="đọc lại nguồn", checked_on="2026-11-24", **changes)
    answer = client.post(f"/centre/catalogue/{CODE}/edit", data=form)
    assert answer.status_code == 303, re.findall(r"class=\"mark bad\".*?</li>", answer.text)
    return answer.headers["Location"]


def test_a_corrected_fee_is_told_once_a_colleague_has_approved_it(
    client: FlaskClient, csrf: Callable[..., str], colleague: tuple[FlaskClient, str], desk: CatalogueDesk
) -> None:
    token, (other, hers) = csrf(), colleague
    address = proposed(client, token, **{"submissions.0.fees.0.amount": "10.000"})
    page = client.get(address).text
    assert "8000" in page
    assert "10000" in page
    assert "Cách nộp › 1 › Mức lệ phí › 1 › Số tiền, đồng" in page
    mine = client.post(address, data={"csrf_token": token, "do": "approve"})
    assert (mine.status_code, "cần một cán bộ khác duyệt" in mine.text) == (409, True)
    assert "Nuôi ong" in other.get("/centre/catalogue/proposals").text
    assert other.post(address, data={"csrf_token": hers, "do": "approve"}).status_code == 303
    told = desk.store.get(CODE)
    assert told is not None
    assert told.submissions[0].fees[0].amount == 10000
    assert other.post(address, data={"csrf_token": hers, "do": "take_back"}).status_code == 303
    told = desk.store.get(CODE)
    assert told is not None
    assert told.submissions[0].fees[0].amount == 8000
    assert "đã bỏ, trở lại nội dung trước" in client.get(f"/centre/catalogue/{CODE}").text


def test_a_form_that_was_not_changed_proposes_nothing(client: FlaskClient, csrf: Callable[..., str]) -> None:
    form = form_of(client, csrf(), do="propose", reason="không rõ")
    answer = client.post(f"/centre/catalogue/{CODE}/edit", data=form)
    assert answer.status_code == 400
    assert "Nội dung chưa khác gì" in answer.text


def test_a_mistake_is_told_where_it_is_and_nothing_typed_is_lost(client: FlaskClient, csrf: Callable[..., str]) -> None:
    wrong = {"submissions.0.fees.0.amount": "tám nghìn", "where": "Ủy ban xã <b>mới</b>"}
    answer = client.post(f"/centre/catalogue/{CODE}/edit", data=form_of(client, csrf(), do="propose", **wrong))
    assert answer.status_code == 400
    assert "Cách nộp › 1 › Mức lệ phí › 1 › Số tiền, đồng: phải là số nguyên" in answer.text
    assert "tám nghìn" in answer.text
    assert "Ủy ban xã &lt;b&gt;mới&lt;/b&gt;" in answer.text


def test_what_must_be_mended_first_is_said_before_it_is_proposed(
    client: FlaskClient, csrf: Callable[..., str], desk: CatalogueDesk
) -> None:
    token = csrf()
    measured = form_of(client, token, do="propose", reason="x", **{"asked_as.plain": "nuôi ong\nCho tôi nuôi ong"})
    refused = client.post(f"/centre/catalogue/{CODE}/edit", data=measured)
    assert (refused.status_code, "không được đem dạy" in refused.text) == (400, True)
    fee = form_of(client, token, do="propose", reason="x", **{"submissions.0.fees.0.amount": "9000"})
    refused = client.post(f"/centre/catalogue/{CODE}/edit", data=fee)
    assert (refused.status_code, "ghi ngày đọc sau 01/11/2026" in refused.text) == (400, True)
    assert desk.proposals.waiting() == []


def test_a_province_gets_a_record_of_its_own_from_a_day_on(
    client: FlaskClient, csrf: Callable[..., str], colleague: tuple[FlaskClient, str], desk: CatalogueDesk
) -> None:
    address = proposed(client, csrf(), province="14", valid_from="2026-12-01", where="Bộ phận một cửa Sơn La")
    other, hers = colleague
    assert "Chỉ áp dụng từ 01/12/2026" in other.get(address).text
    assert other.post(address, data={"csrf_token": hers, "do": "approve"}).status_code == 303
    record = desk.store.get(CODE)
    assert record is not None
    assert record.where == "Ủy ban nhân dân xã"


def test_a_refused_proposal_says_why_and_can_be_gone_on_from(
    client: FlaskClient, csrf: Callable[..., str], colleague: tuple[FlaskClient, str]
) -> None:
    token, (other, hers) = csrf(), colleague
    address = proposed(client, token, where="Chợ")
    assert other.post(address, data={"csrf_token": hers, "do": "refuse", "why": ""}).status_code == 409
    assert (
        other.post(address, data={"csrf_token": hers, "do": "refuse", "why": "Chợ không nhận hồ sơ"}).status_code == 303
    )
    assert "Chợ không nhận hồ sơ" in client.get(address).text
    number = address.rsplit("/", 1)[1]
    assert "Chợ" in client.get(f"/centre/catalogue/{CODE}/edit?take={number}").text


def test_how_it_sounds_can_be_listened_to(client: FlaskClient, csrf: Callable[..., str]) -> None:
    csrf()
    assert client.get(f"/centre/catalogue/{CODE}/speech?side=fee").data == b"RIFF"
    assert client.get(f"/centre/catalogue/{CODE}/speech?side=nothing").status_code == 404
    assert client.get("/centre/catalogue/9.999999/speech?side=fee").status_code == 404


def test_a_new_procedure_begins_with_its_code(client: FlaskClient, csrf: Callable[..., str]) -> None:
    csrf()
    assert "/centre/catalogue/1.000777/edit" in client.get("/centre/catalogue?q=1.000777").text
    assert client.get("/centre/catalogue/1.000777/edit").status_code == 200
    assert client.get("/centre/catalogue/etc.passwd/edit").status_code == 404
    assert client.get("/centre/catalogue/1.000777").status_code == 404


def test_what_the_freshness_engine_found_is_a_list(client: FlaskClient, csrf: Callable[..., str]) -> None:
    csrf()
    page = client.get("/centre/catalogue/work").text
    assert "Nuôi ong" in page
    assert "Chưa nói được mất bao lâu." in page


def heard(desk: CatalogueDesk, text: str) -> int:
    kept = Kept(text, text, Channel.SMS, Reason.REFUSED, "ask_procedure", (), "Xin hỏi lại.", date(2026, 11, 24))
    desk.learning.add(kept)
    return desk.learning.open()[0].id


def test_a_question_is_taught_in_one_click_or_dropped(
    client: FlaskClient, csrf: Callable[..., str], desk: CatalogueDesk, tmp_path: Path
) -> None:
    token, number = csrf(), heard(desk, "con ong cái kiến")
    assert "con ong cái kiến" in client.get("/centre/catalogue/questions").text
    form = {"csrf_token": token, "id": str(number), "do": CODE}
    assert client.post("/centre/catalogue/questions", data=form).status_code == 303
    assert "con ong cái kiến" in (tmp_path / "learned" / f"{CODE}.yml").read_text(encoding="utf-8")
    again = client.post("/centre/catalogue/questions", data=form)
    assert (again.status_code, "đã có người xử lý" in again.text) == (409, True)
    measured = {"csrf_token": token, "id": str(heard(desk, "cho tôi nuôi ong")), "do": CODE}
    refused = client.post("/centre/catalogue/questions", data=measured)
    assert (refused.status_code, "không được đem dạy" in refused.text) == (409, True)
    dropped = client.post("/centre/catalogue/questions", data={**measured, "do": "drop"})
    assert dropped.status_code == 303
    assert desk.learning.open() == []


def test_officers_see_how_the_model_on_trial_fared(
    client: FlaskClient, csrf: Callable[..., str], desk: CatalogueDesk
) -> None:
    token, address = csrf(), "/centre/catalogue/publication"
    assert "Chưa lần nào." in client.get(address).text
    assert client.post(address, data={"csrf_token": token, "do": "train"}).status_code == 303
    assert "lan yêu cầu" in client.get(address).text
    assert desk.trials.wished() > 0
    before, now = {"first": Figure(90, 100)}, {"first": Figure(70, 100)}
    desk.trials.note(Trial(State.REFUSED, 0.0, "lan", "abc", before, now))
    page = client.get(address).text
    assert "Không nhận bản mới" in page
    assert "90/100" in page
    assert "70/100" in page


def test_kiosks_get_what_was_approved_with_one_click(
    client: FlaskClient, csrf: Callable[..., str], colleague: tuple[FlaskClient, str], parts: CentreParts
) -> None:
    token, (other, hers) = csrf(), colleague
    other.post(proposed(client, token, where="Nhà văn hóa"), data={"csrf_token": hers, "do": "approve"})
    assert client.post("/centre/catalogue/publication", data={"csrf_token": token, "do": "kiosks"}).status_code == 303
    deadline = time.monotonic() + 60
    while "lan đã đưa bản 1 ra" not in (page := client.get("/centre/catalogue/publication").text):
        assert time.monotonic() < deadline, page
        time.sleep(0.05)
    assert parts.shelf.head() is not None
    assert "Bản dữ liệu mới nhất: 1." in page


def test_the_desk_is_for_those_who_were_given_it(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, desk: CatalogueDesk
) -> None:
    token = csrf()
    parts.officers.give("lan", frozenset({Duty.OFFICERS}))
    for path in ("", "/work", "/proposals", "/questions", "/publication", f"/{CODE}", f"/{CODE}/edit"):
        assert client.get(f"/centre/catalogue{path}").status_code == 403
    assert client.post("/centre/catalogue/publication", data={"csrf_token": token, "do": "train"}).status_code == 403
    assert desk.trials.wished() == 0


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        (Figure(90, 100), Figure(88, 100), ()),
        (Figure(90, 100), Figure(87, 100), ("first",)),
        (Figure(900, 1000), Figure(896, 1000), ()),
        (Figure(900, 1000), Figure(893, 1000), ("first",)),
        (Figure(90, 100), Figure(180, 200), ()),
        (Figure(0, 0), Figure(0, 10), ()),
    ],
)
def test_a_model_is_refused_when_it_understands_less(before: Figure, now: Figure, worse: tuple[str, ...]) -> None:
    assert fallen({"first": before}, {"first": now}) == worse


def test_a_model_that_was_refused_is_not_trained_again_until_its_data_changes(desk: CatalogueDesk) -> None:
    desk.trials.note(Trial(State.REFUSED, 0.0, "", "abc", {"first": Figure(9, 10)}, {"first": Figure(1, 10)}))
    assert desk.trials.has_refused("abc")
    assert not desk.trials.has_refused("def")
    desk.trials.note(Trial(State.ANSWERING, 0.0, "", "abc", {"first": Figure(9, 10)}, {"first": Figure(9, 10)}))
    assert not desk.trials.has_refused("abc")
