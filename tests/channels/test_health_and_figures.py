from __future__ import annotations

from collections.abc import Callable

import pytest
from channels_doubles import ScriptedCore
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis
from sqlalchemy import text

from channels.heartbeats import Heartbeats
from runtime.settings import Environment, Settings
from stores.database import Database


def test_the_gateway_lives_whatever_else_is_down(set_up: Callable[..., Settings], tmp_path) -> None:
    client = create_app(set_up(redis_url=f"unix://{tmp_path}/none", core_url="http://127.0.0.1:9")).test_client()
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_ready_gateway_names_each_dependency(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json == {
        "status": "ready",
        "dependencies": {
            "gateway": {"state": "ok"},
            "core": {"state": "ok"},
            "redis": {"state": "ok"},
            "database": {"state": "ok"},
        },
        "others": {
            "worker": {"state": "down", "cause": "NoWorker"},
            "arrivals": {"state": "ok"},
            "routes": {"state": "ok"},
        },
    }


def test_a_living_worker_is_shown(client: FlaskClient, redis: Redis) -> None:
    heartbeats = Heartbeats(redis)
    heartbeats.beat("worker-1")
    assert client.get("/readyz").json["others"]["worker"] == {"state": "ok"}
    heartbeats.stop("worker-1")
    assert client.get("/readyz").json["others"]["worker"]["state"] == "down"


def test_a_route_nobody_gets_messages_out_by_waits_for_a_hand(client: FlaskClient, redis: Redis) -> None:
    heartbeats = Heartbeats(redis)
    heartbeats.beat("worker-1", {"smpp": False, "twilio": True})
    told = client.get("/readyz").json
    assert told["others"]["routes"]["state"] == "needs_hand"
    assert [line.partition(":")[0] for line in told["others"]["routes"]["details"]] == ["smpp"]
    assert told["status"] == "ready"
    heartbeats.beat("worker-2", {"smpp": True})
    assert client.get("/readyz").json["others"]["routes"] == {"state": "ok"}
    heartbeats.stop("worker-2")
    assert client.get("/readyz").json["others"]["routes"]["state"] == "needs_hand"


def test_a_database_that_answers_and_keeps_nothing_makes_the_gateway_not_ready(
    set_up: Callable[..., Settings], tmp_path
) -> None:
    settings = set_up()
    client = create_app(settings).test_client()
    assert client.get("/readyz").json["dependencies"]["database"] == {"state": "ok"}
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        session.execute(text("CREATE TRIGGER full BEFORE UPDATE ON operation_signs BEGIN SELECT RAISE(FAIL, 'x'); END"))
    database.close()
    later = create_app(settings).test_client()
    for _ in range(2):
        response = later.get("/readyz")
        assert response.status_code == 503
        assert response.json["dependencies"]["database"] == {"state": "down", "cause": "IntegrityError"}


def test_a_starting_core_makes_the_gateway_not_ready(client: FlaskClient, core: ScriptedCore) -> None:
    core.state = 503
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json["status"] == "not_ready"
    assert response.json["dependencies"]["core"] == {"state": "down", "cause": "CoreUnavailable"}
    assert response.json["dependencies"]["redis"] == {"state": "ok"}


def test_a_missing_redis_or_database_is_named_without_its_address(set_up: Callable[..., Settings], tmp_path) -> None:
    settings = set_up(
        redis_url=f"unix://{tmp_path}/secret-place.sock",
        database_url="postgresql://motcua:pass-word@127.0.0.1:9/motcua",
    )
    response = create_app(settings).test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json["dependencies"]["core"] == {"state": "ok"}
    assert response.json["dependencies"]["redis"]["state"] == "down"
    assert response.json["dependencies"]["database"]["state"] == "down"
    assert "secret-place" not in response.text
    assert "pass-word" not in response.text


def test_figures_count_turns_by_channel_and_intent(client: FlaskClient, core: ScriptedCore) -> None:
    client.post("/api/v1/converse", json={"channel": "kiosk", "conversation": "c", "text": "a"})
    core.script = lambda turn: 500
    client.post("/api/v1/converse", json={"channel": "phone", "conversation": "c", "digits": "1"})
    figures = client.get("/metrics").text
    assert 'motcua_turns_total{channel="kiosk",intent="ask_procedure"} 1.0' in figures
    assert 'motcua_turn_seconds_count{channel="kiosk"} 1.0' in figures
    assert 'motcua_turns_failed_total{channel="phone",error="CoreFault"} 1.0' in figures


@pytest.mark.parametrize(("key", "status"), [("", 401), ("Bearer wrong", 401), ("Bearer k3y", 200)])
def test_figures_are_shown_to_this_machine_or_with_the_key(
    set_up: Callable[..., Settings], key: str, status: int
) -> None:
    client = create_app(set_up(environment=Environment.PRODUCTION, api_key="k3y")).test_client()
    outside = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/metrics", environ_base=outside, headers={"Authorization": key}).status_code == status
    assert client.get("/metrics").status_code == 200


def test_every_answer_carries_its_number(client: FlaskClient) -> None:
    assert len(client.get("/healthz").headers["X-Request-Id"]) == 16
    assert client.get("/healthz", headers={"X-Request-Id": "0912345678"}).headers["X-Request-Id"] != "0912345678"
