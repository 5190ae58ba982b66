"""What `motcua catalogue read` prints: one answer on every channel, with what an editor should shorten."""

from __future__ import annotations

from typing import Any

from channels.rendering.plainness import LONGEST_SENTENCE, Plainness
from contract.aspects import Aspect
from runtime.messages import tr

MOST_SEGMENTS = 3
MOST_SECONDS = {Aspect.FEE: 12, Aspect.TIME: 12}
USUAL_SECONDS = 30
"""Said before the first pause; a fee or a time is jotted down."""


def render_reading(side: Aspect, found: Plainness) -> str:
    """One side of an answer; "!" marks what is longer than it should be."""
    allowed, seconds = MOST_SECONDS.get(side, USUAL_SECONDS), round(found.first_pause)
    told = [
        f"=== {side}: {_marked(tr('{count} segments', count=found.segments), found.segments > MOST_SEGMENTS)}, "
        + _marked(tr("{seconds} s before the first pause", seconds=seconds), seconds > allowed),
        "SMS",
        *(f"  [{message.segments}] {message.text}".replace("\n", "\n      ") for message in found.messages),
        tr("phone"),
        *(f"  [{passage.seconds:.0f} s] {passage.text}".replace("\n", " ") for passage in found.passages),
        tr("kiosk"),
        "  " + found.screen.replace("\n", "\n  "),
    ]
    if found.long_sentences:
        told.append("! " + tr("longer than {count} words", count=LONGEST_SENTENCE))
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


def _marked(told: str, is_too_long: bool) -> str:
    return f"! {told}" if is_too_long else told
