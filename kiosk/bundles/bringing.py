"""From a signed head to a bundle in use, or back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk.bundles import staging
from kiosk.bundles.applied import Applied
from kiosk.bundles.catalogue_part import OpenDatabase
from kiosk.bundles.pieces import Fetch, Pieces
from kiosk.crash_points import Step, no_step
from kiosk.protocol.keys import PublicKeys
from kiosk.protocol.manifest import BadBundle, read_head
from runtime import logs
from runtime.messages import Message

_log = logs.get(__name__)


class Bringing:
    """Brings bundles of the centre into use. It may be killed at any step; the next call takes up what it did.

    Args:
        folder: of the bundles.
        centre: who signs.
        renew: has what does not follow by itself started again, when nobody is in the middle of something.
        trouble: waits until the processes serve the bundle and it works; what is wrong with it when it does not.
        open_database: opens the catalogue's own file.
        now: the centre's time, seconds since 1970.
        step: told each step.
    """

    def __init__(
        self,
        folder: Path,
        centre: PublicKeys,
        renew: Callable[[], None],
        trouble: Callable[[], str | None],
        open_database: OpenDatabase,
        now: Callable[[], float],
        step: Step = no_step,
    ) -> None:
        self.applied = Applied(folder, step)
        self.pieces = Pieces(folder / "pieces", step)
        self._folder = folder
        self._centre = centre
        self._renew = renew
        self._trouble = trouble
        self._open_database = open_database
        self._now = now
        self._step = step

    def bring(self, signed_head: str, fetch: Fetch) -> bool:
        """Fetch, prove, apply and try a bundle; whether it is in use now.

        Raises:
            BadBundle: it is not signed by our centre, older than one that worked, or not what it says.
            OSError: the disk is full; what is in use goes on.
        """
        head = read_head(signed_head, self._centre)
        if not self.applied.may_come(head.number):
            raise BadBundle(
                Message("bundle {number} is older than what is in use, or did not work here before", number=head.number)
            )
        staging.make_sure_of_room(head, self._folder)
        files = staging.fetch_index(head, self.pieces, fetch)
        wanted = staging.needed(head, files, self.pieces)
        fetched = staging.fetch_pieces(files, self.pieces, fetch)
        _log.info("bundle fetched", number=head.number, pieces=fetched)
        place = self.applied.place(head.number)
        if not place.is_dir():
            try:
                staging.stage(head, files, self.pieces, place, self._open_database, self._step)
            except BadBundle:
                if all(self.pieces.has(name) for name in wanted):
                    # Every piece is proven: it was made wrong, and fetching it again would not help.
                    self.applied.refuse(head.number)
                raise
        self.applied.switch(head.number)
        works = self.settle()
        if works:
            self.pieces.forget_all_but(wanted)
        return works

    def settle(self) -> bool:
        """Judge the bundle on trial, if one is; also after a power cut. Whether the bundle in use works."""
        self.applied.recover()
        if not self.applied.on_trial:
            return True
        number, wrong = self.applied.number, self._trouble()
        if wrong is None:
            self.applied.confirm(self._now())
            self._renew()
            _log.info("bundle in use", number=number)
            return True
        _log.error("bundle does not work here and is undone", number=number, cause=wrong)
        self.applied.undo()
        self._renew()
        return False
