"""What the project's own registries share: a kind says how its key is written and what a record tells; the rest is
one registry that asks over a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from actions.backends.answers import Record, check_fine, rows
from actions.backends.fields import endings, items, phone
from actions.dossiers.backend import BackendRejected, UnusableRecord
from actions.dossiers.model import Clock, code_digits, vietnam_date
from actions.registries.registry import ByLanguage, RegistryEntry
from contract.wording import Wording
from runtime.messages import Message

Say = Callable[..., str]
"""A sentence of the room ``registries`` with its marks filled in."""

MOST_ENTRIES: Final = 8
"""With the same digits in their key that are compared; more are too vague a question."""
MOST_PLACE: Final = 120
"""Characters of the name of a place."""
IDENTITY_NUMBER: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
"""Nobody is asked for one, and none is used as a key (law 91/2025/QH15: only what the purpose needs)."""
_PHONE, _IDENTITY = "soDienThoai", "soDinhDanh"
_BETWEEN: Final = re.compile(r"[\s.\-]+")


@dataclass(frozen=True)
class Kind:
    """One kind of registry."""

    matter: str
    """Also the beginning of its sentences' keys: ``insurance_purpose``, ``insurance_key``."""
    path: str
    """Of the service that answers."""
    field: str
    """Name of the key in a question and in a record."""
    read_key: Callable[[str, date], str | None]
    """See :meth:`actions.registries.registry.PublicRegistry.read_key`."""
    canonical: Callable[[str], str]
    """A key as records write it, in the form in which keys are compared."""
    told: Callable[[Say, Record, date], Mapping[str, str]]
    """Sentences by part; raises :class:`UnusableRecord` where a record tells nothing that can be said."""
    more: Mapping[str, str]
    """What else a question holds: the service's own code for it."""


class Link(Protocol):
    """How a registry is reached."""

    @property
    def seconds(self) -> float:
        """One question takes at most."""
        ...

    def answer(self, kind: Kind, key: str) -> Any:
        """What it says about a key, as JSON. Raises ``BackendError``."""
        ...


class NoLink:
    """Of a registry that is asked elsewhere, and only spoken of here."""

    seconds = 1.0

    def answer(self, kind: Kind, key: str) -> Any:
        """See :class:`Link`: it has none."""
        raise BackendRejected(Message("{matter}: is not asked from here", matter=kind.matter))


class OwnRegistry:
    """One of the project's own registries; see :class:`actions.registries.registry.PublicRegistry`.

    Args:
        kind: which.
        link: how it is reached.
        words: the room ``registries``.
        clock: the time.
    """

    needs_consent = True
    # Shared for one question at a time, with its log (NĐ 278/2025/NĐ-CP): what a box in a hall kept for days would be a
    # copy nobody agreed to.
    kept_on_kiosks = False

    def __init__(self, kind: Kind, link: Link, words: Wording, clock: Clock) -> None:
        self._kind = kind
        self._link = link
        self._words = words
        self._clock = clock
        self.matter = kind.matter
        self.seconds = link.seconds
        self.purpose = in_every_language(words, f"{kind.matter}_purpose")
        self.asks_key = in_every_language(words, f"{kind.matter}_key")

    def read_key(self, text: str, today: date) -> str | None:
        """See :class:`actions.registries.registry.PublicRegistry`."""
        return self._kind.read_key(text, today)

    def find(self, key: str) -> Sequence[RegistryEntry]:
        """See :class:`actions.registries.registry.PublicRegistry`."""
        return parse(self._kind, self._link.answer(self._kind, key), key, self._words, vietnam_date(self._clock()))


def parse(kind: Kind, answer: Any, key: str, words: Wording, today: date) -> list[RegistryEntry]:
    """What an answer says of one key; pure.

    Raises:
        BackendError: it says nothing that can be used: an error inside, another form, several people under one key.
    """
    check_fine(answer)
    found: dict[str, list[Record]] = {}
    for record in items(rows(answer, "data")):
        written = record.get(kind.field)
        if isinstance(written, str) and is_of(kind, written, key):
            found.setdefault(kind.canonical(written), []).append(record)
    return [_entry(kind, own, records, words, today) for own, records in list(found.items())[:MOST_ENTRIES]]


def is_of(kind: Kind, written: str, key: str) -> bool:
    """Whether a record with this key is meant by what was given: the key, or its digits alone."""
    own = kind.canonical(written)
    return bool(own) and (own == key or (key.isdigit() and code_digits(own) == key))


def _entry(kind: Kind, key: str, records: Sequence[Record], words: Wording, today: date) -> RegistryEntry:
    proofs = [set(_endings(record)) for record in records]
    if not set.intersection(*proofs):
        # Also where there is nobody to prove to be.
        raise UnusableRecord("different people, or nobody, under one key")
    newest = records[-1]
    by_language: dict[str, dict[str, str]] = {}
    for language in languages_of(words):
        for part, sentence in kind.told(_speaking(words, language), newest, today).items():
            by_language.setdefault(part, {})[language] = sentence
    return RegistryEntry(key, by_language, _endings(newest), phone(newest.get(_PHONE)))


def in_every_language(words: Wording, key: str) -> ByLanguage:
    """A sentence of the room in each language, the default first."""
    return {language: words.text(language, key) for language in languages_of(words)}


def languages_of(words: Wording) -> list[str]:
    """The languages there are sentences in, the default first."""
    return sorted(words.languages, key=lambda language: (language != words.default, language))


def joined(text: str) -> str:
    """Upper case, without what people put between the groups of a number."""
    return _BETWEEN.sub("", text).upper()


def amount(number: int) -> str:
    """Đồng as it is written."""
    return f"{number:,}".replace(",", ".")


def dated(day: date) -> str:
    """A day as it is written."""
    return f"{day:%d/%m/%Y}"


def _speaking(words: Wording, language: str) -> Say:
    def say(key: str, **values: object) -> str:
        return words.text(language, key, **values)

    return say


def _endings(record: Record) -> tuple[str, ...]:
    return endings([record.get(_PHONE)], [record.get(_IDENTITY)])


def digits_in(text: str, lengths: Container[int]) -> str | None:
    """The digits of a message that holds nothing but a number, where they are as many as a key has."""
    digits = joined(text)
    return digits if digits.isascii() and digits.isdigit() and len(digits) in lengths else None
