"""A reply as it is said: choices by key, figures and codes written out for a voice."""

from __future__ import annotations

from channels.rendering.lines import lines_of, spoken_source
from channels.rendering.pages import paginate
from channels.words import words
from contract.reply import Choice, Reply
from language.reading_aloud import ready_for_voice
from language.spoken import tickets_by_digit

PHONE_PAGE_CHARACTERS = 420
"""Said in one go on the phone: half a minute at 14 characters a second. A listener cannot skim."""


def spoken(text: str, language: str) -> str:
    """Lines of text made ready for a voice, as one passage in which every line ends as a sentence."""
    lines = filter(None, (" ".join(line.split()) for line in tickets_by_digit(text).split("\n")))
    sentences = [line if line[-1] in ".!?:;," else f"{line}." for line in lines]
    return ready_for_voice("\n".join(sentences), language)


def spoken_reply(reply: Reply) -> str:
    """The whole reply as it is said."""
    return spoken("\n".join(_spoken_lines(reply)), reply.language)


def _spoken_lines(reply: Reply) -> tuple[str, ...]:
    return lines_of(reply, lambda choice: _spoken_choice(choice, reply.language), spoken_source)


def phone_pages_of(reply: Reply, *, asking: bool = True) -> tuple[str, ...]:
    """A reply in pieces a listener can follow, still as text; a reply with choices is one piece."""
    lines = _spoken_lines(reply)
    if reply.choices:
        return ("\n".join(lines),)
    more = words().text(reply.language, "more_phone") if asking else None
    return paginate(lines, lambda text: len(text) <= PHONE_PAGE_CHARACTERS, more) or ("",)


def _spoken_choice(choice: Choice, language: str) -> str:
    said = (choice.speech or choice.label).rstrip(" .")
    return words().text(language, "choice_spoken", digit=choice.key, label=said)
