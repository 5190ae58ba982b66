"""From a procedure record and an aspect to a reply. Every sentence quotes a field; nothing is made up.

A fee in doubt and a time without unit are never told as numbers: the answer says what is known and who can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from catalogue.flags import doubts_law
from catalogue.record import Fee, Level, Paper, PaperCase, Procedure, ProcessingTime, TimeUnit, Way
from contract.aspects import Aspect
from contract.reply import Reply, ReplyKind, Source
from contract.sides import Checklist, Sides
from contract.wording import Wording
from language.formatting import format_date, format_money

NAME_LENGTH = 70
"""Characters of a procedure's name inside an answer; official names run to several hundred."""

FOLLOW_UPS = (Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.STEPS)


def shortened(name: str, length: int = NAME_LENGTH) -> str:
    """A name cut at a word's end, with an ellipsis, when it is longer than ``length``."""
    if len(name) <= length:
        return name
    return name[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:(-") + "…"


def display_name(procedure: Procedure, language: str, length: int = NAME_LENGTH) -> str:
    """What a procedure is called in an answer: in English with the Vietnamese name people must ask for at the desk."""
    name = shortened(procedure.short_name, length)
    if language == "en" and procedure.english_name:
        return f"{procedure.english_name} ({name})"
    return name


class Answers:
    """Builds replies about procedures.

    Args:
        wording: the sentences around the facts.
        today: the clock, as a function that gives the local date.
        stale_after: age of a record from which the answer warns.
    """

    def __init__(self, wording: Wording, today: Callable[[], date], stale_after: timedelta) -> None:
        self._wording = wording
        self._today = today
        self._stale_after = stale_after

    def reply(
        self,
        procedure: Procedure,
        aspect: Aspect,
        language: str = "vi",
        asked_code: str | None = None,
        also: Aspect | None = None,
    ) -> Reply:
        """The answer to one aspect.

        Args:
            procedure: the record in force.
            aspect: what is asked.
            language: of the sentences around the facts.
            asked_code: the superseded code the citizen asked for, when another record answers.
            also: a second side asked for in the same breath.
        """
        building = _Answer(self._wording, self._today(), self._stale_after, procedure, language)
        return building.reply(aspect, asked_code, also)

    def sides(self, procedure: Procedure, language: str = "vi") -> Sides | None:
        """Everything a screen shows of a procedure; None when it is no longer in force."""
        today = self._today()
        if not procedure.in_force(today):
            return None
        return _Answer(self._wording, today, self._stale_after, procedure, language).sides()


class _Answer:
    """One answer being built: the record, the day and the language stay the same throughout."""

    def __init__(
        self, wording: Wording, today: date, stale_after: timedelta, procedure: Procedure, language: str
    ) -> None:
        self._wording = wording
        self._today = today
        self._stale_after = stale_after
        self._procedure = procedure
        self._language = language
        self._name = display_name(procedure, language)
        self._who = self._office()

    def _say(self, key: str, **values: object) -> str:
        return self._wording.text(self._language, key, **values)

    def reply(self, aspect: Aspect, asked_code: str | None, also: Aspect | None) -> Reply:
        procedure = self._procedure
        if not procedure.in_force(self._today):
            short, details = self._say("ended", name=self._name, who=self._who), []
        else:
            lines = self._lines(aspect)
            short, details = lines[0], lines[1:]
            if also is not None and also is not aspect:
                details += self._unnamed_lines(also)
            if asked_code is not None and asked_code != procedure.code:
                details.append(self._say("replaces", code=asked_code))
            details += self._warnings()
        others = [self._say(f"aspect_{other}") for other in FOLLOW_UPS if other not in (aspect, also)]
        if aspect is Aspect.OVERVIEW:
            others = []
        return Reply(
            kind=ReplyKind.ANSWER,
            short=short,
            details=tuple(details),
            next_step=self._say("more", aspects=", ".join(others)) if others else None,
            source=Source(
                procedure_code=procedure.code,
                decision=procedure.decision.number if procedure.decision else None,
                checked_on=procedure.checked_on,
            ),
            language=self._language,
        )

    def sides(self) -> Sides:
        procedure = self._procedure
        return Sides(
            name=self._name,
            summary=procedure.summary or "",
            checklists=tuple(
                Checklist(case.case, tuple(_upper_first(self._paper(paper)) for paper in case.items))
                for case in procedure.papers
            ),
            fee=self._unlabelled("fee_line", self._fee()),
            time=self._unlabelled("time_line", self._time()),
            where=self._unlabelled("where_line", self._where()),
            steps=tuple(step.rstrip(".") + "." for step in procedure.steps),
            warnings=tuple(self._warnings()),
            source=procedure.source,
        )

    def _unlabelled(self, key: str, lines: list[str]) -> tuple[str, ...]:
        """Lines without the words that name the side: on a screen its box does."""
        label = self._say(key, items="", where="").rstrip(". ")
        return tuple(_upper_first(line.removeprefix(label).lstrip()) for line in lines)

    def _warnings(self) -> list[str]:
        if doubts_law(self._procedure.flags):
            return [self._say("law_in_doubt", who=self._who)]
        if self._today - self._procedure.checked_on > self._stale_after:
            return [self._say("old_record", who=self._who)]
        return []

    def _lines(self, aspect: Aspect) -> list[str]:
        lines: dict[Aspect, Callable[[], list[str]]] = {
            Aspect.OVERVIEW: self._overview,
            Aspect.PAPERS: self._papers,
            Aspect.FEE: lambda: self._named(self._fee()),
            Aspect.TIME: lambda: self._named(self._time()),
            Aspect.WHERE: lambda: self._named(self._where()),
            Aspect.STEPS: lambda: self._listed("steps", self._procedure.steps),
            Aspect.CONDITIONS: lambda: self._listed("conditions", self._procedure.conditions),
            Aspect.RESULT: lambda: self._named(self._result()),
            Aspect.LEGAL_BASIS: lambda: self._named(self._legal_basis()),
            Aspect.ONLINE: self._online,
            Aspect.FORM: lambda: self._named(self._form()),
        }
        return lines[aspect]()

    def _unnamed_lines(self, aspect: Aspect) -> list[str]:
        """Lines that stand behind others of the same procedure."""
        lines: dict[Aspect, Callable[[], list[str]]] = {
            Aspect.PAPERS: self._papers_of_everybody,
            Aspect.FEE: self._fee,
            Aspect.TIME: self._time,
            Aspect.WHERE: self._where,
        }
        return lines[aspect]() if aspect in lines else []

    def _named(self, lines: list[str]) -> list[str]:
        """The name in front, so that a message read an hour later still says what it is about."""
        return [f"{self._name}. {lines[0]}", *lines[1:]]

    def _overview(self) -> list[str]:
        summary = self._procedure.summary
        first = self._say("overview", name=self._name, summary=summary) if summary else None
        return [
            first or self._say("overview_bare", name=self._name),
            *self._papers_of_everybody(),
            *self._fee(),
            *self._time(),
            *self._where(),
        ]

    # Papers

    def _papers_of_everybody(self) -> list[str]:
        cases = [case for case in self._procedure.papers if case.case is None]
        return [self._say("papers_everybody", items=self._items(case)) for case in cases]

    def _papers(self) -> list[str]:
        cases = self._procedure.papers
        if not cases:
            return self._named([self._say("papers_none", who=self._who)])
        everybody = [
            self._say("papers", name=self._name, items=self._items(case)) for case in cases if case.case is None
        ]
        special = [
            self._say("papers_case", case=case.case, items=self._items(case)) for case in cases if case.case is not None
        ]
        return [*(everybody or [self._say("papers_by_case", name=self._name)]), *special]

    def _items(self, case: PaperCase) -> str:
        return "; ".join(f"({number}) {self._paper(paper)}" for number, paper in enumerate(case.items, start=1))

    def _paper(self, paper: Paper) -> str:
        text = paper.text.rstrip(".; ")
        if paper.show_only:
            text = self._say("papers_show", text=_lower_first(text))
        elif paper.originals > 1 or paper.copies:
            counts = [
                self._say(key, count=count)
                for key, count in (("originals", paper.originals), ("copies", paper.copies))
                if count
            ]
            text = self._say("paper_counts", text=text, counts=", ".join(counts))
        return self._say("paper_when", text=text, when=_lower_first(paper.when)) if paper.when else text

    # Fees and times, said once when all ways agree

    def _fee(self) -> list[str]:
        parts = {way: [self._fee_text(fee) for fee in fees] for way, fees in self._fees().items()}
        fees = [fee for fees in self._fees().values() for fee in fees]
        if not fees:
            return [self._say("fee_missing", who=self._who)]
        lines = [self._say("fee_line", items=self._by_way(parts))]
        notes = _unique(fee.note for fee in fees if fee.note)
        if not notes and any(fee.stated_on(self._today) is None for fee in fees):
            notes.append(self._say("fee_unsure_next", who=self._who).rstrip("."))
        return [*lines, *[note.rstrip(".") + "." for note in notes]]

    def _fees(self) -> dict[Way, tuple[Fee, ...]]:
        return {submission.way: submission.fees for submission in self._procedure.submissions if submission.fees}

    def _fee_text(self, fee: Fee) -> str:
        amount = fee.stated_on(self._today)
        if amount is None:
            text = self._say("fee_unsure")
        elif amount == 0:
            text = self._say("fee_free")
        else:
            text = format_money(amount)
            if fee.per:
                text = self._say("fee_per", amount=text, per=fee.per)
            if fee.valid_until:
                text = self._say("fee_until", text=text, date=format_date(fee.valid_until))
        return f"{_lower_first(fee.case)}: {text}" if fee.case else text

    def _time(self) -> list[str]:
        ways = {submission.way: submission.times for submission in self._procedure.submissions if submission.times}
        times = [time for group in ways.values() for time in group]
        stated = {way: [self._time_text(time) for time in group if time.is_stated] for way, group in ways.items()}
        stated = {way: texts for way, texts in stated.items() if texts}
        lines = [self._say("time_line", items=self._by_way(stated))] if stated else []
        notes = _unique(_upper_first(_with_case(time.note, time.case)) for time in times if time.note)
        if not stated:
            lines.append(self._say("time_missing", who=self._who))
        return [*lines, *[note.rstrip(".") + "." for note in notes]]

    def _time_text(self, time: ProcessingTime) -> str:
        assert time.value is not None
        assert time.unit is not None
        keys = {
            TimeUnit.WORKING_DAY: "working_day",
            TimeUnit.DAY: "day",
            TimeUnit.HOUR: "hour",
            TimeUnit.MONTH: "month",
        }
        text = self._say(keys[time.unit], count=f"{time.value:g}".replace(".", ","))
        return _with_case(text, time.case)

    def _by_way(self, parts: dict[Way, list[str]]) -> str:
        texts = {way: "; ".join(_unique(items)) for way, items in parts.items()}
        if len(set(texts.values())) == 1:
            return next(iter(texts.values()))
        return "; ".join(f"{self._say(f'way_{way}')} {text}" for way, text in texts.items())

    # The rest

    def _office(self) -> str:
        levels = self._procedure.levels
        for level in (Level.COMMUNE, Level.PROVINCE, Level.MINISTRY):
            if level in levels:
                return self._say(f"where_{level}", agency=self._procedure.agency)
        return self._say("where_other", agency=self._procedure.agency)

    def _where(self) -> list[str]:
        return [self._say("where_line", where=(self._procedure.where or self._office()).rstrip("."))]

    def _listed(self, kind: str, items: tuple[str, ...]) -> list[str]:
        if not items:
            return self._named([self._say(f"{kind}_none", who=self._who)])
        return [
            self._say(f"{kind}_intro", name=self._name),
            *[f"{number}. {item.rstrip('.')}." for number, item in enumerate(items, start=1)],
        ]

    def _result(self) -> list[str]:
        result = self._procedure.result
        return [
            self._say("result_line", result=result.rstrip(".")) if result else self._say("result_none", who=self._who)
        ]

    def _legal_basis(self) -> list[str]:
        items = self._procedure.legal_basis
        return [self._say("legal_line", items=", ".join(items)) if items else self._say("legal_none")]

    def _online(self) -> list[str]:
        online = [submission for submission in self._procedure.submissions if submission.way is Way.ONLINE]
        if not online:
            return [*self._named([self._say("online_no")]), *self._where()]
        notes = [submission.note.rstrip(".") + "." for submission in online if submission.note]
        return [self._say("online_yes", name=self._name), *notes, *self._where()]

    def _form(self) -> list[str]:
        forms = self._procedure.forms
        return [self._say("form_line", items="; ".join(forms)) if forms else self._say("form_none", who=self._who)]


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _with_case(text: str, case: str | None) -> str:
    return f"{_lower_first(case)}: {_lower_first(text)}" if case else text


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    """Lower the first letter inside a sentence, unless the word is an abbreviation or a proper name."""
    first = text.split(" ", 1)[0]
    if first.isupper() or any(letter.isupper() for letter in first[1:]):
        return text
    return text[:1].lower() + text[1:]
