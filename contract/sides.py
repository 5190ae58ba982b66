"""All sides of a procedure at once, for a screen that shows them beside each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checklist:
    """What to bring in one situation."""

    case: str | None
    """The situation; None for everybody."""
    papers: tuple[str, ...]
    """One line each, with copies to make and when it is not needed."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What may be told of a procedure, in lines ready to be shown; the same caution as in spoken answers."""

    name: str
    summary: str
    """Empty where the record has none."""
    checklists: tuple[Checklist, ...]
    fee: tuple[str, ...]
    time: tuple[str, ...]
    where: tuple[str, ...]
    online: tuple[str, ...]
    """Whether it can be handed in online, and what to know about it."""
    result: tuple[str, ...]
    """What one gets in the end, money with it; empty where the record has none."""
    conditions: tuple[str, ...]
    steps: tuple[str, ...]
    warnings: tuple[str, ...]
    """What is doubtful about the whole record."""
    source: str | None
    """Official address of the procedure."""
