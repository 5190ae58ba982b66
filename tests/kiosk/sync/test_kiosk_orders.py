"""What officers order of a box reaches it in the signed answer, is done once, and is told of."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from sync_places import Box, RunningCentre

from centre.kiosks import Kiosk
from centre.orders import BoxOrders, NoSuchOrder
from centre.tables import OrderRow
from installation.centre import CentreStores
from installation.root import Installation
from kiosk import recent_log
from kiosk.centre_link.client import NotOurCentre, ShutOut
from kiosk.centre_link.identity import Identity, identity_of
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Order, OrderKind, Outcome
from kiosk.queue.box_clock import Watch
from kiosk.queue.outgoing import Outgoing
from kiosk.sync.enrolling import EnrolmentFailed, enrol
from kiosk.sync.orders import LARGEST_PACKED, Orders, newest
from runtime import logs
from stores.audit import Audit, Deed


@pytest.fixture
def stores(centre: RunningCentre) -> CentreStores:
    return CentreStores(Installation(centre.settings))


@pytest.fixture
def audit(centre: RunningCentre) -> Audit:
    return Installation(centre.settings).audit


@pytest.fixture
def at_centre(centre: RunningCentre, box: Box) -> Kiosk:
    return centre.kiosks.find(box.name)


def outcomes(orders: BoxOrders, kiosk: Kiosk) -> dict[str, str | None]:
    return {one.id: one.outcome for one in orders.of(kiosk)}


def told_of(audit: Audit, id: str) -> list[str]:
    return [entry.what for entry in audit.of(Deed.KIOSK_ORDER) if id in entry.what]


def test_a_restart_is_done_once_and_only_while_nobody_stands_there(
    box: Box, stores: CentreStores, audit: Audit, at_centre: Kiosk
) -> None:
    id = stores.orders.give(at_centre, OrderKind.RESTART, "lan", "centre")
    assert stores.orders.give(at_centre, OrderKind.RESTART, "hoa", "centre") == id, "what waits is not ordered twice"
    restarts: list[str] = []
    somebody = [True]
    running = box.sync_service(restart=lambda: restarts.append("again"), is_idle=lambda: not somebody[0])
    running.exchange()
    running.look()
    assert restarts == []
    somebody[0] = False
    running.look()
    running.close()
    assert restarts == ["again"]
    # The next run of the programs knows of it and does not start again once more.
    after = box.sync_service(restart=lambda: restarts.append("once more"))
    after.look()
    after.close()
    assert restarts == ["again"]
    assert outcomes(stores.orders, at_centre) == {id: Outcome.DONE}
    assert told_of(audit, id) == [f"kiosk {at_centre.id}: restart {id}", f"restart {id}: done"]
    audit.checkpoint()
    assert audit.verify().is_whole
    assert stores.orders.open_for(at_centre) == ()
    box.sync()
    assert json.loads((box.folder / "kiosk" / "orders.json").read_bytes()) == {}, "what is settled is forgotten"


def test_a_log_comes_up_without_what_citizens_said_of_themselves(
    centre: RunningCentre,
    box: Box,
    stores: CentreStores,
    audit: Audit,
    at_centre: Kiosk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)
    logs.configure("WARNING", "core")
    recent_log.keep(box.folder, "core")
    logs.get("core.turns").warning("a turn failed", cause="số tôi 0900000177, căn cước 001099123456")
    id = stores.orders.give(at_centre, OrderKind.LOG, "lan", "centre")
    box.sync()
    box.sync()
    lines = stores.orders.read_log(at_centre, id, "lan", "centre")
    assert "a turn failed" in lines
    assert "0900000177" not in lines
    assert "001099123456" not in lines
    assert outcomes(stores.orders, at_centre)[id] == Outcome.DONE
    assert told_of(audit, id)[-1] == f"kiosk {at_centre.id}: read log {id}", "who has read it stands in the audit log"
    with Installation(centre.settings).database.reading() as session:
        kept = session.get_one(OrderRow, id).log
    assert kept
    assert "failed" not in kept, "at the centre it lies sealed"


def test_a_log_goes_to_the_centre_once_though_the_box_dies_on_the_way(
    box: Box, stores: CentreStores, at_centre: Kiosk
) -> None:
    id = stores.orders.give(at_centre, OrderKind.LOG, "lan", "centre")
    assert box.killed_at("orders taken") == -9
    box.sync()
    box.sync()
    assert outcomes(stores.orders, at_centre)[id] == Outcome.DONE
    assert Outgoing(box.database, box.identity.centre, Watch(box.database)).waiting() == 0


@pytest.mark.parametrize("wish", ["screenshot", "picture", "shell"])
def test_the_screen_cannot_be_asked_for_and_neither_can_anything_else(tmp_path: Path, box: Box, wish: str) -> None:
    assert wish not in set(OrderKind)
    outgoing = Outgoing(box.database, box.identity.centre, Watch(box.database))
    orders = Orders(tmp_path / "orders.json", outgoing, list)
    orders.take([Order(id="a" * 12, kind=wish)])
    assert [one.outcome for one in orders.outcomes()] == [Outcome.REFUSED]
    assert outgoing.waiting() == 0
    assert not orders.restart_waits


def test_nobody_but_the_centre_orders_anything(box: Box, stores: CentreStores, at_centre: Kiosk) -> None:
    stores.orders.give(at_centre, OrderKind.RESTART, "lan", "centre")
    box.identity = Identity(box.identity.kiosk, box.identity.name, box.identity.url, Keys.generate().public)
    restarts: list[str] = []
    running = box.sync_service(restart=lambda: restarts.append("again"))
    with pytest.raises(NotOurCentre):
        running.exchange()
    running.look()
    running.close()
    assert restarts == []


def test_one_box_reads_nothing_of_another_and_no_log_nobody_ordered(
    centre: RunningCentre, box: Box, stores: CentreStores, at_centre: Kiosk, tmp_path: Path
) -> None:
    other = centre.kiosks.find(centre.enrolled(tmp_path / "other").name)
    id = stores.orders.give(at_centre, OrderKind.LOG, "lan", "centre")
    assert stores.orders.open_for(other) == ()
    with pytest.raises(NoSuchOrder):
        stores.orders.read_log(other, id, "lan", "centre")


def test_the_newest_lines_are_sent_and_no_more_than_a_bad_line_carries() -> None:
    chance = [f"{number} {number * 7919 % 104729:x}{number * 104729 % 7919:x}" for number in range(20_000)]
    taken = newest(chance).splitlines()
    assert taken == chance[-len(taken) :]
    assert len(newest(chance).encode()) < 60_001
    assert newest([]) == ""
    assert LARGEST_PACKED * 4 / 3 < 20_000, "sealed and written in base64 it is an entry the centre takes"


def test_a_spare_box_takes_the_place_of_a_lost_one_whose_key_is_dead_at_once(
    centre: RunningCentre, box: Box, stores: CentreStores, audit: Audit, tmp_path: Path
) -> None:
    old = centre.kiosks.find(box.name)
    centre.kiosks.keep_only(box.name, ["H15.50"])
    box.sync()
    code = stores.enrolling.code_to_replace(box.name, "lan", "centre")
    # The spare is still in its parcel.
    with pytest.raises(ShutOut):
        box.sync()
    assert KeptDossiers(box.database, box.identity.centre).version == 0
    assert identity_of(box.settings).locked  # type: ignore[union-attr]
    spare = Box(tmp_path / "spare", box.name)
    spare.identity = enrol(spare.settings, centre.url, code)
    spare.sync()
    new = centre.kiosks.find(box.name)
    assert (new.name, new.agencies) == (box.name, ("H15.50",))
    assert new.id != old.id
    assert stores.health.days(new.id)[0].hours == 1, "what was known of the place goes with it"
    with pytest.raises(ShutOut):
        box.sync()
    noted = [(entry.deed, entry.who, entry.what) for entry in audit.entries(3)][::-1]
    assert (
        Deed.KIOSK_REPLACED,
        "lan",
        f"kiosk {old.id}: block, key {old.public.fingerprint}, a spare is to come",
    ) in noted
    placed = f"key {new.public.fingerprint}, in the place of {old.id}"
    assert (Deed.KIOSK_ENROLLED, f"kiosk {new.id}", placed) in noted


def test_a_box_that_was_found_again_keeps_its_place(
    centre: RunningCentre, box: Box, stores: CentreStores, tmp_path: Path
) -> None:
    first = stores.enrolling.code_to_replace(box.name, "lan", "centre")
    second = stores.enrolling.code_to_replace(box.name, "lan", "centre")
    spare = Box(tmp_path / "spare", box.name)
    with pytest.raises(EnrolmentFailed):
        enrol(spare.settings, centre.url, first)
    centre.kiosks.unblock(box.name)
    with pytest.raises(EnrolmentFailed):
        enrol(spare.settings, centre.url, second)
    box.sync()
