"""The sentences around the facts: complete in every language, fit to be read aloud."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
import yaml

from contract.wording import Wording, WordingError
from runtime.settings import NLU_DATA, PROJECT_ROOT

FOLDER = NLU_DATA / "wording"
NAMED = re.compile(r'self\.(?:say\(tracker|_say\(|services\.wording\.text\(language), "([a-z_0-9]+)"')
VIETNAMESE = yaml.safe_load((FOLDER / "vi.yml").read_text(encoding="utf-8"))
RESPONSES = yaml.safe_load((PROJECT_ROOT / "assistant" / "domain.yml").read_text(encoding="utf-8"))["responses"]


def test_both_languages_are_there() -> None:
    assert Wording(FOLDER).languages == {"vi", "en"}


@pytest.mark.parametrize(
    ("english", "problem"),
    [
        ("hello: Hello", "keys differ"),
        ("hello: Hello {name}\nmore: More\nextra: Extra", "keys differ"),
        ("hello: Hello {who}\nmore: More", "other marks"),
    ],
)
def test_a_language_that_does_not_fit_is_refused(tmp_path: Path, english: str, problem: str) -> None:
    (tmp_path / "vi.yml").write_text("hello: Chào {name}\nmore: Thêm", encoding="utf-8")
    (tmp_path / "en.yml").write_text(english, encoding="utf-8")
    with pytest.raises(WordingError, match=problem):
        Wording(tmp_path)


def test_an_unknown_language_falls_back_to_vietnamese(tmp_path: Path) -> None:
    (tmp_path / "vi.yml").write_text("hello: Chào {name}", encoding="utf-8")
    assert Wording(tmp_path).text("km", "hello", name="bạn") == "Chào bạn"


def test_texts_are_composed_whatever_the_file_holds(tmp_path: Path) -> None:
    (tmp_path / "vi.yml").write_text(unicodedata.normalize("NFD", "hello: Thủ tục"), encoding="utf-8")
    assert Wording(tmp_path).text("vi", "hello") == "Thủ tục"


def test_every_text_the_actions_name_exists() -> None:
    named = set()
    for path in (PROJECT_ROOT / "actions").rglob("*.py"):
        named |= set(NAMED.findall(path.read_text(encoding="utf-8")))
    assert len(named) > 5
    assert named <= VIETNAMESE.keys()


@pytest.mark.parametrize("name", RESPONSES)
def test_each_response_has_both_languages_for_every_channel(name: str) -> None:
    variants = RESPONSES[name]
    english = {variant.get("channel") for variant in variants if variant.get("condition")}
    vietnamese = {variant.get("channel") for variant in variants if not variant.get("condition")}
    assert english == vietnamese
    assert None in vietnamese


@pytest.mark.parametrize("name", RESPONSES)
def test_responses_are_short_and_composed(name: str) -> None:
    for variant in RESPONSES[name]:
        assert unicodedata.is_normalized("NFC", variant["text"])
        sentences = variant["text"].replace("?", ".").split(". ")
        assert all(len(sentence.split()) <= 32 for sentence in sentences), variant["text"]
