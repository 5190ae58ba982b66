"""What waits on a kiosk reaches a running centre once, whatever breaks on the way."""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sync_places import PHONE, Box, CuttingProxy, RunningCentre, TlsEntrance

from centre.keys import centre_keys
from centre.tables import UsageRow
from installation.root import Installation
from kiosk.centre_link.client import LineDown, NotOurCentre, ShutOut
from kiosk.centre_link.identity import Identity, identity_of, keys_of
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.protocol.entries import open_entry
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import EntryKind
from kiosk.queue.box_clock import Watch
from kiosk.queue.collecting import Collecting
from kiosk.queue.keeping import Keeping, Usage
from kiosk.queue.outgoing import Outgoing
from kiosk.sync.enrolling import EnrolmentFailed, enrol
from runtime.clock import now, today
from runtime.version import version
from stores.out_of_service import CENTRE
from stores.sealing import Seal, SealBroken

STEPS = [("entries read", 2), ("answer received", 1), ("answer received", 2), ("entries forgotten", 1)]
STEPS += [("dossiers kept", 1)]


def test_a_report_reaches_the_centre_with_its_number_its_time_and_its_words(centre: RunningCentre, box: Box) -> None:
    told = box.report("report:one")
    box.sync()
    (ticket,) = centre.tickets_of(box)
    assert ticket.number == told.number
    assert (ticket.draft.words, ticket.draft.place, ticket.draft.contact) == (
        told.draft.words,
        told.draft.place,
        PHONE,
    )
    assert abs(ticket.created_at - told.created_at) < timedelta(seconds=5)
    assert box.tickets.find() == []
    assert Outgoing(box.database, box.identity.centre, Watch(box.database)).waiting() == 0


def readable_on(box: Box, centre: Keys) -> list[str]:
    """Files of a box in which its own key or the centre's finds the number."""
    seal, found = Seal(b"a secret of the box"), []
    for path in box.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        opened = [content]
        for token in re.findall(rb"gAAAA[A-Za-z0-9_=-]{60,}", content):
            for end in range(len(token), len(token) - 8, -1):
                with contextlib.suppress(SealBroken, ValueError):
                    opened.append(seal.open(token[:end].decode()).encode())
        for token in re.findall(rb"[A-Za-z0-9+/]{120,}={0,2}", content):
            # In a file other signs may stand before and behind.
            for start, kind in itertools.product(range(32), (EntryKind.TICKET, EntryKind.TEXT)):
                for end in range(len(token), len(token) - 4, -1):
                    with contextlib.suppress(ValueError):
                        opened.append(open_entry(kind, token[start:end].decode(), centre).to_bytes())
        found += [path.name] if any(PHONE.encode() in one or PHONE[3:].encode() in one for one in opened) else []
    return found


def test_after_an_exchange_no_key_finds_a_number_on_the_box(centre: RunningCentre, box: Box) -> None:
    keys = centre_keys(centre.settings)
    box.report("report:own", f"gọi tôi số {PHONE}")
    assert readable_on(box, keys) != []
    Keeping(box.database, box.identity).text(PHONE, "Cần tờ khai.", "text:own")
    box.sync()
    assert [ticket.draft.contact for ticket in centre.tickets_of(box)] == [PHONE]
    assert readable_on(box, keys) == []


def test_what_waits_on_a_box_the_centre_alone_can_read(centre: RunningCentre, box: Box) -> None:
    box.report("report:waiting", f"gọi tôi số {PHONE}")
    sync_service = box.sync_service()
    sync_service._collect()
    sync_service.close()
    assert readable_on(box, Keys.generate()) == []
    assert readable_on(box, centre_keys(centre.settings)) != []


def test_what_the_centre_takes_out_of_service_is_off_on_the_box_with_the_next_exchange(
    centre: RunningCentre, box: Box
) -> None:
    at_centre, on_box = Installation(centre.settings).out_of_service, Installation(box.settings).out_of_service
    until = now() + timedelta(hours=2)
    at_centre.take_off("procedure:1.001193", "lan", "Lệ phí đang được xem lại.", until)
    box.sync()
    (off,) = on_box.all()
    assert (off.scope, off.words, off.officer) == ("procedure:1.001193", "Lệ phí đang được xem lại.", CENTRE)
    assert off.until is not None
    assert abs(off.until - until) < timedelta(seconds=1)
    at_centre.put_back("procedure:1.001193", "lan")
    box.sync()
    assert on_box.all() == []


def test_nothing_of_what_waits_can_be_read_on_the_box(box: Box) -> None:
    box.report("report:sealed", "đường vào xóm bị sạt")
    sync_service = box.sync_service()
    sync_service._collect()
    sync_service.close()
    kept = b"".join(path.read_bytes() for path in box.folder.rglob("*") if path.is_file())
    for personal in ("sạt", "xóm 3", PHONE, PHONE[3:]):
        assert personal.encode() not in kept
    # Nor with the secret of the box, in what the database has deleted.
    seal = Seal(box.settings.secret())
    for token in re.findall(rb"gAAAA[\w-]+=*", kept):
        with pytest.raises(SealBroken):
            seal.open(token.decode())
    (entry,) = Outgoing(box.database, box.identity.centre, Watch(box.database)).next()
    with pytest.raises(ValueError, match="cannot be opened"):
        open_entry(entry.kind, entry.sealed, keys_of(box.settings, box.identity))


@pytest.mark.parametrize(("step", "time"), STEPS)
def test_a_box_killed_at_any_step_loses_nothing_and_sends_nothing_twice(
    centre: RunningCentre, box: Box, step: str, time: int
) -> None:
    keys = {f"report:{step}:{time}:{number}" for number in range(25)}
    for key in keys:
        box.report(key)
    assert box.killed_at(step, time) == -9
    box.sync()
    assert sorted(ticket.draft.key for ticket in centre.tickets_of(box)) == sorted(keys)


def test_a_line_that_breaks_half_of_all_connections_loses_nothing_and_doubles_nothing(
    centre: RunningCentre, tmp_path: Path
) -> None:
    chance = random.Random(7)
    cuts = ["", "request", "answer", "answer"]
    proxy = CuttingProxy(centre.port, lambda number: "" if number == 1 else chance.choice(cuts))
    box = centre.enrolled(tmp_path / "box", proxy.url)
    usage = Usage(box.database)
    for _ in range(30):
        usage.count("turn.ask_procedure")
    watch = Watch(box.database)
    outgoing = Outgoing(box.database, box.identity.centre, watch)
    # Counts of a day become an entry when it is over.
    Collecting(box.database, box.tickets, outgoing, watch).usage(today() + timedelta(days=1))
    keys = {f"report:lossy:{number}" for number in range(60)}
    for key in keys:
        box.report(key)
    tries = 0
    while True:
        tries += 1
        assert tries < 200, "it never got through"
        try:
            box.sync()
        except (LineDown, NotOurCentre):
            continue
        break
    proxy.close()
    assert tries > 2
    assert sorted(ticket.draft.key for ticket in centre.tickets_of(box)) == sorted(keys)
    with centre.database.reading() as session:
        counted = session.scalars(select(UsageRow).where(UsageRow.kiosk == box.identity.kiosk)).all()
    assert [(row.figure, row.count) for row in counted] == [("turn.ask_procedure", 30)]


@pytest.mark.parametrize("days", [(-800, -400), (400, 800)], ids=["clock years ahead", "clock years behind"])
def test_a_box_whose_clock_is_years_off_reaches_its_centre_over_https(
    centre: RunningCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: tuple[int, int]
) -> None:
    # To such a box a good certificate looks as these look to us.
    entrance = TlsEntrance(centre.port, tmp_path, "localhost", days)
    monkeypatch.setenv("SSL_CERT_FILE", str(entrance.authority))
    box = centre.enrolled(tmp_path / "box", entrance.url)
    box.report(f"report:tls:{days[0]}")
    box.sync()
    entrance.close()
    assert [ticket.draft.key for ticket in centre.tickets_of(box)] == [f"report:tls:{days[0]}"]


@pytest.mark.parametrize(("name", "known"), [("another.example", True), ("localhost", False)])
def test_a_certificate_for_somebody_else_or_of_nobody_known_is_refused(
    centre: RunningCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, known: bool
) -> None:
    entrance = TlsEntrance(centre.port, tmp_path, name, (-1, 1))
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(entrance.authority))
    with pytest.raises(EnrolmentFailed, match="cannot be reached"):
        centre.enrolled(tmp_path / "box", entrance.url)
    entrance.close()


def test_an_answer_with_one_bit_changed_is_not_believed(centre: RunningCentre, tmp_path: Path) -> None:
    proxy = CuttingProxy(centre.port, lambda number: "flip" if number > 1 else "")
    box = centre.enrolled(tmp_path / "box", proxy.url)
    box.report(f"report:flipped:{box.name}")
    with pytest.raises(NotOurCentre):
        box.sync()
    proxy.close()
    assert Outgoing(box.database, box.identity.centre, Watch(box.database)).waiting() == 1
    assert KeptDossiers(box.database, box.identity.centre).version == 0


def test_a_centre_that_is_away_changes_nothing_on_the_box(box: Box) -> None:
    away = Identity(box.identity.kiosk, box.identity.name, "http://127.0.0.1:1", box.identity.centre)
    box.report("report:away")
    box.identity = away
    with pytest.raises(LineDown):
        box.sync()
    assert Outgoing(box.database, away.centre, Watch(box.database)).waiting() == 1


def test_a_box_restored_from_an_old_copy_of_its_disk_goes_on(centre: RunningCentre, box: Box, tmp_path: Path) -> None:
    box.sync()
    copy = shutil.copytree(box.folder, tmp_path / "copy")
    for number in range(4):
        box.report(f"report:before:{number}:{box.name}")
        box.sync()
    restored = Box(copy, box.name)
    restored.identity = box.identity
    # A sequence file nobody can read is no worse than an old one.
    (copy / "kiosk" / "sequence").write_text("?")
    restored.report(f"report:after:{box.name}")
    restored.sync()
    assert len(centre.tickets_of(box)) == 5


def test_two_machines_with_the_keys_of_one_lose_nothing_and_are_noticed(
    centre: RunningCentre, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Box(shutil.copytree(box.folder, tmp_path / "copy"), box.name)
    copy.identity = box.identity

    def of(one: Box) -> datetime | None:
        return next(kiosk.copied_at for kiosk in centre.kiosks.all() if kiosk.name == one.name)

    for turn, (one, boot) in enumerate(((box, "a" * 8), (copy, "b" * 8), (box, "c" * 8), (copy, "b" * 8))):
        # Started again at the third turn, which is nothing to be noticed; the fourth cannot be the same machine.
        assert of(box) is None
        monkeypatch.setattr("kiosk.sync.sync_service.this_run", lambda boot=boot: boot)
        one.report(f"report:{turn}:{box.name}")
        one.sync()
    assert of(box) is not None
    assert len(centre.tickets_of(box)) == 4


def test_an_enrolment_that_broke_off_is_tried_again_and_a_new_one_makes_new_keys(
    centre: RunningCentre, tmp_path: Path
) -> None:
    box = Box(tmp_path / "box", "máy gãy")
    proxy = CuttingProxy(centre.port, lambda number: "answer" if number == 1 else "")
    code = centre.new_code(box.name)
    with pytest.raises(EnrolmentFailed):
        enrol(box.settings, proxy.url, code)
    box.identity = enrol(box.settings, proxy.url, code)
    box.sync()
    proxy.close()
    first = keys_of(box.settings, box.identity).public
    centre.kiosks.block(box.name)
    again = enrol(box.settings, centre.url, centre.new_code(f"{box.name} mới"))
    assert keys_of(box.settings, again).public != first
    assert len(list((box.folder / "kiosk").glob("keys*"))) == 1
    box.identity = again
    box.sync()


def test_somebody_else_on_the_line_is_not_believed(centre: RunningCentre, box: Box) -> None:
    stranger = Identity(box.identity.kiosk, box.identity.name, box.identity.url, Keys.generate().public)
    box.report("report:stranger")
    box.identity = stranger
    with pytest.raises(NotOurCentre):
        box.sync()
    assert Outgoing(box.database, stranger.centre, Watch(box.database)).waiting() == 1


def test_a_box_that_is_shut_out_erases_its_dossiers_and_takes_nothing_personal(centre: RunningCentre, box: Box) -> None:
    box.sync()
    kept = KeptDossiers(box.database, box.identity.centre)
    assert kept.version > 0
    centre.kiosks.block(box.name)
    box.report("report:blocked")
    with pytest.raises(ShutOut):
        box.sync()
    assert kept.version == 0
    assert identity_of(box.settings).locked
    assert Keeping.open(box.settings, box.database) is None
    assert centre.tickets_of(box) == []
    # Found again: what waited, readable for nobody else, goes up.
    centre.kiosks.unblock(box.name)
    box.sync()
    assert [ticket.draft.key for ticket in centre.tickets_of(box)] == ["report:blocked"]
    assert not identity_of(box.settings).locked


def test_the_centre_sees_how_the_box_is(centre: RunningCentre, box: Box) -> None:
    box.sync()
    (kiosk,) = [one for one in centre.kiosks.all() if one.name == box.name]
    assert kiosk.heard_at is not None
    assert now() - kiosk.heard_at < timedelta(minutes=2)
    assert kiosk.state.disk_size > 0
    assert kiosk.state.program == version()
    assert abs(kiosk.clock_off) < 60


def test_an_entry_only_we_cannot_read_is_put_aside_and_holds_nothing_up(centre: RunningCentre, box: Box) -> None:
    watch = Watch(box.database)
    stranger = Outgoing(box.database, Keys.generate().public, watch)
    Keeping(box.database, Identity("x", "x", "", Keys.generate().public)).text(PHONE, "xin chào", "lost")
    box.report("report:behind")
    box.sync()
    assert [ticket.draft.key for ticket in centre.tickets_of(box)] == ["report:behind"]
    assert (stranger.waiting(), stranger.refused()) == (0, 1)
