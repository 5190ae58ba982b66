"""What pydantic says of a wrong value, as a message that can be said in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime.messages import Message

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def mistake_of(problem: ErrorDetails) -> Message:
    """One mistake of a ``ValidationError``, without its place: what a check of ours raised, or pydantic's template."""
    context: dict[str, Any] = dict(problem.get("ctx", {}))
    if "error" in context and problem["type"] in ("value_error", "assertion_error"):
        return Message(str(context["error"]))
    try:
        template = _template(problem["type"], context)
        context["expected_plural"] = "" if 1 in context.values() else "s"
        first, several, last = str(context.get("expected", "")).rpartition(" or ")
        if several:
            context["expected"] = Message("{first} or {last}", first=first, last=last)
        return Message(template, **context)
    except (KeyError, TypeError, ValueError):
        # A type of mistake of somebody else's, such as pydantic's own for addresses of the network.
        return Message(problem["msg"])


def _template(kind: str, context: dict[str, Any]) -> str:
    # Late: most commands read settings that are right.
    from pydantic_core import PydanticKnownError

    return PydanticKnownError(kind, context or None).message_template  # type: ignore[arg-type]
