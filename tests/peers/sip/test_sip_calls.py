"""Real SIP calls to the running system: somebody dials, presses keys, speaks, and hears the answer."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from baresip_caller import BaresipCaller, check_sound, needs_baresip
from telephone_system import TelephoneSystem

from speech.audio import Recording, read_wav, resampled, write_wav

pytestmark = [pytest.mark.xdist_group("one-at-a-time"), needs_baresip]

CALLER = "900000177"
SHARED = Path(os.environ.get("MOTCUA_SHARED", Path(__file__).resolve().parents[4] / "shared"))
YES = SHARED / "speech" / "diadiem_test" / "DDUSNG0003.wav"
"""Somebody says "đúng" on a telephone."""


def heard_text(system: TelephoneSystem, pcm: bytes, folder: Path) -> str:
    """What a recogniser makes of what the caller heard; empty where there is no recogniser."""
    if find_spec("vietasr") is None:
        return ""
    file = folder / "heard.wav"
    write_wav(file, Recording(pcm, 8000))
    done = system.cli("speech", "transcribe", str(file), "--engine", "viet-asr")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["text"]).lower()


def said_well(heard: str, expected: str) -> bool:
    """Whether half of the expected words were heard: recognisers miss more than every second of this voice."""
    words = expected.split()
    return not heard or sum(word in heard.split() for word in words) >= len(words) / 2


def test_a_procedure_by_keys(telephone: TelephoneSystem, tmp_path: Path) -> None:
    with BaresipCaller(tmp_path / "phone", codec="PCMA") as caller:
        caller.dial(telephone.sip_port)
        caller.wait(lambda: len(caller.heard()) > 16000 * 5, "the greeting broke off")
        caller.press("1")
        caller.wait(lambda: len(caller.heard()) > 16000 * 9, "no fields were offered")
        caller.press("1")
        caller.wait(lambda: len(caller.heard()) > 16000 * 13, "no procedures were offered")
        before = len(caller.heard())
        caller.press("1")
        answer = caller.answer(before)
        caller.hang_up()
        caller.wait(caller.is_over, "the call did not end")
    check_sound(answer, 5.0)
    text = heard_text(telephone, answer, tmp_path)
    assert said_well(text, "bấm phím"), text
    log = telephone.log_text()
    assert '"carrier": "sip"' in log
    assert CALLER not in log
    assert not telephone.files_with(CALLER)


def test_a_dossier_by_keys(telephone: TelephoneSystem, tmp_path: Path) -> None:
    row = next(row for row in telephone.dossiers() if row["code"].endswith("9105"))
    code = "".join(sign for sign in row["code"] if sign.isdigit())
    with BaresipCaller(tmp_path / "phone") as caller:
        caller.dial(telephone.sip_port)
        caller.wait(lambda: len(caller.heard()) > 16000 * 5, "the greeting broke off")
        caller.press("2")
        caller.press(code + "#")
        caller.answer(len(caller.heard()))
        caller.press("1")
        place = len(caller.heard())
        caller.wait(lambda: len(caller.heard()) > place + 16000 * 3, "the digits were not asked for")
        before = len(caller.heard())
        caller.press(row["last4"])
        answer = caller.answer(before)
        caller.hang_up()
        caller.wait(caller.is_over, "the call did not end")
    check_sound(answer, 3.0)
    text = heard_text(telephone, answer, tmp_path)
    assert said_well(text, "hồ sơ bấm phím"), text
    assert row["code"] not in telephone.log_text()


@pytest.mark.skipif(find_spec("vietasr") is None, reason="speech is only understood here with the package viet-asr")
@pytest.mark.skipif(not YES.exists(), reason="MOTCUA_SHARED names the folder with recordings of callers")
def test_a_spoken_answer_is_understood(telephone: TelephoneSystem, tmp_path: Path) -> None:
    row = next(row for row in telephone.dossiers() if row["code"].endswith("9105"))
    code = "".join(sign for sign in row["code"] if sign.isdigit())
    yes = read_wav(YES)
    with BaresipCaller(tmp_path / "phone") as caller:
        caller.dial(telephone.sip_port)
        caller.wait(lambda: len(caller.heard()) > 16000 * 5, "the greeting broke off")
        caller.press("2")
        caller.press(code + "#")
        caller.answer(len(caller.heard()))
        before = len(caller.heard())
        caller.speak(resampled(yes.pcm, yes.rate, 8000))
        question = caller.answer(before)
        before = len(caller.heard())
        caller.press(row["last4"])
        answer = caller.answer(before)
        caller.hang_up()
    text = heard_text(telephone, question, tmp_path)
    assert said_well(text, "số cuối"), text
    check_sound(answer, 3.0)
    text = heard_text(telephone, answer, tmp_path)
    assert said_well(text, "hồ sơ bấm phím"), text
