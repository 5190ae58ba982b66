"""Kiosk and centre as two hosts, 32 kbit/s and every fifth packet lost between them; a day's bytes on the wire."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from bad_line import BadLine, can_be_made
from running_system import ROOT, without_settings
from sync_places import Box, RunningCentre

from centre.tables import ReceivedRow
from installation.centre import CentreStores
from installation.root import Installation
from kiosk.bundles.applied import Applied
from kiosk.centre_link.identity import FIRST_KEYS, Identity, identity_folder, keep_identity
from kiosk.protocol.codes import box_proof, code_key, lookup
from kiosk.protocol.keys import Keys, PublicKeys
from kiosk.protocol.messages import Enrolment
from stores.redis_server import RedisServer

BITS, LOSS = 32_000, 0.2
DAY = 100_000
"""Bytes an ordinary kiosk may use a day."""


@pytest.fixture(scope="module")
def line() -> Iterator[BadLine]:
    if reason := can_be_made():
        pytest.skip(reason)
    with BadLine(BITS, LOSS) as made:
        yield made


@pytest.fixture(scope="module")
def far_centre(
    line: BadLine, tmp_path_factory: pytest.TempPathFactory, centre_redis: RedisServer
) -> Iterator[RunningCentre]:
    prefix = ("ip", "netns", "exec", line.centre.namespace)
    running = RunningCentre(tmp_path_factory.mktemp("far"), centre_redis, line.centre.address, prefix, port=8080)
    running.start()
    yield running
    running.stop()


def on_the_box(line: BadLine, box: Box, centre: RunningCentre, what: str, code: str = "") -> dict[str, Any]:
    return over_there(line, "day_on_the_line.py", str(box.folder), box.name, centre.url, code, what)


def over_there(line: BadLine, script: str, *arguments: str) -> dict[str, Any]:
    command = ["ip", "netns", "exec", line.box.namespace, sys.executable, str(Path(__file__).with_name(script))]
    result = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env={**without_settings(), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{Path(__file__).parent}"},
        capture_output=True,
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode()[-3000:]
    return dict(json.loads(result.stdout or b"{}"))


def some_texts(folder: Path, most: int) -> Path:
    """A folder of language data with some procedures."""
    (folder / "procedures").mkdir(parents=True)
    for path in sorted((ROOT / "nlu_data" / "procedures").glob("*.yml"))[:most]:
        (folder / "procedures" / path.name).write_bytes(path.read_bytes())
    return folder


def correct(texts: Path) -> None:
    """Change a line of a procedure, as an officer does who mends an answer."""
    changed = next(iter(sorted((texts / "procedures").iterdir())))
    changed.write_text(changed.read_text(encoding="utf-8") + "# đã sửa\n", encoding="utf-8")


def test_a_day_of_an_ordinary_kiosk_takes_less_than_100_kilobytes_of_a_bad_line_a_corrected_answer_included(
    line: BadLine, far_centre: RunningCentre, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    texts = some_texts(tmp_path / "nlu_data", 2)
    far_centre.publish(texts)
    box = Box(tmp_path / "box", "máy xa")
    on_the_box(line, box, far_centre, "enrol", far_centre.new_code(box.name))
    on_the_box(line, box, far_centre, "bundle")
    correct(texts)
    corrected = far_centre.publish(texts)
    line.count_anew()
    begun = time.monotonic()
    day = on_the_box(line, box, far_centre, "day")
    record_property("bytes", line.bytes)
    print(f"day: {line.bytes} bytes, {line.packets} packets, {line.dropped} lost, {time.monotonic() - begun:.0f} s")
    assert line.dropped > 0
    assert day["bundle"] == corrected.number
    assert line.bytes < DAY
    assert len(far_centre.tickets_of(box)) == 5
    with far_centre.database.reading() as session:
        kinds = sorted(row.kind for row in session.query(ReceivedRow))
    assert kinds == ["text", *["ticket"] * 5, "usage"]


BOXES = int(os.environ.get("MOTCUA_FLEET", "12"))
"""Fifty take minutes: docs/decisions/0098-a-box-from-answers.md has their figures."""
SHARED_BITS, SHARED_LOSS = 512_000, 0.05
"""What a province's boxes share when its line is bad."""


def test_boxes_that_all_come_back_at_once_get_through_with_fair_shares(
    line: BadLine, far_centre: RunningCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "bits", SHARED_BITS)
    monkeypatch.setattr(line, "loss", SHARED_LOSS)
    texts = some_texts(tmp_path / "nlu_data", 2)
    number = far_centre.publish(texts).number
    boxes = []
    for each in range(BOXES):
        name = f"box{each:02}"
        box = Box(tmp_path / "boxes" / name, name)
        keep_identity(box.settings, enrolled_without_a_line(far_centre, box))
        boxes.append(box)
    line.count_anew()
    told = over_there(line, "fleet_on_the_line.py", str(tmp_path / "boxes"))
    reported, bundled = sorted(told["reported"].values()), sorted(told["bundled"].values())
    fairness = sum(bundled) ** 2 / (len(bundled) * sum(one * one for one in bundled))
    print(
        f"{BOXES} boxes: reports after {median(reported):.1f} s, the last {reported[-1]:.1f} s; bundle after "
        f"{median(bundled):.1f} s, the last {bundled[-1]:.1f} s; Jain {fairness:.2f}; {line.bytes} bytes, "
        f"{line.dropped} lost"
    )
    assert len(reported) == len(bundled) == BOXES
    assert all(Applied.of(box.settings).number == number for box in boxes)
    assert {len(far_centre.tickets_of(box)) for box in boxes} == {1}
    assert fairness > 0.75
    assert reported[-1] < 5 * median(reported) + 10


def enrolled_without_a_line(centre: RunningCentre, box: Box) -> Identity:
    """As the box of a shop is prepared: enrolled beside the centre, then carried to its hall."""
    key, keys = code_key(centre.new_code(box.name)), Keys.kept(identity_folder(box.settings) / FIRST_KEYS)
    asked = Enrolment(lookup=lookup(key), public=keys.public.text, proof=box_proof(key, keys.public))
    answer = CentreStores(Installation(centre.settings)).enrolling.enrol(asked)
    return Identity(answer.kiosk, answer.name, centre.url, PublicKeys.from_text(answer.public))


def test_a_bundle_comes_over_a_bad_line_and_a_correction_costs_little(
    line: BadLine, far_centre: RunningCentre, tmp_path: Path
) -> None:
    texts = some_texts(tmp_path / "nlu_data", 4)
    number = far_centre.publish(texts).number
    box = Box(tmp_path / "box", "máy xa hơn")
    on_the_box(line, box, far_centre, "enrol", far_centre.new_code(box.name))
    line.count_anew()
    begun = time.monotonic()
    assert on_the_box(line, box, far_centre, "bundle")["bundle"] == number
    print(f"bundle: {line.bytes} bytes, {line.dropped} lost, {time.monotonic() - begun:.0f} s")
    correct(texts)
    corrected = far_centre.publish(texts)
    line.count_anew()
    assert on_the_box(line, box, far_centre, "bundle")["bundle"] == corrected.number
    print(f"correction: {corrected.new_bytes} bytes of pieces, {line.bytes} bytes on the line")
    assert line.bytes < 30_000
