"""Orders to the text service: single words that stop notices, bring them back, choose a style, show or erase data.

The rules stand in ``nlu_data/sms/keywords.yml``. Only a whole message is an order; a sentence goes to the core.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

import yaml

from language import data
from language.characters import fold, lowered
from tickets import numbers as tickets

_LONGEST = 80
"""Characters of a message that may still be an order."""

_CODE_DIGITS = 4
"""Of the proof sent to a number; see :mod:`channels.sms.citizens.proof`."""

_TICKET = re.compile(rf"(?P<words>\D+?) ?(?P<digits>\d(?: ?\d){{{tickets.DIGITS - 1}}})")
"""A ticket's number as people write it: in groups or not."""

_RATING = re.compile(rf"(?P<words>\D+?) ?(?:(?P<digits>\d(?: ?\d){{{tickets.DIGITS - 1}}}) )?(?P<rating>[1-3])")
"""How somebody liked what was done, with or without the ticket's number before it."""

_WORD = re.compile(r"[^\W_]+")


class Keyword(StrEnum):
    """What is ordered; the values name the lists in the data file."""

    STOP = "stop"
    RESUME = "resume"
    DIACRITICS = "diacritics"
    PLAIN = "plain"
    SHOW = "show"
    ERASE = "erase"
    CALL_BACK = "call_back"
    TICKET = "ticket"
    RATE = "rate"


class Answers(StrEnum):
    """What a word of "stop" says when a question of the assistant is open; the values name lists in the data file."""

    YES = "also_yes"
    NO = "also_no"


@dataclass(frozen=True, slots=True)
class Order:
    """An order found in a message."""

    keyword: Keyword
    answers: Answers | None = None
    """What the same word answers to an open question; None for words that answer none."""
    heard: str = ""
    """That answer in plain words, for the core."""
    code: str = ""
    """Digits behind it: four to erase, which prove that the number is the sender's; the eight of a ticket."""
    rating: int = 0
    """From 1 to 3; 0 where nothing is rated."""


class Keywords:
    """Finds the order in a message.

    Args:
        words: the phrases of each keyword, as written with diacritics.
        answers: phrases of "stop" that answer a question too, with what the core is told then.
        before: small words that may stand in front, without diacritics.
        behind: small words that may follow, without diacritics.
    """

    def __init__(
        self,
        words: Mapping[Keyword, list[str]],
        answers: Mapping[Answers, tuple[str, list[str]]],
        before: list[str],
        behind: list[str],
    ) -> None:
        self._orders: dict[str, Order] = {}
        for keyword, phrases in words.items():
            for phrase in phrases:
                # Most people text without diacritics, many leave out some, and orders of operators have no spaces.
                for spelling in product(*((word, fold(word)) for word in lowered(phrase).split())):
                    self._orders[" ".join(spelling)] = self._orders["".join(spelling)] = Order(keyword)
        for kind, (heard, phrases) in answers.items():
            self._orders |= {phrase: Order(Keyword.STOP, kind, heard) for phrase in phrases}
        self._before = re.compile(rf"(?:(?:{_any_of(before)}) )+")
        self._behind = re.compile(rf"(?: (?:{_any_of(behind)}))+")

    @classmethod
    def load(cls) -> Keywords:
        """The data file's."""
        content = yaml.safe_load((data.folder() / "sms" / "keywords.yml").read_text(encoding="utf-8"))
        words = {keyword: content[keyword.value] for keyword in Keyword}
        answers = {kind: (content[kind.value]["heard"], content[kind.value]["words"]) for kind in Answers}
        return cls(words, answers, content["before"], content["behind"])

    def find(self, text: str) -> Order | None:
        """The order a whole message is, or None."""
        if len(text) > _LONGEST:
            return None
        said = " ".join(_WORD.findall(lowered(text)))
        said = re.sub(r" g(?:ui|ửi) \d+$", "", said)
        order = self._order(said)
        if order is not None and order.keyword not in {Keyword.TICKET, Keyword.RATE}:
            return order
        return self._with_code(said) or self._with_ticket(said) or self._with_rating(said)

    def _order(self, said: str) -> Order | None:
        return self._orders.get(said) or self._orders.get(self._without_before(said)) or self._polite(said)

    def _with_code(self, said: str) -> Order | None:
        words, _, code = said.rpartition(" ")
        if not words:
            words, code = said[:-_CODE_DIGITS], said[-_CODE_DIGITS:]
        if len(code) != _CODE_DIGITS or not (code.isascii() and code.isdigit()):
            return None
        order = self._order(words)
        return replace(order, code=code) if order is not None and order.keyword is Keyword.ERASE else None

    def _with_ticket(self, said: str) -> Order | None:
        found = _TICKET.fullmatch(self._without_behind(said))
        if found is None:
            return None
        order = self._order(found["words"])
        digits = found["digits"].replace(" ", "")
        return replace(order, code=digits) if order is not None and order.keyword is Keyword.TICKET else None

    def _with_rating(self, said: str) -> Order | None:
        found = _RATING.fullmatch(self._without_behind(said))
        order = self._order(found["words"]) if found is not None else None
        if found is None or order is None or order.keyword is not Keyword.RATE:
            return None
        digits = (found["digits"] or "").replace(" ", "")
        return replace(order, code=digits, rating=int(found["rating"]))

    def _polite(self, said: str) -> Order | None:
        bare = self._without_before(self._without_behind(said))
        order = self._orders.get(bare)
        # "dung a" may be "đúng ạ": with a word behind it, only a word of one meaning is an order.
        return order if order is not None and order.answers is None else None

    def _without_before(self, said: str) -> str:
        found = self._before.match(fold(said))
        return said[found.end() :] if found else said

    def _without_behind(self, said: str) -> str:
        for found in self._behind.finditer(fold(said)):
            if found.end() == len(said):
                return said[: found.start()]
        return said


@data.cached()
def keywords() -> Keywords:
    """The orders of this installation, read once."""
    return Keywords.load()


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
