"""What kinds of things are asked at a kiosk, for the centre to see where it is used and for what."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from contract.turn import TurnResult
from kiosk.queue.keeping import Usage
from runtime import logs

_log = logs.get(__name__)


def count_turn(usage: Usage | None, result: TurnResult) -> None:
    """Note the intent of a turn and nothing of what was said; a visitor never fails for it.

    Args:
        usage: None on a machine that belongs to no centre.
        result: of the turn; events of a visit have no intent and are not counted.
    """
    intent = result.understanding.intent
    if usage is None or intent is None:
        return
    try:
        usage.count(f"turn.{intent}")
    except SQLAlchemyError as error:
        _log.warning("a turn was not counted", cause=type(error).__name__)
