"""A further question is answered by the lines of the record that hold its words, or told that nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from places import NLU_DATA

from actions.procedures.answers import Answers
from actions.procedures.passages import Words, case_of, strange, told_of, words_of
from catalogue.question_answers import FOLDER, THINGS, read_circumstances
from catalogue.yaml_files import load_folder
from contract.aspects import Aspect
from contract.wording import wording_of
from language.normalise import fold, normalise

TODAY = date(2026, 11, 30)
ANSWERS = Answers(wording_of(NLU_DATA).room("core"), lambda: TODAY, timedelta(days=400))
PROCEDURES = {found.code: found for found in load_folder(NLU_DATA / "procedures")}
CIRCUMSTANCES = read_circumstances(NLU_DATA / FOLDER / THINGS)
PASSPORT, CARD, ADOPTION, VEHICLE, MARRIAGE, SINGLE = (
    "1.001456",
    "1.116410",
    "2.001263",
    "1.013076",
    "1.000894",
    "1.004873",
)


def words(code: str, text: str) -> Words:
    return words_of(text, fold(normalise(text)), PROCEDURES[code], CIRCUMSTANCES)


def told(code: str, text: str, first: Aspect | None = None) -> str:
    return " ".join(told_of(ANSWERS.telling(PROCEDURES[code], "vi"), words(code, text), first))


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        (PASSPORT, "trẻ em thì sao", "dưới 14 tuổi"),
        (PASSPORT, "con nit thi sao", "dưới 14 tuổi"),
        (CARD, "có phải lấy vân tay không", "vân tay"),
        (ADOPTION, "độc thân có nhận được không", "độc thân"),
        (ADOPTION, "doc than co nhan dc k", "độc thân"),
        (VEHICLE, "chủ cũ giữ biển số à", "biển số"),
    ],
)
def test_the_line_that_holds_the_words_is_told(code: str, text: str, said: str) -> None:
    assert said in told(code, text)


@pytest.mark.parametrize(
    ("code", "text"),
    [(PASSPORT, "trời mưa to quá thì sao"), (VEHICLE, "xe hết xăng thì sao"), (CARD, "chó cắn thì sao")],
)
def test_words_that_no_line_holds_are_told_nothing(code: str, text: str) -> None:
    assert told(code, text) == ""


def test_the_side_answered_last_comes_before_others_that_fit_as_well() -> None:
    by_fee = told_of(ANSWERS.telling(PROCEDURES[PASSPORT], "vi"), words(PASSPORT, "trẻ em thì sao"), Aspect.PAPERS)
    assert by_fee[0].startswith("Làm cho trẻ dưới 14 tuổi")


def test_what_the_procedure_is_called_is_no_question_about_it() -> None:
    assert not strange(words(MARRIAGE, "đăng ký kết hôn"))
    assert strange(words(MARRIAGE, "hai bên khác đạo"))


@pytest.mark.parametrize("text", ["ngắn gọn thôi", "nói đơn giản hơn đi", "nhanh lên nhé"])
def test_how_it_shall_be_told_is_no_question_about_it(text: str) -> None:
    assert not strange(words(MARRIAGE, text))


def test_one_syllable_of_another_word_is_no_find() -> None:
    assert told("1.001612", "có cần chứng chỉ gì không") == ""


def test_a_situation_that_is_told_chooses_its_papers() -> None:
    single = PROCEDURES[SINGLE]
    chosen = case_of(ANSWERS.telling(single, "vi"), words(SINGLE, "tôi ly hôn rồi thì cần giấy gì"))
    assert chosen is not None
    special = [case for case in single.papers if case.case is not None]
    assert "ly hôn" in (special[chosen].case or "").lower()
    assert case_of(ANSWERS.telling(single, "vi"), words(SINGLE, "cần giấy gì")) is None
