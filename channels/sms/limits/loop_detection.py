"""Telling a machine at the other end from a person, so that two machines do not write to each other for ever.

Pure: the state is handed in (:mod:`channels.sms.limits.guard` keeps it), the phrases stand in
``nlu_data/sms/automatic_replies.yml``. Deliberately slow to judge: a person who is not answered has nobody else
to ask, and what slips through still meets the limits per number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import yaml

from language import data
from language.characters import fold, lowered

REPEATS_WITHIN = 600.0
"""Seconds in which the same text counts as repeated."""

REPEATS = 3
"""The same text so often: the first two were answered, the third would bring nothing new."""

URGENT_REPEATS = 6
"""The same for a cry for help: somebody in fear may well send it five times."""

ECHO_WITHIN = 86_400.0
"""Seconds for which a text of ours is recognised when it comes back."""

RALLY_SECONDS = 3.0
"""An answer to our message within this time was not read and typed by a person."""

RALLY_ROUNDS = 5
"""So many such answers in a row end it."""

RALLY_TEXTS = 2
"""Different texts, figures left out, that a machine has at most. A test or a fast typist has more."""

_LETTERS_AT_LEAST = 10
"""Shorter texts say too little: "1" for the next page, "ok", four digits."""

_LONGEST = 600
"""Characters that are compared."""


class Loop(StrEnum):
    """Why a message gets no answer."""

    ECHO = "echo"
    """It is a text of ours."""
    AUTOMATIC = "automatic"
    """No person wrote it just now."""
    REPEATED = "repeated"
    """The same again and again."""
    RALLY = "rally"
    """Somebody answers faster than a person can."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text we have sent."""

    at: float
    """Seconds since 1970."""
    text: str
    """Digest of the compared form."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A text that came."""

    at: float
    """Seconds since 1970 at which the provider took it."""
    text: str
    """Digest of the compared form; empty when it is too short to tell."""
    gist: str
    """Digest without figures: an automatic text may hold a date, an amount, a counter."""


def compared(text: str) -> str:
    """The form in which texts are compared; empty when there are too few letters."""
    form = " ".join(re.findall(r"\w+", fold(lowered(text[:_LONGEST]))))
    return form if sum(sign.isalpha() for sign in form) >= _LETTERS_AT_LEAST else ""


def gist(form: str) -> str:
    """A compared form without its figures."""
    return " ".join(re.sub(r"\d+", " ", form).split())


def loop_of(heard: Heard, before: Sequence[Heard | Said], *, urgent: bool = False) -> Loop | None:
    """What speaks against answering a message.

    Args:
        heard: the message.
        before: what came from this number and what went there, oldest first.
        urgent: it tells of danger; then only an echo and stubborn repetition count.
    """
    if not heard.text:
        return None
    if any(isinstance(one, Said) and one.text == heard.text and heard.at - one.at < ECHO_WITHIN for one in before):
        return Loop.ECHO
    same = [one for one in before if isinstance(one, Heard) and one.text == heard.text]
    recent = [one for one in same if abs(heard.at - one.at) < REPEATS_WITHIN]
    if len(recent) + 1 >= (URGENT_REPEATS if urgent else REPEATS):
        return Loop.REPEATED
    if not urgent and _is_rally([*before, heard]):
        return Loop.RALLY
    return None


def _is_rally(history: Sequence[Heard | Said]) -> bool:
    """Whether the latest texts each came sooner after one of ours than a person answers."""
    gists: list[str] = []
    spoken: float | None = None
    for one in history:
        if isinstance(one, Said):
            spoken = one.at
        elif one.text:
            # What came before our text was sent waited in a queue and answers nothing.
            fast = spoken is not None and 0 <= one.at - spoken <= RALLY_SECONDS
            gists = [*gists, one.gist] if fast else []
            spoken = None
    latest = gists[-RALLY_ROUNDS:]
    return len(latest) == RALLY_ROUNDS and len(set(latest)) <= RALLY_TEXTS


class AutomaticReplies:
    """Recognises texts of telephones, offices and operators.

    Args:
        begins: how such texts begin; "…" is any text.
        holds: what only such texts hold.
        tapbacks: what stands before the quoted words of a message that was marked with a finger.
    """

    def __init__(self, begins: Sequence[str], holds: Sequence[str], tapbacks: Sequence[str] = ()) -> None:
        self._tapbacks = re.compile(rf"(?:{'|'.join(map(_shape, tapbacks))})\s+[“”\"«].+[”“\"»…]", re.DOTALL)
        self._has_tapbacks = bool(tapbacks)
        self._begins = re.compile("|".join(map(_shape, begins)))
        self._holds = re.compile("|".join(map(_shape, holds)))

    @classmethod
    def load(cls) -> AutomaticReplies:
        """The data file's."""
        content = yaml.safe_load((data.folder() / "sms" / "automatic_replies.yml").read_text(encoding="utf-8"))
        return cls(content["begins"], content["holds"], content["tapbacks"])

    def match(self, text: str) -> bool:
        """Whether no person wrote this just now."""
        plain = fold(lowered(text[:_LONGEST])).strip()
        if self._has_tapbacks and self._tapbacks.fullmatch(plain):
            return True
        form = " ".join(re.findall(r"[\w\[\]()]+", plain))
        return bool(self._begins.match(form) or self._holds.search(form))


@data.cached()
def automatic_replies() -> AutomaticReplies:
    """The texts of this installation, read once."""
    return AutomaticReplies.load()


def _shape(phrase: str) -> str:
    parts = [re.escape(part.strip()) for part in phrase.split("…")]
    edge = "" if phrase[-1] in ")]" else r"(?!\w)"
    return r"(?<!\w)" + ".*".join(parts) + edge
