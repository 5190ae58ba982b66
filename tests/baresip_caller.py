"""A caller with a real SIP telephone: baresip dials, presses keys, speaks a recording, and keeps what it heard."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pytest
from free_ports import free_port, free_ports

from speech.audio import Recording, level, samples, seconds_of, silence, write_wav

RATE = 8000
HEADER_BYTES = 44
"""Of the WAV file baresip writes; its lengths are filled in at the end of the call."""
QUIET_DBFS = -50.0
INTERRUPTED_SECONDS = 1.0
"""Voice that may still come of what a key has interrupted; every answer of these calls is longer."""
BEGINNING_SECONDS = 12.0
"""Voice in which every step of these calls has said what is its own."""
CALL_SECONDS = 600.0

needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None or not Path("/usr/lib/baresip/modules/ctrl_tcp.so").exists(),
    reason="needs the Debian package baresip-core",
)

CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{sip_port}
net_interface 127.0.0.1
rtp_ports {rtp_first}-{rtp_last}
audio_source aufile,{source}
audio_player aubridge,nobody
audio_srate 8000-8000
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
ctrl_tcp_listen 127.0.0.1:{control_port}
snd_path {heard}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""


class BaresipCaller:
    """One telephone. Use it as a context; it hangs up at the end.

    Args:
        folder: for its files.
        says: 8 kHz sound it speaks, beginning with the call; silence follows.
        codec: PCMU or PCMA.
        account: parameters of its account, each with a semicolon before it.
        modules: of baresip, beside the usual ones.
    """

    def __init__(
        self, folder: Path, says: bytes = b"", codec: str = "PCMU", account: str = "", modules: Sequence[str] = ()
    ) -> None:
        self._folder = folder
        self._heard = folder / "heard"
        self._heard.mkdir(parents=True)
        source = self._source(says)
        self._control_port = free_port()
        first = free_ports(22)
        config = CONFIG.format(
            sip_port=free_ports(2),
            control_port=self._control_port,
            rtp_first=first,
            rtp_last=first + 20,
            source=source,
            heard=self._heard,
        )
        (folder / "config").write_text(config + "".join(f"module {name}\n" for name in modules))
        (folder / "accounts").write_text(f"<sip:0900000177@127.0.0.1>;regint=0;audio_codecs={codec}{account}\n")
        (folder / "contacts").write_text("")
        self._log = (folder / "baresip.log").open("wb")
        self._control: socket.socket | None = None

    def __enter__(self) -> BaresipCaller:
        self._process = subprocess.Popen(
            ["baresip", "-f", str(self._folder)], stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + 20
        while self._control is None:
            try:
                self._control = socket.create_connection(("127.0.0.1", self._control_port), timeout=10)
            except OSError:
                assert self._process.poll() is None, self.log
                assert time.monotonic() < deadline, self.log
                time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control is not None:
            self._control.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    @property
    def log(self) -> str:
        """What baresip printed."""
        return (self._folder / "baresip.log").read_text(errors="replace")

    def command(self, command: str, params: str = "") -> None:
        """Tell baresip to do something."""
        assert self._control is not None
        body = json.dumps({"command": command, "params": params, "token": command}).encode()
        self._control.sendall(b"%d:%s," % (len(body), body))

    def dial(self, port: int) -> None:
        """Call the system and wait until its voice is there."""
        self.command("dial", f"sip:1022@127.0.0.1:{port}")
        self.wait(lambda: level(self.heard()) > QUIET_DBFS, "no voice was heard")

    def press(self, keys: str) -> None:
        """Press keys, as fast as a person does."""
        for key in keys:
            self.command("sndcode", key)
            time.sleep(0.25)

    def speak(self, pcm: bytes) -> None:
        """Say 8 kHz sound now."""
        self.command("ausrc", f"aufile,{self._source(pcm)}")

    def _source(self, pcm: bytes) -> Path:
        file = self._folder / f"says-{len(list(self._folder.glob('says-*')))}.wav"
        # baresip hangs up when its file ends.
        write_wav(file, Recording(pcm + silence(CALL_SECONDS - seconds_of(pcm, RATE), RATE), RATE))
        return file

    def hang_up(self) -> None:
        """End the call."""
        self.command("hangup")

    def heard(self) -> bytes:
        """Everything heard so far, 8 kHz."""
        for file in self._heard.glob("*-dec.wav"):
            return file.read_bytes()[HEADER_BYTES:]
        return b""

    def heard_since(self, place: int) -> bytes:
        """What was heard from a place (bytes) on."""
        return self.heard()[place:]

    def answer(self, after: int = 0, quiet_seconds: float = 1.6, limit: float = 60.0) -> bytes:
        """Wait until the voice has spoken and is quiet for a while; what it said since a place (bytes).

        The end of what was interrupted is no answer: on a busy machine a while passes until that comes.
        """
        size = int(quiet_seconds * RATE) * 2

        def is_over() -> bool:
            said = self.heard_since(after)
            if len(said) <= size or level(said[-size:]) >= QUIET_DBFS:
                return False
            return float(voiced(said).sum()) * 0.02 >= INTERRUPTED_SECONDS

        self.wait(is_over, "the voice did not answer, or did not end", limit)
        return self.heard_since(after)

    def beginning(self, after: int, seconds: float = BEGINNING_SECONDS, limit: float = 60.0) -> bytes:
        """Wait until the voice has spoken for a while; what it said since a place (bytes).

        For what goes on for half a minute and is told from everything else by how it begins.
        """

        def has_begun() -> bool:
            return float(voiced(self.heard_since(after)).sum()) * 0.02 >= INTERRUPTED_SECONDS + seconds

        self.wait(has_begun, "the voice did not answer, or broke off", limit)
        return self.heard_since(after)

    def wait(self, reached: object, problem: str, limit: float = 30.0) -> None:
        """Wait for something."""
        assert callable(reached)
        deadline = time.monotonic() + limit
        while not reached():
            assert time.monotonic() < deadline, f"{problem}\n{self.log[-3000:]}"
            time.sleep(0.1)

    def is_over(self) -> bool:
        """Whether the other side has ended the call."""
        return "session closed" in self.log.lower() or "call: terminate" in self.log.lower()


def voiced(pcm: bytes) -> npt.NDArray[np.bool_]:
    """For each 20 ms whether something is heard."""
    values = samples(pcm).astype(np.float64)
    frames = values[: len(values) // 160 * 160].reshape(-1, 160)
    power = np.sqrt(np.mean(np.square(frames), axis=1)) + 1e-9
    found: npt.NDArray[np.bool_] = 20 * np.log10(power / 32768) > QUIET_DBFS
    return found


def check_sound(pcm: bytes, least_seconds: float) -> None:
    """Enough of it, loud enough to be understood, and nowhere overdriven."""
    heard = voiced(pcm)
    assert heard.sum() * 0.02 >= least_seconds, f"{heard.sum() * 0.02:.1f} s of voice"
    loud = b"".join(pcm[place * 320 : place * 320 + 320] for place in np.flatnonzero(heard))
    assert -32.0 < level(loud) < -8.0, f"{level(loud):.1f} dBFS"
    values = samples(pcm)
    assert np.count_nonzero(np.abs(values.astype(np.int32)) >= 32000) < 0.001 * values.size
