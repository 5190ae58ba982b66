"""Builds the Rasa agent with this project's stores and in-process actions."""

from __future__ import annotations

from pathlib import Path

import assistant.lean_rasa  # noqa: F401  (before rasa)
from assistant.lean_rasa import quiet_rasa

from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import SessionConfig

from actions.registry import all_actions
from actions.services import Services, build
from assistant import rasa_caching
from assistant.answers_given import AnswersGiven
from assistant.in_process_actions import InProcessActions
from assistant.lock_store import RedisLockStore
from assistant.model import ModelMissing
from assistant.responses import RepliesFromWording
from assistant.tracker_store import RedisListTrackerStore
from assistant.turns import Turns
from contract.reply import Reply, ReplyKind
from learning.recorder import Recorder
from learning.store import LearningStore
from runtime.clock import today
from runtime.settings import NLU_DATA, Settings
from stores.database import Database
from stores.redis_clients import connect, connect_async
from stores.sealing import Seal
from understanding.emergencies import Emergencies


def build_turns(settings: Settings, model: Path, services: Services | None = None) -> Turns:
    """Load the model and put the agent together; takes seconds.

    Raises:
        ModelMissing: when no model was trained yet.
    """
    if not model.exists():
        raise ModelMissing("no trained model: run `motcua train`")
    quiet_rasa()
    rasa_caching.install()
    shared = services or build(settings, connect(settings))
    seal = Seal(settings.secret())
    store = RedisListTrackerStore(
        None,
        lambda: connect_async(settings),
        seal,
        expire_seconds=settings.conversation_days * 86_400,
    )
    agent = Agent(
        generator=RepliesFromWording(shared.wording),
        lock_store=RedisLockStore(lambda: connect_async(settings)),
        action_endpoint=InProcessActions(
            all_actions(lambda: shared),
            trouble=Reply(kind=ReplyKind.TROUBLE, short=shared.wording.text("vi", "trouble")),
        ),
    )
    # Handed over here and not to the constructor, which would wrap it so that a failing store is silently replaced
    # by memory: a conversation must not be half remembered.
    agent.tracker_store = store
    agent.load_model(model)
    processor: MessageProcessor = agent.processor
    processor.graph_runner = rasa_caching.OrderedGraphRunner(processor.graph_runner)
    domain = processor.domain
    domain.session_config = SessionConfig(settings.session_minutes, carry_over_slots=False)
    kept = LearningStore(Database(settings.effective_database_url))
    recorder = Recorder(kept, today, settings.learning_days)
    given = AnswersGiven(lambda: store.redis, seal)
    emergencies = Emergencies.load(NLU_DATA)
    return Turns(agent, store, emergencies, shared.catalogue, shared.wording.languages, recorder, given)
