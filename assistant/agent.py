"""Builds the Rasa agent with this project's stores and in-process actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import assistant.lean_rasa  # noqa: F401  (before rasa)
from assistant.lean_rasa import quiet_rasa

import redis.asyncio
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import SessionConfig

from actions.registry import all_actions
from actions.services import Services
from assistant import rasa_caching
from assistant.crossing import Crossings
from assistant.idempotent_turns import AnswersGiven
from assistant.in_process_actions import InProcessActions
from assistant.lock_store import RedisLockStore
from assistant.model import ModelMissing
from assistant.responses import RepliesFromWording
from assistant.tracker_store import RedisListTrackerStore
from assistant.turns import Turns
from contract.reply import Reply, ReplyKind
from learning.recorder import Recorder
from runtime.messages import Message
from runtime.settings import Settings
from stores.sealing import Seal
from understanding.emergencies import Emergencies
from understanding.knowledge import Knowledge, using


@dataclass(frozen=True)
class CoreParts:
    """What the core of one installation works with."""

    settings: Settings
    services: Services
    connect: Callable[[], redis.asyncio.Redis]
    """Makes a client of its conversations; called inside the event loop."""
    seal: Seal
    knowledge: Knowledge
    emergencies: Emergencies
    recorder: Recorder
    now: Callable[[], datetime]
    """The time, with zone."""


def build_turns(parts: CoreParts, model: Path) -> Turns:
    """Load the model and put the agent together; takes seconds.

    Raises:
        ModelMissing: when no model was trained yet.
    """
    if not model.exists():
        raise ModelMissing(Message("no trained model: run `motcua train`"))
    quiet_rasa()
    rasa_caching.install()
    settings, shared = parts.settings, parts.services
    store = RedisListTrackerStore(
        None,
        parts.connect,
        parts.seal,
        expire_seconds=settings.conversation_days * 86_400,
    )
    agent = Agent(
        generator=RepliesFromWording(shared.wording),
        lock_store=RedisLockStore(parts.connect),
        action_endpoint=InProcessActions(
            all_actions(lambda: shared),
            trouble=Reply(kind=ReplyKind.TROUBLE, short=shared.wording.text(shared.wording.default, "trouble")),
        ),
    )
    # Handed over here and not to the constructor, which would wrap it so that a failing store is silently replaced
    # by memory: a conversation must not be half remembered.
    agent.tracker_store = store
    with using(parts.knowledge):
        agent.load_model(model)
    processor: MessageProcessor = agent.processor
    processor.graph_runner = rasa_caching.OrderedGraphRunner(processor.graph_runner)
    domain = processor.domain
    domain.session_config = SessionConfig(settings.session_minutes, carry_over_slots=False)
    given = AnswersGiven(parts.seal)
    return Turns(
        settings.nlu_data_path,
        agent,
        store,
        parts.emergencies,
        shared.catalogue,
        shared.wording.languages,
        parts.recorder,
        given,
        shared.today,
        shared.notices,
        Crossings(parts.now),
    )
