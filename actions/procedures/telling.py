"""What every part of an answer needs: the record, the day, the language, and who knows more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from actions.procedures.phrases import lower_first, sentence, upper_first
from catalogue.advisers import adviser_of, nearest_level
from catalogue.record import Procedure, Way
from contract.wording import Wording

_IN_ONE_SENTENCE = 2


@dataclass(frozen=True)
class Telling:
    """One answer being built; all of this stays the same throughout."""

    wording: Wording
    today: date
    procedure: Procedure
    """Its facts in the language of the answer, where they are translated."""
    language: str
    name: str
    """What the procedure is called in this answer."""
    record: Procedure
    """The same as it stands, in which words of a question are looked for."""

    def say(self, key: str, **values: object) -> str:
        """A sentence around facts."""
        return self.wording.text(self.language, key, **values)

    @property
    def office(self) -> str:
        """The desk that takes the dossier, where the record itself names none."""
        return self.say(f"where_{nearest_level(self.procedure)}", agency=self.procedure.agency)

    @property
    def who(self) -> str:
        """The office that knows more."""
        return adviser_of(self.procedure, self.language) or self.office

    def by_way(self, parts: Mapping[Way, Mapping[str | None, str]]) -> str:
        """What holds for each way of submission and case, as one text after the label of its side.

        Said once when all ways agree; by case where every way knows the same cases. Up to two pieces stand in one
        sentence, more get a sentence each, so that none grows too long to be followed.
        """
        pieces = list(self._pieces(parts))
        if len(pieces) <= _IN_ONE_SENTENCE:
            return "; ".join(pieces)
        first, *rest = pieces
        return " ".join([sentence(first), *(sentence(upper_first(piece)) for piece in rest)]).rstrip(".")

    def _pieces(self, parts: Mapping[Way, Mapping[str | None, str]]) -> Iterator[str]:
        ways = list(parts)
        cases = list(dict.fromkeys(case for told in parts.values() for case in told))
        everywhere = all(set(told) == set(cases) for told in parts.values())
        for case in cases:
            texts = {way: parts[way][case] for way in ways if case in parts[way]}
            if len(set(texts.values())) == 1 and (everywhere or len(texts) == len(ways)):
                text = next(iter(texts.values()))
                yield f"{lower_first(case)}: {text}" if case else text
            elif case:
                yield f"{lower_first(case)}: {', '.join(self._said(texts))}"
            else:
                yield from self._said(texts)

    def _said(self, texts: Mapping[Way, str]) -> Iterator[str]:
        """Ways of which the same holds are named together: "nộp trực tiếp, gửi bưu điện 35.000 đồng"."""
        for text in dict.fromkeys(texts.values()):
            ways = ", ".join(self.say(f"way_{way}") for way, other in texts.items() if other == text)
            yield f"{ways} {text}"
