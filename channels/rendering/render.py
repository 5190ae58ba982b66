"""One way from a reply to what a channel delivers."""

from __future__ import annotations

from collections.abc import Sequence

from channels.rendering.lines import facts_and_choices
from channels.rendering.rendered import Page, Rendered
from channels.rendering.screen import screen_text
from channels.rendering.sms import SmsStyle, facts_first, pages_of
from channels.rendering.speech import phone_pages_of, spoken, spoken_reply
from contract.reply import Reply, ReplyKind
from contract.turn import Channel
from runtime.settings import Settings


def render(reply: Reply, channel: Channel, settings: Settings, *, style: SmsStyle | None = None) -> Rendered:
    """Give a reply the shape of a channel; a long one on SMS or phone comes as a first page and ``more``."""
    first, *rest = _pages(reply, channel, settings, style, asking=True)
    return Rendered(first.text, first.speech, reply.choices, tuple(rest))


def render_all(
    replies: Sequence[Reply],
    channel: Channel,
    settings: Settings,
    *,
    paging: bool = True,
    style: SmsStyle | None = None,
) -> tuple[Rendered, ...]:
    """The replies of one turn, in order; on SMS a notice is sent together with what follows it.

    Only the last reply waits for the citizen to ask for more, since there is one "1" to answer it with; pages
    of those before it follow each other at once. So do all pages when ``paging`` is false.

    Args:
        replies: what the core answered.
        channel: where the citizen is.
        settings: give the style of text messages where ``style`` does not.
        paging: whether the rest of a long answer waits to be asked for.
        style: how this citizen's text messages are written. Whoever gives it sends them: nobody hears them, and their
            speech is left empty.
    """
    rendered: list[Rendered] = []
    answers = tuple(replies)
    if channel is Channel.SMS:
        answers = _for_messages(replies, style or SmsStyle.from_settings(settings))
    elif channel is Channel.PHONE:
        answers = tuple(part for reply in replies for part in _for_listeners(reply))
    for index, reply in enumerate(answers):
        if paging and index == len(answers) - 1:
            rendered.append(render(reply, channel, settings, style=style))
        else:
            pages = _pages(reply, channel, settings, style, asking=False)
            rendered.extend(Rendered(page.text, page.speech, reply.choices) for page in pages)
    return tuple(rendered)


def _for_messages(replies: Sequence[Reply], style: SmsStyle) -> tuple[Reply, ...]:
    return tuple(part for reply in _notices_joined(replies) for part in facts_first(reply, style))


def _for_listeners(reply: Reply) -> tuple[Reply, ...]:
    """Facts, a breath, then the choices: nobody remembers eight keys behind half a minute of papers."""
    return facts_and_choices(reply) if reply.choices and reply.source is not None else (reply,)


def _notices_joined(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """Put bare notices before the reply they precede: two messages cost more and may arrive swapped."""
    joined: list[Reply] = []
    for reply in replies:
        before = joined[-1] if joined else None
        if before is not None and before == Reply(kind=ReplyKind.NOTICE, short=before.short, language=before.language):
            joined[-1] = reply.model_copy(update={"short": f"{before.short} {reply.short}"})
        else:
            joined.append(reply)
    return tuple(joined)


def _pages(reply: Reply, channel: Channel, settings: Settings, style: SmsStyle | None, *, asking: bool) -> list[Page]:
    if channel is Channel.SMS:
        writing = style or SmsStyle.from_settings(settings)
        texts = pages_of(reply, writing, asking=asking)
        if style is not None:
            return [Page(writing.write(text), "") for text in texts]
        return _spoken_pages([(writing.write(text), text) for text in texts], reply)
    if channel is Channel.PHONE:
        return _spoken_pages([(text, text) for text in phone_pages_of(reply, asking=asking)], reply)
    return [Page(screen_text(reply), spoken_reply(reply))]


def _spoken_pages(pages: list[tuple[str, str]], reply: Reply) -> list[Page]:
    """Pages from (shown, full text) pairs; a reply on one page is said with its labels in full."""
    if len(pages) == 1:
        return [Page(pages[0][0], spoken_reply(reply))]
    return [Page(shown, spoken(full, reply.language)) for shown, full in pages]
