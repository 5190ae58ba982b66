"""What officers do with exchanged cases in their pages: send from a ticket, work on one, files in and out, partners."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from exchange_places import DEPARTMENT, PDF, Agency, Clock, carry, photo, two
from flask import Flask
from flask.testing import FlaskClient
from officer_post import Sent

from actions.dossiers.backend import BackendUnavailable, ProvableDossier
from actions.dossiers.model import Dossier, DossierStatus
from centre.one_stop import OneStop
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from stores.audit import Deed
from tickets.desk import Desk
from tickets.exchange.case import Outside, Step
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind, TicketState

PASSWORD = "một mật khẩu đủ dài"
PHONE = "+84900000123"


class Office:
    """An officer's browser at an agency."""

    def __init__(self, parts: CentreParts, agency: Agency, **more: Any) -> None:
        self.agency = agency
        self.desk = Desk(agency.database, agency.seal, agency.clock, Sent())
        agency.book._tickets = self.desk
        self.tickets = TicketStore(agency.database, agency.seal, agency.clock, recall=agency.book.recall_of_tickets)
        shown = replace(parts, exchange=agency.desk, tickets=self.tickets, desk=self.desk, clock=agency.clock, **more)
        app = Flask(f"office-{agency.code}")
        app.register_blueprint(blueprint(shown))
        self.client = app.test_client()
        self.token = ""

    def signed_in(self) -> Office:
        self.client.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
        found = re.search(r'name="csrf_token" value="([\w-]+)"', self.client.get("/centre/exchange").text)
        assert found is not None
        self.token = found[1]
        return self

    def page(self, path: str = "") -> str:
        return self.client.get(f"/centre/exchange{path}").text

    def form(self, path: str, *papers: tuple[str, bytes], field: str = "papers", **values: str) -> Any:
        files = [(io.BytesIO(content), name) for name, content in papers]
        return self.client.post(
            f"/centre/{path}",
            data={"csrf_token": self.token, **values, **({field: files} if files else {})},
            content_type="multipart/form-data",
        )

    def ticket(self) -> str:
        draft = Draft("k1", TicketKind.REPORT, "sms", contact=PHONE, words="Xin xác minh ranh giới đất")
        return self.tickets.add(draft).number


@pytest.fixture
def offices(tmp_path: Path, parts: CentreParts, client: FlaskClient) -> tuple[Office, Office, Clock]:
    commune, department, clock = two(tmp_path)
    return Office(parts, commune).signed_in(), Office(parts, department).signed_in(), clock


def sent(office: Office, *papers: tuple[str, bytes], **values: str) -> Any:
    usual = {"partner": DEPARTMENT, "subject": "Xác minh đất", "words": "Đề nghị xác minh", "working_days": "5"}
    return office.form("exchange/new", *papers, **(usual | {"key": "k"} | values))


def case_of(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def test_it_is_for_officers_for_tickets_alone(offices: tuple[Office, Office, Clock], csrf: Callable[..., str]) -> None:
    commune, _, _ = offices
    anybody = commune.client.application.test_client()
    for path in ("exchange", "exchange/new", "exchange/import", "partners", "one-stop", f"exchange/{'a' * 32}"):
        assert anybody.get(f"/centre/{path}").status_code == 303
    assert commune.form("exchange/new", csrf_token="wrong").status_code == 403


def test_without_a_code_of_the_agency_the_page_says_what_is_missing(
    client: FlaskClient, csrf: Callable[..., str]
) -> None:
    csrf()
    assert "MOTCUA_EXCHANGE_AGENCY" in client.get("/centre/exchange").text
    assert client.get("/centre/exchange/new").status_code == 404


def test_a_ticket_goes_to_another_agency_and_its_answer_comes_back(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, _ = offices
    number = commune.ticket()
    form = commune.page(f"/new?ticket={number}")
    assert "Xin xác minh ranh giới đất" in form
    case = case_of(sent(commune, ("trích lục.pdf", PDF), ("ảnh.jpg", photo()), ticket=number))
    kept = commune.tickets.get(number)
    assert (kept.state, kept.agency) == (TicketState.PASSED, f"Cơ quan {DEPARTMENT}")
    assert "Đang gửi, bên kia chưa nhận" in commune.page(f"/{case}")
    carry(commune.agency, department.agency)
    ticket = commune.client.get(f"/centre/tickets/{number}").text
    assert "Đã đến, chưa xử lý (01)" in ticket

    there = department.page(f"/{case}")
    for words in ("Xác minh đất", "trích lục.pdf", "ảnh.jpg", "Cơ quan H15.50.05.13", "Tiếp nhận", "02/12/2026"):
        assert words in there
    assert PHONE[3:] not in there
    assert department.form(f"exchange/{case}", do="accept", key="1").status_code == 303
    assert department.form(f"exchange/{case}", do="ask_supplement", key="2", words="").status_code == 409
    assert department.form(f"exchange/{case}", do="ask_supplement", key="3", words="Thiếu sơ đồ").status_code == 303
    carry(commune.agency, department.agency)
    assert commune.tickets.get(number).state is TicketState.OPEN
    assert "Thiếu sơ đồ" in commune.client.get(f"/centre/tickets/{number}").text
    given = commune.form(f"exchange/{case}", ("sơ đồ.pdf", PDF + b"\n%%EOF"), do="give_supplement", key="4")
    assert given.status_code == 303
    carry(commune.agency, department.agency)
    result = department.form(f"exchange/{case}", ("kết quả.pdf", PDF + b"%%EOF"), do="finish", key="5", words="Đúng")
    assert result.status_code == 303
    carry(commune.agency, department.agency)
    page = commune.page(f"/{case}")
    assert "Đã có kết quả" in page
    assert "có chữ ký của cơ quan nhận" in page
    sha256 = next(one.sha256 for one in commune.agency.book.papers(case) if one.name == "kết quả.pdf")
    paper = commune.client.get(f"/centre/exchange/{case}/{sha256}")
    assert (paper.data, paper.headers["Content-Disposition"][:10]) == (PDF + b"%%EOF", "attachment")
    assert "Xác minh đất" in commune.page("?list=over")
    assert "Không có hồ sơ nào" in commune.page("?list=out")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"partner": "H15.99"}, "Hãy chọn một cơ quan"),
        ({"partner": "../x"}, "Hãy chọn một cơ quan"),
        ({"subject": " "}, "Hãy viết tên việc"),
        ({"working_days": "0"}, "từ 1 đến 250"),
        ({"working_days": "một"}, "từ 1 đến 250"),
        ({"words": "Gọi cho ông ấy 0900 000 123"}, "có số điện thoại"),
        ({"words": "x" * 4_100}, "4000"),
    ],
)
def test_a_form_that_cannot_be_sent_says_why_and_keeps_what_was_written(
    offices: tuple[Office, Office, Clock], wrong: dict[str, str], words: str
) -> None:
    commune, _, _ = offices
    answer = sent(commune, **wrong)
    assert answer.status_code == 409
    assert words in answer.text
    assert "Đề nghị xác minh" in answer.text or "words" in wrong
    assert commune.agency.book.count() == 0


def test_files_that_are_no_papers_are_refused(offices: tuple[Office, Office, Clock]) -> None:
    commune, _, _ = offices
    for papers in ([("a.pdf", b"<script>")], [("a.exe", b"MZ")], [(f"{n}.pdf", PDF + b"%%EOF" * n) for n in range(21)]):
        assert sent(commune, *papers).status_code == 409
    assert commune.agency.book.count() == 0


def test_markup_of_another_agency_stays_text(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, _ = offices
    case = case_of(sent(commune, ('"><script>.pdf', PDF), subject="<script>alert(1)</script>", words="<b>x"))
    carry(commune.agency, department.agency)
    for page in (department.page(f"/{case}"), department.page()):
        assert "<script>alert" not in page
        assert "<b>x" not in page


def test_what_does_not_fit_any_more_is_told(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, _ = offices
    case = case_of(sent(commune))
    carry(commune.agency, department.agency)
    for do in ("give_back", "nonsense", "give_supplement"):
        assert department.form(f"exchange/{case}", do=do, key=do, words="x").status_code == 409
    assert department.form("exchange/zz", do="accept").status_code == 404
    assert department.form(f"exchange/{'0' * 32}", do="accept", key="x").status_code == 404
    assert department.client.get(f"/centre/exchange/{case}/{'0' * 64}").status_code == 404


def test_each_look_and_each_file_taken_is_on_record(offices: tuple[Office, Office, Clock]) -> None:
    commune, _, _ = offices
    case = case_of(sent(commune, ("a.pdf", PDF)))
    commune.page(f"/{case}")
    looked = [entry.what for entry in commune.agency.audit.of(Deed.LOOKED)]
    assert looked == [f"exchanged case {case}"]


def package(office: Office, case: str) -> bytes:
    return bytes(office.client.get(f"/centre/exchange/{case}/package.zip").data)


def test_a_package_goes_there_and_back_without_a_line(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, clock = offices
    commune.agency.knows(department.agency, line=False)
    department.agency.knows(commune.agency, line=False)
    case = case_of(sent(commune, ("a.pdf", PDF), ("b.jpg", photo())))
    carry(commune.agency, department.agency)
    assert "Cơ quan này không nối mạng" in commune.page(f"/{case}")
    clock.on(days=20)
    for new in ("1 tin mới", "0 tin mới"):
        answer = department.form("exchange/import", ("case.zip", package(commune, case)), field="file")
        assert answer.status_code == 303
        assert new in department.client.get(answer.location).text
    assert department.agency.book.content(department.agency.book.papers(case)[0])
    department.form(f"exchange/{case}", ("kq.pdf", PDF + b"%%EOF"), do="finish", key="1", words="Đúng")
    commune.form("exchange/import", ("case.zip", package(department, case)), field="file")
    ended = commune.agency.book.case(case)
    assert ended.standing.outside is Outside.FINISHED
    assert len(commune.agency.book.papers(case)) == 3
    # What came back says what has arrived: nothing waits any more.
    assert all(one.done_at for one in commune.agency.book.events(case))


def test_a_package_has_a_sheet_and_a_manifest_for_a_clerks_software(offices: tuple[Office, Office, Clock]) -> None:
    import hashlib
    import json

    commune, _, _ = offices
    case = case_of(sent(commune, ("a.pdf", PDF)))
    with zipfile.ZipFile(io.BytesIO(package(commune, case))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert hashlib.sha256(archive.read("case.pdf")).hexdigest() == manifest["document"]["sha256"]
        assert archive.read(manifest["papers"][0]["file"]) == PDF
    assert (manifest["to"]["code"], manifest["subject"], manifest["date"]) == (DEPARTMENT, "Xác minh đất", "2026-11-24")
    sheet = commune.client.get(f"/centre/exchange/{case}/case.pdf").data
    assert sheet.startswith(b"%PDF-")
    assert b"manifest.json" in sheet
    assert b"pdfaid" in sheet


@pytest.mark.parametrize("change", ["body", "paper", "cut", "bomb", "other", "pdf", "nothing"])
def test_a_package_that_was_changed_is_refused_whole(offices: tuple[Office, Office, Clock], change: str) -> None:
    commune, department, _ = offices
    case = case_of(sent(commune, ("a.pdf", PDF)))
    content = package(commune, case)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if change == "body":
        files["manifest.json"] = files["manifest.json"].replace("Xác minh".encode(), "Xác nhận".encode())
    elif change == "paper":
        files["papers/01.pdf"] = PDF + b"%%EOF"
    elif change == "bomb":
        files["papers/01.pdf"] = b"0" * (11 * 1024 * 1024)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    content = {"cut": content[: len(content) // 2], "other": b"PK\x03\x04", "pdf": PDF, "nothing": b""}.get(
        change, written.getvalue()
    )
    answer = department.form("exchange/import", ("case.zip", content), field="file")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert department.agency.book.count() == 0


def test_edxml_goes_out_and_its_states_come_back(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, _ = offices
    commune.agency.partners.put(DEPARTMENT, "Sở", "", [], "lan")
    department.agency.partners.put(commune.agency.code, "Xã", "", [], "lan")
    case = case_of(sent(commune, ("a.pdf", PDF)))
    document = commune.client.get(f"/centre/exchange/{case}/case.edxml").data
    assert department.form("exchange/import", ("a.edxml", document), field="file").status_code == 303
    assert "cán bộ nhập từ tệp" in department.page(f"/{case}")
    for do, state in (("accept", Outside.ACCEPTED), ("finish", Outside.FINISHED)):
        department.form(f"exchange/{case}", do=do, key=do, words="Đúng")
        status = department.client.get(f"/centre/exchange/{case}/case.edxml").data
        assert commune.form("exchange/import", ("s.edxml", status), field="file").status_code == 303
        assert commune.agency.book.case(case).standing.progress is state


def test_a_case_is_erased_with_its_ticket_and_at_the_other_side(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, _ = offices
    number = commune.ticket()
    case = case_of(sent(commune, ("a.pdf", PDF), ticket=number))
    carry(commune.agency, department.agency)
    assert "Xác minh đất" in department.page(f"/{case}")
    assert commune.tickets.erase(PHONE) == 1
    carry(commune.agency, department.agency)
    assert "Bên kia báo đã xóa lúc" in commune.page(f"/{case}")
    for office in (commune, department):
        assert "Xác minh đất" not in office.page(f"/{case}")
        assert office.client.get(f"/centre/exchange/{case}/case.pdf").status_code == 404
        assert "a.pdf" not in office.page(f"/{case}")
    assert department.agency.book.papers(case) == []


def test_an_officer_erases_only_what_they_are_sure_of(offices: tuple[Office, Office, Clock]) -> None:
    commune, _, _ = offices
    case = case_of(sent(commune))
    commune.form(f"exchange/{case}", do="erase")
    assert commune.agency.book.case(case).erased_at is None
    commune.form(f"exchange/{case}", do="erase", sure="on")
    assert commune.agency.book.case(case).erased_at is not None


def test_partners_are_added_changed_and_switched_off(offices: tuple[Office, Office, Clock]) -> None:
    commune, department, _ = offices
    key = department.agency.partners.public_keys()[0]
    partners = commune.agency.partners
    values = {"code": "h15.08", "name": "Sở mẫu", "address": "https://so.example/", "keys": key}
    assert commune.form("partners", do="save", **values).status_code == 409, "the key is another agency's"
    partners.put(DEPARTMENT, "Sở", "", [], "lan")
    assert commune.form("partners", do="save", **values).status_code == 303
    assert partners.get("H15.08").address == "https://so.example"  # type: ignore[union-attr]
    commune.form("partners", do="off", code="H15.08")
    assert not partners.get("H15.08").is_on  # type: ignore[union-attr]
    assert "Đang tắt" in commune.client.get("/centre/partners").text
    commune.form("partners", do="remove", code="H15.08")
    assert partners.get("H15.08") is None
    for wrong in ({"code": "x"}, {"name": ""}, {"address": "http://so.example"}, {"keys": "whpk_x"}, {"keys": ""}):
        answer = commune.form("partners", do="save", **(values | wrong))
        assert (answer.status_code, 'role="alert"' in answer.text) == (409, True)
    assert len(partners.public_keys()) == 1
    commune.form("partners", do="new_key")
    assert len(partners.public_keys()) == 2
    commune.form("partners", do="drop_key")
    assert len(partners.public_keys()) == 1


class Source:
    def __init__(self, dossiers: list[Dossier]) -> None:
        self.dossiers = dossiers
        self.is_away = False

    def for_kiosks(self) -> list[ProvableDossier]:
        if self.is_away:
            raise BackendUnavailable("away")
        return [ProvableDossier(one, ("0000",), None) for one in self.dossiers]


def dossier(code: str, status: DossierStatus, days: int, clock: Clock) -> Dossier:
    from datetime import timedelta

    return Dossier(
        code=code,
        procedure_code="1.001193",
        procedure_name="Làm giấy khai sinh",
        status=status,
        received_on=None,
        appointment_on=(clock() + timedelta(days=days)).date(),
        finished_on=None,
        supplement=None,
        office=None,
        updated_at=clock(),
    )


def test_the_one_stop_desk_sees_its_day(tmp_path: Path, parts: CentreParts, client: FlaskClient) -> None:
    commune, department, clock = two(tmp_path)
    source = Source(
        [
            dossier("H15.50-0001", DossierStatus.READY, 0, clock),
            dossier("H15.50-0002", DossierStatus.PROCESSING, -3, clock),
            dossier("H15.50-0003", DossierStatus.SUPPLEMENT_NEEDED, -3, clock),
            dossier("H15.50-0004", DossierStatus.RETURNED, 0, clock),
            dossier("H15.50-0005", DossierStatus.PROCESSING, 4, clock),
        ]
    )
    office = Office(parts, commune, one_stop=OneStop(source, clock)).signed_in()
    case = case_of(sent(office, working_days="1"))
    carry(commune, department)
    page = office.client.get("/centre/one-stop").text
    today, overdue, awaiting = page.split("<section")[1:]
    assert "H15.50-0001" in today
    assert "H15.50-0002" in overdue
    assert "H15.50-0003" in awaiting
    assert not re.search("H15.50-000[45]", page)
    department.act(case, Step.ASK_SUPPLEMENT, "Thiếu")
    carry(commune, department)
    assert case[:8].upper() in office.client.get("/centre/one-stop").text.split("<section")[3]
    source.is_away = True
    assert "H15.50-0001" in office.client.get("/centre/one-stop").text, "what was known stays while the source is away"


def test_a_source_that_is_away_is_told(tmp_path: Path, parts: CentreParts, client: FlaskClient) -> None:
    commune, _, clock = two(tmp_path)
    source = Source([])
    source.is_away = True
    office = Office(parts, commune, one_stop=OneStop(source, clock)).signed_in()
    assert "đang không trả lời" in office.client.get("/centre/one-stop").text
