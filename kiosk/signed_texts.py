"""Texts the server made itself, marked so that it knows them again.

The page asks for a text to be spoken, printed or sent as a text message. Nobody may use the kiosk to say, print or send
words of their own, and the server keeps nothing of a visit; so each text carries a signature, which only we can make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stores.sealing import Seal
from stores.signing import Signature

LONGEST: Final = 20_000
"""Characters of one text."""
_PURPOSE: Final = "kiosk-text"


@dataclass(frozen=True, slots=True)
class SignedText:
    """A text of the server's with the proof that it is one."""

    text: str
    token: str


class Signing:
    """Makes and checks the proofs of one installation.

    Args:
        seal: of the installation; the same in every process.
    """

    def __init__(self, seal: Seal) -> None:
        self._signature = Signature(seal, _PURPOSE)

    def sign(self, text: str) -> SignedText:
        """The text with its proof."""
        return SignedText(text, self._signature.of(text))

    def is_ours(self, text: str, token: str) -> bool:
        """Whether we made this text."""
        return len(text) <= LONGEST and self._signature.fits(text, token)
