"""A reply as text messages.

Without diacritics by default: one Vietnamese sign turns the whole message into UCS-2, which costs more than
double, and most people text without them anyway. A message never takes more than the set number of segments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.rendering.lines import facts_and_choices, lines_of, shown_choice
from channels.rendering.pages import clip, largest, paginate
from channels.rendering.segments import size
from channels.words import words
from contract.reply import Choice, Reply
from language.formatting import strip_diacritics_for_sms
from runtime.settings import Settings

_LABEL_AT_LEAST = 12
"""Characters of a choice that are kept before other parts of the message are given up."""


@dataclass(frozen=True, slots=True)
class SmsStyle:
    """How text messages are written."""

    diacritics: bool
    segments: int
    """Segments a message may take at most."""
    longest: int | None = None
    """Characters the provider takes in one message; None where segments are the only limit."""

    @classmethod
    def from_settings(cls, settings: Settings, longest: int | None = None) -> SmsStyle:
        """The style an operator has set, for a provider that takes so many characters."""
        return cls(settings.sms_diacritics, settings.sms_segments, longest)

    def with_diacritics(self, wanted: bool | None) -> SmsStyle:
        """The same style as one citizen wants it; None leaves it as it is."""
        return self if wanted is None else replace(self, diacritics=wanted)

    def write(self, text: str) -> str:
        """The text as it is sent; without diacritics it is GSM-7 whatever it was before."""
        return text if self.diacritics else strip_diacritics_for_sms(text)

    def fits(self, text: str) -> bool:
        """Whether one message holds the text."""
        written = self.write(text)
        if self.longest is not None and len(written) > self.longest:
            return False
        return size(written).segments <= self.segments


def pages_of(reply: Reply, style: SmsStyle, *, asking: bool = True) -> tuple[str, ...]:
    """The messages a reply takes, still with diacritics: :meth:`SmsStyle.write` gives what is sent.

    A reply with choices is always one message, because its keys are taken. Other replies become as many as
    they need; with ``asking``, every one but the last says how to get the next.
    """
    if reply.choices:
        return (_with_choices(reply, style),)
    more = words().text(reply.language, "more_sms") if asking else None
    return paginate(lines_of(reply, _no_choice), style.fits, more) or ("",)


def facts_first(reply: Reply, style: SmsStyle) -> tuple[Reply, ...]:
    """A reply with facts and choices that one message cannot hold: the facts with their source, then the choices.

    The key "1" is taken by the first choice, so what does not fit cannot wait to be asked for; and a fact is never
    told without its source.
    """
    if not reply.choices or reply.source is None or style.fits(_with_whole_labels(reply)):
        return (reply,)
    return facts_and_choices(reply)


def _with_whole_labels(reply: Reply) -> str:
    return "\n".join(lines_of(reply, lambda choice: shown_choice(choice, reply.language)))


def _no_choice(_choice: Choice) -> str:
    return ""


def _with_choices(reply: Reply, style: SmsStyle) -> str:
    """One message; labels are shortened first, then details, source and next step are left out, last the
    question.
    """
    whole = reply
    while True:
        text = _with_labels_shortened(whole, style)
        if text is not None:
            return text
        if whole.details:
            whole = whole.model_copy(update={"details": whole.details[:-1]})
        elif whole.source is not None:
            whole = whole.model_copy(update={"source": None})
        elif whole.next_step:
            whole = whole.model_copy(update={"next_step": None})
        else:
            return _question_shortened(whole, style)


def _with_labels_shortened(reply: Reply, style: SmsStyle) -> str | None:
    def with_labels_of(width: int) -> str:
        return "\n".join(lines_of(reply, lambda choice: _short_choice(choice, reply.language, width)))

    longest = max(len(choice.label) for choice in reply.choices)
    if style.fits(with_labels_of(longest)):
        return with_labels_of(longest)
    shortest = min(longest, _LABEL_AT_LEAST)
    if not style.fits(with_labels_of(shortest)):
        return None
    return with_labels_of(
        shortest + largest(lambda further: style.fits(with_labels_of(shortest + further)), longest - shortest)
    )


def _short_choice(choice: Choice, language: str, width: int) -> str:
    label = clip(" ".join(choice.label.split()), lambda text: len(text) <= width)
    return shown_choice(choice.model_copy(update={"label": label}), language)


def _question_shortened(reply: Reply, style: SmsStyle) -> str:
    choices = "\n".join(_short_choice(choice, reply.language, _LABEL_AT_LEAST) for choice in reply.choices)
    question = clip(reply.short or reply.question or "", lambda text: style.fits(f"{text}\n{choices}"))
    if question:
        return f"{question}\n{choices}"
    return clip(choices, style.fits)
