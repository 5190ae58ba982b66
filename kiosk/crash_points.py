"""Named steps of work that a power cut may interrupt: tests stop a process at each of them."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[str], None]
"""Told the name of the step that has just been done."""


def no_step(_name: str) -> None:
    """Outside tests nobody listens."""
