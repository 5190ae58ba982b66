"""How plain a reply is on every channel: segments, seconds before the first pause, sentences too long to follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from channels.rendering.render import render_all
from channels.rendering.rendered import Rendered
from channels.rendering.segments import size
from channels.rendering.speech import CHARACTERS_A_SECOND
from contract.reply import Reply
from contract.turn import Channel
from runtime.settings import Settings

LONGEST_SENTENCE = 20
"""Words; a listener who has to hold more in mind loses the beginning."""

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=:)\s+(?=\(1\))|\n")
"""Where a listener can take in what was said: the end of a sentence, of an item, and before a numbered list."""


@dataclass(frozen=True)
class Message:
    """One text message."""

    text: str
    segments: int


@dataclass(frozen=True)
class Passage:
    """What is said in one go."""

    text: str
    seconds: float
    """At the speed of the voices, numbers written out."""


@dataclass(frozen=True)
class Plainness:
    """One reply as an editor weighs it."""

    messages: tuple[Message, ...]
    passages: tuple[Passage, ...]
    screen: str
    long_sentences: tuple[str, ...]

    @property
    def segments(self) -> int:
        """Of all messages together."""
        return sum(message.segments for message in self.messages)

    @property
    def first_pause(self) -> float:
        """Seconds until a caller can take a breath or press a key."""
        return self.passages[0].seconds


def plainness(reply: Reply, settings: Settings) -> Plainness:
    """Measure one reply on every channel."""
    messages = _pages(render_all([reply], Channel.SMS, settings))
    spoken = _pages(render_all([reply], Channel.PHONE, settings))
    screen = render_all([reply], Channel.KIOSK, settings)[0].text
    return Plainness(
        messages=tuple(Message(text, size(text).segments) for text, _ in messages),
        passages=tuple(Passage(speech, len(speech) / CHARACTERS_A_SECOND) for _, speech in spoken),
        screen=screen,
        long_sentences=tuple(one for one in sentences(reply) if len(one.split()) > LONGEST_SENTENCE),
    )


def sentences(reply: Reply) -> list[str]:
    """What a reply says, sentence by sentence; the parts between semicolons are breaths of their own."""
    lines = [reply.short, *reply.details, reply.question or "", reply.next_step or ""]
    return [one for line in lines for one in _SENTENCE.split(line) if one.strip()]


def _pages(rendered: Iterable[Rendered]) -> list[tuple[str, str]]:
    pages = []
    for one in rendered:
        pages.append((one.text, one.speech))
        pages += [(page.text, page.speech) for page in one.more]
    return pages
