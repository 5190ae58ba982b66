"""Custom actions run inside the core.

Rasa sends every custom action over HTTP to an action server, with the whole domain: 38 turns a second where the
understanding alone manages 147. Rasa only needs an endpoint object with ``request``; this one hands the call to
rasa-sdk's executor directly. ``motcua rasa run actions`` still serves the same actions apart.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from assistant import dry_run
from contract.carried import Carried
from contract.reply import Reply
from runtime import logs

_log = logs.get(__name__)


class InProcessActions(EndpointConfig):  # type: ignore[misc]
    """The action endpoint for actions living in this process.

    Args:
        actions: the action objects, already given what they need.
        trouble: said in place of an action that fails; Rasa would say nothing at all.
    """

    def __init__(self, actions: list[Action], trouble: Reply) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._trouble = trouble
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, method: str = "post", **named: Any) -> Any:
        """Run the action named in ``json``; a rejection becomes the 400 that Rasa expects of an action server.

        In a dry run (:mod:`assistant.dry_run`) an action that may do more than read ends it.
        """
        dry = dry_run.under_way()
        if dry is not None and (dry.is_stopped or named["json"].get("next_action") not in dry_run.READING_ACTIONS):
            dry.is_stopped = True
            return {"events": [], "responses": []}
        try:
            return await self._executor.run(named["json"])
        except ActionExecutionRejection as rejection:
            body = json.dumps({"error": str(rejection), "action_name": rejection.action_name})
            raise ClientResponseError(400, "Bad Request", body) from rejection
        except Exception:
            _log.exception("action failed", action=named["json"].get("next_action"))
            dispatcher = CollectingDispatcher()
            dispatcher.utter_message(json_message=Carried.of(self._trouble))
            return {"events": [], "responses": dispatcher.messages}
