"""What every part of an answer needs: the record, the day, the language, and who knows more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from actions.procedures.phrases import unique
from catalogue.advisers import adviser_of, nearest_level
from catalogue.record import Procedure, Way
from contract.wording import Wording


@dataclass(frozen=True)
class Telling:
    """One answer being built; all of this stays the same throughout."""

    wording: Wording
    today: date
    procedure: Procedure
    language: str
    name: str
    """What the procedure is called in this answer."""

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

    def by_way(self, parts: Mapping[Way, list[str]]) -> str:
        """What holds for each way of submission, said once when all ways agree."""
        texts = {way: "; ".join(unique(items)) for way, items in parts.items()}
        if len(set(texts.values())) == 1:
            return next(iter(texts.values()))
        return "; ".join(f"{self.say(f'way_{way}')} {text}" for way, text in texts.items())
