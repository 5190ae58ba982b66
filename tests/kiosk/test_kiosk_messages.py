"""Messages of a box: what is packed small may unpack to anything, so that two limits hold."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from kiosk.protocol import entries, messages
from kiosk.protocol.entries import PURPOSE, UsageEntry, open_entry
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import EntryKind, Exchange

USAGE = UsageEntry(day="2026-11-24", counts={"turn.fee": 1})


def of_size(size: int) -> bytes:
    """An exchange of so many bytes: it knows no such field, and does not mind it."""
    shell = len(json.dumps({"filler": ""}))
    return json.dumps({"filler": "x" * (size - shell)}).encode()


@pytest.mark.parametrize("pack", [bytes, zlib.compress], ids=["plain", "compressed"])
def test_a_message_is_read_up_to_its_limit_and_no_further(pack: type[bytes]) -> None:
    assert Exchange.from_packed(pack(of_size(messages.LARGEST_BODY))) == Exchange()
    with pytest.raises(ValueError, match="too large"):
        Exchange.from_packed(pack(of_size(messages.LARGEST_BODY + 1)))


def sealed(keys: Keys, content: bytes) -> str:
    return base64.b64encode(keys.public.close(zlib.compress(content), PURPOSE)).decode()


def test_an_entry_is_read_up_to_its_limit_and_no_further() -> None:
    keys = Keys.generate()
    plain = USAGE.to_bytes()
    # JSON does not mind the space in front.
    full = b" " * (entries.LARGEST - len(plain)) + plain
    assert open_entry(EntryKind.USAGE, sealed(keys, full), keys) == USAGE
    with pytest.raises(ValueError, match="too large"):
        open_entry(EntryKind.USAGE, sealed(keys, b" " + full), keys)


def test_what_unpacks_to_gigabytes_is_given_up_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zlib.compress(b"{" + b" " * 50_000_000)
    assert len(bomb) < 60_000
    with pytest.raises(ValueError, match="too large"):
        Exchange.from_packed(bomb)
    keys = Keys.generate()
    with pytest.raises(ValueError, match="too large"):
        open_entry(EntryKind.USAGE, sealed(keys, b" " * 50_000_000), keys)


@pytest.mark.parametrize("content", [b"", b"\x00", b"PK", zlib.compress(b"[]"), zlib.compress(b"{}")[:-3]])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its kinds differ, its name is the promise
        Exchange.from_packed(content)
