"""A system is prepared by one program and kept by another, in the same process."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from cli.plan import Plan, PlannedChild, handed_over

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
