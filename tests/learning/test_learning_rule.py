"""What is worth keeping, and what may be kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning_examples import asked_back, exchange

from contract.reply import ReplyKind
from language.redaction.personal_data import contains_personal_data
from learning.kept import Reason
from learning.rule import Exchange, keepable, without_tags, worth_keeping

KIND = ReplyKind
ANSWERED = exchange("làm giấy khai sinh", KIND.ANSWER, procedure="1.001193", candidates=("1.001193",))


@pytest.mark.parametrize(
    ("case", "told", "reason"),
    [
        ("refused", exchange("nuôi yến", KIND.NOTICE, "out_of_scope"), Reason.REFUSED),
        ("asked back", asked_back("nuôi yến"), Reason.ASKED_BACK),
        ("not understood", exchange("nuôi yến", KIND.UNKNOWN, candidates=("1.000001",)), Reason.REFUSED),
        ("answered", ANSWERED, None),
        ("answered from the context", exchange("thế con nuôi", KIND.ANSWER, candidates=("1.1",)), None),
        ("names no matter", exchange("còn lệ phí?", KIND.UNKNOWN, follow_up=True), None),
        ("holds a procedure code", exchange("thủ tục 9.099999", KIND.UNKNOWN), None),
        ("holds a dossier code", exchange("x", KIND.UNKNOWN, dossier_code="H01.01-260101-0001"), None),
        ("answers a question of ours", exchange("dạ chưa có", KIND.ASK_DETAIL, "out_of_scope"), None),
        ("a greeting", exchange("xin chào", KIND.NOTICE, "greet"), None),
        ("something failed", exchange("nuôi yến", KIND.TROUBLE, "out_of_scope"), None),
    ],
)
def test_what_could_not_be_answered_is_worth_keeping(case: str, told: Exchange, reason: Reason | None) -> None:
    assert worth_keeping(told) is reason, case


@pytest.mark.parametrize(
    ("case", "told", "reason"),
    [
        ("an answer", ANSWERED, Reason.DENIED),
        ("an answer from the context", exchange("con nuôi", KIND.ANSWER, candidates=("1.1",)), Reason.DENIED),
        ("a question back", asked_back("nuôi yến"), None),
        ("an aspect of what was talked of", exchange("lệ phí", KIND.ANSWER, follow_up=True), None),
        ("a code", exchange("1.001193", KIND.ANSWER, procedure="1.001193"), None),
        ("a goodbye", exchange("chào", KIND.NOTICE, "goodbye"), None),
    ],
)
def test_a_denied_answer_is_worth_keeping(case: str, told: Exchange, reason: Reason | None) -> None:
    assert worth_keeping(told, denied=True) is reason, case


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("nuôi  yến\ncần gì", "nuôi yến cần gì"),
        ("nuôi yến, gọi lại 0905 000 123 nhé", "nuôi yến, gọi lại [số điện thoại] nhé"),
        ("tôi là Trần Thị Bông, cần sang tên đất", "tôi là [tên], cần sang tên đất"),
        ("nuôi yến năm 2026 hết 3.000.000 đồng", "nuôi yến năm 2026 hết 3.000.000 đồng"),
        ("x" * 500, "x" * 500),
        ("x" * 501, None),
        ("0905000123", None),
        ("... 12 ?", None),
        ("gửi cho ai @ xa nha", None),
        ("mã 1/2/3/4/5/6/7/8/9/0", None),
    ],
)
def test_a_text_is_kept_redacted_or_not_at_all(text: str, kept: str | None) -> None:
    assert keepable(text) == kept


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("0123456789 .-@[]"), max_size=120))
def test_nothing_personal_is_left_in_what_is_kept(text: str) -> None:
    found = keepable(text)
    assert found is None or ("@" not in found and not contains_personal_data(found))


def test_tags_are_no_part_of_what_is_learnt() -> None:
    assert without_tags("tôi là [tên], cần [mã hồ sơ] sang tên đất") == "tôi là , cần sang tên đất"
