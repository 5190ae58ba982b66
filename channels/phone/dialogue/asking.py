"""Turns handed to the core, and the screen its answer makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.phone.dialogue.state import CallState, Option, Screen, Stage
from channels.rendering.lines import lines_of
from channels.rendering.speech import pieces_of, spoken_lines
from contract.reply import Reply, ReplyKind
from contract.turn import NO_DANGER, Channel, Event, Turn, TurnResult
from contract.wishes import SwitchLanguage, Wish
from language.languages import default_language, installed


class Core(Protocol):
    """What answers turns."""

    def result(self, turn: Turn) -> TurnResult:
        """The core's own answer to one turn; raises :class:`channels.core_client.CoreError` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """The call after a turn, and what came back."""

    state: CallState
    result: TurnResult

    @property
    def intent(self) -> str | None:
        """What the core took it for."""
        return self.result.understanding.intent

    @property
    def last_kind(self) -> ReplyKind | None:
        """What the last reply does."""
        return self.result.replies[-1].kind if self.result.replies else None

    @property
    def answered(self) -> bool:
        """Whether there are facts among the replies."""
        return any(reply.kind is ReplyKind.ANSWER for reply in self.result.replies)

    @property
    def asks_for_detail(self) -> bool:
        """Whether the core waits for one thing, and has answered nothing."""
        return self.last_kind is ReplyKind.ASK_DETAIL and not self.answered

    @property
    def understood(self) -> bool:
        """Whether the core could do something with it."""
        if not self.result.replies or self.last_kind is ReplyKind.UNKNOWN:
            return False
        return self.intent != "out_of_scope" or self.last_kind is not ReplyKind.NOTICE


class Asking:
    """Hands turns of a call to the core; each has an id of its own, so that one tried again changes nothing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def words(self, state: CallState, text: str, danger: str | None) -> Asked:
        """Words of the caller, and the kind of danger that was found in them."""
        return self._ask(state, text=text, danger=danger or NO_DANGER)

    def wish(self, state: CallState, wish: Wish) -> Asked:
        """What a key, or a phrase that stands for one, asks for."""
        return self._ask(state, wish=wish)

    def afresh(self, state: CallState) -> CallState:
        """Begin the conversation anew, with nothing left of what was said but the language."""
        asked = self._ask(state, event=Event.START)
        return self.switch_language(asked.state) if state.language != default_language() else asked.state

    def switch_language(self, state: CallState) -> CallState:
        """Let the core answer in the call's language."""
        return self.wish(state, SwitchLanguage(to=state.language)).state

    def hang_up(self, state: CallState) -> None:
        """Tell the core that the caller is gone."""
        self._ask(state, event=Event.HANGUP)

    def _ask(
        self,
        state: CallState,
        *,
        text: str | None = None,
        event: Event | None = None,
        wish: Wish | None = None,
        danger: str | None = None,
    ) -> Asked:
        turn = Turn(
            channel=Channel.PHONE,
            conversation=state.conversation,
            marks=state.marks,
            id=f"{state.conversation}.{state.sequence}.{state.turns}",
            text=text,
            event=event,
            wish=wish,
            danger=danger,
        )
        return Asked(state.changed(turns=state.turns + 1), self._core.result(turn))


def answer_screen(replies: Sequence[Reply], stage: Stage = Stage.ANSWER) -> Screen:
    """The screen that says replies, in pieces."""
    procedure = next((reply.source.procedure_code for reply in replies if reply.source is not None), None)
    told = [_for_the_ear(reply) for reply in replies]
    return Screen(
        stage=stage,
        chunks=pieces_of(
            [line for reply in told for line in spoken_lines(reply)],
            min((reply.breath for reply in told if reply.breath is not None), default=None),
        ),
        written="\n".join(line for reply in told for line in lines_of(reply, lambda choice: "")),
        facts=any(reply.kind is ReplyKind.ANSWER for reply in replies),
        public=all(reply.source is not None for reply in replies),
        language=installed().known(replies[-1].language if replies else None),
        procedure=procedure,
    )


def choice_screen(reply: Reply, before: Sequence[Reply], *, public: bool) -> Screen:
    """The screen that offers choices; their keys are the core's."""
    # What else can be done is said by the keys and by the dialogue's own last line.
    asked = reply.model_copy(update={"choices": (), "next_step": None})
    lines = [line for said in (*before, asked) for line in spoken_lines(said)]
    options = tuple(
        Option(key=choice.key, label=choice.speech or choice.label, wish=choice.wished) for choice in reply.choices
    )
    return Screen(
        stage=Stage.CHOICES,
        chunks=tuple(lines),
        options=options,
        public=public,
        language=installed().known(reply.language),
    )


def _for_the_ear(reply: Reply) -> Reply:
    """Without choices, and of an answer about a procedure without the offer of further sides: the keys say it."""
    left_out: dict[str, object] = {"choices": ()}
    if reply.source is not None:
        left_out["next_step"] = None
    return reply.model_copy(update=left_out)
