"""A caller who asks how far a ticket is: what an officer answered is said, and what is closed can be rated by key."""

from __future__ import annotations

from typing import Protocol

from channels.phone.dialogue.dialogue_data import DialogueData
from channels.phone.dialogue.prompts import Voice
from channels.phone.dialogue.state import CallState, Option, Screen, Stage
from channels.phone.dialogue.step_result import Next
from channels.rendering.speech import pieces_of
from tickets.asked import Proof, Told
from tickets.ticket import Rating


class Tickets(Protocol):
    """What is told of a ticket: :class:`tickets.asked.AskedTickets`."""

    def tell(self, number: str, language: str, proof: Proof, channel: str | None = None) -> Told:
        """How far it is, and what may be told to whoever asks."""
        ...

    def thanks(self, number: str, rating: Rating, language: str, proof: Proof, channel: str | None = None) -> str:
        """Keep a rating; the sentence that says so, or why not."""
        ...


def ticket_check(state: CallState, number: str) -> Next:
    """Read the number back."""
    return Next(state.show(Screen(stage=Stage.TICKET_CHECK, digits=number)))


class TicketScreens:
    """The screens after a ticket's number was confirmed.

    Args:
        data: of the dialogue.
        tickets: None where officers keep none.
    """

    def __init__(self, data: DialogueData, tickets: Tickets | None) -> None:
        self._data = data
        self._tickets = tickets

    def told(self, state: CallState) -> Next:
        """Say how far the ticket of the present screen is; the caller's own number proves whose it is."""
        voice, number = Voice(self._data, state), state.screen.digits
        if self._tickets is None:
            return Next(state.at_menu(), (voice.shared("trouble"),))
        told = self._tickets.tell(number, state.language, Proof(phone=state.caller), "phone")
        screen = Screen(stage=Stage.ANSWER, chunks=pieces_of(told.lines), language=state.language)
        if told.may_rate:
            options = tuple(
                Option(key=str(int(rating)), label=self._data.wording.text(state.language, f"rating_{int(rating)}"))
                for rating in sorted(Rating, reverse=True)
            )
            screen = screen.model_copy(update={"stage": Stage.RATING, "options": options, "digits": number})
        return Next(state.instead(screen))

    def rated(self, state: CallState, key: str) -> Next:
        """Keep what the caller thinks of it."""
        if self._tickets is None:
            return Next(state.at_menu())
        said = self._tickets.thanks(
            state.screen.digits, Rating(int(key)), state.language, Proof(phone=state.caller), "phone"
        )
        return Next(state.at_menu(), (Voice(self._data, state).free(said, public=False),))
