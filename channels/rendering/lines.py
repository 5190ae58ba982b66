"""The pieces of a reply as lines, in the order in which every channel gives them."""

from __future__ import annotations

import re
from collections.abc import Callable

from channels.cleaning import clean
from channels.words import words
from contract.reply import Choice, Reply, Source
from language.languages import default_language

_RULE = re.compile(
    r"(?P<resolution>(?i:nghị quyết) )?(?P<number>\d[\d.]*)/(?:(?P<year>\d{4})/)?(?P<kind>[A-ZĐ][A-ZĐ\d.-]*)"
)
"""``163/QĐ-BTP``, ``75/2022/TT-BTC``; ``60/2014/QH13`` is a law unless the word "Nghị quyết" stands before it."""

_KINDS = {"QĐ": "quyết định", "TT": "thông tư", "NĐ": "nghị định", "NQ": "nghị quyết", "Luật": "luật"}
"""Kinds of rules: as they are written short, and as they are said."""


def lines_of(
    reply: Reply, choice_line: Callable[[Choice], str], source_said: Callable[[Source, str], str] | None = None
) -> tuple[str, ...]:
    """Short answer, details, source, question, choices, next step: complete, with diacritics."""
    lines = [reply.short, *reply.details]
    if reply.source is not None:
        lines.append((source_said or source_line)(reply.source, reply.language))
    if reply.question:
        lines.append(reply.question)
    lines.extend(choice_line(choice) for choice in reply.choices)
    if reply.next_step:
        lines.append(reply.next_step)
    return tuple(filter(str.strip, map(clean, lines)))


def source_line(source: Source, language: str) -> str:
    """Where the facts stand, in few words: ``Nguồn: QĐ 163, 7/2026``; whoever asks for the source hears it whole."""
    if source.decision:
        where = short_rule(source.decision)
    else:
        where = words().text(language, "source_procedure", code=source.procedure_code)
    month = f"{source.checked_on.month}/{source.checked_on.year}"
    return words().text(language, "source", source=where, month=month)


def spoken_source(source: Source, language: str) -> str:
    """The same for a listener, who can neither see a slash nor look anything up."""
    match = _RULE.search(source.decision or "")
    if match is None or language != default_language():
        return source_line(source, language)
    kind, number, year = _parts(match)
    said = " ".join(filter(None, [_KINDS.get(kind, kind), number, f"năm {year}" if year else ""]))
    return words().text(language, "source_spoken", source=said)


def short_rule(number: str) -> str:
    """A rule by kind and number, as people quote it: ``TT 75/2022`` of "Thông tư 75/2022/TT-BTC, Điều 4".

    A text in which no number of a rule stands is given back as it is.
    """
    match = _RULE.search(number)
    if match is None:
        return number
    kind, digits, year = _parts(match)
    return f"{kind} {digits}{f'/{year}' if year else ''}"


def _parts(match: re.Match[str]) -> tuple[str, str, str]:
    """Kind, number and year: ("TT", "75", "2022")."""
    suffix = match["kind"].split("-")[0].rstrip(".")
    if suffix.startswith(("QH", "UBTVQH")):
        return "NQ" if match["resolution"] else "Luật", match["number"], match["year"] or ""
    kind = next((known for known in _KINDS if suffix.startswith(known)), suffix)
    return kind, match["number"], match["year"] or ""


def facts_and_choices(reply: Reply) -> tuple[Reply, Reply]:
    """A reply with both as two: the facts with their source, then the question with its choices."""
    facts = reply.model_copy(update={"question": None, "choices": (), "next_step": None})
    choices = reply.model_copy(update={"short": "", "details": (), "source": None})
    return facts, choices


def shown_choice(choice: Choice, language: str) -> str:
    """A choice as a line to read: ``1. Đăng ký khai sinh``."""
    return words().text(language, "choice_shown", digit=choice.key, label=choice.label)
