"""Cuts what opens a message off its matter: "ok vậy nộp ở đâu" asks where, "không, tôi hỏi lệ phí" asks the fee."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from language.characters import typed_as
from language.normalise import fold, normalise
from language.phrasings import phrasing
from understanding.empty_words import names_nothing

_NOT_PLAINLY_WHO_SPEAKS = frozenset({"con"})
"""Who speaks, and without diacritics something else as well: "khong con giay mua ban" is "không còn"."""
_OPEN_ENDED = frozenset({"khong phai", "khong dung"})
_PAUSE = re.compile(r"[,.;:!?\n…]+|\s-+\s")


THANKS = "thanks"
"""The kind of opening that may also end a message."""


@dataclass(frozen=True)
class Opened:
    """A message and what came before its matter."""

    matter: str
    """Normalised; the whole message when nothing was cut off."""
    openings: frozenset[str] = frozenset()
    """What was cut off: affirm, deny, thanks, greet."""


class Openings:
    """The openings of one language.

    Args:
        phrases: by kind of opening.
        speakers: how people name themselves.
        joints: empty words between an opening and the matter.
        after_thanks: who is thanked, and how much: words after thanks that name no matter.
        whole: finds what begins like an opening and is none: "không phải cái nào hết".
    """

    def __init__(
        self,
        phrases: Mapping[str, Sequence[str]],
        speakers: Sequence[str],
        joints: Sequence[str],
        after_thanks: Sequence[str] = (),
        whole: re.Pattern[str] | None = None,
    ) -> None:
        self._whole = whole
        self._thanks = normalise(next(iter(phrases.get(THANKS, ())), ""))
        self._after_thanks = {word for phrase in after_thanks for form in forms(phrase) for word in form.split()}
        self._kind = {form: kind for kind, listed in phrases.items() for phrase in listed for form in forms(phrase)}
        self._written: dict[str, set[str]] = {}
        for phrase in (phrase for listed in phrases.values() for phrase in listed):
            for form in forms(phrase):
                self._written.setdefault(form, set()).update((normalise(phrase), phrase))
        self._starts = prefix_pattern(self._kind)
        courtesies = [form for form, kind in self._kind.items() if kind == THANKS]
        self._ends = re.compile(rf"\s(?P<said>{_alternatives(courtesies)})$")
        self._joints = prefix_pattern(form for joint in joints for form in forms(joint))
        self._written_speakers = {
            written for speaker in speakers for written in (speaker, normalise(speaker), fold(speaker))
        }
        self._speakers = prefix_pattern(form for speaker in speakers for form in forms(speaker))

    def cut(self, raw: str, normalised: str) -> Opened:
        """The matter of a message.

        Args:
            raw: as typed, where the pauses still stand.
            normalised: of the same message.
        """
        folded = fold(normalised)
        if len(folded) != len(normalised) or (self._whole is not None and self._whole.search(folded) is not None):
            return Opened(normalised)
        found: set[str] = set()
        start, end = 0, len(folded)
        first = fold(normalise(_PAUSE.split(raw.strip(), maxsplit=1)[0])) if _PAUSE.search(raw) else None
        while (opening := self._starts.match(folded[start:end])) is not None:
            rest = start + opening.end()
            typed = normalised[start : start + len(opening["said"])]
            if not self._may_be(opening["said"], typed):
                break
            paused = first is not None and folded[:rest].strip() == first
            said = opening["said"]
            if _too_short(said) and not paused and not self._goes_on(folded[rest:end]):
                break
            found.add(self._kind[said])
            start = rest
        if start == 0 and (no := re.match(r"(?:da |u |o )?khong ", folded)) is not None:
            rest = no.end()
            if first == no.group().strip() or self._speaks(folded[rest:end], normalised[rest:end]):
                found.add("deny")
                start = rest
        if (closing := self._ends.search(folded[start:end])) is not None:
            found.add(THANKS)
            end = start + closing.start()
        matter = normalised[start:end].strip()
        if THANKS in found and all(word in self._after_thanks for word in fold(matter).split()):
            # "Dạ cảm ơn cán bộ nhiều nha": nothing but thanks, whoever is thanked.
            return Opened(self._thanks)
        if not found or names_nothing(fold(matter)):
            # Nothing is left to look for: the opening is the message.
            return Opened(normalised)
        return Opened(matter, frozenset(found))

    def _speaks(self, folded: str, typed: str) -> bool:
        """Whether somebody names himself here: "không, con hỏi phí" does, "không còn giấy" does not."""
        speaker = self._speakers.match(folded)
        if speaker is None:
            return False
        said = speaker["said"]
        plain = typed == folded and said in _NOT_PLAINLY_WHO_SPEAKS
        return typed[: len(said)] in self._written_speakers and not plain

    def _may_be(self, said: str, typed: str) -> bool:
        """Whether an opening was typed, and not a word that only looks like it without diacritics: "ở chợ", no "ờ"."""
        return typed == said or any(typed_as(typed, form) for form in self._written.get(said, ()))

    def _goes_on(self, rest: str) -> bool:
        """Whether a question plainly begins after a short opening: "ừ thế mất mấy ngày", "ok vậy nộp ở đâu"."""
        return self._joints.match(rest) is not None or self._speakers.match(rest) is not None


def _too_short(said: str) -> bool:
    """What is too often the beginning of something else: "được hưởng gì", "thôi học", "không phải đóng"."""
    return " " not in said or said in _OPEN_ENDED


def forms(phrase: str) -> tuple[str, ...]:
    """The folded forms a phrase may be met in."""
    return tuple(dict.fromkeys(form for form in (fold(normalise(phrase)), fold(phrase)) if form))


def _alternatives(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(set(phrases), key=len, reverse=True))


def prefix_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches one of the phrases at the beginning, with the space after it."""
    return re.compile(rf"(?P<said>{_alternatives(phrases)})(?:\s+|$)")


def anywhere_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches one of the phrases on syllable borders anywhere."""
    return re.compile(rf"(?<!\S)(?P<said>{_alternatives(phrases)})(?!\S)")


@lru_cache(maxsize=4)
def read_markers(nlu_data: Path) -> Mapping[str, Any]:
    """``readings.yml`` of a folder of language data."""
    content: Mapping[str, Any] = yaml.safe_load((nlu_data / "readings.yml").read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=4)
def openings_of(nlu_data: Path) -> Openings:
    """The openings of a folder of language data."""
    markers = read_markers(nlu_data)
    whole = phrasing("none_of_them")
    return Openings(markers["openings"], markers["speakers"], markers["joints"], markers["after_thanks"], whole)
