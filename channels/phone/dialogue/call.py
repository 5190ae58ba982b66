"""The dialogue of a call: one input in, one move out, whatever carries the call."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from redis import RedisError

from channels.core_client import CoreError
from channels.phone.dialogue.asking import Asking, Core
from channels.phone.dialogue.call_store import CallBusy, CallEnded, CallStates
from channels.phone.dialogue.carrier_protocol import (
    Accent,
    CallStarted,
    End,
    HungUp,
    Input,
    Keys,
    Line,
    Move,
    Noise,
    Prepared,
    Said,
    Silence,
    Transfer,
    TransferEnded,
    Unheard,
)
from channels.phone.dialogue.dialogue_data import DialogueData, dialogue_data
from channels.phone.dialogue.input_meaning import meant_by_keys, meant_by_words
from channels.phone.dialogue.preparing import DryRun, Preparing
from channels.phone.dialogue.prompts import (
    Voice,
    expectation,
    first_lines_of,
    keys_of,
    lines_of,
    rest_of_first,
    short_lines_of,
)
from channels.phone.dialogue.reprompts import noisy, silent, unheard
from channels.phone.dialogue.state import CallState, numbered
from channels.phone.dialogue.step_result import Ask, Next
from channels.phone.dialogue.ticket_screens import Tickets, TicketScreens
from channels.phone.dialogue.transfers import CallBacks, Reaching, Texts, caller_number
from channels.phone.dialogue.transitions import Steps
from runtime import logs

MOST_MOVES: Final = 200
"""After so many moves the other side is a machine, or somebody who is helped better by a person."""

_OVER: Final = Move((), then=End())

_log = logs.get(__name__)


class CallDialogue:
    """Calls of all carriers; safe to share between threads and processes, as every call is held while it moves on.

    Args:
        core: answers turns.
        states: keeps calls between two moves.
        danger_in: the kind of danger words tell of, if any.
        officer: what to dial for an officer; None where nobody takes calls.
        call_backs: None where nobody calls back.
        texts: None where no text messages are sent.
        now: the time, in Vietnam.
        accent: which voice speaks until the caller wants another.
        dry_run: of the core; None where nothing is prepared.
    """

    def __init__(
        self,
        core: Core,
        states: CallStates,
        *,
        danger_in: Callable[[str], str | None],
        now: Callable[[], datetime],
        officer: str | None = None,
        call_backs: CallBacks | None = None,
        texts: Texts | None = None,
        tickets: Tickets | None = None,
        may_call: Callable[[str | None], bool] = lambda caller: True,
        beginnings: tuple[str, ...] = ("+",),
        accent: Accent = Accent.NORTH,
        dry_run: DryRun | None = None,
    ) -> None:
        self._may_call = may_call
        self._accent = accent
        self._data: DialogueData = dialogue_data()
        self._states = states
        self._now = now
        self._asking = Asking(core)
        self._reaching = Reaching(
            self._data, officer=officer, call_backs=call_backs, texts=texts, now=now, beginnings=beginnings
        )
        screens = TicketScreens(self._data, tickets)
        self._steps = Steps(self._data, self._asking, self._reaching, danger_in, lambda: now().date(), screens)
        self._preparing = Preparing(self._data, dry_run, danger_in, now) if dry_run is not None else None

    def step(self, call_id: str, given: Input, sequence: int | None = None, *, hears: bool = True) -> Move:
        """Move a call on.

        Args:
            call_id: the carrier's id of the call; the same for all its inputs, never used for another.
            given: what happened.
            sequence: number of the move this input answers, from carriers that may deliver an input twice: a
                second delivery gets the move the first one got, and changes nothing.
            hears: whether words would be recognised now; where not, nobody is asked to speak.

        Returns:
            What to do next; always something to say, or an end. Failures of the core and of the store become
            words of trouble and a way to a person.
        """
        try:
            with self._states.alone(call_id):
                return self._step(call_id, given, sequence, hears=hears)
        except CallEnded:
            return _OVER
        except CallBusy:
            _log.warning("call is busy", conversation=self._states.conversation(call_id))
            return self.trouble(call_id, given)
        except RedisError as error:
            _log.error("call cannot be kept", cause=type(error).__name__)
            return _OVER if isinstance(given, HungUp) else self.trouble(call_id, given)

    def prepare(self, call_id: str, given: Said, *, hears: bool = True) -> Prepared | None:
        """The move that words would get now, for who wants to make its sound ahead. Nothing is kept, sent or changed.

        Args:
            call_id: of a call that goes on.
            given: what may be all the caller wants to say.
            hears: whether words would be recognised now.

        Returns:
            None where the words would do more than look something up, or nothing is known of the call.
        """
        if self._preparing is None:
            return None
        try:
            state = self._states.find(call_id)
        except (CallEnded, RedisError):
            return None
        found = self._preparing.next(state.changed(hears=hears), given) if state is not None else None
        return Prepared(self._written(found[0]), is_whole=found[1]) if found is not None else None

    def _step(self, call_id: str, given: Input, sequence: int | None, *, hears: bool) -> Move:
        state = self._states.find(call_id)
        if isinstance(given, HungUp):
            self._leave(call_id, state)
            return _OVER
        if state is not None and isinstance(given, CallStarted):
            sequence = 0
        last = state.last() if state is not None else None
        if last is not None and sequence is not None and sequence != last.sequence:
            return last
        if state is None:
            caller = caller_number(given.caller) if isinstance(given, CallStarted) else None
            if isinstance(given, CallStarted) and not self._may_call(caller):
                return self._too_many(call_id)
            state = CallState(
                conversation=self._states.conversation(call_id),
                caller=caller,
                marks=self._states.marks(caller),
                accent=self._accent,
            )
            # A call whose state is lost begins anew; what came cannot be an answer to what was never asked.
            given = given if isinstance(given, CallStarted) else CallStarted()
        # Who was not heard in time is told so in other words.
        went_deaf = state.hears and not hears and not isinstance(given, CallStarted | Unheard)
        move = self._moved(call_id, state.changed(hears=hears), given, went_deaf=went_deaf)
        if isinstance(move.then, End):
            self._leave(call_id, state)
        return move

    def _too_many(self, call_id: str) -> Move:
        """The end of a call beyond the limit: nothing was begun, so nothing is left to forget."""
        voice = Voice(self._data, CallState(conversation=self._states.conversation(call_id), accent=self._accent))
        return Move((self._uninterruptible(voice.fixed("too_many_calls")),), then=End())

    def _moved(self, call_id: str, state: CallState, given: Input, *, went_deaf: bool) -> Move:
        try:
            done = self._next(state, given)
        except CoreError as error:
            _log.error("no answer from the core during a call", conversation=state.conversation, cause=str(error))
            done = self._after_trouble(state)
        if went_deaf and done.then is None:
            told = Voice(self._data, done.state).fixed("keys_only")
            done = replace(done, before=(told, *done.before))
        move = numbered(self._written(done), state.sequence + 1)
        self._states.keep(call_id, done.state.keeping(move))
        return move

    def _next(self, state: CallState, given: Input) -> Next:
        if state.sequence >= MOST_MOVES:
            return Next(state, (Voice(self._data, state).fixed("too_long"),), End())
        match given:
            case CallStarted():
                return self._greeted(state)
            case Keys():
                return self._steps.take(state, meant_by_keys(state.screen, given, self._now().date()))
            case Said():
                return self._steps.take(state, meant_by_words(state.screen, given, self._data, self._now().date()))
            case TransferEnded(answered):
                return self._reaching.came_back(state, answered=answered)
            case Noise():
                return noisy(self._data, state)
            case Unheard():
                return unheard(self._data, self._reaching, state)
            case Silence() | HungUp():
                return silent(self._data, state)

    def _greeted(self, state: CallState) -> Next:
        greeting = self._uninterruptible(Voice(self._data, state).fixed("greeting"))
        try:
            state = self._asking.afresh(state)
        except CoreError as error:
            # Without the core officers can still be reached; the caller hears of the trouble when asking.
            _log.error("no answer from the core at a call's start", conversation=state.conversation, cause=str(error))
        return Next(state, (greeting,), ask=Ask.FIRST)

    @staticmethod
    def _uninterruptible(line: Line) -> Line:
        """That a machine answers is heard by everybody: the law asks for it."""
        return Line(line.text, line.public, line.language, interruptible=False)

    def _after_trouble(self, state: CallState) -> Next:
        voice = Voice(self._data, state)
        reached = self._reaching.officer(state.heard_well())
        said = (voice.shared("trouble"), *reached.before)
        if reached.then is None and reached.state.screen.stage is state.screen.stage:
            return Next(state, (voice.shared("trouble"), voice.shared("trouble_next")), End())
        return Next(reached.state, said, reached.then)

    def trouble(self, call_id: str, given: Input) -> Move:
        """What is said when the call cannot go on: that it is our fault, and a person if there is one.

        Without the store nothing is known of the call but what was ``given``: who comes back from an officer is not
        sent there again.
        """
        state = CallState(conversation=self._states.conversation(call_id))
        voice = Voice(self._data, state)
        if isinstance(given, TransferEnded):
            if given.answered:
                return _OVER
            return Move((voice.fixed("officer_busy"), voice.shared("trouble_next")), then=End())
        reached = self._reaching.officer(state)
        if isinstance(reached.then, Transfer):
            return Move((voice.shared("trouble"), *reached.before), then=reached.then)
        return Move((voice.shared("trouble"), voice.shared("trouble_next")), then=End())

    def _written(self, done: Next) -> Move:
        if done.then is not None:
            return Move(done.before, then=done.then, style=done.state.style)
        can_text = self._reaching.can_text
        match done.ask:
            case Ask.FULL:
                said = lines_of(self._data, done.state, can_text)
            case Ask.FIRST:
                said = first_lines_of(self._data, done.state)
            case Ask.REST:
                said = rest_of_first(self._data, done.state)
            case Ask.SHORT:
                said = short_lines_of(self._data, done.state)
            case Ask.KEYS:
                said = keys_of(self._data, done.state, can_text)
        expect = expectation(self._data, done.state, first=done.ask is Ask.FIRST)
        return Move((*done.before, *said), expect, style=done.state.style)

    def _leave(self, call_id: str, state: CallState | None) -> None:
        """Forget the call, here and in the core; nothing begun is left half done."""
        self._states.end(call_id)
        if state is not None:
            # The core forgets by itself after a while, too.
            with suppress(CoreError):
                self._asking.hang_up(state.changed(sequence=state.sequence + 1))
