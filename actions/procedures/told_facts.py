"""What was told of a procedure, so that a conversation notices when its record is corrected meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from catalogue.record import Procedure
from contract.aspects import Aspect

SLOT: Final = "told_facts"
WATCHED: Final = (Aspect.FEE, Aspect.TIME, Aspect.PAPERS, Aspect.WHERE)
"""Sides people act upon: what to bring, what to pay, when to come again, where to go."""
_TOLD_BY: Final[Mapping[Aspect, tuple[Aspect, ...]]] = {Aspect.OVERVIEW: WATCHED, Aspect.ONLINE: (Aspect.WHERE,)}


def digests(procedure: Procedure) -> Mapping[Aspect, int]:
    """What stands in the record on each side that is watched, in a few bytes."""
    return _digests(
        procedure.submissions, procedure.exemptions, procedure.besides, procedure.papers, procedure.where or ""
    )


@lru_cache(maxsize=512)
def _digests(submissions: Any, exemptions: Any, besides: Any, papers: Any, where: str) -> Mapping[Aspect, int]:
    stands: Mapping[Aspect, object] = {
        Aspect.FEE: ([(one.way, one.fees) for one in submissions], exemptions, besides),
        Aspect.TIME: [(one.way, one.times) for one in submissions],
        Aspect.PAPERS: papers,
        Aspect.WHERE: where,
    }
    return {side: crc32(repr(stands[side]).encode()) for side in WATCHED}


def changed(before: Mapping[str, Any] | None, procedure: Procedure) -> tuple[Aspect, ...]:
    """The sides that were told of this procedure and stand otherwise now.

    Args:
        before: the slot.
        procedure: as it stands.
    """
    if not before or before["code"] != procedure.code:
        return ()
    now = digests(procedure)
    return tuple(side for side in WATCHED if before["sides"].get(side, now[side]) != now[side])


def told(before: Mapping[str, Any] | None, procedure: Procedure, aspect: Aspect) -> dict[str, Any]:
    """The slot after one more side was told; what changed is taken as told again."""
    known = before["sides"] if before and before["code"] == procedure.code else {}
    now = digests(procedure)
    sides = {*known, *_TOLD_BY.get(aspect, (aspect,))}
    return {"code": procedure.code, "sides": {str(side): now[side] for side in WATCHED if side in sides}}
