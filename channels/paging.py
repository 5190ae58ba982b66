"""The rest of a long answer waits here until the citizen asks for it.

Kept in Redis for half an hour, sealed, because an answer may tell the state of somebody's dossier. A page is
handed out once, also when two requests for it arrive together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import yaml
from redis import Redis

from channels.rendering import Page
from contract.turn import Event, Turn
from language import data
from language.characters import fold, lowered
from stores.redis_addresses import beside
from stores.sealing import Seal, SealBroken

_PREFIX = "motcua:pages:"
KEPT_FOR = timedelta(minutes=30)
"""How long a citizen may take to ask for the next page."""

GIVEN_AGAIN_FOR = timedelta(minutes=15)
"""How long a turn may be tried again; the core keeps its answers as long."""

# KEYS: the pages to come, the page this turn was given. ARGV: seconds to keep that.
_TAKE = """
local page = redis.call('GET', KEYS[2])
if not page then
  page = redis.call('LPOP', KEYS[1])
  if page then redis.call('SET', KEYS[2], page, 'EX', ARGV[1]) end
end
return page
"""

_LONGEST_REQUEST = 20
"""A longer text is no request for the next page."""

_ENDING_EVENTS = frozenset({Event.START, Event.IDLE, Event.HANGUP})
"""Events after which the pages belong to nobody: the next person may use the same telephone."""


@data.cached()
def next_page_words() -> frozenset[str]:
    """What a citizen may send for the next page: lower case, without diacritics."""
    words = yaml.safe_load(Path(__file__).with_name("next_page.yml").read_text(encoding="utf-8"))
    return frozenset(str(word) for word in words)


def asks_for_next_page(turn: Turn) -> bool:
    """Whether a turn, in a conversation with pages to come, means the next one: ``1``, ``tiếp``, ``xem
    thêm``.
    """
    said = turn.digits if turn.digits is not None else turn.text
    if said is None or len(said) > _LONGEST_REQUEST:
        return False
    return " ".join(re.findall(r"\w+", fold(lowered(said)))) in next_page_words()


def ends_pages(turn: Turn) -> bool:
    """Whether pages still waiting are of no use after this turn."""
    if turn.event is not None:
        return turn.event in _ENDING_EVENTS
    return not asks_for_next_page(turn)


class Paging:
    """Pages to come, by conversation.

    Every method may raise :class:`redis.RedisError`.

    Args:
        redis: a client that decodes its answers.
        seal: hides the pages from whoever reads the store.
    """

    def __init__(self, redis: Redis, seal: Seal) -> None:
        self._redis = redis
        self._seal = seal
        self._take = redis.register_script(_TAKE)

    def keep(self, conversation: str, pages: Sequence[Page]) -> None:
        """Keep the pages to come, in place of any kept before."""
        key = self._key(conversation)
        with self._redis.pipeline() as pipeline:
            pipeline.delete(key)
            if pages:
                pipeline.rpush(key, *(self._seal.close(json.dumps([page.text, page.speech])) for page in pages))
                pipeline.expire(key, KEPT_FOR)
            pipeline.execute()

    def next(self, conversation: str, turn: str | None = None) -> Page | None:
        """Take the next page; None when there is none. A turn tried again under its id gets the same page."""
        key = self._key(conversation)
        if turn is None:
            sealed = self._redis.lpop(key)
        else:
            given = beside(f"{_PREFIX}{self._seal.hash('turn', turn)}:", key)
            sealed = self._take(keys=[key, given], args=[int(GIVEN_AGAIN_FOR.total_seconds())])
        if sealed is None:
            return None
        try:
            text, speech = json.loads(self._seal.open(str(sealed)))
        except SealBroken:
            # The secret was changed meanwhile: nobody can read this page any more.
            return None
        return Page(text, speech)

    def drop(self, conversation: str) -> None:
        """Forget the pages to come."""
        self._redis.delete(self._key(conversation))

    def _key(self, conversation: str) -> str:
        return _PREFIX + self._seal.hash("pages", conversation)
