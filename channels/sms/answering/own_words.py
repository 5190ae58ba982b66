"""The service's own sentences, as text messages in a citizen's style."""

from __future__ import annotations

import hashlib

from channels.rendering import SmsStyle
from channels.rendering.sms import pages_of
from channels.words import words
from contract.reply import Reply, ReplyKind
from language import data
from language.languages import default_language


def own_text(style: SmsStyle, language: str, *keys: str) -> tuple[str, ...]:
    """Sentences of the wording files as messages; the first stands alone, each other on a line of its own."""
    said = [words().text(language, key) for key in keys]
    return own_lines(style, language, said)


def own_lines(style: SmsStyle, language: str, lines: list[str]) -> tuple[str, ...]:
    """Lines as the messages they take."""
    reply = Reply(kind=ReplyKind.NOTICE, short=lines[0], details=tuple(lines[1:]), language=language)
    return tuple(style.write(page) for page in pages_of(reply, style, asking=False))


def with_line(texts: tuple[str, ...], line: str, style: SmsStyle) -> tuple[str, ...]:
    """A line under the first message where there is room, else as a message of its own behind all."""
    if not texts:
        return (style.write(line),)
    together = f"{texts[0]}\n{style.write(line)}"
    return (together, *texts[1:]) if style.fits(together) else (*texts, style.write(line))


def under_line(texts: tuple[str, ...], line: str, style: SmsStyle) -> tuple[str, ...]:
    """A line above the first message where there is room, else as a message of its own before all."""
    written = style.write(line)
    together = f"{written}\n{texts[0]}" if texts else written
    return (together, *texts[1:]) if not texts or style.fits(together) else (written, *texts)


@data.cached()
def wording_version(*keys: str) -> str:
    """Which version of sentences a citizen was told: changes when the words change."""
    said = "\n".join(words().text(default_language(), key) for key in keys)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
