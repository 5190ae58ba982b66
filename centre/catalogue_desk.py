"""What the catalogue desk works with: the procedures, what officers propose, and how a record would be told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.trial import Trials
from catalogue.check import CheckReport, check
from catalogue.freshness import Difference, in_words_of
from catalogue.proposal_check import Neighbour, Remarked, weigh
from catalogue.proposals import Proposal, Proposals, State
from catalogue.record import Procedure
from catalogue.store import CatalogueStore, LightProcedure
from catalogue.text import fold
from centre.publishing_job import PublishingJob
from channels.rendering.plainness import Plainness
from contract.aspects import Aspect
from learning.labels import Labelled
from learning.store import LearningStore


@dataclass(frozen=True, slots=True)
class Work:
    """One thing the freshness engine wants an officer to look at."""

    key: str
    """Of the sentence."""
    code: str
    name: str
    detail: str


@dataclass(frozen=True)
class CatalogueDesk:
    """The parts of the desk."""

    store: CatalogueStore
    proposals: Proposals
    today: Callable[[], date]
    preview: Callable[[Procedure, Aspect], Plainness]
    """One side of a record on every channel, as if it were approved."""
    speak: Callable[[str], bytes]
    """A text as a WAV file; raises :class:`speech.errors.SpeechError`."""
    measured: Callable[[], Sequence[str]]
    """Texts of the accuracy sets, which nothing may be taught from."""
    learning: LearningStore
    label: Callable[[int, str], Labelled]
    """Teaches what an utterance means; raises :class:`learning.labels.LabelRefused`."""
    provinces: Callable[[], Sequence[tuple[str, str]]]
    """Code and name of each."""
    trials: Trials
    """How the newest model fared."""
    taught_at: Callable[[], float]
    """When something was approved or taught last, in seconds since 1970; 0: never."""
    to_kiosks: PublishingJob
    """Offers kiosks a bundle of what is told now."""
    _looked: dict[tuple[str, date], CheckReport] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def found(self, words: str) -> list[LightProcedure]:
        """Procedures whose names or code hold some words, hand-written ones first."""
        wanted = fold(words)
        every = self.store.light()
        hits = (one for one in every if wanted in fold(f"{one.short_name} {one.official_name}") or words == one.code)
        return sorted(hits, key=lambda one: (one.origin, one.short_name))

    def start_of(self, code: str, province: str | None, take: str) -> Procedure | None:
        """What the form of a procedure begins with.

        Args:
            code: of it.
            province: of the record to be made; None for the national one.
            take: "newer" for the facts of a newer import; the number of a proposal; else what is told.
        """
        written = self.store.record(code, province)
        if take == "newer":
            newer = next((one for one in self.store.differences() if one.told.code == code), None)
            written = in_words_of(newer.told, newer.newer) if newer is not None else written
        elif take.isdecimal() and (proposal := self.proposals.get(int(take))) is not None:
            written = proposal.record if proposal.record.code == code else written
        return written.model_copy(update={"province": province}) if written is not None else None

    def remarks(self, record: Procedure, base: Procedure | None) -> tuple[Remarked, ...]:
        """What speaks against telling a record."""
        neighbours = (Neighbour(one.code, one.asked_as.all) for one in self.store.light())
        return weigh(record, base, self.today(), neighbours, self.measured(), self._later(record))

    def work(self) -> list[Work]:
        """What the freshness engine found, the gravest first."""
        report = self._report()
        return [*map(_of_difference, self.store.differences()), *_of_report(report)]

    def standing(self, code: str) -> list[Proposal]:
        """What was approved for a procedure and not taken back, the newest first."""
        return [one for one in self.proposals.history(code) if one.state is State.APPROVED]

    def _later(self, record: Procedure) -> list[date]:
        days = (one.record.valid_from for one in self.standing(record.code) if one.record.province == record.province)
        return sorted({day for day in days if day is not None})

    def _report(self) -> CheckReport:
        """Looking over everything takes a second or two; the same version is looked over once."""
        wanted = (self.store.version(), self.today())
        with self._lock:
            if wanted not in self._looked:
                self._looked.clear()
                self._looked[wanted] = check(self.store, wanted[1])
            return self._looked[wanted]


def _of_difference(one: Difference) -> Work:
    key = "work_newer_certain" if one.certain else "work_newer_doubtful"
    changes = "; ".join(f"{change.before or '…'} → {change.after}" for change in one.changes)
    return Work(key, one.told.code, one.told.short_name, changes)


def _of_report(report: CheckReport) -> Iterator[Work]:
    sections = {
        "work_overruled": report.overruled,
        "work_expiring": report.expiring,
        "work_superseded": report.superseded,
        "work_no_fee": report.untold["fee"],
        "work_no_time": report.untold["time"],
        "work_stale": report.stale,
    }
    for key, findings in sections.items():
        for one in findings:
            if one.origin == "handwritten":
                yield Work(key, one.code, one.name, one.detail)
