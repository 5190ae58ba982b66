"""Many callers at once: SIPp dials, speaks a recording as RTP, and hangs up."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from free_ports import free_port, free_ports

from speech.audio import pcm_to_mulaw

needs_sipp = pytest.mark.skipif(shutil.which("sipp") is None, reason="needs the Debian package sip-tester")

SCENARIO = """\
<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a caller">
  <send retrans="500"><![CDATA[
    INVITE sip:1022@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:0900000[call_number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
    To: <sip:1022@[remote_ip]:[remote_port]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:caller@[local_ip]:[local_port]>
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP[local_ip_type] [local_ip]
    s=-
    c=IN IP[media_ip_type] [media_ip]
    t=0 0
    m=audio [rtpstream_audio_port] RTP/AVP 0 96
    a=rtpmap:0 PCMU/8000
    a=rtpmap:96 telephone-event/8000
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="200" rtd="true"/>
  <send><![CDATA[
    ACK [next_url] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:0900000[call_number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
    To: <sip:1022@[remote_ip]:[remote_port]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Max-Forwards: 70
    Content-Length: 0
  ]]></send>
  <nop><action><exec rtp_stream="{sound},-1,0"/></action></nop>
  <pause milliseconds="{milliseconds}"/>
  <send retrans="500"><![CDATA[
    BYE [next_url] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:0900000[call_number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
    To: <sip:1022@[remote_ip]:[remote_port]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 2 BYE
    Max-Forwards: 70
    Content-Length: 0
  ]]></send>
  <recv response="200"/>
</scenario>
"""


@dataclass(frozen=True)
class Load:
    """What became of the calls."""

    successful: int
    failed: int
    most_at_once: int
    output: str


def call_at_once(folder: Path, port: int, pcm: bytes, *, calls: int, seconds: float) -> Load:
    """Make calls, twenty new ones a second, each of so many seconds.

    Args:
        folder: for its files.
        port: of the system.
        pcm: what each caller says, again and again; 8 kHz.
        calls: how many.
        seconds: how long each lasts.
    """
    folder.mkdir(parents=True)
    sound = folder / "sound.ulaw"
    sound.write_bytes(pcm_to_mulaw(pcm))
    scenario = folder / "caller.xml"
    scenario.write_text(SCENARIO.format(sound=sound, milliseconds=round(seconds * 1000)))
    media = free_ports(4 * calls)
    statistics = folder / "statistics.csv"
    command = [
        *("sipp", f"127.0.0.1:{port}", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(free_port())),
        *("-m", str(calls), "-l", str(calls), "-r", "20", "-mi", "127.0.0.1", "-mp", str(media)),
        *("-trace_stat", "-stf", str(statistics), "-fd", "1", "-nostdin", "-timeout", "120", "-timeout_error"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=180, check=False)
    output = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", done.stdout.decode(errors="replace"))[-3000:]
    with statistics.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    last = rows[-1]
    return Load(
        int(last["SuccessfulCall(C)"]),
        int(last["FailedCall(C)"]),
        max(int(row["CurrentCall"]) for row in rows),
        output + done.stderr.decode(errors="replace")[-1000:],
    )
