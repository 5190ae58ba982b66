"""A system is prepared by one program and kept by another, in the same process."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from cli import up
from cli.plan import Plan, PlannedChild, handed_over
from cli.preparing import Prepared
from runtime.settings import Settings

PLAN = Plan(
    children=(
        PlannedChild("voice", ("python", "-m", "cli.voice_process"), "http://voice/healthz", "/run/voice.sock"),
        PlannedChild("browser", ("python", "-m", "cli.kiosk_browser")),
    ),
    environment={"MOTCUA_PORT": "8080"},
    redis_folder="/data/redis",
    redis_url="unix:///data/redis.sock",
    logs=None,
    started=("Một Cửa is running.",),
    port=8080,
    data="/data",
)


def test_a_plan_arrives_as_it_was_made() -> None:
    file = os.memfd_create("plan", 0)
    os.write(file, json.dumps(asdict(PLAN)).encode())
    assert handed_over(file) == PLAN


def test_a_box_of_a_centre_tells_no_address_of_officers_pages_which_it_has_not() -> None:
    def told(kiosk_name: str = "") -> str:
        settings = Settings(port=8080, kiosk_name=kiosk_name)
        prepared = Prepared(settings, ("core", "web"), {"MOTCUA_REDIS_URL": "unix:///r"}, first_officer="key")
        return "\n".join(up.plan(prepared, at_terminal=False).started)

    assert "http://127.0.0.1:8080/centre/welcome?key=key" in told()
    assert "/centre" not in told(kiosk_name="nhà văn hóa")
    assert "http://127.0.0.1:8080/kiosk" in told(kiosk_name="nhà văn hóa")
