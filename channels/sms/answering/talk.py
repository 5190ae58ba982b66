"""What the assistant has said last to a number: whether it waits for an answer, and in which language it speaks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from redis import Redis, RedisError

from contract.reply import Reply, ReplyKind
from language.languages import default_language
from runtime import logs

_ASKING = frozenset({ReplyKind.ASK_BACK, ReplyKind.ASK_DETAIL})

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class LastWord:
    """How the talk stands."""

    kind: ReplyKind | None = None
    language: str = field(default_factory=default_language)

    @property
    def is_question(self) -> bool:
        """Whether the assistant has asked something and waits."""
        return self.kind in _ASKING

    @property
    def asks_detail(self) -> bool:
        """Whether it waits for a dossier code or digits."""
        return self.kind is ReplyKind.ASK_DETAIL


class Talk:
    """The last word to each number, kept as long as a conversation rests; safe to share between threads.

    Without Redis nothing is known, which counts as a talk that has not begun.

    Args:
        redis: a client that decodes its answers.
        seconds: of silence after which a question is no longer open.
    """

    def __init__(self, redis: Redis, seconds: int) -> None:
        self._redis = redis
        self._seconds = seconds

    def last(self, person: str, turn: str) -> LastWord:
        """How the talk with a number stood before a turn, also when that turn is tried again."""
        try:
            kept = self._redis.get(_key(person))
        except RedisError as error:
            _log.warning("the last word is not known", cause=type(error).__name__)
            return LastWord()
        if kept is None:
            return LastWord()
        by_turn, before, after = json.loads(str(kept))
        kind, language = before if by_turn == turn else after
        return LastWord(None if kind is None else ReplyKind(kind), language)

    def keep(self, person: str, reply: Reply, before: LastWord, turn: str) -> None:
        """The assistant has said this in a turn, before which the talk stood so."""
        state = [turn, [before.kind, before.language], [reply.kind, reply.language]]
        try:
            self._redis.set(_key(person), json.dumps(state), ex=self._seconds)
        except RedisError as error:
            _log.warning("the last word cannot be kept", cause=type(error).__name__)

    def forget(self, person: str) -> None:
        """Forget how the talk stands.

        Raises:
            redis.RedisError: the store does not answer.
        """
        self._redis.delete(_key(person))


def _key(person: str) -> str:
    return f"motcua:sms:talk:{person}"
