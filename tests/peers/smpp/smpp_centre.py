"""The operator's side: a short message centre that speaks real SMPP (npm ``smpp``), and the alphabets it leaves to
us.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from channels.rendering.segments import Encoding, size
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

FOLDER = Path(__file__).parent
ESCAPE = 0x1B
ESCAPED = dict(zip(GSM7_EXTENSION, [0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65], strict=True))
UNESCAPED = {code: sign for sign, code in ESCAPED.items()}
# The table leaves out the place of the escape itself.
SEPTETS = {sign: code + (code >= ESCAPE) for code, sign in enumerate(GSM7_BASIC)}
SIGNS = {code: sign for sign, code in SEPTETS.items()}
USER_DATA_HEADER = 0x40
RECEIPT = 0x04
CODING = {Encoding.GSM7: 0, Encoding.UCS2: 8}


def to_bytes(text: str, encoding: Encoding) -> bytes:
    """As it stands in a PDU: a septet an octet, or UTF-16."""
    if encoding is Encoding.UCS2:
        return text.encode("utf-16-be")
    codes = [[ESCAPE, ESCAPED[sign]] if sign in ESCAPED else [SEPTETS[sign]] for sign in text]
    return bytes(code for pair in codes for code in pair)


def to_text(data: bytes, data_coding: int) -> str:
    """What a telephone shows."""
    if data_coding == CODING[Encoding.UCS2]:
        return data.decode("utf-16-be")
    text, codes = "", iter(data)
    for code in codes:
        text += UNESCAPED[next(codes)] if code == ESCAPE else SIGNS[code]
    return text


@dataclass(frozen=True)
class Arrived:
    """One message as a telephone gets it, its parts joined."""

    id: str
    """The centre's id of the first part, by which receipts come."""
    source: str
    destination: str
    text: str
    parts: int


class Centre:
    """The running centre.

    Args:
        process: node, which has printed its ports.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._process = process
        line = process.stdout.readline()
        assert line, "the centre did not start"
        ports = json.loads(line)
        self.port = int(ports["smpp"])
        self._control = httpx.Client(base_url=f"http://127.0.0.1:{ports['control']}", trust_env=False, timeout=20)

    @classmethod
    def start(cls) -> Centre:
        """Start it, or skip the test."""
        node = shutil.which("node")
        if node is None:
            pytest.skip("node is missing: Debian package nodejs")
        found = subprocess.run([node, "-e", "require.resolve('smpp')"], cwd=FOLDER, capture_output=True, check=False)
        if found.returncode:
            pytest.skip("npm package smpp is missing: see tests/peers/README.md")
        return cls(subprocess.Popen([node, "smsc.js"], cwd=FOLDER, stdout=subprocess.PIPE, text=True))

    def stop(self) -> None:
        """End it."""
        self._control.close()
        self._process.kill()
        self._process.wait(10)

    @property
    def bound(self) -> int:
        """Connections that take messages of citizens."""
        return int(self._control.get("/state").json()["bound"])

    @property
    def binds(self) -> int:
        """Lines made since the start."""
        return int(self._control.get("/state").json()["binds"])

    def behave(self, **how: object) -> None:
        """Change how the next requests are met: ``refuse``, ``silent``, ``hold_ms``, ``closed``, ``forget``."""
        self._control.post("/behave", json=how).raise_for_status()

    def drop(self) -> None:
        """Cut every line."""
        self._control.post("/drop", json={}).raise_for_status()

    def deliver(
        self, data: bytes, data_coding: int, *, sender: str = "84900000123", ton: int = 1, **more: object
    ) -> None:
        """Send one PDU of a citizen; Kannel must take it."""
        pdu = {
            "source_addr": sender,
            "source_addr_ton": ton,
            "source_addr_npi": 1,
            "dest_addr_ton": 2,
            "dest_addr_npi": 1,
            "destination_addr": "8079",
            "data_coding": data_coding,
            "hex": data.hex(),
        }
        answer = self._control.post("/deliver", json={**pdu, **more}).json()
        assert answer["status"] == 0, answer

    def deliver_text(self, text: str) -> None:
        """Send one short message of a citizen."""
        encoding = size(text).encoding
        self.deliver(to_bytes(text, encoding), CODING[encoding])

    def report(self, id: str, state: str, error: int) -> None:
        """Send the delivery report of a message."""
        line = (
            f"id:{id} sub:001 dlvrd:001 submit date:2611231851 done date:2611231851 stat:{state} err:{error:03} text:"
        )
        self.deliver(line.encode("ascii"), 0, esm_class=RECEIPT)

    def arrived(self) -> list[Arrived]:
        """What telephones got, in order of the first part; an unfinished message is left out."""
        messages: dict[tuple[str, str, object], dict[int, tuple[str, bytes]]] = defaultdict(dict)
        told: dict[tuple[str, str, object], tuple[int, int]] = {}
        for pdu in self._control.get("/submitted").json():
            data, total, number = bytes.fromhex(pdu["hex"]), 1, 1
            key: tuple[str, str, object] = (pdu["source"], pdu["destination"], pdu["id"])
            if pdu["esm_class"] & USER_DATA_HEADER:
                # Length, then one element: concatenation with reference, number of parts, number of this part.
                assert data[:3] == b"\x05\x00\x03", data[:6].hex()
                reference, total, number = data[3:6]
                key, data = (pdu["source"], pdu["destination"], f"part {reference}"), data[6:]
            messages[key].setdefault(number, (pdu["id"], data))
            told[key] = (total, pdu["data_coding"])
        whole = [(key, parts) for key, parts in messages.items() if len(parts) == told[key][0]]
        return [
            Arrived(
                id=parts[1][0],
                source=key[0],
                destination=key[1],
                text=to_text(b"".join(parts[number][1] for number in sorted(parts)), told[key][1]),
                parts=len(parts),
            )
            for key, parts in whole
        ]

    def times(self, text: str) -> int:
        """How often a telephone got a text."""
        return sum(message.text == text for message in self.arrived())
