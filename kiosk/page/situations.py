"""Life situations on the home screen: a picture, a few words, and the procedures people mean by it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from actions.procedures.answers import display_name
from catalogue.store import CatalogueStore
from contract.wishes import AskRegistry, AskSide, Wish
from kiosk.words import words

OWN: Final = "look"
"""What is drawn with a matter of the visitor's own."""
FILE = Path(__file__).with_name("data") / "situations.yml"


Picture = Annotated[str, StringConstraints(pattern=r"^[a-z]+ [a-z]+$")]
"""What a procedure is about and what is done with it: ``birth again``, drawn of ``birth`` and ``do-again``."""


class Situation(BaseModel):
    """One tile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z]+$")
    """Also the name of its picture in ``pictures.svg``."""
    procedures: dict[str, Picture] = Field(min_length=2, max_length=8)
    """Codes, the most asked for first, each with its picture."""
    own: str | None = Field(None, pattern=r"^[a-z]+(\.[a-z]+)?$")
    """What a public registry knows of the visitor in this matter: ``insurance.card``."""

    def label(self, language: str) -> str:
        """What stands below the picture."""
        return words().text(language, f"situation_{self.key}")


def read_situations(path: Path = FILE) -> tuple[Situation, ...]:
    """Every tile, in the order they are shown."""
    rows: list[Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(Situation.model_validate(row) for row in rows)


def questions(situation: Situation, catalogue: CatalogueStore, language: str) -> list[dict[str, Any]]:
    """The procedures of a situation, with the names they have in the catalogue today, and what is the visitor's own;
    each with what touching it asks for."""
    found = ((catalogue.current(code), picture) for code, picture in situation.procedures.items())
    asked: list[tuple[Wish, str, str]] = [
        (AskSide(procedure=procedure.code), display_name(procedure, language), picture)
        for procedure, picture in found
        if procedure is not None
    ]
    if situation.own is not None:
        label = words().text(language, f"own_{situation.own.replace('.', '_')}")
        asked.append((AskRegistry(about=situation.own), label, f"{situation.key} {OWN}"))
    return [
        {"wish": wish.model_dump(mode="json", exclude_none=True), "label": label, "picture": picture}
        for wish, label, picture in asked
    ]
