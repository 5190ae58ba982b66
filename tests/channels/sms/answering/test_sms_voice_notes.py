"""Voice notes: fetched with a password that goes to nobody else, heard on this machine, answered like words."""

from __future__ import annotations

import asyncio
import io
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from aiohttp import web
from recognition_doubles import spelling, spoken
from sms_answering_doubles import PHONE, Texting

from channels.core_client import CoreUnavailable
from channels.recordings_address import LARGEST_BYTES, PATH
from channels.sms.answering import Reason
from channels.sms.answering.voice_notes import Note, RecognisedNotes
from channels.transcribing import Transcribing
from channels.websockets.address import listening_socket
from contract.turn import TurnResult, Understanding
from runtime.core_key import core_key
from runtime.settings import Settings
from speech.decoding import LONGEST_SECONDS
from speech.recognition.pool import RecogniserPool
from speech.recognition.recogniser import RATE

Citizens = Callable[..., Texting]
ACCOUNT, TOKEN = "ACtest", "test-token"
RECORDING = "http://provider/recording"


class Listens:
    """Hears what the test says."""

    def __init__(self, *notes: Note) -> None:
        self.notes, self.asked = list(notes), []

    def listen(self, address: str) -> Note:
        self.asked.append(address)
        return self.notes.pop(0)


class TestAnswering:
    def test_what_was_heard_is_asked_and_told_with_the_answer(self, texting: Citizens) -> None:
        citizen = texting(voice_notes=Listens(Note("làm giấy khai sinh cần gì")))
        first, *_ = citizen.says("", media=1, voice=RECORDING)
        assert citizen.core.texts == ["làm giấy khai sinh cần gì"]
        assert first.startswith("Toi nghe duoc")
        assert "lam giay khai sinh can gi" in first

    def test_two_recordings_in_a_row_are_no_machine_that_repeats_itself(self, texting: Citizens) -> None:
        citizen = texting(voice_notes=Listens(*[Note(f"câu hỏi số {number}") for number in range(6)]))
        for number in range(6):
            assert citizen.says("", media=1, voice=f"{RECORDING}{number}")

    @pytest.mark.parametrize(("note", "told"), [(Note(), "chua nghe ro"), (Note(is_too_long=True), "dai qua")])
    def test_what_cannot_be_used_is_told_with_the_way_on(self, texting: Citizens, note: Note, told: str) -> None:
        citizen = texting(voice_notes=Listens(note))
        answered = citizen.send("", media=1, voice=RECORDING)
        assert answered.reason is Reason.MEDIA
        assert told in answered.texts[0]
        assert "nhan cau hoi bang chu" in answered.texts[0]
        assert citizen.core.turns == []

    @pytest.mark.parametrize("word", ["tc", "xóa", "gửi cán bộ"])
    def test_an_order_is_none_when_it_was_only_heard(self, texting: Citizens, word: str) -> None:
        citizen = texting(voice_notes=Listens(Note(word)))
        citizen.send("", media=1, voice=RECORDING)
        assert citizen.core.texts == [word]

    def test_refusing_by_voice_is_told_how_and_not_done(self, texting: Citizens) -> None:
        citizen = texting(voice_notes=Listens(Note("đừng nhắn cho tôi nữa")))
        citizen.core.script = lambda turn: TurnResult(replies=(), understanding=Understanding(intent="opt_out"))
        (text,) = citizen.says("", media=1, voice=RECORDING)
        assert "TC: khong nhan thong bao" in text

    def test_words_beside_a_recording_are_what_is_answered(self, texting: Citizens) -> None:
        notes = Listens()
        citizen = texting(voice_notes=notes)
        citizen.says("lệ phí bao nhiêu", media=1, voice=RECORDING)
        assert (citizen.core.texts, notes.asked) == (["lệ phí bao nhiêu"], [])

    def test_without_a_recogniser_it_is_a_file_like_others(self, texting: Citizens) -> None:
        (text,) = texting().says("", media=1, voice=RECORDING)
        assert "chua xem duoc" in text

    def test_the_recording_of_a_stranger_without_a_number_is_not_fetched(self, texting: Citizens) -> None:
        notes = Listens()
        assert texting(voice_notes=notes).says("", sender="VIETTEL", media=1, voice=RECORDING) == []
        assert notes.asked == []


def file_of(pcm: bytes, rate: int = RATE) -> bytes:
    made = io.BytesIO()
    soundfile.write(made, np.frombuffer(pcm, "<i2"), rate, format="WAV", subtype="PCM_16")
    return made.getvalue()


class Provider(ThreadingHTTPServer):
    """A provider's media addresses on loopback; keeps who asked with which password."""

    daemon_threads = True

    def __init__(self, files: dict[str, tuple[int, bytes | str]]) -> None:
        super().__init__(("127.0.0.1", 0), Media)
        self.files, self.passwords = files, {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Media(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Provider)
        server.passwords[self.path] = self.headers.get("Authorization")
        status, content = server.files.get(self.path, (404, b""))
        self.send_response(status)
        if isinstance(content, str):
            self.send_header("Location", content)
            content = b""
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def provider(files: dict[str, tuple[int, bytes | str]]) -> Iterator[Provider]:
    server = Provider(files)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path), twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN)


@pytest.fixture
async def voice(settings: Settings) -> AsyncIterator[RecogniserPool]:
    """A voice process' address for recordings, with workers of the tests' own that read sound as letters."""
    pool = RecogniserPool(spelling, 1, print)
    await pool.start()
    app = web.Application()
    Transcribing(pool, core_key(settings.secret())).add_to(app.router)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(listening_socket(settings))).start()
    yield pool
    await runner.cleanup()
    await pool.stop()


async def listened(settings: Settings, files: dict[str, tuple[int, bytes | str]], path: str = "/a") -> Note:
    with provider(files) as server:
        notes = RecognisedNotes(settings.model_copy(update={"twilio_api_url": server.url}))
        note = await asyncio.to_thread(notes.listen, server.url + path)
        expected = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        assert server.passwords[path] == f"Basic {expected}"
        return note


async def test_a_recording_is_fetched_with_the_account_and_becomes_words(settings, voice) -> None:
    assert await listened(settings, {"/a": (200, file_of(spoken("khai sinh")))}) == Note("khai sinh")


async def test_a_provider_that_sends_on_is_followed(settings, voice) -> None:
    files: dict[str, tuple[int, bytes | str]] = {"/a": (307, "/b"), "/b": (200, file_of(spoken("khai tu")))}
    assert (await listened(settings, files)).text == "khai tu"


async def test_another_host_without_tls_is_not_asked(settings, voice) -> None:
    with provider({"/b": (200, file_of(spoken("khai tu")))}) as elsewhere:
        assert await listened(settings, {"/a": (302, f"{elsewhere.url}/b")}) == Note()
        assert elsewhere.passwords == {}


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"no sound at all", Note()),
        (file_of(bytes(int(LONGEST_SECONDS + 1) * 8000 * 2), 8000), Note(is_too_long=True)),
        (bytes(LARGEST_BYTES + 1), Note(is_too_long=True)),
    ],
    ids=["no sound", "too long", "too large"],
)
async def test_what_is_no_usable_recording_is_told_apart(settings, voice, content: bytes, note: Note) -> None:
    assert await listened(settings, {"/a": (200, content)}) == note


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_a_provider_in_trouble_is_asked_again_later(settings, voice, status: int) -> None:
    with pytest.raises(CoreUnavailable):
        await listened(settings, {"/a": (status, b"")})


async def test_a_refusal_of_the_provider_is_final(settings, voice) -> None:
    assert await listened(settings, {"/a": (403, b"")}) == Note()


async def test_without_the_voice_process_it_is_tried_again_later(settings) -> None:
    with pytest.raises(CoreUnavailable):
        await listened(settings, {"/a": (200, file_of(spoken("khai sinh")))})


async def test_nobody_without_the_key_is_listened_to(settings, voice) -> None:
    async with httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(listening_socket(settings))), base_url="http://voice"
    ) as client:
        assert (await client.post(PATH, content=file_of(spoken("a")))).status_code == 401


def test_the_number_in_a_row_is_sealed_with_the_address(settings: Settings) -> None:
    from channels.sms.queue.content import Content
    from stores.sealing import Seal

    seal = Seal(settings.secret())
    sealed = Content(PHONE, None, "", RECORDING).sealed(seal)
    assert "provider" not in sealed
    assert Content.opened(sealed, seal).voice == RECORDING
    # Rows from before have no such part.
    assert Content.opened(seal.close(f'["{PHONE}", null, "a"]'), seal) == Content(PHONE, None, "a")
