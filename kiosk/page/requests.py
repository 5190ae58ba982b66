"""What the page sends, checked once."""

from __future__ import annotations

from typing import Annotated, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from channels.cleaning import clean_fields
from channels.errors import Problem
from contract.turn import Event, exactly_one_given
from contract.wishes import Wish
from kiosk.page.speech_body import known_language
from language.languages import default_language
from tickets.ticket import Rating

VisitId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{32,36}$")]
"""Random, made by the page, held in its memory only."""
Language = Annotated[str, AfterValidator(known_language)]
Code = Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{32,36}$")]
"""Random, one for each wish: sent twice, it is done once."""
TicketNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
LONGEST_WORDS = 2_000


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnBody(_Body):
    """What a visitor said or typed, or what a button stands for."""

    visit: VisitId
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WORDS)] | None = None
    event: Event | None = None
    wish: Wish | None = None
    language: Language = Field(default_factory=default_language)
    """In which the page stands; the core knows it by itself, unless it is away."""

    @model_validator(mode="after")
    def _exactly_one(self) -> TurnBody:
        exactly_one_given(self, ("text", "event", "wish"))
        return self


class LanguageBody(_Body):
    """The language a visitor chose."""

    visit: VisitId
    language: Language


class VisitBody(_Body):
    """A visit, to be kept or ended."""

    visit: VisitId


class TypedBody(_Body):
    """What is being typed."""

    text: Annotated[str, StringConstraints(max_length=200)]
    language: Language = Field(default_factory=default_language)


class NumberBody(_Body):
    """A telephone number as typed, and whether it must take text messages."""

    number: Annotated[str, StringConstraints(max_length=40)]
    language: Language = Field(default_factory=default_language)
    for_text: bool = False


class CallBackBody(_Body):
    """A wish to be called by an officer."""

    visit: VisitId
    key: Key
    number: Annotated[str, StringConstraints(max_length=40)]
    procedure: Code | None = None
    language: Language = Field(default_factory=default_language)


class Document(_Body):
    """Something to take home: a procedure, a text of ours, or how to see and erase what is kept about a number."""

    language: Language = Field(default_factory=default_language)
    code: Code | None = None
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    token: Annotated[str, StringConstraints(max_length=64)] = ""
    ticket: TicketNumber | None = None
    """Number of a ticket the text tells of: its paper has a code that asks how far it is."""
    own_data: bool = False


class PrintBody(_Body):
    """A wish for paper."""

    visit: VisitId
    document: Document


class MessageBody(_Body):
    """A wish for a text message to one's own telephone."""

    visit: VisitId
    key: Key
    number: Annotated[str, StringConstraints(max_length=40)]
    document: Document


class LookUpBody(_Body):
    """A wish to have a dossier looked up when the line is back, and to be told by text message."""

    visit: VisitId
    key: Key
    code: Annotated[str, StringConstraints(max_length=60)]
    last4: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    number: Annotated[str, StringConstraints(max_length=40)]
    language: Language = Field(default_factory=default_language)


class TicketBody(_Body):
    """A ticket asked about or rated."""

    visit: VisitId
    number: TicketNumber
    last4: Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")] = ""
    """Of the number that was left with it."""
    rating: Rating | None = None
    """Given: how the visitor likes what was done."""
    language: Language = Field(default_factory=default_language)


AnyBody = TypeVar("AnyBody", bound=BaseModel)


def read(kind: type[AnyBody]) -> AnyBody:
    """The body of the request being answered.

    Raises:
        Problem: it is no such body; names the field, never what stood in it.
    """
    fields = request.get_json()
    if not isinstance(fields, dict):
        raise Problem(400, "bad_json", "the body must be a JSON object")
    # A text to print or to speak is signed and stays as it is.
    if kind in (TurnBody, TypedBody):
        fields = clean_fields(fields)
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, found["loc"]))[:40] or "the body" for found in error.errors()[:5])
        raise Problem(400, "bad_fields", f"wrong or unknown: {wrong}") from None
