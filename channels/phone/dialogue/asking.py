"""Turns handed to the core, and the screen its answer makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from channels.phone.dialogue.state import CallState, Option, Screen, Stage
from channels.rendering.lines import lines_of
from channels.rendering.pages import paginate
from contract.reply import Reply, ReplyKind
from contract.turn import Channel, Event, Turn, TurnResult

CHUNK_CHARACTERS: Final = 260
"""Said in one go: some 18 seconds at 14 characters a second, what a listener keeps in mind."""

ASPECT_QUESTIONS: Final = {
    "papers": "cần giấy tờ gì",
    "fee": "lệ phí bao nhiêu",
    "time": "bao lâu thì xong",
    "where": "nộp ở đâu",
}
"""How the dialogue puts a key's question to the core, behind the procedure's code."""

START_DOSSIER: Final = "xem hồ sơ"
REPORT: Final = "tôi muốn phản ánh"
_LANGUAGE_WISH: Final = {"en": "english", "vi": "tiếng việt"}


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

    def words(self, state: CallState, text: str) -> Asked:
        """Words of the caller, or of the dialogue in the caller's place."""
        return self._ask(state, text=text)

    def digits(self, state: CallState, digits: str) -> Asked:
        """Keys that the core has asked for."""
        return self._ask(state, digits=digits)

    def afresh(self, state: CallState) -> CallState:
        """Begin the conversation anew, with nothing left of what was said but the language."""
        asked = self._ask(state, event=Event.START)
        if state.language != "vi":
            return self.words(asked.state, _LANGUAGE_WISH[state.language]).state
        return asked.state

    def switch_language(self, state: CallState) -> CallState:
        """Let the core answer in the call's language."""
        return self.words(state, _LANGUAGE_WISH[state.language]).state

    def dossier(self, state: CallState, code: str | None, digits: str) -> Asked:
        """Ask for a dossier by its code, or by the digits of it.

        A look-up that waits for another code's four digits would take these for them; so it begins afresh. Wrong
        tries stay counted: they belong to the call.
        """
        state = self.afresh(state)
        if code is not None:
            return self.words(state, f"hồ sơ {code}")
        started = self.words(state, START_DOSSIER)
        return self.digits(started.state, digits)

    def hang_up(self, state: CallState) -> None:
        """Tell the core that the caller is gone."""
        self._ask(state, event=Event.HANGUP)

    def _ask(
        self, state: CallState, *, text: str | None = None, digits: str | None = None, event: Event | None = None
    ) -> Asked:
        turn = Turn(
            channel=Channel.PHONE,
            conversation=state.conversation,
            id=f"{state.conversation}.{state.sequence}.{state.turns}",
            text=text,
            digits=digits,
            event=event,
        )
        return Asked(state.changed(turns=state.turns + 1), self._core.result(turn))


def answer_screen(replies: Sequence[Reply], stage: Stage = Stage.ANSWER) -> Screen:
    """The screen that says replies, in pieces."""
    procedure = next((reply.source.procedure_code for reply in replies if reply.source is not None), None)
    lines = [line for reply in replies for line in lines_of(_for_the_ear(reply), lambda choice: "")]
    return Screen(
        stage=stage,
        chunks=chunks_of(lines),
        facts=any(reply.kind is ReplyKind.ANSWER for reply in replies),
        public=all(reply.source is not None for reply in replies),
        language="en" if replies and replies[-1].language == "en" else "vi",
        procedure=procedure,
    )


def choice_screen(reply: Reply, before: Sequence[Reply], *, public: bool) -> Screen:
    """The screen that offers choices; their keys are the core's."""
    lines = [line for said in before for line in lines_of(said, lambda choice: "")]
    options = tuple(Option(key=choice.key, label=choice.speech or choice.label) for choice in reply.choices)
    return Screen(
        stage=Stage.CHOICES,
        chunks=(*lines, reply.short),
        options=options,
        public=public,
        language="en" if reply.language == "en" else "vi",
    )


def chunks_of(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines as pieces that a listener can follow."""
    return paginate(lines, lambda text: len(text) <= CHUNK_CHARACTERS) or ("",)


def _for_the_ear(reply: Reply) -> Reply:
    """The offer of further sides is left out of an answer about a procedure: the keys say it."""
    return reply.model_copy(update={"next_step": None}) if reply.source is not None else reply
