"""Intent examples, aspect cues and fillers keep to the rules they were written by."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml
from nlu_data_terms import ASPECTS, INTENTS
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from language.normalise import fold, normalise

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
INTENT_FILES = sorted((NLU_DATA / "intents").glob("*.yml"))
ALL_FILES = [*INTENT_FILES, NLU_DATA / "aspects.yml", NLU_DATA / "fillers.yml"]

# With diacritics these are different words, "đúng" and "dừng"; without, only the question before can tell.
TWO_MEANINGS = {"dung": {"affirm", "opt_out"}, "thoi": {"deny", "opt_out"}}


def matching_form(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def learnt_form(text: str) -> str:
    """What the models see of a text."""
    return fold(normalise(text))


as_typed_and_as_learnt = pytest.mark.parametrize("read", [matching_form, learnt_form])


def holds(text: str, part: str) -> bool:
    """Whether the words of `part` stand in `text`, whole and in this order."""
    return f" {matching_form(part)} " in f" {matching_form(text)} "


@cache
def examples(file: Path) -> list[str]:
    (block,) = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    return [line.removeprefix("- ") for line in block["examples"].splitlines()]


@cache
def cues() -> dict[str, list[str]]:
    content: dict[str, list[str]] = yaml.safe_load((NLU_DATA / "aspects.yml").read_text("utf-8"))
    return content


@cache
def fillers() -> list[str]:
    content: dict[str, list[str]] = yaml.safe_load((NLU_DATA / "fillers.yml").read_text("utf-8"))
    return content["fillers"]


def test_every_intent_of_the_contract_has_its_file() -> None:
    # What is asked of knowledge is found among its entries, without examples.
    assert {file.stem for file in INTENT_FILES} == INTENTS - {"ask_knowledge"}


@pytest.mark.parametrize("file", INTENT_FILES, ids=lambda file: file.stem)
def test_rasa_reads_every_example_under_the_intent_of_the_file_name(file: Path) -> None:
    data = RasaYAMLReader().read(str(file))
    assert {message.get("intent") for message in data.intent_examples} == {file.stem}
    assert len(data.intent_examples) == len(examples(file))
    assert data.entity_examples == []


@pytest.mark.parametrize("file", INTENT_FILES, ids=lambda file: file.stem)
def test_there_are_enough_examples_and_a_good_part_without_diacritics(file: Path) -> None:
    found = examples(file)
    assert len(found) >= (250 if file.stem == "out_of_scope" else 60)
    assert 0.2 <= sum(text.isascii() for text in found) / len(found) <= 0.4


@pytest.mark.parametrize("file", INTENT_FILES, ids=lambda file: file.stem)
def test_no_example_says_the_same_twice(file: Path) -> None:
    forms = [matching_form(text) for text in examples(file)]
    assert sorted(forms) == sorted(set(forms))


@as_typed_and_as_learnt
def test_no_example_stands_under_two_intents(read: Callable[[str], str]) -> None:
    intents: defaultdict[str, set[str]] = defaultdict(set)
    for file in INTENT_FILES:
        for text in examples(file):
            assert read(text), f"nothing is left of {text!r}"
            intents[read(text)].add(file.stem)
    assert {form: found for form, found in intents.items() if len(found) > 1} == TWO_MEANINGS


def test_no_other_intent_uses_what_a_procedure_is_asked_as() -> None:
    called: set[str] = set()
    for file in (NLU_DATA / "procedures").glob("*.yml"):
        for phrases in yaml.safe_load(file.read_text(encoding="utf-8"))["asked_as"].values():
            called.update(matching_form(phrase) for phrase in phrases)
    assert called
    for file in INTENT_FILES:
        taken = {matching_form(text) for text in examples(file)} & called
        assert not taken, f"{file.stem}: {taken}"


def test_phone_numbers_are_invented() -> None:
    numbers = [
        number.strip()
        for file in INTENT_FILES
        for text in examples(file)
        for number in re.findall(r"(?<!\S)0\d{3} ?\d{3} ?\d{3}(?!\d)", text)
    ]
    assert numbers
    assert [number for number in numbers if not re.fullmatch(r"0900 000 \d{3}", number)] == []


def test_a_refusal_of_messages_speaks_of_messages() -> None:
    """Cancelling a paper is a question for the catalogue, so a longer refusal names what is refused."""
    spoken_of = re.compile(r"\b(tin|nhan|goi|thong bao|phien|sms|tu choi|unsubscribe|gui)\b")
    refusals = [matching_form(text) for text in examples(NLU_DATA / "intents" / "opt_out.yml")]
    assert [form for form in refusals if " " in form and not spoken_of.search(form)] == []
    assert {"tc", "tu choi", "dung", "stop", "huy", "thoi"} <= set(refusals)


def test_every_side_of_a_procedure_has_cues() -> None:
    assert set(cues()) == ASPECTS
    assert min(len(found) for found in cues().values()) >= 25


@as_typed_and_as_learnt
def test_no_cue_stands_under_two_aspects(read: Callable[[str], str]) -> None:
    aspects: defaultdict[str, set[str]] = defaultdict(set)
    for aspect, found in cues().items():
        for cue in found:
            aspects[read(cue)].add(aspect)
    assert {cue: names for cue, names in aspects.items() if len(names) > 1} == {}


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_a_cue_stands_before_the_shorter_ones_it_holds(aspect: str) -> None:
    found = cues()[aspect]
    assert len(found) == len({matching_form(cue) for cue in found})
    late = [(cue, later) for place, cue in enumerate(found) for later in found[place + 1 :] if holds(later, cue)]
    assert late == []


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("nộp ở đâu", "where"),
        ("nộp online được không", "online"),
        ("nộp gì", "papers"),
        ("bao nhiêu ngày", "time"),
        ("bao nhiêu tiền", "fee"),
        ("bao nhiêu", "fee"),
        ("mấy bản", "papers"),
        ("giấy tờ gì", "papers"),
        ("xin tờ khai ở đâu", "form"),
        ("theo quy định ở đâu", "legal_basis"),
        ("được hưởng bao nhiêu tiền", "receive"),
        ("thuế bao nhiêu", "besides"),
        ("bao nhiêu tuổi", "conditions"),
        ("làm thủ tục thế nào", "overview"),
        ("làm thế nào", "steps"),
    ],
)
def test_the_longest_cue_names_the_side_asked_for(question: str, aspect: str) -> None:
    found = [(len(cue), name) for name, group in cues().items() for cue in group if holds(question, cue)]
    assert max(found)[1] == aspect


def test_fillers_are_many_longer_first_and_never_a_single_word() -> None:
    lengths = [len(filler.split()) for filler in fillers()]
    assert len(fillers()) >= 80
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] >= 2
    assert len({matching_form(filler) for filler in fillers()}) == len(fillers())


def test_no_filler_takes_a_cue_away() -> None:
    everything = [cue for group in cues().values() for cue in group]
    assert [(filler, cue) for filler in fillers() for cue in everything if holds(filler, cue)] == []


@pytest.mark.parametrize("file", ALL_FILES, ids=lambda file: file.stem)
def test_texts_are_composed_and_say_when_they_were_checked(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", content)
    assert re.search(r"^# source: .+$", content, re.MULTILINE)
    assert re.search(r"^# checked_on: \d{4}-\d{2}-\d{2}$", content, re.MULTILINE)
    assert not [line for line in content.splitlines() if line != line.rstrip()]
