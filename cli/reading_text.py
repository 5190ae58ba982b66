"""What `motcua catalogue read` prints: one answer on every channel, with what an editor should shorten."""

from __future__ import annotations

from typing import Any

from channels.rendering.plainness import LONGEST_SENTENCE, Plainness
from contract.aspects import Aspect

MOST_SEGMENTS = 3
MOST_SECONDS = {Aspect.FEE: 12, Aspect.TIME: 12}
USUAL_SECONDS = 30
"""Said before the first pause; a fee or a time is jotted down."""


def render_reading(side: Aspect, found: Plainness) -> str:
    """One side of an answer; "!" marks what is longer than it should be."""
    allowed = MOST_SECONDS.get(side, USUAL_SECONDS)
    told = [
        f"=== {side}: {_marked(found.segments, MOST_SEGMENTS, 'segments')}, "
        f"{_marked(round(found.first_pause), allowed, 's before the first pause')}",
        "SMS",
        *(f"  [{message.segments}] {message.text}".replace("\n", "\n      ") for message in found.messages),
        "phone",
        *(f"  [{passage.seconds:.0f} s] {passage.text}".replace("\n", " ") for passage in found.passages),
        "kiosk",
        "  " + found.screen.replace("\n", "\n  "),
    ]
    if found.long_sentences:
        told.append(f"! longer than {LONGEST_SENTENCE} words")
        told += [f"  ({len(one.split())}) {one}" for one in found.long_sentences]
    return "\n".join(told)


def reading_to_json(found: Plainness) -> dict[str, Any]:
    """The same as plain JSON values."""
    return {
        "segments": found.segments,
        "seconds_before_first_pause": round(found.first_pause, 1),
        "sms": [{"text": one.text, "segments": one.segments} for one in found.messages],
        "phone": [{"speech": one.text, "seconds": round(one.seconds, 1)} for one in found.passages],
        "kiosk": found.screen,
        "long_sentences": list(found.long_sentences),
    }


def _marked(count: int, most: int, unit: str) -> str:
    return f"{'! ' if count > most else ''}{count} {unit}"
