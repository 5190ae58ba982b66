"""A public registry asked from a box: through its centre, and not at all without a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from places import NLU_DATA
from sync_places import Box

from actions.dossiers.one_time import CannotSend
from actions.dossiers.service import NO_LOG, NotFoundOrMismatch, Unavailable
from actions.registries.kind import NoLink, OwnRegistry
from actions.registries.kinds import KINDS
from actions.registries.service import Asker, Told
from contract.wording import wording_of
from kiosk.centre_link.client import LineDown
from kiosk.centre_link.identity import keys_of
from kiosk.dossiers.look_up import KioskStore
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.dossiers.registries import RegistryAtCentre
from runtime.clock import now

SOMEBODY = Asker("c1", "kiosk", (), "vi")
Made = Callable[..., RegistryAtCentre]


@pytest.fixture
def registry(box: Box) -> Made:
    def made(matter: str = "insurance", *, up: bool = True, locked: bool = False) -> RegistryAtCentre:
        sync_service = box.sync_service()

        def send(question: bytes) -> bytes:
            if not up:
                raise LineDown("no line")
            return sync_service._client.send("POST", "/status", question).body

        kept = KeptDossiers(box.database, box.identity.centre)
        centre = KioskStore(
            send, keys_of(box.settings, box.identity), box.identity.centre, kept, is_locked=lambda: locked
        )
        words = wording_of(NLU_DATA).room("registries")
        return RegistryAtCentre(OwnRegistry(KINDS[matter], NoLink(), words, now), centre, NO_LOG)

    return made


def test_with_a_line_the_centre_asks_and_counts(registry: Made) -> None:
    card = registry()
    assert card.read_key("DN4000000000901", date(2026, 11, 23)) == "0000000901"
    told = card.ask("0000000901", "0901", SOMEBODY, has_agreed=True, part="card")
    assert isinstance(told, Told)
    assert "dùng được đến hết ngày" in told.lines[0]
    english = card.ask("0000000901", "0901", Asker("c2", "kiosk", (), "en"), has_agreed=True, part="months")
    assert isinstance(english, Told)
    assert "Months" in english.lines[0]
    assert card.ask("0000000901", "1111", SOMEBODY, has_agreed=True) == NotFoundOrMismatch(2)
    assert card.ask("0000000901", "1112", SOMEBODY, has_agreed=True) == NotFoundOrMismatch(1)


def test_without_a_line_nothing_is_told_and_nothing_was_kept(box: Box, registry: Made) -> None:
    registry().ask("0000000901", "0901", SOMEBODY, has_agreed=True)
    box.sync()
    dark = registry(up=False)
    outcome = dark.ask("0000000901", "0901", SOMEBODY, has_agreed=True)
    assert isinstance(outcome, Unavailable)
    assert outcome.retryable
    assert isinstance(dark.send_code("0000000901", SOMEBODY), Unavailable)
    content = b"".join(path.read_bytes() for path in box.folder.rglob("*.db*"))
    assert b"0000000901" not in content


def test_where_no_text_message_goes_out_the_centre_says_so(registry: Made) -> None:
    assert registry().send_code("0000000901", SOMEBODY) == CannotSend()


def test_a_box_that_is_shut_out_hears_nothing(registry: Made) -> None:
    outcome = registry(locked=True).ask("0000000901", "0901", SOMEBODY, has_agreed=True)
    assert isinstance(outcome, Unavailable)
    assert not outcome.retryable
