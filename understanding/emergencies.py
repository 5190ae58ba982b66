"""Recognises somebody in danger and gives the number to call, before anything else is said.

Deliberately plain: phrases in a data file, no learning. A missed emergency is answered like any message; a false
one costs a line with a telephone number in front of the answer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from contract.reply import Reply, ReplyKind
from contract.wording import Wording, wording_of
from language.characters import lowered
from language.normalise import fold, normalise

_WORD = re.compile(r"[^\W_]+")

_LONGEST = 400
"""Characters looked at: danger is told at once."""
_ASKED_AFTERWARDS = 10
"""Syllables of what is asked after the number was told; who says more has come to something else."""


@dataclass(frozen=True)
class Shape:
    """A phrase with gaps."""

    needed: frozenset[str]
    """Its own words: nearly every phrase has one that was not said, and need not be searched for."""
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, phrase: str, words: Mapping[str, Sequence[str]], written: Callable[[str], str] = str) -> Shape:
        """Read a phrase; "…" is a gap of up to four words, "{name}" any of the words of that name.

        Args:
            phrase: of the data file.
            words: by name.
            written: how the messages it is searched in are written.
        """
        parts, needed = [], set()
        for word in phrase.split():
            if word == "…":
                parts.append(r"(?:\S+ ){0,4}?")
            elif word.startswith("{"):
                listed = sorted((re.escape(written(one)) for one in words[word.strip("{}")]), key=len, reverse=True)
                parts.append(f"(?:{'|'.join(listed)})(?: |$)")
            else:
                parts.append(re.escape(written(word)) + r"(?: |$)")
                needed.add(written(word))
        return cls(frozenset(needed), re.compile(r"(?<!\S)" + "".join(parts)))

    def is_in(self, text: str, words: set[str]) -> bool:
        """Whether a normalised text has it; ``words`` are the text's."""
        return self.needed <= words and self.pattern.search(text) is not None


class Shapes:
    """The phrases of every kind of danger, found by the rarest word each of them needs.

    Args:
        shapes: with the key of their kind, in the order in which they count.
    """

    def __init__(self, shapes: Sequence[tuple[str, Shape]]) -> None:
        self._shapes = shapes
        users = Counter(word for _, shape in shapes for word in shape.needed)
        self._places: defaultdict[str | None, list[int]] = defaultdict(list)
        for place, (_, shape) in enumerate(shapes):
            self._places[min(shape.needed, key=lambda word: (users[word], word), default=None)].append(place)

    def kinds_in(self, text: str) -> Iterator[str]:
        """The kinds whose phrases a normalised text has, the first one first."""
        words = set(text.split())
        for place in sorted(place for word in (None, *words) for place in self._places.get(word, ())):
            kind, shape = self._shapes[place]
            if shape.is_in(text, words):
                yield kind


@dataclass(frozen=True)
class Emergency:
    """One kind of danger."""

    kind: str
    """Its key in the data file, and of what to say then in the room ``emergencies`` of the wording."""
    shapes: tuple[tuple[Shape, Shape], ...]
    """Each phrase as written, and folded for messages without diacritics."""
    alone: frozenset[str] = frozenset()
    """Whole messages that say it, as written and folded."""
    says_all: bool = False
    """Whether the number is all that is said, also where papers are asked about: none for marrying a forced girl."""


class Emergencies:
    """Finds the danger in a message.

    Args:
        kinds: in the order of urgency when a message tells of several.
        calm: words that make it a question about papers, not a cry for help.
        afterwards: what is said once somebody was told whom to call.
        wording: what to say.
    """

    def __init__(
        self, kinds: Sequence[Emergency], calm: Iterable[str], afterwards: Iterable[str], wording: Wording
    ) -> None:
        self._wording = wording
        self._kinds = tuple(kinds)
        self._by_kind = {kind.kind: kind for kind in self._kinds}
        pairs = [(kind.kind, *pair) for kind in self._kinds for pair in kind.shapes]
        self._written = Shapes([(kind, written) for kind, written, _ in pairs])
        self._folded = Shapes([(kind, folded) for kind, _, folded in pairs])
        words = [normalise(word) for word in calm]
        self._calm = _any_of(words)
        self._calm_folded = _any_of([fold(word) for word in words])
        self._afterwards = _any_of([fold(normalise(phrase)) for phrase in afterwards])

    @classmethod
    def load(cls, nlu_data: Path) -> Emergencies:
        """Those of an installation's folder of data."""
        data = yaml.safe_load((nlu_data / "emergencies.yml").read_text(encoding="utf-8"))
        calm, words, afterwards = data.pop("calm"), data.pop("words"), data.pop("afterwards")
        kinds = [
            Emergency(
                kind,
                tuple((Shape.of(phrase, words), Shape.of(phrase, words, fold)) for phrase in entry["phrases"]),
                frozenset(form for phrase in entry.get("alone", ()) for form in (phrase, fold(phrase))),
                bool(entry.get("says_all", False)),
            )
            for kind, entry in data.items()
        ]
        # The last first: its words are the special case of the others'.
        return cls(kinds[::-1], calm, afterwards, wording_of(nlu_data).room("emergencies"))

    def find(self, text: str) -> Emergency | None:
        """The danger a message tells of, or None."""
        whole = " ".join(_WORD.findall(lowered(text[:_LONGEST])))
        for kind in self._kinds:
            if whole in kind.alone:
                return kind
        said = normalise(text[:_LONGEST])
        folded = fold(said)
        # Of the text as written: the normaliser writes abbreviations out with diacritics.
        bare = text[:_LONGEST].lower() == fold(text[:_LONGEST].lower())
        text = folded if bare else said
        about_papers = (self._calm_folded if bare else self._calm).search(text) is not None
        found = map(self._by_kind.__getitem__, (self._folded if bare else self._written).kinds_in(text))
        return next((kind for kind in found if kind.says_all or not about_papers), None)

    def kind_in(self, text: str) -> str | None:
        """The kind of danger a message tells of, a key of the data file, or None; looked for once a turn."""
        found = self.find(text)
        return found.kind if found is not None else None

    def goes_on(self, text: str) -> bool:
        """Whether a message that tells of no danger itself still asks what to do about one: "thế gọi ai"."""
        said = fold(normalise(text[:_LONGEST]))
        return len(said.split()) <= _ASKED_AFTERWARDS and self._afterwards.search(said) is not None

    def says_all(self, kind: str | None) -> bool:
        """Whether nothing may follow the number for this kind of danger."""
        danger = self._by_kind.get(kind) if kind is not None else None
        return danger is not None and danger.says_all

    def reply_for(self, kind: str | None, language: str | None = None) -> Reply | None:
        """The line that comes before any answer; None without a danger, or for a kind there is no more.

        In the installation's own language when none is given.
        """
        danger = self._by_kind.get(kind) if kind is not None else None
        if danger is None:
            return None
        language = language or self._wording.default
        words = self._wording.text(language, danger.kind)
        return Reply(kind=ReplyKind.NOTICE, short=words, language=language)


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\S)(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?!\S)")
