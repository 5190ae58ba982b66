"""What is known beside procedures is short, sourced, asked in many ways, and never what it is measured with."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from catalogue.knowledge_base import CONTACTS, KnowledgeBase, KnowledgeEntry, KnowledgeFile
from catalogue.yaml_files import read_model
from contract.wording import wording_of
from language.normalise import fold, normalise

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
FILES = sorted((NLU_DATA / "knowledge").glob("*.yml"))

TWO_SEGMENTS = 300
"""Characters of two text messages without diacritics."""
LONGEST_SENTENCE = 21
FIRST_SENTENCE = 110
"""Characters in which a caller hears the answer."""
TOLD_IN_ENGLISH = {"service", "desk", "portal", "languages"}
NUMBERS_NOBODY_CONFIRMED = ("0901116789", "0692342593", "08048228")


def entries_of(file: Path) -> list[KnowledgeEntry]:
    read, problems = read_model(file, KnowledgeFile, {CONTACTS: wording_of(NLU_DATA).contacts})
    assert read is not None, problems
    return list(read.entries)


def all_entries() -> list[KnowledgeEntry]:
    return [entry for file in FILES for entry in entries_of(file)]


def alike(text: str) -> str:
    """Text as a hurried reader compares it, with its diacritics."""
    return " ".join(re.findall(r"\w+", text.lower()))


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?;]) ", text) if part]


def test_there_are_many_entries_and_each_id_stands_once() -> None:
    ids = Counter(entry.id for entry in all_entries())
    assert len(ids) >= 150
    assert not [entry for entry, count in ids.items() if count > 1]


def test_what_is_known_but_not_ours_is_named_with_who_is_responsible() -> None:
    not_ours = [entry for entry in all_entries() if not entry.belongs_here]
    assert len(not_ours) >= 40
    for entry in not_ours:
        assert len(sentences(entry.answer["vi"])) <= 3, entry.id
        assert entry.procedure is None, entry.id


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_entry_is_asked_in_at_least_ten_ways(file: Path) -> None:
    few = {entry.id: len(entry.asked_as) for entry in entries_of(file) if len(entry.asked_as) < 10}
    assert not few
    plain = [entry.id for entry in entries_of(file) if not any(text == fold(text) for text in entry.asked_as)]
    assert not plain, "nobody types these without diacritics"


def test_a_number_that_has_a_name_is_told_by_it() -> None:
    told = " ".join(text for entry in all_entries() for text in entry.answer.values())
    assert wording_of(NLU_DATA).contacts["hotline"] in told
    assert "{" not in told


def test_an_answer_naming_an_unknown_number_is_a_mistake_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "topic.yml"
    file.write_text("entries:\n  - {id: a, answer: {vi: 'Gọi {nobody}.'}, asked_as: [a, b, c]}\n", encoding="utf-8")
    (problem,) = KnowledgeBase(tmp_path).problems()
    assert (problem.file, problem.line, problem.field) == ("topic.yml", 2, "entries[1].answer")
    assert "nobody" in str(problem)


def test_no_way_of_asking_stands_twice() -> None:
    asked = Counter(alike(text) for entry in all_entries() for text in entry.asked_as)
    assert not [text for text, count in asked.items() if count > 1]


def test_texts_are_composed_and_trimmed() -> None:
    for entry in all_entries():
        for text in (*entry.answer.values(), *entry.then.values(), *entry.asked_as):
            assert unicodedata.is_normalized("NFC", text), entry.id
            assert text == text.strip() != "", entry.id


def test_answers_fit_two_text_messages_in_short_sentences() -> None:
    for entry in all_entries():
        for told in (texts["vi"] for texts in (entry.answer, entry.then) if texts):
            assert len(told) <= TWO_SEGMENTS, entry.id
            assert len(sentences(told)[0]) <= FIRST_SENTENCE, entry.id
            for sentence in sentences(told):
                assert len(sentence.split()) <= LONGEST_SENTENCE, f"{entry.id}: {sentence}"
            assert told.rstrip().endswith((".", "?", "!")) or "gặp cán bộ" in told or "English" in told, entry.id


def test_answers_read_right_without_diacritics() -> None:
    for entry in all_entries():
        # "dừng" (stop) turns into "đúng" (right) or "đừng" (don't).
        told = " ".join(texts.get("vi", "") for texts in (entry.answer, entry.then))
        assert not re.search(r"\bdừng\b", told.lower()), entry.id


@pytest.mark.parametrize("file", [file for file in FILES if file.stem in TOLD_IN_ENGLISH], ids=lambda file: file.stem)
def test_the_service_the_desk_and_the_portal_are_told_in_english(file: Path) -> None:
    assert not [entry.id for entry in entries_of(file) if "en" not in entry.answer]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_fact_has_a_source(file: Path) -> None:
    if file.stem in ("service", "languages"):
        # The program itself is the source of what it does and speaks.
        return
    assert not [entry.id for entry in entries_of(file) if entry.source is None]


def test_numbers_nobody_confirmed_are_not_told() -> None:
    for entry in all_entries():
        digits = re.sub(r"[ .]", "", entry.answer["vi"])
        assert not [number for number in NUMBERS_NOBODY_CONFIRMED if number in digits], entry.id


def test_no_way_of_asking_is_a_line_it_is_measured_with() -> None:
    measured = {
        alike(fold(normalise(json.loads(line)["text"])))
        for file in (NLU_DATA / "eval").glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    seen = [
        f"{entry.id}: {text}"
        for entry in all_entries()
        for text in entry.asked_as
        if alike(fold(normalise(text))) in measured
    ]
    assert not seen


def test_the_set_names_entries_there_are() -> None:
    known = {entry.id for entry in all_entries()}
    lines = [
        json.loads(line) for line in (NLU_DATA / "eval" / "knowledge.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    wanted = [line["knowledge"] for line in lines if line["knowledge"] is not None]
    assert len(wanted) >= 80
    assert len(lines) - len(wanted) >= 60
    assert set(wanted) <= known
