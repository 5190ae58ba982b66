"""What one agency sends another about a case: the bodies of the signed API, and what a package without a line holds."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tickets.exchange.case import NEEDS_NOTE, STEPS, Outside, Step

LARGEST_PAPER: Final = 10 * 1024 * 1024
"""Bytes of one paper."""
MOST_PAPERS: Final = 20
"""Of one message."""
LONGEST_WORDS: Final = 4_000
LARGEST_MESSAGE: Final = 64 * 1024
"""Bytes of a message's body."""
AGENCY: Final = r"^[A-Z]\d{2}(\.\d{1,3}){0,4}$"
"""Code of an agency, as QĐ 20/2020/QĐ-TTg has it: ``H15.50.05.13``."""
_CONTROL: Final = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """As it is kept: composed, without signs that command a terminal or turn letters round."""
    return _CONTROL.sub(" ", unicodedata.normalize("NFC", text).replace("\r\n", "\n")).strip()


Clean = AfterValidator(clean)
AgencyCode = Annotated[str, StringConstraints(pattern=AGENCY, max_length=20)]
CaseId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Kind(StrEnum):
    """What a message is."""

    SENT = "case.sent"
    STATE = "case.state"
    SUPPLEMENT_ASKED = "case.supplement_asked"
    SUPPLEMENT_GIVEN = "case.supplement_given"
    ERASE = "case.erase"
    """The person asked to be forgotten: everything of the case is to be erased."""
    ERASED = "case.erased"
    """It is."""


class PaperType(StrEnum):
    """What a paper is, by its content."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"


class Paper(BaseModel):
    """A paper of a message; its content comes before the message does."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sha256: Sha256 = Field(description="Of the content, hexadecimal.")
    name: Annotated[str, StringConstraints(min_length=1, max_length=120), Clean] = Field(description="For people.")
    type: PaperType
    size: int = Field(ge=1, le=LARGEST_PAPER, description="Bytes.")


class Message(BaseModel):
    """One message about a case."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")] = Field(
        description="The same as webhook-id; a message that comes twice is taken once."
    )
    kind: Kind
    sender: AgencyCode = Field(alias="from", description="Code of the agency that signs.")
    receiver: AgencyCode = Field(alias="to", description="Code of the agency it is for.")
    case: CaseId = Field(description="The case; made by the agency that sends it first.")
    number: int = Field(ge=1, le=100_000, description="Which of the sender's messages of this case it is, from 1.")
    seen: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = Field(
        "", description="Id of the other side's last message of this case that was taken; empty before the first."
    )
    at: AwareDatetime = Field(description="When it was done.")
    subject: Annotated[str, StringConstraints(max_length=200), Clean] = Field("", description="Of case.sent.")
    words: Annotated[str, StringConstraints(max_length=LONGEST_WORDS), Clean] = Field(
        "", description="What is asked (case.sent), why or with what result (others)."
    )
    procedure: Annotated[str, StringConstraints(max_length=40)] | None = Field(None, description="National code.")
    dossier: Annotated[str, StringConstraints(max_length=60)] | None = Field(None, description="Code of a dossier.")
    document: Annotated[str, StringConstraints(max_length=120), Clean] | None = Field(
        None, description="Number of the document it came with, where the sender gave it one."
    )
    working_days: int | None = Field(None, ge=1, le=250, description="Time limit of case.sent, from its arrival.")
    state: Outside | None = Field(
        None, description="Of case.state: 01 to 06 and 15, 16 of the receiver, 13 of the sender."
    )
    papers: tuple[Paper, ...] = Field((), max_length=MOST_PAPERS)

    @model_validator(mode="after")
    def _whole(self) -> Message:
        if self.kind is Kind.SENT and not (self.subject and self.working_days):
            raise ValueError("case.sent needs subject and working_days")
        if (self.kind is Kind.STATE) != (self.state is not None):
            raise ValueError("case.state needs a state, and nothing else has one")
        if self.step in NEEDS_NOTE and not self.words:
            raise ValueError("words are missing: a reason, or a result")
        if len({paper.sha256 for paper in self.papers}) != len(self.papers):
            raise ValueError("a paper stands there twice")
        return self

    @property
    def step(self) -> Step | None:
        """What it does to the case; None where it is no step."""
        if self.state is not None:
            return STEPS[self.state]
        return {Kind.SUPPLEMENT_ASKED: Step.ASK_SUPPLEMENT, Kind.SUPPLEMENT_GIVEN: Step.GIVE_SUPPLEMENT}.get(self.kind)

    def body(self) -> bytes:
        """As it is signed and sent."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()
