"""A centre as it runs, and boxes that speak to it: what tests of the sync share."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from free_ports import free_port
from running_system import ROOT, without_settings

from centre.keys import centre_keys
from centre.kiosks import Kiosks
from centre.publishing import Ingredients, Published, Shelf
from installation.centre import CentreStores
from installation.kiosk import sync_service as make_sync_service
from installation.root import Installation
from installation.tables import migrate
from kiosk.centre_link.identity import Identity
from kiosk.crash_points import Step, no_step
from kiosk.sync.enrolling import enrol
from kiosk.sync.sync_service import SyncService
from runtime.clock import now
from runtime.settings import Settings
from stores.database import Database
from stores.redis_server import RedisServer
from stores.sealing import Seal
from tickets.store import TicketStore
from tickets.ticket import Draft, Ticket, TicketKind

SECRET = "a secret of the tests"
PHONE = "+84900000123"


@dataclass
class RunningCentre:
    """The real gateway of a centre, without a core: kiosks need none."""

    folder: Path
    redis: RedisServer
    host: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()
    """Put before the command: to run it in a network namespace."""
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    settings: Settings = field(init=False)
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder, secret_key=SECRET, redis_url=self.redis.url)
        migrate(self.settings.effective_database_url)
        self.database = Database(self.settings.effective_database_url)
        self.port = self.port or free_port()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        environment = {
            **without_settings(),
            "PYTHONPATH": str(ROOT),
            "MOTCUA_HOST": self.host,
            "MOTCUA_PORT": str(self.port),
            "MOTCUA_DATA_DIR": str(self.folder),
            "MOTCUA_SECRET_KEY": SECRET,
            "MOTCUA_REDIS_URL": self.redis.url,
            "MOTCUA_TWILIO_AUTH_TOKEN": "a token of the tests",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "cli.web_process"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 90
        while b"Listening at" not in (self.folder / "log").read_bytes():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "the gateway did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def enrolled(self, folder: Path, url: str | None = None) -> Box:
        name = f"máy {secrets.token_hex(4)}"
        code = self.new_code(name)
        box = Box(folder, name)
        box.identity = enrol(box.settings, url or self.url, code)
        return box

    def new_code(self, name: str) -> str:
        """A one-time code for a new kiosk."""
        return CentreStores(Installation(self.settings)).enrolling.new_code(name)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.folder / "bundles", centre_keys(self.settings), now)

    @property
    def kiosks(self) -> Kiosks:
        return Kiosks(self.database, now)

    def publish(
        self, texts: Path, settings: Path | None = None, database: bool = False, *, urgent: bool = False
    ) -> Published:
        given = Ingredients(self.database if database else None, texts, None, None, settings)
        return self.shelf.publish(given, urgent=urgent)

    def tickets_of(self, box: Box) -> list[Ticket]:
        store = TicketStore(self.database, Seal(SECRET.encode()), now)
        return [ticket for ticket in store.find(limit=10_000) if ticket.draft.origin == box.name]


@dataclass
class Box:
    """A kiosk's data folder, and what its processes do with it."""

    folder: Path
    name: str
    identity: Identity = field(init=False)
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder, secret_key="a secret of the box", kiosk_name=self.name)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "motcua.db").exists():
            shutil.copy(_migrated(), self.folder / "motcua.db")

    @property
    def database(self) -> Database:
        return Database(self.settings.effective_database_url)

    @property
    def tickets(self) -> TicketStore:
        return TicketStore(self.database, Seal(b"a secret of the box"), now)

    def report(self, key: str, words: str = "đường vào xóm bị sạt") -> Ticket:
        return self.tickets.add(
            Draft(key, TicketKind.REPORT, "kiosk", PHONE, words, "xóm 3", origin=self.name, created_at=now())
        )

    def sync_service(
        self,
        trouble: Callable[[], str | None] = lambda: None,
        step: Step = no_step,
        restart: Callable[[], None] = lambda: None,
        is_idle: Callable[[], bool] = lambda: True,
    ) -> SyncService:
        return make_sync_service(
            Installation(self.settings),
            self.identity,
            renew=lambda: None,
            restart=restart,
            is_idle=is_idle,
            trouble=trouble,
            step=step,
        )

    def sync(self, trouble: Callable[[], str | None] = lambda: None, step: Step = no_step) -> None:
        sync_service = self.sync_service(trouble, step)
        try:
            sync_service.settle()
            sync_service.exchange()
            sync_service.talk()
        finally:
            sync_service.close()

    def killed_at(self, step: str, time: int = 1, trouble: str = "") -> int:
        """Sync in a process of its own that kills itself, as kill -9 does, when a step is done; its exit status."""
        process = get_context("fork").Process(target=die_at, args=(self, step, time, trouble))
        process.start()
        process.join(120)
        assert process.exitcode in {0, -signal.SIGKILL}
        return process.exitcode


def die_at(box: Box, fatal: str, count: int, trouble: str) -> None:
    """A box's sync that dies as by kill -9 when a named step has been done for the n-th time."""
    left = count

    def step(done: str) -> None:
        nonlocal left
        if done == fatal:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    box.sync(lambda: trouble or None, step)


class CuttingProxy:
    """Passes connections on and spoils those that ``cut`` names: request or answer break off, or a bit is another."""

    def __init__(self, port: int, cut: Callable[[int], str]) -> None:
        self._target = port
        self._cut = cut
        self._count = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self._count += 1
            threading.Thread(target=self._pass, args=(client, self._cut(self._count)), daemon=True).start()

    def _pass(self, client: socket.socket, cut: str) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as centre:
            client.settimeout(5)
            centre.settimeout(20)
            request = client.recv(65536)
            while not _whole(request):
                request += client.recv(65536)
            if cut == "request":
                centre.sendall(request[:-10])
                return
            centre.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = b""
            while some := centre.recv(65536):
                answer += some
            if cut == "flip":
                answer = answer[:-1] + bytes([answer[-1] ^ 1])
            client.sendall(answer[: len(answer) // 2] if cut == "answer" else answer)

    def close(self) -> None:
        self._server.close()


class TlsEntrance:
    """What stands before a centre on the internet: a server with a certificate that passes everything on.

    Args:
        port: of the centre.
        folder: certificate and key are written there.
        name: whom the certificate is for.
        days: the certificate holds from the first of these days, counted from today, to the second.
    """

    def __init__(self, port: int, folder: Path, name: str, days: tuple[int, int]) -> None:
        self._target = port
        self.authority = folder / "certificate.pem"
        self.authority.write_bytes(_certificate(name, days))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority)
        self._server = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.url = f"https://localhost:{self._server.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except ssl.SSLError:
                # The box did not like the certificate.
                continue
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as centre:
            client.settimeout(20)
            request = client.recv(65536)
            while not _whole(request):
                request += client.recv(65536)
            centre.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            while some := centre.recv(65536):
                client.sendall(some)

    def close(self) -> None:
        self._server.close()


def _whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end) and len(body) >= (int(lengths[0].split(b":")[1]) if lengths else 0)


def _certificate(name: str, days: tuple[int, int]) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() + timedelta(days=days[0]))
        .not_valid_after(now() + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


@cache
def _migrated() -> Path:
    """An empty database with its tables; copying it is quicker than making them anew."""
    file = Path(tempfile.mkdtemp(prefix="motcua-tests-")) / "motcua.db"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    migrate(f"sqlite:///{file}")
    return file


def get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=30, trust_env=False)


def is_root() -> bool:
    return os.geteuid() == 0
