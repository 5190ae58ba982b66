"""Two agencies with stores of their own, joined by their real addresses without a socket."""

from __future__ import annotations

import atexit
import io
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from flask import Flask
from PIL import Image

from centre.exchange.api import blueprint
from centre.exchange.desk import ExchangeDesk
from centre.exchange.line import Line
from channels import body_limit, errors
from contract.wording import wording_of
from installation.tables import migrate
from language import data
from runtime.clock import VIETNAM
from stores.audit import Audit
from stores.database import Database
from stores.sealing import Seal
from tickets.exchange.book import Book, NewCase, Upload
from tickets.exchange.outbox import Outbox
from tickets.exchange.papers import PaperFiles
from tickets.exchange.partners import Partners
from tickets.scanning import Scanner

COMMUNE, DEPARTMENT, STRANGER = "H15.50.05.13", "H15.07", "H15.99"
PDF = b"%PDF-1.4\n% one page\n%%EOF\n"
START = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


def photo(colour: str = "green") -> bytes:
    """A picture with a place and a name beside its pixels."""
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "a telephone of somebody"
    Image.new("RGB", (60, 40), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()


@cache
def _migrated() -> Path:
    path = Path(tempfile.mkdtemp(prefix="motcua-exchange-")) / "motcua.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    migrate(f"sqlite:///{path}")
    return path


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def on(self, **more: float) -> None:
        self.now += timedelta(**more)


@dataclass
class Agency:
    """One installation's exchange."""

    folder: Path
    code: str
    clock: Clock
    scanner: tuple[str, ...] = ()
    lines: dict[str, Flask] = field(default_factory=dict)
    """Who answers at which host."""
    is_down: bool = False
    tickets: Any = None
    url: str = ""
    """Of its database, which is empty; empty: SQLite in its folder."""

    def __post_init__(self) -> None:
        url = self.url or f"sqlite:///{self.folder / 'motcua.db'}"
        if self.url:
            migrate(url)
        else:
            shutil.copy(_migrated(), self.folder / "motcua.db")
        self.database, self.seal = Database(url), Seal(f"a secret of {self.code}".encode())
        self.audit = Audit(self.database, self.seal, self.clock, self.folder / "checkpoints")
        self.partners = Partners(self.database, self.seal, self.clock, self.audit)
        self.files = PaperFiles(self.folder / "exchange", self.seal, Scanner(self.scanner))
        self.book = Book(
            self.database, self.seal, self.clock, self.partners, self.files, self.code, self.audit, self.tickets
        )
        self.outbox = Outbox(self.database, self.seal, self.clock, chance=lambda: 1.0)
        self.desk = ExchangeDesk(
            self.book, self.outbox, f"Cơ quan {self.code}", wording_of(data.folder()).room("exchange"), self.clock
        )
        self.app = Flask(self.code)
        body_limit.register(self.app)
        errors.register(self.app)
        self.app.register_blueprint(blueprint(self.book, f"Cơ quan {self.code}"))
        self.line = Line(self.outbox, self.partners, self.files, self.client)

    def client(self) -> httpx.Client:
        """A client that reaches the others without a socket; those that are down refuse the connection."""
        return httpx.Client(transport=_Wires(self.lines), trust_env=False)

    def knows(self, other: Agency, *, line: bool = True) -> None:
        """Have another agency as a partner."""
        address = f"http://localhost/{other.code}" if line else ""
        self.partners.put(other.code, f"Cơ quan {other.code}", address, other.partners.public_keys(), "lan")
        self.lines[other.code] = other.app
        self.lines[f"{other.code} down"] = other  # type: ignore[assignment]

    def send(self, to: Agency, *papers: bytes, ticket: str | None = None, key: str = "form 1") -> str:
        """Begin a case."""
        new = NewCase(to.code, "Xác minh giấy tờ đất", "Đề nghị quý cơ quan xác minh.", 5, "1.012345", "", ticket)
        ready = self.book.ready([Upload(f"giấy {n}.pdf", one) for n, one in enumerate(papers, 1)])
        return self.book.send(new, ready, "lan", key)

    def act(self, case: str, step: Any, words: str = "", *papers: bytes, key: str = "") -> None:
        """One step."""
        ready = self.book.ready([Upload("kết quả.pdf", one) for one in papers])
        self.book.act(case, step, "minh", words, ready, key or f"{step} {words}")

    def all_bytes(self) -> bytes:
        """Everything in its folder."""
        self.database.drop_log()
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


class _Wires(httpx.BaseTransport):
    def __init__(self, lines: dict[str, Any]) -> None:
        self._lines = lines

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        code, _, path = request.url.path.removeprefix("/").partition("/")
        if self._lines[f"{code} down"].is_down:
            raise httpx.ConnectError("refused")
        headers = {name: value for name, value in request.headers.items() if name.lower().startswith("webhook")}
        answer = (
            self._lines[code]
            .test_client()
            .open(
                f"/{path}",
                method=request.method,
                data=request.read(),
                headers=headers,
                content_type=request.headers.get("content-type"),
            )
        )
        return httpx.Response(answer.status_code, content=answer.data)


def two(
    folder: Path, clock: Callable[[], Clock] = Clock, urls: Mapping[str, str] = MappingProxyType({})
) -> tuple[Agency, Agency, Clock]:
    """A commune and a department that know each other.

    Args:
        folder: for both.
        clock: of both.
        urls: of databases, by agency; SQLite for whoever is not in it.
    """
    time = clock()
    agencies = []
    for code in (COMMUNE, DEPARTMENT):
        (folder / code).mkdir()
        agencies.append(Agency(folder / code, code, time, url=urls.get(code, "")))
    commune, department = agencies
    commune.knows(department)
    department.knows(commune)
    return commune, department, time


def carry(*agencies: Agency) -> None:
    """Let every line run until nothing moves."""
    while any(one.line.step() for one in agencies):
        pass
