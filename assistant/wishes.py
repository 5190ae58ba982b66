"""From a wish to a meaning: what a button asks for goes the way of an understood message, without being understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from actions.dossiers.conversation import code_wished
from actions.procedures.paper_lines import situations
from actions.procedures.procedure_action import offered_keys
from actions.reports.conversation import read_back_keys
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.meaning import Meaning
from contract.wishes import (
    AskRegistry,
    AskSide,
    Back,
    Choose,
    Goodbye,
    Help,
    LookUpDossier,
    No,
    Officer,
    Rate,
    Refusal,
    Repeat,
    Report,
    SwitchLanguage,
    Wish,
    Yes,
)
from understanding.readings.listing import DISSATISFIED, SATISFIED
from understanding.readings.state import RATING_ASKED

_PLAIN: Final[Mapping[type[Any], str]] = {
    AskRegistry: "ask_knowledge",
    Report: "report_problem",
    Officer: "talk_to_officer",
    Yes: "affirm",
    No: "deny",
    Back: "change_topic_back",
    Repeat: "repeat",
    Help: "help",
    Goodbye: "goodbye",
}
"""The intents of wishes that mean nothing besides; a report's words stay in the wish."""


class WrongWish(Exception):
    """A wish of the right form that cannot be done."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def depends_on_the_talk(wish: Wish) -> bool:
    """Whether what was said before decides if it can be done: a choice must be offered, digits need their code, and
    whether it helped must have been asked."""
    code_before = isinstance(wish, LookUpDossier) and wish.code is None and bool(wish.last4 or wish.send_code)
    return code_before or isinstance(wish, Choose | Rate)


def meaning_of_wish(
    wish: Wish,
    current: Callable[[str], Procedure | None],
    languages: frozenset[str],
    slots: Mapping[str, Any],
    today: date,
) -> Meaning:
    """What a wish means; certain, since nobody had to understand it.

    Args:
        wish: what the button stands for.
        current: the procedure that holds today in place of a code.
        languages: in which there are answers.
        slots: of the conversation as it stands; may be empty for a wish that does not depend on them.
        today: the local date; a code of a later year is none.

    Raises:
        WrongWish: there is no such procedure, choice, code or language.
    """
    match wish:
        case AskSide(procedure=code, aspect=aspect, situation=number):
            procedure = current(code)
            if procedure is None:
                raise WrongWish(Refusal.UNKNOWN_PROCEDURE)
            if number is not None and (aspect is not Aspect.PAPERS or number > len(situations(procedure))):
                raise WrongWish(Refusal.NO_SUCH_CHOICE)
            return _certain(
                "ask_procedure",
                wish,
                procedure=procedure.code,
                candidates=(procedure.code,),
                aspect=aspect,
                asked_code=code if code != procedure.code else None,
            )
        case LookUpDossier(code=written, last4=last4, send_code=send_code):
            wished, goes_on = code_wished(wish, today), last4 is not None or send_code is True
            given_before = slots.get("dossier_code") if goes_on else None
            if wished is None and (written is not None or (goes_on and given_before is None)):
                raise WrongWish(Refusal.NO_DOSSIER_CODE)
            # Digits alone are no code in canonical form; the look-up finds out which code they belong to.
            canonical = wished if wished is not None and not wished.isdigit() else None
            return _certain("check_dossier", wish, dossier_code=canonical, digits=last4)
        case Choose(key=key):
            if key not in offered_keys(slots) | read_back_keys(slots):
                raise WrongWish(Refusal.NO_SUCH_CHOICE)
            return _certain("choose_number", wish, digits=key)
        case Rate(helped=helped):
            if not slots.get(RATING_ASKED):
                raise WrongWish(Refusal.NO_SUCH_CHOICE)
            return _certain(SATISFIED if helped else DISSATISFIED, wish)
        case SwitchLanguage(to=language):
            if language not in languages:
                raise WrongWish(Refusal.UNKNOWN_LANGUAGE)
            return _certain("switch_language", wish, language=language)
        case _:
            return _certain(_PLAIN[type(wish)], wish)


def refused(wish: Wish, refusal: Refusal) -> Meaning:
    """What is done instead of a wrong wish: what was asked or told last is said again."""
    if refusal is Refusal.NO_DOSSIER_CODE:
        # Told so by the action that would have taken the code, which asks for it again.
        return _certain("check_dossier", wish)
    return _certain("repeat", wish)


def _certain(intent: str, wish: Wish, **values: Any) -> Meaning:
    return Meaning(intent=intent, confidence=1.0, wish=wish, **values)
