"""What a call would say to words that may not be all yet: the same steps, with nobody to change anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from channels.core_client import CoreError
from channels.phone.dialogue.asking import Asking
from channels.phone.dialogue.carrier_protocol import Line, Said
from channels.phone.dialogue.dialogue_data import DialogueData
from channels.phone.dialogue.input_meaning import meant_by_words
from channels.phone.dialogue.state import CallState
from channels.phone.dialogue.step_result import Next
from channels.phone.dialogue.ticket_screens import TicketScreens
from channels.phone.dialogue.transfers import Reaching
from channels.phone.dialogue.transitions import Steps
from contract.aspects import Aspect
from contract.reply import ReplyKind
from contract.turn import Event, Turn, TurnResult, Understanding
from runtime import logs

DryRun = Callable[[Turn], TurnResult | None]
"""What a turn would be answered, without anything being kept or changed; None where that cannot be told."""

_log = logs.get(__name__)


class _NotPrepared(Exception):
    """It cannot be told what would be said without doing something."""


class _DryCore:
    def __init__(self, dry_run: DryRun) -> None:
        self._dry_run = dry_run
        self.was_asked = False
        self.is_whole = False

    def result(self, turn: Turn) -> TurnResult:
        if turn.event is Event.START:
            # What was begun is dropped: it has no answer, and what would come after it is not asked for here.
            self.was_asked = True
            return TurnResult(replies=(), understanding=Understanding(intent=None))
        # A second turn would rest on the first, which is not kept.
        result = None if self.was_asked else self._dry_run(turn)
        if result is None:
            raise _NotPrepared
        self.was_asked = True
        understood = result.understanding
        # How the core has understood a question that names no side is an overview, which has no side either.
        names_both = understood.procedure is not None and understood.aspect not in {None, Aspect.OVERVIEW}
        self.is_whole = names_both and any(reply.kind is ReplyKind.ANSWER for reply in result.replies)
        return result


class _NobodyReached(Reaching):
    """Connects nobody and sends nothing."""

    def officer(self, state: CallState) -> Next:
        raise _NotPrepared

    def call_back(self, state: CallState) -> Next:
        raise _NotPrepared

    def text(self, state: CallState) -> Next:
        raise _NotPrepared

    def own_data(self, state: CallState, before: tuple[Line, ...] = ()) -> Next:
        raise _NotPrepared

    def number_answered(self, state: CallState, *, right: bool) -> Next:
        raise _NotPrepared


class Preparing:
    """Finds out what would be said.

    Args:
        data: of the dialogue.
        dry_run: of the core.
        danger_in: the kind of danger words tell of, if any.
        now: the time, in Vietnam.
    """

    def __init__(
        self, data: DialogueData, dry_run: DryRun, danger_in: Callable[[str], str | None], now: Callable[[], datetime]
    ) -> None:
        self._data = data
        self._dry_run = dry_run
        self._danger_in = danger_in
        self._now = now

    def next(self, state: CallState, given: Said) -> tuple[Next, bool] | None:
        """What words would lead to, and whether they are a whole question; None where they would do more than look
        something up.
        """
        core = _DryCore(self._dry_run)
        reaching = _NobodyReached(self._data, officer=None, call_backs=None, texts=None, now=self._now)
        tickets = TicketScreens(self._data, None)
        steps = Steps(self._data, Asking(core), reaching, self._danger_in, self._today, tickets)
        try:
            done = steps.take(state, meant_by_words(state.screen, given, self._data, self._today()))
        except _NotPrepared:
            return None
        except CoreError as error:
            _log.info("an answer was not prepared", cause=str(error))
            return None
        # Where the core was not asked it is the wording that is said, whose sound is there already, or a ticket.
        return (done, core.is_whole) if core.was_asked and done.then is None else None

    def _today(self) -> date:
        return self._now().date()
