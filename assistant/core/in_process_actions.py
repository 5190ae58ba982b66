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
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection


class InProcessActions(EndpointConfig):
    """The action endpoint for actions living in this process.

    Args:
        actions: the action objects, already given what they need.
    """

    def __init__(self, actions: list[Action]) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, method: str = "post", **named: Any) -> Any:
        """Run the action named in ``json``; a rejection becomes the 400 that Rasa expects of an action server."""
        try:
            return await self._executor.run(named["json"])
        except ActionExecutionRejection as rejection:
            body = json.dumps({"error": str(rejection), "action_name": rejection.action_name})
            raise ClientResponseError(400, "Bad Request", body) from rejection
