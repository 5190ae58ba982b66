"""The Flask gateway: everything that reaches the assistant over HTTP comes in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter, Map

from channels import access_log, api, body_limit, draining, errors, health, host_check, openapi, security_txt
from channels.heartbeats import Heartbeats
from channels.parts import Addresses, Parts
from channels.phone.dialogue.call_store import CallStates
from channels.phone.stream_tokens import StreamTokens
from channels.phone.twiml import receive as twiml_receive
from channels.sms.arrivals import StoredArrivals
from channels.sms.providers import registry as sms_providers
from channels.sms.providers.provider import WebhookParts
from channels.try_page import page
from channels.try_page.sample_dossier import SampleDossier
from channels.twilio.caller import ProviderCheck
from channels.websockets import without_voice
from language import data
from runtime.messages import tr
from stores.write_probe import Written

LARGEST_ROW_NUMBER = 2**31 - 1
"""What PostgreSQL's ``integer`` holds. SQLite's driver breaks at more than 64 bits, and no row has such a number."""


class RowNumber(IntegerConverter):
    """``<int:number>`` in an address: the number of a row; nothing is found at one no table can hold."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ROW_NUMBER)


def create_app(
    parts: Parts,
    *,
    dossiers: Callable[[], Sequence[SampleDossier]] | None = None,
    addresses: Sequence[Addresses] = (),
) -> Flask:
    """Build the gateway; call it in the process that serves, since connections do not survive a fork.

    Args:
        parts: of this installation.
        dossiers: gives the sandbox's dossiers for the simulator to show; none are shown without.
        addresses: of rooms above the channels, which the channels do not know.

    Raises:
        SettingsError: a setting the gateway needs is missing or wrong.
    """
    settings, callers, sms, metrics = parts.settings, parts.callers, parts.sms, parts.metrics
    app = Flask("channels", static_folder=None)
    app.json = _plain_json(app)
    app.url_map.converters["int"] = RowNumber
    # The same thread may serve another installation's gateway next.
    app.before_request(partial(data.enter, settings.nlu_data_path))
    errors.register(app)
    access_log.register(app)
    host_check.register(app, settings)
    body_limit.register(app)
    app.register_blueprint(api.blueprint(parts.conversing, callers, parts.seal, settings, parts.limiter))
    for blueprint in sms_providers.webhooks(
        WebhookParts(settings, callers, metrics, sms.arrivals, sms.inline(), parts.now)
    ):
        app.register_blueprint(blueprint)
    tokens = StreamTokens(parts.redis, parts.seal)
    app.register_blueprint(
        twiml_receive.blueprint(parts.dialogue, tokens, ProviderCheck(settings, callers, metrics), settings)
    )
    written = Written(parts.database, parts.redis)
    checks: dict[str, Callable[[], object]] = {
        "gateway": draining.check,
        "core": parts.core.ping,
        "redis": written.to_redis,
        "database": written.to_database,
    }
    heartbeats = Heartbeats(parts.redis)
    parts.beside["worker"] = heartbeats.check
    parts.beside["arrivals"] = partial(_check_arrivals, sms.arrivals)
    parts.beside["routes"] = partial(_check_routes, heartbeats)
    app.register_blueprint(health.blueprint(checks, metrics, callers, parts.beside))
    app.register_blueprint(openapi.blueprint())
    app.register_blueprint(security_txt.blueprint(settings.security_contact, parts.now))
    app.register_blueprint(without_voice.blueprint())
    if settings.is_development:
        app.register_blueprint(page.blueprint(settings, dossiers, tokens, CallStates(parts.redis, parts.seal)))
    for further in addresses:
        app.register_blueprint(further(parts))
    return app


def _check_arrivals(arrivals: StoredArrivals) -> None:
    if count := arrivals.waiting():
        raise health.NeedsHand(
            [tr("{count} messages and receipts wait on this disk until the database takes them", count=count)]
        )


def _check_routes(heartbeats: Heartbeats) -> None:
    if failing := [name for name, works in heartbeats.routes().items() if not works]:
        raise health.NeedsHand(
            [tr("{name}: no message goes out this way; the worker's log says why", name=name) for name in failing]
        )


def _plain_json(app: Flask) -> DefaultJSONProvider:
    """JSON with Vietnamese letters as they are and fields in their documented order."""
    provider = DefaultJSONProvider(app)
    provider.ensure_ascii = False
    provider.sort_keys = False
    return provider
