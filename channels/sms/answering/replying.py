"""Answers one stored message: asks what to say, writes it down, or decides what happens when there is no answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from channels.conversing import trouble
from channels.core_client import CoreError, CoreUnavailable
from channels.rendering import render_all
from channels.sms.citizens.sender import Sender
from channels.sms.figures import SmsFigures
from channels.sms.queue.inbox import Inbox, Question
from channels.sms.queue.leases import Lease
from channels.sms.queue.states import IncomingState
from channels.sms.routes.messages import IncomingMessage
from channels.words import words
from contract.reply import Reply, ReplyKind
from contract.turn import Channel
from language.languages import default_language
from runtime import logs
from runtime.backoff import Backoff
from runtime.settings import Settings

BACKOFF = Backoff(first=1.0, longest=15.0, least=0.25)
"""Between tries to answer. A core that restarts is back within ten seconds."""

MOST_FAULTS = 5
"""A message at which a living core fails so often will not be answered the sixth time either."""

_log = logs.get(__name__)


class Answer(Protocol):
    """What to say to a message."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Text messages to send back; none when no answer is due."""
        ...

    @property
    def reason(self) -> str:
        """A short name for what was done with it, for the operator."""
        ...


class Answers(Protocol):
    """Knows what to say; may be asked from several threads, and again with the same id after a crash."""

    def answer(self, message: IncomingMessage, turn_id: str, sender: Sender) -> Answer:
        """What to say to a message of a sender; raises :class:`CoreError` when the core gives no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """There is no answer."""

    cause: str
    is_passing: bool
    """Whether the core or a store is away, rather than a living core failing at this message."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a citizen's message waits for an answer."""

    sorry_seconds: float
    """After so long the citizen is told that it takes longer."""
    give_up_seconds: float
    """After so long an answer would only confuse."""


class Replying:
    """Answers messages; safe to share between threads.

    Args:
        inbox: where they are stored.
        answers: knows what to say.
        settings: how texts are written, and how long to be patient.
        figures: counts.
        owner: whose leases the messages are answered under.
        clock: seconds since 1970.
        chance: random numbers from 0 to 1.
    """

    def __init__(
        self,
        inbox: Inbox,
        answers: Answers,
        settings: Settings,
        figures: SmsFigures,
        owner: str,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._inbox = inbox
        self._answers = answers
        self._settings = settings
        self._figures = figures
        self._owner = owner
        self._clock = clock
        self._chance = chance
        self._patience = Patience(settings.sms_trouble_seconds, settings.sms_answer_hours * 3600.0)

    def reply(self, question: Question) -> bool:
        """Answer a message through the outbox; True when there is something to send now."""
        found = self.find(question)
        if isinstance(found, Trouble):
            return self.write_trouble(question, found)
        return bool(self.write(question, found))

    def find(self, question: Question) -> Answer | Trouble:
        """What to say; changes nothing in the database."""
        try:
            return self._answers.answer(question.message, question.turn_id, question.sender)
        except (CoreUnavailable, SQLAlchemyError) as error:
            return Trouble(type(error).__name__, is_passing=True)
        except CoreError as error:
            return Trouble(type(error).__name__, is_passing=False)
        except Exception as error:
            # One message that breaks us must not stop the others.
            _log.error("a message cannot be answered", message=question.id, exc_info=error)
            return Trouble(type(error).__name__, is_passing=False)

    def write(self, question: Question, answer: Answer, lease: Lease | None = None) -> tuple[str, ...]:
        """Write down an answer; returns the references of its texts.

        Args:
            question: what it answers.
            answer: what to say.
            lease: the caller hands the texts over itself.
        """
        state = IncomingState.ANSWERED if answer.texts else IncomingState.IGNORED
        references = self._inbox.settle(
            question, self._owner, answer.texts, state=state, cause=answer.reason, lease=lease
        )
        if references is None:
            _log.warning("a message was answered by another process", message=question.id)
            return ()
        self._figures.answered(question.message.route, state.value, self._clock() - question.stored_at)
        return references

    def write_trouble(self, question: Question, found: Trouble) -> bool:
        """Leave the message for later, or give it up; True when the citizen is told something now."""
        now = self._clock()
        age = now - question.stored_at
        _log.warning("no answer yet", message=question.id, attempts=question.attempts, cause=found.cause)
        is_fault = not found.is_passing
        if (is_fault and question.faults + 1 >= MOST_FAULTS) or age >= self._patience.give_up_seconds:
            return bool(self.give_up(question, found)[1])
        wait = BACKOFF.pause(question.attempts, self._chance())
        sorry = ""
        if age >= self._patience.sorry_seconds and not question.sorry:
            sorry = sorry_text(self._settings)
        self._inbox.put_back(
            question, self._owner, next_try_at=now + wait, cause=found.cause, is_fault=is_fault, sorry=sorry
        )
        return bool(sorry)

    def give_up(
        self, question: Question, found: Trouble, lease: Lease | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """End a message without an answer; returns what the citizen is told, and the references of that.

        Args:
            question: what could not be answered.
            found: why.
            lease: the caller hands the texts over itself.
        """
        texts = () if question.sorry else trouble_texts(self._settings)
        state = IncomingState.FAILED
        references = self._inbox.settle(question, self._owner, texts, state=state, cause=found.cause, lease=lease)
        self._figures.answered(question.message.route, state.value, self._clock() - question.stored_at)
        return texts, references or ()


def trouble_texts(settings: Settings) -> tuple[str, ...]:
    """What a citizen gets when there will be no answer."""
    return tuple(reply.text for reply in trouble(Channel.SMS, settings).replies if reply.text)


def sorry_text(settings: Settings) -> str:
    """What a citizen gets when the answer takes longer; it still comes."""
    reply = Reply(
        kind=ReplyKind.TROUBLE,
        short=words().text(default_language(), "trouble"),
        next_step=words().text(default_language(), "trouble_sms_later"),
    )
    return "\n".join(rendered.text for rendered in render_all([reply], Channel.SMS, settings) if rendered.text)
