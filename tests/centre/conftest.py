"""A centre of its own for each test, and an officer's browser without a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from officer_post import Sent
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from centre.digest import Digests
from centre.enrolment import Enrolling
from centre.health_history import HealthHistory
from centre.invitations import Invitations
from centre.kiosks import Kiosks
from centre.officers import Officers
from centre.open311.subscribers import Subscribers
from centre.orders import BoxOrders
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from centre.page.inbox import waiting_for
from centre.publishing import Shelf
from centre.views import Views
from installation.tables import migrate
from kiosk.protocol.keys import Keys
from runtime.clock import VIETNAM
from stores.audit import Audit
from stores.database import Database
from stores.limiter import Limiter, rules
from stores.out_of_service import OutOfService
from stores.sealing import Seal
from tickets.desk import Desk
from tickets.hours import promise
from tickets.reports import Reports
from tickets.store import TicketStore

PASSWORD = "một mật khẩu đủ dài"
START = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def migrated_centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("centre") / "motcua.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post() -> Sent:
    return Sent()


@pytest.fixture
def parts(tmp_path: Path, migrated_centre: Path, clock: Clock, post: Sent) -> Iterator[CentreParts]:
    shutil.copy(migrated_centre, tmp_path / "motcua.db")
    database, seal, keys = (
        Database(f"sqlite:///{tmp_path / 'motcua.db'}"),
        Seal(b"a secret of the tests"),
        Keys.generate(),
    )
    # Without Redis each process counts for itself.
    nobody = Redis(unix_socket_path="/nonexistent/redis.sock", retry=Retry(NoBackoff(), 0))
    officers = Officers(database, seal, clock)
    audit = Audit(database, seal, clock, tmp_path / "checkpoints")
    tickets = TicketStore(database, seal, clock, promise().due)
    yield CentreParts(
        officers=officers,
        invitations=Invitations(database, seal, officers, clock),
        kiosks=Kiosks(database, clock),
        enrolling=Enrolling(database, seal, keys, clock, audit),
        orders=BoxOrders(database, seal, audit, clock),
        health=HealthHistory(database, clock),
        shelf=Shelf(tmp_path / "bundles", keys, clock),
        tickets=tickets,
        desk=Desk(database, seal, clock, post),
        secure=False,
        clock=clock,
        limiter=Limiter(nobody, seal, rules()),
        out_of_service=OutOfService(database, clock, audit),
        recordings=tmp_path / "prompts",
        procedure_name={"1.001193": "Làm giấy khai sinh"}.get,
        address_of=lambda: str(request.remote_addr),
        subscribers=Subscribers(
            database, seal, Reports(database, seal, tickets, clock), clock, "https://one.door", may_be_plain=True
        ),
        views=Views(database, seal),
        digests=Digests(database, seal, clock, lambda _day: True, partial(waiting_for, tickets, ""), None),
    )
    database.close()


@pytest.fixture
def client(parts: CentreParts) -> FlaskClient:
    app = Flask("centre-test")
    app.register_blueprint(blueprint(parts))
    parts.officers.set("lan", PASSWORD)
    return app.test_client()


@pytest.fixture
def csrf(client: FlaskClient) -> Callable[..., str]:
    """Signs in and gives what forms must carry."""

    def sign_in(name: str = "lan", password: str = PASSWORD) -> str:
        response = client.post("/centre/sign-in", data={"name": name, "password": password})
        assert response.status_code == 303
        found = re.search(r'name="csrf_token" value="([\w-]+)"', client.get("/centre").text)
        assert found is not None
        return found[1]

    return sign_in


@pytest.fixture
def database(tmp_path: Path, parts: CentreParts) -> Iterator[Database]:
    """Beside the pages: the same one, for what a test puts into it."""
    found = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield found
    found.close()
