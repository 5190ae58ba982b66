"""The project's accuracy sets are well-formed, balanced, and unseen by training."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from nlu_data_terms import ASPECTS, INTENTS

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
EVAL = NLU_DATA / "eval"

KEYS = {
    "id",
    "text",
    "style",
    "channel",
    "intent",
    "procedure",
    "aspect",
    "dossier_code",
    "digits",
    "knowledge",
    "note",
}
JUDGED = {"intent", "procedure", "aspect", "dossier_code", "digits", "knowledge"}
STYLES = {
    "full",
    "plain",
    "chat",
    "dialect_north",
    "dialect_central",
    "dialect_south",
    "recogniser",
    "indirect",
}
CHANNELS = {"sms", "phone", "kiosk"}
TOPICS = {"procedures_new", "imported", "out_of_scope", "intents", "dossier_codes", "digits", "knowledge"}
LEAST_PER_PROCEDURE = {
    "full": 2,
    "plain": 2,
    "chat": 2,
    "indirect": 2,
    "dialect_north": 1,
    "dialect_central": 1,
    "dialect_south": 1,
    "recogniser": 1,
}
PROCEDURES_ASKED_MOST = 43

PROCEDURE_CODE = re.compile(r"^\d\.\d{6}$")
DOSSIER_CODE = re.compile(r"^(?:(?:\d{2,3}\.){1,3})?[A-Z]\d{2}(?:\.[A-Z0-9]{2,3}){0,4}-(?:\d{6}|\d{8})-\d{4,7}$")
MOBILE_NUMBER = re.compile(r"(?<!\d)(?:\+?84|0)[35789]\d{8}(?!\d)")
INVENTED_NUMBER = re.compile(r"^(?:\+?84|0)900000\d{3}$")
IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")
ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")

Line = dict[str, Any]


def lines_of(name: str) -> list[Line]:
    text = (EVAL / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def all_lines() -> list[Line]:
    return [line for file in sorted(EVAL.glob("*.jsonl")) for line in lines_of(file.stem)]


def fold(text: str) -> str:
    """Text as a hurried reader compares it: no case, no diacritics, no punctuation."""
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def values_under(key: str, value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            else:
                yield from values_under(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from values_under(key, inner)


def training_phrases() -> set[str]:
    """Folded phrases the understanding learns from: what records are asked as, and examples of intents."""
    phrases: set[str] = set()
    for file in sorted((NLU_DATA / "procedures").glob("*.yml")):
        record = yaml.safe_load(file.read_text(encoding="utf-8"))
        for asked in values_under("asked_as", record):
            phrases.update(fold(text) for text in strings_in(asked))
    for file in sorted([*NLU_DATA.glob("nlu*.yml"), *NLU_DATA.glob("intents*.yml")]) + sorted(
        NLU_DATA.glob("intents/**/*.yml")
    ):
        for block in strings_in(yaml.safe_load(file.read_text(encoding="utf-8"))):
            for line in block.splitlines():
                phrases.add(fold(ENTITY.sub(r"\1", line.lstrip("- "))))
    return phrases - {""}


def joined_digits(text: str) -> str:
    return re.sub(r"(?<=\d)[ .\-](?=\d)", "", text)


def test_every_line_has_the_agreed_shape() -> None:
    for line in all_lines():
        where = line.get("id")
        assert line.keys() <= KEYS, where
        assert line.keys() >= {"id", "text", "style", "channel"}, where
        assert line.keys() & JUDGED, f"{where} judges nothing"
        assert line["style"] in STYLES, where
        assert line["channel"] in CHANNELS, where
        assert line.get("intent", "greet") in INTENTS, where
        assert line.get("aspect", "fee") in ASPECTS, where
        assert line.get("procedure") is None or PROCEDURE_CODE.match(line["procedure"]), where
        assert line.get("dossier_code") is None or DOSSIER_CODE.match(line["dossier_code"]), where
        assert line.get("digits") is None or line["digits"].isdigit(), where


def test_ids_and_texts_are_unique() -> None:
    lines = all_lines()
    for key in ("id", "text"):
        twice = [value for value, count in Counter(line[key] for line in lines).items() if count > 1]
        assert not twice


def test_texts_are_composed_and_trimmed() -> None:
    for line in all_lines():
        assert unicodedata.is_normalized("NFC", line["text"]), line["id"]
        assert line["text"] == line["text"].strip() != "", line["id"]


def test_there_are_enough_lines_in_every_style_and_topic() -> None:
    lines = all_lines()
    assert len(lines) >= 900
    assert {line["style"] for line in lines} == STYLES
    assert {file.stem for file in EVAL.glob("*.jsonl")} == TOPICS | {f"procedures_{style}" for style in STYLES}
    for topic, least in {"imported": 120, "out_of_scope": 120, "dossier_codes": 120, "digits": 60}.items():
        assert len(lines_of(topic)) >= least, topic


def test_every_intent_has_examples_and_there_are_traps() -> None:
    lines = lines_of("intents")
    count = Counter(line["intent"] for line in lines if line.get("note") != "trap")
    assert count.keys() == INTENTS - {"ask_procedure", "out_of_scope"}
    # Questions of knowledge have a set of their own.
    assert min(times for intent, times in count.items() if intent != "ask_knowledge") >= 14, count
    traps = [line for line in lines if line.get("note") == "trap"]
    assert len(traps) >= 40
    assert {line["intent"] for line in traps} == {"ask_procedure"}


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_procedure_is_asked_in_every_style(style: str) -> None:
    lines = lines_of(f"procedures_{style}")
    count = Counter(line["procedure"] for line in lines)
    assert len(count) == PROCEDURES_ASKED_MOST
    assert min(count.values()) >= LEAST_PER_PROCEDURE[style], count.most_common()[-3:]
    assert {line["style"] for line in lines} == {style}


def test_a_third_of_the_procedure_questions_name_an_aspect() -> None:
    lines = [line for style in STYLES for line in lines_of(f"procedures_{style}")]
    named = [line for line in lines if line.get("aspect", "overview") != "overview"]
    assert len(named) >= len(lines) / 3


def test_plain_lines_have_no_diacritics_and_recognised_lines_no_signs() -> None:
    for line in all_lines():
        if line["style"] == "plain":
            letters = unicodedata.normalize("NFD", line["text"])
            assert not any(unicodedata.combining(letter) or letter in "đĐ" for letter in letters), line["id"]
        if line["style"] == "recogniser":
            assert re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)*", line["text"]), line["id"]
            assert line["text"] == line["text"].lower(), line["id"]


def test_numbers_are_invented() -> None:
    for line in all_lines():
        for text in (joined_digits(line["text"]), line.get("digits") or ""):
            for number in MOBILE_NUMBER.findall(text):
                assert INVENTED_NUMBER.match(number), line["id"]
            if "dossier_code" in line and line["dossier_code"] is not None:
                continue
            for number in IDENTITY_NUMBER.findall(text):
                assert number.startswith("000"), line["id"]


def test_dossier_codes_and_other_numbers_are_balanced() -> None:
    lines = lines_of("dossier_codes")
    positive = [line for line in lines if line["dossier_code"] is not None]
    negative = [line for line in lines if line["dossier_code"] is None]
    assert len(positive) >= 60
    assert len(negative) >= 60
    assert len({line["dossier_code"] for line in positive}) == len(positive)


def test_no_evaluation_text_occurs_in_the_training_data() -> None:
    trained = training_phrases()
    seen = [
        f"{line['id']}: {line['text']}"
        for line in all_lines()
        # A greeting or a "yes" of one or two words has no other wording to be measured by.
        if len(fold(line["text"]).split()) > 2 and fold(line["text"]) in trained
    ]
    assert not seen, "\n".join(seen)


def test_every_record_gives_the_comparison_something_to_compare() -> None:
    for file in (NLU_DATA / "procedures").glob("*.yml"):
        record = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert any(text for asked in values_under("asked_as", record) for text in strings_in(asked)), file.name


def test_the_fold_sees_through_case_diacritics_and_punctuation() -> None:
    assert fold("Đăng ký KHAI SINH, thế nào?") == fold("dang ky khai sinh the nao")
