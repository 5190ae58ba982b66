"""The development dialogues are well-formed, many, and unseen by training."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from nlu_data_terms import ASPECTS, INTENTS
from test_eval_sets import (
    IDENTITY_NUMBER,
    INVENTED_NUMBER,
    MOBILE_NUMBER,
    all_lines,
    fold,
    joined_digits,
    strings_in,
    training_phrases,
    values_under,
)

from assistant.dialogues import Dialogue, DialoguesUnreadable, read_dialogues
from contract.questions import QuestionKind
from understanding.readings.reading import Kind

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
FOLDER = NLU_DATA / "eval" / "dialogues"
DIALOGUES = read_dialogues(FOLDER)
KEPT_BACK = read_dialogues(FOLDER / "kept_back")
"""Those nothing is fitted on."""
RECORDS = {path.stem for path in (NLU_DATA / "procedures").glob("*.yml")}
VALUES = {
    # What only an answer in a conversation can be, has no examples of its own.
    "intent": INTENTS | {"satisfied", "dissatisfied", "none_of_them"},
    "aspect": ASPECTS,
    "question": set(QuestionKind),
    "reading": set(Kind),
    "procedure": RECORDS | {None},
}


def sentences() -> Iterator[tuple[Dialogue, str]]:
    for dialogue in (*DIALOGUES, *KEPT_BACK):
        for turn in dialogue.turns:
            if turn.say is not None:
                yield dialogue, turn.say


def asked_of_knowledge() -> set[str]:
    return {
        fold(text)
        for path in (NLU_DATA / "knowledge").glob("*.yml")
        for asked in values_under("asked_as", yaml.safe_load(path.read_text(encoding="utf-8")))
        for text in strings_in(asked)
    }


def test_no_sentence_occurs_in_the_training_data() -> None:
    trained = training_phrases() | asked_of_knowledge()
    # One or two words ("phí?", "cảm ơn") have no other wording; what three or more say can be said otherwise.
    seen = [f"{dialogue.name}: {text}" for dialogue, text in sentences() if fold(text) in trained and _is_long(text)]
    assert not seen, "\n".join(seen)


def test_no_sentence_occurs_in_another_set() -> None:
    elsewhere = {fold(line["text"]) for line in all_lines()}
    seen = [f"{dialogue.name}: {text}" for dialogue, text in sentences() if fold(text) in elsewhere and _is_long(text)]
    assert not seen, "\n".join(seen)


def test_no_two_conversations_begin_alike() -> None:
    begun = Counter(fold(dialogue.turns[0].say) for dialogue in (*DIALOGUES, *KEPT_BACK) if dialogue.turns[0].say)
    assert not [text for text, count in begun.items() if count > 1]


def _is_long(text: str) -> bool:
    return len(fold(text).split()) > 2


def test_there_are_many_of_every_kind_and_channel() -> None:
    kinds = Counter(dialogue.kind for dialogue in DIALOGUES)
    listed = re.findall(r"^\| `(\w+)` \| (?!holds|it is|the last|one of|none|the words)", readme(), re.MULTILINE)
    assert set(kinds) == set(listed)
    assert min(kinds.values()) >= LEAST_OF_A_KIND
    assert {dialogue.channel for dialogue in DIALOGUES} == {"sms", "phone", "kiosk"}
    assert len(DIALOGUES) >= LEAST_CONVERSATIONS
    assert sum(len(dialogue.turns) for dialogue in DIALOGUES) >= LEAST_TURNS


LEAST_OF_A_KIND = 15
LEAST_CONVERSATIONS = 400
LEAST_TURNS = 1400


def readme() -> str:
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def test_enough_is_kept_back_from_the_fit() -> None:
    assert len(KEPT_BACK) >= LEAST_KEPT_BACK


LEAST_KEPT_BACK = 60


def test_what_is_expected_can_come() -> None:
    for dialogue in (*DIALOGUES, *KEPT_BACK):
        for turn in dialogue.turns:
            for key, known in VALUES.items():
                assert set(getattr(turn.expect, key)) <= known, f"{dialogue.name}: {key}"


def test_every_conversation_judges_something() -> None:
    assert not [
        dialogue.name for dialogue in (*DIALOGUES, *KEPT_BACK) if not any(turn.is_judged for turn in dialogue.turns)
    ]


def test_text_is_composed_and_numbers_are_invented() -> None:
    for dialogue, text in sentences():
        assert unicodedata.is_normalized("NFC", text), dialogue.name
        # The sandbox's dossiers have codes with a hyphen; nobody's number has one.
        digits = joined_digits(re.sub(r"\S*\d-\d\S*", "", text))
        assert all(INVENTED_NUMBER.match(number) for number in MOBILE_NUMBER.findall(digits)), dialogue.name
        assert all(number.startswith("000") for number in IDENTITY_NUMBER.findall(digits)), dialogue.name


@pytest.mark.parametrize("text", ["- {channel: fax, turns: [{say: a}]}", "- [", "- {channel: sms, turns: []}", "- a"])
def test_a_file_of_another_shape_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "who.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DialoguesUnreadable, match=r"who\.yml"):
        read_dialogues(tmp_path)
