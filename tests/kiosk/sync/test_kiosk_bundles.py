"""Bundles come whole or not at all, go back when they do not work, and a power cut at any step changes neither."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from installations import open_catalogue
from sync_places import Box, RunningCentre, is_root

from centre.publishing import Ingredients, Rollout, Shelf
from kiosk.bundles import staging
from kiosk.bundles.applied import STARTS, Applied
from kiosk.bundles.bringing import Bringing
from kiosk.bundles.pieces import Pieces, pack
from kiosk.centre_link.client import LineDown
from kiosk.protocol.keys import Keys
from kiosk.protocol.manifest import BadBundle, Head, name_of, read_head, sign_head
from runtime import durable
from runtime.clock import now
from runtime.settings import Settings
from stores.database import Database

ARRIVAL = ["piece received", "piece kept", "files written", "files prepared", "bundle staged", "trial noted"]
ARRIVAL += ["switched", "confirmed"]
RETURN = ["trial noted", "switched", "pointed back", "undone"]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu_data"
    (folder / "procedures").mkdir(parents=True)
    (folder / "wording").mkdir()
    for number in range(8):
        lines = "".join(f"line {line}: một dòng của thủ tục {number}\n" for line in range(40))
        (folder / "procedures" / f"{number}.yml").write_text(lines, encoding="utf-8")
    (folder / "wording" / "vi.yml").write_text("chao: Xin chào\n", encoding="utf-8")
    return folder


@pytest.fixture
def kiosk_box(publisher: RunningCentre, tmp_path: Path) -> Box:
    return publisher.enrolled(tmp_path / "box")


def correct(texts: Path, words: str) -> None:
    (texts / "wording" / "vi.yml").write_text(f"chao: {words}\n", encoding="utf-8")


def greeting(box: Box) -> str:
    """What the bundle in use says; "" for the installed one."""
    applied = Applied.of(box.settings)
    folder = applied.environment().get("MOTCUA_NLU_DATA")
    return (Path(folder) / "wording" / "vi.yml").read_text(encoding="utf-8") if folder else ""


def test_a_bundle_comes_into_use_and_its_catalogue_opens(publisher: RunningCentre, kiosk_box: Box, texts: Path) -> None:
    number = publisher.publish(texts, database=True).number
    kiosk_box.sync()
    applied = Applied.of(kiosk_box.settings)
    assert (applied.number, applied.on_trial) == (number, False)
    assert greeting(kiosk_box) == "chao: Xin chào\n"
    catalogue = open_catalogue(applied.environment()["MOTCUA_CATALOGUE_URL"])
    assert list(catalogue.all()) == []
    catalogue.close()
    (kiosk,) = [one for one in publisher.kiosks.all() if one.name == kiosk_box.name]
    assert kiosk.state.bundle == number


def test_a_corrected_line_costs_its_piece_and_little_more(publisher: RunningCentre, texts: Path) -> None:
    first = publisher.publish(texts)
    correct(texts, "Xin chào bà con")
    second = publisher.publish(texts)
    assert first.new_pieces > 10 or first.number > 1
    assert second.new_pieces <= 4
    assert second.new_bytes < 10_000


@pytest.mark.parametrize("step", ARRIVAL)
def test_a_box_killed_while_a_bundle_arrives_uses_the_old_or_the_new_one_and_ends_with_the_new(
    publisher: RunningCentre, kiosk_box: Box, texts: Path, step: str
) -> None:
    correct(texts, f"cũ {step}")
    publisher.publish(texts)
    kiosk_box.sync()
    correct(texts, f"mới {step}")
    number = publisher.publish(texts).number
    assert kiosk_box.killed_at(step) == -9
    assert greeting(kiosk_box) in {f"chao: cũ {step}\n", f"chao: mới {step}\n"}
    kiosk_box.sync()
    applied = Applied.of(kiosk_box.settings)
    assert (applied.number, applied.on_trial, applied.refused) == (number, False, 0)
    assert greeting(kiosk_box) == f"chao: mới {step}\n"


@pytest.mark.parametrize("step", RETURN)
def test_a_bundle_that_does_not_work_is_undone_even_by_a_box_killed_meanwhile(
    publisher: RunningCentre, kiosk_box: Box, texts: Path, step: str
) -> None:
    correct(texts, f"tốt {step}")
    good = publisher.publish(texts).number
    kiosk_box.sync()
    correct(texts, f"hỏng {step}")
    bad = publisher.publish(texts).number
    assert kiosk_box.killed_at(step, trouble="the core does not answer") == -9
    kiosk_box.sync(trouble=lambda: "the core does not answer")
    applied = Applied.of(kiosk_box.settings)
    assert (applied.number, applied.refused) == (good, bad)
    assert greeting(kiosk_box) == f"chao: tốt {step}\n"
    # It is not fetched again; the next one is.
    kiosk_box.sync()
    assert Applied.of(kiosk_box.settings).number == good
    correct(texts, f"tốt lại {step}")
    better = publisher.publish(texts).number
    kiosk_box.sync()
    assert Applied.of(kiosk_box.settings).number == better


def test_a_bundle_is_offered_to_a_share_of_the_kiosks_and_stopped(publisher: RunningCentre, texts: Path) -> None:
    correct(texts, "một phần")
    publisher.publish(texts)
    shelf = publisher.shelf
    boxes = [f"kiosk{number}" for number in range(400)]
    first = {box for box in boxes if shelf.roll_out(20).reaches(box)}
    more = {box for box in boxes if shelf.roll_out(60).reaches(box)}
    assert 40 < len(first) < 120 < len(more) < 300
    assert first < more
    shelf.roll_out(0)
    assert all(shelf.offered_to(box) is None for box in boxes)
    with pytest.raises(ValueError, match="0 to 100"):
        shelf.roll_out(101)
    # The next one begins anew.
    correct(texts, "tất cả")
    publisher.publish(texts)
    assert all(shelf.offered_to(box) is not None for box in boxes)


def test_a_bundle_whose_processes_never_come_up_goes_back_by_itself(tmp_path: Path) -> None:
    applied = Applied(tmp_path)
    for number in (1, 2):
        (tmp_path / str(number) / "nlu_data").mkdir(parents=True)
    applied.switch(1)
    applied.confirm()
    (tmp_path / "2" / "nlu_data").mkdir(parents=True, exist_ok=True)
    applied.switch(2)
    for _ in range(STARTS):
        assert applied.environment()["MOTCUA_NLU_DATA"] == str(tmp_path / "2" / "nlu_data")
    assert applied.environment()["MOTCUA_NLU_DATA"] == str(tmp_path / "1" / "nlu_data")
    assert (applied.number, applied.refused) == (1, 2)


def test_a_newer_program_tries_the_bundle_in_use_again_and_goes_on_without_it(tmp_path: Path) -> None:
    older, newer = Applied(tmp_path, program="older"), Applied(tmp_path, program="newer")
    for number in (1, 2):
        (tmp_path / str(number) / "nlu_data").mkdir(parents=True)
        older.switch(number)
        older.confirm()
    assert older.environment()
    assert not older.on_trial
    for _ in range(STARTS):
        assert newer.environment()["MOTCUA_NLU_DATA"] == str(tmp_path / "2" / "nlu_data")
        assert newer.on_trial
    assert newer.environment() == {}
    assert (newer.number, newer.refused, newer.may_come(3)) == (0, 2, True)


def test_a_bundle_that_works_with_the_newer_program_stays(tmp_path: Path) -> None:
    (tmp_path / "1" / "nlu_data").mkdir(parents=True)
    older, newer = Applied(tmp_path, program="older"), Applied(tmp_path, program="newer")
    older.switch(1)
    older.confirm()
    assert newer.environment()
    newer.confirm()
    assert newer.environment()
    assert (newer.number, newer.on_trial) == (1, False)


def test_a_box_without_room_for_a_bundle_keeps_its_rhythm(
    publisher: RunningCentre, kiosk_box: Box, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(texts)
    monkeypatch.setattr(staging, "SPARE", 10**18)
    sync_service = kiosk_box.sync_service()
    sync_service.look()
    heard = next(one.heard_at for one in publisher.kiosks.all() if one.name == kiosk_box.name)
    assert heard is not None
    # What failed is tried again after half a minute, and then ever more rarely; a minute is the beat of a good line.
    assert not sync_service._pace.is_due(time.monotonic() + 45, waiting=0)
    sync_service.close()
    assert Applied.of(kiosk_box.settings).number == 0


class Line:
    """Gives pieces as a centre does, or as one that lies or breaks."""

    def __init__(self) -> None:
        self.pieces: dict[str, bytes] = {}
        self.asked: list[tuple[str, int]] = []
        self.breaks_after: int | None = None

    def offer(self, *files: tuple[str, bytes], number: int = 1, keys: Keys) -> str:
        lines = []
        for path, content in files:
            name = self.add(content)
            lines.append(f"file {len(content)} {name} {path}\npiece {name}\n")
        index = self.add("".join(lines).encode())
        listed = self.add(f"{index}\n".encode())
        size = sum(len(content) for _, content in files)
        return sign_head(Head(number=number, made_at=0, list=listed, size=size), keys)

    def add(self, content: bytes) -> str:
        self.pieces[name_of(content)] = pack(content)
        return name_of(content)

    def fetch(self, name: str, start: int, take) -> None:  # type: ignore[no-untyped-def]
        self.asked.append((name, start))
        content = self.pieces[name][start:]
        if self.breaks_after is not None:
            some, self.breaks_after = self.breaks_after, None
            take(content[:some])
            raise LineDown("cut")
        take(content)


@pytest.fixture
def keys() -> Keys:
    return Keys.generate()


def bringing(folder: Path, keys: Keys, trouble: str | None = None) -> Bringing:
    return Bringing(
        folder,
        keys.public,
        renew=lambda: None,
        trouble=lambda: trouble,
        open_database=Database,
        now=lambda: 0.0,
    )


def test_a_piece_that_broke_off_goes_on_where_it_ended(tmp_path: Path, keys: Keys) -> None:
    line = Line()
    head = line.offer(("nlu_data/a.yml", os.urandom(20_000).hex().encode()), keys=keys)
    at_work = bringing(tmp_path, keys)
    line.breaks_after = 10
    with pytest.raises(LineDown):
        at_work.bring(head, line.fetch)
    assert at_work.bring(head, line.fetch)
    assert line.asked[1] == (line.asked[0][0], 10)


def test_a_changed_piece_is_thrown_away_and_fetched_again(tmp_path: Path, keys: Keys) -> None:
    line = Line()
    head = line.offer(("nlu_data/a.yml", b"a: b\n"), keys=keys)
    name = name_of(b"a: b\n")
    right, line.pieces[name] = line.pieces[name], pack(b"a: wrong\n")
    at_work = bringing(tmp_path, keys)
    with pytest.raises(BadBundle):
        at_work.bring(head, line.fetch)
    assert at_work.applied.number == 0
    line.pieces[name] = right
    assert at_work.bring(head, line.fetch)


def test_a_piece_that_rotted_on_the_disk_is_fetched_again(tmp_path: Path) -> None:
    line, pieces = Line(), Pieces(tmp_path)
    name = line.add(b"content")
    pieces.fetch(name, line.fetch)
    (tmp_path / name).write_bytes(b"rot")
    with pytest.raises(BadBundle):
        pieces.read(name)
    assert pieces.fetch(name, line.fetch) == b"content"


def test_an_endless_piece_is_cut(tmp_path: Path) -> None:
    def endless(_name: str, _start: int, take) -> None:  # type: ignore[no-untyped-def]
        while True:
            take(bytes(65536))

    with pytest.raises(BadBundle):
        Pieces(tmp_path).fetch("0" * 64, endless)
    assert list(tmp_path.iterdir()) == []


def test_a_head_somebody_else_signed_is_refused(tmp_path: Path, keys: Keys) -> None:
    line = Line()
    head = line.offer(("nlu_data/a.yml", b"a: b\n"), keys=Keys.generate())
    with pytest.raises(BadBundle):
        bringing(tmp_path, keys).bring(head, line.fetch)
    assert line.asked == []


def test_an_older_bundle_is_refused_however_well_it_is_signed(tmp_path: Path, keys: Keys) -> None:
    line, at_work = Line(), bringing(tmp_path, keys)
    old = line.offer(("nlu_data/a.yml", b"a: old\n"), number=1, keys=keys)
    assert at_work.bring(old, line.fetch)
    assert at_work.bring(line.offer(("nlu_data/a.yml", b"a: new\n"), number=2, keys=keys), line.fetch)
    for again in (old, line.offer(("nlu_data/a.yml", b"a: again\n"), number=2, keys=keys)):
        with pytest.raises(BadBundle):
            at_work.bring(again, line.fetch)
    assert at_work.applied.number == 2


def test_a_bundle_of_a_later_format_waits_for_a_later_program(keys: Keys) -> None:
    head = Head(format=2, number=1, made_at=0, list="0" * 64, size=0)
    with pytest.raises(BadBundle, match="format 2"):
        read_head(sign_head(head, keys), keys.public)


@pytest.mark.parametrize("content", [b"secret_key: taken over\n", b"session_minutes: -4\n", b"- a list\n"])
def test_a_bundle_may_not_set_what_is_the_boxs_own(tmp_path: Path, keys: Keys, content: bytes) -> None:
    line = Line()
    head = line.offer(("settings.yml", content), keys=keys)
    at_work = bringing(tmp_path, keys)
    with pytest.raises(BadBundle):
        at_work.bring(head, line.fetch)
    assert (at_work.applied.number, at_work.applied.refused) == (0, 1)


def test_settings_of_a_bundle_reach_the_processes(tmp_path: Path, keys: Keys) -> None:
    line, at_work = Line(), bringing(tmp_path, keys)
    assert at_work.bring(line.offer(("settings.yml", b"session_minutes: 7\n"), keys=keys), line.fetch)
    environment = at_work.applied.environment()
    assert environment == {"MOTCUA_SESSION_MINUTES": "7"}
    assert Settings(session_minutes=environment["MOTCUA_SESSION_MINUTES"]).session_minutes == 7


def test_a_full_disk_leaves_the_bundle_in_use_alone_and_is_not_filled_further(tmp_path: Path, keys: Keys) -> None:
    if not is_root():
        pytest.skip("a small file system of its own needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted in this container")
    try:
        line, at_work = Line(), bringing(disk / "bundles", keys)
        assert at_work.bring(line.offer(("nlu_data/a.yml", b"a: small\n"), number=1, keys=keys), line.fetch)
        line.asked.clear()
        head = line.offer(("nlu_data/a.yml", os.urandom(6_000_000)), number=2, keys=keys)
        with pytest.raises(OSError, match="room"):
            at_work.bring(head, line.fetch)
        # What citizens ask must still find room, so that nothing was fetched either.
        assert line.asked == []
        filler = disk / "filler"
        with pytest.raises(OSError, match="space"):
            filler.write_bytes(bytes(70_000_000))
        with pytest.raises(OSError, match="space"):
            durable.write(disk / "bundles" / "state.json", bytes(100_000))
        filler.unlink()
        assert at_work.applied.number == 1
        folder = Path(at_work.applied.environment()["MOTCUA_NLU_DATA"])
        assert (folder / "a.yml").read_bytes() == b"a: small\n"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_an_urgent_bundle_comes_before_the_one_that_is_still_on_its_way(
    publisher: RunningCentre, kiosk_box: Box, texts: Path
) -> None:
    slow = publisher.publish(texts).number
    running = kiosk_box.sync_service()
    fetched: list[str] = []
    piece = running._client.piece

    def after_the_second_piece(name: str, start: int, take: Callable[[bytes], object]) -> None:
        fetched.append(name)
        if len(fetched) == 2:
            correct(texts, "Xin chào, đã sửa gấp")
            publisher.publish(texts, urgent=True)
            running._pace.worked(-1e9)
        piece(name, start, take)

    running._client.piece = after_the_second_piece  # type: ignore[method-assign]
    running.talk()
    running.close()
    assert greeting(kiosk_box) == "chao: Xin chào, đã sửa gấp\n"
    assert Applied.of(kiosk_box.settings).number == slow + 1
    assert len(fetched) == len(set(fetched)), "what had come is not fetched again"


def test_an_urgent_bundle_reaches_every_box_and_can_be_stopped(tmp_path: Path, texts: Path) -> None:
    shelf = Shelf(tmp_path / "bundles", Keys.generate(), now)
    ingredients = Ingredients(None, texts, None, None, None)
    shelf.publish(ingredients, percent=1)
    assert shelf.rollout().percent == 1
    # The same content again, since somebody has seen what it corrects.
    shelf.publish(ingredients, urgent=True)
    assert shelf.rollout().percent == 100
    correct(texts, "Sửa gấp")
    number = shelf.publish(ingredients, percent=10, urgent=True).number
    assert shelf.rollout() == Rollout(number, 100)
    assert shelf.roll_out(0).percent == 0
    assert shelf.offered_to("k") is None
