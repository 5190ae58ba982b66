"""How a case stands between two agencies: a pure state machine that both sides run over the same messages.

The states are those of documents between agencies (QĐ 28/2018/QĐ-TTg): 01 arrived, 02 refused, 03 accepted, 04
assigned, 05 in work, 06 finished; 13 the sender asks for it back, 15 agreed, 16 not agreed. They only go forward, and
steps may be left out. What comes out of place changes nothing and holds nothing up: messages of both sides may cross.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from runtime.clock import VIETNAM
from runtime.working_time import WorkingTime


class Side(StrEnum):
    """Of an exchanged case."""

    SENDER = "sender"
    """Asks another agency, and answers the citizen."""
    RECEIVER = "receiver"

    @property
    def other(self) -> Side:
        """The other one."""
        return Side.RECEIVER if self is Side.SENDER else Side.SENDER


class Outside(StrEnum):
    """A state as agencies write it."""

    ARRIVED = "01"
    """In the receiver's system; nobody has looked."""
    REFUSED = "02"
    ACCEPTED = "03"
    ASSIGNED = "04"
    IN_WORK = "05"
    FINISHED = "06"
    ASKED_BACK = "13"
    GIVEN_BACK = "15"
    KEPT = "16"
    """The receiver does not give it back."""


class Step(StrEnum):
    """What one side does with a case."""

    ARRIVE = "arrive"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ASSIGN = "assign"
    WORK = "work"
    FINISH = "finish"
    ASK_SUPPLEMENT = "ask_supplement"
    GIVE_SUPPLEMENT = "give_supplement"
    ASK_BACK = "ask_back"
    GIVE_BACK = "give_back"
    KEEP = "keep"


STATES: Final = {
    Step.ARRIVE: Outside.ARRIVED,
    Step.ACCEPT: Outside.ACCEPTED,
    Step.REFUSE: Outside.REFUSED,
    Step.ASSIGN: Outside.ASSIGNED,
    Step.WORK: Outside.IN_WORK,
    Step.FINISH: Outside.FINISHED,
    Step.ASK_BACK: Outside.ASKED_BACK,
    Step.GIVE_BACK: Outside.GIVEN_BACK,
    Step.KEEP: Outside.KEPT,
}
"""Steps that are states."""
STEPS: Final = {state: step for step, state in STATES.items()}

_DOES: Final = {step: Side.SENDER if step in {Step.GIVE_SUPPLEMENT, Step.ASK_BACK} else Side.RECEIVER for step in Step}
_PROGRESS: Final = (Outside.ARRIVED, Outside.ACCEPTED, Outside.ASSIGNED, Outside.IN_WORK, Outside.FINISHED)
NEEDS_NOTE: Final = frozenset({Step.REFUSE, Step.ASK_SUPPLEMENT, Step.ASK_BACK, Step.KEEP, Step.FINISH})
"""Steps that say nothing without a reason, or a result."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands."""

    working_days: int
    """Within which it is to be finished."""
    progress: Outside | None = None
    """01 to 06; None: on its way."""
    back: Outside | None = None
    """13, 15 or 16, where it was asked for back."""
    received_at: datetime | None = None
    """When it came into the receiver's system."""
    awaiting_since: datetime | None = None
    """Since when the receiver waits for a supplement."""
    paused: tuple[tuple[date, date], ...] = ()
    """Times in which a supplement was awaited; they do not count."""
    ended_at: datetime | None = None

    @property
    def outside(self) -> Outside | None:
        """The state as others are told it; None: on its way."""
        return self.back if self.back in {Outside.ASKED_BACK, Outside.GIVEN_BACK} else self.progress

    @property
    def holder(self) -> Side:
        """Whose turn it is. What is on its way is still the sender's."""
        away = self.progress is not None and self.ended_at is None and self.awaiting_since is None
        return Side.RECEIVER if away else Side.SENDER

    def due(self, calendar: WorkingTime) -> date | None:
        """The last day of its time limit; None while it is on its way, or waits for a supplement."""
        if self.received_at is None or self.awaiting_since is not None:
            return None
        return calendar.due(self.received_at, self.working_days, self.paused)

    def is_overdue(self, calendar: WorkingTime, today: date) -> bool:
        """Whether the receiver is late."""
        due = self.due(calendar) if self.ended_at is None else None
        return due is not None and due < today

    def may(self, by: Side) -> tuple[Step, ...]:
        """What a side may do now, in the order in which it is usual."""
        return tuple(step for step in Step if _DOES[step] is by and self._fits(step))

    def after(self, step: Step, by: Side, at: datetime) -> Standing:
        """How it stands after a step; as it was, where the step is out of place.

        Args:
            step: what was done.
            by: whose message says so; the other side's steps are not theirs.
            at: when it was done, by the message.
        """
        if _DOES[step] is not by or not self._fits(step):
            return self
        match step:
            case Step.ARRIVE:
                return replace(self, progress=Outside.ARRIVED, received_at=at)
            case Step.ACCEPT | Step.ASSIGN | Step.WORK:
                return replace(self, progress=STATES[step], received_at=self.received_at or at)
            case Step.REFUSE | Step.FINISH:
                # Finished all the same: what was asked back meanwhile is answered by it.
                ended = replace(self, progress=STATES[step], back=None, awaiting_since=None, ended_at=at)
                return replace(ended, received_at=self.received_at or at)
            case Step.ASK_SUPPLEMENT:
                return replace(self, awaiting_since=at)
            case Step.GIVE_SUPPLEMENT:
                pause = (_day(self.awaiting_since or at), _day(at))
                return replace(self, awaiting_since=None, paused=(*self.paused, pause))
            case Step.ASK_BACK | Step.KEEP:
                return replace(self, back=STATES[step])
            case Step.GIVE_BACK:
                return replace(self, back=Outside.GIVEN_BACK, awaiting_since=None, ended_at=at)

    def _fits(self, step: Step) -> bool:
        if self.ended_at is not None:
            return False
        match step:
            case Step.ARRIVE:
                return self.progress is None
            case Step.ACCEPT | Step.ASSIGN | Step.WORK:
                # Steps may be left out, arriving too: by edXML nobody tells of it.
                return self.progress is None or _rank(STATES[step]) > _rank(self.progress)
            case Step.FINISH:
                # Also while a supplement is awaited that does not come.
                return True
            case Step.REFUSE:
                return self.progress in {None, Outside.ARRIVED}
            case Step.ASK_SUPPLEMENT:
                return self.progress is not None and self.awaiting_since is None
            case Step.GIVE_SUPPLEMENT:
                return self.awaiting_since is not None
            case Step.ASK_BACK:
                return self.back is not Outside.ASKED_BACK
            case Step.GIVE_BACK | Step.KEEP:
                return self.back is Outside.ASKED_BACK


def _rank(state: Outside) -> int:
    return _PROGRESS.index(state)


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
