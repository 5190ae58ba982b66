"""A source pushes a change: over HTTP, once, and whoever follows hears of it at once."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from test_dossier_following import CODE, SEAL, Town
from werkzeug.test import TestResponse

from actions.backends.pushing import AWAITED_FOR, Pushes, Sender
from actions.dossiers.model import DossierStatus
from channels import errors
from channels.dossier_push import blueprint
from channels.sms.citizens.citizen import Citizen
from channels.sms.notices.following import Following
from stores.database import Database
from stores.redis_server import RedisServer
from stores.standard_webhooks import sign

KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
PROVINCE = Sender("province", ("H15",), KEY)


class PushedTown(Town):
    """The town, whose source pushes."""

    def __init__(self, database: Database, redis: Redis) -> None:
        super().__init__(database)
        self.pushes = Pushes(redis, SEAL, [PROVINCE], lambda: self.now)
        self.outdated: list[str] = []
        self.following = Following(
            database,
            SEAL,
            self,
            self.consents,
            self,  # type: ignore[arg-type]
            lambda dossier, language, reminder: f"{dossier.status:d}",
            self,
            lambda outcome, language: type(outcome).__name__,
            lambda session, person: None,
            lambda: self.now,
            self.pushes,
        )

    def outdate(self, code: str) -> None:
        self.outdated.append(code)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def town(tmp_path: Path, store: RedisServer) -> Iterator[PushedTown]:
    database = Database(f"sqlite:///{tmp_path}/f.db")
    database.migrate()
    with Redis.from_url(store.url, decode_responses=True) as redis:
        redis.flushall()
        town = PushedTown(database, redis)
        owner = Citizen.of("0900000124", SEAL)
        assert owner is not None
        town.begin(f"person:{owner.person}")
        yield town
    database.close()


@pytest.fixture
def door(town: PushedTown) -> FlaskClient:
    app = Flask(__name__)
    errors.register(app)
    app.register_blueprint(blueprint(town.pushes, town.following))
    return app.test_client()


Push = Callable[..., TestResponse]


@pytest.fixture
def push(town: PushedTown, door: FlaskClient) -> Push:
    def pushed(
        code: str = CODE, *, id: str = "msg_1", at: datetime | None = None, body: bytes | None = None, key: bytes = KEY
    ) -> TestResponse:
        sent = body if body is not None else json.dumps({"type": "dossier.changed", "data": {"code": code}}).encode()
        moment = int((at or town.now).timestamp())
        return door.post(
            "/dossiers/changed",
            data=sent,
            headers={
                "webhook-id": id,
                "webhook-timestamp": str(moment),
                "webhook-signature": sign(key, id, moment, sent),
                "content-type": "application/json",
            },
        )

    return pushed


def told(answer: TestResponse) -> tuple[int, Any]:
    content = answer.get_json()
    return answer.status_code, content.get("repeated", content.get("error", {}).get("code"))


def test_a_pushed_change_is_told_at_once_and_once(town: PushedTown, push: Push) -> None:
    town.becomes(DossierStatus.PAYMENT_DUE)
    assert town.later(minutes=5) == 0
    assert told(push()) == (200, False)
    assert town.outdated == [CODE]
    assert town.following.step() == 1
    assert told(push()) == (200, True)
    assert told(push(id="msg_2")) == (200, False)
    assert town.following.step() == 0
    assert [notice.text for notice in town.sent] == ["6"]


def test_a_change_that_the_source_does_not_show_yet_is_looked_for_again(town: PushedTown, push: Push) -> None:
    push()
    assert town.following.step() == 0
    town.becomes(DossierStatus.READY)
    assert town.later(minutes=10) == 0
    assert town.later(minutes=6) == 1


def test_where_a_source_pushes_it_is_asked_once_a_day(town: PushedTown, push: Push) -> None:
    push()
    town.becomes(DossierStatus.PAYMENT_DUE)
    town.following.step()
    asked = town.asked
    for _ in range(23):
        town.later(hours=1)
    assert town.asked == asked
    town.later(hours=2)
    assert town.asked == asked + 1
    assert timedelta(hours=6) == AWAITED_FOR


def test_whether_anybody_follows_is_not_told(push: Push) -> None:
    assert told(push("H15.50.05.21-261123-9101")) == (200, False)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"key": b"another key of thirty two bytes!"}, (401, "unsigned")),
        ({"at": datetime.fromisoformat("2026-11-16T08:00:00+07:00")}, (401, "too_old")),
        ({"code": "G01.899.922-261119-898118"}, (403, "not_yours")),
        ({"code": "no code"}, (422, "no_dossier_code")),
        ({"body": b"<html>"}, (422, "bad_push")),
        ({"body": b"{}"}, (422, "bad_push")),
        ({"body": b'{"type": "dossier.changed", "data": {}}'}, (422, "bad_push")),
        ({"body": b"\xff\xfe"}, (422, "bad_push")),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    town: PushedTown, push: Push, given: dict[str, Any], answer: tuple[int, str]
) -> None:
    town.becomes(DossierStatus.READY)
    assert told(push(**given)) == answer
    assert town.later(minutes=1) == 0


def test_what_cannot_be_stored_is_wanted_again_and_then_taken(
    town: PushedTown, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def away(code: str) -> None:
        raise OperationalError("", None, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(town.following, "ask_now", away)
        assert told(push()) == (503, "not_stored")
    assert told(push()) == (200, False)


def test_without_a_source_that_pushes_it_is_not_set_up(town: PushedTown) -> None:
    app = Flask(__name__)
    errors.register(app)
    town.pushes.senders = ()
    app.register_blueprint(blueprint(town.pushes, town.following))
    assert told(app.test_client().post("/dossiers/changed", data=b"{}")) == (503, "not_set_up")


def test_a_state_that_stays_is_no_news_however_often_it_is_pushed(town: PushedTown, push: Push) -> None:
    assert town.dossier is not None
    town.dossier = replace(town.dossier, dossier=replace(town.dossier.dossier, supplement="Bản chính"))
    for number in range(5):
        push(id=f"msg_{number}")
        town.later(minutes=1)
    assert town.sent == []
