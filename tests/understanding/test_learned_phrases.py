"""Labelled phrases in files, read again when they change."""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path

import pytest
import yaml

from learning.writing import add_intent_example, add_procedure_phrase
from understanding.learned_phrases import LearnedPhrases, as_understood, learned_folders

DAY = date(2026, 11, 20)


def codes(learned: LearnedPhrases, *texts: str) -> list[str | None]:
    return [learned.code_for(as_understood(text)) for text in texts]


def test_a_phrase_is_known_as_soon_as_it_is_written(tmp_path: Path) -> None:
    learned = LearnedPhrases([tmp_path / "learned"])
    before = learned.signature()
    assert codes(learned, "nuôi yến") == [None]
    add_procedure_phrase(tmp_path / "learned", "1.000001", "nuôi yến", DAY)
    assert codes(learned, "Nuôi yến!", "nuoi yen", "nuôi ong") == ["1.000001", "1.000001", None]
    assert learned.signature() != before


def test_a_further_phrase_joins_the_file_of_its_procedure(tmp_path: Path) -> None:
    for text in ("nuôi yến", "nhà yến", "nuôi yến"):
        path = add_procedure_phrase(tmp_path, "1.000001", text, DAY)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content == {
        "code": "1.000001",
        "phrases": [{"text": "nuôi yến", "learned_on": DAY}, {"text": "nhà yến", "learned_on": DAY}],
    }
    assert "nuôi yến" in path.read_text(encoding="utf-8")


def test_diacritics_decide_between_two_phrases_and_without_them_none_is_sure(tmp_path: Path) -> None:
    add_procedure_phrase(tmp_path, "1.000001", "xin giấy bán nhà", DAY)
    add_procedure_phrase(tmp_path, "1.000002", "xin giấy bàn nhà", DAY)
    learned = LearnedPhrases([tmp_path])
    said = ("xin giấy bán nhà", "xin giấy bàn nhà", "xin giay ban nha")
    assert codes(learned, *said) == ["1.000001", "1.000002", None]


def test_phrases_of_the_project_and_of_the_installation_are_both_read(tmp_path: Path) -> None:
    project, data = learned_folders(tmp_path / "nlu_data", tmp_path / "data")
    add_procedure_phrase(project, "1.000001", "nuôi yến", DAY)
    add_procedure_phrase(data, "1.000002", "nuôi ong", DAY)
    assert codes(LearnedPhrases([project, data]), "nuôi yến", "nuôi ong") == ["1.000001", "1.000002"]


@pytest.mark.parametrize("damaged", ["code: [", "code: 1", "- nuôi yến", "", "code: a\nphrases: x", "\x00"])
def test_a_damaged_file_is_named_and_the_others_go_on(
    tmp_path: Path, damaged: str, caplog: pytest.LogCaptureFixture
) -> None:
    add_procedure_phrase(tmp_path, "1.000001", "nuôi yến", DAY)
    (tmp_path / "1.000002.yml").write_text(damaged, encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert codes(LearnedPhrases([tmp_path]), "nuôi yến") == ["1.000001"]
    assert "1.000002.yml" in caplog.text


def test_a_file_edited_in_place_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("understanding.learned_phrases.RESCAN_SECONDS", 0.0)
    path = add_procedure_phrase(tmp_path, "1.000001", "nuôi yến", DAY)
    learned = LearnedPhrases([tmp_path])
    assert codes(learned, "nuôi ong") == [None]
    path.write_text(path.read_text(encoding="utf-8").replace("yến", "ong"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert codes(learned, "nuôi ong", "nuôi yến") == ["1.000001", None]


def test_an_intent_gets_a_file_in_rasas_own_format(tmp_path: Path) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    for text in ("thôi em về đây", "gặp lại bác sau: nhé", "thôi em về đây"):
        path = add_intent_example(tmp_path, "goodbye", text, DAY)
    assert path == tmp_path / "intents" / "goodbye.yml"
    read = RasaYAMLReader().read(str(path)).training_examples
    assert [(one.get("intent"), one.get("text")) for one in read] == [
        ("goodbye", "thôi em về đây"),
        ("goodbye", "gặp lại bác sau: nhé"),
    ]
    assert path.read_text(encoding="utf-8").count(DAY.isoformat()) == 2
