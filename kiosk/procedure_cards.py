"""What a screen shows of a procedure: every side of it, each in its own box."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import Any

import segno

from actions.procedures.answers import Answers, rule_of
from catalogue.record import Procedure
from catalogue.store import CatalogueStore
from channels.rendering.lines import source_line
from contract.reply import Source
from contract.sides import Sides
from kiosk.words import portal
from language.languages import default_language


@dataclass(frozen=True, slots=True)
class Card:
    """A procedure as a screen or a sheet of paper shows it."""

    code: str
    sides: Sides
    source: str
    """Where the facts stand and when they were checked, in words."""
    address: str
    """Where more can be read; holds nothing personal."""

    def as_json(self) -> dict[str, Any]:
        """Plain values for the page."""
        return asdict(self)


class Cards:
    """Cards of the catalogue's procedures.

    Args:
        catalogue: the one catalogue.
        answers: knows what may be told of a procedure.
    """

    def __init__(self, catalogue: CatalogueStore, answers: Answers) -> None:
        self._catalogue = catalogue
        self._answers = answers

    def card(self, code: str, language: str) -> Card | None:
        """The card of a procedure in force; None when there is none."""
        procedure = self._catalogue.current(code)
        sides = self._answers.sides(procedure, language) if procedure is not None else None
        if procedure is None or sides is None:
            return None
        source = source_line(_source(procedure), language)
        return Card(procedure.code, sides, source, procedure.source or portal())

    def qr(self, code: str, ours: str | None) -> bytes | None:
        """A procedure as a QR code in SVG; None for an unknown one.

        Args:
            code: of the procedure.
            ours: number citizens text to: the code then is a message that asks us for it, which takes no internet.
                None: the address where it can be read.
        """
        card = self.card(code, default_language())
        if card is None:
            return None
        held = card.address if ours is None else ready_message(ours, card.code)
        made = segno.make(held, error="m", micro=False)
        drawn = io.BytesIO()
        # With its namespace: a browser draws no picture without.
        made.save(drawn, kind="svg", scale=4, border=3, dark="#000", light="#fff", omitsize=True, xmldecl=False)
        return drawn.getvalue()


def ready_message(ours: str, words: str) -> str:
    """What a QR code holds that opens a text message to our number, as cameras of telephones know it: ready to be sent,
    and sent by nobody but its owner.
    """
    return f"smsto:{ours}:{words}"


def _source(procedure: Procedure) -> Source:
    return Source(
        procedure_code=procedure.code,
        decision=rule_of(procedure),
        checked_on=procedure.checked_on,
    )
