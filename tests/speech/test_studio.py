"""Recordings are made one by one, also by two people at once, and are heard without a restart."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from spoken_sounds import tone

from speech.audio import Recording, wav_bytes
from speech.prompts.recordings import read_folder
from speech.prompts.script import script, without_marks
from speech.prompts.studio import Studio
from speech.prompts.watching import LOOK_SECONDS, WatchedPrompts
from speech.voices.voice import Style

LINES = script(["Xin chào.", "Tạm biệt.", "mười", "mươi"], Style())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xin chào.", ("Xin chào.",)),
        ("Đã nhận {count} số: {digits}. Xin bấm tiếp.", ("Đã nhận", "số", "Xin bấm tiếp.")),
        ("{name}", ()),
        ("Số phiếu là {number}.", ("Số phiếu là",)),
    ],
)
def test_of_a_sentence_with_marks_the_rest_is_recorded(text: str, expected: tuple[str, ...]) -> None:
    assert without_marks(text) == expected


def test_words_that_differ_in_a_diacritic_are_two_recordings() -> None:
    assert [line.text for line in LINES] == ["Xin chào.", "Tạm biệt.", "mười", "mươi"]


def test_what_two_people_record_at_once_is_all_there(tmp_path: Path) -> None:
    sound = wav_bytes(tone(0.5))
    threads = [threading.Thread(target=Studio(tmp_path).keep, args=("vi", "any", line, sound)) for line in LINES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    takes = Studio(tmp_path).takes("vi", "any", LINES)
    assert all(take.seconds is not None for take in takes)
    assert not read_folder(tmp_path).problems


def test_a_recording_is_heard_without_a_restart(tmp_path: Path) -> None:
    now = [0.0]
    watched = WatchedPrompts(tmp_path, lambda: now[0])
    assert watched.pieces("Xin chào.", Style()) == ("Xin chào.",)
    Studio(tmp_path).keep("vi", "any", LINES[0], wav_bytes(tone(0.5)))
    assert watched.pieces("Xin chào.", Style()) == ("Xin chào.",), "calls do not wait for the disk"
    now[0] = LOOK_SECONDS + 1
    end = time.monotonic() + 10
    while not isinstance(watched.pieces("Xin chào.", Style())[0], Recording):
        assert time.monotonic() < end
        time.sleep(0.01)
