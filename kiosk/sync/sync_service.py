"""What keeps a kiosk in step with its centre, put together; :mod:`kiosk.sync.sync_loop` runs it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from kiosk import recent_log
from kiosk.bundles.applied import Applied
from kiosk.bundles.bringing import Bringing
from kiosk.bundles.catalogue_part import OpenDatabase
from kiosk.centre_link.client import CentreClient, ShutOut, SyncError
from kiosk.centre_link.identity import Identity, Sequence, identity_folder, identity_of, keep_identity, keys_of
from kiosk.crash_points import Step, no_step
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.protocol.manifest import BadBundle, read_head
from kiosk.protocol.messages import State
from kiosk.queue.box_clock import Watch, this_instant
from kiosk.queue.collecting import Collecting
from kiosk.queue.outgoing import Outgoing
from kiosk.sync import devices
from kiosk.sync.exchanging import Exchanging
from kiosk.sync.orders import Orders
from kiosk.sync.schedule import SyncSchedule, ways_out
from runtime import logs
from runtime.settings import Settings
from runtime.version import version
from stores.database import Database
from stores.out_of_service import OutOfService
from tickets.store import TicketStore

_log = logs.get(__name__)


class _MoreUrgent(Exception):
    """Another bundle than the one on its way is to come first."""

    def __init__(self, head: str) -> None:
        super().__init__()
        self.head = head


class SyncService:
    """One a box.

    Args:
        settings: of this box.
        identity: of this kiosk.
        database: of this box, its tables made; closed by whoever opened it.
        tickets: reports and call-backs of this box.
        out_of_service: what this box does not tell; follows the centre.
        open_database: opens the database of a bundle, a file of its own.
        renew: has the processes that do not follow a bundle by themselves started again with the one in use.
        restart: has everything started again, this process, too.
        is_idle: whether nobody stands at this box.
        trouble: waits until a bundle works; what is wrong when it does not.
        step: told each step.
    """

    def __init__(
        self,
        settings: Settings,
        identity: Identity,
        database: Database,
        tickets: TicketStore,
        out_of_service: OutOfService,
        open_database: OpenDatabase,
        renew: Callable[[], None],
        restart: Callable[[], None],
        is_idle: Callable[[], bool],
        trouble: Callable[[], str | None],
        step: Step = no_step,
    ) -> None:
        folder = identity_folder(settings)
        watch = Watch(database)
        self._settings = settings
        self._watch = watch
        self._database = database
        self._kept = KeptDossiers(database, identity.centre)
        self.outgoing = Outgoing(database, identity.centre, watch)
        self._collecting = Collecting(database, tickets, self.outgoing, watch)
        keys, sequence = keys_of(settings, identity), Sequence(folder / "sequence")
        self._client = CentreClient(identity, keys, sequence, time.monotonic)
        self._orders = Orders(folder / "orders.json", self.outgoing, lambda: recent_log.lines(settings.data_path))
        self._exchanging = Exchanging(
            self._client.send, self.outgoing, self._kept, watch, out_of_service, self._orders, self._state, step
        )
        self._renew = renew
        self._restart = restart
        self._is_idle = is_idle
        self._renewal_waits = False
        self._bringing = Bringing(
            folder / "bundles", identity.centre, self._renew_later, trouble, open_database, watch.now, step
        )
        self._pace = SyncSchedule(settings.kiosk_sync_minutes * 60.0, beat=settings.kiosk_beat_seconds or None)
        self._ways = ways_out()
        self._traces = True
        self._centre = identity.centre
        self._coming = ""

    @property
    def applied(self) -> Applied:
        """The bundles of this box."""
        return self._bringing.applied

    def settle(self) -> None:
        """Judge a bundle that was on trial when the power failed."""
        self._bringing.settle()

    def look(self) -> None:
        """Collect what waits; talk to the centre if it is time. Never raises for a line, a disk or a bad bundle."""
        if self._renewal_waits and self._is_idle():
            self._renewal_waits = False
            self._renew()
        try:
            if self._orders.restart_waits and self._is_idle():
                self._orders.restarting()
                _log.warning("starting again, as the centre has ordered")
                self._restart()
                return
            self._collect()
            if (ways := ways_out()) != self._ways:
                self._ways = ways
                self._pace.line_changed(time.monotonic())
            if self._pace.is_due(time.monotonic(), self.outgoing.waiting()):
                self.talk()
        except SyncError as error:
            _log.info("not in step with the centre", cause=str(error))
        except BadBundle as error:
            _log.error("a bundle is refused", cause=str(error))
        except (SQLAlchemyError, OSError) as error:
            # A full disk or a busy database: nothing is forgotten that was not acknowledged.
            _log.error("this box has trouble of its own", cause=type(error).__name__)
            self._pace.failed(time.monotonic())

    def talk(self) -> None:
        """Exchange, then bring a bundle when there is one.

        Raises:
            SyncError: no line, or nobody we believe.
            BadBundle: the bundle is not what it says.
        """
        head = self._exchange()
        while head is not None:
            head = self._bring(head)

    def _bring(self, head: str) -> str | None:
        """Bring a bundle; the head of an urgent one that came in between."""
        self._coming = head
        try:
            self._bringing.bring(head, self._fetch)
        except _MoreUrgent as newer:
            _log.info("an urgent bundle comes before the one on its way")
            return newer.head
        except SyncError:
            self._pace.broke_off(time.monotonic(), urgent=self._is_urgent(head))
            raise
        except OSError as error:
            # A full disk. The exchange itself worked, and keeps its rhythm.
            _log.error("a bundle cannot be kept on this box", cause=error.strerror or str(error))
            return None
        self._exchange()
        return None

    def _is_urgent(self, head: str) -> bool:
        return read_head(head, self._centre).urgent

    def exchange(self) -> str | None:
        """Collect and exchange; the signed head of a bundle on offer. Raises :class:`SyncError`."""
        self._collect()
        return self._exchange()

    def close(self) -> None:
        """Let go of the line."""
        self._client.close()

    def _renew_later(self) -> None:
        self._renewal_waits = True

    def _collect(self) -> None:
        # A ticket lay there readable for this box, which a thief has: nothing of it may stay.
        self._traces = self._collecting.tickets() > 0 or self._traces
        if self._traces:
            self._traces = not self._database.drop_log()
        self._collecting.usage(self._watch.today())

    def _exchange(self) -> str | None:
        began, waited = time.monotonic(), self.outgoing.waiting()
        try:
            head = self._exchanging.run()
        except ShutOut:
            self._lock()
            self._pace.shut_out(time.monotonic())
            raise
        except SyncError:
            self._pace.failed(time.monotonic())
            raise
        now = time.monotonic()
        self._pace.worked(now, now - began)
        self._unlock()
        if waited:
            # The centre's key opens what went up, also in the database's log: whoever is erased there is erased here.
            self._traces = not self._database.drop_log()
        return head

    def _fetch(self, name: str, start: int, take: Callable[[bytes], object]) -> None:
        # A bundle may take hours over a bad line: reports and signs of life do not wait for it.
        self._collect()
        if self._pace.is_due(time.monotonic(), self.outgoing.waiting()):
            newer = self._exchange()
            if newer is not None and newer != self._coming and self._is_urgent(newer):
                raise _MoreUrgent(newer)
        self._client.piece(name, start, take)
        self._pace.got_on()

    def _lock(self) -> None:
        """Erase what is personal on this box; what waits for the centre nobody here can read."""
        self._kept.erase()
        identity = identity_of(self._settings)
        if identity is not None and not identity.locked:
            keep_identity(self._settings, replace(identity, locked=True))

    def _unlock(self) -> None:
        identity = identity_of(self._settings)
        if identity is not None and identity.locked:
            keep_identity(self._settings, replace(identity, locked=False))

    def _state(self) -> State:
        free, size = devices.disk(self._settings.data_path)
        return State(
            bundle=0 if self.applied.on_trial else self.applied.number,
            refused=self.applied.refused,
            since=self.applied.since,
            waiting=self.outgoing.waiting(),
            disk_free=free,
            disk_size=size,
            microphone=devices.microphone(),
            printer=devices.printer(self._settings.kiosk_printer, self._settings.kiosk_paper_dots),
            clock=round(time.time(), 1),
            boot=this_run(),
            program=version(),
        )


def this_run() -> str:
    """Of the machine: the beginning of an id that no other machine has, and this one never again."""
    return this_instant().boot[:8]
