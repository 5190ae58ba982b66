"""Rate limits of text messages: how many of one number are answered. Enough for a family that shares a telephone, too
little for a machine (``stores/limits.yml``).

While Redis is away everything is allowed: a citizen's answer is worth more than a limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from redis import RedisError

from runtime import logs
from stores.limiter import Limiter

_log = logs.get(__name__)


class Allowed(StrEnum):
    """Whether a message is answered; the first one over a limit is told so, those after it meet silence."""

    YES = "yes"
    TELL_SHORT = "tell_short"
    TELL_DAY = "tell_day"
    TELL_LOOK_UPS = "tell_look_ups"
    NO = "no"


_FIRST = {
    "sms_short": Allowed.TELL_SHORT,
    "sms_day": Allowed.TELL_DAY,
    "sms_look_ups": Allowed.TELL_LOOK_UPS,
    "sms_rights": Allowed.NO,
}


class Limits:
    """The counts of all numbers; safe to share between threads.

    Args:
        limiter: of the installation.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def take(self, person: str) -> Allowed:
        """Count one message. One over the short limit does not count for the day as well, or a child playing with the
        keys for an hour would cost its family the whole day.
        """
        return self._allowed(("sms_short", "sms_day"), person)

    def take_right(self, person: str, turn: str) -> Allowed:
        """Count one wish to see or erase what is kept, however many messages came otherwise."""
        return self._allowed(("sms_rights",), person, turn)

    def take_look_up(self, person: str, turn: str) -> Allowed:
        """Count one dossier looked up; a turn tried again counts once.

        Args:
            person: who asks.
            turn: id of the turn.
        """
        return self._allowed(("sms_look_ups",), person, turn)

    def _allowed(self, limits: Sequence[str], person: str, turn: str = "") -> Allowed:
        try:
            taken = self._limiter.take([(name, person) for name in limits], turn, once=bool(turn))
        except RedisError as error:
            _log.warning("messages cannot be counted", cause=type(error).__name__)
            return Allowed.YES
        if taken.refused_by is None:
            return Allowed.YES
        return _FIRST[taken.refused_by] if taken.refusals == 1 else Allowed.NO
