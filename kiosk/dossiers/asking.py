"""Question and answer of a live look-up of a dossier or in a registry, as they travel, sealed both ways."""

from __future__ import annotations

import base64
from typing import Annotated, Final, Literal

from pydantic import Field

from kiosk.protocol.keys import Keys, PublicKeys
from kiosk.protocol.messages import Message, SealedMessage
from kiosk.protocol.snapshot import Record
from language.languages import default_language

QUESTION: Final = "status question"
ANSWER: Final = "status answer"


class LookUp(Message):
    """Which dossier."""

    code: Annotated[str, Field(alias="c", max_length=60)]
    last4: Annotated[str, Field(alias="d", pattern=r"^([0-9]{4}|[0-9]{6})?$")] = ""
    """Four digits, or the six of a one-time code; empty to have such a code sent."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = Field(default_factory=default_language, alias="g")
    """Of the message with the code."""
    conversation: Annotated[str, Field(alias="v", max_length=64)]
    """A hash; tries are counted under it."""
    registry: Annotated[str, Field(alias="n", pattern=r"^([a-z]{1,20}(\.[a-z]{1,20})?)?$")] = ""
    """The public registry that is asked, and the part that is wanted (``insurance.card``), where ``code`` is the key of
    an entry and no dossier. The person at the box has agreed to its purpose."""
    is_ticket: Annotated[bool, Field(alias="k")] = False
    """``code`` is the number of an officers' ticket; the digits are those of the number that was left, or none."""
    rating: Annotated[int, Field(alias="m", ge=0, le=3)] = 0
    """How somebody likes what was done about it; 0: nothing is rated, and how far it is is asked."""


class LookedUp(Message):
    """What the centre's own look-up gave."""

    outcome: Annotated[
        Literal[
            "found",
            "mismatch",
            "ambiguous",
            "locked",
            "unavailable",
            "code_wrong",
            "code_sent",
            "no_more_codes",
            "cannot_send",
            "told",
        ],
        Field(alias="o"),
    ]
    record: Annotated[Record | None, Field(alias="r")] = None
    told: Annotated[tuple[str, ...], Field(alias="t")] = ()
    """The sentences of a registry, or of a ticket."""
    may_rate: Annotated[bool, Field(alias="m")] = False
    needs_proof: Annotated[bool, Field(alias="p")] = False
    """An officer has answered the ticket, and tells it only with the last four digits of the number that was left."""
    tries_left: Annotated[int, Field(alias="l")] = 0
    until: Annotated[float, Field(alias="u")] = 0.0
    retryable: Annotated[bool, Field(alias="y")] = True


def seal(content: Message, to: PublicKeys, purpose: str) -> bytes:
    """As it travels."""
    return SealedMessage(sealed=base64.b64encode(to.close(content.to_bytes(), purpose)).decode()).to_bytes()


def unseal(content: bytes, keys: Keys, purpose: str) -> bytes:
    """What :func:`seal` wrapped. Raises ``ValueError`` for anything else."""
    return keys.open(base64.b64decode(SealedMessage.from_bytes(content).sealed), purpose)
