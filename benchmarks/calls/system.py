"""The real system with its media streams, in a data folder of its own."""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import httpx
from prometheus_client.parser import text_string_to_metric_families
from twilio.request_validator import RequestValidator

from benchmarks.calls.stream_caller import StreamCaller
from benchmarks.processes import (
    HOST,
    Process,
    ProcessFailed,
    check_port,
    descendants,
    processor_seconds,
    with_module,
)

START_SECONDS = 240.0
LATE = "motcua_call_frame_late_seconds"
PREPARED = "motcua_call_answers_prepared_total"
ANSWERS = "motcua_call_answer_seconds"


class StreamingSystem:
    """``motcua up`` with media streams.

    Args:
        port: of the gateway; the core takes the next one.
        folder: an empty folder for data and log.
        workers: recognition processes.
        prepared: answers prepared at once at the pauses of callers.
    """

    def __init__(self, port: int, folder: Path, workers: int, prepared: int) -> None:
        for wanted in (port, port + 1):
            check_port(wanted)
        self._url = f"http://{HOST}:{port}"
        self._token = secrets.token_hex(16)
        settings = {
            "TWILIO_AUTH_TOKEN": self._token,
            "SECRET_KEY": secrets.token_hex(16),
            "VOICE_STREAM": "true",
            "VOICE_CALLS": "200",
            "RECOGNISER_WORKERS": str(workers),
            "VOICE_PREPARED": str(prepared),
            "LOG_LEVEL": "WARNING",
            # The made-up citizens all call from one number, or stand at one kiosk.
            "LIMITS": "calls_caller=0,kiosk_turns_visit=0,kiosk_requests_address=0",
        }
        self._process = Process(
            [sys.executable, "-m", "cli.main", "up", "--port", str(port), "--data", str(folder / "data")],
            {f"MOTCUA_{name}": value for name, value in settings.items()},
            folder / "system.log",
        )

    def wait(self) -> None:
        """Wait until every part is ready.

        Raises:
            ProcessFailed: when it ends or never is.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._process.check()
            try:
                if httpx.get(self._url + "/readyz", timeout=5, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise ProcessFailed(f"the system is not ready:\n{self._process.tail()}")
            time.sleep(0.2)

    async def call(self, session: aiohttp.ClientSession) -> StreamCaller:
        """Begin a call as a provider does: the signed webhook, then the stream it names."""
        call = "CA" + secrets.token_hex(16)
        form = {"CallSid": call, "From": "+84900000177", "To": "+84900000999", "CallStatus": "in-progress"}
        address = self._url + "/voice/twilio"
        headers = {"X-Twilio-Signature": RequestValidator(self._token).compute_signature(address, form)}
        async with session.post(address, data=form, headers=headers) as response:
            stream = ElementTree.fromstring(await response.text()).find("Connect/Stream")
        parameter = stream.find("Parameter") if stream is not None else None
        if stream is None or parameter is None:
            raise ProcessFailed("the webhook names no stream")
        socket = await session.ws_connect(stream.attrib["url"])
        caller = StreamCaller(socket, parameter.attrib["value"], call, "MZ" + secrets.token_hex(16), instant=False)
        await caller.begin()
        return caller

    def count(self, name: str, **labels: str) -> float:
        """How often something happened, counted by the system itself."""
        text = httpx.get(self._url + "/metrics", timeout=30, trust_env=False).text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())

    def buckets(self, name: str, **labels: str) -> dict[float, float]:
        """How often a measured value was at most each bound, counted by the system itself."""
        found: dict[float, float] = {}
        text = httpx.get(self._url + "/metrics", timeout=30, trust_env=False).text
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name + "_bucket" and labels.items() <= sample.labels.items():
                    bound = float(sample.labels["le"])
                    found[bound] = found.get(bound, 0.0) + sample.value
        return found

    def voice_seconds(self) -> float:
        """Processor time the voice process has used, its recognisers and voices left out."""
        return processor_seconds(with_module(descendants(self._process.pid), "cli.voice_process"))

    def recogniser_seconds(self) -> float:
        """Processor time the recognisers have used."""
        return processor_seconds(with_module(descendants(self._process.pid), "speech.recognition.worker"))

    def stop(self) -> None:
        """Stop all."""
        self._process.stop()


def percentile_of(before: dict[float, float], after: dict[float, float], share: float) -> float:
    """The bound below which a share of the values between two readings lies, interpolated inside its bucket."""
    counts = [(bound, after[bound] - before.get(bound, 0.0)) for bound in sorted(after)]
    total = counts[-1][1] if counts else 0.0
    lower, below = 0.0, 0.0
    for bound, count in counts:
        if total and count >= share * total:
            inside = (share * total - below) / (count - below) if count > below else 1.0
            return lower if bound == float("inf") else lower + (bound - lower) * inside
        lower, below = bound, count
    return 0.0


def share_above(before: dict[float, float], after: dict[float, float], bound: float) -> float:
    """Share of the values between two readings above one of the bounds; 0 where there are none."""
    counts = {at: count - before.get(at, 0.0) for at, count in after.items()}
    total = counts.get(float("inf"), 0.0)
    return 1 - counts[bound] / total if total else 0.0
