"""The telephone line of an installation: the one dialogue, put together from the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from redis import Redis

from channels.phone.answer_texts import OutboxTexts
from channels.phone.call_backs import TicketCallBacks
from channels.phone.dialogue.asking import Core
from channels.phone.dialogue.call import CallDialogue
from channels.phone.dialogue.call_store import CallStates
from channels.phone.dialogue.carrier_protocol import Accent
from channels.phone.dialogue.preparing import DryRun
from channels.phone.dialogue.ticket_screens import Tickets
from channels.sms.providers.registry import set_up
from contract.tried import Tried
from runtime.settings import Settings
from stores.limiter import Limiter
from stores.sealing import Seal
from tickets.store import TicketStore
from understanding.emergencies import Emergencies


def call_dialogue(
    settings: Settings,
    *,
    core: Core,
    redis: Redis,
    texts: OutboxTexts,
    seal: Seal,
    tickets: TicketStore,
    asked_tickets: Tickets,
    emergencies: Emergencies,
    now: Callable[[], datetime],
    limiter: Limiter,
    tried: Callable[[str], Tried] = lambda conversation: (),
    dry_run: DryRun | None = None,
) -> CallDialogue:
    """The dialogue for every carrier of this installation.

    Args:
        settings: of this installation.
        core: answers turns.
        redis: keeps calls between moves; decodes its answers.
        texts: sends answers as text messages; they are only offered where a route is set up.
        seal: hashes numbers and seals calls.
        tickets: keeps call-backs.
        asked_tickets: what is told of one.
        emergencies: finds people in danger.
        now: the clock.
        limiter: how much a caller may ask for.
        tried: what the assistant tried in a conversation, for officers.
        dry_run: of the core, for answers that are prepared.
    """

    def may_call(caller: str | None) -> bool:
        return limiter.allows("calls_hour") and (caller is None or limiter.allows("calls_caller", caller))

    return CallDialogue(
        core,
        CallStates(redis, seal),
        danger_in=emergencies.kind_in,
        now=now,
        officer=settings.officer_number,
        call_backs=TicketCallBacks(tickets, limiter, tried),
        tickets=asked_tickets,
        may_call=may_call,
        beginnings=settings.number_beginnings,
        texts=texts if set_up(settings) else None,
        accent=Accent(settings.voice_accent),
        dry_run=dry_run,
    )
