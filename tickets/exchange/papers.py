"""Papers of cases: known by their content, pictures drawn anew, kept as files sealed with a key of their own each."""

from __future__ import annotations

import base64
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime import durable
from runtime.messages import Message
from stores.sealing import Seal, SealBroken
from tickets.exchange.messages import LARGEST_PAPER, PaperType
from tickets.pictures import FORMATS, NoPicture, drawn_anew
from tickets.scanning import Scanner

LONGEST_SIDE: Final = 3_508
"""Pixels of a picture that are kept: A4 at 300 dots an inch."""
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_NONCE: Final = 12
_FRESH_SECONDS: Final = 3_600.0
"""A file without a row may belong to a transaction that is not done yet."""


class BadPaper(ValueError):
    """The file is no paper that can be taken; ``why`` is for programs."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Checked:
    """A paper that may be kept."""

    content: bytes
    type: PaperType


def checked(content: bytes) -> Checked:
    """A file as it may be kept: a PDF as it is, a picture drawn anew.

    Raises:
        BadPaper: empty, too_large, or another type than it may be.
    """
    if not content:
        raise BadPaper("empty")
    if len(content) > LARGEST_PAPER:
        raise BadPaper("too_large")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-1024:]:
            raise BadPaper("cut_off")
        return Checked(content, PaperType.PDF)
    try:
        return Checked(drawn_anew(content, LONGEST_SIDE, quality=88), PaperType.JPEG)
    except NoPicture:
        raise BadPaper("type") from None


TAKES: Final = "application/pdf, " + ", ".join(f"image/{one.lower()}" for one in FORMATS)
"""For a form's field."""


class PaperFiles:
    """The files; safe to share between threads and processes.

    Args:
        folder: made when it is missing.
        seal: hides the key of each file.
        scanner: is asked about each.
    """

    def __init__(self, folder: Path, seal: Seal, scanner: Scanner) -> None:
        self._folder = folder
        self._seal = seal
        self._scanner = scanner

    def scan(self, content: bytes) -> None:
        """Pass what the scanner passes.

        Raises:
            BadPaper: it does not (``infected``).
            NotScanned: the scanner is not there, or does not come to an end.
        """
        if not self._scanner.passes(content):
            raise BadPaper("infected")

    def keep(self, content: bytes) -> tuple[str, str]:
        """Keep a content; its file's name, and its key, sealed.

        Raises:
            OSError: the disk takes it not.
        """
        name, key, nonce = secrets.token_hex(16), AESGCM.generate_key(256), os.urandom(_NONCE)
        durable.write(self._folder / name, nonce + AESGCM(key).encrypt(nonce, content, name.encode()))
        return name, self._seal.close(base64.b64encode(key).decode())

    def read(self, name: str, key: str) -> bytes:
        """A content.

        Raises:
            OSError: it is not there.
            SealBroken: it was changed, or its key is another's.
        """
        raw = (self._folder / name).read_bytes()
        try:
            return AESGCM(base64.b64decode(self._seal.open(key))).decrypt(raw[:_NONCE], raw[_NONCE:], name.encode())
        except InvalidTag:
            raise SealBroken(Message("a paper's file was changed")) from None

    def sweep(self, known: set[str]) -> int:
        """Delete files no row knows any more; returns how many.

        Args:
            known: names of those that are wanted.
        """
        gone, before = 0, time.time() - _FRESH_SECONDS
        for path in self._folder.glob("[0-9a-f]*"):
            if _NAME.fullmatch(path.name) and path.name not in known and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def forget(self, name: str) -> None:
        """Delete a file whose row is gone."""
        (self._folder / name).unlink(missing_ok=True)
