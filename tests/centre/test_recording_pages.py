"""Officers record the sentences callers hear most; the next caller hears them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from flask.testing import FlaskClient

from centre.officers import Duty
from centre.page.access import CentreParts
from channels.phone.recording_script import most_heard
from speech.audio import Recording, level, read_wav, wav_bytes
from speech.prompts.recordings import read_folder
from speech.voices.loudness import TARGET_DBFS
from speech.voices.voice import Accent, Style

GREETING = "Xin chào, tổng đài tự động Một Cửa đây."


def spoken(seconds: float = 1.0, amplitude: float = 0.05, rate: int = 24_000) -> bytes:
    """A hum between half a second of silence before and behind, as a WAV file."""
    at = np.arange(round(seconds * rate)) / rate
    sound = np.clip(np.sin(2 * np.pi * 200 * at) * amplitude * 32768, -32768, 32767).astype("<i2").tobytes()
    return wav_bytes(Recording(bytes(rate) + sound + bytes(rate), rate))


def address_of(text: str, accent: str = "any") -> str:
    (line,) = [line for lines in most_heard(Style()).values() for line in lines if line.text == text]
    return f"/centre/recordings/{accent}/{line.file}"


def send(client: FlaskClient, token: str, address: str, sound: bytes) -> tuple[int, str]:
    form = {"csrf_token": token, "do": "keep", "sound": (io.BytesIO(sound), "take.wav")}
    answer = client.post(address, data=form, content_type="multipart/form-data")
    return answer.status_code, answer.text


def test_a_sentence_is_recorded_heard_and_given_back_to_the_machine(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    token, address = csrf(), address_of(GREETING)
    before = client.get("/centre/recordings").text
    assert GREETING in before
    assert re.search(r"Đã thu 0 trên \d+ câu", before)
    assert send(client, token, address, spoken())[0] == 303
    assert re.search(r"Đã thu 1 trên \d+ câu", client.get("/centre/recordings").text)
    kept = read_wav(client.get(f"{address}/sound").data)
    assert kept.seconds == pytest.approx(1.0, abs=0.1), "the silence around it is cut"
    assert level(kept.pcm) == pytest.approx(TARGET_DBFS, abs=1.0)
    (played,) = read_folder(parts.recordings).pieces(GREETING, Style(accent=Accent.SOUTH))
    assert isinstance(played, Recording)
    client.post(address, data={"csrf_token": token, "do": "remove"})
    assert read_folder(parts.recordings).pieces(GREETING, Style()) == (GREETING,)
    assert client.get(f"{address}/sound").status_code == 404


def test_a_new_take_replaces_the_old_one_and_a_bad_one_does_not(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    token, address = csrf(), address_of(GREETING)
    send(client, token, address, spoken(1.0))
    assert send(client, token, address, spoken(2.0))[0] == 303
    status, page = send(client, token, address, spoken(3.0, amplitude=0.002))
    assert status == 400
    assert "Tiếng nhỏ quá" in page
    assert read_wav(client.get(f"{address}/sound").data).seconds == pytest.approx(2.0, abs=0.1)
    assert parts.recordings.is_dir()


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (b"", "không đọc được"),
        (b"RIFF", "không đọc được"),
        (b"\x00" * 1000, "không đọc được"),
        (spoken(61.0), "dài quá một phút"),
        (spoken(0.5, amplitude=1.2), "bị rè"),
        (spoken(1.0, rate=4000), "chất lượng quá thấp"),
    ],
    ids=["nothing", "a beginning", "zeros", "long", "overdriven", "coarse"],
)
def test_what_is_wrong_with_a_take_is_said(
    client: FlaskClient, csrf: Callable[..., str], sound: bytes, words: str
) -> None:
    status, page = send(client, csrf(), address_of(GREETING), sound)
    assert status == 400
    assert words in page


@pytest.mark.parametrize("path", ["any/../../x.wav", "any/none.wav", "east/none.wav", "any/%2e%2e%2findex.yml"])
def test_only_sentences_of_the_script_can_be_recorded(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, path: str
) -> None:
    token = csrf()
    assert client.get(f"/centre/recordings/{path}").status_code == 404
    assert send(client, token, f"/centre/recordings/{path}", spoken())[0] == 404
    assert not parts.recordings.exists()


def test_accents_are_recorded_apart(client: FlaskClient, csrf: Callable[..., str], parts: CentreParts) -> None:
    send(client, csrf(), address_of(GREETING, "south"), spoken())
    prompts = read_folder(parts.recordings)
    assert isinstance(prompts.pieces(GREETING, Style(accent=Accent.SOUTH))[0], Recording)
    assert prompts.pieces(GREETING, Style()) == (GREETING,)


def test_only_who_leads_the_officers_records_and_only_with_a_form_of_ours(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    token = csrf()
    assert send(client, "0" * 20, address_of(GREETING), spoken())[0] == 403
    parts.officers.set("mai", "một mật khẩu đủ dài")
    parts.officers.give("mai", frozenset({Duty.TICKETS}))
    client.post("/centre/sign-out", data={"csrf_token": token})
    assert send(client, csrf("mai"), address_of(GREETING), spoken())[0] == 403
    assert client.get("/centre/recordings").status_code == 403
    assert not parts.recordings.exists()
