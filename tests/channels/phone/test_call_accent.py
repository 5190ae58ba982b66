"""A call is answered in the accent of its province."""

from __future__ import annotations

from channels_doubles import short_answer
from redis import Redis
from telephone_calls import OPEN, SEAL

from channels.phone.dialogue.call import CallDialogue
from channels.phone.dialogue.call_store import CallStates
from channels.phone.dialogue.carrier_protocol import Accent, CallStarted, Keys
from contract.turn import Turn, TurnResult


class AnyCore:
    def result(self, turn: Turn) -> TurnResult:
        return short_answer()


def test_the_accent_of_the_installation_is_spoken_until_the_caller_wants_another(redis: Redis) -> None:
    dialogue = CallDialogue(
        AnyCore(), CallStates(redis, SEAL), danger_in=lambda text: None, now=lambda: OPEN, accent=Accent.SOUTH
    )
    assert dialogue.step("call", CallStarted()).style.accent is Accent.SOUTH
    dialogue.step("call", Keys("8"))
    assert dialogue.step("call", Keys("3")).style.accent is Accent.NORTH
