"""The simulator's addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from flask import Blueprint, Response, current_app, jsonify, request, send_from_directory

from channels.cleaning import clean_text
from channels.errors import Problem
from channels.phone.dialogue.call_store import CallStates
from channels.phone.stream_tokens import StreamTokens
from channels.rendering.segments import size
from channels.try_page import fields
from channels.try_page.calls import addresses as call_addresses
from channels.try_page.calls.provider import CallProvider
from channels.try_page.carrier import Carrier
from channels.try_page.sample_dossier import SampleDossier
from channels.try_page.webhooks import WebhookFailed, Webhooks
from contract.wording import wording_of
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION
from runtime.settings import Settings

KIOSK = "/kiosk"
"""Address of the kiosk's page, where this gateway has one: it comes from a room above the channels."""

_FILES = Path(__file__).with_name("static")
_QUESTIONS = Path(__file__).with_name("questions.yml")

_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]+")


def blueprint(
    settings: Settings,
    dossiers: Callable[[], Sequence[SampleDossier]] | None,
    tokens: StreamTokens,
    states: CallStates,
) -> Blueprint:
    """The page, its files, and its ways to send messages and to call.

    Args:
        settings: where our own webhooks listen, and what they are signed with.
        dossiers: the sandbox's dossiers to show beside the telephone; without it the address does not exist.
        tokens: of media streams.
        states: of calls.
    """
    pages = Blueprint("try", __name__, url_prefix="/try")
    webhooks = Webhooks(settings)
    carrier = Carrier(webhooks)
    call_addresses.add(pages, CallProvider(webhooks, tokens, states))

    @pages.get("")
    def page() -> Response:
        response = send_from_directory(_FILES, "index.html")
        response.headers["Content-Security-Policy"] = policy(request.host)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @pages.get("/static/<path:name>")
    def files(name: str) -> Response:
        return send_from_directory(_FILES, name)

    @pages.get("/setup")
    def setup() -> Response:
        return jsonify(
            alphabet={"basic": GSM7_BASIC, "extension": GSM7_EXTENSION},
            questions=yaml.safe_load(_QUESTIONS.read_text(encoding="utf-8")),
            dossiers=dossiers is not None,
            kiosk=any(rule.rule == KIOSK for rule in current_app.url_map.iter_rules()),
        )

    @pages.get("/texts")
    def texts() -> Response:
        store = wording_of(settings.nlu_data_path)
        offered = [store.languages[tag] for tag in store.languages.offered]
        room = store.room("try_page")
        return jsonify([{"tag": one.tag, "name": one.name, "texts": room.texts(one.tag)} for one in offered])

    @pages.post("/messages")
    def messages() -> Response:
        sender, text = _read(request.get_json())
        try:
            answers = carrier.send(sender, text)
        except WebhookFailed as error:
            raise Problem(502, "webhook_failed", str(error)) from None
        return jsonify(sent=_counted(text), messages=[_counted(answer) for answer in answers])

    if dossiers is not None:

        @pages.get("/dossiers")
        def samples() -> Response:
            return jsonify([asdict(dossier) for dossier in dossiers()])

    return pages


def policy(host: str) -> str:
    """What the page may load and ask: this server alone.

    Not every browser counts the WebSockets of its own server as ``'self'``, so they are named.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        f"default-src 'self'; connect-src 'self'{sockets}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def _read(body: object) -> tuple[str, str]:
    given = fields.members(body)
    sender, text = fields.own_number(given), given.get("text")
    if not isinstance(text, str):
        raise Problem(400, "bad_fields", "text: must be a string")
    return sender, clean_text(text)


def _counted(text: str) -> dict[str, Any]:
    counted = size(text)
    return {"text": text, "encoding": counted.encoding, "units": counted.units, "segments": counted.segments}
