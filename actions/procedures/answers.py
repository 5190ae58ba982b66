"""From a procedure record and an aspect to a reply. Every sentence quotes a field; nothing is made up.

A fee in doubt and a time without unit are never told as numbers: the answer says what is known and who can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from actions.out_of_service import Notices
from actions.procedures.money_lines import ANNOUNCED_WITHIN, costs_nothing, fee_lines, payment_lines
from actions.procedures.paper_lines import PaperAnswer, checklist, paper_answer, papers_in_short
from actions.procedures.phrases import lower_first, sentence, unique, upper_first
from actions.procedures.telling import Telling
from actions.procedures.time_lines import time_lines
from catalogue.advisers import office_today
from catalogue.flags import doubts_law
from catalogue.record import Dated, Procedure, Way
from catalogue.translations import in_language
from contract.aspects import Aspect
from contract.reply import Reply, ReplyKind, Source
from contract.sides import Checklist, Sides
from contract.wording import Wording
from language.formatting import format_date
from language.languages import default_language, installed

NAME_LENGTH = 70
"""Characters of a procedure's name inside an answer; official names run to several hundred."""

BREATH = {Aspect.FEE: 12, Aspect.TIME: 12}
"""Seconds of a side after which a caller is let take a breath: an amount is jotted down before more is said."""

_NAMED_AT_ONCE = 2
"""Further payments whose names an answer about the fee says; of more it says only that they are."""

_IN_SHORT = frozenset({Aspect.FEE, Aspect.TIME, Aspect.WHERE})
_SHORT = 200
"""Characters up to which a side is told in passing; of a longer one nothing is: an amount without who is exempt, or
without what is paid besides, misleads."""

FOLLOW_UPS = (Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.STEPS)


def shortened(name: str, length: int = NAME_LENGTH) -> str:
    """A name cut at a word's end, with an ellipsis, when it is longer than ``length``."""
    if len(name) <= length:
        return name
    return name[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:(-") + "…"


def display_name(procedure: Procedure, language: str, length: int = NAME_LENGTH) -> str:
    """What a procedure is called in an answer: in another language with the name to ask for at the desk."""
    name = shortened(procedure.short_name, length)
    known = installed().get(language)
    own = getattr(procedure, known.procedure_name) if known is not None and known.procedure_name else None
    return f"{own} ({name})" if own else name


def rule_of(procedure: Procedure) -> str | None:
    """What the whole record rests on: the decision that publishes it, else the first law it names."""
    return procedure.decision.number if procedure.decision else next(iter(procedure.legal_basis), None)


class Answers:
    """Builds replies about procedures.

    Args:
        wording: the sentences around the facts.
        today: the clock, as a function that gives the local date.
        stale_after: age of a record from which the answer warns.
        notices: tells of procedures that are out of service; None: all are told.
    """

    def __init__(
        self, wording: Wording, today: Callable[[], date], stale_after: timedelta, notices: Notices | None = None
    ) -> None:
        self._wording = wording
        self._today = today
        self._stale_after = stale_after
        self._notices = notices

    def reply(
        self,
        procedure: Procedure,
        aspect: Aspect,
        language: str | None = None,
        asked_code: str | None = None,
        also: Aspect | None = None,
        *,
        situation: int | None = None,
        first: bool = True,
    ) -> Reply:
        """The answer to one aspect.

        Args:
            procedure: the record in force.
            aspect: what is asked.
            language: of the sentences around the facts; None: the first of the installation.
            asked_code: the superseded code the citizen asked for, when another record answers.
            also: a second side asked for in the same breath.
            situation: which situation of the papers the citizen has chosen, counted from 0.
            first: whether this is the first answer of a conversation, which tells what else may be asked.
        """
        telling = self.telling(procedure, language)
        held_back = self.held_back(telling)
        if held_back is not None:
            return Reply(kind=ReplyKind.ANSWER, short=held_back, language=telling.language)
        if procedure.is_name_only:
            return self._only_named(telling)
        return _Answer(telling, self._stale_after).reply(aspect, asked_code, also, situation, first)

    def _only_named(self, telling: Telling) -> Reply:
        """Whose it is, and that nothing else is known: nothing far is told in its place."""
        procedure = telling.record
        return Reply(
            kind=ReplyKind.ANSWER,
            short=telling.say("name_only", name=telling.name, office=office_today(procedure.advises or "")),
            details=(telling.say("name_only_next", month=f"{procedure.checked_on:%m/%Y}"),),
            source=Source(procedure_code=procedure.code, decision=None, checked_on=procedure.checked_on),
            language=telling.language,
        )

    def held_back(self, telling: Telling) -> str | None:
        """What is said while a procedure is out of service; None while its facts are told."""
        if self._notices is None:
            return None
        code, language = telling.record.code, telling.language
        return self._notices.instead_of_a_procedure(code, language, name=telling.name, who=telling.who)

    def sides(self, procedure: Procedure, language: str | None = None) -> Sides | None:
        """Everything a screen shows of a procedure; None when it is not in force, or out of service."""
        telling = self.telling(procedure, language)
        if procedure.is_name_only or not procedure.in_force(self._today()) or self.held_back(telling) is not None:
            return None
        return _Answer(telling, self._stale_after).sides()

    def side_in_short(self, procedure: Procedure, aspect: str | None, language: str | None = None) -> str | None:
        """The whole of a side with its name, where it is short: "Lệ phí: 35.000 đồng."; else None."""
        sides = self.sides(procedure, language) if aspect in _IN_SHORT else None
        lines: tuple[str, ...] = getattr(sides, str(aspect), ()) if sides is not None else ()
        told = " ".join(lines)
        if not 0 < len(told) <= _SHORT:
            return None
        name = self._wording.text(language or default_language(), f"aspect_{aspect}")
        return sentence(f"{upper_first(name)}: {lower_first(told)}")

    def telling(self, procedure: Procedure, language: str | None = None) -> Telling:
        """What every part of an answer about a procedure needs."""
        language = language or default_language()
        told = in_language(procedure, language)
        return Telling(self._wording, self._today(), told, language, display_name(procedure, language), procedure)


class _Answer:
    """One answer being built."""

    def __init__(self, telling: Telling, stale_after: timedelta) -> None:
        self._telling = telling
        self._say = telling.say
        self._procedure = telling.procedure
        self._stale_after = stale_after

    def reply(
        self, aspect: Aspect, asked_code: str | None, also: Aspect | None, situation: int | None, first: bool
    ) -> Reply:
        procedure, telling = self._procedure, self._telling
        papers = None
        in_all = {aspect, also} == {Aspect.FEE, Aspect.BESIDES}
        if in_all:
            aspect, also = Aspect.FEE, Aspect.BESIDES
        if not procedure.in_force(telling.today):
            lines = [self._not_in_force()]
        else:
            if aspect is Aspect.PAPERS:
                papers = paper_answer(telling, situation)
                lines = papers.lines
            elif in_all:
                lines = self._named(self._fee_and_besides())
            else:
                lines = self._lines(aspect)
            if also is not None and also is not aspect and not in_all:
                lines = [*lines, *self._unnamed_lines(also)]
            if asked_code is not None and asked_code != procedure.code:
                lines = [*lines, self._say("replaces", code=asked_code)]
            lines = [*lines, *self._warnings()]
        question = papers.question if papers is not None else None
        return Reply(
            kind=ReplyKind.ANSWER,
            short=lines[0],
            details=tuple(lines[1:]),
            question=question,
            choices=papers.choices if papers is not None else (),
            next_step=self._next(papers, aspect, also, first),
            breath=BREATH.get(aspect),
            source=self._source(aspect),
            language=telling.language,
        )

    def _next(self, papers: PaperAnswer | None, aspect: Aspect, also: Aspect | None, first: bool) -> str | None:
        if papers is not None and papers.choices:
            # The general questions already ask for a number.
            return self._say("papers_which_next") if self._procedure.papers_question else None
        return self._more(aspect, also) if first else None

    def _more(self, aspect: Aspect, also: Aspect | None) -> str | None:
        """What else may be asked, said once a conversation."""
        if aspect is Aspect.OVERVIEW:
            return None
        others = [self._say(f"aspect_{other}") for other in FOLLOW_UPS if other not in (aspect, also)]
        return self._say("more", aspects=", ".join(others))

    def _source(self, aspect: Aspect) -> Source:
        """Where the facts of this side stand: the rule of the fee where one is known, else the decision."""
        procedure = self._procedure
        rules = [
            (fact.basis, fact.read_on or procedure.checked_on)
            for fact in self._facts(aspect)
            if fact.basis and fact.holds_on(self._telling.today)
        ]
        if rules:
            return Source(procedure_code=procedure.code, decision=rules[0][0], checked_on=rules[0][1])
        return Source(procedure_code=procedure.code, decision=rule_of(procedure), checked_on=procedure.checked_on)

    def _facts(self, aspect: Aspect) -> Iterator[Dated]:
        """The single facts of a side that may have a rule of their own."""
        procedure = self._procedure
        if aspect is Aspect.FEE:
            if costs_nothing(procedure, self._telling):
                yield from procedure.besides
            yield from (fee for submission in procedure.submissions for fee in submission.fees)
            yield from procedure.exemptions
        elif aspect is Aspect.TIME:
            yield from (time for submission in procedure.submissions for time in submission.times)
        elif aspect is Aspect.BESIDES:
            yield from procedure.besides
        elif aspect is Aspect.RECEIVE:
            yield from procedure.receive

    def sides(self) -> Sides:
        procedure, telling = self._procedure, self._telling
        return Sides(
            name=telling.name,
            summary=procedure.summary or "",
            checklists=tuple(Checklist(case.case, checklist(telling, case)) for case in procedure.papers),
            fee=self._unlabelled(
                "fee_line", [*fee_lines(telling), *payment_lines(telling, procedure.besides, "besides_line")]
            ),
            time=self._unlabelled("time_line", time_lines(telling)),
            where=self._unlabelled("where_line", self._where()),
            online=tuple(self._online_in_short()),
            result=(
                *((sentence(upper_first(procedure.result)),) if procedure.result else ()),
                *payment_lines(telling, procedure.receive, "receive_line"),
            ),
            conditions=tuple(sentence(upper_first(one)) for one in procedure.conditions),
            steps=tuple(sentence(step) for step in procedure.steps),
            warnings=tuple(self._warnings()),
            source=procedure.source,
        )

    def _unlabelled(self, key: str, lines: list[str]) -> tuple[str, ...]:
        """Lines without the words that name the side: on a screen its box does."""
        label = self._say(key, items="", where="").rstrip(". ")
        return tuple(upper_first(line.removeprefix(label).lstrip()) for line in lines)

    def _not_in_force(self) -> str:
        procedure, telling = self._procedure, self._telling
        if procedure.valid_from is not None and telling.today < procedure.valid_from:
            return self._say("not_begun", name=telling.name, date=format_date(procedure.valid_from), who=telling.who)
        return self._say("ended", name=telling.name, who=telling.who)

    def _warnings(self) -> list[str]:
        procedure, telling = self._procedure, self._telling
        told = []
        if procedure.valid_to is not None and procedure.valid_to - telling.today <= ANNOUNCED_WITHIN:
            told.append(self._say("ends_soon", date=format_date(procedure.valid_to), who=telling.who))
        told += [
            self._say("announced", date=format_date(one.starts_on), what=one.what)
            for one in procedure.announced
            if telling.today < one.starts_on <= telling.today + ANNOUNCED_WITHIN
        ]
        overtaken = any(one.due_on(telling.today, procedure.checked_on) for one in procedure.announced)
        if doubts_law(procedure.flags) or overtaken:
            told.append(self._say("law_in_doubt", who=telling.who))
        elif telling.today - procedure.checked_on > self._stale_after:
            told.append(self._say("old_record", who=telling.who))
        return told

    def _lines(self, aspect: Aspect) -> list[str]:
        telling, procedure = self._telling, self._procedure
        lines: dict[Aspect, Callable[[], list[str]]] = {
            Aspect.OVERVIEW: self._overview,
            Aspect.FEE: lambda: self._named(self._fee()),
            Aspect.TIME: lambda: self._named(time_lines(telling)),
            Aspect.WHERE: lambda: self._named(self._where()),
            Aspect.STEPS: lambda: self._listed("steps", procedure.steps),
            Aspect.CONDITIONS: self._conditions,
            Aspect.RESULT: lambda: self._named(self._result()),
            Aspect.LEGAL_BASIS: lambda: self._named(self._legal_basis()),
            Aspect.ONLINE: self._online,
            Aspect.FORM: lambda: self._named(self._form()),
            Aspect.RECEIVE: lambda: self._named(self._receive()),
            Aspect.BESIDES: lambda: self._named(self._cost_in_all()),
        }
        return lines[aspect]()

    def _unnamed_lines(self, aspect: Aspect) -> list[str]:
        """Lines that stand behind others of the same procedure."""
        lines: dict[Aspect, Callable[[], list[str]]] = {
            Aspect.PAPERS: lambda: papers_in_short(self._telling),
            Aspect.FEE: lambda: fee_lines(self._telling),
            Aspect.TIME: lambda: time_lines(self._telling),
            Aspect.WHERE: self._where,
            Aspect.RECEIVE: self._receive,
            Aspect.BESIDES: self._besides,
        }
        return lines[aspect]() if aspect in lines else []

    def _named(self, lines: list[str]) -> list[str]:
        """The name in front, so that a message read an hour later still says what it is about."""
        return [f"{self._telling.name}. {lines[0]}", *lines[1:]]

    def _overview(self) -> list[str]:
        telling, summary = self._telling, self._procedure.summary
        first = self._say("overview", name=telling.name, summary=summary) if summary else None
        return [
            first or self._say("overview_bare", name=telling.name),
            *papers_in_short(telling),
            *fee_lines(telling)[:2],
            *time_lines(telling)[:1],
            *self._where(),
        ]

    def _where(self) -> list[str]:
        place = self._procedure.where or self._telling.office
        return [sentence(self._say("where_line", where=place.rstrip(".")))]

    def _listed(self, kind: str, items: tuple[str, ...]) -> list[str]:
        if not items:
            return self._named([self._say(f"{kind}_none", who=self._telling.who)])
        return [
            self._say(f"{kind}_intro", name=self._telling.name),
            *[f"{number}. {sentence(item)}" for number, item in enumerate(items, start=1)],
        ]

    def _conditions(self) -> list[str]:
        lines = self._listed("conditions", self._procedure.conditions)
        subjects = self._procedure.subjects
        if self._procedure.conditions or not subjects:
            return lines
        return [*lines, self._say("conditions_for", subjects=", ".join(map(lower_first, subjects)))]

    def _result(self) -> list[str]:
        result = self._procedure.result
        if not result:
            return [self._say("result_none", who=self._telling.who)]
        return [self._say("result_line", result=result.rstrip("."))]

    def _receive(self) -> list[str]:
        lines = payment_lines(self._telling, self._procedure.receive, "receive_line")
        return lines or [*self._result(), self._say("receive_none", who=self._telling.who)]

    def _besides(self) -> list[str]:
        lines = payment_lines(self._telling, self._procedure.besides, "besides_line")
        return lines or [self._say("besides_none", who=self._telling.who)]

    def _cost_in_all(self) -> list[str]:
        """What is paid besides the fee; the fee, too, where nothing else is known to be paid."""
        telling, procedure = self._telling, self._procedure
        fees = fee_lines(telling) if not procedure.besides and procedure.tells_fee(telling.today) else []
        return [*fees, *self._besides()]

    def _fee(self) -> list[str]:
        """The fee; where the work itself is free, first what is paid besides: "mua thẻ hết bao nhiêu" asks that."""
        telling, procedure = self._telling, self._procedure
        lines = fee_lines(telling)
        paid = payment_lines(telling, procedure.besides, "besides_line") if costs_nothing(procedure, telling) else []
        if paid:
            return [*paid, self._say("fee_work_free")]
        return [*lines, *self._names_of_besides()]

    def _fee_and_besides(self) -> list[str]:
        """Both, each once: what is paid besides a free procedure stands in the answer on its fee already."""
        telling, procedure = self._telling, self._procedure
        if costs_nothing(procedure, telling) and payment_lines(telling, procedure.besides, "besides_line"):
            return self._fee()
        return [*fee_lines(telling), *self._besides()]

    def _names_of_besides(self) -> list[str]:
        names = unique(lower_first(one.what) for one in self._procedure.besides if one.holds_on(self._telling.today))
        if len(names) > _NAMED_AT_ONCE:
            return [self._say("besides_exist_many")]
        return [self._say("besides_exist", names=", ".join(names))] if names else []

    def _legal_basis(self) -> list[str]:
        procedure = self._procedure
        told = []
        if procedure.decision is not None:
            told.append(
                self._say("legal_decision", number=procedure.decision.number, date=format_date(procedure.checked_on))
            )
        items = procedure.legal_basis
        told.append(self._say("legal_line", items=", ".join(items)) if items else self._say("legal_none"))
        for aspect in (Aspect.FEE, Aspect.TIME, Aspect.BESIDES, Aspect.RECEIVE):
            rules = unique(rule for fact in self._facts(aspect) if fact.basis for rule in fact.basis.split("; "))
            if rules:
                told.append(self._say(f"legal_{aspect}", items="; ".join(rules)))
        return [*told, self._say("legal_page", code=procedure.code)]

    def _online(self) -> list[str]:
        online = [submission for submission in self._procedure.submissions if submission.way is Way.ONLINE]
        if not online:
            return [*self._named([self._say("online_no")]), *self._where()]
        notes = [sentence(submission.note) for submission in online if submission.note]
        return [self._say("online_yes", name=self._telling.name), *notes, *self._where()]

    def _online_in_short(self) -> list[str]:
        """For a box that says already that it speaks of the way online."""
        online = [submission for submission in self._procedure.submissions if submission.way is Way.ONLINE]
        if not online:
            return [self._say("online_box_no")]
        return [self._say("online_box_yes"), *[sentence(one.note) for one in online if one.note]]

    def _form(self) -> list[str]:
        forms = self._procedure.forms
        if not forms:
            return [self._say("form_none", who=self._telling.who)]
        return [self._say("form_line", items="; ".join(forms))]
