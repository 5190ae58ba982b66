"""A speech server, added by following docs/extending.md, hears in the recognisers' workers."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from outside_packages import Outside
from running_system import run_cli

from runtime.settings import Settings
from speech.audio import Recording, silence, write_wav
from speech.errors import EngineMissing
from speech.recognition import engines
from speech.recognition.engine import Models
from speech.recognition.pool import Failure, RecogniserPool
from speech.recognition.recogniser import Heard, Hints


class _Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        with wave.open(io.BytesIO(self.rfile.read(int(self.headers["Content-Length"])))) as sound:
            seconds = sound.getnframes() / sound.getframerate()
        body = json.dumps({"text": "khai sinh" if seconds > 0.4 else "hết giờ"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """Of a speech server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/recognise"
        server.shutdown()
        thread.join()


@pytest.fixture
def engine(outside: Outside, address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    outside.add_example("A recogniser")
    monkeypatch.setenv("MOTCUA_SPEECH_ENGINE", "speech-server")
    monkeypatch.setenv("MOTCUA_SPEECH_SERVER_URL", address)
    return Settings().speech_engine


async def test_the_pools_workers_hear_with_it(engine: str, tmp_path: Path) -> None:
    spec = engines.choose(engine, Models(tmp_path)).spec
    reports: list[str] = []
    pool = RecogniserPool(partial(engines.load, spec), 1, reports.append)
    await pool.start()
    try:
        async with pool.open(8000) as stream:
            stream.feed(silence(0.5, 8000))
            heard = await stream.finish()
        async with pool.open(8000, Hints(("khai tử", "khai sinh"), closed=True)) as stream:
            stream.feed(silence(0.5, 8000))
            chosen = await stream.finish()
    finally:
        await pool.stop()
    assert isinstance(heard, Heard)
    assert heard.text == "khai sinh"
    assert isinstance(chosen, Heard)
    assert chosen.phrase == "khai sinh"


async def test_what_it_cannot_do_is_a_failure_of_one_utterance(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_SPEECH_SERVER_URL", "http://127.0.0.1:1/nobody")
    spec = engines.choose(engine, Models(tmp_path)).spec
    pool = RecogniserPool(partial(engines.load, spec), 1, [].append)
    await pool.start()
    try:
        async with pool.open(8000) as stream:
            stream.feed(silence(0.1, 8000))
            assert isinstance(await stream.finish(), Failure)
        async with pool.open(8000) as stream:
            assert isinstance(await stream.finish(), Failure), "it is asked again, and not waited for"
    finally:
        await pool.stop()


def test_the_command_hears_with_it(outside: Outside, address: str, tmp_path: Path) -> None:
    outside.add_example("A recogniser")
    write_wav(tmp_path / "said.wav", Recording(silence(0.5, 16000), 16000))
    environment = outside.environment(MOTCUA_SPEECH_SERVER_URL=address)
    done = run_cli(
        *("speech", "transcribe", str(tmp_path / "said.wav"), "--engine", "speech-server"), environment=environment
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["text"], told["engine"]) == ("khai sinh", "speech-server")


def test_a_broken_one_is_told_by_name(outside: Outside, tmp_path: Path) -> None:
    outside.add(
        "broken-ears",
        {"motcua.recognisers": {"ears": "broken_ears:Ears", "deaf": "broken_ears_that_are_no_module:Ears"}},
        {"broken_ears.py": "Ears = 'no class'\n"},
    )
    for name, reason in (("ears", "is a str, not a Callable"), ("deaf", r"cannot be imported \(ModuleNotFoundError")):
        with pytest.raises(EngineMissing, match=f"'{name}' of broken-ears 1.0 {reason}"):
            engines.choose(name, Models(tmp_path))
