"""The words without which a procedure is never meant, held against how the records are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from language.normalise import normalise
from understanding.features import Utterance
from understanding.never_without import never_without_of, unsaid

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
CODES = sorted(yaml.safe_load((NLU_DATA / "never_without.yml").read_text(encoding="utf-8"))["never"])


def _missing(text: str) -> frozenset[str]:
    return unsaid(Utterance.of(normalise(text)), never_without_of(NLU_DATA))


@pytest.mark.parametrize("code", CODES)
def test_every_way_a_record_is_asked_for_holds_one_of_its_words(code: str) -> None:
    record = yaml.load((NLU_DATA / "procedures" / f"{code}.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ways = [way for listed in record["asked_as"].values() for way in listed]

    assert [way for way in (*ways, record["short_name"]) if code in _missing(way)] == []


@pytest.mark.parametrize(
    ("said", "meant", "not_meant"),
    [
        ("Đăng ký xe máy", "1.013067", "1.013082"),
        ("dang ky tam tru", "1.004194", "1.010028"),
        ("mở quán tạp hóa", "1.001612", "1.001266"),
        ("register a birth", "1.001193", "1.004884"),
        ("vo toi nguoi Lao, dang ky ket hon", "2.000806", "1.000894"),
        ("marry a vietnamese woman", "2.000806", "1.000894"),
        ("đăng ký kết hôn ở xã nhà gái", "1.000894", "2.000806"),
        ("cho con ruột có phải đóng thuế không", "1.013831", "1.001022"),
        ("nhận lại con ruột", "1.001022", "2.000717"),
        ("bố tôi là cựu chiến binh có được thẻ bảo hiểm không", "1.001939", "2.002307"),
        ("chạy xe ôm công nghệ có phải đóng thuế không", "1.011022", "3.000333"),
        ("lương 12 triệu có phải nộp thuế thu nhập không", "1.008498", "1.007674"),
        ("bảo hiểm y tế có trả tiền làm răng không", "1.001939", "1.002759"),
        ("luong huu cua bo toi chua ve", "1.014171", "2.000717"),
    ],
)
def test_the_plain_matter_is_left_and_its_neighbour_is_not(said: str, meant: str, not_meant: str) -> None:
    missing = _missing(said)

    assert meant not in missing
    assert not_meant in missing


def test_diacritics_that_are_typed_count() -> None:
    assert "3.000348" in _missing("bằng lái mặt trước")
    assert "3.000348" not in _missing("bằng lái mất rồi")
    assert "3.000348" not in _missing("bang lai mat roi")


@pytest.mark.parametrize("said", ["bang lai xe may het bao nhieu", "lay bang lai o dau", "giay phep lai xe"])
def test_a_name_that_looks_like_the_word_without_diacritics_is_not_the_word(said: str) -> None:
    assert "3.000348" in _missing(said)


def test_a_story_may_say_it_in_words_no_list_holds() -> None:
    story = "hôm qua con tôi nghịch nước để cái bằng lái của bố nó trôi theo dòng suối sau nhà rồi"

    assert _missing(story) == frozenset()


def test_a_foreigner_in_a_sentence_of_some_length_is_still_whom_it_is_about() -> None:
    told = "chiều nay có cô bạn người Nhật về nghỉ lại nhà em hai đêm thì báo ai"

    assert "2.001159" in _missing(told)
    assert "2.001159" not in _missing(told.replace(" người Nhật", ""))
