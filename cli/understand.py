"""``motcua understand``: what messages mean, line by line, without a server."""

from __future__ import annotations

import json
import sys
from typing import Any

from assistant.lean_rasa import leave_out_for_serving

from installation.opening import opened
from runtime.messages import tr


def understand() -> None:
    """Read JSON lines {"id", "text"} and write what was understood, line by line, in the same order.

    Example:  echo '{"id": 1, "text": "lam giay khai sinh can gi"}' | motcua understand
    """
    leave_out_for_serving()
    from installation.core import understander

    with opened(with_tables=False) as here:
        understands = understander(here)
        for line in sys.stdin.buffer:
            if line.strip():
                print(json.dumps(_understood(understands, line), ensure_ascii=False), flush=True)


def _understood(understander: Any, line: bytes) -> dict[str, Any]:
    """One line's answer; a bad line gives its error and the run goes on."""
    known: dict[str, Any] = {"id": None}
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            return {**known, "error": tr('each line must be an object like {"id": 1, "text": "..."}')}
        known["id"] = request.get("id")
        if not isinstance(request.get("text"), str):
            return {**known, "error": tr('"text" is missing or no string')}
        return {**known, **understander.understand(request["text"]).model_dump(mode="json")}
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        return {**known, "error": tr("not valid JSON in UTF-8: {error}", error=str(error))}
