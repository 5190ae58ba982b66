"""What a key, a button, a tile or a menu asks for: typed, so that nobody has to write Vietnamese for the core to parse.

A wish is no utterance: it never passes the understanding, and a model trained anew cannot change what it does. Only
people's own words go as text. The docstring of each wish holds an example in JSON; :func:`example_of` reads it.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contract.aspects import Aspect

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}$")]
"""National code of a procedure, ``1.001193``."""
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""BCP 47 primary tag."""

LONGEST_CODE: Final = 64
"""Characters of a dossier code as written; no code has half as many."""
LONGEST_REPORT: Final = 1_000
"""Characters of a report that are kept; an officer calls or comes by for more."""

_EXAMPLE: Final = "Example: "


def example_of(wish: type[BaseModel]) -> dict[str, Any]:
    """The JSON example in a wish's docstring."""
    lines = (wish.__doc__ or "").splitlines()
    (example,) = (line.strip().removeprefix(_EXAMPLE) for line in lines if line.strip().startswith(_EXAMPLE))
    found: dict[str, Any] = json.loads(example)
    return found


def _described(schema: dict[str, Any], wish: type[BaseModel]) -> None:
    """Give the wish's schema its example where JSON Schema has a place for it."""
    schema["description"] = schema.get("description", "").split(_EXAMPLE)[0].strip()
    schema["examples"] = [example_of(wish)]


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_described)


class AskSide(_Wish):
    """To be told one side of a procedure; all of it at a glance when no side is named.

    Example: {"do": "ask", "procedure": "1.001193", "aspect": "fee"}
    """

    do: Literal["ask"] = "ask"
    procedure: ProcedureCode = Field(description="National code, also a superseded one.")
    aspect: Aspect = Field(Aspect.OVERVIEW, description="Which side.")
    situation: int | None = Field(
        None, ge=1, le=9, description="Of the papers: which of the situations offered, counted from 1."
    )


class LookUpDossier(_Wish):
    """To be told how far a dossier is; without a code, to be asked for it. Last digits alone belong to the code before.

    Example: {"do": "dossier", "code": "H15.50.05.21-261123-9101", "last4": "0101"}
    """

    do: Literal["dossier"] = "dossier"
    code: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)] | None = Field(
        None, description="The code as it stands on the appointment slip, or only its digits, as keyed on a telephone."
    )
    last4: Annotated[str, StringConstraints(pattern=r"^([0-9]{4}|[0-9]{6}|[0-9]{9,12})$")] | None = Field(
        None,
        description="Last four digits of the phone or identity number in the dossier, or the whole number, or the six "
        "digits of a one-time code. Asked for when left out.",
    )
    send_code: Literal[True] | None = Field(
        None,
        description="To have a one-time code sent by text message to the number in the dossier, instead of last4.",
    )


class AskRegistry(_Wish):
    """To be told by a public registry about oneself; what it is asked for is said, and agreed to, before it is asked.

    Example: {"do": "registry", "about": "insurance"}
    """

    do: Literal["registry"] = "registry"
    about: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}(\.[a-z]{1,20})?$")] | None = Field(
        None,
        description="What it is asked about: population, insurance, land, business, vehicle; with the part wanted "
        "after a dot: insurance.months. Left out with send_code.",
    )
    send_code: Literal[True] | None = Field(
        None,
        description="To have a one-time code sent by text message to the number in the entry, where the last four "
        "digits are asked for.",
    )


class Choose(_Wish):
    """To take one of the choices shown last.

    Example: {"do": "choose", "key": "2"}
    """

    do: Literal["choose"] = "choose"
    key: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$")] = Field(description="The choice's key, as shown.")


class Report(_Wish):
    """To report a problem to the commune; what is not told yet is asked for, and all of it read back before it is sent.

    Example: {"do": "report", "words": "Đèn đường hỏng, tối om.", "place": "đầu xóm 3"}
    """

    do: Literal["report"] = "report"
    words: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REPORT)] | None = Field(
        None, description="What is wrong."
    )
    place: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REPORT)] | None = Field(
        None, description="Where."
    )


class Officer(_Wish):
    """To reach a person.

    Example: {"do": "officer"}
    """

    do: Literal["officer"] = "officer"


class SwitchLanguage(_Wish):
    """To be answered in another language.

    Example: {"do": "switch_language", "to": "en"}
    """

    do: Literal["switch_language"] = "switch_language"
    to: LanguageTag = Field(description="BCP 47 primary tag.")


class Yes(_Wish):
    """Yes to what was asked last.

    Example: {"do": "yes"}
    """

    do: Literal["yes"] = "yes"


class No(_Wish):
    """No to what was asked last; ends what is being asked for.

    Example: {"do": "no"}
    """

    do: Literal["no"] = "no"


class Back(_Wish):
    """Back to what was talked of before.

    Example: {"do": "back"}
    """

    do: Literal["back"] = "back"


class Repeat(_Wish):
    """To hear the last answer again; after an outage, to have the look-up tried again.

    Example: {"do": "repeat"}
    """

    do: Literal["repeat"] = "repeat"


class Help(_Wish):
    """To be told what can be asked here.

    Example: {"do": "help"}
    """

    do: Literal["help"] = "help"


class Rate(_Wish):
    """To say whether the answers of this conversation helped, where that was asked.

    Example: {"do": "rate", "helped": true}
    """

    do: Literal["rate"] = "rate"
    helped: bool = Field(description="Whether they did.")


class Goodbye(_Wish):
    """To end the conversation.

    Example: {"do": "goodbye"}
    """

    do: Literal["goodbye"] = "goodbye"


Wish = Annotated[
    AskSide
    | LookUpDossier
    | AskRegistry
    | Choose
    | Report
    | Officer
    | SwitchLanguage
    | Yes
    | No
    | Back
    | Repeat
    | Help
    | Rate
    | Goodbye,
    Field(discriminator="do"),
]

WISHES: Final[tuple[type[_Wish], ...]] = (
    AskSide,
    LookUpDossier,
    AskRegistry,
    Choose,
    Report,
    Officer,
    SwitchLanguage,
    Yes,
    No,
    Back,
    Repeat,
    Help,
    Rate,
    Goodbye,
)
"""Every kind, for tests and generated pages."""


class Refusal(StrEnum):
    """Why a wish of the right form cannot be done; the conversation stays where it was and asks again."""

    UNKNOWN_PROCEDURE = "unknown_procedure"
    NO_SUCH_CHOICE = "no_such_choice"
    NO_DOSSIER_CODE = "no_dossier_code"
    UNKNOWN_LANGUAGE = "unknown_language"
