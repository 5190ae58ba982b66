"""Idempotency: answers given a short while ago, for turns that are tried again.

A channel that dies between the core's answer and its own note of it hands the same turn in once more. Asking twice
would move a conversation on twice: a second wrong try on a dossier, a menu answered that was never shown. For the same
reason an answer is written in one transaction with its conversation: a core that is killed has done both, or neither.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError
from redis.asyncio.client import Pipeline

from assistant.tracker_store import KEY_PREFIX
from contract.turn import TurnResult
from stores.redis_addresses import beside
from stores.sealing import Seal, SealBroken

KEPT_FOR = timedelta(minutes=30)
"""Longer than any channel waits before it tries a turn again."""


class AnswersGiven:
    """Results by turn id, sealed: an answer may tell the state of somebody's dossier.

    Args:
        seal: hides ids and answers from whoever reads the store.
    """

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def key(self, turn_id: str, conversation: str) -> str:
        """What the answer of a turn is kept under, beside its conversation; what is read there is for :meth:`read`."""
        return beside(f"motcua:answered:{self._seal.hash('turn', turn_id)}:", KEY_PREFIX + conversation)

    def read(self, sealed: str | None) -> TurnResult | None:
        """The answer this turn got before, or None."""
        if sealed is None:
            return None
        try:
            return TurnResult.model_validate_json(self._seal.open(sealed))
        except (SealBroken, ValidationError):
            # The secret or the version changed in between: answered anew.
            return None

    def add_to(self, pipeline: Pipeline, key: str, result: TurnResult) -> None:
        """Have an answer remembered for :data:`KEPT_FOR` by the transaction that moves its conversation on.

        Args:
            pipeline: of that transaction.
            key: of the turn; see :meth:`key`.
            result: the answer.
        """
        pipeline.set(key, self._seal.close(result.model_dump_json()), ex=KEPT_FOR)
