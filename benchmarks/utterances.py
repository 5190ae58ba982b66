"""What the made-up citizens and the made-up users of the reference say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One utterance, and what tells a right answer from a wrong one."""

    text: str
    procedure: str | None = None
    """Code that must be understood; None for a plain utterance."""
    reply: str = ""
    """Words the reference must answer with."""


FIRST = Said("đăng ký khai sinh cần giấy tờ gì", "1.001193")
"""The first question after a start."""

MIX = (
    Said("xin chào"),
    Said("đăng ký khai sinh cần giấy tờ gì", "1.001193"),
    Said("cảm ơn nhé"),
    Said("le phi dang ky ket hon la bao nhieu", "1.000894"),
)
"""Half plain utterances, half questions answered by a custom action."""

REFERENCE_MIX = (
    Said("hello there", reply="Hello"),
    Said("which papers do I need", reply="identity card"),
    Said("thank you very much", reply="welcome"),
    Said("how much does it cost", reply="free of charge"),
)
"""The same mix for the reference: half plain, half answered by its custom action."""
