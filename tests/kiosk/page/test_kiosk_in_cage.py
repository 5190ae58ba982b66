"""The page as the box' compositor shows it: the same keys and buttons, and cage between them and the browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hall import CAGED, EXITS, ONE_WINDOW, Hall, changed, missing
from running_kiosk import IDLE_SECONDS, WARNING_SECONDS, RunningKiosk

pytestmark = [
    pytest.mark.xdist_group("one-at-a-time"),
    pytest.mark.skipif(
        missing("cage", "Xwayland") is not None, reason=f"the compositor needs {missing('cage', 'Xwayland')}"
    ),
]

CONSOLES = ("ctrl+alt+F1", "ctrl+alt+F2", "ctrl+alt+BackSpace", "ctrl+alt+Delete", "alt+Escape")


@pytest.fixture
def caged(kiosk: RunningKiosk, tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(kiosk.url, tmp_path, size=CAGED, in_cage=True)
    hall.open()
    yield hall
    hall.close()


def test_no_key_and_no_button_leads_out_of_the_compositor_and_the_first_screen_comes_back(caged: Hall) -> None:
    first = caged.still()
    caged.keys(*EXITS, *CONSOLES)
    for button in (2, 3, 8, 9):
        caged.click(500, 300, button)
    # Past the first pictures, wherever they are: somebody begins something and leaves.
    caged.click(700, 300)
    caged.keys(*EXITS, *CONSOLES)
    deadline = time.monotonic() + IDLE_SECONDS * 6 + WARNING_SECONDS + 60
    while changed(first, caged.look()) > ONE_WINDOW:
        assert time.monotonic() < deadline, "the first screen did not come back"
        time.sleep(0.5)
    assert len(caged.windows()) == 1
