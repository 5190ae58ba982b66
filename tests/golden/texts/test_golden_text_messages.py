"""Plays this folder's conversations by text message through the answering and the real core.

A file lists conversations, each with a ``name``, ``turns`` and, where needed, ``settings``. A turn says what a citizen
texts (``say``), or ``session: over`` for a long silence, and what is expected:

    contains, lacks   words that must, or must not, stand in the texts; compared without diacritics
    written           words as they must be written
    exactly           all texts
    reason            why it was answered so
    silence           true when no text may come
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis

from assistant.tracker_store import KEY_PREFIX
from channels.conversing import Conversing
from channels.paging import Paging
from channels.rendering.segments import size
from channels.sms.answering import Answering
from channels.sms.citizens.consents import Consents
from channels.sms.citizens.preferences import Preferences
from channels.sms.citizens.sender import Sender
from channels.sms.routes.messages import IncomingMessage
from contract.tried import Tried
from contract.turn import Turn, TurnResult
from language.normalise import fold
from runtime.clock import VIETNAM, now
from runtime.settings import Settings
from stores.database import Database
from stores.erasures import Erasures
from stores.sealing import Seal
from understanding.emergencies import Emergencies

pytestmark = pytest.mark.xdist_group("core")

EXPECT_KEYS = {"contains", "lacks", "written", "exactly", "reason", "silence"}


def conversations() -> list[Any]:
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(conversation, id=f"{path.stem}: {conversation['name']}"))
    return found


class Telephone:
    """A citizen's telephone; a minute passes between two messages."""

    def __init__(self, answering: Answering, seal: Seal) -> None:
        self._answering = answering
        self._seal = seal
        self._number = f"+84900{secrets.randbelow(10**6):06}"
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)

    def send(self, text: str) -> tuple[tuple[str, ...], str]:
        self.at += timedelta(minutes=1)
        message = IncomingMessage("gsm", self._number, "+84900000999", text, self.at)
        answered = self._answering.answer(message, secrets.token_hex(8), Sender.of(self._number, self._seal))
        return answered.texts, answered.reason


class CoreOfTests:
    """The core in this process as a channel sees it."""

    def __init__(self, core: Any) -> None:
        self._core = core
        self.conversation = ""

    def converse(self, turn: Turn) -> TurnResult:
        self.conversation = turn.conversation
        return TurnResult.model_validate(self._core.run(self._core.turns.answer(turn)))

    def tried(self, conversation: str) -> Tried:
        found: Tried = self._core.run(self._core.turns.tried(conversation))
        return found

    def end_session(self) -> None:
        """As if the citizen had been silent for longer than a session lasts."""
        with Redis.from_url(self._core.redis_url, decode_responses=True) as redis:
            key = KEY_PREFIX + self.conversation
            events = [json.loads(line) for line in redis.lrange(key, 0, -1)]
            redis.delete(key)
            redis.rpush(key, *(json.dumps({**event, "timestamp": event["timestamp"] - 86_400}) for event in events))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'citizens.db'}")
    found.migrate()
    yield found
    found.close()


@pytest.mark.parametrize("conversation", conversations())
def test_conversation(core: Any, database: Database, conversation: dict[str, Any]) -> None:
    changes = conversation.get("settings", {})
    settings = Settings(**{**core.settings.model_dump(exclude_unset=True), **changes})
    seal = Seal(settings.secret())
    with Redis.from_url(core.redis_url, decode_responses=True) as redis:
        through = CoreOfTests(core)
        conversing = Conversing(through, Paging(redis, seal), settings)
        answering = Answering(
            conversing,
            redis,
            seal,
            settings,
            consents=Consents(database, now),
            preferences=Preferences(database),
            erasures=Erasures(database, now),
            emergencies=Emergencies.load(settings.nlu_data_path),
            now=now,
        )
        telephone = Telephone(answering, seal)
        for number, turn in enumerate(conversation["turns"], start=1):
            if "session" in turn:
                through.end_session()
                continue
            texts, reason = telephone.send(str(turn["say"]))
            check(turn.get("expect", {}), texts, reason, f"turn {number}, {turn}\nanswered ({reason}): {texts}")


def check(expect: dict[str, Any], texts: tuple[str, ...], reason: str, where: str) -> None:
    assert expect.keys() <= EXPECT_KEYS, expect.keys()
    assert all(size(text).segments <= 3 for text in texts), where
    shown = "\n".join(texts)
    for words in expect.get("contains", []):
        assert fold(str(words)) in fold(shown), f"{words!r} is missing: {where}"
    for words in expect.get("lacks", []):
        assert fold(str(words)) not in fold(shown), f"{words!r} must not stand there: {where}"
    for words in expect.get("written", []):
        assert words in shown, f"{words!r} is missing: {where}"
    if "exactly" in expect:
        assert list(texts) == expect["exactly"], where
    if "reason" in expect:
        assert reason == expect["reason"], where
    assert bool(texts) is not expect.get("silence", False), where
