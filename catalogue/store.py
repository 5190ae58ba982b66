"""The catalogue as the rest of the system sees it: hand-written records over imported ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalogue.dated_answer import DatedAnswer
from catalogue.freshness import Difference, difference, in_words_of, told_meanwhile
from catalogue.handwritten import HandwrittenFolder
from catalogue.imported import CatalogueUnavailable, ImportedEntry, ImportedRecords, Snapshot, seen_once
from catalogue.importing import import_paths
from catalogue.knowledge_base import KnowledgeBase
from catalogue.notices import SUPERSEDED_PERHAPS, Named, NoticeBoard
from catalogue.record import AskedAs, Level, Origin, Procedure
from catalogue.report import ImportReport, Progress
from catalogue.rules import Rules, RulesFolder
from catalogue.text import fold
from catalogue.watched import RESCAN_SECONDS
from catalogue.yaml_files import FolderContents, Problem
from stores.database import Database


@dataclass(frozen=True, slots=True)
class LightProcedure:
    """What the search index needs of a procedure."""

    code: str
    official_name: str
    short_name: str
    agency: str
    field: str
    levels: tuple[Level, ...]
    subjects: tuple[str, ...]
    asked_as: AskedAs
    replaced_by: tuple[str, ...]
    checked_on: date
    origin: Origin

    @property
    def is_superseded(self) -> bool:
        """Whether newer procedures have taken its place."""
        return bool(self.replaced_by)


class CatalogueStore:
    """Every procedure the assistant can answer about; one instance serves all threads of a process.

    ``database`` holds the imported records, its tables already made (:meth:`Database.migrate`);
    ``handwritten`` is the folder of hand-written ones, which win over imported records of the same code.
    While the database is away the hand-written procedures go on being answered.

    ``rescan_seconds`` is how late a changed hand-written file may be noticed; an import is noticed at once.

    ``province`` is everywhere a two-digit province code; its own records then stand over the national ones.

    Args:
        rules: the data folder with ``exemptions.yml`` and ``provinces/``; none are applied without it.
        last_good: folder in which the last good version of every file is kept over a restart.
        home: the province whose records and rules are told when a caller names none.
        approved: folders of records officers approved, which stand over the hand-written ones; see
            :mod:`catalogue.approved`.
        today: the local date, by which those of them are chosen that are in force.
        beside: what is known beside procedures; its mistakes are told with those of the records.
    """

    def __init__(
        self,
        database: Database,
        handwritten: Path | None = None,
        rescan_seconds: float = RESCAN_SECONDS,
        *,
        rules: Path | None = None,
        last_good: Path | None = None,
        home: str | None = None,
        approved: Sequence[Path] = (),
        today: Callable[[], date] | None = None,
        beside: KnowledgeBase | None = None,
    ) -> None:
        self._database = database
        self._imported = ImportedRecords(database)
        self._handwritten = HandwrittenFolder(handwritten, rescan_seconds, last_good, approved=approved, today=today)
        self._rules = RulesFolder(rules, rescan_seconds, last_good)
        self._home = home
        self._beside = beside
        self._light: dict[str | None, tuple[Snapshot, FolderContents, tuple[LightProcedure, ...]]] = {}

    def close(self) -> None:
        """Give back the connections."""
        self._database.close()

    def import_paths(self, paths: Iterable[Path], progress: Callable[[Progress], None] | None = None) -> ImportReport:
        """Import files or folders of published records; see :func:`catalogue.importing.import_paths`."""
        names = {procedure.code: procedure.official_name for procedure in self._handwritten.contents().procedures}
        return import_paths(self._database, paths, names, progress)

    def version(self) -> str:
        """Changes whenever the catalogue does; cheap enough to ask before every turn."""
        return seen_once(self, self._version_now)

    def _version_now(self) -> str:
        return f"{self._imported.version()}.{self._handwritten.signature()}.{self._rules.signature()}"

    def get(self, code: str, province: str | None = None) -> Procedure | None:
        """The procedure of a code as it stands, replaced or not; raises :class:`CatalogueUnavailable`."""
        place = province or self._home
        found = self._find(code, place)
        if found is None:
            board = self.notices()
            named = board.named.get(code) if code not in board.rejected else None
            return named.as_procedure() if named is not None else None
        return self._rules.rules().apply(self._fresh(found), place)

    def record(self, code: str, province: str | None = None) -> Procedure | None:
        """A record as it is written, without the rules that stand elsewhere: what an officer who corrects it starts
        from. Of a province that has none of its own, the national one.
        """
        return self._find(code, province)

    def told(self, record: Procedure) -> Procedure:
        """A record as it would be told if it were approved: the rules that stand elsewhere applied."""
        return self._rules.rules().apply(record, record.province or self._home)

    def differences(self) -> tuple[Difference, ...]:
        """Every hand-written record over which a newer one was imported that says something else."""
        found = map(self._difference, self._handwritten.contents().procedures)
        return tuple(one for one in found if one is not None)

    def replaced(self) -> tuple[tuple[Procedure, tuple[str, ...]], ...]:
        """Hand-written records whose code was certainly replaced, and by what."""
        board = self.notices()
        written = self._handwritten.contents().procedures
        return tuple((one, new) for one in written if (new := board.replaced_by(one.code)))

    def _fresh(self, found: Procedure) -> Procedure:
        """A hand-written record as it may be told while newer ones wait to be read."""
        if found.origin is not Origin.HANDWRITTEN:
            return found
        newer = self._difference(found)
        fresh = told_meanwhile(newer) if newer is not None else found
        doubts = self._doubts(found.code)
        return fresh.model_copy(update={"flags": tuple(dict.fromkeys(fresh.flags + doubts))}) if doubts else fresh

    def _doubts(self, code: str) -> tuple[str, ...]:
        """Flags from notices; a code that was replaced by one nobody has a record of is in doubt too."""
        board = self.notices()
        replaced = board.replaced_by(code)
        if replaced and not any(self._holds(new) for new in replaced):
            return (*board.flags(code), SUPERSEDED_PERHAPS)
        return board.flags(code)

    def _holds(self, code: str) -> bool:
        """Whether there is a national record of a code; told without reading it, so also while the database is away."""
        return (code, None) in self._handwritten.contents().by_place or (code, "") in self._imported.snapshot().entries

    def _difference(self, written: Procedure) -> Difference | None:
        snapshot = self._imported.snapshot()
        entry = snapshot.entries.get((written.code, written.province or ""))
        issued = written.decision.issued_on if written.decision else None
        if entry is None or (entry.checked_on <= written.checked_on and issued is None):
            return None
        try:
            newer = self._imported.read(entry, snapshot)
        except CatalogueUnavailable:
            # What is written goes on being answered while the database is away.
            return None
        changed = snapshot.board.changed.get((entry.code, entry.province, entry.format))
        return difference(written, newer, changed) if newer is not None else None

    def _find(self, code: str, province: str | None) -> Procedure | None:
        written = self._handwritten.contents().by_place
        local = written.get((code, province)) if province else None
        if local is not None:
            return local
        national = written.get((code, None))
        if national is not None and not province:
            return national
        snapshot = self._imported.snapshot()
        entry = snapshot.entries.get((code, province)) if province else None
        if national is not None and (entry is None or not _overrides(entry, national)):
            return national
        entry = entry or snapshot.entries.get((code, ""))
        found = self._imported.read(entry, snapshot) if entry is not None else None
        return found if found is None or national is None else in_words_of(national, found)

    def current(self, code: str, province: str | None = None) -> Procedure | None:
        """The procedure that holds today in place of ``code``: replacements are followed as far as they are
        known.

        Where several codes replace one, the first that the catalogue has is taken. A replaced procedure whose
        successors are all unknown is given as it is.
        """
        found = self.get(code, province)
        seen = {code}
        successors = (found.replaced_by if found is not None else ()) or self._replacing(code)
        while successors:
            known = (self.get(new, province) for new in successors if new not in seen)
            following = next((procedure for procedure in known if procedure is not None), None)
            if following is None:
                break
            seen.add(following.code)
            found, successors = following, following.replaced_by
        return found

    def all(self, province: str | None = None) -> Iterator[Procedure]:
        """Every procedure, by code; reads all records whole, which takes a second or two."""
        place = province or self._home
        rules = self._rules.rules()
        return (rules.apply(self._fresh(found), place) for found in self._every(place))

    def _every(self, province: str | None) -> Iterator[Procedure]:
        snapshot = self._imported.snapshot()
        chosen = self._chosen(snapshot, province)
        entries = [entry for entry in chosen.values() if isinstance(entry, ImportedEntry)]
        imported = self._imported.read_all(entries, snapshot.board)
        following = next(imported, None)
        for code, entry in chosen.items():
            if isinstance(entry, Procedure):
                yield entry
            elif following is not None and following.code == code:
                national = self._handwritten.contents().by_place.get((code, None))
                yield following if national is None else in_words_of(national, following)
                following = next(imported, None)

    def light(self, province: str | None = None) -> tuple[LightProcedure, ...]:
        """What the search index needs of every procedure, by code, without reading the records."""
        snapshot, contents, place = self._imported.snapshot(), self._handwritten.contents(), province or self._home
        # Both stay the same objects as long as nothing changes; officers' pages ask at every look.
        known = self._light.get(place)
        if known is not None and known[0] is snapshot and known[1] is contents:
            return known[2]
        replacing = self._written_over()
        light = []
        for code, entry in self._chosen(snapshot, place).items():
            told = entry if isinstance(entry, Procedure) else contents.by_place.get((code, None), entry)
            light.append(
                _light_of(told) if isinstance(told, Procedure) else _light_from(told, snapshot.board, replacing)
            )
        self._light[place] = (snapshot, contents, tuple(light))
        return self._light[place][2]

    def named(self) -> tuple[Named, ...]:
        """Procedures of which only the name is known: no record of that code, of that name, or of what replaced it."""
        board = self.notices()
        if not board.named:
            return ()
        rows = self.light()
        codes = {row.code for row in rows}
        names = {fold(name) for row in rows for name in (row.official_name, row.short_name)}
        replaced = self._written_over()
        return tuple(
            one
            for code, one in board.named.items()
            if code not in codes
            and code not in replaced
            and code not in board.rejected
            and not board.replaced_by(code)
            and fold(one.name) not in names
        )

    def notices(self) -> NoticeBoard:
        """What imported lists say about codes."""
        return self._imported.snapshot().board

    def problems(self) -> tuple[Problem, ...]:
        """Mistakes in hand-written files; the last good version of these files is used, where there is one."""
        beside = self._beside.problems() if self._beside is not None else ()
        return self._handwritten.contents().problems + self._rules.problems() + beside

    def rules(self) -> Rules:
        """Who pays nothing, and what provinces have set."""
        return self._rules.rules()

    def sentences(self) -> Iterator[DatedAnswer]:
        """Every answer that is written as a sentence: of knowledge and to single questions."""
        if self._beside is not None:
            yield from self._beside.entries().values()
        yield from self.rules().answers

    def overruled(self) -> tuple[Procedure, ...]:
        """Hand-written records, as written, that state a fee although a flag of their own doubts it."""
        return self._handwritten.overruled()

    def _replacing(self, code: str) -> tuple[str, ...]:
        """What took the place of a code the catalogue does not hold: named by lists, or by written records."""
        return self.notices().replaced_by(code) + self._handwritten.contents().replacing.get(code, ())

    def _written_over(self) -> dict[str, str]:
        """Each code that a hand-written record says it takes the place of, with the code of that record."""
        written = self._handwritten.contents().procedures
        return {old: one.code for one in written for old in one.replaces}

    def _chosen(self, snapshot: Snapshot, province: str | None) -> dict[str, Procedure | ImportedEntry]:
        """The record told for each code: the province's before the nation's, written before imported.

        A province's imported copy stands over a hand-written national record only where it was read later.
        """
        chosen: dict[str, Procedure | ImportedEntry] = {}
        written = self._handwritten.contents().procedures
        for place in dict.fromkeys(("", province or "")):
            for entry in snapshot.entries.values():
                known = chosen.get(entry.code)
                if entry.province == place and (not isinstance(known, Procedure) or _overrides(entry, known)):
                    chosen[entry.code] = entry
            chosen |= {procedure.code: procedure for procedure in written if (procedure.province or "") == place}
        return dict(sorted(chosen.items()))


def _overrides(local: ImportedEntry, national: Procedure) -> bool:
    """Whether a province's imported copy tells more than the hand-written national record: only when it is newer."""
    return local.checked_on > national.checked_on


def _light_of(procedure: Procedure) -> LightProcedure:
    return LightProcedure(
        code=procedure.code,
        official_name=procedure.official_name,
        short_name=procedure.short_name,
        agency=procedure.agency,
        field=procedure.field,
        levels=procedure.levels,
        subjects=procedure.subjects,
        asked_as=procedure.asked_as,
        replaced_by=procedure.replaced_by,
        checked_on=procedure.checked_on,
        origin=procedure.origin,
    )


def _light_from(entry: ImportedEntry, board: NoticeBoard, written_over: Mapping[str, str]) -> LightProcedure:
    written = (written_over[entry.code],) if entry.code in written_over else ()
    return LightProcedure(
        code=entry.code,
        official_name=entry.official_name,
        short_name=board.short_name(entry.code) or entry.official_name,
        agency=entry.agency,
        field=entry.field,
        levels=entry.levels,
        subjects=entry.subjects,
        asked_as=board.asked_as(entry.code),
        replaced_by=tuple(dict.fromkeys(entry.replaced_by + board.replaced_by(entry.code) + written)),
        checked_on=entry.checked_on,
        origin=Origin.IMPORTED,
    )
