"""Reaching a person, and reaching the caller later: transfer, call-back, text message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from channels.phone.dialogue.carrier_protocol import End, Line, Transfer
from channels.phone.dialogue.collecting import in_groups
from channels.phone.dialogue.dialogue_data import DialogueData
from channels.phone.dialogue.prompts import Voice
from channels.phone.dialogue.state import CallState, Purpose, Screen, Stage
from channels.phone.dialogue.step_result import Ask, Next
from channels.words import words
from language.phone_number import InvalidPhoneNumber, PhoneKind, PhoneNumber

OFFER: Final = Screen(stage=Stage.OFFER)


class CallBacks(Protocol):
    """Where wishes to be called back are kept."""

    def add(self, key: str, number: str, words: str, procedure: str | None) -> str | None:
        """Keep one; the number of its ticket, None when it could not be kept. The same key is kept once."""
        ...


class Texts(Protocol):
    """What sends text messages."""

    def send(self, key: str, number: str, text: str) -> bool:
        """Take a message for sending; whether it was taken. The same key is sent once."""
        ...


class Reaching:
    """Officers and numbers.

    Args:
        officer: what to dial for an officer; None where nobody takes calls.
        call_backs: None where nobody calls back.
        texts: None where no text messages are sent.
        now: the time, in Vietnam.
    """

    def __init__(
        self,
        data: DialogueData,
        *,
        officer: str | None,
        call_backs: CallBacks | None,
        texts: Texts | None,
        now: Callable[[], datetime],
        beginnings: tuple[str, ...] = ("+",),
    ) -> None:
        self._beginnings = beginnings
        self._data = data
        self._officer = officer
        self._call_backs = call_backs
        self._texts = texts
        self._now = now

    @property
    def can_text(self) -> bool:
        """Whether an answer can be sent as a text message."""
        return self._texts is not None

    def officer(self, state: CallState) -> Next:
        """Connect with an officer; where none can take the call, offer to be called back."""
        voice = Voice(self._data, state)
        if self._officer is None:
            return self._offer(state, "officer_unset")
        if state.officer_missed:
            return self._offer(state, "officer_busy")
        if not self._data.hours.is_open(self._now()):
            hours = self._data.wording.text(state.language, "office_hours")
            return self._offer(state, "officer_closed", hours=hours)
        return Next(state, (voice.fixed("officer_now"),), Transfer(self._officer))

    def came_back(self, state: CallState, *, answered: bool) -> Next:
        """After a transfer: over when somebody took it, else offer to be called back."""
        if answered:
            return Next(state, then=End())
        return self._offer(state.changed(officer_missed=True), "officer_busy")

    def _offer(self, state: CallState, why: str, **values: object) -> Next:
        before = (Voice(self._data, state).fixed(why, **values),)
        if self._call_backs is None:
            return Next(state, (*before, Voice(self._data, state).fixed("offer_none")))
        if state.screen.stage is Stage.OFFER:
            return Next(state, before)
        return Next(state.show(OFFER), before)

    def call_back(self, state: CallState) -> Next:
        """Ask which number to call back."""
        if self._call_backs is None:
            return Next(state, (Voice(self._data, state).fixed("offer_none"),))
        return self._ask_number(state, Purpose.CALL_BACK, self._reachable(state.caller))

    def text(self, state: CallState) -> Next:
        """Ask where to send the answer being said."""
        if self._texts is None or not state.screen.facts:
            return Next(state, (Voice(self._data, state).fixed("text_nothing"),))
        return self._ask_number(
            state, Purpose.TEXT, self._reachable(state.caller) if _is_mobile(state.caller) else None
        )

    def own_data(self, state: CallState, before: tuple[Line, ...] = ()) -> Next:
        """Ask to which number it is written how to see and erase what is kept about it.

        A caller's number can be forged, and whoever keys one in may be anybody: what is kept is told to, and erased
        for, whoever answers from that number.

        Args:
            state: of the call.
            before: what is said first.
        """
        if self._texts is None:
            return Next(state, (*before, Voice(self._data, state).fixed("own_data_none")))
        own = self._reachable(state.caller) if _is_mobile(state.caller) else None
        asked = self._ask_number(state, Purpose.OWN_DATA, own)
        return Next(asked.state, before)

    def _reachable(self, number: str | None) -> str | None:
        """A number officers may call and texts may go to; foreign ones can cost a fortune a minute."""
        return number if number is not None and number.startswith(self._beginnings) else None

    def _ask_number(self, state: CallState, purpose: Purpose, own: str | None) -> Next:
        stage = Stage.OWN_NUMBER if own is not None else Stage.NUMBER
        return Next(state.show(Screen(stage=stage, purpose=purpose)))

    def is_number(self, purpose: Purpose | None, digits: str) -> bool:
        """Whether digits are a number that can be used for this: a text message needs a mobile one."""
        number = self._reachable(_telephone(digits))
        return number is not None and (purpose is Purpose.CALL_BACK or purpose is None or _is_mobile(number))

    def number_answered(self, state: CallState, *, right: bool) -> Next:
        """Yes or no to a number that was offered or read back."""
        screen = state.screen
        purpose = screen.purpose or Purpose.CALL_BACK
        if not right:
            return Next(state.instead(Screen(stage=Stage.NUMBER, purpose=purpose)))
        number = self._reachable(state.caller if screen.stage is Stage.OWN_NUMBER else _telephone(screen.digits))
        if number is None:
            return Next(state.instead(Screen(stage=Stage.NUMBER, purpose=purpose)))
        match purpose:
            case Purpose.TEXT:
                return self._send(state, number)
            case Purpose.OWN_DATA:
                return self._tell_own_data(state, number)
            case Purpose.CALL_BACK:
                return self._note(state, number)

    def _note(self, state: CallState, number: str) -> Next:
        voice = Voice(self._data, state)
        procedure = next((screen.procedure for screen in reversed(state.history) if screen.procedure), None)
        words = self._data.wording.text(state.language, "ticket_words")
        # One wish a call: asked for twice, the same ticket is read out again.
        ticket = self._call_backs.add(state.conversation, number, words, procedure) if self._call_backs else None
        if ticket is None:
            return Next(state.at_menu(), (voice.fixed("ticket_failed"),))
        read = in_groups(ticket, 4)
        return Next(state.at_menu(), (voice.fixed("ticket", number=read),))

    def _tell_own_data(self, state: CallState, number: str) -> Next:
        how = words().text(state.language, "own_data_by_text")
        key = f"{state.conversation}.{state.sequence}"
        sent = self._texts is not None and self._texts.send(key, number, how)
        state = state.back()
        said = Voice(self._data, state).fixed("own_data_sent" if sent else "own_data_none")
        return Next(state, (said,), ask=Ask.SHORT)

    def _send(self, state: CallState, number: str) -> Next:
        state = state.back()
        voice, answer = Voice(self._data, state), state.screen
        key = f"{state.conversation}.{state.sequence}"
        sent = self._texts is not None and self._texts.send(key, number, answer.written)
        return Next(state, (voice.fixed("text_sent" if sent else "text_failed"),), ask=Ask.SHORT)


def caller_number(presented: str | None) -> str | None:
    """The caller's number in E.164, where it is one that can be called: not withheld, not made up by a network."""
    return _telephone(presented) if presented else None


def _telephone(written: str) -> str | None:
    try:
        return PhoneNumber.parse(written).e164
    except InvalidPhoneNumber:
        return None


def _is_mobile(number: str | None) -> bool:
    return number is not None and PhoneNumber.parse(number).kind is PhoneKind.MOBILE
