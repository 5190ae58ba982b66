"""The first sentence of an answer settles the question; what is not known is said to be not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from places import NLU_DATA

from actions.procedures.answers import Answers
from actions.procedures.passages import Words
from actions.procedures.question_answers import Asked, Told, answer_question, difference, leads, written_of_sum
from catalogue.question_answers import FOLDER, THINGS, read_things
from catalogue.rules import RulesFolder
from catalogue.yaml_files import load_folder
from contract.aspects import Aspect
from contract.questions import Question, QuestionKind
from contract.wording import wording_of
from language.normalise import fold, normalise
from understanding.questions import questions_of

TODAY = date(2026, 11, 29)
ANSWERS = Answers(wording_of(NLU_DATA).room("core"), lambda: TODAY, timedelta(days=400))
ENTRIES = RulesFolder(NLU_DATA).rules().answers
NO_WORDS = Words((), frozenset(), ())
KNOWN_THINGS = read_things(NLU_DATA / FOLDER / THINGS)
PROCEDURES = {found.code: found for found in load_folder(NLU_DATA / "procedures")}
MARRIAGE, BIRTH, DEATH, SINGLE, COPY = "1.000894", "1.001193", "1.000656", "1.004873", "2.000815"
STAY, RESIDENCE, CARD, PASSPORT, LAND, GUEST = "1.004194", "1.004222", "1.116410", "1.001456", "1.013978", "2.001159"
LICENCE, RECORD, OLD_AGE, BOOK = "3.000348", "3.000333", "1.014027", "1.002759"
VEHICLE, BUSINESS = "1.013076", "1.001612"
SALE, INSURANCE, WILL, DRIVING_TEST = "1.013831", "1.001939", "2.001019", "3.000346"


def asked(text: str) -> Asked:
    folded = fold(normalise(text))
    question = questions_of(NLU_DATA).read(folded)
    assert question is not None, text
    return Asked(question, folded, ENTRIES, KNOWN_THINGS, NO_WORDS)


def of_kind(kind: QuestionKind) -> Asked:
    return Asked(Question(kind=kind), "", ENTRIES, KNOWN_THINGS, NO_WORDS)


def told(code: str, text: str, language: str = "vi") -> str:
    found = answer_question(ANSWERS.telling(PROCEDURES[code], language), asked(text))
    assert isinstance(found, Told), text
    return " ".join(found.lines)


@pytest.mark.parametrize(
    ("code", "text", "first"),
    [
        (MARRIAGE, "có cần giấy khám sức khỏe không", "Không cần."),
        (MARRIAGE, "co can mang so ho khau khong", "Không cần."),
        (MARRIAGE, "có cần căn cước không", "Có, cần xuất trình căn cước"),
        (MARRIAGE, "một mình em đi được không", "Không đi thay được."),
        (MARRIAGE, "gửi bưu điện được không", "Được."),
        (BIRTH, "ông nội đi làm thay được không", "Được."),
        (BIRTH, "không có giấy chứng sinh thì sao", "Vẫn làm được."),
        (BIRTH, "khai muộn có bị phạt không", "Trong 60 ngày"),
        (DEATH, "có phải về quê khai không", "Khai ở xã nơi người mất cư trú lần cuối"),
        (SINGLE, "giấy đó dùng được bao lâu", "6 tháng"),
        (SINGLE, "nhờ người nhà xin giùm được không", "Được, có giấy ủy quyền."),
        (COPY, "có cần công chứng không", "Mang bản chính"),
        (STAY, "một lần đăng ký được bao lâu", "Nhiều nhất 2 năm"),
        (STAY, "thứ bảy có làm không", "Cổng dịch vụ công ghi nhận từ thứ hai đến thứ sáu và sáng thứ bảy."),
        (STAY, "giấy thuê nhà có cần công chứng không", "Không cần công chứng."),
        (RESIDENCE, "giấy thuê nhà có cần công chứng không", "Có, giấy thuê"),
        (CARD, "mấy tuổi phải làm", "Từ đủ 14 tuổi"),
        (CARD, "có cần mang ảnh thẻ không", "Không cần mang ảnh."),
        (CARD, "làm ở tỉnh khác được không", "Được."),
        (PASSPORT, "bao lâu thì hết hạn", "Người từ đủ 14 tuổi được 10 năm"),
        (LAND, "ai ký sổ", "Chủ tịch ủy ban nhân dân xã"),
        (GUEST, "chậm nhất mấy giờ phải báo", "Báo trước 23 giờ"),
        (LICENCE, "có cần khám sức khỏe không", "Bằng hạng A1, A, B1 thì không cần"),
        (RECORD, "nhờ người khác xin được không", "Phiếu số 1 thì nhờ được, phiếu số 2 phải tự xin."),
        (OLD_AGE, "bao nhiêu tuổi thì được", "Từ đủ 75 tuổi"),
        (BOOK, "mất sổ bảo hiểm rồi thì sao", "Không mất quyền lợi."),
        ("2.000720", "dời quán sang xã khác được không", "Không phải làm giấy mới."),
        ("2.000821", "người đóng tự nguyện có được không", "Được, nếu người mất đã đóng tự nguyện"),
        ("2.000821", "mấy tuổi mới được", "Tiền mai táng không xét tuổi."),
        (
            "1.001776",
            "mẹ đơn thân nghèo nuôi hai con nhỏ được trợ cấp bao nhiêu",
            "Mỗi con được 540.000 đồng một tháng",
        ),
        ("1.011607", "hộ nghèo được hưởng bao nhiêu", "Không có tiền hằng tháng chung"),
        (GUEST, "gọi điện báo được không", "Được. Gọi hoặc nhắn"),
        (DEATH, "mất lâu rồi giờ khai tử được không", "Được, không bị từ chối vì muộn."),
    ],
)
def test_the_first_sentence_settles_the_question(code: str, text: str, first: str) -> None:
    assert told(code, text).startswith(first)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1.013225", "giấy phép dùng được bao lâu"),
        ("1.013225", "nhờ người khác nộp được không"),
        ("1.012812", "đơn có phải làm ở xã khác được không"),
        (OLD_AGE, "làm ở xã khác được không"),
        (CARD, "ai ký thẻ"),
    ],
)
def test_what_the_source_does_not_say_is_no_yes_and_no_no(code: str, text: str) -> None:
    answer = told(code, text)
    assert "chưa thấy nguồn" in answer
    assert "ãy hỏi" in answer
    assert not answer.startswith(("Được", "Có", "Không"))


def test_a_paper_that_is_not_listed_is_said_to_be_not_listed_and_what_is_needed_follows() -> None:
    answer = told(OLD_AGE, "có cần giấy khai sinh không")
    assert "không thấy yêu cầu giấy khai sinh" in answer
    assert "Giấy tờ:" in answer


def test_a_thing_that_is_not_known_by_name_is_neither_needed_nor_not() -> None:
    answer = told(MARRIAGE, "có cần giấy phép con không")
    assert "chưa thấy nguồn nói về điều này" in answer


def test_a_paper_of_one_situation_names_the_situation() -> None:
    assert told(BIRTH, "có cần giấy ủy quyền không").startswith("Chỉ khi nhờ người khác làm thay: cần giấy ủy quyền")


def test_whether_somebody_must_come_along_is_a_question_of_who_may() -> None:
    assert asked("có cần vợ cùng đi không").kind is QuestionKind.WHO_MAY


def test_one_original_of_each_is_told_as_that() -> None:
    assert "mỗi thứ một bản chính" in told(SINGLE, "cần mấy bản")


@pytest.mark.parametrize(
    ("text", "topic", "before", "part"),
    [
        ("tạm trú với lưu trú khác gì nhau", None, None, "dưới 30 ngày thì báo lưu trú"),
        ("thế khác thường trú chỗ nào", STAY, None, "Thường trú là nơi ở lâu dài"),
        ("thì làm cái nào", STAY, GUEST, "dưới 30 ngày thì báo lưu trú"),
    ],
)
def test_two_things_are_compared(text: str, topic: str | None, before: str | None, part: str) -> None:
    entry = difference(asked(text), topic, before)
    assert entry is not None
    assert part in entry.told_on("vi", TODAY)


def test_things_nobody_wrote_about_are_not_compared() -> None:
    assert difference(asked("sổ đỏ khác gì bằng lái"), STAY) is None


def test_a_side_that_is_named_plainly_is_answered_as_that_side() -> None:
    assert not leads(of_kind(QuestionKind.MAY), Aspect.FEE)
    assert leads(of_kind(QuestionKind.MAY), Aspect.CONDITIONS)
    assert leads(of_kind(QuestionKind.COLLECT), Aspect.WHERE)
    assert not leads(of_kind(QuestionKind.RECEIVE), Aspect.RECEIVE)


def test_a_sum_written_for_one_case_comes_before_the_list_of_sums() -> None:
    allowance = PROCEDURES["1.001776"]
    assert written_of_sum(asked("mẹ đơn thân được trợ cấp bao nhiêu"), allowance)
    assert not written_of_sum(asked("người già được trợ cấp bao nhiêu"), allowance)
    assert not written_of_sum(asked("khai muộn có bị phạt không"), PROCEDURES[BIRTH])


def test_a_fine_is_no_fee() -> None:
    assert leads(asked("không sang tên thì bị phạt bao nhiêu"), Aspect.FEE)
    assert told(VEHICLE, "không sang tên thì bị phạt bao nhiêu").startswith("Trong 30 ngày")
    assert "mức phạt" in told(BUSINESS, "không đăng ký thì bị phạt bao nhiêu")


@pytest.mark.parametrize(
    ("code", "text", "first"),
    [
        (OLD_AGE, "mẹ tôi 78 tuổi có được không", "Được, 78 tuổi"),
        (OLD_AGE, "me toi bay muoi bon tuoi duoc chua", "74 tuổi thì tùy"),
        (OLD_AGE, "bố 66 tuổi có được không", "Chưa được, 66 tuổi"),
        (MARRIAGE, "em 17 tuổi có được không", "Chưa được, 17 tuổi"),
        (MARRIAGE, "em 25 tuổi chồng 31 tuổi có được không", "Nam từ đủ 20 tuổi"),
    ],
)
def test_an_age_that_is_said_is_held_against_the_law(code: str, text: str, first: str) -> None:
    assert told(code, text).startswith(first)


def test_in_english_the_answer_is_english() -> None:
    assert told(MARRIAGE, "do i need health certificate", "en").startswith("No.")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.kind}-{'-'.join(entry.codes[:2])}")
def test_an_entry_is_about_procedures_there_are_and_short(entry) -> None:  # type: ignore[no-untyped-def]
    assert set(entry.codes) <= PROCEDURES.keys()
    assert all(any(found.field == name for found in PROCEDURES.values()) for name in entry.fields)
    assert {"vi", "en"} <= entry.answer.keys()
    # Two text messages without diacritics, with the source.
    assert all(len(texts["vi"]) <= 250 for texts in (entry.answer, entry.then) if texts)


def test_no_question_has_two_answers_that_fit_alike() -> None:
    seen = [(entry.kind, code, entry.about) for entry in ENTRIES for code in entry.codes or entry.fields or ("",)]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("code", "text", "near"),
    [
        ("1.013076", "mất tờ đăng ký của xe thì sao", "mất thì ghi rõ lý do"),
    ],
)
def test_what_nothing_settles_is_told_with_what_the_source_says_nearest_to_it(code: str, text: str, near: str) -> None:
    assert near in told(code, text)


def test_a_paper_that_is_one_of_several_is_not_said_to_be_needed() -> None:
    answer = told("3.000001", "chưa có sổ đỏ thì sao")
    assert answer.startswith("Không nhất thiết phải có sổ đỏ.")
    assert "hợp đồng thuê" in answer


def test_who_asks_whether_they_get_it_hears_every_condition() -> None:
    rules = PROCEDURES["1.014748"].conditions
    assert len(rules) > 3
    answer = told("1.014748", "có được nhận không")
    assert all(rule.rstrip(".") in answer for rule in rules)


def test_a_place_that_takes_the_papers_is_not_said_to_be_elsewhere() -> None:
    assert told("1.001776", "nộp ở xã được không").startswith("Được.")
    assert told("1.001146", "nộp ở công an tỉnh được không").startswith("Được.")


@pytest.mark.parametrize("place", ["xã khác", "xã này", "xã chồng", "công an huyện"])
def test_of_which_one_a_place_is_nothing_is_promised(place: str) -> None:
    assert "chưa thấy nguồn" in told("1.001776", f"nộp ở {place} được không")


@pytest.mark.parametrize("code", ["1.010038", LICENCE, RECORD])
def test_police_of_a_level_that_is_no_more_are_not_those_that_take_the_papers(code: str) -> None:
    assert "chưa thấy nguồn" in told(code, "nộp ở công an huyện được không")


@pytest.mark.parametrize(
    ("code", "text", "first"),
    [
        (CARD, "con 6 tuổi làm được không", "Được, 6 tuổi là đủ tuổi."),
        (CARD, "con be 6 tuoi lam dc chua", "Được, 6 tuổi là đủ tuổi."),
        (OLD_AGE, "ba em 72 tuoi duoc khong", "72 tuổi thì tùy trường hợp."),
    ],
)
def test_whether_somebody_of_an_age_may_is_held_against_the_age_that_is_written(
    code: str, text: str, first: str
) -> None:
    assert told(code, text).startswith(first)


def test_rules_that_have_nothing_to_do_with_a_case_are_not_said_to_decide_it() -> None:
    assert "tùy các điều kiện" not in told("1.001266", "còn thiếu tiền điện thì đóng quán được không")


def test_who_is_ill_is_told_who_may_go_and_not_of_officers_at_home() -> None:
    assert told(SALE, "bố nằm viện con đi thay được không").startswith("Được nhờ người khác")
    assert "tận nhà" not in told(INSURANCE, "đang nằm viện có mua thẻ được không")
    assert "tận nhà" in told(CARD, "mẹ nằm liệt có làm được không")


def test_who_cannot_read_is_told_what_the_procedure_asks_of_them() -> None:
    assert "điểm chỉ" in told(MARRIAGE, "không biết chữ có đăng ký được không")
    assert "hai người làm chứng" in told(WILL, "không biết chữ có lập di chúc được không")
    assert "Cán bộ ghi hộ" not in told(DRIVING_TEST, "không biết chữ thi bằng lái được không")


def test_of_many_amounts_it_is_said_that_there_are_more() -> None:
    assert "Còn mức khác" in told("1.001776", "có được không")
