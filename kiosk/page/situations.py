"""Life situations on the home screen: a picture, a few words, and the procedures people mean by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from actions.procedures.answers import display_name
from catalogue.store import CatalogueStore
from contract.wishes import AskRegistry, AskSide, Wish
from kiosk.words import words

FILE = Path(__file__).with_name("data") / "situations.yml"


class Situation(BaseModel):
    """One tile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z]+$")
    """Also the name of its picture in ``pictures.svg``."""
    procedures: tuple[str, ...] = Field(min_length=2, max_length=8)
    """Codes, the most asked for first."""
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
    found = (catalogue.current(code) for code in situation.procedures)
    asked: list[tuple[Wish, str]] = [
        (AskSide(procedure=procedure.code), display_name(procedure, language))
        for procedure in found
        if procedure is not None
    ]
    if situation.own is not None:
        label = words().text(language, f"own_{situation.own.replace('.', '_')}")
        asked.append((AskRegistry(about=situation.own), label))
    return [{"wish": wish.model_dump(mode="json", exclude_none=True), "label": label} for wish, label in asked]
