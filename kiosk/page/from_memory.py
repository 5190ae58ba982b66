"""What the page itself can answer while core or Redis are away, or the disk is full: facts of procedures, and no more.

They lie in the memory of the gateway; nothing of the visit is kept. What needs the core (a dossier, a report, words
that name no procedure) waits for it as before.
"""

from __future__ import annotations

from collections.abc import Iterator

from actions.procedures.answers import Answers
from catalogue.store import CatalogueStore, LightProcedure
from contract.aspects import Aspect
from contract.reply import Choice, Reply, ReplyKind
from contract.turn import TurnResult, Understanding
from contract.wishes import AskSide, Wish
from kiosk.page.suggestions import MOST, name_words, suggestions
from kiosk.words import words


class Memory:
    """Answers without anybody's help.

    Args:
        catalogue: of the page.
        answers: knows what may be told of a procedure.
    """

    def __init__(self, catalogue: CatalogueStore, answers: Answers) -> None:
        self._catalogue = catalogue
        self._answers = answers

    def answer(self, text: str | None, wish: Wish | None, language: str) -> TurnResult | None:
        """What a picture stands for, or words that name procedures; None for everything else."""
        if isinstance(wish, AskSide):
            return self._told(wish.procedure, wish.aspect, language)
        if text and self._catalogue.get(text.strip()) is not None:
            return self._told(text.strip(), Aspect.OVERVIEW, language)
        named = (self._named(text) or suggestions(text, self._catalogue.light())) if text else []
        if len(named) == 1:
            return self._told(named[0].code, Aspect.OVERVIEW, language)
        return _asked_back(named, language) if named else None

    def _told(self, code: str, aspect: Aspect, language: str) -> TurnResult | None:
        procedure = self._catalogue.current(code)
        if procedure is None:
            return None
        reply = self._answers.reply(procedure, aspect, language, first=False)
        found = Understanding(intent=None, procedure=procedure.code, aspect=aspect)
        return TurnResult(replies=(_notice(language), reply), understanding=found)

    def _named(self, text: str) -> list[LightProcedure]:
        """The procedures of which a phrase stands in the text: those with the longest one."""
        said = f" {' '.join(name_words(''.join(sign if sign.isalnum() else ' ' for sign in text)))} "
        longest = {one.code: max(_lengths(one, said), default=0) for one in self._catalogue.light()}
        most = max(longest.values(), default=0)
        if not most:
            return []
        return [one for one in self._catalogue.light() if longest[one.code] == most][:MOST]


def _lengths(procedure: LightProcedure, said: str) -> Iterator[int]:
    for phrase in (procedure.short_name, procedure.official_name, *procedure.asked_as.all):
        words_of_it = name_words(phrase)
        if len(words_of_it) > 1 and f" {' '.join(words_of_it)} " in said:
            yield len(words_of_it)


def _notice(language: str) -> Reply:
    return Reply(kind=ReplyKind.NOTICE, short=words().text(language, "today_talks"), language=language)


def _asked_back(named: list[LightProcedure], language: str) -> TurnResult:
    choices = tuple(
        Choice(key=str(number), label=one.short_name, wish=AskSide(procedure=one.code))
        for number, one in enumerate(named, start=1)
    )
    question = Reply(
        kind=ReplyKind.ASK_BACK, short=words().text(language, "which_question"), choices=choices, language=language
    )
    return TurnResult(replies=(_notice(language), question), understanding=Understanding(intent=None))
