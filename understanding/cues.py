"""Finds which side of a procedure is asked for, and what is left of the message without cues and politeness."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from contract.aspects import Aspect
from language.characters import typed_as
from language.normalise import fold, normalise
from understanding.empty_words import empty_words
from understanding.features import Utterance
from understanding.typed import marked, own

_GIVES_WAY = {Aspect.ONLINE: 1, Aspect.STEPS: 2, Aspect.OVERVIEW: 3}
"""Sides people mention in passing: "làm online thì mất bao nhiêu tiền" asks for the fee."""

_JOINABLE = frozenset({Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE})
_JOINING = frozenset({"va", "voi", "con", "roi", "cung"})
_INTERROGATIVE = frozenset({"gi", "may", "nao", "bao", "dau"})
_FEW_WORDS = 3

RESIDUE_SHARE = 0.5
"""How much the matter alone counts beside the whole message when a procedure is looked for: without it "lệ phí làm
khai sinh" is drawn to the procedures named after fees. Shares of 0.3 and 0.5 were equally good on the development
sets; 0.5 was surer on short questions."""


@dataclass(frozen=True)
class Cues:
    """What the cues of a message say."""

    aspects: tuple[Aspect, ...]
    """Sides asked for, the surest first: longer cues are meant before shorter ones."""
    together: tuple[Aspect, ...]
    """Sides asked for in one breath, "giấy tờ gì và mất bao lâu", in the order they were said; else empty."""
    residue: str
    """The folded message without cues and fillers: the matter itself, or nothing in a follow-up."""
    alone: bool = False
    """Whether the message is the bare name of a side, as answers offer it: "giấy tờ", "thời gian"."""

    def matter(self, utterance: Utterance) -> Utterance | None:
        """The matter alone, when it is something and not the whole message."""
        return self._residue if self.residue and self.residue != utterance.folded else None

    @cached_property
    def _residue(self) -> Utterance:
        # One, so that its features are counted once for all who ask for them.
        return Utterance(self.residue, self.residue)


Shapes = Sequence[tuple[Aspect, str]]
"""Question shapes: words with "…" for any few words between them."""


class CueReader:
    """Matches cue phrases on whole syllables, longest first.

    Args:
        cues: phrases of each aspect.
        fillers: polite and empty phrases.
        first: shapes of questions that win over the cues, the more telling first.
        then: shapes that count where no cue is found.
        names: what a side is called; as the whole message it asks for that side.
    """

    def __init__(
        self,
        cues: Mapping[Aspect, Sequence[str]],
        fillers: Sequence[str],
        first: Shapes = (),
        then: Shapes = (),
        names: Mapping[Aspect, Sequence[str]] | None = None,
    ) -> None:
        self._aspect_of: dict[str, Aspect] = {}
        self._written: dict[str, set[str]] = {}
        for aspect, phrases in cues.items():
            for phrase in phrases:
                self._written.setdefault(fold(normalise(phrase)), set()).update((normalise(phrase), phrase))
                # Both spellings: the normaliser turns "ở mô" into "ở đâu", but cannot know a typed "o mo".
                for spelling in (fold(normalise(phrase)), fold(phrase)):
                    self._aspect_of.setdefault(spelling, aspect)
        self._fillers = _pattern(spelling for filler in fillers for spelling in (fold(normalise(filler)), fold(filler)))
        self._cues = _pattern(self._aspect_of)
        self._first = [(aspect, _shape(shape)) for aspect, shape in first]
        self._then = [(aspect, _shape(shape)) for aspect, shape in then]
        self._named = {fold(normalise(name)): aspect for aspect, listed in (names or {}).items() for name in listed}

    @classmethod
    def load(cls, nlu_data: Path) -> CueReader:
        """Read ``aspects.yml``, ``aspect_patterns.yml`` and ``fillers.yml``."""
        cues = yaml.safe_load((nlu_data / "aspects.yml").read_text(encoding="utf-8"))
        fillers = yaml.safe_load((nlu_data / "fillers.yml").read_text(encoding="utf-8"))
        shapes = yaml.safe_load((nlu_data / "aspect_patterns.yml").read_text(encoding="utf-8"))
        first, then = (
            [(Aspect(name), shape) for name, listed in shapes[rank].items() for shape in listed]
            for rank in ("first", "then")
        )
        names = {Aspect(name): listed for name, listed in shapes["alone"].items()}
        return cls({Aspect(name): phrases for name, phrases in cues.items()}, fillers["fillers"], first, then, names)

    def read(self, folded: str, normalised: str | None = None, empty: frozenset[str] = frozenset()) -> Cues:
        """The cues of a message.

        Args:
            folded: normalised, without diacritics.
            normalised: the same with the diacritics that were typed: "đầu tiên" holds no "tiền".
            empty: words of its language that name no matter, where that is not the default one.
        """
        if normalised is None or len(normalised) != len(folded):
            normalised = folded
        named = self._side_named(self._fillers.sub(" ", folded).split(), empty_words() | empty)
        if named is not None:
            return Cues((named,), (), "", alone=True)
        found: dict[Aspect, int] = {}
        places: list[tuple[Aspect, int, int]] = []

        def take(match: re.Match[str]) -> str:
            typed = normalised[match.start() : match.end()]
            if typed != match.group(0) and not self._may_be(match.group(0), typed):
                return match.group(0)
            aspect = self._aspect_of[match.group(0)]
            found[aspect] = max(found.get(aspect, 0), len(match.group(0)))
            places.append((aspect, match.start(), match.end()))
            return " "

        residue = self._cues.sub(take, folded)
        residue = self._fillers.sub(" ", " ".join(residue.split()))
        residue = " ".join(word for word in residue.split() if word not in empty)
        typed = marked(normalised)
        by_first = [aspect for aspect, shape in self._first if shape.search(typed)]
        surest = sorted(found, key=lambda aspect: (_GIVES_WAY.get(aspect, 0), -found[aspect]))
        if not surest or surest[0] is Aspect.OVERVIEW:
            surest = [aspect for aspect, shape in self._then if shape.search(typed)] + surest
        return Cues(tuple(dict.fromkeys(by_first + surest)), _together(places, folded), residue)

    def _may_be(self, cue: str, typed: str) -> bool:
        """Whether what was typed with diacritics is the cue, and not another word that looks like it without."""
        written = self._written.get(cue)
        if written is None or typed in written:
            return True
        return any(typed_as(typed, form) for form in written)

    def _side_named(self, words: list[str], empty: frozenset[str]) -> Aspect | None:
        """The side whose name these words are, empty ones around it aside: "còn giấy tờ thì sao"."""
        named = self._named.get(" ".join(words))
        while named is None and words and not empty.isdisjoint((words[0], words[-1])):
            words = words[1:] if words[0] in empty else words[:-1]
            named = self._named.get(" ".join(words))
        return named


def _together(places: Sequence[tuple[Aspect, int, int]], folded: str) -> tuple[Aspect, ...]:
    """The sides of the first two cues that a joining word holds together."""
    for (first, begin, end), (second, start, last) in itertools.pairwise(places):
        between = folded[end:start].split()
        told_apart = first is not second and {first, second} <= _JOINABLE
        joined = len(between) <= _FEW_WORDS and _JOINING.intersection(between)
        # Two questions side by side need no joining word: "mất mấy ngày, hết bao nhiêu".
        both_ask = not between and all(
            _INTERROGATIVE.intersection(folded[one:other].split()) for one, other in ((begin, end), (start, last))
        )
        if told_apart and (joined or both_ask):
            return first, second
    return ()


def _pattern(phrases: object) -> re.Pattern[str]:
    """One expression for all phrases on syllable borders, the longest first."""
    ordered = sorted(set(phrases), key=len, reverse=True)  # type: ignore[call-overload]
    return re.compile(r"(?<!\S)(?:" + "|".join(re.escape(phrase) for phrase in ordered if phrase) + r")(?!\S)")


def _shape(shape: str) -> re.Pattern[str]:
    """The expression of a question shape: its words on syllable borders, up to twelve syllables in each gap.

    Diacritics count where they are typed: "ô tô khai thuế ở đâu" holds no "tờ khai".
    """
    parts = []
    for word in shape.split():
        if word == "…":
            parts.append(r"(?:\S+ ){0,12}?")
        elif word in "^$":
            parts.append(word)
        else:
            written = dict.fromkeys((word, normalise(word), fold(word)))
            parts.append(rf"(?:{'|'.join(map(re.escape, written))}){own(word)}(?: |$)")
    return re.compile(r"(?<!\S)" + "".join(parts))
