"""Kiosk and centre as two hosts, 32 kbit/s and every fifth packet lost between them; a day's bytes on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_line import BadLine, can_be_made
from running_system import ROOT, without_settings
from sync_places import Box, RunningCentre

from centre.tables import ReceivedRow
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
    script = Path(__file__).with_name("day_on_the_line.py")
    command = ["ip", "netns", "exec", line.box.namespace, sys.executable, str(script)]
    result = subprocess.run(
        [*command, str(box.folder), box.name, centre.url, code, what],
        cwd=ROOT,
        env={**without_settings(), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{Path(__file__).parent}"},
        capture_output=True,
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode()[-3000:]
    return dict(json.loads(result.stdout or b"{}"))


def test_a_day_of_an_ordinary_kiosk_takes_less_than_100_kilobytes_of_a_bad_line(
    line: BadLine, far_centre: RunningCentre, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    box = Box(tmp_path / "box", "máy xa")
    on_the_box(line, box, far_centre, "enrol", far_centre.new_code(box.name))
    line.count_anew()
    begun = time.monotonic()
    on_the_box(line, box, far_centre, "day")
    record_property("bytes", line.bytes)
    print(f"day: {line.bytes} bytes, {line.packets} packets, {line.dropped} lost, {time.monotonic() - begun:.0f} s")
    assert line.dropped > 0
    assert line.bytes < DAY
    assert len(far_centre.tickets_of(box)) == 5
    with far_centre.database.reading() as session:
        kinds = sorted(row.kind for row in session.query(ReceivedRow))
    assert kinds == ["text", *["ticket"] * 5, "usage"]


def test_a_bundle_comes_over_a_bad_line_and_a_correction_costs_little(
    line: BadLine, far_centre: RunningCentre, tmp_path: Path
) -> None:
    texts = tmp_path / "nlu_data"
    (texts / "procedures").mkdir(parents=True)
    for path in sorted((ROOT / "nlu_data" / "procedures").glob("*.yml"))[:4]:
        (texts / "procedures" / path.name).write_bytes(path.read_bytes())
    number = far_centre.publish(texts).number
    box = Box(tmp_path / "box", "máy xa hơn")
    on_the_box(line, box, far_centre, "enrol", far_centre.new_code(box.name))
    line.count_anew()
    begun = time.monotonic()
    assert on_the_box(line, box, far_centre, "bundle")["bundle"] == number
    print(f"bundle: {line.bytes} bytes, {line.dropped} lost, {time.monotonic() - begun:.0f} s")
    changed = next(iter(sorted((texts / "procedures").iterdir())))
    changed.write_text(changed.read_text(encoding="utf-8") + "# đã sửa\n", encoding="utf-8")
    corrected = far_centre.publish(texts)
    line.count_anew()
    assert on_the_box(line, box, far_centre, "bundle")["bundle"] == corrected.number
    print(f"correction: {corrected.new_bytes} bytes of pieces, {line.bytes} bytes on the line")
    assert line.bytes < 30_000
