"""Rules that hold for many procedures at once: who pays nothing, and what a province has set.

They stand once in a file of their own, so that the day one of them ends is written in one place: the online fee
holiday of twenty procedures is one entry with its first and last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from catalogue.last_good import LastGood
from catalogue.question_answers import FOLDER, THINGS, AnswersFile, QuestionAnswer
from catalogue.record import (
    CODE_PATTERN,
    Announcement,
    Decider,
    Exemption,
    Fee,
    Line,
    Payment,
    Procedure,
    ProcessingTime,
    RecordModel,
    Submission,
    Way,
)
from catalogue.watched import RESCAN_SECONDS, WatchedFolder
from catalogue.yaml_files import M, Problem

Code = Annotated[str, Field(pattern=CODE_PATTERN.pattern)]


class SharedExemption(Exemption):
    """Who pays nothing for all of these procedures."""

    codes: tuple[Code, ...] = Field(min_length=1)


class ExemptionsFile(RecordModel):
    """``nlu_data/exemptions.yml``."""

    exemptions: tuple[SharedExemption, ...]


class SharedAnnouncement(Announcement):
    """A change of the law for all of these procedures, or for a whole field."""

    codes: tuple[Code, ...] = ()
    field: Line | None = None

    def concerns(self, procedure: Procedure) -> bool:
        """Whether the change is one of this procedure."""
        return procedure.code in self.codes or self.field == procedure.field


class AnnouncedFile(RecordModel):
    """``nlu_data/announced.yml``."""

    announced: tuple[SharedAnnouncement, ...]


class SharedPayment(Payment):
    """What is paid besides the fee of each of these procedures."""

    codes: tuple[Code, ...] = Field(min_length=1)


class PaymentsFile(RecordModel):
    """``nlu_data/payments.yml``."""

    besides: tuple[SharedPayment, ...]


class Reading(StrEnum):
    """How well a resolution of a province is known."""

    READ = "read"
    """Its text was read; amounts may be told from it."""
    REPORTED = "reported"
    """Its text was not to be had, but two public reports of it agree; amounts are told with where they come from."""
    NAMED = "named"
    """Its number is known from somewhere else; no amount is told from it."""
    WANTED = "wanted"
    """Not found yet; whoever fills the file looks for it."""


class Resolution(RecordModel):
    """What a province has to have decided, and whether it was found."""

    about: Line
    number: Line | None = None
    issued_on: date | None = None
    holds_from: date | None = None
    reading: Reading
    source: Line | None = None
    second_source: Line | None = None
    """Another public report that says the same."""
    note: Line | None = None

    @model_validator(mode="after")
    def _reports_agree(self) -> Resolution:
        if self.reading is Reading.REPORTED and not (self.number and self.source and self.second_source):
            raise ValueError("a reported resolution has a number, a source and a second_source")
        return self

    @property
    def may_be_told(self) -> bool:
        """Whether amounts may rest on it."""
        return self.reading in (Reading.READ, Reading.REPORTED)


class LocalFee(Fee):
    """What a province takes for these procedures."""

    codes: tuple[Code, ...] = Field(min_length=1)
    way: Way | None = None
    """None: whatever way the dossier is handed in."""


class LocalTime(ProcessingTime):
    """How long a province gives its offices for these procedures."""

    codes: tuple[Code, ...] = Field(min_length=1)
    way: Way | None = None


class ProvinceFile(RecordModel):
    """``nlu_data/provinces/NN.yml``: what one province has set over the national records."""

    province: str = Field(pattern=r"^\d{2}$")
    """Two-digit code of the province since 1 July 2025."""
    name: Line
    checked_on: date
    resolutions: tuple[Resolution, ...]
    """What must be quoted; the list is the same for all provinces."""
    fees: tuple[LocalFee, ...] = ()
    times: tuple[LocalTime, ...] = ()
    exemptions: tuple[SharedExemption, ...] = ()

    @model_validator(mode="after")
    def _every_amount_has_its_rule(self) -> ProvinceFile:
        """An amount without a resolution that was read is a guess; one only reported says so to citizens."""
        told = {one.number: one for one in self.resolutions if one.may_be_told and one.number}
        for fact in (*self.fees, *self.times, *self.exemptions):
            rules = [rule for number, rule in told.items() if number in (fact.basis or "")]
            if not rules:
                raise ValueError(f"no resolution that was read stands behind {fact.basis or 'a fact without basis'}")
            reported = all(rule.reading is Reading.REPORTED for rule in rules)
            if reported and isinstance(fact, LocalFee) and not fact.note:
                raise ValueError(f"what is only reported needs a note for citizens: {fact.basis}")
        return self


@dataclass(frozen=True)
class Rules:
    """Everything the files say, ready to be laid over a record."""

    exemptions: tuple[SharedExemption, ...] = ()
    provinces: dict[str, ProvinceFile] = field(default_factory=dict)
    announced: tuple[SharedAnnouncement, ...] = ()
    payments: tuple[SharedPayment, ...] = ()
    answers: tuple[QuestionAnswer, ...] = ()
    """Written answers to single questions."""

    def apply(self, procedure: Procedure, province: str | None = None) -> Procedure:
        """The record with who pays nothing and, for a province, with what that province has set."""
        local = self.provinces.get(province) if province else None
        exemptions = [*procedure.exemptions, *_for(procedure.code, self.exemptions)]
        submissions = procedure.submissions
        if local is not None:
            exemptions += _for(procedure.code, local.exemptions)
            fees = [one for one in local.fees if procedure.code in one.codes]
            times = [one for one in local.times if procedure.code in one.codes]
            submissions = tuple(_set_by_province(submission, fees, times) for submission in submissions)
        announced = procedure.announced + tuple(
            Announcement.model_validate(one.model_dump(exclude={"codes", "field"}))
            for one in self.announced
            if one.concerns(procedure)
        )
        besides = procedure.besides + tuple(
            Payment.model_validate(one.model_dump(exclude={"codes"}))
            for one in self.payments
            if procedure.code in one.codes
        )
        return procedure.model_copy(
            update={
                "exemptions": tuple(exemptions),
                "submissions": submissions,
                "announced": announced,
                "besides": besides,
            }
        )


class RulesFolder:
    """The rules of a data folder in a running process; a file with a mistake answers as it last was right."""

    def __init__(
        self, folder: Path | None, rescan_seconds: float = RESCAN_SECONDS, last_good: Path | None = None
    ) -> None:
        kept = LastGood(last_good)
        self._exemptions = WatchedFolder(folder, ExemptionsFile, kept, rescan_seconds, name="exemptions.yml")
        self._announced = WatchedFolder(folder, AnnouncedFile, kept, rescan_seconds, name="announced.yml")
        self._payments = WatchedFolder(folder, PaymentsFile, kept, rescan_seconds, name="payments.yml")
        provinces = folder / "provinces" if folder is not None else None
        self._provinces = WatchedFolder(provinces, ProvinceFile, kept, rescan_seconds)
        answers = folder / FOLDER if folder is not None else None
        kept_answers = LastGood(last_good / FOLDER if last_good is not None else None)
        self._answers = WatchedFolder(answers, AnswersFile, kept_answers, rescan_seconds, but=THINGS)
        self._read_from: tuple[object, ...] = ()
        self._rules = Rules()

    def signature(self) -> int:
        """A number that changes whenever a file does."""
        one_file = self._exemptions.signature() ^ self._announced.signature() ^ self._payments.signature()
        return one_file ^ self._provinces.signature() ^ self._answers.signature()

    def rules(self) -> Rules:
        """What the files say now."""
        files = (
            self._exemptions.files(),
            self._provinces.files(),
            self._announced.files(),
            self._payments.files(),
            self._answers.files(),
        )
        if len(files) != len(self._read_from) or any(
            one is not before for one, before in zip(files, self._read_from, strict=True)
        ):
            self._rules = Rules(
                tuple(one for file in files[0] if file.content is not None for one in file.content.exemptions),
                {file.content.province: file.content for file in files[1] if file.content is not None},
                tuple(one for file in files[2] if file.content is not None for one in file.content.announced),
                tuple(one for file in files[3] if file.content is not None for one in file.content.besides),
                tuple(one for file in files[4] if file.content is not None for one in file.content.entries),
            )
            self._read_from = files
        return self._rules

    def problems(self) -> tuple[Problem, ...]:
        """Mistakes in the files."""
        return (
            *_problems(self._exemptions),
            *_problems(self._announced),
            *_problems(self._payments),
            *_problems(self._provinces),
            *_problems(self._answers),
        )


def _problems(watched: WatchedFolder[M]) -> Iterator[Problem]:
    return (problem for file in watched.files() for problem in file.problems)


def _for(code: str, exemptions: Iterable[SharedExemption]) -> list[Exemption]:
    return [Exemption.model_validate(one.model_dump(exclude={"codes"})) for one in exemptions if code in one.codes]


def _set_by_province(submission: Submission, fees: list[LocalFee], times: list[LocalTime]) -> Submission:
    """What the province set takes the place of what the national record leaves to it."""
    own_fees = [one for one in fees if one.way in (None, submission.way)]
    own_times = [one for one in times if one.way in (None, submission.way)]
    changed = {}
    if any(one.way is Way.ONLINE for one in fees):
        changed["fees"] = tuple(_without_other_provinces(fee) for fee in submission.fees)
    if own_fees:
        kept = [fee for fee in submission.fees if fee.who_decides is not Decider.PROVINCE]
        local = [Fee.model_validate(one.model_dump(exclude={"codes", "way"})) for one in own_fees]
        changed["fees"] = (*kept, *local)
    if own_times:
        local_times = [ProcessingTime.model_validate(one.model_dump(exclude={"codes", "way"})) for one in own_times]
        kept_times = [time for time in submission.times if time.who_decides is not Decider.PROVINCE]
        return submission.model_copy(update={**changed, "times": (*kept_times, *local_times)})
    return submission.model_copy(update=changed) if changed else submission


def _without_other_provinces(fee: Fee) -> Fee:
    """What many provinces take online is no news where one's own is known."""
    told = fee.who_decides is Decider.PROVINCE and fee.note is not None and "qua mạng" in fee.note
    return fee.model_copy(update={"note": None}) if told else fee
