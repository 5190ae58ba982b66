"""Who may call the webhooks: the provider alone, by its signature."""

from __future__ import annotations

from flask import Request

from channels.callers import Callers
from channels.errors import Problem
from channels.metrics import Metrics
from channels.twilio.signature import HEADER, SignatureCheck
from runtime.settings import Settings

PROVIDER = "twilio"
"""Label of the figures."""


class ProviderCheck:
    """Lets the provider in and nobody else.

    Args:
        settings: the token, and the address the provider reaches us at.
        callers: whose forwarding headers are believed.
        metrics: counts who is refused.
    """

    def __init__(self, settings: Settings, callers: Callers, metrics: Metrics) -> None:
        token = settings.twilio_token()
        public_url = str(settings.public_url) if settings.public_url else None
        self._signature = SignatureCheck(token, public_url, callers) if token else None
        self._metrics = metrics

    def let_in(self, request: Request) -> None:
        """Return when the request is the provider's.

        Raises:
            Problem: it is not, or there is no token to tell by.
        """
        if self._signature is None:
            raise Problem(
                503,
                "not_set_up",
                "this server has no webhook token: its operator sets MOTCUA_TWILIO_AUTH_TOKEN",
            )
        # Looked for before the body is: without it nothing of what was sent is read.
        if HEADER not in request.headers or not self._signature.is_valid(request):
            self._metrics.bad_signature(PROVIDER)
            raise Problem(
                403,
                "bad_signature",
                "the signature fits neither MOTCUA_PUBLIC_URL nor the Host of the request with our token",
            )
