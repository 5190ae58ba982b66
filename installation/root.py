"""The composition root of one installation: every store and service once, made when it is first asked for.

What a process does not use costs it neither memory nor time: libraries are imported by the property that needs them.
Several installations, each with its own settings, can stand side by side in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Self

from language import data
from runtime import clock
from runtime.messages import Message
from runtime.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis
    from sqlalchemy.orm import Session

    from actions.backends.pushing import Pushes, Sender
    from actions.dossiers.backend import DossierBackend
    from actions.dossiers.disagreements import Disagreements
    from actions.dossiers.lockout import Kind, Lockout
    from actions.dossiers.look_up_log import LookUps
    from actions.dossiers.one_time import OneTimeCodes
    from actions.dossiers.outage import OutageSwitch
    from actions.dossiers.service import DossierService, DossierStore
    from actions.dossiers.wording import DossierWording
    from actions.out_of_service import Notices
    from actions.procedures.answers import Answers
    from actions.registries.service import AskedRegistry, RegistryService
    from actions.services import Services
    from catalogue.knowledge_base import KnowledgeBase
    from catalogue.store import CatalogueStore
    from centre.photos import Photos
    from contract.wording import WordingStore
    from learning.ratings import RatingStore
    from learning.store import LearningStore
    from stores.audit import Audit
    from stores.copy_keys import CopyKeys
    from stores.database import Database
    from stores.erased_list import ErasedList
    from stores.erasures import Erasures
    from stores.keyring import Keyring
    from stores.limiter import Rule
    from stores.out_of_service import OutOfService
    from stores.sealing import Seal
    from tickets.data_rights import DataRights
    from tickets.exchange.book import Book, Tickets
    from tickets.exchange.papers import PaperFiles
    from tickets.exchange.partners import Partners
    from tickets.reports import Reports
    from tickets.scanning import Scanner
    from tickets.store import TicketStore
    from tickets.ticket import TicketKind
    from understanding.emergencies import Emergencies
    from understanding.knowledge import Knowledge


def database_at(url: str) -> Database:
    """A database at any address; whoever asks closes it."""
    from stores.database import Database

    return Database(url)


class Installation:
    """What processes and commands take their parts from. Make it after the last fork: connections do not survive one.

    Args:
        settings: of the installation.
        hurried: whether a slow Redis is taken for one that is down, by processes people wait for.
        now: the clock every part is given.
    """

    def __init__(self, settings: Settings, *, hurried: bool = False, now: Callable[[], datetime] = clock.now) -> None:
        self.settings = settings
        self.now = now
        self._hurried = hurried
        self._opened = ExitStack()
        self._has_tables = False

    def alone(self) -> Self:
        """Say that this process serves this installation and no other, so that every thread reads its word lists."""
        data.serve(self.settings.nlu_data_path)
        return self

    def close(self) -> None:
        """Give back every connection that was opened."""
        self._opened.close()

    def today(self) -> date:
        """The local date."""
        return self.now().date()

    @cached_property
    def seal(self) -> Seal:
        """Hashes numbers and seals words."""
        return self._seal_of(self.settings.secret(), self.keyring)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys values are sealed with.

        Raises:
            SettingsError: the secret does not open it.
        """
        from stores.keyring import FILE, Keyring, WrongSecret

        try:
            return Keyring(self.settings.data_path / "secrets" / FILE, self.settings.secret())
        except WrongSecret as error:
            raise SettingsError(str(error)) from None

    @cached_property
    def database(self) -> Database:
        """The database; :meth:`make_tables` brings it up to date."""
        return self._database_at(self.settings.effective_database_url)

    def make_tables(self) -> None:
        """Make the data folder, and the tables of the database where they are missing or old; looked at once."""
        if not self._has_tables:
            self.settings.data_path.mkdir(parents=True, exist_ok=True)
            self.database.migrate()
            self._has_tables = True

    @cached_property
    def redis(self) -> Redis:
        """A client that decodes its answers; connects on first use."""
        from stores.redis_clients import connect

        client = connect(self.settings, hurried=self._hurried)
        self._opened.callback(client.close)
        return client

    def async_redis(self) -> AsyncRedis:
        """A new asyncio client; make it inside the event loop that uses it."""
        from stores.redis_clients import connect_async

        return connect_async(self.settings)

    @cached_property
    def catalogue(self) -> CatalogueStore:
        """Hand-written procedures over those imported into this installation."""
        from catalogue.approved import approved_folders
        from catalogue.store import CatalogueStore

        url = self.settings.catalogue_url
        if url is None:
            self.make_tables()
            database = self.database
        else:
            database = self._database_at(url)
            database.migrate()
        nlu_data = self.settings.nlu_data_path
        return CatalogueStore(
            database,
            nlu_data / "procedures",
            rules=nlu_data,
            last_good=self.settings.data_path / "catalogue" / "last_good",
            home=self.settings.province or None,
            approved=approved_folders(nlu_data, self.settings.data_path),
            today=self.today,
            beside=self.beside_procedures,
        )

    @cached_property
    def beside_procedures(self) -> KnowledgeBase:
        """What is known about the service, the desk, the portal, and much else that is no procedure."""
        from catalogue.knowledge_base import KnowledgeBase

        last_good = self.settings.data_path / "catalogue" / "last_good" / "knowledge"
        return KnowledgeBase(self.settings.nlu_data_path / "knowledge", self.words.contacts, last_good)

    @cached_property
    def words(self) -> WordingStore:
        """The sentences of every room."""
        from contract.wording import wording_of

        return wording_of(self.settings.nlu_data_path)

    @cached_property
    def procedure_answers(self) -> Answers:
        """Answers about procedures."""
        return self.procedure_answers_on(self.today)

    def procedure_answers_on(self, today: Callable[[], date]) -> Answers:
        """Answers as they are, or will be, told on a day."""
        from actions.procedures.answers import Answers

        words = self.words.room("core")
        return Answers(words, today, timedelta(days=self.settings.stale_after_days), self.notices)

    @cached_property
    def notices(self) -> Notices:
        """What is said while something is out of service."""
        from actions.out_of_service import Notices

        return Notices(self.out_of_service, self.words.room("core"))

    @cached_property
    def out_of_service(self) -> OutOfService:
        """What officers have taken out of service."""
        from stores.out_of_service import OutOfService

        return OutOfService(self.database, self.now, self.audit)

    @cached_property
    def emergencies(self) -> Emergencies:
        """Finds people in danger."""
        from understanding.emergencies import Emergencies

        return Emergencies.load(self.settings.nlu_data_path)

    @cached_property
    def dossier_wording(self) -> DossierWording:
        """What is said about a dossier."""
        from actions.dossiers.wording import DossierWording

        return DossierWording(self.words.room("dossiers"), self.now)

    @cached_property
    def outage(self) -> OutageSwitch:
        """The switch that makes the sandbox's back end fail."""
        from actions.dossiers.outage import OutageSwitch

        return OutageSwitch(self.redis)

    @cached_property
    def lockout(self) -> Lockout:
        """Counts wrong second factors at dossiers."""
        return self._lockout_of(self.seal)

    @cached_property
    def look_ups(self) -> LookUps:
        """The access log of dossiers."""
        from actions.dossiers.look_up_log import LookUps

        return LookUps(self.database, self.seal, self.now)

    @cached_property
    def data_rights(self) -> DataRights:
        """What persons ask for in writing about their data: the record, and its tickets."""
        from stores.rights import Wishes
        from tickets.data_rights import DataRights

        return DataRights(self.tickets, Wishes(self.audit))

    @cached_property
    def disagreements(self) -> Disagreements:
        """Dossiers on which sources disagree."""
        from actions.dossiers.disagreements import Disagreements

        return Disagreements(self.database, self.seal, self.now)

    @cached_property
    def dossier_source(self) -> DossierBackend:
        """The back end that is set."""
        from actions.dossiers.backend import SourceContext
        from actions.dossiers.source import open_source

        context = SourceContext(self.now, self.redis, self.seal, self.settings.dossier_sources, self.disagreements)
        return open_source(self.settings.dossier_source, context)

    @cached_property
    def dossier_pushes(self) -> Pushes:
        """What sources have pushed; a mistake in their file is told by :attr:`dossier_source`, and nobody pushes."""
        from actions.backends.pushing import Pushes, senders_of
        from actions.backends.sources_file import read_sources
        from actions.dossiers.backend import BackendRejected
        from runtime import logs

        senders: tuple[Sender, ...] = ()
        if self.settings.dossier_source == "routed":
            try:
                senders = senders_of(read_sources(self.settings.dossier_sources))
            except BackendRejected as error:
                logs.get(__name__).error("no push is taken", cause=str(error))
        return Pushes(self.redis, self.seal, senders, self.now)

    @cached_property
    def dossiers(self) -> DossierService:
        """Looks dossiers up in the back end of this installation."""
        from actions.dossiers.service import SourceStore

        return self._look_up_in(SourceStore(self.dossier_source, self._one_time_codes()), self.now)

    def _one_time_codes(self) -> OneTimeCodes | None:
        from actions.dossiers.lockout import Kind
        from actions.dossiers.one_time import OneTimeCodes
        from installation.one_time import PostWhenAsked

        if self.settings.kiosk_name:
            # On a box nothing is sent: its centre does.
            return None
        # What is sent is counted apart from wrong digits: a seal without the keyring has hashes of its own.
        apart = self._seal_of(self.settings.secret() + b" one-time codes")
        return OneTimeCodes(self.redis, self.seal, self._lockout_of(apart, Kind.CODES), PostWhenAsked(self))

    def registry(self, name: str) -> RegistryService:
        """One of the public registries that may be asked.

        Raises:
            RegistryError: it cannot be used.
        """
        from actions.dossiers.lockout import Kind
        from actions.dossiers.one_time import OneTimeCodes
        from actions.registries.registry import RegistryContext
        from actions.registries.service import open_registry
        from installation.one_time import PostWhenAsked

        # Tries at one registry are none at another, nor at dossiers; nor are codes sent for it.
        secret = self.settings.secret() + b" registry " + name.encode()
        sendings = self._lockout_of(self._seal_of(secret + b" one-time codes"), Kind.CODES)
        codes = OneTimeCodes(self.redis, self.seal, sendings, PostWhenAsked(self))
        context = RegistryContext(
            self.now, self.redis, self.seal, self.words.room("registries"), self.settings.registry_links
        )
        lockout = self._lockout_of(self._seal_of(secret))
        return open_registry(name, context, lockout, codes, self.look_ups, self._look_up_seconds())

    @cached_property
    def registries(self) -> Mapping[str, AskedRegistry]:
        """The public registries that may be asked here, by what they are asked about; of two for one matter the first.

        An enrolled box asks its centre, which has the agreements.
        """
        from installation.kiosk import registries_here
        from runtime import logs
        from runtime.registry import RegistryError
        from runtime.settings import registries

        at_centre = registries_here(self)
        if at_centre is not None:
            return at_centre
        found: dict[str, AskedRegistry] = {}
        for name in registries(self.settings):
            try:
                service = self.registry(name)
                found.setdefault(service.registry.matter, service)
            except RegistryError as error:
                logs.get(__name__).error("a registry is not asked", registry=name, cause=str(error))
        return found

    @cached_property
    def look_up(self) -> DossierService:
        """Where the core asks how a dossier stands: the centre on an enrolled kiosk, else the back end."""
        from installation.kiosk import look_up_here

        kiosk = look_up_here(self)
        return self._look_up_in(*kiosk) if kiosk is not None else self.dossiers

    def _look_up_in(self, store: DossierStore, clock: Callable[[], datetime]) -> DossierService:
        from actions.dossiers.service import DossierService

        return DossierService(store, self.lockout, clock, seconds=self._look_up_seconds(), log=self.look_ups)

    def _look_up_seconds(self) -> dict[str, float]:
        return {
            "phone": self.settings.look_up_seconds_phone,
            "sms": self.settings.look_up_seconds_sms,
            "kiosk": self.settings.look_up_seconds_kiosk,
        }

    @cached_property
    def tickets(self) -> TicketStore:
        """Reports and call-backs."""
        from tickets.hours import promise
        from tickets.store import TicketStore

        def due(kind: TicketKind, asked_at: datetime) -> datetime:
            return promise().due(kind, asked_at)

        def recall(session: Session, tickets: list[str]) -> None:
            if tickets:
                self.exchange().recall_of_tickets(session, tickets)

        return TicketStore(self.database, self.seal, self.now, due, recall, self.settings.province)

    @cached_property
    def partners(self) -> Partners:
        """Agencies cases are exchanged with."""
        from tickets.exchange.partners import Partners

        return Partners(self.database, self.seal, self.now, self.audit)

    @cached_property
    def paper_files(self) -> PaperFiles:
        """Papers of exchanged cases."""
        from tickets.exchange.papers import PaperFiles

        return PaperFiles(self.settings.data_path / "exchange", self.seal, self.scanner)

    @cached_property
    def scanner(self) -> Scanner:
        """Looks at files somebody hands in."""
        import shlex

        from tickets.scanning import Scanner

        return Scanner(tuple(shlex.split(self.settings.exchange_scanner)))

    def exchange(self, tickets: Tickets | None = None) -> Book:
        """The cases exchanged with other agencies.

        Args:
            tickets: told when something comes back.
        """
        from tickets.exchange.book import Book

        return Book(
            self.database,
            self.seal,
            self.now,
            self.partners,
            self.paper_files,
            self.settings.exchange_agency,
            self.audit,
            tickets,
        )

    @cached_property
    def erasures(self) -> Erasures:
        """The record of what was deleted, and of who asked for it."""
        from stores.erasures import Erasures

        return Erasures(self.database, self.now, self.audit, self.erased_list, self.copy_keys)

    @cached_property
    def copy_keys(self) -> CopyKeys:
        """Keys of what is in backups of whom."""
        from stores.copy_keys import CopyKeys

        return CopyKeys(self.database, self.seal)

    @cached_property
    def erased_list(self) -> ErasedList:
        """Who must not come back with a backup."""
        from stores.erased_list import FILE, ErasedList

        return ErasedList(self.settings.data_path / FILE, self.seal, self.now)

    @cached_property
    def audit(self) -> Audit:
        """Who did what when, in a chain."""
        from stores.audit import Audit

        return Audit(self.database, self.seal, self.now, self.settings.data_path / "audit" / "checkpoints")

    @cached_property
    def reports(self) -> Reports:
        """What everybody may read of reported problems."""
        from tickets.reports import Reports

        return Reports(self.database, self.seal, self.tickets, self.now)

    @cached_property
    def photos(self) -> Photos:
        """Photos of reported problems."""
        from centre.photos import Photos

        return Photos(self.settings.data_path / "reports", self.scanner)

    def forget_reports(self) -> int:
        """Erase reports whose ticket is gone, with their photos; returns how many."""
        gone = self.reports.forget_orphans()
        for media in gone:
            for name in media:
                self.photos.forget(name)
        return len(gone)

    @cached_property
    def learning(self) -> LearningStore:
        """What was not understood."""
        from learning.store import LearningStore

        return LearningStore(self.database)

    @cached_property
    def ratings(self) -> RatingStore:
        """Whether answers helped."""
        from learning.ratings import RatingStore

        return RatingStore(self.database)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What components of a model are given that Rasa makes."""
        from understanding.knowledge import Knowledge

        found = Knowledge(self.settings.nlu_data_path, self.settings.data_path, lambda: self.catalogue, self.today)
        # The one whose last good versions are kept, instead of one of its own.
        found.beside_procedures = self.beside_procedures
        return found

    def train(self, force: bool = False) -> Path:
        """The model of the present data, trained where it is missing; see :func:`assistant.model.train`.

        Raises:
            DataFileBroken: a file of the data cannot be read.
        """
        from assistant.model import train
        from runtime.data_files import check_data_files
        from understanding.knowledge import using

        check_data_files(self.settings.nlu_data_path)
        with using(self.knowledge):
            return train(force, self.settings)

    @cached_property
    def services(self) -> Services:
        """What the actions of the core work with."""
        from actions.services import Services
        from installation.following import FollowWhenAsked

        return Services(
            # On a box nothing is sent, and its tables are its own.
            **({} if self.settings.kiosk_name else {"follow": FollowWhenAsked(self)}),
            catalogue=self.catalogue,
            knowledge=self.beside_procedures,
            answers=self.procedure_answers,
            wording=self.words.room("core"),
            dossiers=self.look_up,
            registries=self.registries,
            registry_wording=self.words.room("registries"),
            dossier_wording=self.dossier_wording,
            tickets=self.tickets,
            today=self.today,
            notices=self.notices,
            danger_in=self.emergencies.kind_in,
            rating_share=self.settings.rating_share,
            origin=self.settings.kiosk_name,
        )

    def _seal_of(self, secret: bytes, keyring: Keyring | None = None) -> Seal:
        from stores.sealing import Seal

        return Seal(secret, keyring)

    @cached_property
    def limits(self) -> Mapping[str, Rule]:
        """How much each door takes here, by the limit's name.

        Raises:
            SettingsError: ``MOTCUA_LIMITS`` is wrong.
        """
        from stores.limiter import WrongLimit, rules_of

        try:
            return rules_of(self.settings)
        except WrongLimit as error:
            raise SettingsError(
                Message("MOTCUA_LIMITS={limits}: {error}", limits=self.settings.limits, error=error)
            ) from None

    def _lockout_of(self, seal: Seal, kind: Kind | None = None) -> Lockout:
        from actions.dossiers.lockout import Kind, Lockout

        return Lockout(self.redis, seal, self.now, self.limits, kind or Kind.LOOK_UPS)

    def _database_at(self, url: str) -> Database:
        database = database_at(url)
        self._opened.callback(database.close)
        return database
