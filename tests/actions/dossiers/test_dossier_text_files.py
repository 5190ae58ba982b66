"""The sentences officers may correct are checked when they are read."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.dossiers.answers import AnswerBook, AnswerWords, read_answers
from actions.dossiers.model import DossierStatus
from actions.dossiers.statuses import StatusBook, read_statuses
from actions.dossiers.textfile import TextFileError

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
ANSWERS, STATUSES = NLU_DATA / "dossier_answers.yml", NLU_DATA / "dossier_statuses.yml"

Change = Callable[[dict[str, Any]], object]


def changed(original: Path, folder: Path, change: Change) -> Path:
    content = yaml.safe_load(original.read_text("utf-8"))
    change(content)
    copy = folder / "changed.yml"
    copy.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return copy


def test_every_state_has_words_in_both_languages(statuses: StatusBook) -> None:
    for status in DossierStatus:
        assert statuses.words(status, "vi") != statuses.words(status, "en")
    assert statuses.names[DossierStatus.PROCESSING] == "Đang xử lý"


def test_texts_are_nfc_and_survive_the_loss_of_diacritics(statuses: StatusBook, answers: AnswerBook) -> None:
    texts = [getattr(words, field.name) for words in answers.by_language.values() for field in fields(AnswerWords)]
    for by_status in statuses.by_language.values():
        texts += [text for words in by_status.values() for text in (words.text, words.next_step)]

    assert len(texts) == 2 * len(fields(AnswerWords)) + 4 * len(DossierStatus)
    plain = set(string.ascii_letters + string.digits + " .,;:!?()\"'/-{}_%")
    for text in texts:
        assert text == unicodedata.normalize("NFC", text)
        bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        assert {sign for sign in bare if not unicodedata.combining(sign)} <= plain, text


def test_texts_ask_for_no_name_address_or_full_number(answers: AnswerBook) -> None:
    for words in answers.by_language.values():
        for field in fields(AnswerWords):
            text = getattr(words, field.name).lower()
            assert not any(term in text for term in ("họ tên", "họ và tên", "địa chỉ", "your name", "address"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda c: c.pop("source"), "source is missing"),
        (lambda c: c.pop("checked_on"), "checked_on is missing"),
        (lambda c: c["answers"].pop("vi"), "vi is missing"),
        (lambda c: c["answers"]["en"].pop("locked"), "en, locked is empty"),
        (
            lambda c: c["answers"]["vi"].update(overdue="Trễ {day} ngày"),
            r"vi, overdue uses {day}; allowed.*{days}",
        ),
        (lambda c: c["answers"]["vi"].update(overdue="Trễ {days"), "vi, overdue has a stray brace"),
        (lambda c: c["answers"]["vi"].update(overdue="Trễ {days:x}"), "vi, overdue uses"),
        (lambda c: c["answers"]["vi"].update(overdue="Trễ {}"), "vi, overdue uses"),
        (lambda c: c["answers"]["vi"].update(go_to_desk="Hỏi {office}"), "allowed here: none"),
        (lambda c: c["answers"]["vi"].update(overdeu="Trễ"), "entries nobody uses: overdeu"),
        (lambda c: c["answers"].update(vi="Trễ"), "must be a list of named entries"),
    ],
)
def test_a_slip_in_the_answers_is_named(tmp_path: Path, change: Change, complaint: str) -> None:
    with pytest.raises(TextFileError, match=complaint) as caught:
        read_answers(changed(ANSWERS, tmp_path, change))

    assert "changed.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda c: c["statuses"].pop(7), "numbered 1 to 10"),
        (lambda c: c["statuses"][7].pop("en"), "en does not have words for every state"),
        (lambda c: c["statuses"][7]["vi"].update(text=" "), "state 7, vi, text is empty"),
        (
            lambda c: c["statuses"][7]["vi"].update(next_step="Gọi {phone}"),
            "state 7, vi, next_step uses {phone}",
        ),
        (lambda c: c["statuses"][7].update(vi="Đang rút"), "must be a list of named entries"),
        (lambda c: c["statuses"][7].pop("name"), "state 7, name is empty"),
    ],
)
def test_a_slip_in_the_states_is_named(tmp_path: Path, change: Change, complaint: str) -> None:
    with pytest.raises(TextFileError, match=complaint):
        read_statuses(changed(STATUSES, tmp_path, change))


@pytest.mark.parametrize("content", [b"", b"- a", b"a: [", b"\xff\xfe"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_bytes(content)

    with pytest.raises(TextFileError, match=r"broken\.yml"):
        read_answers(broken)


def test_an_officers_correction_is_what_citizens_read(tmp_path: Path) -> None:
    def correct(content: dict[str, Any]) -> None:
        content["statuses"][4]["vi"]["text"] = "Hồ sơ đang ở phòng chuyên môn"

    words = read_statuses(changed(STATUSES, tmp_path, correct)).words(DossierStatus.PROCESSING)

    assert words.text == "Hồ sơ đang ở phòng chuyên môn"
