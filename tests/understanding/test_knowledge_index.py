"""Entries of knowledge are found by words that are their own, not by words everybody says."""

from __future__ import annotations

from language.normalise import normalise
from understanding.features import Utterance
from understanding.knowledge_index import KnowledgeIndex
from understanding.phrase_index import Phrase


def said(text: str) -> Utterance:
    return Utterance.of(normalise(text))


ENTRIES = {
    "lost": ["mất giấy hẹn thì sao", "rớt giấy hẹn rồi"],
    "hours": ["mấy giờ mở cửa", "giờ làm việc của xã"],
}
OTHERS = ["làm giấy khai sinh", "mất bằng lái thì làm lại sao", "làm lại giấy khai sinh bị mất"]


def index() -> KnowledgeIndex:
    phrases = [Phrase(entry, said(text)) for entry, texts in ENTRIES.items() for text in texts]
    return KnowledgeIndex(phrases, [said(text) for text in OTHERS])


def test_an_entry_is_found_in_other_words() -> None:
    best, *_ = index().search(said("cái giấy hẹn bị rớt đâu mất"))
    assert best.entry == "lost"
    assert best.ahead > 0


def test_an_entry_behind_another_is_never_ahead() -> None:
    hits = index().search(said("mất giấy hẹn mấy giờ"))
    assert [hit.evidence for hit in hits] == sorted((hit.evidence for hit in hits), reverse=True)
    assert all(hit.ahead <= 0 for hit in hits[1:])


def test_its_own_words_weigh_more_than_what_is_said_for_procedures() -> None:
    own, common = index().search(said("giấy hẹn"))[0], index().search(said("giấy mất"))[0]
    assert own.evidence > common.evidence


def test_words_nobody_said_find_nothing() -> None:
    assert index().search(said("xyzw")) == []


def test_a_phrase_itself_is_wholly_alike() -> None:
    assert index().search(said("mấy giờ mở cửa"))[0].phrase > 0.99
