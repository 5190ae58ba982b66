"""Takes one turn through Rasa and collects what comes back."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from redis.asyncio.client import Pipeline

from actions.out_of_service import Notices
from assistant import dry_run
from assistant.after_turn import Keeping, words_before
from assistant.crossing import Crossings, told_in
from assistant.idempotent_turns import AnswersGiven
from assistant.lock_store import Held
from assistant.tracker_store import RedisListTrackerStore
from assistant.tried import tried_in
from assistant.wishes import WrongWish, depends_on_the_talk, meaning_of_wish, refused
from catalogue.imported import one_version
from catalogue.store import CatalogueStore
from contract.carried import read_carried
from contract.meaning import MEANING, Meaning, meaning_of
from contract.reply import Reply, ReplyKind
from contract.tried import Tried
from contract.turn import ELSEWHERE, NO_DANGER, Channel, Event, Turn, TurnResult, Understanding, person_in, sender_of
from contract.wishes import Refusal, Wish
from contract.wording import wording_of
from language import data
from language.languages import default_language
from language.normalise import fold, normalise
from learning.recorder import Recorder
from learning.rule import Exchange
from understanding.decision import OUT_OF_SCOPE
from understanding.emergencies import Emergencies
from understanding.readings.after_danger import (
    Then,
    Told,
    after_danger,
    told_before,
    without_matter,
)
from understanding.readings.guards import forgets_at_once
from understanding.readings.listing import RATING_KEYS, SATISFIED
from understanding.readings.reading import Kind
from understanding.readings.state import STATE, State, language_in, state_of

MARKS = "marks"
"""Key of a message's metadata: who is asking; see :attr:`contract.turn.Turn.marks`."""

SPOKEN = "spoken"
"""Entity and slot: the language the words are in."""

Watch = Callable[[Meaning], None]

PREPARED_AT_ONCE = 64
"""Conversations of which the words of the last dry run are still understood; more than callers who pause at once."""

PREPARED_SECONDS = 10.0
"""How long they are: the turn follows within a second or two, or the caller speaks on. What was said is not for this
process's memory to keep, and another process may answer the turn, or learn that the caller has gone."""

FORGETTING = frozenset({Event.START, Event.HANGUP})
"""Events after which nothing of an earlier conversation may be left: the next person is somebody else."""


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
        return tuple(read_carried(message["custom"], Reply) for message in self.messages if "custom" in message)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A turn as Rasa takes it."""

    text: str
    meaning: Meaning
    parsed: dict[str, Any]
    refused: Refusal | None = None
    talk: DialogueStateTracker | None = None
    """The conversation that was looked at; Rasa writes the turn into it."""
    then: Then = Then.ANSWER
    """What is told where somebody is or was in danger."""


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What a dry run understood, for the turn that follows it."""

    text: str
    state: State
    parsed: dict[str, Any]


class Turns:
    """Answers turns.

    Args:
        nlu_data: whose words turns are read with.
        agent: the loaded Rasa agent.
        store: its conversations.
        emergencies: finds people in danger.
        catalogue: has the procedures that can be wished for.
        languages: in which there are answers.
        recorder: keeps what was not understood, for review.
        given: remembers answers, for turns that are tried again.
        today: the local date.
        notices: tells when the assistant or a channel is out of service; None: it never is.
        crossings: knows what was talked of from a number by another channel.
    """

    def __init__(
        self,
        nlu_data: Path,
        agent: Agent,
        store: RedisListTrackerStore,
        emergencies: Emergencies,
        catalogue: CatalogueStore,
        languages: frozenset[str],
        recorder: Recorder,
        given: AnswersGiven,
        today: Callable[[], date],
        notices: Notices | None = None,
        crossings: Crossings | None = None,
    ) -> None:
        self._crossings = crossings
        self._nlu_data = nlu_data
        self._agent = agent
        self._store = store
        self._given = given
        self._today = today
        self._notices = notices
        self._emergencies = emergencies
        self._after_danger = wording_of(nlu_data).room("after_danger")
        self._catalogue = catalogue
        self._languages = languages
        self._keeping = Keeping(recorder, self.understand)
        self._parsed: OrderedDict[str, _Parsed] = OrderedDict()
        """What dry runs understood last, by conversation."""
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def answer(self, turn: Turn, watch: Watch | None = None) -> TurnResult:
        """One turn: understood once, answered, stored; a turn tried again under its id gets the same answer.

        Args:
            turn: what a citizen did.
            watch: is told the whole meaning, for who judges readings; the result holds only its public part.
        """
        with self._busy():
            return await self._answer_once(turn, watch)

    async def dry_run(self, turn: Turn) -> TurnResult | None:
        """What a turn would be answered now; it keeps nothing, changes nothing and waits for nobody.

        Args:
            turn: what a citizen may be about to say.

        Returns:
            None where that cannot be told without doing it: for events, and where the answer needs an action that
            does more than look up published facts.
        """
        if turn.event is not None:
            return None
        with self._busy():
            async with self._store.redis.pipeline(transaction=False) as pipeline:
                first = self._store.ask(pipeline, turn.conversation)
                lines, *_ = await pipeline.execute()
            with self._store.turn(turn.conversation, first, lines), one_version(), dry_run.dry() as run:
                heard = await self._heard(turn)
                closed = await self._closed(turn, heard.meaning)
                if closed is None:
                    output = await self._handled(turn, heard)
                    replies = output.replies()
                else:
                    replies = (closed,)
        if run.is_stopped:
            return None
        understood = heard.meaning.understanding()
        return TurnResult(replies=self._with_emergency(heard, replies), understanding=understood, refused=heard.refused)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            with data.using(self._nlu_data), data.one_message():
                yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _answer_once(self, turn: Turn, watch: Watch | None) -> TurnResult:
        first = 0
        key = self._given.key(turn.id, turn.conversation) if turn.id is not None else None

        def read(pipeline: Pipeline) -> None:
            nonlocal first
            first = self._store.ask(pipeline, turn.conversation)
            if key is not None:
                pipeline.get(key)

        async with self._agent.lock_store.lock(turn.conversation, read=read) as held:
            lines, *sealed = held.read
            # Looked for under the lock: the first try of this turn may have been under way.
            given = self._given.read(sealed[0]) if sealed else None
            if given is not None:
                return given
            with self._store.turn(turn.conversation, first, lines), one_version():
                return await self._answer(turn, watch, held, key)

    async def _answer(self, turn: Turn, watch: Watch | None, held: Held, key: str | None) -> TurnResult:
        if turn.event in FORGETTING:
            self._parsed.pop(turn.conversation, None)
            await self._store.delete(turn.conversation)
        if turn.event is Event.HANGUP:
            await self._forget_crossing(sender_of(turn.conversation))
            return TurnResult(replies=(), understanding=Understanding(intent=None))
        heard = await self._heard(turn)
        meaning = heard.meaning
        if watch is not None:
            watch(meaning)
        closed = await self._closed(turn, meaning)
        if closed is not None:
            # Rasa does not hear of it: what was said changes nothing, and the talk goes on where it was.
            return TurnResult(replies=self._with_emergency(heard, (closed,)), understanding=meaning.understanding())
        output = TurnReplies(turn.channel)

        @cache
        def result() -> TurnResult:
            # Asked for when Rasa writes the conversation at the end of the turn, and then again.
            replies = self._with_emergency(heard, output.replies())
            return TurnResult(replies=replies, understanding=meaning.understanding(), refused=heard.refused)

        forgets = forgets_at_once(meaning, heard.text, self._nlu_data)

        def remember(pipeline: Pipeline) -> None:
            if key is not None:
                self._given.add_to(pipeline, key, result())
            if not forgets:
                held.release_by(pipeline)

        with self._store.writing_also(remember):
            await self._handled(turn, heard, output)
        person, code = person_in(turn.marks), told_in(output.replies())
        if self._crossings is not None and person is not None and code is not None and not forgets:
            # By person, not by conversation: in a cluster it lies elsewhere, and is no part of that transaction.
            async with self._store.redis.pipeline(transaction=True) as apart:
                self._crossings.note(apart, person, turn.channel, code)
                await apart.execute()
        talk = heard.talk.events if heard.talk is not None else ()
        if forgets:
            await self._store.delete(turn.conversation)
            await self._forget_crossing(person_in(turn.marks))
            talk = ()
        if meaning.intent in RATING_KEYS.values() and heard.refused is None:
            slots = await self._slots(turn.conversation)
            about = slots.get("told_entry") or slots.get("procedure") or ""
            self._keeping.rated(turn, about, helped=meaning.intent == SATISFIED)
        self._keeping.after(turn, Exchange(heard.text, meaning, output.replies()), talk)
        return result()

    async def _handled(self, turn: Turn, heard: _Heard, output: TurnReplies | None = None) -> TurnReplies:
        """Let Rasa decide and act on what was heard; its replies."""
        output = output or TurnReplies(turn.channel)
        message = UserMessage(
            heard.text,
            output,
            turn.conversation,
            parse_data=heard.parsed,
            input_channel=str(turn.channel),
            # Read where a session starts, before the words themselves are taken note of.
            metadata={
                **({MARKS: list(turn.marks)} if turn.marks else {}),
                **({SPOKEN: heard.meaning.spoken} if heard.meaning.spoken else {}),
                **await self._from_elsewhere(turn, heard.meaning),
            },
        )
        # Rasa's agent would only take the lock, which a turn in earnest holds already.
        await self._agent.processor.handle_message(message)
        return output

    async def _from_elsewhere(self, turn: Turn, meaning: Meaning) -> dict[str, str]:
        """What was talked of by another channel, where the citizen goes on with it."""
        person = person_in(turn.marks)
        if meaning.reading != Kind.CROSSING or person is None or self._crossings is None:
            return {}
        code = await self._crossings.elsewhere(self._store.redis, person, turn.channel)
        return {ELSEWHERE: code} if code is not None else {}

    async def _forget_crossing(self, person: str | None) -> None:
        if self._crossings is not None and person is not None:
            await self._crossings.forget(self._store.redis, person)

    async def _closed(self, turn: Turn, meaning: Meaning) -> Reply | None:
        """What is said while the assistant or this channel is out of service, in the language of the talk."""
        if self._notices is None or self._notices.instead_of_a_turn(turn.channel, default_language()) is None:
            return None
        slots = await self._slots(turn.conversation)
        spoken = meaning.spoken or slots.get("spoken")
        return self._notices.instead_of_a_turn(turn.channel, language_in({**slots, "spoken": spoken}))

    def _with_emergency(self, heard: _Heard, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        """The replies, after the number to call when somebody is in danger, or was and goes on telling of it."""
        meaning = heard.meaning
        language = replies[-1].language if replies else default_language()
        urgent = self._urgent(meaning, language)
        if urgent is None:
            return replies
        # "Not understood", or what the words only sound like, would be cold comfort.
        return (urgent,) if heard.then is Then.NUMBER else (urgent, *replies)

    def _urgent(self, meaning: Meaning, language: str) -> Reply | None:
        """Whom to call; said in other words to every second message, so that nobody is read the same line again."""
        if meaning.danger in self._after_danger.keys and meaning.since_danger % 2:
            words = self._after_danger.text(language, meaning.danger)
            return Reply(kind=ReplyKind.NOTICE, short=words, language=language)
        return self._emergencies.reply_for(meaning.danger, language)

    async def close(self) -> None:
        """Let what is still to be kept be written."""
        await self._keeping.close()

    async def retire(self) -> None:
        """Close once every turn under way is answered; no new one may be given."""
        await self._idle.wait()
        await self.close()
        await self._store.disconnect()
        await self._agent.lock_store.disconnect()

    async def understand(self, text: str) -> Meaning:
        """Only the understanding, without a conversation."""
        if not text.strip():
            return Meaning(intent=None)
        text = _without_command(text)
        with data.using(self._nlu_data), data.one_message():
            return self._with_danger(meaning_of(await self._agent.parse_message(text)), text, None)

    async def tried(self, conversation: str) -> Tried:
        """What was tried in a conversation, for the officer who takes it over; nothing of one that is not known."""
        tracker = await self._store.retrieve(conversation)
        return tried_in(tracker.events) if tracker is not None else ()

    async def state(self, conversation: str) -> State:
        """What a conversation has come to; nothing of one that is not known or over."""
        return self._state(await self._store.retrieve(conversation))

    def _state(self, tracker: DialogueStateTracker | None) -> State:
        """What the conversation has come to; nothing when a new session is about to begin."""
        if tracker is None or self._agent.processor._has_session_expired(tracker):
            return State()
        said = tracker.latest_message
        intent = said.intent.get("name") if said is not None and said.intent else None
        return state_of(tracker.current_slot_values(), tracker.active_loop_name, intent)

    async def _heard(self, turn: Turn) -> _Heard:
        if turn.wish is not None:
            return await self._wished(turn.conversation, turn.wish)
        if turn.event is not None:
            return _sure("", f"event_{turn.event}", Meaning(intent=None))
        text = _without_command(turn.text if turn.text is not None else turn.digits or "")
        if not any(letter.isalnum() for letter in text):
            return _sure(text, "event_empty", Meaning(intent=None))
        tracker = await self._store.look(turn.conversation)
        state = self._state(tracker)
        parsed = await self._understood(turn.conversation, text, state, tracker)
        meaning = self._with_danger(meaning_of(parsed), text, turn.danger)
        if state.form is not None:
            # Who is reporting tells of dangers: the number comes first, and the report goes on.
            then = Then.BOTH
        else:
            meaning, then = self._in_danger(meaning, text, tracker)
        if then is Then.NUMBER and meaning.intent is None:
            # Of what the words sounded like only their language is kept.
            language = [one for one in parsed.get("entities") or () if one.get("entity") == SPOKEN]
            nothing = {"name": OUT_OF_SCOPE, "confidence": 1.0}
            parsed = {**parsed, "intent": nothing, "entities": language}
        return _Heard(text, meaning, {**parsed, MEANING: meaning.as_data()}, talk=tracker, then=then)

    async def _understood(
        self, conversation: str, text: str, state: State, tracker: DialogueStateTracker | None
    ) -> dict[str, Any]:
        """What the pipeline makes of words; those of the dry run before are not gone through again."""
        before = self._parsed.pop(conversation, None)
        if before is not None and before.text == text and before.state == state:
            return before.parsed
        message = UserMessage(text, sender_id=conversation, metadata={STATE: state})
        # With a conversation at hand, or Rasa makes an empty one to parse in.
        parsed: dict[str, Any] = await self._agent.processor.parse_message(message, tracker)
        if dry_run.under_way() is not None:
            self._parsed[conversation] = kept = _Parsed(text, state, deepcopy(parsed))
            if len(self._parsed) > PREPARED_AT_ONCE:
                self._parsed.popitem(last=False)
            # By name alone: a timer must not hold a model that was changed for another.
            asyncio.get_running_loop().call_later(PREPARED_SECONDS, _forget, self._parsed, conversation, kept)
        return parsed

    def _in_danger(self, meaning: Meaning, text: str, tracker: DialogueStateTracker | None) -> tuple[Meaning, Then]:
        """The meaning with the danger it tells of or goes on telling of, and what is told to it."""
        folded, goes_on = fold(normalise(text)), self._emergencies.goes_on(text)
        if meaning.danger is not None:
            told = Told(meaning.danger, 0, alone=True)
            found = (meaning.procedure, meaning.dossier_code, meaning.knowledge)
            then = after_danger(meaning, folded, tells=True) if any(item is not None for item in found) else Then.NUMBER
        else:
            then = after_danger(meaning, folded, goes_on=goes_on)
            # Nearly every message asks for something, and the words before it need not be searched again.
            before = told_before(self._dangers_before(tracker)) if then is not Then.ANSWER else None
            if before is None:
                return meaning, Then.ANSWER
            told, then = before, after_danger(meaning, folded, goes_on=goes_on, alone=before.alone)
            if then is Then.ANSWER:
                return meaning, then
        if self._emergencies.says_all(told.kind):
            then = Then.NUMBER
        meaning = without_matter(meaning) if then is Then.NUMBER else meaning
        return meaning.model_copy(update={"danger": told.kind, "since_danger": told.ago}), then

    def _dangers_before(self, tracker: DialogueStateTracker | None) -> Iterator[tuple[str | None, str | None]]:
        """The kind of danger and the intent of the last messages, the newest first."""
        if tracker is None or self._agent.processor._has_session_expired(tracker):
            return
        for text, intent in words_before(tracker.events):
            yield self._emergencies.kind_in(text), intent

    async def _wished(self, conversation: str, wish: Wish) -> _Heard:
        """A wish as an understood message; it never passes the pipeline."""
        slots = await self._slots(conversation) if depends_on_the_talk(wish) else {}
        try:
            meaning = meaning_of_wish(wish, self._catalogue.current, self._languages, slots, self._today())
        except WrongWish as error:
            return _sure("", None, refused(wish, error.refusal), error.refusal)
        return _sure("", None, meaning)

    async def _slots(self, conversation: str) -> dict[str, Any]:
        tracker = await self._store.look(conversation)
        if tracker is None or self._agent.processor._has_session_expired(tracker):
            return {}
        return {name: slot.value for name, slot in tracker.slots.items()}

    def _with_danger(self, meaning: Meaning, text: str, found: str | None) -> Meaning:
        """Danger is looked for once a turn: here, unless the channel had to know before."""
        danger = self._emergencies.kind_in(text) if found is None else found
        return meaning if danger in {None, NO_DANGER} else meaning.model_copy(update={"danger": danger})


def _forget(parsed: OrderedDict[str, _Parsed], conversation: str, kept: _Parsed) -> None:
    """Let go of what a dry run understood, unless a later one stands in its place."""
    if parsed.get(conversation) is kept:
        del parsed[conversation]


def _sure(text: str, intent: str | None, meaning: Meaning, refusal: Refusal | None = None) -> _Heard:
    """What needs no understanding: an event, a message without words, a wish."""
    confident = {"name": intent or meaning.intent, "confidence": 1.0}
    parsed = {"text": text, "intent": confident, "entities": [], MEANING: meaning.as_data()}
    return _Heard(text, meaning, parsed, refusal)


def _without_command(text: str) -> str:
    """Words of a citizen never trigger intents: Rasa takes a leading slash for a command."""
    return text.lstrip("/ \t\r\n\ufeff\u200b")
