"""Real SIP calls to the running system: somebody dials, presses keys, speaks, and hears the answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from baresip_caller import BaresipCaller, check_sound, needs_baresip
from telephone_system import TelephoneSystem

from installation.recognition import models_of
from language.characters import fold
from runtime.settings import Settings
from speech.audio import Recording, read_wav, resampled
from speech.recognition import engines
from speech.recognition.recogniser import Recogniser
from speech.recognition.transcribe import transcribe

pytestmark = [pytest.mark.xdist_group("one-at-a-time"), needs_baresip]

CALLER = "900000177"
SHARED = Path(os.environ.get("MOTCUA_SHARED", Path(__file__).resolve().parents[4] / "shared"))
YES = SHARED / "speech" / "diadiem_test" / "DDUSNG0003.wav"
"""Somebody says "đúng" on a telephone."""
BACK = SHARED / "speech" / "diadiem_test" / "TROWRLAJI002.wav"
"""Somebody says "trở lại"."""
needs_recordings = pytest.mark.skipif(
    not YES.exists(), reason="MOTCUA_SHARED names the folder with recordings of callers"
)
needs_recognition = pytest.mark.skipif(
    find_spec("vietasr") is None, reason="speech is only understood here with the package viet-asr"
)

SAID = {
    "menu": "Xin chào tổng đài tự động Một Cửa đây Xin cứ nói Thủ tục phím một hồ sơ phím hai",
    "asked most": "Khai sinh bấm phím một Căn cước phím hai Kết hôn phím ba Tạm trú phím bốn Việc khác phím chín"
    " Hoặc nói tên thủ tục",
    "fields": "Chọn việc cần hỏi Khai sinh kết hôn khai tử bấm phím một Hộ khẩu tạm trú căn cước phím hai Đất đai nhà"
    " cửa phím ba Trợ cấp hộ nghèo người già người khuyết tật phím bốn Bảo hiểm xã hội bảo hiểm y tế phím năm Xe máy"
    " bằng lái phím sáu Chứng thực sao y phím bảy Buôn bán hộ kinh doanh phím tám",
    "group": "Chọn việc cần hỏi Làm đổi thẻ căn cước bấm phím một Nhập hộ khẩu đăng ký thường trú phím hai Đăng ký"
    " tạm trú phím ba Giấy xác nhận cư trú phím bốn Tách hộ khẩu phím năm Định danh mức hai phím sáu"
    " Phiếu lý lịch tư pháp phím bảy Làm hộ chiếu phím tám",
    "code": "Mã vừa nhận một năm năm không không năm hai một hai sáu một một hai ba chín một không năm Đúng"
    " bấm phím một Nhập lại bấm phím hai",
    "digits": "Để giữ kín hồ sơ xin bấm bốn số cuối của số điện thoại hoặc số căn cước đã ghi trong hồ sơ",
    "dossier": "Hồ sơ đã được tiếp nhận Thủ tục Cấp Giấy xác nhận tình trạng hôn nhân Hẹn trả kết quả ngày hai"
    " mươi bảy tháng mười một năm hai nghìn không trăm hai mươi sáu Cập nhật lúc giờ phút ngày hai"
    " mươi Nơi trả kết quả Trung tâm Phục vụ hành chính công xã Ví Dụ Tiếp nhận ngày Nghe tiếp bấm"
    " phím một Nghe lại bấm phím thăng",
    "procedure": "Làm giấy khai sinh Đăng ký cho trẻ mới sinh để được cấp giấy khai sinh Giấy tờ một Tờ khai đăng"
    " ký khai sinh nộp trực tiếp hoặc qua bưu điện nộp qua mạng thì khai ngay trên mạng hai Giấy"
    " chứng sinh không cần bản giấy nếu đã có bản điện tử Nghe tiếp bấm phím một Nghe lại bấm phím"
    " thăng",
}
"""What the steps of these calls say, each in its own words."""


def check_step(expected: str, pcm: bytes) -> None:
    """Have a recogniser, where one is present, tell what the caller heard."""
    if find_spec("vietasr") is None:
        return
    heard = transcribe(recogniser(), Recording(pcm, 8000)).heard.text
    assert step_heard(heard) == expected, heard


@cache
def recogniser() -> Recogniser:
    """Loading takes seconds, and these calls are all heard by the same."""
    return engines.load(engines.choose("viet-asr", models_of(Settings())).spec)


@pytest.fixture(scope="module", autouse=True)
def let_go_of_the_recogniser() -> Iterator[None]:
    """While the interpreter ends, its library cannot be closed any more."""
    yield
    recogniser.cache_clear()


def step_heard(heard: str) -> str:
    """The step of a call whose words are most like what was heard.

    Recognisers miss more than every second word of this voice, and most of its tones, so that no single word can be
    demanded; but a step is told from the others.
    """
    words = set(fold(heard).split())
    steps = {step: set(fold(said).split()) for step, said in SAID.items()}

    def likeness(step: str) -> float:
        shared = words & steps[step]
        # A word that is said at many steps tells little.
        weights = (1 / sum(word in said for said in steps.values()) for word in shared)
        return 2 * sum(weights) / (len(words) + len(steps[step]))

    return max(steps, key=likeness)


def test_a_procedure_by_keys(telephone: TelephoneSystem, tmp_path: Path) -> None:
    with BaresipCaller(tmp_path / "phone", codec="PCMA") as caller:
        caller.dial(telephone.sip_port)
        caller.wait(lambda: len(caller.heard()) > 16000 * 5, "the greeting broke off")
        caller.press("1")
        caller.wait(lambda: len(caller.heard()) > 16000 * 9, "no procedures were offered")
        before = len(caller.heard())
        caller.press("1")
        answer = caller.beginning(before)
        caller.hang_up()
        caller.wait(caller.is_over, "the call did not end")
    check_sound(answer, 5.0)
    check_step("procedure", answer)
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
    check_step("dossier", answer)
    assert row["code"] not in telephone.log_text()


@needs_recognition
@needs_recordings
def test_a_spoken_word_leads_back_on_the_way_to_a_procedure(telephone: TelephoneSystem, tmp_path: Path) -> None:
    back = read_wav(BACK)
    with BaresipCaller(tmp_path / "phone") as caller:
        caller.dial(telephone.sip_port)
        caller.wait(lambda: len(caller.heard()) > 16000 * 5, "the greeting broke off")
        caller.press("1")
        place = len(caller.heard())
        caller.wait(lambda: len(caller.heard()) > place + 16000 * 2, "no procedures were offered")
        caller.press("9")
        place = len(caller.heard())
        caller.wait(lambda: len(caller.heard()) > place + 16000 * 2, "no fields were offered")
        before = len(caller.heard())
        caller.press("2")
        group = caller.answer(before)
        before = len(caller.heard())
        caller.speak(resampled(back.pcm, back.rate, 8000))
        # All of it: it begins with the same matters as the list before.
        fields = caller.answer(before)
        caller.press("1")
        place = len(caller.heard())
        caller.wait(lambda: len(caller.heard()) > place + 16000 * 3, "no procedures were offered")
        before = len(caller.heard())
        caller.press("1")
        answer = caller.beginning(before)
        caller.hang_up()
    check_step("group", group)
    check_step("fields", fields)
    check_sound(answer, 5.0)
    check_step("procedure", answer)


@needs_recognition
@needs_recordings
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
    check_step("digits", question)
    check_sound(answer, 3.0)
    check_step("dossier", answer)
