"""The simulator's telephone calls, in a real browser with a microphone that plays a recording."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from channels_doubles import GatewayProcess, ScriptedCore
from free_ports import free_port
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from try_call_doubles import RAW_MICROPHONE, StreamDouble, tone_pcm, write_microphone

from runtime.settings import Settings
from speech.audio import mulaw_to_pcm, pcm_to_mulaw
from stores.redis_server import RedisServer

CHROMIUM = Path("/usr/bin/chromium")

LOUD = re.compile("[6-9][0-9]|100")
"""A level that cannot be missed."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    recording = tmp_path_factory.mktemp("microphone") / "tone.wav"
    write_microphone(recording)
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={recording}",
    ]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield running
        running.close()


@pytest.fixture(scope="module")
def line(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, StreamDouble]]:
    """A gateway that hands its streams to the double: its address, and the double."""
    folder = tmp_path_factory.mktemp("line")
    core = ScriptedCore()
    environment = {
        "DATA_DIR": str(folder / "data"),
        "REDIS_URL": redis_server.url,
        "CORE_URL": core.url,
        "SECRET_KEY": "a secret of the tests",
        "TWILIO_AUTH_TOKEN": "a token of the tests",
        "WEB_THREADS": "8",
        "PORT": str(free_port()),
    }
    double = StreamDouble(Settings(data_dir=folder / "data"))
    gateway = GatewayProcess(folder, {f"MOTCUA_{name}": value for name, value in environment.items()})
    try:
        gateway.wait_until_it_answers()
        yield gateway.url, double
    finally:
        gateway.stop()
        double.stop()
        core.close()


@pytest.fixture
def stream(line: tuple[str, StreamDouble]) -> StreamDouble:
    line[1].begin_anew()
    return line[1]


@pytest.fixture
def url(line: tuple[str, StreamDouble], stream: StreamDouble) -> str:
    return line[0]


@pytest.fixture
def open_page(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """Opens the simulator; at the end nothing has failed in it and nobody else was asked for anything."""
    troubles: list[str] = []
    contexts = []

    def build(*, microphone: bool = True, script: str = RAW_MICROPHONE) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        contexts.append(context)
        # Without leave the browser would wait for a person to answer.
        context.grant_permissions(["microphone"] if microphone else [])
        context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: troubles.append(asked.url) if url not in asked.url else None)
        page.goto(f"{url}/try")
        expect(page.locator("#samples .chip")).to_have_count(7)
        return page

    yield build
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def dial(page: Page) -> None:
    page.get_by_role("button", name="Gọi", exact=True).click()
    expect(page.locator("#call-state")).to_have_text("Đang nói chuyện", timeout=20_000)


def press(page: Page, keys: str) -> None:
    names = {"*": "Phím sao", "#": "Phím thăng"}
    for key in keys:
        page.get_by_role("button", name=names.get(key, f"Phím {key}"), exact=True).click()


def loudspeaker(page: Page) -> Locator:
    return page.get_by_role("meter", name="Tiếng ra loa")


def hang_up(page: Page) -> None:
    page.get_by_role("button", name="Cúp máy").click()
    expect(page.locator("#call-state")).to_have_text("Đã kết thúc cuộc gọi")


def test_a_stream_begins_as_a_provider_begins_it(page: Page, stream: StreamDouble) -> None:
    dial(page)
    stream.wait_for(lambda: len(stream.of("media")) >= 20)
    connected, start = stream.messages[:2]
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["event"] == "start"
    assert start["sequenceNumber"] == "1"
    assert start["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert start["start"]["tracks"] == ["inbound"]
    assert re.fullmatch("CA[0-9a-f]{32}", start["start"]["callSid"])
    assert start["start"]["streamSid"] == start["streamSid"]
    assert start["start"]["customParameters"]["token"]
    numbers = [int(message["sequenceNumber"]) for message in stream.messages[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    pieces = stream.of("media")
    assert [int(piece["media"]["chunk"]) for piece in pieces] == list(range(1, len(pieces) + 1))
    assert all(len(piece["media"]["payload"]) == 216 for piece in pieces), "160 bytes each"
    hang_up(page)
    stream.wait_for(lambda: bool(stream.of("stop")))
    assert stream.messages[-1]["stop"]["callSid"] == start["start"]["callSid"]


def test_the_assistant_hears_the_microphone(page: Page, stream: StreamDouble) -> None:
    dial(page)
    expect(page.locator("#call-note")).to_have_text("Máy đang nghe. Có thể nói hoặc bấm phím.")
    stream.wait_for(lambda: len(stream.heard) > 2 * 8000 * 4)
    sound = np.frombuffer(stream.heard, "<i2")[-3 * 8000 :].astype(float)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / 8000)
    near = spectrum[abs(frequencies - 1000) < 30].sum()
    assert near > 0.95 * spectrum.sum(), "the tone of the microphone, and hardly anything else"
    # The recording is loud for two thirds of its time, at -8 dBFS.
    assert np.sqrt((sound**2).mean()) > 4000
    assert page.locator("#microphone-level").get_attribute("role") == "meter"
    hang_up(page)


def test_the_caller_hears_the_assistant_and_marks_come_back_when_it_was_heard(page: Page, stream: StreamDouble) -> None:
    stream.greeting = tone_pcm(1.5, 8000)
    dial(page)
    expect(loudspeaker(page)).to_have_attribute("aria-valuenow", LOUD)
    assert stream.of("mark") == [], "not all of it can have been heard"
    stream.wait_for(lambda: [mark["mark"]["name"] for mark in stream.of("mark")] == ["greeting"])
    expect(loudspeaker(page)).to_have_attribute("aria-valuenow", "0")
    hang_up(page)


def test_what_the_assistant_says_can_be_read(page: Page, stream: StreamDouble) -> None:
    dial(page)
    expect(page.locator("#call-lines .received")).to_contain_text("tổng đài tự động Một Cửa")
    expect(page.locator("#call-lines .received")).to_contain_text("hồ sơ phím hai.")
    hang_up(page)


def test_a_word_of_the_caller_silences_the_assistant_at_once(page: Page, stream: StreamDouble) -> None:
    stream.greeting = tone_pcm(30.0, 8000)
    dial(page)
    expect(loudspeaker(page)).to_have_attribute("aria-valuenow", LOUD)
    stream.send("clear")
    stream.wait_for(lambda: bool(stream.of("mark")))
    expect(loudspeaker(page)).to_have_attribute("aria-valuenow", "0")
    stream.play(tone_pcm(0.2, 8000), "after")
    stream.wait_for(lambda: [mark["mark"]["name"] for mark in stream.of("mark")] == ["greeting", "after"])
    hang_up(page)


def test_keys_go_out_by_touch_and_by_keyboard(page: Page, stream: StreamDouble) -> None:
    dial(page)
    press(page, "2*#")
    for key in "7x5":
        page.keyboard.press(key)
    stream.wait_for(lambda: len(stream.keys) == 5)
    assert stream.keys == "2*#75"
    assert stream.of("dtmf")[0]["dtmf"] == {"track": "inbound_track", "digit": "2"}
    expect(page.locator("#call-lines .sent .bubble")).to_have_text("2*#75")
    hang_up(page)


def test_sample_dossiers_are_keyed_in_by_a_tap(open_page: Callable[..., Page], stream: StreamDouble) -> None:
    page = open_page()
    sample = {"code": "000.00.12.H01-260701-0001", "last4": "1234", "status_text": "Đang giải quyết", "procedure": "x"}
    setup = page.request.get(page.url + "/setup").json()
    page.route("**/try/setup", lambda route: route.fulfill(json={**setup, "dossiers": True}))
    page.route("**/try/dossiers", lambda route: route.fulfill(json=[sample]))
    page.reload()
    expect(page.get_by_role("button", name="Gửi mã này")).to_be_visible()
    expect(page.get_by_role("button", name="Bấm 4 số cuối 1234")).to_be_hidden()
    dial(page)
    expect(page.get_by_role("button", name="Gửi mã này")).to_be_hidden()
    page.get_by_role("button", name="Bấm 0000012012607010001#").click()
    stream.wait_for(lambda: stream.keys.endswith("#"))
    page.get_by_role("button", name="Bấm 4 số cuối 1234").click()
    stream.wait_for(lambda: stream.keys == "0000012012607010001#1234")
    hang_up(page)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("NotAllowedError", "Micrô chưa được phép dùng. Không sao, cứ bấm phím."),
        ("NotFoundError", "Không tìm thấy micrô. Không sao, cứ bấm phím."),
    ],
)
def test_a_call_works_with_keys_alone(
    open_page: Callable[..., Page], stream: StreamDouble, failure: str, said: str
) -> None:
    refused = f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('no', '{failure}'); }};"
    page = open_page(microphone=False, script=refused)
    dial(page)
    expect(page.locator("#call-note")).to_have_text(said)
    press(page, "2")
    stream.wait_for(lambda: stream.keys == "2" and len(stream.of("media")) > 25)
    assert set(stream.heard) == {0}, "silence, but a stream that goes on"
    expect(loudspeaker(page)).to_have_attribute("aria-valuenow", "0")
    hang_up(page)


def test_a_call_does_not_wait_for_leave_to_use_the_microphone(
    open_page: Callable[..., Page], stream: StreamDouble
) -> None:
    page = open_page(script="navigator.mediaDevices.getUserMedia = () => new Promise(() => {});")
    dial(page)
    expect(page.locator("#call-note")).to_have_text("Đang chờ được phép dùng micrô. Bấm phím được ngay.")
    stream.wait_for(lambda: len(stream.of("media")) > 10)
    hang_up(page)


def test_a_stream_that_breaks_ends_the_call_and_the_next_one_can_begin(page: Page, stream: StreamDouble) -> None:
    stream.hangs_up_on = "9"
    dial(page)
    with page.expect_request("**/try/calls/stream-ended"):
        press(page, "9")
    # The dialogue still waits: a stream that broke cannot go on in a browser.
    expect(page.locator("#call-state")).to_have_text("Chưa gọi được. Hãy kiểm tra hệ thống rồi gọi lại.")
    expect(page.get_by_role("button", name="Gọi", exact=True)).to_be_enabled()


def test_an_officer_rings_in_vain_and_the_stream_comes_back(page: Page, stream: StreamDouble) -> None:
    stream.hangs_up_on = "0"
    page.route(
        "**/try/calls/stream-ended",
        lambda route: route.fulfill(
            json={
                "call": route.request.post_data_json["call"],
                "then": "ring",
                "ring": {"number": "0900000000", "sequence": 1},
            }
        ),
    )
    dial(page)
    press(page, "0")
    expect(page.locator("#call-state")).to_have_text("Đang nối với cán bộ. Ở máy thử không có ai nghe.")
    expect(page.locator("#call-state")).to_have_text("Đang nói chuyện", timeout=20_000)
    stream.wait_for(lambda: len(stream.of("start")) == 2)
    first, second = stream.of("start")
    assert first["start"]["callSid"] == second["start"]["callSid"]
    assert first["start"]["customParameters"] != second["start"]["customParameters"]
    hang_up(page)


def test_a_call_that_cannot_begin_says_so_and_texts_come_back(page: Page, stream: StreamDouble) -> None:
    stream.closes_at_once = True
    page.get_by_role("button", name="Gọi", exact=True).click()
    expect(page.locator("#call-state")).to_have_text("Chưa gọi được. Hãy kiểm tra hệ thống rồi gọi lại.")
    page.get_by_role("button", name="Về tin nhắn").click()
    expect(page.get_by_label("Nội dung tin nhắn")).to_be_visible()
    expect(page.get_by_role("button", name="Cúp máy")).to_be_disabled()
    page.get_by_label("Nội dung tin nhắn").fill("hỏi")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .received")).to_have_count(1)


def test_no_text_leaves_while_the_telephone_calls(page: Page, stream: StreamDouble) -> None:
    dial(page)
    expect(page.get_by_role("button", name="gặp cán bộ")).to_be_hidden()
    expect(page.get_by_role("button", name="Đổi số máy mới")).to_be_disabled()
    hang_up(page)
    page.get_by_role("button", name="Về tin nhắn").click()
    expect(page.get_by_role("button", name="gặp cán bộ")).to_be_enabled()
    expect(page.get_by_role("button", name="Đổi số máy mới")).to_be_enabled()


def test_leaving_the_page_hangs_up(page: Page, stream: StreamDouble, url: str) -> None:
    dial(page)
    stream.wait_for(lambda: bool(stream.of("start")))
    call = stream.of("start")[0]["start"]["callSid"]

    def is_known() -> bool:
        asked = httpx.post(f"{url}/try/calls/said", json={"call": call}, timeout=10, trust_env=False)
        return bool(asked.json()["sequence"])

    assert is_known()
    page.reload()
    stream.wait_for(lambda: bool(stream.of("stop")))
    stream.wait_for(lambda: not is_known())


def test_everybody_can_use_the_calling_telephone(page: Page, stream: StreamDouble) -> None:
    dial(page)
    expect(page.locator("#call-lines .received")).to_have_count(1)
    press(page, "2")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="English").click()
    expect(page.locator("#call-state")).to_have_text("Connected")
    expect(page.get_by_role("button", name="Hang up")).to_be_enabled()
    page.get_by_role("button", name="Hang up").click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_of_a_call_is_cut_off_at_any_width(page: Page, stream: StreamDouble, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    dial(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("button", name="Cúp máy")).to_be_in_viewport()
    hang_up(page)


def test_sound_is_coded_as_on_telephone_lines(page: Page) -> None:
    values = sorted({*range(-32768, 32768, 37), -32768, -1, 0, 1, 32767})
    coded = page.evaluate(
        """async (values) => {
            const { encode, decode } = await import("/try/static/sound/mulaw.js");
            const every = Array.from({ length: 256 }, (_, byte) => byte);
            return [values.map((value) => encode(value / 32767)), [...decode(every)]];
        }""",
        values,
    )
    pcm = np.array([max(-32767, value) for value in values], "<i2").tobytes()
    assert bytes(coded[0]) == pcm_to_mulaw(pcm)
    assert [round(value * 32768) for value in coded[1]] == np.frombuffer(
        mulaw_to_pcm(bytes(range(256))), "<i2"
    ).tolist()


@pytest.mark.parametrize("rates", [(48_000, 8000), (44_100, 8000), (8000, 48_000), (8000, 44_100)])
def test_tones_keep_their_pitch_and_level_and_aliases_stay_out(page: Page, rates: tuple[int, int]) -> None:
    def changed(frequency: float) -> np.ndarray:
        return np.array(
            page.evaluate(
                """async ([from, to, frequency]) => {
                    const { Resampler } = await import("/try/static/sound/resampler.js");
                    const resampler = new Resampler(from, to);
                    const all = [];
                    for (let start = 0; start < from; start += 128) {
                        const piece = Float32Array.from({ length: Math.min(128, from - start) },
                            (_, index) => 0.5 * Math.sin((2 * Math.PI * frequency * (start + index)) / from));
                        all.push(...resampler.take(piece));
                    }
                    return all;
                }""",
                [*rates, frequency],
            )
        )

    sound = changed(1000.0)
    assert abs(len(sound) - rates[1]) < 0.02 * rates[1]
    middle = sound[rates[1] // 4 :][: rates[1] // 2]
    assert math.sqrt((middle**2).mean()) == pytest.approx(0.5 / math.sqrt(2), rel=0.03)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
    frequencies = np.fft.rfftfreq(len(middle), 1 / rates[1])
    assert spectrum[abs(frequencies - 1000) < 20].sum() > 0.9999 * spectrum.sum()
    if rates[0] > rates[1]:
        assert math.sqrt((changed(5500.0)[rates[1] // 4 :] ** 2).mean()) < 0.005, "above half the rate: silence"
