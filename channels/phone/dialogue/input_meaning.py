"""What DTMF keys or words mean on the screen the caller is at. Pure: nothing is looked up, nothing is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from channels.cleaning import clean_text
from channels.phone.dialogue.carrier_protocol import Keys, Said
from channels.phone.dialogue.collecting import (
    CODE_DIGITS,
    KEY_DIGITS,
    LAST4_DIGITS,
    NUMBER_DIGITS,
    ONE_TIME_DIGITS,
    PROOF_DIGITS,
    Collected,
    can_be_code,
    keyed,
    said,
)
from channels.phone.dialogue.dialogue_data import Command, DialogueData, nearest, plain
from channels.phone.dialogue.state import Screen, Stage
from language.numbers import spoken_digits
from tickets.numbers import DIGITS as TICKET_DIGITS
from tickets.numbers import is_number

ENTRY: Final = {
    Stage.CODE: CODE_DIGITS,
    Stage.LAST4: LAST4_DIGITS,
    Stage.ONE_TIME: ONE_TIME_DIGITS,
    Stage.NUMBER: NUMBER_DIGITS,
    Stage.REGISTRY_KEY: KEY_DIGITS,
    Stage.REGISTRY_PROOF: PROOF_DIGITS,
}
"""Screens where digits are collected, and how many."""

SEND_CODE: Final = "99"
"""Keys that ask for a one-time code where four digits are asked for; the two nines are followed by nothing."""

YES_OR_NO: Final = frozenset(
    {
        Stage.TICKET_CHECK,
        Stage.CODE_CHECK,
        Stage.LAST4_CHECK,
        Stage.REGISTRY_CHECK,
        Stage.HEARD,
        Stage.OWN_NUMBER,
        Stage.NUMBER_CHECK,
    }
)
"""Screens that ask a question of two answers: 1 is yes, 2 is no."""

DOSSIER_KEY: Final = "2"
"""Key of the menu that asks for a dossier's code."""

NOISE_BELOW: Final = 0.2
"""Confidence below which words are taken for noise."""

SURE_FROM: Final = 0.55
"""Confidence from which words are acted upon without asking; below it the caller is asked whether they are right.

Confidences of recognisers are no probabilities. The two bounds only decide what is asked back: a wrong action is
never more than one ``*`` away.
"""

LONGEST_HEARD: Final = 400
"""Characters of one spoken input that are used; what one breath holds."""

_NOT_KEYS: Final = re.compile(r"[^0-9*#]+")


@dataclass(frozen=True, slots=True)
class Do:
    """Steers the call."""

    command: Command


@dataclass(frozen=True, slots=True)
class SpeakIn:
    """Another language is asked for."""

    language: str


@dataclass(frozen=True, slots=True)
class Pick:
    """One key with the meaning it has on this screen."""

    key: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Digits for the entry under way."""

    collected: Collected
    sure: bool
    """Keys are sure; what a recogniser heard is not."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """The entry under way is emptied."""


@dataclass(frozen=True, slots=True)
class SendCode:
    """A one-time code is asked for in place of the four digits."""


@dataclass(frozen=True, slots=True)
class WholeCode:
    """The digits of a dossier code, keyed where no code was asked for."""

    digits: str


@dataclass(frozen=True, slots=True)
class WholeTicket:
    """The number of a ticket, keyed or said where none was asked for."""

    number: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words for the core."""

    text: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Unusable:
    """Nothing that makes sense here; ``why`` is a key of the wording."""

    why: str


Meant = Do | SpeakIn | Pick | Entered | StartOver | SendCode | WholeCode | WholeTicket | Words | Unusable


def meant_by_keys(screen: Screen, given: Keys, today: date) -> Meant:
    """What keys mean. ``*`` goes back, ``#`` repeats, ``0`` calls an officer; inside an entry they belong to it.

    Where one key is expected, several at once are a dossier code, with or without the key that asks for one before it.
    """
    keys = _NOT_KEYS.sub("", given.digits)[:64]
    if not keys:
        return Unusable("wrong_key")
    if screen.stage in ENTRY:
        return _entry(screen, keys)
    if keys.rstrip("#"):
        keys = keys.rstrip("#")
    if len(set(keys)) == 1:
        # A key held too long, or pressed twice in doubt, is that key.
        return _single(keys[0])
    if is_number(keys) or (screen.stage is Stage.MENU and keys[0] == DOSSIER_KEY and is_number(keys[1:])):
        return WholeTicket(keys[-TICKET_DIGITS:])
    return WholeCode(code) if (code := _code_ahead(screen, keys, today)) is not None else Unusable("one_key")


def _code_ahead(screen: Screen, keys: str, today: date) -> str | None:
    """The dossier code in keys pressed without waiting: what the menu expects first decides where they are cut."""
    if not keys.isdigit():
        return None
    after_key = keys[1:] if screen.stage is Stage.MENU and keys[0] == DOSSIER_KEY else ""
    for code, rare in ((keys, False), (after_key, False), (keys, True), (after_key, True)):
        if can_be_code(code, today, rare=rare):
            return code
    return None


def _single(key: str) -> Meant:
    steering = {"*": Command.BACK, "#": Command.REPEAT, "0": Command.OFFICER}
    return Do(steering[key]) if key in steering else Pick(key)


def _entry(screen: Screen, keys: str) -> Meant:
    if not screen.digits and keys in {"*", "#", "0"}:
        return _single(keys)
    if screen.stage in {Stage.LAST4, Stage.REGISTRY_PROOF} and not screen.digits and keys.rstrip("#") == SEND_CODE:
        return SendCode()
    collected = keyed(screen.digits, keys)
    if not collected.digits:
        return StartOver()
    return Entered(collected, sure=True)


def meant_by_words(screen: Screen, given: Said, data: DialogueData, today: date) -> Meant:
    """What words mean: steering, a key named or described, digits for an entry, or a question for the core."""
    readings = [text for heard in (given.text, *given.alternatives[:4]) if (text := _heard(heard))]
    if not readings:
        return Unusable("nothing_heard")
    closed = next((meant for text in readings if (meant := _closed(screen, text, data)) is not None), None)
    if closed is not None:
        return closed
    if given.confidence is not None and given.confidence < NOISE_BELOW:
        return Unusable("not_understood")
    ticket = next((number for text in readings if (number := _ticket_said(text, data)) is not None), None)
    if ticket is not None and not _keeps_digits(screen):
        return WholeTicket(ticket)
    sure = given.confidence is None or given.confidence >= SURE_FROM
    if screen.stage in ENTRY:
        lengths = ENTRY[screen.stage]
        found = [piece for text in readings if (piece := said(screen.digits, text, lengths, today)) is not None]
        whole = next((piece for piece in found if piece.is_whole(lengths, today, sure=False)), None)
        if found:
            return Entered(whole or found[0], sure=False)
    return Words(readings[0], sure)


def _closed(screen: Screen, text: str, data: DialogueData) -> Meant | None:
    """What words of a closed list mean; these are believed whatever the confidence is."""
    if screen.stage in YES_OR_NO:
        command = data.command(text, frozenset({Command.YES, Command.NO}))
        if command in {Command.YES, Command.NO}:
            return Pick("1" if command is Command.YES else "2")
    command = data.command(text)
    if command is not None and command not in {Command.YES, Command.NO}:
        return Do(command)
    language = data.language_asked(text)
    if language is not None:
        return SpeakIn(language)
    if screen.stage in ENTRY or screen.stage is Stage.TALK:
        return None
    digits = spoken_digits(text)
    if digits is not None and len(digits) == 1:
        return _single(digits)
    labels = {plain(option.label): option.key for option in screen.options}
    found = nearest(plain(text), list(labels))
    return Pick(labels[found]) if found is not None else None


def _ticket_said(text: str, data: DialogueData) -> str | None:
    """The ticket's number where words begin with one that names tickets; a wrong digit makes it none."""
    bare = plain(text)
    if not any(bare.startswith(f"{plain(phrase)} ") for phrase in data.phrases[Command.TICKET]):
        return None
    digits = spoken_digits(text, (TICKET_DIGITS,))
    return digits if digits is not None and is_number(digits) else None


def _keeps_digits(screen: Screen) -> bool:
    """Whether other digits than a ticket's are being collected."""
    return screen.stage in ENTRY and screen.stage is not Stage.CODE


def _heard(text: str) -> str:
    cleaned = " ".join(clean_text(text).split())[:LONGEST_HEARD]
    return cleaned if any(sign.isalnum() for sign in cleaned) else ""
