"""Clear answers to a provider's webhook: what is wrong with what it brought, or that it must bring it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from channels.errors import Problem
from channels.sms.providers.provider import FormError
from runtime import logs

_log = logs.get(__name__)


@contextmanager
def clear_answers(route: str, what: str) -> Iterator[None]:
    """Read and store inside this; a provider that hears 503 brings it again, so that nothing is lost.

    Args:
        route: the provider's name.
        what: comes in: ``message``, ``receipt``.

    Raises:
        Problem: 400 for a form that lacks something, 503 when it could not be stored.
    """
    try:
        yield
    except FormError as error:
        raise Problem(400, "bad_form", str(error)) from None
    except SQLAlchemyError as error:
        _log.error("what a provider brought cannot be stored", what=what, route=route, cause=type(error).__name__)
        raise Problem(503, "not_stored", f"the {what} could not be stored: bring it again") from None
