"""Plays development dialogues through the core of this process and renders what each channel would deliver."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.dialogues import Correction, Dialogue, DialogueTurn, Heard, Judged, faults_of
from catalogue.approved import APPROVED, set_records
from catalogue.record import Procedure
from catalogue.watched import RESCAN_SECONDS
from channels.rendering.render import render_all
from channels.rendering.rendered import Rendered
from channels.rendering.segments import size
from channels.rendering.speech import CHARACTERS_A_SECOND
from contract.meaning import Meaning
from contract.turn import Channel, Turn, TurnResult
from installation.core import load_turns
from installation.opening import opened
from runtime.settings import Settings
from understanding.readings.state import State

if TYPE_CHECKING:
    from assistant.turns import Turns
    from installation.root import Installation


class Before(Protocol):
    """Is told what a conversation has come to before each of its turns."""

    def __call__(self, dialogue: Dialogue, turn: DialogueTurn, state: State) -> None:
        """One turn that is about to be answered."""


def play(
    dialogues: Iterable[Dialogue],
    settings: Settings,
    advance: Callable[[], None] = lambda: None,
    before: Before | None = None,
) -> list[Judged]:
    """Every judged turn of the conversations, each conversation played from its start.

    Nothing of it is kept: the conversations live in a folder of their own and a Redis of their own, both gone
    afterwards, and the sandbox answers about dossiers.

    Args:
        dialogues: of :func:`assistant.dialogues.read_dialogues`.
        settings: of the installation whose understanding is judged; its catalogue is read.
        advance: called after each conversation.
        before: told the state of the conversation before each turn, for who fits the weights of readings.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-dialogues-") as folder:
        own = settings.model_copy(
            update={
                "data_dir": Path(folder),
                "redis_url": None,
                "database_url": None,
                "catalogue_url": settings.catalogue_url or settings.effective_database_url,
                "dossier_source": "sandbox",
                # Always, so that it is the same each time.
                "rating_share": 1.0,
            }
        )
        with opened(own, with_redis=True) as here, asyncio.Runner() as runner:
            turns = load_turns(here)
            judged: list[Judged] = []
            # What is corrected stays so: the others come first.
            for dialogue in sorted(dialogues, key=lambda one: one.corrects):
                # Tries at dossiers are counted across conversations; each is somebody else's.
                here.redis.flushdb()
                judged += runner.run(_played(dialogue, turns, here, before))
                advance()
            runner.run(turns.close())
        return judged


async def _played(dialogue: Dialogue, turns: Turns, here: Installation, before: Before | None) -> list[Judged]:
    judged = []
    for number, turn in enumerate(dialogue.turns, start=1):
        if turn.corrected is not None:
            await _correct(here, turn.corrected)
        if before is not None:
            before(dialogue, turn, await turns.state(_conversation(dialogue, turn)))
        heard = await _heard(dialogue, turn, turns, here.settings)
        if turn.is_judged:
            judged.append(Judged(dialogue, number, turn, heard, faults_of(turn.expect, heard)))
    return judged


async def _correct(here: Installation, wanted: Correction) -> None:
    """Correct a side of a record, as officers do, and wait until the catalogue has seen it."""
    record = here.catalogue.record(wanted.procedure)
    if record is None:
        raise LookupError(f"no procedure {wanted.procedure}")
    fields = record.to_json()
    match wanted.side:
        case "fee":
            for submission in fields["submissions"]:
                submission["fees"] = [{"amount": 77_000}]
        case "time":
            for submission in fields["submissions"]:
                submission["times"] = [{"value": 9, "unit": "working_day"}]
        case "papers":
            fields["papers"][0]["items"][0]["text"] += " (2)"
        case "where":
            fields["where"] = f"{record.where or record.agency} (2)"
    before = here.catalogue.version()
    folder = here.settings.data_path / APPROVED
    set_records(folder, record.code, record.province, [Procedure.model_validate(fields)])
    while here.catalogue.version() == before:
        await asyncio.sleep(RESCAN_SECONDS / 10)


async def _heard(dialogue: Dialogue, turn: DialogueTurn, turns: Turns, settings: Settings) -> Heard:
    meanings: list[Meaning] = []
    channel = turn.channel or dialogue.channel
    asked = Turn(
        channel=channel,
        conversation=_conversation(dialogue, turn),
        marks=() if channel is Channel.KIOSK else (f"person:{dialogue.name.replace(' ', '-')}",),
        text=turn.say,
        digits=turn.digits,
        event=turn.event,
    )
    before = time.process_time()
    result: TurnResult = await turns.answer(asked, meanings.append)
    spent = time.process_time() - before
    rendered = render_all(result.replies, channel, settings)
    spoken = rendered if channel is Channel.PHONE else ()
    texts = rendered if channel is Channel.SMS else ()
    return Heard(
        meaning=meanings[0] if meanings else Meaning(intent=None),
        replies=result.replies,
        shown=_shown(rendered, channel),
        segments=sum(size(one.text).segments for one in texts),
        spoken_seconds=sum(len(one.speech) for one in spoken) / CHARACTERS_A_SECOND,
        processor_seconds=spent,
    )


def _conversation(dialogue: Dialogue, turn: DialogueTurn) -> str:
    """A call is another conversation than the messages from the same telephone."""
    own = dialogue.name.replace(" ", "-")
    return own if turn.channel in (None, dialogue.channel) else f"{own}-{turn.channel}"


def _shown(rendered: tuple[Rendered, ...], channel: Channel) -> str:
    """What reaches the citizen; a caller's figures stand there as they are written, too."""
    if channel is Channel.PHONE:
        return "\n".join(f"{one.speech}\n{one.text}" for one in rendered)
    return "\n".join(one.text for one in rendered)
