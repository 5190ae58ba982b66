from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from runtime import logs
from runtime.settings import PROJECT_ROOT

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Configure logs into memory; gives what was written so far, a JSON object a line."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    structlog.contextvars.clear_contextvars()  # what code called earlier in this thread bound is not this test's
    stream = io.StringIO()
    logs.configure("INFO", "test", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_record_is_one_json_object_with_its_fields(lines: Lines) -> None:
    logs.get("channels.test").info("turn answered", channel="sms", milliseconds=7.5)
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "turn answered",
        "logger": "channels.test",
        "level": "info",
        "process": "test",
        "channel": "sms",
        "milliseconds": 7.5,
    }


def test_libraries_log_in_the_same_shape(lines: Lines) -> None:
    logging.getLogger("somebody").warning("%s happened", "something")
    (line,) = lines()
    assert (line["event"], line["logger"], line["level"]) == ("something happened", "somebody", "warning")


def test_levels_below_the_set_one_are_left_out(lines: Lines) -> None:
    logs.get("a").debug("no")
    logging.getLogger("b").debug("no")
    logging.getLogger("httpx").info("HTTP Request: POST http://x")
    assert lines() == []


@pytest.mark.parametrize("number", ["0912345678", "+84 912 345 678", "001099012345"])
def test_personal_data_is_struck_out_wherever_it_slipped_in(lines: Lines, number: str) -> None:
    logs.get("a").error(f"cannot answer {number}", cause=f"bad {number}", nested={"to": [f"tel {number}"]})
    logging.getLogger("b").warning("refused by %s", number)
    try:
        raise ValueError(f"not for {number}")
    except ValueError as error:
        logs.get("a").error("failed", exc_info=error)
        logging.getLogger("b").exception("failed too")
    written = json.dumps(lines())
    assert len(lines()) == 4
    assert number not in written
    assert number[-6:] not in written.replace(" ", "")
    assert "ValueError" in lines()[2]["exception"]
    assert "ValueError" in lines()[3]["exception"]


def test_hashes_and_ids_of_our_own_stay_readable(lines: Lines) -> None:
    ids = {
        "conversation": "sms:00109901234500109901234500109901",
        "request": "0912345678",
        "reference": "2455f3aab309123456789a609b3642be",
        "person": "001099012345b79e1add9fe1f51126a9",
    }
    logs.get("a").info("x", **ids)
    assert ids.items() <= lines()[0].items()


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\u2028", "\x00", '"}\n{"level":"error'])
def test_nobody_can_write_a_log_line_of_their_own(lines: Lines, sign: str) -> None:
    logs.get("a").info("path asked for", path=f"/x{sign}forged")
    logging.getLogger("b").warning("asked for /x%sforged", sign)
    assert [line["level"] for line in lines()] == ["info", "warning"]


def test_half_a_surrogate_pair_does_not_stop_the_logs(lines: Lines) -> None:
    logs.get("a").info("path asked for", path="/x\ud800")
    assert len(lines()) == 1


def test_an_object_that_json_does_not_know_is_written_as_text(lines: Lines) -> None:
    logs.get("a").info("x", what=object)
    assert lines()[0]["what"] == "<class 'object'>"


def test_before_logs_are_configured_a_commands_output_stays_its_own() -> None:
    program = "from runtime import logs; logs.get('a').info('turn answered'); logs.get('a').warning('broken')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    assert "turn answered" not in ran.stderr
    assert "broken" in ran.stderr


def test_the_program_logs_in_one_way() -> None:
    """Levels and libraries' own loggers are set by the standard library; lines of ours are written by ``logs.get``."""
    sets_libraries = {"runtime/logs.py", "assistant/lean_rasa/quiet.py", "assistant/rasa_caching.py"}
    sets_libraries |= {"channels/sms/providers/twilio/http.py", "kiosk/recent_log.py"}
    # A change of it costs every installation a training; it moves when the file changes anyway.
    waiting = {"understanding/learned_phrases.py"}
    own = re.compile(r"(?:logging|structlog)\.get_?logger\(", re.IGNORECASE)
    no_program = {"tests", "benchmarks", "models", "var"}
    folders = [path for path in PROJECT_ROOT.glob("[a-z]*/") if path.name not in no_program]
    found = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for folder in folders
        for path in folder.rglob("*.py")
        if own.search(path.read_text(encoding="utf-8"))
    }
    assert found - sets_libraries == waiting
