"""What the assistant tried in a conversation, for the officer who takes it over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rasa.shared.core.events import BotUttered, Event, Restarted, SessionStarted, UserUttered

from contract.carried import read_carried
from contract.reply import Reply, ReplyKind
from contract.tried import LONGEST, MOST_STEPS, Step, Tried
from language.redaction.personal_data import redact

_ASKS_BACK = frozenset({ReplyKind.ASK_BACK, ReplyKind.ASK_DETAIL})
_FAILS = frozenset({ReplyKind.UNKNOWN, ReplyKind.TROUBLE})
_EVENT = "event_"
"""How the intents of what happens without words begin."""


def tried_in(events: Iterable[Event]) -> Tried:
    """The last turns of a conversation's present session, the oldest first; personal data is taken out."""
    turns: list[tuple[UserUttered, list[Reply]]] = []
    for event in events:
        if isinstance(event, SessionStarted | Restarted):
            turns = []
        elif isinstance(event, UserUttered):
            turns.append((event, []))
        elif isinstance(event, BotUttered) and turns and (custom := (event.data or {}).get("custom")):
            turns[-1][1].append(read_carried(custom, Reply))
    meant = [(said, replies) for said, replies in turns if not (_intent(said)).startswith(_EVENT)]
    return tuple(_step(said, replies) for said, replies in meant[-MOST_STEPS:])


def _intent(said: UserUttered) -> str:
    return str((said.intent or {}).get("name") or "")


def _step(said: UserUttered, replies: Sequence[Reply]) -> Step:
    last = next((reply for reply in reversed(replies) if reply.kind is not ReplyKind.NOTICE), None)
    last = last or next(reversed(replies), None)
    told = next((one.source.procedure_code for one in replies if one.source is not None), None)
    asks = last is not None and last.kind in _ASKS_BACK
    return Step(
        said=redact(said.text or "")[:LONGEST],
        taken_for=_intent(said)[:60],
        procedure=told,
        answered=redact(last.short)[:LONGEST] if last is not None else "",
        asked_back=asks,
        failed=last is not None and last.kind in _FAILS,
    )
