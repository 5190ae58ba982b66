"""Whether Kannel is calling. It cannot sign, so it shows a password, or it runs on this machine."""

from __future__ import annotations

import hmac

from flask import Request

from channels.callers import Callers
from channels.errors import Problem
from channels.metrics import Metrics
from channels.sms.providers.smpp.tables import ROUTE
from runtime.settings import Settings


class KannelCheck:
    """Lets Kannel in and nobody else.

    Args:
        secret: the password it shows; without one, in development, any process of this machine is let in.
        development: whether that is allowed.
        callers: tells this machine from others.
        metrics: counts who is refused.
    """

    def __init__(self, secret: str | None, development: bool, callers: Callers, metrics: Metrics) -> None:
        self._secret = secret
        self._development = development
        self._callers = callers
        self._metrics = metrics

    @classmethod
    def from_settings(cls, settings: Settings, callers: Callers, metrics: Metrics) -> KannelCheck:
        """As the settings say."""
        secret = settings.kannel_secret.get_secret_value() if settings.kannel_secret else None
        return cls(secret, settings.is_development, callers, metrics)

    def let_in(self, request: Request) -> None:
        """Return when the caller may go on.

        Raises:
            Problem: 403 for the wrong password or another machine; 503 when production has no password yet. Kannel
                keeps the message after both and tries again, so nothing is lost by a mistake in a file.
        """
        if self._secret is None:
            if not self._development:
                raise Problem(
                    503, "not_set_up", "this server has no password for Kannel: its operator sets MOTCUA_KANNEL_SECRET"
                )
            if not self._callers.is_local(request):
                raise self._refused("not_local", "without MOTCUA_KANNEL_SECRET only Kannel on this machine is let in")
            return
        shown = request.authorization
        password = shown.password if shown is not None and shown.type == "basic" else None
        # Takes the same time wherever a wrong one differs.
        if not hmac.compare_digest((password or "").encode("utf-8", "replace"), self._secret.encode()):
            raise self._refused(
                "bad_password",
                "show MOTCUA_KANNEL_SECRET: post-url = http://kannel:SECRET@host/sms/kannel?id=%I in Kannel's file",
            )

    def _refused(self, code: str, message: str) -> Problem:
        self._metrics.bad_signature(ROUTE)
        return Problem(403, code, message)
