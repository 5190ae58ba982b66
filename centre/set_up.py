"""What a new installation still needs: a list the first officer works through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

About = Literal["text", "telephone", "ears", "catalogue", "secret", "address", "officers", "kiosks", "backup"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list."""

    about: About
    done: bool
    figures: tuple[tuple[str, object], ...] = ()
    """Marks of its sentence, by name."""
    grave: bool = False
    """Whether it must be done before citizens come."""
