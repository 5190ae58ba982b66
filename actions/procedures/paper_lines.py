"""What to bring: what everybody brings, and the situation that decides what comes besides."""

from __future__ import annotations

from dataclasses import dataclass

from actions.procedures.phrases import is_bare_condition, lower_first, sentence, upper_first
from actions.procedures.telling import Telling
from catalogue.record import Paper, PaperCase, Procedure
from contract.aspects import Aspect
from contract.reply import Choice
from contract.wishes import AskSide
from language.languages import default_language

LISTED_AT_ONCE = 420
"""Characters of all situations together up to which they are read out instead of being asked about: about what three
segments of a text message hold beside the source."""

MOST_CHOICES = 9
"""Situations offered by key; there are nine digits."""

CHOICE_LENGTH = 60


@dataclass(frozen=True)
class PaperAnswer:
    """The lines of an answer about papers, and the situations to choose from."""

    lines: list[str]
    question: str | None = None
    choices: tuple[Choice, ...] = ()


def situations(procedure: Procedure) -> tuple[PaperCase, ...]:
    """The cases in which more is brought, in the order in which they are offered."""
    return tuple(case for case in procedure.papers if case.case is not None)


def paper_answer(telling: Telling, chosen: int | None = None) -> PaperAnswer:
    """What to bring.

    Args:
        telling: the answer being built.
        chosen: which of :func:`situations` the citizen has named, counted from 0; None while nobody asked.
    """
    cases = telling.procedure.papers
    if not cases:
        return PaperAnswer([f"{telling.name}. {telling.say('papers_none', who=telling.who)}"])
    everybody = [
        telling.say("papers", name=telling.name, items=items(telling, case)) for case in cases if case.case is None
    ]
    special = situations(telling.procedure)
    if chosen is not None:
        case = special[chosen]
        told = telling.say("papers_case", case=upper_first(case.case or ""), items=items(telling, case))
        return PaperAnswer([*(everybody or [f"{telling.name}."]), told])
    listed = [telling.say("papers_case", case=case.case, items=items(telling, case)) for case in special]
    first = everybody or [telling.say("papers_by_case", name=telling.name)]
    if sum(map(len, [*first, *listed])) <= LISTED_AT_ONCE or len(special) < 2:
        return PaperAnswer([*first, *listed])
    choices = tuple(
        Choice(key=str(number), label=choice_label(case), wish=_told(telling.procedure, number))
        for number, case in enumerate(special[:MOST_CHOICES], start=1)
    )
    rest = listed[MOST_CHOICES:]
    question = telling.procedure.papers_question or telling.say("papers_which" if everybody else "papers_which_first")
    return PaperAnswer([*first, *rest], question, choices)


def _told(procedure: Procedure, number: int) -> AskSide:
    """To be told what one situation asks for; holds also when the citizen comes back to the question."""
    return AskSide(procedure=procedure.code, aspect=Aspect.PAPERS, situation=number)


def papers_in_short(telling: Telling) -> list[str]:
    """For an overview: what everybody brings, and that there are situations."""
    cases = telling.procedure.papers
    everybody = [telling.say("papers_everybody", items=items(telling, case)) for case in cases if case.case is None]
    special = situations(telling.procedure)
    if not special:
        return everybody
    if telling.procedure.papers_question:
        there_are = telling.say("papers_cases_question", question=telling.procedure.papers_question)
    else:
        there_are = telling.say("papers_cases", count=len(special), example=lower_first(choice_label(special[0])))
    return [*everybody, there_are]


def choice_label(case: PaperCase) -> str:
    """What a situation is called in a list to choose from."""
    label = case.choice or case.case or ""
    if len(label) <= CHOICE_LENGTH:
        return upper_first(label)
    return upper_first(label[: CHOICE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:(-") + "…")


def items(telling: Telling, case: PaperCase) -> str:
    """The papers of one situation; a single one needs no number."""
    texts = [paper(telling, one) for one in case.items]
    if len(texts) == 1:
        return texts[0]
    return "; ".join(f"({number}) {text}" for number, text in enumerate(texts, start=1))


def paper(telling: Telling, one: Paper) -> str:
    """One paper: what it is, how many, and when it is needed."""
    text = one.text.rstrip(".; ")
    if one.show_only:
        text = telling.say("papers_show", text=lower_first(text))
    elif one.originals > 1 or (one.copies and not _is_one_copy(one)):
        counts = [
            telling.say(key, count=count)
            for key, count in (("originals", one.originals), ("copies", one.copies))
            if count
        ]
        text = telling.say("paper_counts", text=text, counts=", ".join(counts))
    if not one.when:
        return text
    when = lower_first(one.when)
    if telling.language == default_language() and is_bare_condition(when):
        return telling.say("paper_if", text=text, when=when)
    if when.startswith("nếu"):
        return f"{text}, {when}"
    return telling.say("paper_when", text=text, when=when)


def _is_one_copy(one: Paper) -> bool:
    """Whether the name says it already: "bản sao học bạ (1 bản sao)"."""
    return one.copies == 1 and not one.originals and one.text.lower().startswith("bản sao")


def checklist(telling: Telling, case: PaperCase) -> tuple[str, ...]:
    """The papers of one situation as lines for a screen."""
    return tuple(upper_first(sentence(paper(telling, one)).rstrip(".")) for one in case.items)
