"""A process takes up another bundle while it runs, notes it, and goes on with the one before where it cannot."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.bundles.applied import Applied
from kiosk.bundles.following import NAMES, NUMBER, Following, environment_with, not_taken_up, served


@pytest.fixture
def applied(tmp_path: Path) -> Iterator[Applied]:
    """Bundle 1 in use, bundle 2 beside it; the environment of the tests comes back afterwards."""
    before = dict(os.environ)
    folder = tmp_path / "bundles"
    (folder / "1" / "nlu_data").mkdir(parents=True)
    (folder / "1" / "settings.yml").write_text("voice_accent: south\n", encoding="utf-8")
    found = Applied(folder)
    found.switch(1)
    found.confirm()
    (folder / "2" / "nlu_data").mkdir(parents=True)
    brought = {"MOTCUA_NLU_DATA": str(folder / "1" / "nlu_data"), "MOTCUA_VOICE_ACCENT": "south"}
    os.environ.update(environment_with(brought, dict(os.environ), 1))
    yield found
    os.environ.clear()
    os.environ.update(before)


def test_the_settings_of_another_bundle_take_the_place_of_those_before(applied: Applied) -> None:
    following = Following(applied, "core", 1)
    assert following.due() is None
    applied.switch(2)
    assert following.due() == 2
    with following.taking_up(2) as settings:
        assert settings.nlu_data_path == applied.place(2) / "nlu_data"
        assert settings.voice_accent == "north", "what only the bundle before had set is gone with it"
        assert served(applied, "core").number == 1, "not before it answers"
    assert served(applied, "core").number == 2
    assert following.due() is None
    assert os.environ[NUMBER] == "2"
    assert "MOTCUA_VOICE_ACCENT" not in os.environ[NAMES]


def test_what_is_set_on_the_box_wins_over_its_bundle(applied: Applied) -> None:
    own = {name: value for name, value in os.environ.items() if name not in (NUMBER, NAMES)} | {"MOTCUA_X": "box"}
    started = environment_with({"MOTCUA_X": "bundle", "MOTCUA_Y": "bundle"}, own, 2)
    assert (started["MOTCUA_X"], started["MOTCUA_Y"], started[NAMES]) == ("box", "bundle", "MOTCUA_Y")


def test_a_bundle_that_cannot_be_loaded_is_never_served_and_the_reason_is_noted(applied: Applied) -> None:
    core, web = Following(applied, "core", 1), Following(applied, "web", 1)
    applied.switch(2)
    before = dict(os.environ)
    with pytest.raises(OSError, match="broken"), core.taking_up(2):
        raise OSError("broken")
    assert dict(os.environ) == before
    assert core.due() is None, "it is not tried again and again"
    assert not_taken_up(applied) == "core cannot take it up: OSError"
    applied.undo()
    assert core.due() is None
    assert web.due() is None


def test_whoever_switched_waits_until_every_process_serves_it(applied: Applied) -> None:
    core, web = Following(applied, "core", 1), Following(applied, "web", 1)
    applied.switch(2)
    told: list[str | None] = []
    waiting = threading.Thread(target=lambda: told.append(not_taken_up(applied)))
    waiting.start()
    with core.taking_up(2):
        pass
    assert told == []
    web.wait_for("core", 2)
    with web.taking_up(2):
        pass
    waiting.join(10)
    assert told == [None]
