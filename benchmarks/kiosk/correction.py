"""``python -m benchmarks.kiosk.correction``: an answer is corrected at the centre while people stand at its boxes."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console

from assistant.model import is_stale, model_path
from benchmarks import machine
from benchmarks.__main__ import RESULTS
from benchmarks.figures import Figure, Results, Target, percentile
from benchmarks.kiosk.box import START_SECONDS, Box
from benchmarks.kiosk.visits import QUESTIONS
from benchmarks.processes import HOST, NLU_DATA, ROOT, PortTaken, Process, ProcessFailed, check_port
from benchmarks.table import console_for_people, show
from installation.renewed_gateway import GRACE_SECONDS

CORRECTED: Final = "procedures/1.001193.yml"
WORDS: Final = "Tờ khai đăng ký khai sinh"
QUESTION: Final = "đăng ký khai sinh cần giấy tờ gì"
"""Its answer names the paper of :data:`WORDS`."""
PROMISED_SECONDS: Final = 300.0
GIVEN_UP_SECONDS: Final = 900.0
AFTERWARDS_SECONDS: Final = GRACE_SECONDS + 5.0
"""What was answered with before is given back a minute after the change; that is still part of it."""
PAUSE_SECONDS: Final = 0.25
"""Between an answer and the next question at one box: more than any visitor asks."""


@dataclass(frozen=True)
class Asked:
    """One request of a visitor."""

    at: float
    """When it was sent, by ``time.monotonic``."""
    seconds: float
    is_turn: bool
    text: str | None
    """What came back; None where nothing did, or no answer."""


class Visitor(threading.Thread):
    """People at one box, one after the other, who ask without end and open the page anew each time."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.asked: list[Asked] = []
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._over = threading.Event()

    def run(self) -> None:
        """Ask until :meth:`leave`."""
        for question in itertools.cycle((QUESTION, *QUESTIONS)):
            if self._over.is_set():
                return
            visit = str(uuid.uuid4())
            self._ask("GET", "/kiosk/api/setup")
            self._ask("POST", "/kiosk/api/turn", {"visit": visit, "text": question})
            self._ask("POST", "/kiosk/api/end", {"visit": visit})
            self._over.wait(PAUSE_SECONDS)

    def leave(self) -> None:
        """Ask no more."""
        self._over.set()
        self.join()
        self._client.close()

    def since(self, begun: float) -> list[Asked]:
        """What was asked from a moment on."""
        return [one for one in self.asked if one.at >= begun]

    def told_at(self, words: str) -> float | None:
        """When an answer first held some words."""
        return next((one.at + one.seconds for one in list(self.asked) if one.text and words in one.text), None)

    def _ask(self, method: str, path: str, body: object = None) -> None:
        at = time.monotonic()
        try:
            answer = self._client.request(method, path, json=body)
            text = answer.text if answer.status_code == httpx.codes.OK else None
        except httpx.HTTPError:
            text = None
        self.asked.append(Asked(at, time.monotonic() - at, path.endswith("/turn"), text))


class Centre:
    """A centre with texts of its own, which can be corrected."""

    def __init__(self, port: int, folder: Path) -> None:
        check_port(port)
        self.url = f"http://{HOST}:{port}"
        data, self._texts = folder / "data", folder / "nlu_data"
        shutil.copytree(NLU_DATA, self._texts)
        # Of the same data and the same program, so that nobody needs to train it once more.
        (data / "models").mkdir(parents=True)
        shutil.copy(model_path(), data / "models")
        self._settings = {
            "MOTCUA_DATA_DIR": str(data),
            "MOTCUA_NLU_DATA": str(self._texts),
            "MOTCUA_SECRET_KEY": secrets.token_hex(16),
            "MOTCUA_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "cli.main", "up", "--only", "web", "--port", str(port)]
        self._process = Process(command, self._settings, folder / "centre.log")
        _wait(self._process, f"{self.url}/healthz")

    def command(self, *words: str) -> str:
        """What a command at the centre prints."""
        return _command(self._settings, *words)

    def correct(self, words: str) -> None:
        """Put other words into an answer, and publish it."""
        record, told = self._texts / CORRECTED, f"{WORDS} ("
        text = (NLU_DATA / CORRECTED).read_text(encoding="utf-8")
        if WORDS not in text:
            raise ProcessFailed(f"{CORRECTED} no longer names “{WORDS}”")
        record.write_text(text.replace(WORDS, f"{told}{words})"), encoding="utf-8")
        self.command("centre", "publish")

    def stop(self) -> None:
        """Stop it."""
        self._process.stop()


def main(
    boxes: Annotated[int, typer.Option(help="How many boxes the centre has.", min=1, max=8)] = 2,
    before: Annotated[int, typer.Option(help="Seconds of visits before anything changes.", min=10)] = 30,
    port: Annotated[int, typer.Option(help="First of free ports on loopback: two, and two a box.")] = 18380,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure how soon every box tells an answer that was corrected at the centre, and what its visitors notice."""
    console = console_for_people()
    found = Results(machine.facts(), quick=before < 30)
    try:
        if is_stale():
            raise ProcessFailed("no model of the present data: run `motcua train` first")
        with tempfile.TemporaryDirectory(prefix="motcua-correction-") as scratch:
            _measure(found, Path(scratch), port, boxes, before, console)
    except (PortTaken, ProcessFailed) as failure:
        console.print(f"[red]{failure}[/red]", markup=True)
        raise typer.Exit(1) from None
    show(found, console)
    console.print(f"written: {found.write(results / 'kiosk', datetime.now().astimezone())}")


def _measure(found: Results, scratch: Path, port: int, boxes: int, before: int, console: Console) -> None:
    def tell(what: str) -> None:
        # Minutes pass: nobody waits for the end to see what is there already.
        console.print(f"{datetime.now():%H:%M:%S} {what}", style="dim")

    tell("the centre starts")
    centre = Centre(port, scratch / "centre")
    standing: list[Box] = []
    try:
        tell("the boxes start")
        for number in range(boxes):
            standing.append(_box(centre, port + 2 + 2 * number, scratch / f"box{number}"))
        for box in standing:
            box.wait_until_ready()
        visitors = [Visitor(box.url) for box in standing]
        for visitor in visitors:
            visitor.start()
        tell("the first bundle")
        # It brings everything, the model, too; what is measured is the second.
        centre.correct("bản một")
        _wait_until_told(visitors, "bản một")
        tell("every box has it; until what it took is given back")
        time.sleep(AFTERWARDS_SECONDS)
        quiet = time.monotonic()
        time.sleep(before)
        memory = [box.memory()[0] for box in standing]
        tell("the correction")
        corrected = time.monotonic()
        centre.correct("bản hai")
        told = [at - corrected for at in _wait_until_told(visitors, "bản hai")]
        tell("told after " + ", ".join(f"{seconds:.0f} s" for seconds in told))
        most = [box.memory()[0] for box in standing]
        time.sleep(AFTERWARDS_SECONDS)
        for visitor in visitors:
            visitor.leave()
    finally:
        for box in standing:
            box.stop()
        centre.stop()
    calm = [one for visitor in visitors for one in visitor.since(quiet) if one.at < corrected]
    during = [one for visitor in visitors for one in visitor.since(corrected)]
    found.notes.append(
        f"{boxes} boxes; {len(_turns(during))} turns while the answer changed, {len(_turns(calm))} before."
    )
    found.figures += [
        Figure("turn before, p99", "s", (percentile(_turns(calm), 0.99),)),
        Figure("turn meanwhile, median", "s", (percentile(_turns(during), 0.5),)),
        Figure("turn meanwhile, longest", "s", (max(_turns(during)),)),
        Figure("memory of a box before (PSS)", "MB", tuple(memory)),
        Figure("memory of a box with both loaded (PSS)", "MB", tuple(most)),
    ]
    unanswered = sum(one.text is None for one in during)
    gone_back = sum(_gone_back(visitor) for visitor in visitors)
    found.targets += [
        Target("corrected at the centre to told by every box", PROMISED_SECONDS, max(told), "s", False),
        Target("turn meanwhile, p99", 1.0, percentile(_turns(during), 0.99), "s", False),
        Target("requests unanswered meanwhile", 0, unanswered, "", False),
        Target("answers of before after the corrected one", 0, gone_back, "", False),
    ]


def _turns(asked: Sequence[Asked]) -> list[float]:
    return [one.seconds for one in asked if one.is_turn]


def _gone_back(visitor: Visitor) -> int:
    """How often a box told the older words once it had told the newer ones."""
    told = visitor.told_at("bản hai")
    return sum("bản một" in (one.text or "") for one in visitor.since(told)) if told is not None else 0


def _box(centre: Centre, port: int, folder: Path) -> Box:
    """Enrolled as an operator does it, then started."""
    folder.mkdir()
    code = centre.command("centre", "kiosk", "add", f"máy {port}").splitlines()[0].strip()
    secret = secrets.token_hex(16)
    own = {"MOTCUA_DATA_DIR": str(folder / "data"), "MOTCUA_SECRET_KEY": secret}
    _command(own, "kiosk", "enrol", "--centre", centre.url, "--code", code)
    # Its visitors ask more than people do.
    limits = "kiosk_turns_visit=0,kiosk_requests_address=0"
    return Box(port, folder, "none", {"SECRET_KEY": secret, "LIMITS": limits})


def _wait_until_told(visitors: Sequence[Visitor], words: str) -> list[float]:
    """The moments at which each box first told some words."""
    deadline = time.monotonic() + GIVEN_UP_SECONDS
    while time.monotonic() < deadline:
        told = [at for visitor in visitors if (at := visitor.told_at(words)) is not None]
        if len(told) == len(visitors):
            return told
        time.sleep(0.5)
    raise ProcessFailed(f"not every box told “{words}” within {GIVEN_UP_SECONDS:.0f} s")


def _wait(process: Process, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        process.check()
        try:
            if httpx.get(url, timeout=5, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise ProcessFailed(f"{url} never answered")


def _command(settings: dict[str, str], *words: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProcessFailed(f"motcua {' '.join(words[:3])}: {done.stdout}{done.stderr}"[-2000:])
    return done.stdout


if __name__ == "__main__":
    typer.run(main)
