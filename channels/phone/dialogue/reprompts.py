"""Re-prompts: what follows when nothing came, or nothing that could be used: other words, then keys, then a person."""

from __future__ import annotations

from typing import Final

from channels.phone.dialogue.carrier_protocol import End
from channels.phone.dialogue.dialogue_data import DialogueData
from channels.phone.dialogue.prompts import Voice
from channels.phone.dialogue.state import CallState, Stage
from channels.phone.dialogue.step_result import Ask, Next
from channels.phone.dialogue.transfers import Reaching

KEYS_AT: Final = 2
PERSON_AT: Final = 3
END_AT: Final = 4
"""Times in a row after which the keys are listed, a person is offered, and a silent call ends."""


def silent(data: DialogueData, state: CallState) -> Next:
    """Nothing came."""
    if _is_greeting(state):
        # Nobody has missed anything yet: the greeting was only its beginning.
        return Next(state, ask=Ask.REST)
    silences = state.silences + 1
    state = state.changed(silences=silences)
    voice = Voice(data, state)
    if silences >= END_AT:
        return Next(state, (voice.fixed("still_there"), voice.fixed("goodbye")), End())
    if silences == PERSON_AT:
        # Nobody is connected who has not asked for it: an officer would talk to a telephone left off the hook.
        return Next(state, (voice.fixed("nothing_heard"), voice.fixed("still_there")), ask=Ask.KEYS)
    return Next(state, (voice.fixed("nothing_heard"),), ask=Ask.KEYS if silences == KEYS_AT else Ask.SHORT)


def _is_greeting(state: CallState) -> bool:
    """Whether only the greeting was said so far."""
    return state.sequence == 1 and state.screen.stage is Stage.MENU


def noisy(data: DialogueData, state: CallState) -> Next:
    """Only noise came: keys work in it. It counts as silence, so that nobody holds a line with a radio.

    Not at the greeting, as silence does not: nobody has missed anything yet.
    """
    silences = state.silences + (0 if _is_greeting(state) else 1)
    state = state.changed(silences=silences)
    voice = Voice(data, state)
    if silences >= END_AT:
        return Next(state, (voice.fixed("still_there"), voice.fixed("goodbye")), End())
    return Next(state, (voice.fixed("too_noisy"),), ask=Ask.KEYS)


def missed(data: DialogueData, reaching: Reaching, state: CallState, why: str) -> Next:
    """Something came that could not be used; ``why`` is a key of the wording."""
    return _after_miss(data, reaching, state, why, last="not_understood", keys_at=KEYS_AT)


def unheard(data: DialogueData, reaching: Reaching, state: CallState) -> Next:
    """What was said could not be taken: keys work at once, and it is not the caller's fault."""
    return _after_miss(data, reaching, state, "unheard", last="unheard_person", keys_at=1)


def _after_miss(data: DialogueData, reaching: Reaching, state: CallState, why: str, *, last: str, keys_at: int) -> Next:
    misses = state.misses + 1
    state = state.changed(misses=misses, silences=0)
    voice = Voice(data, state)
    if misses >= PERSON_AT:
        reached = reaching.officer(state.changed(misses=0))
        return Next(reached.state, (voice.fixed(last), *reached.before), reached.then, reached.ask)
    return Next(state, (voice.fixed(why),), ask=Ask.KEYS if misses >= keys_at else Ask.SHORT)
