"""Which bundle is in use: one symbolic link, and one small file about a bundle on trial.

A bundle is on trial from the moment before the link points to it until the health check has passed, and again after an
update of the program, which may read otherwise what was made for the one before. The processes
follow the link while they run (:mod:`kiosk.bundles.following`). Whoever starts them says so first
(:meth:`Applied.environment`); after three starts without a passed check the bundle goes back by itself, even when
nothing of the new one ever came up.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.bundles.layout import environment_of
from kiosk.centre_link.identity import identity_folder
from kiosk.crash_points import Step, no_step
from kiosk.protocol.manifest import BadBundle
from runtime import durable
from runtime.settings import Settings
from runtime.version import build

STARTS: Final = 3
"""Starts a bundle on trial gets: power may fail twice while it is tried."""


class _State(BaseModel):
    model_config = ConfigDict(frozen=True)

    trial: int = 0
    previous: int = 0
    starts: int = 0
    highest: int = 0
    """Number of the newest bundle that ever passed: nothing older is applied."""
    refused: int = 0
    """Number of the last bundle that did not work here."""
    program: str = ""
    """The program it was last shown to work with; empty: one that did not write it down."""
    since: float = 0.0
    """When the bundle in use had shown that it works, by the centre's time, seconds since 1970; 0: not known."""


class Applied:
    """The bundles of a box.

    Args:
        folder: holds them; made when missing.
        step: told each step.
        program: which one this is; see :func:`runtime.version.build`.
    """

    def __init__(self, folder: Path, step: Step = no_step, program: str | None = None) -> None:
        self.folder = folder
        self._step = step
        self._program = build() if program is None else program

    @classmethod
    def of(cls, settings: Settings) -> Applied:
        """Of this box."""
        return cls(identity_folder(settings) / "bundles")

    @property
    def number(self) -> int:
        """Of the bundle in use; 0 for what the box was installed with."""
        link = self.folder / "current"
        try:
            return int(link.readlink().name) if link.is_symlink() and link.exists() else 0
        except ValueError:
            return 0

    @property
    def on_trial(self) -> bool:
        """Whether the bundle in use has still to show that it works."""
        state = self._state()
        return bool(state.trial) and state.trial == self.number

    @property
    def starts(self) -> int:
        """How often the bundle on trial was started."""
        return self._state().starts

    @property
    def refused(self) -> int:
        """Number of the last bundle that did not work here; 0: none."""
        return self._state().refused

    @property
    def since(self) -> float:
        """Since when the bundle in use works here, seconds since 1970; 0: not known, or on trial."""
        return self._state().since if not self.on_trial else 0.0

    def place(self, number: int) -> Path:
        """Where a bundle lies."""
        return self.folder / str(number)

    def may_come(self, number: int) -> bool:
        """Whether a bundle of this number is newer than all that worked and did not fail before."""
        state = self._state()
        return number > max(state.highest, self.number) and number != state.refused

    def switch(self, number: int) -> None:
        """Use a staged bundle, on trial; processes see it when they are started again."""
        state = self._state()
        self._keep(state.model_copy(update={"trial": number, "previous": self.number, "starts": 0}))
        self._step("trial noted")
        durable.point(self.folder / "current", str(number))
        self._step("switched")

    def confirm(self, now: float = 0.0) -> None:
        """The bundle on trial works; those before the last one are deleted, which some process may still read."""
        state, number = self._state(), self.number
        works = {"trial": 0, "starts": 0, "highest": max(state.highest, number), "since": now, "program": self._program}
        self._keep(state.model_copy(update=works | ({"refused": 0} if state.refused == number else {})))
        self._step("confirmed")
        for place in self.folder.iterdir():
            kept = {str(number), str(state.previous), "pieces"}
            if place.is_dir() and not place.is_symlink() and place.name not in kept:
                shutil.rmtree(place, ignore_errors=True)

    def undo(self) -> None:
        """Go back to the bundle before the one on trial, and remember that the latter does not work here."""
        state = self._state()
        # First: it is not tried again, wherever the power fails.
        self._keep(state.model_copy(update={"refused": state.trial}))
        if state.previous and self.place(state.previous).is_dir():
            durable.point(self.folder / "current", str(state.previous))
        else:
            (self.folder / "current").unlink(missing_ok=True)
            durable.sync_folder(self.folder)
        self._step("pointed back")
        self._keep(state.model_copy(update={"trial": 0, "starts": 0, "refused": state.trial}))
        self._step("undone")

    def refuse(self, number: int) -> None:
        """A bundle that cannot even be put together is not fetched again."""
        self._keep(self._state().model_copy(update={"refused": number}))

    def recover(self) -> None:
        """Bring link and file into step after a power cut; call it before anything else."""
        state = self._state()
        if state.trial and state.trial != self.number:
            # Cut off either before the link was switched, or after it was switched back.
            self._keep(state.model_copy(update={"trial": 0, "starts": 0}))

    def environment(self) -> dict[str, str]:
        """What processes must see to use the bundle; whoever starts them calls this right before, and each time."""
        if not self.folder.exists():
            return {}
        self.recover()
        if self.number and not self.on_trial and self._state().program != self._program:
            # The bundle before it is older still: what the box was installed with is what this program can read.
            self._keep(self._state().model_copy(update={"trial": self.number, "previous": 0, "starts": 0}))
            self._step("trial noted")
        if self.on_trial:
            state = self._state()
            if state.starts >= STARTS:
                self.undo()
            else:
                self._keep(state.model_copy(update={"starts": state.starts + 1}))
                self._step("start noted")
        try:
            return environment_of(self.place(self.number)) if self.number else {}
        except (BadBundle, OSError):
            if not self.on_trial:
                raise
            self.undo()
            return environment_of(self.place(self.number)) if self.number else {}

    def _state(self) -> _State:
        try:
            return _State.model_validate_json((self.folder / "state.json").read_bytes())
        except FileNotFoundError:
            return _State()
        except ValidationError:
            # Nothing is known then but the link: the bundle in use is kept, and none is on trial.
            return _State(highest=self.number)

    def _keep(self, state: _State) -> None:
        durable.write(self.folder / "state.json", state.model_dump_json().encode())
