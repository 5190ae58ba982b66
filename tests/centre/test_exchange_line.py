"""Two agencies exchange cases over the signed API: there and back, in order, once, whatever fails in between."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from exchange_places import COMMUNE, DEPARTMENT, PDF, STRANGER, Agency, Clock, carry, photo, two

from stores.audit import Deed
from tickets.exchange.book import NotNow, Refused
from tickets.exchange.case import Outside, Side, Step
from tickets.exchange.messages import Kind, Message
from tickets.scanning import Scanner


@pytest.fixture
def places(tmp_path: Path) -> tuple[Agency, Agency, Clock]:
    return two(tmp_path)


def post(to: Agency, of: Agency, body: bytes, id: str, **changed: str) -> Any:
    headers = of.partners.signatures(id, body) | changed
    return to.app.test_client().post("/exchange/v1/messages", data=body, headers=headers)


def told(of: Agency, to: str, **changed: Any) -> tuple[bytes, str]:
    content: dict[str, Any] = {
        "id": "msg_abcdefgh",
        "kind": "case.sent",
        "from": of.code,
        "to": to,
        "case": "a" * 32,
        "number": 1,
        "at": of.clock().isoformat(),
        "subject": "Xác minh",
        "working_days": 5,
    }
    content |= changed
    return json.dumps(content).encode(), content["id"]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]["code"]


def test_a_case_goes_there_and_back_with_papers_receipt_and_deadline(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    case = commune.send(department, PDF, photo())
    assert commune.book.case(case).standing.outside is None
    carry(commune, department)
    sent, received = commune.book.case(case), department.book.case(case)
    assert (received.subject, received.words, received.procedure) == (sent.subject, sent.words, "1.012345")
    assert {department.book.content(one) for one in department.book.papers(case)} >= {PDF}
    receipt = next(one for one in commune.book.events(case) if one.state is Outside.ARRIVED)
    assert (receipt.side, receipt.is_signed, receipt.at) == (Side.RECEIVER, True, clock())

    department.act(case, Step.ACCEPT)
    department.act(case, Step.ASK_SUPPLEMENT, "Thiếu bản sao")
    carry(commune, department)
    assert commune.book.case(case).is_ours
    clock.on(days=2)
    commune.act(case, Step.GIVE_SUPPLEMENT, "Gửi bổ sung", photo("red"))
    carry(commune, department)
    assert department.book.case(case).is_ours
    department.act(case, Step.FINISH, "Đúng như hồ sơ", PDF + b"%%EOF\n")
    carry(commune, department)
    ended = commune.book.case(case)
    assert ended.standing == department.book.case(case).standing
    assert ended.standing.outside is Outside.FINISHED
    assert [one.words for one in commune.book.events(case)][-1] == "Đúng như hồ sơ"
    assert len(commune.book.papers(case)) == len(department.book.papers(case)) == 4
    deeds = [entry.what for entry in department.audit.of(Deed.CASE)]
    assert deeds[0] == f"{case} case.sent"
    assert deeds[-1] == f"{case} finish"


def test_pictures_are_drawn_anew_and_papers_lie_sealed(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    assert b"a telephone of somebody" in photo()
    commune.send(department, PDF, photo())
    carry(commune, department)
    for one in places[:2]:
        kept = one.all_bytes()
        for secret in (PDF, b"a telephone of somebody", "Xác minh giấy tờ đất".encode(), "giấy 1".encode()):
            assert secret not in kept


def test_nothing_is_lost_while_the_other_side_is_down(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    department.is_down = True
    case = commune.send(department, PDF)
    for _ in range(6):
        carry(commune)
        clock.on(minutes=31)
    waiting = commune.outbox.waiting()
    assert (waiting.messages, waiting.troubled) == (1, 1)
    event = commune.book.events(case)[0]
    assert (event.done_at, event.trouble, event.tries) == (None, "no_connection", 6)
    department.is_down = False
    carry(commune, department)
    assert commune.book.case(case).standing.outside is Outside.ARRIVED
    assert commune.outbox.waiting().messages == 0


def test_tries_come_ever_more_seldom(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    department.is_down = True
    commune.send(department)
    for seconds in (10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800):
        message = commune.outbox.claim()
        assert message is not None
        commune.outbox.later(message.id, "no_connection")
        clock.on(seconds=seconds - 1)
        assert commune.outbox.claim() is None
        clock.on(seconds=1)


def test_an_answer_lost_on_its_way_makes_no_second_case(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    case = commune.send(department, PDF)
    message = commune.outbox.claim()
    assert message is not None
    # It was taken, and the process that sent it was killed before it heard so.
    commune.line._papers(commune.client(), message)
    assert commune.line._message(commune.client(), message) == ""
    clock.on(minutes=6)
    carry(commune, department)
    assert department.book.count() == 1
    assert [one.kind for one in department.book.events(case)] == [Kind.SENT, Kind.STATE]
    assert commune.book.case(case).standing.outside is Outside.ARRIVED


def test_messages_of_a_case_are_taken_in_their_order(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    case = commune.send(department)
    carry(commune, department)
    late, _ = told(
        commune, DEPARTMENT, id="msg_later000", kind="case.state", state="13", words="x", case=case, number=3
    )
    answer = post(department, commune, late, "msg_later000")
    assert (code(answer), answer.json["expected"]) == ((409, "out_of_order"), 2)


def test_a_message_that_comes_twice_is_taken_once(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    body, id = told(commune, DEPARTMENT)
    assert post(department, commune, body, id).json["repeated"] is False
    assert post(department, commune, body, id).json["repeated"] is True
    clock.on(days=3)
    assert post(department, commune, body, id).json["repeated"] is True
    assert department.book.count() == 1


def test_who_signs_with_another_key_is_turned_away(places: tuple[Agency, Agency, Clock], tmp_path: Path) -> None:
    commune, department, clock = places
    (tmp_path / STRANGER).mkdir()
    stranger = Agency(tmp_path / STRANGER, STRANGER, clock)
    body, id = told(commune, DEPARTMENT)
    assert code(post(department, stranger, body, id)) == (401, "unsigned")
    assert code(post(department, commune, body + b" ", id, **{"webhook-signature": "v1a,AAAA"})) == (401, "unsigned")
    signed = commune.partners.signatures(id, body)
    changed = department.app.test_client().post(
        "/exchange/v1/messages", data=body.replace(b"minh", b"nhan"), headers=signed
    )
    assert code(changed) == (401, "unsigned")
    assert department.book.count() == 0


def test_what_was_signed_long_ago_is_turned_away(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    body, id = told(commune, DEPARTMENT)
    signed = commune.partners.signatures(id, body)
    clock.on(minutes=6)
    answer = department.app.test_client().post("/exchange/v1/messages", data=body, headers=signed)
    assert code(answer) == (401, "too_old")


def test_a_partner_speaks_for_itself_to_us_about_its_own_cases(
    places: tuple[Agency, Agency, Clock], tmp_path: Path
) -> None:
    commune, department, clock = places
    (tmp_path / STRANGER).mkdir()
    third = Agency(tmp_path / STRANGER, STRANGER, clock)
    department.knows(third)
    case = commune.send(department)
    carry(commune, department)
    as_commune, id = told(commune, DEPARTMENT)
    assert code(post(department, third, as_commune, id)) == (403, "wrong_agency")
    to_other, id = told(third, COMMUNE)
    assert code(post(department, third, to_other, id)) == (403, "wrong_agency")
    of_other, id = told(third, DEPARTMENT, kind="case.erase", case=case, number=2, subject="", working_days=None)
    assert code(post(department, third, of_other, id)) == (404, "no_such_case")
    # Nor may the sender of a case do what is its receiver's, or send its own message back.
    answers, id = told(commune, DEPARTMENT, kind="case.erased", case=case, number=2)
    assert code(post(department, commune, answers, id)) == (403, "not_yours")
    steps, id = told(commune, DEPARTMENT, kind="case.state", state="06", words="x", case=case, number=2)
    assert post(department, commune, steps, id).status_code == 200
    assert department.book.case(case).standing.outside is Outside.ARRIVED


def test_a_partner_that_is_switched_off_is_told_so_and_nothing_goes_to_it(
    places: tuple[Agency, Agency, Clock],
) -> None:
    commune, department, clock = places
    department.partners.switch(COMMUNE, False, "lan")
    case = commune.send(department)
    carry(commune, department)
    assert commune.book.events(case)[0].trouble == "partner_off"
    with pytest.raises(NotNow):
        department.book.send(_new(COMMUNE), [], "lan", "k")
    department.partners.switch(COMMUNE, True, "lan")
    clock.on(minutes=1)
    carry(commune, department)
    assert department.book.count() == 1


def test_keys_change_while_cases_go_on(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    clock.on(seconds=1)
    commune.partners.new_key("lan")
    commune.send(department, key="1")
    carry(commune, department)
    assert department.book.count() == 1, "the old key signs, too"
    department.knows(commune)
    commune.partners.drop_old("lan")
    commune.send(department, key="2")
    carry(commune, department)
    assert department.book.count() == 2


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (b"<html>no paper</html>", 415, "paper_type"),
        (b"%PDF-1.4 cut", 422, "paper_cut_off"),
        (b"\xff\xd8\xff\xe0 no picture", 415, "paper_type"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), 413, "too_large"),
    ],
    ids=["html", "cut", "false picture", "too large"],
)
def test_a_paper_is_known_by_its_content(
    places: tuple[Agency, Agency, Clock], content: bytes, status: int, why: str
) -> None:
    commune, department, _ = places
    sha256 = hashlib.sha256(content).hexdigest()
    assert code(put(department, commune, content, sha256)) == (status, why)


def put(to: Agency, of: Agency, content: bytes, sha256: str, id: str = "") -> Any:
    headers = of.partners.signatures(id or f"{'a' * 32}.{sha256}", content)
    return to.app.test_client().put(f"/exchange/v1/cases/{'a' * 32}/papers/{sha256}", data=content, headers=headers)


def test_a_paper_is_put_where_it_was_sent_and_nowhere_else(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert code(put(department, commune, PDF, sha256, id=f"{'b' * 32}.{sha256}")) == (422, "wrong_id")
    assert code(put(department, commune, PDF, "0" * 64)) == (422, "wrong_hash")
    assert put(department, commune, PDF, sha256).json == {"repeated": False, "sha256": sha256}
    assert put(department, commune, PDF, sha256).json["repeated"] is True


def test_a_message_waits_for_its_papers(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    sha256 = hashlib.sha256(PDF).hexdigest()
    paper = {"sha256": sha256, "name": "giấy", "type": "application/pdf", "size": len(PDF)}
    body, id = told(commune, DEPARTMENT, papers=[paper])
    answer = post(department, commune, body, id)
    assert (code(answer), answer.json["papers"]) == ((409, "papers_missing"), [sha256])
    put(department, commune, PDF, sha256)
    assert post(department, commune, body, id).status_code == 200


def test_papers_whose_message_never_comes_go(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    put(department, commune, PDF, hashlib.sha256(PDF).hexdigest())
    clock.on(days=2)
    department.book.forget_before(clock() - timedelta(days=365), clock() - timedelta(days=365))
    put(department, commune, PDF, hashlib.sha256(PDF).hexdigest())
    assert len(list((department.folder / "exchange").iterdir())) == 2, "the old file goes when it is an hour old"


def test_what_the_scanner_refuses_is_not_kept(tmp_path: Path) -> None:
    commune, department, _ = two(tmp_path)
    for program, why in (("exit 1", "paper_infected"), ("exit 2", "not_stored")):
        department.files._scanner = Scanner(("sh", "-c", f"cat > /dev/null; {program}"))
        answer = put(department, commune, PDF, hashlib.sha256(PDF).hexdigest())
        assert answer.json["error"]["code"] == why
    assert not (department.folder / "exchange").exists()


def test_bodies_that_are_no_message_are_told_what_is_wrong(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    for body in (b"", b"[]", b"\xff", b'{"id": "msg_abcdefgh"}'):
        assert code(post(department, commune, body, "msg_abcdefgh")) == (422, "bad_message")
    body, _ = told(commune, DEPARTMENT)
    assert code(post(department, commune, body, "msg_another0")) == (422, "wrong_id")
    large = department.app.test_client().post("/exchange/v1/messages", data=b" " * 300_000)
    assert code(large) == (413, "too_large")


def test_steps_that_cross_on_their_way_leave_both_sides_with_the_same(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    case = commune.send(department)
    carry(commune, department)
    commune.act(case, Step.ASK_BACK, "Gửi nhầm")
    department.act(case, Step.FINISH, "Đã xong")
    carry(commune, department)
    assert commune.book.case(case).standing == department.book.case(case).standing
    assert commune.book.case(case).standing.outside is Outside.FINISHED


def test_a_form_sent_twice_is_one_case_and_one_step(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    assert commune.send(department, PDF) == commune.send(department, PDF)
    carry(commune, department)
    case = department.book.cases()[0].id
    department.act(case, Step.ASK_SUPPLEMENT, "Thiếu", key="form")
    department.act(case, Step.ASK_SUPPLEMENT, "Thiếu", key="form")
    with pytest.raises(NotNow):
        department.act(case, Step.KEEP, "x")
    carry(commune, department)
    assert len(department.book.events(case)) == 3


def test_who_was_restored_from_an_old_backup_is_told_again(
    places: tuple[Agency, Agency, Clock], tmp_path: Path
) -> None:
    commune, department, clock = places
    case = commune.send(department, PDF)
    carry(commune, department)
    # The department's whole installation is gone, and begins anew with the keys it had.
    (tmp_path / "new").mkdir()
    new = Agency(tmp_path / "new", DEPARTMENT, clock)
    new.knows(commune)
    commune.partners.put(DEPARTMENT, "Sở", f"http://localhost/{DEPARTMENT}", new.partners.public_keys(), "lan")
    commune.lines |= {DEPARTMENT: new.app, f"{DEPARTMENT} down": new}  # type: ignore[dict-item]
    commune.act(case, Step.ASK_BACK, "Gửi nhầm")
    for _ in range(4):
        carry(commune)
        clock.on(minutes=1)
    found = new.book.case(case)
    assert (found.standing.outside, len(new.book.papers(case))) == (Outside.ASKED_BACK, 1)


def test_who_has_forgotten_its_own_numbers_goes_on_behind_them(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    case = commune.send(department)
    carry(commune, department)
    body, id = told(
        commune, DEPARTMENT, id="msg_lost0000", kind="case.state", state="13", words="x", case=case, number=2
    )
    assert post(department, commune, body, id).status_code == 200
    # Of that message the commune knows nothing any more: its next one has the same number, and is not lost.
    department.act(case, Step.KEEP, "Đang xử lý")
    carry(department)
    commune.act(case, Step.ASK_BACK, "Gửi nhầm")
    carry(commune, department)
    clock.on(minutes=1)
    carry(commune, department)
    assert department.book.case(case).standing.outside is Outside.ASKED_BACK


def _new(partner: str) -> Any:
    from tickets.exchange.book import NewCase

    return NewCase(partner, "Việc", "", 3)


def test_an_erased_case_is_erased_at_both_sides_and_proven(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    case = commune.send(department, PDF, photo())
    carry(commune, department)
    department.act(case, Step.ACCEPT)
    carry(commune, department)
    names = [one.file for agency in places[:2] for one in agency.book.papers(case)]
    commune.book.erase(case, "lan")
    assert commune.book.case(case).erased_there_at is None
    assert commune.outbox.waiting().erasures == 1
    carry(commune, department)
    here, there = commune.book.case(case), department.book.case(case)
    assert None not in (here.erased_at, here.erased_there_at, there.erased_at)
    assert commune.outbox.waiting().erasures == 0
    for one in (here, there):
        assert (one.subject, one.words, one.dossier) == ("", "", "")
    assert not any((agency.folder / "exchange" / name).exists() for agency in places[:2] for name in names)
    assert department.book.papers(case) == []
    assert [one.kind for one in department.book.events(case)][-2:] == [Kind.ERASE, Kind.ERASED]
    with pytest.raises(NotNow):
        department.act(case, Step.FINISH, "x")


def test_an_erasure_overtakes_what_never_arrived(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, clock = places
    department.is_down = True
    case = commune.send(department, PDF)
    sent = commune.outbox.of_case(case)[0]
    carry(commune)
    commune.book.erase(case, "lan")
    department.is_down = False
    clock.on(hours=1)
    carry(commune, department)
    assert commune.book.case(case).erased_there_at is not None
    # The message that was on its way comes after all: it is not taken any more.
    assert post(department, commune, sent[1], sent[0]).json["repeated"] is True
    assert department.book.case(case).subject == ""


def test_only_who_sent_a_case_may_erase_it(places: tuple[Agency, Agency, Clock]) -> None:
    commune, department, _ = places
    case = commune.send(department)
    carry(commune, department)
    with pytest.raises(NotNow):
        department.book.erase(case, "minh")
    message = Message.model_validate_json(told(department, COMMUNE, kind="case.erase", case=case, number=2)[0])
    partner = commune.partners.get(DEPARTMENT)
    assert partner is not None
    with pytest.raises(Refused, match="not_yours"):
        commune.book.take(message, partner, "")


def test_old_cases_go_and_recalled_ones_stay_until_the_other_side_has_answered(
    places: tuple[Agency, Agency, Clock],
) -> None:
    commune, department, clock = places
    over, recalled = commune.send(department, PDF, key="1"), commune.send(department, key="2")
    carry(commune, department)
    department.act(over, Step.FINISH, "Xong")
    carry(commune, department)
    department.is_down = True
    commune.book.erase(recalled, "lan")
    clock.on(days=400)
    year = clock() - timedelta(days=365)
    assert commune.book.forget_before(year, year) == 1
    department.is_down = False
    carry(commune, department)
    clock.on(days=400)
    year = clock() - timedelta(days=365)
    assert commune.book.forget_before(year, year) == 1
