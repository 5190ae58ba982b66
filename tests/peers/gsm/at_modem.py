"""A GSM modem on a pseudo-terminal: AT commands of 3GPP TS 27.005 and 27.007, as gammu speaks them to a USB stick.

It keeps messages on its SIM card, takes submissions, and misbehaves when told to: vanishes as a stick does that
is pulled out, falls silent, refuses with an error of the network, answers too late.
"""

from __future__ import annotations

import os
import re
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from pdu import Submitted, read_submit, report

CAPACITY = 20


class Deed(Enum):
    """What the modem does with a submission, beside refusing it with a number."""

    TAKE = "take"
    VANISH_BEFORE = "vanish before it is taken"
    VANISH_AFTER = "take it, then vanish before saying so"
    SILENCE = "take it, then say nothing"


class AtModem:
    """The modem; a thread answers until :meth:`close`.

    Args:
        device: the name the terminal is reached under, as ``/dev/ttyUSB0`` is; a new terminal takes the same name.
        pin: what the SIM card asks for at power-on; None for a card that asks for nothing.
    """

    def __init__(self, device: Path, pin: str | None = None) -> None:
        self.device = device
        self.submitted: list[Submitted] = []
        """What the network took."""
        self.pin_tries = 0
        self.seconds_to_send = 0.05
        self.reports = False
        """Whether the network reports each submission as delivered at once."""
        self.hangs = False
        self._pin = pin
        self._locked = pin is not None
        self._deeds: list[Deed | int] = []
        self._card: dict[int, tuple[str, bool]] = {}
        self._guard = threading.RLock()
        self._reference = 0
        self._master = self._slave = -1
        self._stopping = threading.Event()
        self.appear()
        self._thread = threading.Thread(target=self._serve, name="modem", daemon=True)
        self._thread.start()

    def next_deeds(self, *deeds: Deed | int) -> None:
        """What happens to the next submissions, one each; a number is the error (+CMS ERROR) it is refused with."""
        with self._guard:
            self._deeds.extend(deeds)

    def receive(self, *pdus: str) -> None:
        """Messages arrive and are kept on the card; waits for room as the network does."""
        for pdu in pdus:
            while True:
                with self._guard:
                    free = next((place for place in range(1, CAPACITY + 1) if place not in self._card), None)
                    if free is not None:
                        self._card[free] = (pdu, False)
                        break
                time.sleep(0.02)

    @property
    def kept(self) -> int:
        """Messages on the card."""
        with self._guard:
            return len(self._card)

    @property
    def is_there(self) -> bool:
        """Whether the terminal exists."""
        return self._master >= 0

    def vanish(self) -> None:
        """Be pulled out: the terminal and its name are gone, and what is open on it is dead."""
        with self._guard:
            self.device.unlink(missing_ok=True)
            for descriptor in (self._slave, self._master):
                if descriptor >= 0:
                    os.close(descriptor)
            self._master = self._slave = -1

    def appear(self) -> None:
        """Be plugged in: a new terminal under the same name. The card still has what it had."""
        with self._guard:
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            self._locked = self._pin is not None
            beside = self.device.with_name(self.device.name + ".new")
            beside.symlink_to(os.ttyname(self._slave))
            beside.replace(self.device)

    def close(self) -> None:
        """Stop for good."""
        self._stopping.set()
        self._thread.join(5)
        self.vanish()

    def _serve(self) -> None:
        buffer = b""
        while not self._stopping.is_set():
            with self._guard:
                master = self._master
            if master < 0:
                buffer = b""
                time.sleep(0.02)
                continue
            try:
                ready, _, _ = select.select([master], [], [], 0.05)
                if ready:
                    buffer += os.read(master, 4096)
            except (OSError, ValueError):
                continue
            while not self._stopping.is_set() and (end := re.search(rb"[\r\x1a\x1b]", buffer)):
                line, buffer = buffer[: end.start()], buffer[end.end() :]
                try:
                    self._take_line(line.decode("latin-1").strip(), chr(end.group()[0]))
                except OSError:
                    buffer = b""

    def _take_line(self, line: str, end: str) -> None:
        if self.hangs:
            return
        # gammu takes the first line of an answer for the echo of its command.
        self._say(line + end)
        if end == "\x1a":
            self._submit(line)
        elif line and end == "\r":
            self._say(self._answer(line))

    def _say(self, text: str) -> None:
        with self._guard:
            if self._master >= 0:
                os.write(self._master, text.encode("latin-1"))

    def _answer(self, line: str) -> str:
        command = line[2:] if line.upper().startswith("AT") else line
        for pattern, answer in _FIXED:
            if re.fullmatch(pattern, command):
                return f"\r\n{answer}\r\n\r\nOK\r\n" if answer else "\r\nOK\r\n"
        if command.startswith("+CPIN"):
            return self._answer_pin(command)
        if self._locked:
            return "\r\n+CME ERROR: 11\r\n"
        if command.startswith("+CMGS="):
            return "\r\n> "
        if command.startswith(("+CPMS", "+CMGL", "+CMGR", "+CMGD")):
            return self._answer_about_card(command)
        return "\r\nERROR\r\n"

    def _answer_pin(self, command: str) -> str:
        if command == "+CPIN?":
            return f"\r\n+CPIN: {'SIM PIN' if self._locked else 'READY'}\r\n\r\nOK\r\n"
        given = re.search(r'"(\d+)"', command)
        self.pin_tries += 1
        if given and given[1] == self._pin:
            self._locked = False
            return "\r\nOK\r\n"
        return "\r\n+CME ERROR: 16\r\n"

    def _answer_about_card(self, command: str) -> str:
        with self._guard:
            places = sorted(self._card)
            if command == "+CPMS=?":
                return '\r\n+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK\r\n'
            if command == "+CPMS?":
                one = f'"SM",{len(places)},{CAPACITY}'
                return f"\r\n+CPMS: {one},{one},{one}\r\n\r\nOK\r\n"
            if command.startswith("+CPMS="):
                one = f"{len(places)},{CAPACITY}"
                return f"\r\n+CPMS: {one},{one},{one}\r\n\r\nOK\r\n"
            if command.startswith("+CMGL="):
                listed = "".join(
                    f"\r\n+CMGL: {place},{self._state(place)}\r\n{self._card[place][0]}" for place in places
                )
                return listed + "\r\n\r\nOK\r\n"
            place = int(re.findall(r"\d+", command)[0])
            if place not in self._card:
                return "\r\n+CMS ERROR: 321\r\n"
            if command.startswith("+CMGR="):
                shown = f"\r\n+CMGR: {self._state(place)}\r\n{self._card[place][0]}\r\n\r\nOK\r\n"
                self._card[place] = (self._card[place][0], True)
                return shown
            del self._card[place]
            return "\r\nOK\r\n"

    def _state(self, place: int) -> str:
        pdu, was_read = self._card[place]
        return f"{int(was_read)},,{len(pdu) // 2 - 1 - int(pdu[:2], 16)}"

    def _submit(self, pdu: str) -> None:
        with self._guard:
            deed = self._deeds.pop(0) if self._deeds else Deed.TAKE
        time.sleep(self.seconds_to_send)
        if deed is Deed.VANISH_BEFORE:
            return self.vanish()
        if isinstance(deed, int):
            return self._say(f"\r\n+CMS ERROR: {deed}\r\n")
        part = read_submit(pdu)
        with self._guard:
            self.submitted.append(part)
            self._reference = (self._reference + 1) % 256
            reference = self._reference
        if deed is Deed.VANISH_AFTER:
            return self.vanish()
        if deed is Deed.SILENCE:
            return None
        self._say(f"\r\n+CMGS: {reference}\r\n\r\nOK\r\n")
        if self.reports and part.wants_report:
            self.receive(report(part.recipient, reference, at=datetime.now(UTC)))
        return None


@contextmanager
def at_modem(folder: Path, pin: str | None = None) -> Iterator[AtModem]:
    """A modem for the length of a block."""
    modem = AtModem(folder / "ttyUSB0", pin)
    try:
        yield modem
    finally:
        modem.close()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that happens in another thread or process.

    Raises:
        AssertionError: it did not happen in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


_FIXED: tuple[tuple[str, str], ...] = (
    (r"|E0|E1|Z|V1|\+CMEE=\d|\+CMGF=0|\+CFUN=1|\+CSDH=\d|\+CMMS=\d|\+CREG=\d|\+CGREG=\d|H", ""),
    (r"\+CNMI=\?", "+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)"),
    (r"\+CMGF=\?", "+CMGF: (0)"),
    (r"\+CMGF\?", "+CMGF: 0"),
    (r"\+CSCS=\?", '+CSCS: ("GSM","IRA","UCS2")'),
    (r"\+CSCS\?", '+CSCS: "GSM"'),
    (r"\+CFUN\?", "+CFUN: 1"),
    (r"\+CGMI", "Acme"),
    (r"\+CGMM", "Modem"),
    (r"\+GMM", "Modem"),
    (r"\+CGMR", "1.0"),
    (r"\+CGSN", "490154203237518"),
    (r"\+CIMI", "452019000000000"),
    (r"\+CSCA\?", '+CSCA: "+84900000999",145'),
    (r"\+CSQ", "+CSQ: 20,99"),
    (r"\+CBC", "+CBC: 0,100"),
    (r"\+CREG\?", '+CREG: 2,1,"00C3","1234"'),
    (r"\+CGREG\?", "+CGREG: 0,1"),
    (r"\+CGATT\?", "+CGATT: 1"),
    (r"\+COPS\?", '+COPS: 0,2,"45201"'),
    (r"\+(CNMI|CSMP|CSCS|CUSD|CLIP|CRC|CCWA|COPS)=.*", ""),
)
