"""A slip of an editor in a running installation: the last good version answers, and all are told where it is."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from running_system import ROOT, RunningSystem

from assistant.model import model_path

pytestmark = pytest.mark.xdist_group("a system of broken files")

FEE, KNOWN = "lệ phí đăng ký kết hôn", "một người đăng ký được mấy hộ kinh doanh"
WRITTEN = "kết hôn có cần giấy khám sức khỏe không"
BREAKS = {
    # A field nobody knows, a text that never ends, a value of another kind.
    "procedures/1.000894.yml": ("short_name:", "short_nme:", "short_nme"),
    "knowledge/business.yml": ("  - id: business.one_each", '  - id: "business.one_each', ""),
    "question_answers/civil_status.yml": ("  - kind: who_may", "  - kind: who_mai", "entries[1].kind"),
}


@pytest.fixture(scope="module")
def running(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    folder = tmp_path_factory.mktemp("broken files")
    shutil.copytree(ROOT / "nlu_data", folder / "nlu_data")
    settings = {"MOTCUA_NLU_DATA": str(folder / "nlu_data"), "MOTCUA_MODEL": str(model_path())}
    system = RunningSystem(data=folder / "data", log=folder / "log", settings=settings)
    system.start()
    try:
        yield system
    finally:
        system.stop()


def mistakes_told(system: RunningSystem) -> list[str]:
    ready = httpx.get(f"{system.url}/readyz", timeout=30, trust_env=False)
    assert ready.status_code == 200
    told: list[str] = ready.json()["others"]["catalogue"].get("details", [])
    return told


def until(holds: Callable[[], bool]) -> None:
    """A changed file is noticed within a second."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_broken_line_takes_no_answer_off_the_air_and_is_told_by_file_line_and_field(
    running: RunningSystem, tmp_path: Path
) -> None:
    asked = (FEE, KNOWN, WRITTEN)
    before = [running.say(text).text for text in asked]
    assert "hộ kinh doanh" in before[1]
    assert "Không cần" in before[2]
    assert mistakes_told(running) == []

    nlu_data = Path(running.settings["MOTCUA_NLU_DATA"])
    whole = {name: (nlu_data / name).read_text(encoding="utf-8") for name in BREAKS}
    for name, (right, wrong, _) in BREAKS.items():
        assert right in whole[name]
        (nlu_data / name).write_text(whole[name].replace(right, wrong, 1), encoding="utf-8")

    for restarted in (False, True):
        if restarted:
            # What was right before it is still known.
            running.stop()
            running.start()
        until(lambda: len({line.partition(",")[0] for line in mistakes_told(running)}) == len(BREAKS))
        assert [running.say(text).text for text in asked] == before
        by_terminal = running.cli("catalogue", "check").stdout.decode()
        for told in ("\n".join(mistakes_told(running)), by_terminal):
            for name, (_, _, field) in BREAKS.items():
                lines = [line for line in told.splitlines() if Path(name).name in line and field in line]
                assert any("line " in line for line in lines), name
        figures = httpx.get(f"{running.url}/metrics", timeout=30, trust_env=False).text
        (count,) = [line.split()[1] for line in figures.splitlines() if line.startswith("motcua_catalogue_mistakes ")]
        assert float(count) >= len(BREAKS)

    broken = tmp_path / "list.json"
    broken.write_text(json.dumps([{"code": "9.000001", "name": "Nuôi ong", "methods": "?", "levels": []}]))
    told = json.loads(running.cli("catalogue", "import", str(broken), "--json").stdout)
    assert (told["imported"], told["updated"]) == ([], [])
    assert "agency" in json.dumps(told["skipped"])
    assert [running.say(text).text for text in asked] == before

    for name, text in whole.items():
        (nlu_data / name).write_text(text, encoding="utf-8")
    until(lambda: mistakes_told(running) == [])
