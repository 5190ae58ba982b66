"""What every action shares: its services, the meaning of the turn and the one way to answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.services import Services, provided
from contract.carried import Carried, read_carried
from contract.meaning import Meaning, meaning_of
from contract.reply import Detail, Reply, ReplyKind
from understanding.readings.state import language_in

Events = list[dict[str, Any]]


class MotcuaAction(Action, ABC):  # type: ignore[misc]
    """Base of all actions.

    Args:
        services: gives the services when the action runs; rasa-sdk builds actions without arguments, then they are
            those that :func:`actions.services.provide` was told.
    """

    def __init__(self, services: Callable[[], Services] = provided) -> None:
        self._services = services

    # rasa-sdk makes every class that is not abstract: without a name a base of actions would be one.
    @abstractmethod
    def name(self) -> str:
        """Of the action, as in the domain."""

    @property
    def services(self) -> Services:
        """What the action may call."""
        return self._services()

    def say(
        self,
        tracker: Tracker,
        key: str,
        kind: ReplyKind = ReplyKind.NOTICE,
        *,
        asks: Detail | None = None,
        **values: object,
    ) -> Reply:
        """A reply of one sentence of the wording, in the words that fit the channel."""
        language = language_of(tracker)
        text = self.services.wording.text(language, key, tracker.get_latest_input_channel(), **values)
        return Reply(kind=kind, short=text, asks=asks, language=language)


def language_of(tracker: Tracker) -> str:
    """The language the citizen chose, else the one they speak."""
    return language_in(tracker.current_slot_values())


def turn_meaning(tracker: Tracker) -> Meaning:
    """What the pipeline made of the message being answered."""
    return meaning_of(tracker.latest_message)


def answer(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Send a reply through Rasa."""
    dispatcher.utter_message(json_message=Carried.of(reply))


def marks_of(tracker: Tracker) -> tuple[str, ...]:
    """Who is asking in this turn, as the channel has told: :attr:`contract.turn.Turn.marks`."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return tuple((event.get("metadata") or {}).get("marks") or ())
    return ()


def replies_of_this_turn(tracker: Tracker) -> list[Reply]:
    """What the actions before this one have answered since the citizen spoke, the latest first."""
    found = []
    for event in reversed(tracker.events):
        if event["event"] == "user":
            break
        custom = (event.get("data") or {}).get("custom") if event["event"] == "bot" else None
        if custom:
            found.append(read_carried(custom, Reply))
    return found
