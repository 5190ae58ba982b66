"""``make chaos``: faults of every kind under load, and whether the books balance afterwards.

It writes docs/reliability.md. Citizens' messages come as the provider brings them, tried again until they are taken;
the provider's own journal says what each of them was answered. Beside that somebody asks one question after the other
at a kiosk, and ``/readyz`` is looked at. Real processes, real disks (a loop device that can be full, or fail), a clock
that jumps, names that are not resolved, PostgreSQL. Needs root, for a mount namespace of its own; what
the machine does not have is said in the page. ``--only`` runs the named faults.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1])]

import httpx  # noqa: E402 - the tests' folders must be on the path first
from host_network import why_no_network  # noqa: E402
from postgres_server import _binary, _run, why_no_postgres  # noqa: E402
from provider_process import ACCOUNT, ProviderProcess  # noqa: E402
from running_system import ROOT, TOKEN, RunningSystem, train_when_stale  # noqa: E402
from sms_citizens import QUESTIONS, Citizen, MessagesFromProvider  # noqa: E402
from sms_town import Town  # noqa: E402
from three_hosts import Balancer, Province, province, seconds_of_cut  # noqa: E402
from town_books import (  # noqa: E402
    Rows,
    is_whole,
    kill,
    opened,
    processes,
    still_open,
    wait_for,
)
from twilio.request_validator import RequestValidator  # noqa: E402

from benchmarks.machine import facts  # noqa: E402
from channels.sms.queue.states import IncomingState  # noqa: E402
from cli.processes import MODULES  # noqa: E402

SETTLED_SECONDS = 180.0
NAME = "provider.motcua.test"
DAY_SECONDS = 86_400
DISK_MEGABYTES = 160
KIOSK_QUESTION = "làm giấy khai sinh cần gì"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and how it ends."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None] = lambda: None
    asks_on_the_phone: bool = False
    hold: float | None = None


@dataclass
class Meanwhile:
    """What was seen while the fault lasted."""

    ready: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    answered: int = 0
    longest: float = 0.0
    steps: int = 0
    steps_answered: int = 0


@dataclass
class Outcome:
    """What came of one fault."""

    fault: str
    held: float = 0.0
    messages: int = 0
    tries: int = 0
    answered: int = 0
    lost: int = 0
    twice: int = 0
    known_twice: int = 0
    settled: float = 0.0
    meanwhile: Meanwhile = field(default_factory=Meanwhile)
    problem: str = ""

    @property
    def balances(self) -> bool:
        """Whether everybody who was taken got an answer, and nothing came twice but what the system says may have."""
        whole = self.answered == self.messages and not self.lost
        return not self.problem and whole and self.twice <= self.known_twice


class Watch:
    """Asks at a kiosk, looks at ``/readyz``, and calls, until it is stopped."""

    def __init__(self, system: RunningSystem, calls: bool) -> None:
        self.seen = Meanwhile()
        self._system = system
        self._over = threading.Event()
        work = [self._look, self._ask, *([self._call] * 4 if calls else [])]
        self._threads = [threading.Thread(target=one, daemon=True) for one in work]

    def __enter__(self) -> Meanwhile:
        for thread in self._threads:
            thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _look(self) -> None:
        while not self._over.wait(0.5):
            try:
                told = httpx.get(self._system.url + "/readyz", timeout=10, trust_env=False)
                self.seen.ready[str(told.status_code)] += 1
            except httpx.HTTPError:
                self.seen.ready["no answer"] += 1

    def _ask(self) -> None:
        while not self._over.wait(0.3):
            began = time.monotonic()
            self.seen.asked += 1
            with contextlib.suppress(httpx.HTTPError, AssertionError):
                self.seen.answered += "khai sinh" in self._system.say(KIOSK_QUESTION).text
            self.seen.longest = max(self.seen.longest, time.monotonic() - began)

    def _call(self) -> None:
        while not self._over.is_set():
            call, path = "CA" + secrets.token_hex(16), "/voice/twilio"
            for given in ({}, {"SpeechResult": KIOSK_QUESTION, "Confidence": "0.9"}, {"Digits": "2"}):
                if self._over.is_set():
                    return
                form = {"CallSid": call, "From": "+84900000177", "To": "+84900000999", "CallStatus": "in-progress"}
                form |= given
                address = path if path.startswith("http") else self._system.url + path
                signed = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(address, form)}
                self.seen.steps += 1
                with contextlib.suppress(httpx.HTTPError, ElementTree.ParseError):
                    told = httpx.post(address, data=form, headers=signed, timeout=15, trust_env=False)
                    root = ElementTree.fromstring(told.content)
                    gather = root.find("Gather")
                    path = gather.attrib["action"] if gather is not None else path
                    self.seen.steps_answered += told.status_code == 200 and len(root) > 0


class Chaos:
    """One town, and faults that befall it one after the other."""

    def __init__(self, town: Town, citizens: int, hold: float, say: Callable[[str], None]) -> None:
        self.town = town
        self._citizens = citizens
        self._hold = hold
        self._say = say
        self._numbers = iter(range(100_000, 999_999))
        self.expected: dict[str, list[str]] = {}

    def learn_answers(self) -> None:
        """What each question is answered when nothing is broken."""
        first = self._people(len(QUESTIONS))
        asyncio.run(self._bringing().bring(first, lambda *_: None))
        self._settle()
        taken = self.town.provider.taken()
        self.expected = {one.question: taken[one.phone] for one in first}

    def befall(self, fault: Fault) -> Outcome:
        """Break something amid messages, mend it, and look at the books."""
        outcome = Outcome(fault.name, messages=self._citizens)
        before = Rows.of(self.town.system)
        people, bringing = self._people(self._citizens), self._bringing()
        failed: list[str] = []

        def bring() -> None:
            try:
                asyncio.run(bringing.bring(people, lambda *_: None, in_flight=8))
            except AssertionError as error:
                failed.append(str(error))

        thread = threading.Thread(target=bring)
        thread.start()
        wait_for(lambda: bringing.progress.accepted >= self._citizens // 5, often=0.05)
        with Watch(self.town.system, fault.asks_on_the_phone) as outcome.meanwhile:
            began = time.monotonic()
            fault.begin()
            time.sleep(self._hold if fault.hold is None else fault.hold)
            outcome.held = time.monotonic() - began
        fault.end()
        mended = time.monotonic()
        thread.join()
        outcome.problem = "; ".join(failed)
        try:
            wait_for(self.town.system.is_ready, SETTLED_SECONDS)
            self._settle()
        except AssertionError:
            outcome.problem = f"{still_open(self._database())} messages still open after {SETTLED_SECONDS:.0f} s"
        outcome.settled = time.monotonic() - mended
        outcome.tries = bringing.progress.tries
        self._balance(outcome, people, before)
        self._say(f"{'balances' if outcome.balances else 'DOES NOT BALANCE'}: {outcome}")
        if not outcome.balances:
            self._say(self.town.system.log_text()[-20_000:])
        return outcome

    def _balance(self, outcome: Outcome, people: list[Citizen], before: Rows) -> None:
        after, taken = Rows.of(self.town.system), self.town.provider.taken()
        outcome.answered = (after.incoming - before.incoming)[IncomingState.ANSWERED]
        for one in people:
            told, wanted = list(dict.fromkeys(taken[one.phone])), self.expected[one.question]
            outcome.lost += not (told == wanted or (told and is_whole(told, wanted)))
            outcome.twice += len(taken[one.phone]) - len(told)
        outcome.known_twice = after.maybe_twice - before.maybe_twice

    def _settle(self) -> None:
        with opened(self.town.system) as database:
            wait_for(lambda: not any(still_open(database)), SETTLED_SECONDS)

    def _database(self) -> Any:
        with opened(self.town.system) as database:
            return database

    def _people(self, number: int) -> list[Citizen]:
        return [Citizen(f"+84900{next(self._numbers):06}", QUESTIONS[at % len(QUESTIONS)]) for at in range(number)]

    def _bringing(self) -> MessagesFromProvider:
        return MessagesFromProvider(self.town.system.url, self.town.system.token)


class AcrossHosts(Chaos):
    """Several hosts: messages come by a balancer, and the first one is asked at the kiosk meanwhile.

    Args:
        there: what runs.
        citizens: of each fault.
        say: takes a line.
    """

    def __init__(self, there: Province, citizens: int, say: Callable[[str], None] = print) -> None:
        super().__init__(Town(there.hosts[0], there.provider), citizens, 0.0, say)
        self._there = there
        self._balancer = Balancer(there.hosts)

    def __enter__(self) -> AcrossHosts:
        self._balancer.__enter__()
        return self

    def __exit__(self, *given: object) -> None:
        self._balancer.__exit__(*given)

    def cut_off(self, host: str, seconds: float) -> Fault:
        """A host without its cable, and with it again: it goes on where it was."""
        network = self._there.network
        assert network is not None
        name = "one of three hosts cut off, then healed"
        return Fault(name, lambda: network.cut(host), lambda: network.mend(host), hold=seconds)

    def leaders_killed(self) -> list[Fault]:
        """Of the database, whose standby is promoted, and of Redis, whose Sentinels choose another."""
        pair, group = self._there.pair, self._there.group
        assert pair is not None
        assert group is not None
        return [
            Fault("PostgreSQL's leader killed, its standby promoted", pair.kill_leader, pair.promote, hold=5.0),
            Fault("Redis' leader killed, another one chosen by three Sentinels", group.kill_leader, hold=8.0),
        ]

    def _bringing(self) -> MessagesFromProvider:
        system = self.town.system
        return MessagesFromProvider(system.url, system.token, lambda number: self._balancer.order(number)[0].url)


def send(system: RunningSystem, word: str, what: signal.Signals) -> None:
    """A signal to the processes of a system whose command line has a word."""
    for pid in processes(system, word):
        os.kill(pid, what)


def stopping(name: str, system: RunningSystem, word: str) -> Fault:
    """Stopped, not dead: connections stay open, and nobody answers."""
    return Fault(
        f"{name} stopped and continued",
        lambda: send(system, word, signal.SIGSTOP),
        lambda: send(system, word, signal.SIGCONT),
    )


def killing(name: str, system: RunningSystem, word: str, first: int = 0) -> Fault:
    """kill -9; the supervisor starts it again."""
    return Fault(f"{name} killed", lambda: kill(processes(system, word)[first:]))


@dataclass
class Disk:
    """A disk of its own, in a file."""

    folder: Path
    image: Path

    def make(self) -> None:
        with self.image.open("wb") as file:
            file.truncate(DISK_MEGABYTES * 2**20)
        _do("mkfs.ext4", "-q", "-m", "0", str(self.image))
        self.folder.mkdir()
        self.mount()

    def mount(self) -> None:
        _do("mount", "-o", "loop", str(self.image), str(self.folder))

    def unmount(self) -> None:
        _do("umount", str(self.folder))

    def fill(self) -> None:
        # Taken and not written: what is written would have to reach the disk before anything else does.
        for number, size in enumerate((2**20, 2**16, 2**12)):
            with (self.folder / f"filling-{number}").open("wb") as file, contextlib.suppress(OSError):
                for at in itertools.count():
                    os.posix_fallocate(file.fileno(), at * size, size)

    def empty(self) -> None:
        for file in self.folder.glob("filling-*"):
            file.unlink()

    def fail(self) -> None:
        """As the kernel does on an error of the disk: nothing is written any more, whatever is open."""
        _do("mount", "-o", "remount,abort", str(self.folder))

    def repair(self) -> None:
        self.unmount()
        subprocess.run(["fsck.ext4", "-fy", str(self.image)], check=False, capture_output=True)
        self.mount()


@dataclass
class Names:
    """``/etc/hosts`` of this namespace."""

    file: Path

    def make(self) -> None:
        self.known = Path("/etc/hosts").read_text(encoding="utf-8") + f"127.0.0.1 {NAME}\n"
        self.file.write_text(self.known, encoding="utf-8")
        _do("mount", "--bind", str(self.file), "/etc/hosts")

    def forget(self) -> None:
        self.file.write_text("127.0.0.1 localhost\n", encoding="utf-8")

    def know(self) -> None:
        self.file.write_text(self.known, encoding="utf-8")


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def a_town(folder: Path, data: Path, more: dict[str, str], host: str = "127.0.0.1") -> Iterator[Town]:
    """A system and its provider."""
    folder.mkdir(parents=True, exist_ok=True)
    provider = ProviderProcess(folder / "journal", TOKEN)
    provider.start()
    system = RunningSystem(data=data, log=folder / "log")
    system.settings = {
        "MOTCUA_SMS_LIMIT_SHORT": "0",
        "MOTCUA_SMS_LIMIT_DAY": "0",
        "MOTCUA_LIMITS": "calls_caller=0",
        "MOTCUA_SMS_TROUBLE_SECONDS": "900",
        "MOTCUA_LOG_LEVEL": "WARNING",
        "MOTCUA_TWILIO_ACCOUNT_SID": ACCOUNT,
        "MOTCUA_TWILIO_API_URL": provider.url.replace("127.0.0.1", host),
        "MOTCUA_TWILIO_PER_SECOND": "10000",
        "MOTCUA_SMS_REPLY_IN_WEBHOOK_SECONDS": "0",
        "MOTCUA_PUBLIC_URL": system.url,
        "MOTCUA_SPEECH_ENGINE": "none",
        **more,
    }
    try:
        system.start()
        yield Town(system, provider)
    finally:
        system.stop()
        provider.kill()


def locked(system: RunningSystem) -> Fault:
    """Somebody else writes to the database and does not end."""
    held: list[sqlite3.Connection] = []

    def begin() -> None:
        connection = sqlite3.connect(system.data / "motcua.db", isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA busy_timeout = 20000")
        connection.execute("BEGIN EXCLUSIVE")
        held.append(connection)

    def end() -> None:
        held[0].execute("ROLLBACK")
        held.pop().close()

    return Fault("database locked by somebody else", begin, end)


def on_one_disk(work: Path, run: Callable[[Town, list[Fault]], None]) -> None:
    """Processes, disk and names."""
    disk, names = Disk(work / "disk", work / "disk.img"), Names(work / "hosts")
    disk.make()
    names.make()
    try:
        with a_town(work / "one", disk.folder / "data", {}, NAME) as town:
            system = town.system

            def replaced() -> None:
                kill(processes(system, MODULES["core"]))

            def repaired() -> None:
                system.stop()
                disk.repair()
                system.start()

            run(
                town,
                [
                    Fault("disk full", disk.fill, disk.empty),
                    stopping("Redis", system, "valkey"),
                    Fault("core replaced during calls", replaced, asks_on_the_phone=True),
                    locked(system),
                    Fault("provider's name not resolved", names.forget, names.know),
                    killing("gateway's worker", system, MODULES["web"], 1),
                    killing("gateway", system, MODULES["web"]),
                    killing("worker", system, MODULES["worker"]),
                    killing("voice", system, MODULES["voice"]),
                    killing("Redis", system, "valkey"),
                    stopping("core", system, MODULES["core"]),
                    stopping("gateway", system, MODULES["web"]),
                    stopping("worker", system, MODULES["worker"]),
                    killing("core", system, MODULES["core"]),
                    Fault("disk fails and is read-only, then repaired and started anew", disk.fail, repaired),
                ],
            )
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            disk.unmount()


def on_another_clock(work: Path, run: Callable[[Town, list[Fault]], None]) -> None:
    """A clock that jumps under running processes; ``clock_offset.c`` says how."""
    clock, library = work / "clock", work / "clock_offset.so"
    clock.write_bytes(bytes(8))
    _do("cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(HERE.with_name("clock_offset.c")), "-ldl")

    def fault(name: str, seconds: int) -> Fault:
        return Fault(name, lambda: _set(clock, seconds), lambda: _set(clock, 0))

    # No setting of the system's: it would not know it.
    more = {"LD_PRELOAD": str(library), "MOTCUA_TEST_CLOCK": str(clock)}
    with a_town(work / "two", work / "two" / "data", more) as town:
        run(
            town,
            [
                fault("clock a day ahead, then right again", DAY_SECONDS),
                fault("clock a day behind, then right again", -DAY_SECONDS),
            ],
        )


def _set(clock: Path, seconds: int) -> None:
    with clock.open("r+b") as file:
        file.write(seconds.to_bytes(8, sys.byteorder, signed=True))


def on_postgres(work: Path, run: Callable[[Town, list[Fault]], None]) -> None:
    """A database server that is lost and started again."""
    from free_ports import free_port

    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    assert initdb is not None
    assert pg_ctl is not None
    folder, owner = Path(tempfile.mkdtemp(prefix="motcua-chaos-pg-")), "postgres" if os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner)
    data, port = folder / "data", free_port()
    _run([initdb, "-D", str(data), "-U", "motcua", "-A", "trust", "-E", "UTF8", "--no-sync"], folder, owner)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    start = [pg_ctl, "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"]
    stop = [pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop"]
    try:
        _run(start, folder, owner)
        more = {"MOTCUA_DATABASE_URL": f"postgresql+psycopg://motcua@127.0.0.1:{port}/postgres"}
        with a_town(work / "three", work / "three" / "data", more) as town:
            lost = Fault(
                "PostgreSQL lost and started again",
                lambda: _run(stop, folder, owner),
                lambda: _run(start, folder, owner),
            )
            run(town, [lost])
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(stop, folder, owner)
        shutil.rmtree(folder, ignore_errors=True)


def on_three_hosts(work: Path, citizens: int, words: list[str], note: Callable[[Outcome], None]) -> None:
    """Three application hosts in network namespaces: one without its cable for a minute; then leaders die.

    Those of the database and of Redis; others take over.
    """
    folder = work / "four"
    folder.mkdir()
    with (
        province(folder, doubled=True) as there,
        AcrossHosts(there, citizens, partial(print, flush=True)) as chaos,
    ):
        chaos.learn_answers()
        for fault in (chaos.cut_off("c", seconds_of_cut(60.0)), *chaos.leaders_killed()):
            if not words or any(word in fault.name for word in words):
                note(chaos.befall(fault))


HEAD = """# What faults do

*Written by `make chaos`; edit `tests/faults/chaos.py`.* Run on {when} UTC, {processor}, {cores} cores, load {load} when
this was written (other work shares the machine).

Each fault comes amid {citizens} text messages, which the provider brings again until they are taken, and is held for
the seconds said. The provider's own journal tells what each citizen was answered. **Lost** are those who did not get
their whole answer, **twice** are texts that came once more; the books balance when every message is answered, nobody is
lost, and no more came twice than the system's rows say may have. Meanwhile somebody asks one question after the other
at a kiosk, and `/readyz` is looked at twice a second.

"""
COLUMNS = (
    "fault",
    "held, s",
    "messages / tries",
    "answered",
    "lost",
    "twice",
    "`/readyz` meanwhile (times)",
    "questions answered meanwhile, longest",
    "all well again after, s",
    "books balance",
)


def page(outcomes: list[Outcome], not_run: list[str], citizens: int) -> str:
    """docs/reliability.md."""
    machine = facts()
    head = HEAD.format(
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        processor=machine["processor"],
        cores=machine["cores"],
        load=machine["load before"],
        citizens=citizens,
    )
    rows = [COLUMNS, ["---"] * len(COLUMNS), *map(_cells, outcomes)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    left = "\n".join(f"- {what}" for what in not_run or ["nothing"])
    return f"{head}{table}\n\nNot run:\n\n{left}\n"


def _cells(one: Outcome) -> list[str]:
    seen = one.meanwhile
    ready = ", ".join(f"{status} ({count})" for status, count in sorted(seen.ready.items())) or "-"
    phone = f"; calls {seen.steps_answered} of {seen.steps} steps" if seen.steps else ""
    return [
        one.fault,
        f"{one.held:.0f}",
        f"{one.messages} / {one.tries}",
        str(one.answered),
        str(one.lost),
        str(one.twice),
        ready,
        f"{seen.answered} of {seen.asked}, {seen.longest:.1f} s{phone}",
        f"{one.settled:.0f}",
        "yes" if one.balances else f"NO: {one.problem or 'see the figures'}",
    ]


def main() -> None:
    """Run all faults, or those that are named."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--citizens", type=int, default=60)
    options.add_argument("--hold", type=float, default=8.0)
    options.add_argument("--only", default="", help="words of the faults' names, with commas between")
    options.add_argument("--towns", default="disk,clock,postgres,hosts", help="which systems are broken")
    options.add_argument("--page", type=Path, default=None)
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if not given.inside:
        inside = ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv, "--inside"]
        sys.exit(subprocess.run(inside, check=False).returncode)
    words = [word.strip() for word in given.only.split(",") if word.strip()]
    outcomes: list[Outcome] = []
    not_run: list[str] = []
    train_when_stale(Path(tempfile.gettempdir()) / "motcua-chaos-train.lock")

    def run(town: Town, faults: list[Fault]) -> None:
        chaos = Chaos(town, given.citizens, given.hold, partial(print, flush=True))
        chaos.learn_answers()
        for fault in faults:
            if not words or any(word in fault.name for word in words):
                note(chaos.befall(fault))

    def note(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if given.page is not None:
            # What is known so far, should the next one take the machine along.
            given.page.write_text(page(outcomes, ["what came after this"], given.citizens), encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="motcua-chaos-", ignore_cleanup_errors=True) as scratch:
        work = Path(scratch)
        towns = given.towns.split(",")
        if "disk" in towns:
            on_one_disk(work, run)
        if "clock" not in towns:
            not_run.append("jumps of the clock")
        elif shutil.which("cc"):
            on_another_clock(work, run)
        else:
            not_run.append("jumps of the clock: there is no C compiler (Debian package gcc)")
        if "postgres" not in towns:
            not_run.append("PostgreSQL lost")
        elif _binary("pg_ctl"):
            on_postgres(work, run)
        else:
            not_run.append("PostgreSQL lost: it is not installed")
        if "hosts" not in towns:
            not_run.append("a host cut off")
        elif (reason := why_no_network() or why_no_postgres()) is not None:
            not_run.append(f"a host cut off: {reason}")
        else:
            on_three_hosts(work, given.citizens, words, note)
    if given.page is not None:
        given.page.write_text(page(outcomes, not_run, given.citizens), encoding="utf-8")
    sys.exit(0 if all(one.balances for one in outcomes) else 1)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
