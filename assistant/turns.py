"""Takes one turn through Rasa and collects what comes back."""

from __future__ import annotations

from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from redis.asyncio.client import Pipeline

from assistant.after_turn import Keeping
from assistant.answers_given import AnswersGiven
from assistant.tracker_store import RedisListTrackerStore
from contract.meaning import MEANING, Meaning, meaning_of
from contract.reply import Reply
from contract.turn import Channel, Event, Turn, TurnResult, Understanding
from learning.recorder import Recorder
from learning.rule import Exchange
from understanding.emergencies import Emergencies

FORGETTING = frozenset({Event.START, Event.HANGUP})
"""Events after which nothing of an earlier conversation may be left: the next person is somebody else."""

FORGET_INTENT = "delete_my_data"
"""The wish to be forgotten: answered first, then everything said is deleted, that answer included."""


class TurnReplies(CollectingOutputChannel):  # type: ignore[misc]
    """Collects the replies of one turn. Its name is the citizen's channel, which picks response variants.

    Args:
        channel: where the citizen is.
    """

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def name(self) -> str:
        """The channel, as responses in the domain name it."""
        return str(self._channel)

    def replies(self) -> tuple[Reply, ...]:
        """The replies, in the order they were given."""
        return tuple(Reply.model_validate(message["custom"]) for message in self.messages if "custom" in message)


class Turns:
    """Answers turns.

    Args:
        agent: the loaded Rasa agent.
        store: its conversations.
        emergencies: finds people in danger.
        recorder: keeps what was not understood, for review.
        given: remembers answers, for turns that are tried again.
    """

    def __init__(
        self,
        agent: Agent,
        store: RedisListTrackerStore,
        emergencies: Emergencies,
        recorder: Recorder,
        given: AnswersGiven,
    ) -> None:
        self._agent = agent
        self._store = store
        self._given = given
        self._emergencies = emergencies
        self._keeping = Keeping(
            recorder, store, self.understand, is_private=lambda text: emergencies.find(text) is not None
        )

    async def answer(self, turn: Turn) -> TurnResult:
        """One turn: understood once, answered, stored; a turn tried again under its id gets the same answer."""
        async with self._agent.lock_store.lock(turn.conversation):
            # Looked for only now: the first try of this turn may have been under way.
            given = await self._given.find(turn.id) if turn.id is not None else None
            return given or await self._answer(turn)

    async def _answer(self, turn: Turn) -> TurnResult:
        if turn.event in FORGETTING:
            await self._store.delete(turn.conversation)
        if turn.event is Event.HANGUP:
            return TurnResult(replies=(), understanding=Understanding(intent=None))
        text = _without_command(turn.text if turn.text is not None else turn.digits or "")
        parsed = await self._parse(turn, text)
        meaning = meaning_of(parsed)
        output = TurnReplies(turn.channel)
        message = UserMessage(
            text, output, turn.conversation, parse_data=parsed, input_channel=str(turn.channel), metadata={}
        )

        def result() -> TurnResult:
            replies = self._with_emergency(text, meaning, output.replies())
            return TurnResult(replies=replies, understanding=meaning.understanding())

        def remember(pipeline: Pipeline) -> None:
            if turn.id is not None:
                self._given.add_to(pipeline, turn.id, result())

        with self._store.writing_also(remember):
            # Rasa's agent would only take the lock that is held already.
            await self._agent.processor.handle_message(message)
        if meaning.intent == FORGET_INTENT:
            await self._store.delete(turn.conversation)
        self._keeping.after(turn, Exchange(text, meaning, output.replies()))
        return result()

    def _with_emergency(self, text: str, meaning: Meaning, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        """The replies, after the number to call when somebody is in danger."""
        language = replies[-1].language if replies else "vi"
        urgent = self._emergencies.reply(text, language)
        if urgent is None:
            return replies
        # "Not understood" would be cold comfort; an answer that was found still follows.
        helpful = meaning.procedure is not None or meaning.dossier_code is not None
        return (urgent, *replies) if helpful else (urgent,)

    async def close(self) -> None:
        """Let what is still to be kept be written."""
        await self._keeping.close()

    async def understand(self, text: str) -> Meaning:
        """Only the understanding, without a conversation."""
        if not text.strip():
            return Meaning(intent=None)
        return meaning_of(await self._agent.parse_message(_without_command(text)))

    async def _parse(self, turn: Turn, text: str) -> dict[str, Any]:
        if turn.event is not None:
            return _parsed(text, f"event_{turn.event}")
        if not any(letter.isalnum() for letter in text):
            return _parsed(text, "event_empty")
        parsed: dict[str, Any] = await self._agent.parse_message(text)
        return parsed


def _parsed(text: str, intent: str) -> dict[str, Any]:
    confident = {"name": intent, "confidence": 1.0}
    meaning = Meaning(intent=None).model_dump(mode="json")
    return {"text": text, "intent": confident, "entities": [], MEANING: meaning}


def _without_command(text: str) -> str:
    """Words of a citizen never trigger intents: Rasa takes a leading slash for a command."""
    return text.lstrip("/ \t\r\n\ufeff\u200b")
