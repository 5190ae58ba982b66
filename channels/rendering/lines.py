"""The pieces of a reply as lines, in the order in which every channel gives them."""

from __future__ import annotations

from collections.abc import Callable

from channels.cleaning import clean
from channels.words import words
from contract.reply import Choice, Reply, Source
from language.formatting import format_date


def lines_of(reply: Reply, choice_line: Callable[[Choice], str]) -> tuple[str, ...]:
    """Short answer, details, source, choices, next step: complete, with diacritics."""
    lines = [reply.short, *reply.details]
    if reply.source is not None:
        lines.append(source_line(reply.source, reply.language))
    lines.extend(choice_line(choice) for choice in reply.choices)
    if reply.next_step:
        lines.append(reply.next_step)
    return tuple(filter(str.strip, map(clean, lines)))


def source_line(source: Source, language: str) -> str:
    """Where the facts stand, and checked when: ``Nguồn: QĐ 163/QĐ-BTP, kiểm tra 20/07/2026``."""
    if source.decision:
        where = words().text(language, "source_decision", number=source.decision)
    else:
        where = words().text(language, "source_procedure", code=source.procedure_code)
    return words().text(language, "source", source=where, date=format_date(source.checked_on))


def shown_choice(choice: Choice, language: str) -> str:
    """A choice as a line to read: ``1. Đăng ký khai sinh``."""
    return words().text(language, "choice_shown", digit=choice.key, label=choice.label)
