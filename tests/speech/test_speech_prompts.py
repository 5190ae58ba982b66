"""What people have recorded is heard instead of the synthetic voice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from spoken_sounds import tone

from speech.audio import Recording, level, write_wav
from speech.prompts.phrase_matching import Breath, Phrasebook
from speech.prompts.recordings import read_folder
from speech.voices.loudness import TARGET_DBFS
from speech.voices.voice import Accent, Style


def book(*texts: str) -> Phrasebook:
    return Phrasebook({text: Recording(text.encode(), 8000) for text in texts})


def heard(phrasebook: Phrasebook, text: str) -> list[str]:
    """Recordings in brackets, synthesised words bare, a comma where a breath is taken."""
    written = []
    for piece in phrasebook.pieces(text):
        if isinstance(piece, Recording):
            written.append(f"[{piece.pcm.decode()}]")
        else:
            written.append("," if isinstance(piece, Breath) else piece)
    return written


@pytest.mark.parametrize(
    ("recorded", "text", "expected"),
    [
        (["xin chào"], "Xin chào!", ["[xin chào]"]),
        (["xin chào"], "Hẹn gặp lại.", ["Hẹn gặp lại."]),
        (["phím một", "giấy tờ"], "Phím một, giấy tờ.", ["[phím một]", ",", "[giấy tờ]"]),
        (["phím", "một", "phím một"], "Phím một", ["[phím một]"]),
        (["không", "chín", "một"], "không chín một, không", ["[không]", "[chín]", "[một]", ",", "[không]"]),
        (["không", "một"], "Gọi không một hai", ["Gọi không một hai"]),
        (["số", "không một"], "Số, không một hai", ["[số]", ",", "không một hai"]),
        (["mang theo giấy tờ tùy thân"], "Hãy mang theo giấy tờ tùy thân nhé.",
         ["Hãy", "[mang theo giấy tờ tùy thân]", "nhé."]),
        (["giấy tờ"], "Cần giấy tờ gì, hỏi xã.", ["Cần giấy tờ gì, hỏi xã."]),
        ([], "Xin chào.", ["Xin chào."]),
    ],
)  # fmt: skip
def test_recordings_come_first_the_longest_before_shorter_ones(
    recorded: list[str], text: str, expected: list[str]
) -> None:
    assert heard(book(*recorded), text) == expected


WORDS = st.lists(st.sampled_from(["một", "hai", "ba", "bốn"]), min_size=1, max_size=12).map(" ".join)


@given(st.lists(WORDS, max_size=5), st.lists(WORDS, min_size=1, max_size=4).map(", ".join))
def test_no_word_is_lost_or_said_twice(recorded: list[str], text: str) -> None:
    pieces = heard(book(*recorded), text)
    assert " ".join(pieces).replace("[", "").replace("]", "").replace(",", "").split() == text.replace(",", "").split()


def record(folder: Path, lines: dict[str, str], sounds: dict[str, Recording]) -> None:
    folder.mkdir(parents=True)
    (folder / "index.yml").write_text(yaml.safe_dump({"recordings": lines}, allow_unicode=True), encoding="utf-8")
    for name, sound in sounds.items():
        write_wav(folder / name, sound)


def test_a_province_records_its_own_people(tmp_path: Path) -> None:
    record(tmp_path / "vi" / "south", {"chao.wav": "Xin chào bà con."}, {"chao.wav": tone(1.0, amplitude=0.02)})
    prompts = read_folder(tmp_path)
    assert not prompts.problems
    (played,) = prompts.pieces("Xin chào bà con.", Style(accent=Accent.SOUTH))
    assert isinstance(played, Recording)
    assert level(played.pcm) == pytest.approx(TARGET_DBFS, abs=0.5)
    assert prompts.pieces("Xin chào bà con.", Style()) == ("Xin chào bà con.",)


def test_figures_in_the_index_are_found_as_they_are_said(tmp_path: Path) -> None:
    record(tmp_path / "vi" / "any", {"a.wav": "Phím 1: giấy tờ."}, {"a.wav": tone(1.0)})
    (played,) = read_folder(tmp_path).pieces("Phím một, giấy tờ.", Style(accent=Accent.CENTRAL))
    assert isinstance(played, Recording)


def test_an_accent_of_its_own_wins_over_recordings_for_all(tmp_path: Path) -> None:
    record(tmp_path / "vi" / "any", {"a.wav": "Xin chào.", "b.wav": "Tạm biệt."},
           {"a.wav": tone(1.0), "b.wav": tone(1.0)})  # fmt: skip
    record(tmp_path / "vi" / "south", {"a.wav": "Xin chào."}, {"a.wav": tone(2.0)})
    prompts = read_folder(tmp_path)
    (own,), (shared,) = (prompts.pieces(text, Style(accent=Accent.SOUTH)) for text in ("Xin chào.", "Tạm biệt."))
    assert isinstance(own, Recording)
    assert isinstance(shared, Recording)
    assert own.seconds > 1.9 > shared.seconds


def test_a_minority_language_is_recorded_beside_the_vietnamese_words(tmp_path: Path) -> None:
    record(tmp_path / "hmn" / "any", {"chao.wav": "Xin chào."}, {"chao.wav": tone(1.0)})
    prompts = read_folder(tmp_path)
    assert isinstance(prompts.pieces("Xin chào.", Style("hmn"))[0], Recording)
    assert prompts.pieces("Xin chào.", Style("vi")) == ("Xin chào.",)


def clipped() -> Recording:
    return Recording(b"\xff\x7f" * 8000, 16000)


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (tone(1.0, amplitude=0.003), "too quiet"),
        (tone(1.0, rate=4000), "at least 8000"),
        (clipped(), "overdriven"),
        (tone(61, rate=8000), "at most 60"),
    ],
)
def test_a_bad_recording_is_named_and_left_to_the_synthetic_voice(
    tmp_path: Path, sound: Recording, reason: str
) -> None:
    record(tmp_path / "vi" / "north", {"a.wav": "Xin chào.", "b.wav": "Tạm biệt."},
           {"a.wav": sound, "b.wav": tone(1.0)})  # fmt: skip
    prompts = read_folder(tmp_path)
    (problem,) = prompts.problems
    assert "a.wav" in problem
    assert reason in problem
    assert prompts.pieces("Xin chào.", Style()) == ("Xin chào.",)
    assert isinstance(prompts.pieces("Tạm biệt.", Style())[0], Recording)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ({"../../secret.wav": "Xin chào."}, "in the folder"),
        ({"a.mp3": "Xin chào."}, ".wav"),
        ({"a.wav": "Xin chào. Tạm biệt."}, "one sentence"),
        ({"a.wav": "..."}, "one sentence"),
    ],
)
def test_a_line_that_can_never_be_played_is_named(tmp_path: Path, lines: dict[str, str], reason: str) -> None:
    record(tmp_path / "vi" / "north", lines, {})
    assert reason in "".join(read_folder(tmp_path).problems)


@pytest.mark.parametrize("content", ["[1, 2]", "recordings: nothing", "recordings: {a.wav: 1}", "{", "\xff"])
def test_a_broken_index_is_named_and_the_others_are_read(tmp_path: Path, content: str) -> None:
    record(tmp_path / "vi" / "north", {"a.wav": "Xin chào."}, {"a.wav": tone(1.0)})
    (tmp_path / "vi" / "south").mkdir()
    (tmp_path / "vi" / "south" / "index.yml").write_bytes(content.encode("latin-1"))
    prompts = read_folder(tmp_path)
    assert len(prompts.problems) == 1
    assert isinstance(prompts.pieces("Xin chào.", Style())[0], Recording)


def test_an_unknown_accent_is_named(tmp_path: Path) -> None:
    record(tmp_path / "vi" / "mien-tay", {"a.wav": "Xin chào."}, {"a.wav": tone(1.0)})
    assert "north, central, south or any" in read_folder(tmp_path).problems[0]


def test_a_recording_that_is_not_there_yet_is_no_problem(tmp_path: Path) -> None:
    record(tmp_path / "vi" / "north", {"a.wav": "Xin chào."}, {})
    prompts = read_folder(tmp_path)
    assert not prompts.problems
    assert prompts.pieces("Xin chào.", Style()) == ("Xin chào.",)


def test_no_folder_is_no_recordings(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "nowhere").entries == ()
