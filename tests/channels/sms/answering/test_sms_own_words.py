"""The sentences the text service says itself, and what no text message may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from places import NLU_DATA

from channels.rendering.segments import is_gsm7, size
from channels.sms.answering.keywords import Keyword, keywords
from channels.sms.limits.loop_detection import automatic_replies
from channels.sms.notices.short_links import short_links
from channels.words import words
from contract.wording import wording_of
from language.formatting import strip_diacritics_for_sms
from runtime.settings import PROJECT_ROOT
from understanding.emergencies import Emergencies

ALONE = (
    *("sms_stopped", "sms_resumed", "sms_resume_how", "sms_diacritics", "sms_plain", "sms_erased", "sms_erase_how"),
    *("sms_kept", "trouble", "media_only"),
)
LIMITS = ("sms_limit_short", "sms_limit_day", "sms_limit_look_ups")
BESIDE = (
    "sms_stopped_also",
    "sms_orders",
    "sms_nobody_reads",
    "sms_notice_end",
    "sms_erased_tickets",
    "sms_erased_refusal",
    "sms_kept_next",
)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("key", [*ALONE, *LIMITS])
def test_a_sentence_sent_alone_names_the_automatic_assistant_and_fits_one_segment(language: str, key: str) -> None:
    text = words().text(language, key)
    assert re.search(r"tự động|automatic", text, re.IGNORECASE)
    assert size(strip_diacritics_for_sms(text)).segments == 1


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("key", [*ALONE, *LIMITS, *BESIDE])
def test_without_diacritics_every_sentence_is_plain(language: str, key: str) -> None:
    assert is_gsm7(strip_diacritics_for_sms(words().text(language, key)))


@pytest.mark.parametrize("key", [*ALONE, *LIMITS, *BESIDE])
def test_our_sentences_are_known_neither_as_orders_nor_as_cries_for_help(key: str) -> None:
    emergencies = Emergencies.load(NLU_DATA)
    for language in ("vi", "en"):
        text = words().text(language, key)
        for shown in (text, strip_diacritics_for_sms(text)):
            assert keywords().find(shown) is None
            assert emergencies.find(shown) is None


def test_the_answer_to_a_cry_for_help_is_none_itself() -> None:
    """Should it come back from a machine, it would be answered past all limits."""
    emergencies, said = Emergencies.load(NLU_DATA), wording_of(NLU_DATA).room("emergencies")
    for language in said.languages:
        for text in said.every(language):
            assert emergencies.find(text) is None, text
            assert emergencies.find(strip_diacritics_for_sms(text)) is None, text


@pytest.mark.parametrize(
    ("sentence", "order", "keyword"),
    [
        ("sms_stopped", "DK", Keyword.RESUME),
        ("sms_stopped_also", "DK", Keyword.RESUME),
        ("sms_resumed", "TC", Keyword.STOP),
        ("sms_resume_how", "DK", Keyword.RESUME),
        ("sms_notice_end", "TC", Keyword.STOP),
        ("sms_erase_how", "XOA", Keyword.ERASE),
        ("sms_diacritics", "KHONG DAU", Keyword.PLAIN),
        ("sms_plain", "CO DAU", Keyword.DIACRITICS),
        ("sms_kept_next", "XOA", Keyword.ERASE),
        ("sms_orders", "XEM", Keyword.SHOW),
    ],
)
def test_a_word_we_tell_people_to_send_does_what_we_say(sentence: str, order: str, keyword: Keyword) -> None:
    found = keywords().find(order)
    assert found is not None
    assert found.keyword is keyword
    for language in ("vi", "en"):
        assert re.search(rf"\b{order}\b", words().text(language, sentence))


def test_no_example_of_an_intent_is_taken_for_a_machine() -> None:
    for path in (NLU_DATA / "intents").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in entry["examples"].splitlines():
                assert not automatic_replies().match(line.removeprefix("- ")), line


def test_every_order_that_reads_like_an_intent_means_the_same() -> None:
    same = {Keyword.STOP: "opt_out", Keyword.RESUME: "opt_in", Keyword.ERASE: "delete_my_data"}
    allowed = {"opt_out": {"affirm", "deny"}}
    for path in (NLU_DATA / "intents").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in entry["examples"].splitlines():
                order = keywords().find(line.removeprefix("- "))
                if order is not None:
                    meant = same.get(order.keyword, "")
                    assert entry["intent"] in {meant} | allowed.get(meant, set()), line


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("xem https://bit.ly/abc", True),
        ("tinyurl.com/abc", True),
        ("https://dichvucong.gov.vn", False),
        ("https://habit.ly.gov.vn/x", False),
        ("t.com/abc", False),
    ],
)
def test_shortened_links_are_told_from_whole_ones(text: str, hidden: bool) -> None:
    assert short_links().stand_in(text) is hidden


def texts_citizens_may_get() -> list[Path]:
    folders = [NLU_DATA, PROJECT_ROOT / "channels", PROJECT_ROOT / "actions", PROJECT_ROOT / "assistant"]
    # What citizens say of themselves is hidden by lists that name such hosts, too; nobody gets those.
    said_by_them = NLU_DATA / "language" / "redaction"
    return [path for folder in folders for path in folder.rglob("*.yml") if not path.is_relative_to(said_by_them)]


def test_no_text_holds_a_shortened_link() -> None:
    assert len(texts_citizens_may_get()) > 300
    texts = [path for path in texts_citizens_may_get() if path.name != "short_links.yml"]
    assert [path.name for path in texts if short_links().stand_in(path.read_text(encoding="utf-8"))] == []
