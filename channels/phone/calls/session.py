"""One call, from the first word to the last: sound and keys in, the dialogue's lines out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

from channels.phone.calls.answer_ahead import AnswerAhead, Room
from channels.phone.calls.carrier import FRAME_BYTES, FRAME_SECONDS, Audio, Carrier, Gone, GoneBy, Hold, Key, Played
from channels.phone.calls.carrier import Transferred as How
from channels.phone.calls.dtmf import KeysAhead
from channels.phone.calls.figures import CallFigures
from channels.phone.calls.hearing import Hearing, Recognition
from channels.phone.calls.own_words import Styles, language_of, own_line
from channels.phone.calls.playing import Playing, Voice
from channels.phone.calls.turn_taking import Give, Order, Step, TurnTaking
from channels.phone.dialogue.carrier_protocol import (
    CallStarted,
    End,
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
from runtime import logs
from speech.audio import TELEPHONE_RATE
from speech.errors import SpeechError
from speech.recognition.pool import Failure

WAITS: Final = ((1.2, "wait"), (6.0, "still_looking"))
"""Silence after a caller's turn until "please wait" is said, and after that until it is said that it is still being
looked up: on the telephone nobody sees that something is being done, and after two seconds people say "hello?"."""
TICK_SECONDS: Final = 0.1
GAP_SECONDS: Final = 0.3
"""Without sound for so long, silence is filled in: some carriers send nothing while nobody speaks."""
QUIET_SECONDS: Final = 20.0
"""A carrier that sends nothing for so long has lost the call."""
LONGEST_HOLD_SECONDS: Final = 600.0
"""A call held for so long is given up."""
_SILENT: Final = bytes(FRAME_BYTES)

_log = logs.get(__name__)


class Dialogue(Protocol):
    """What decides: :class:`channels.phone.dialogue.call.CallDialogue`. Its methods block and belong into threads."""

    def step(self, call_id: str, given: Input, *, hears: bool) -> Move:
        """Move a call on."""
        ...

    def prepare(self, call_id: str, given: Said, *, hears: bool) -> Prepared | None:
        """The move that words would get now, nothing being changed; None where that cannot be told."""
        ...

    def trouble(self, call_id: str, given: Input) -> Move:
        """What is said when the call cannot go on."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What all calls share.

    Args:
        dialogue: decides what is said.
        recognition: hears.
        voice: speaks.
        styles: how it speaks.
        figures: counts.
        threads: where the dialogue runs.
        quiet_seconds: see :data:`QUIET_SECONDS`.
        now: seconds of a clock that never goes back.
        room_ahead: how many answers may be prepared at callers' pauses.
    """

    dialogue: Dialogue
    recognition: Recognition
    voice: Voice
    styles: Styles
    figures: CallFigures
    threads: Executor
    quiet_seconds: float = QUIET_SECONDS
    now: Callable[[], float] = time.monotonic
    room_ahead: Room = field(default_factory=Room)


class CallSession:
    """A call. Make it when the call is answered, :meth:`run` it once.

    Args:
        carrier: brings and takes the sound.
        around: what all calls share.
        call_id: what the dialogue knows the call by.
        caller: the caller's number, None when withheld.
    """

    def __init__(self, carrier: Carrier, around: Surroundings, call_id: str, caller: str | None) -> None:
        self._carrier = carrier
        self._around = around
        self._call_id = call_id
        self._caller = caller
        self._hearing = Hearing(around.recognition)
        self._ahead = KeysAhead(around.now)
        self._answer_ahead = AnswerAhead(around.room_ahead, self._start, self._prepare)
        self._move = Move(())
        self._turn: TurnTaking | None = None
        self._playing: Playing | None = None
        self._playing_task: asyncio.Task[None] | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._played_from = 0
        self._names = 0
        self._misheard = 0
        self._ended_at: float | None = None
        """When the caller's turn ended that is being answered; None where nobody waits for it."""
        self._recogniser_seconds = 0.0
        self._sound_until = self._last_sound = around.now()
        self._running: set[asyncio.Task[None]] = set()
        self._held_since: float | None = None
        self._paused: Sequence[Line] | None = None
        """What is said when a call that is held is taken up again; None when nothing waits for that."""

    async def run(self) -> Gone | None:
        """Hold the call to its end.

        Returns:
            Why the carrier ended it; None when the dialogue did, or handed it over.

        Raises:
            ExceptionGroup: something unforeseen; the call is over, and nothing of it goes on.
        """
        self._over: asyncio.Future[Gone | None] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.TaskGroup() as self._tasks:
                try:
                    self._start(self._listen())
                    self._start(self._watch())
                    self._start(self._answer(CallStarted(self._caller)))
                    return await self._over
                finally:
                    for task in self._running:
                        task.cancel()
        finally:
            self._hearing.forget()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _end(self, gone: Gone | None = None) -> None:
        if not self._over.done():
            self._over.set_result(gone)

    # What comes in

    async def _listen(self) -> None:
        async for event in self._carrier.events():
            match event:
                case Hold(on):
                    self._hold(on=on)
                case Audio() | Key() if self._held_since is not None:
                    # Music for who holds the call, or nothing: none of it is the caller's.
                    continue
                case Audio(pcm):
                    self._sound_until = self._last_sound = self._around.now()
                    for frame in self._hearing.take(pcm):
                        self._hear(frame)
                case Key(digit):
                    self._press(digit)
                case Played(mark):
                    if self._playing is not None:
                        self._playing.heard(mark)
                case Gone():
                    self._end(event)

    async def _watch(self) -> None:
        """Fill in the silence a carrier does not send, and notice one that is gone."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._around.now()
            if self._held_since is not None:
                if now - self._held_since > LONGEST_HOLD_SECONDS:
                    self._end(Gone(GoneBy.QUIET, "the call was held too long"))
                continue
            if now - self._last_sound > self._around.quiet_seconds:
                self._end(Gone(GoneBy.QUIET, "no sound came any more"))
            gap = now - self._sound_until
            if gap > GAP_SECONDS:
                self._sound_until = now
                for _ in range(round(gap / FRAME_SECONDS)):
                    self._hear(_SILENT)
            if self._playing is not None:
                self._playing.check()

    def _hold(self, *, on: bool) -> None:
        """Be silent while the call is held, and go on where it was."""
        if on == (self._held_since is not None):
            return
        if on:
            self._held_since = self._around.now()
            if self._turn is not None or self._playing is not None:
                self._paused = self._move.say[self._played_from :]
                self._turn = None
                self._hearing.forget()
                self._stop_playing()
            return
        self._held_since, self._last_sound = None, self._around.now()
        self._sound_until = self._last_sound
        paused, self._paused = self._paused, None
        if paused is not None:
            self._ask(paused)

    def _hear(self, frame: bytes) -> None:
        judged = self._hearing.hear(frame)
        if self._turn is not None:
            self._do(
                self._turn.sound(
                    FRAME_SECONDS,
                    judged.is_speech,
                    judged.completeness,
                    has_words=judged.has_words,
                    wordless=judged.wordless,
                ),
                "speech",
            )
        if judged.is_speech:
            self._answer_ahead.speaks_on()
        elif self._turn is not None and (words := self._hearing.words_at_pause) is not None:
            self._answer_ahead.pauses_at(words)

    def _press(self, digit: str) -> None:
        if self._turn is None:
            self._ahead.press(digit)
        else:
            self._do(self._turn.key(digit), "keys")

    def _do(self, steps: Sequence[Step], by: str) -> None:
        for step in steps:
            match step:
                case Order.STOP_PLAYING:
                    self._stop_playing()
                    self._around.figures.interrupted(self._carrier.kind, by)
                case Order.LISTEN:
                    self._hearing.listen()
                case Order.FORGET:
                    self._hearing.forget()
                case Order.UNDERSTAND:
                    self._turn, self._ended_at = None, self._around.now()
                    self._work_on(self._understand())
                case Order.CHECK if self._turn is not None:
                    self._start(self._check(self._turn))
                case Give(given):
                    self._turn = None
                    if isinstance(given, Silence) and self._hearing.is_loud:
                        # Nobody was heard, and not because it was quiet.
                        given = Noise()
                    self._ended_at = None if isinstance(given, Silence) else self._around.now()
                    self._ahead.answering(given.digits if isinstance(given, Keys) else "")
                    self._work_on(self._answer(given))

    # What goes out

    async def _understand(self) -> None:
        began = self._around.now()
        said = await self._hearing.understand()
        self._recogniser_seconds = self._around.now() - began
        if isinstance(said, Failure):
            _log.warning("an utterance was not recognised", cause=said.reason)
            self._around.figures.unheard(self._carrier.kind)
            await self._answer(Unheard())
        elif said.text.strip():
            await self._answer(said)
        elif self._hearing.is_loud:
            await self._answer(Noise())
        elif self._misheard:
            await self._answer(Silence())
        else:
            # It was a cough or a door: say what it cut off, or wait on.
            self._misheard += 1
            self._ended_at = None
            self._ask(self._move.say[self._played_from :])

    async def _check(self, turn: TurnTaking) -> None:
        """Find out whether something said into the voice was words after all, while the voice goes on."""
        said = await self._hearing.understand()
        if isinstance(said, Failure) or not said.text.strip() or self._turn is not turn or turn.is_over:
            return
        self._do((*turn.give_way(), Order.FORGET), "speech")
        self._turn, self._ended_at = None, self._around.now()
        self._work_on(self._answer(said))

    async def _prepare(self, words: str) -> None:
        """Have the answer to words looked up and its first sound made; who asks for it then finds that done."""
        loop, around = asyncio.get_running_loop(), self._around
        look_up = partial(around.dialogue.prepare, self._call_id, Said(words), hears=self._hearing.can_hear)
        try:
            looking = loop.run_in_executor(around.threads, look_up)
            try:
                prepared = await asyncio.shield(looking)
            except asyncio.CancelledError:
                # A thread goes on to its end, and so keeps its place: a core that hangs must not take them all.
                around.room_ahead.hold(looking)
                raise
            if prepared is None:
                return
            if prepared.is_whole:
                self._hearing.understood_whole(words)
            if prepared.move.say:
                line = prepared.move.say[0]
                style = around.styles.of(line, prepared.move.style)
                saying = around.voice.say(line.text, style, rate=TELEPHONE_RATE, is_public=line.public)
                async with aclosing(saying):
                    await anext(saying, None)
        except SpeechError:
            # Told when it is to be said.
            return
        except Exception:
            _log.exception("an answer could not be prepared")

    def _was_prepared(self, given: Input) -> None:
        """Whatever ends a turn ends what was prepared for it; of words it is counted whether it was for them."""
        prepared = self._answer_ahead.ended_with(given.text if isinstance(given, Said) else "")
        if prepared is not None and isinstance(given, Said):
            self._around.figures.prepared(self._carrier.kind, used=prepared)

    async def _answer(self, given: Input) -> None:
        self._was_prepared(given)
        move = await self._step(given)
        self._move, self._misheard, self._played_from = move, 0, 0
        self._ask(move.say)

    async def _step(self, given: Input) -> Move:
        loop, dialogue = asyncio.get_running_loop(), self._around.dialogue
        step = partial(dialogue.step, self._call_id, given, hears=self._hearing.can_hear)
        try:
            return await loop.run_in_executor(self._around.threads, step)
        except Exception:
            _log.exception("a call failed")
            return dialogue.trouble(self._call_id, given)

    def _ask(self, say: Sequence[Line]) -> None:
        """Say lines of the present move and listen as it wants."""
        if self._waiting is not None:
            self._waiting.cancel()
        if self._held_since is not None:
            self._paused = say
            return
        expect = self._move.expect
        if expect is not None:
            self._hearing.expect(expect)
            self._turn = TurnTaking(expect, hears=self._hearing.can_hear, ahead=self._ahead)
            if not say or say[0].interruptible:
                self._do(self._turn.line(may_interrupt=True), "keys")
            if self._turn is None:
                # Keys pressed ahead have answered already.
                return
        self._play(say)

    def _play(self, say: Sequence[Line]) -> None:
        first, style = len(self._move.say) - len(say), self._move.style

        def began_line(place: int) -> None:
            self._played_from = first + place
            if self._turn is not None:
                self._do(self._turn.line(may_interrupt=say[place].interruptible), "keys")

        def ended() -> None:
            self._playing = None
            self._played_from = len(self._move.say)
            if self._turn is not None:
                self._do(self._turn.played(), "keys")
            elif self._move.expect is None:
                self._start(self._conclude())

        self._names += 1
        self._playing = Playing(
            str(self._names),
            say,
            lambda line: self._around.styles.of(line, style),
            self._carrier,
            self._around.voice,
            on_sound=self._first_sound,
            on_line=began_line,
            on_end=ended,
            now=self._around.now,
        )
        self._playing_task = self._start(self._playing.run())

    def _first_sound(self) -> None:
        if self._ended_at is not None:
            seconds = self._around.now() - self._ended_at
            self._around.figures.answered(self._carrier.kind, seconds, self._recogniser_seconds)
        self._ended_at, self._recogniser_seconds = None, 0.0

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.stop()
        if self._playing_task is not None:
            self._playing_task.cancel()
        self._playing = self._playing_task = None
        self._carrier.stop_playing()

    def _work_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that somebody on the telephone waits for."""
        self._waiting = self._start(self._be_patient())
        self._start(work)

    async def _be_patient(self) -> None:
        for seconds, words in WAITS:
            await asyncio.sleep(seconds)
            line = own_line(words, language_of(self._move))
            style = self._around.styles.of(line, self._move.style)
            with suppress(SpeechError):
                async with aclosing(
                    self._around.voice.say(line.text, style, rate=TELEPHONE_RATE, is_public=True)
                ) as saying:
                    async for pcm in saying:
                        self._carrier.play(pcm, "wait")

    async def _conclude(self) -> None:
        match self._move.then:
            case Transfer(number, ring_seconds):
                how = await self._carrier.transfer(number, ring_seconds)
                if how is How.TAKEN_OVER:
                    self._end()
                else:
                    await self._answer(TransferEnded(how is How.ANSWERED))
            case End() | None:
                await self._carrier.hang_up()
                self._end()
