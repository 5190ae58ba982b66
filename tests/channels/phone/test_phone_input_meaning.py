"""What keys and words mean depends on the screen."""

from __future__ import annotations

from datetime import date

import pytest

from channels.phone.dialogue.carrier_protocol import Keys, Said
from channels.phone.dialogue.dialogue_data import Command, dialogue_data, plain
from channels.phone.dialogue.input_meaning import (
    Do,
    Entered,
    Meant,
    Pick,
    StartOver,
    Unusable,
    WholeCode,
    Words,
    meant_by_keys,
    meant_by_words,
)
from channels.phone.dialogue.state import Option, Screen, Stage

TODAY = date(2026, 11, 24)
MENU = Screen(stage=Stage.MENU)
CODE = Screen(stage=Stage.CODE)
PART = Screen(stage=Stage.CODE, digits="155")
CHECK = Screen(stage=Stage.CODE_CHECK, digits="155005212611239101")
CHOICES = Screen(
    stage=Stage.CHOICES, options=(Option(key="1", label="Sang tên xe"), Option(key="2", label="Đổi bằng lái xe"))
)


@pytest.mark.parametrize(
    ("screen", "keys", "meant"),
    [
        (MENU, "1", Pick("1")),
        (MENU, "111", Pick("1")),
        (MENU, "1#", Pick("1")),
        (MENU, "0", Do(Command.OFFICER)),
        (MENU, "*", Do(Command.BACK)),
        (MENU, "#", Do(Command.REPEAT)),
        (MENU, "12", Unusable("one_key")),
        (MENU, "ABC", Unusable("wrong_key")),
        (Screen(stage=Stage.TALK), "2", Pick("2")),
        (MENU, "155005212611239101", WholeCode("155005212611239101")),
        (MENU, "2155005212611239101", WholeCode("155005212611239101")),
        (MENU, "222412611039110", WholeCode("22412611039110")),
        (MENU, "229908261122998102", WholeCode("229908261122998102")),
        (MENU, "15500521261123910", Unusable("one_key")),
        (CHOICES, "2155005212611239101", Unusable("one_key")),
        (CODE, "0", Do(Command.OFFICER)),
        (CODE, "#", Do(Command.REPEAT)),
        (CODE, "*", Do(Command.BACK)),
        (PART, "*", StartOver()),
    ],
)
def test_keys(screen: Screen, keys: str, meant: Meant) -> None:
    assert meant_by_keys(screen, Keys(keys), TODAY) == meant


@pytest.mark.parametrize(("screen", "keys", "digits"), [(CODE, "00", "00"), (PART, "0", "1550"), (PART, "0#", "1550")])
def test_inside_an_entry_zero_is_a_digit(screen: Screen, keys: str, digits: str) -> None:
    meant = meant_by_keys(screen, Keys(keys), TODAY)
    assert isinstance(meant, Entered)
    assert meant.collected.digits == digits
    assert meant.sure


@pytest.mark.parametrize(
    ("screen", "text", "confidence", "meant"),
    [
        (MENU, "số một", None, Pick("1")),
        (MENU, "Nhắc lại!", 0.1, Do(Command.REPEAT)),
        (MENU, "gap can bo", None, Do(Command.OFFICER)),
        (MENU, "làm giấy khai sinh", None, Words("làm giấy khai sinh")),
        (MENU, "làm giấy khai sinh", 0.9, Words("làm giấy khai sinh")),
        (MENU, "làm giấy khai sinh", 0.4, Words("làm giấy khai sinh", sure=False)),
        (MENU, "làm giấy khai sinh", 0.1, Unusable("not_understood")),
        (MENU, " … ", None, Unusable("nothing_heard")),
        (MENU, "", None, Unusable("nothing_heard")),
        (CHECK, "đúng rồi ạ", 0.3, Pick("1")),
        (CHECK, "dạ không", 0.3, Pick("2")),
        (CHECK, "không phải", None, Pick("2")),
        (CHOICES, "đổi bằng lái", None, Pick("2")),
        (CHOICES, "sang tên xê", 0.3, Pick("1")),
        (CHOICES, "làm giấy khai sinh", None, Words("làm giấy khai sinh")),
        (MENU, "không", None, Words("không")),
    ],
)
def test_words(screen: Screen, text: str, confidence: float | None, meant: Meant) -> None:
    assert meant_by_words(screen, Said(text, confidence), dialogue_data(), TODAY) == meant


def test_another_reading_of_the_recogniser_may_be_the_right_one() -> None:
    heard = Said("xăng tên xa lắc", 0.4, ("sang tên xe",))
    assert meant_by_words(CHOICES, heard, dialogue_data(), TODAY) == Pick("1")


def test_no_phrase_means_two_things() -> None:
    phrases = [(plain(phrase), command) for command, group in dialogue_data().phrases.items() for phrase in group]
    assert len({phrase for phrase, _ in phrases}) == len(set(phrases))
