"""``GET /api/openapi.json``: the description of the API (OpenAPI 3.1), made from what the addresses say of themselves.

Each view function carries a :class:`Described`; bodies and answers are the pydantic models that read and write them. So
the description has no text of its own that could fall behind the code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Blueprint, Flask, Response, current_app, jsonify
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from runtime.version import version

PATH: Final = "/api/openapi.json"
_DESCRIBED: Final = "_described"
_SCHEMAS: Final = "#/components/schemas/{model}"
_METHODS: Final = ("GET", "POST", "PUT")
_PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")

BEARER, PROVIDER, KANNEL, KIOSK, PUSH, AGENCY = "bearer", "provider", "kannel", "kiosk", "push", "agency"
"""Keys that open an address."""
JSON, TWIML = "application/json", "text/xml"

_LICENCE: Final = {"name": "Apache 2.0", "identifier": "Apache-2.0"}

_SECURITY: Final[Mapping[str, dict[str, str]]] = {
    BEARER: {"type": "http", "scheme": "bearer", "description": "MOTCUA_API_KEY; not on loopback in development."},
    PROVIDER: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Twilio-Signature",
        "description": "The provider's signature over address and form, with MOTCUA_TWILIO_AUTH_TOKEN.",
    },
    KANNEL: {"type": "http", "scheme": "basic", "description": "User kannel with MOTCUA_KANNEL_SECRET."},
    PUSH: {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA256 over "
        "`webhook-id.webhook-timestamp.body`, with the key in the source's `push` file; docs/dossier-sources.md.",
    },
    AGENCY: {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks 1.0, asymmetric: `v1a,` and the base64 of Ed25519 over "
        "`webhook-id.webhook-timestamp.body`, with a key this agency knows of yours; docs/case-exchange.md.",
    },
    KIOSK: {
        "type": "apiKey",
        "in": "header",
        "name": "Kiosk",
        "description": "An enrolled box signs each request; docs/decisions/0016-kiosks-days-offline.md.",
    },
}


class ErrorDetail(BaseModel):
    """What is wrong."""

    code: str = Field(description="For programs; stable.")
    message: str = Field(description="For the developer on the other side; names the cure.")


class ErrorAnswer(BaseModel):
    """Every answer other than 2xx."""

    error: ErrorDetail


@dataclass(frozen=True, slots=True)
class Described:
    """What an address says of itself.

    Args:
        summary: one sentence.
        body: what is sent as JSON.
        form: fields sent as a form, by name with their meaning; the first ``required`` of them must be there.
        required: how many.
        answer: what comes back as JSON; None: nothing, or what ``media`` names.
        media: of an answer that is no JSON.
        status: of the answer when all is well.
        security: which of the keys above opens it; None: for everybody the page itself is for.
        takes: types of a body that is a file.
    """

    summary: str
    body: type[BaseModel] | None = None
    form: Mapping[str, str] | None = None
    required: int = 0
    answer: type[BaseModel] | None = None
    media: str | None = None
    status: int = 200
    security: str | None = None
    takes: tuple[str, ...] = ()


View = TypeVar("View", bound=Callable[..., Any])


def described(
    summary: str,
    body: type[BaseModel] | None = None,
    *,
    form: Mapping[str, str] | None = None,
    required: int = 0,
    answer: type[BaseModel] | None = None,
    media: str | None = None,
    status: int = 200,
    security: str | None = None,
    takes: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Put below the decorator that gives a view function its address; see :class:`Described`."""

    def keep(view: View) -> View:
        setattr(view, _DESCRIBED, Described(summary, body, form, required, answer, media, status, security, takes))
        return view

    return keep


def blueprint() -> Blueprint:
    """The address; register it like any other, it describes whatever the application has."""
    pages = Blueprint("openapi", __name__)

    @pages.get(PATH)
    @described("This description.", media=JSON)
    def openapi() -> Response:
        return jsonify(document(current_app))

    return pages


def document(app: Flask) -> dict[str, Any]:
    """The description of everything in an application that describes itself."""
    found = list(_found(app))
    models = {model for _, _, one in found for model in (one.body, one.answer) if model is not None} | {ErrorAnswer}
    ordered = sorted(models, key=lambda model: model.__name__)
    # What is read may leave out what has a default; what is written holds everything.
    read_models = {one.body for _, _, one in found}
    modes = [(model, "validation" if model in read_models else "serialization") for model in ordered]
    shapes, definitions = models_json_schema(modes, ref_template=_SCHEMAS)  # type: ignore[arg-type]
    references = {model: shapes[(model, mode)] for model, mode in modes}  # type: ignore[index]
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, one in found:
        paths.setdefault(_PARAMETER.sub(r"{\1}", rule.rule), {})[method.lower()] = _operation(
            rule, method, one, references
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Một Cửa",
            "version": version(),
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": _without_null(definitions["$defs"]), "securitySchemes": dict(_SECURITY)},
    }


def _without_null(schemas: dict[str, Any]) -> dict[str, Any]:
    """Without defaults of null: they only say that a field may be left out, and validators stumble over them."""
    for shape in schemas.values():
        for field in shape.get("properties", {}).values():
            if field.get("default", ...) is None:
                del field["default"]
    return schemas


def _found(app: Flask) -> Iterator[tuple[Rule, str, Described]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        one = getattr(app.view_functions[rule.endpoint], _DESCRIBED, None)
        if one is not None:
            yield from ((rule, method, one) for method in _METHODS if method in (rule.methods or ()))


def _operation(rule: Rule, method: str, one: Described, references: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": one.summary}
    if one.answer is not None:
        answer["content"] = {"application/json": {"schema": references[one.answer]}}
    elif one.media is not None:
        answer["content"] = {one.media: {}}
    problem = {"description": "What is wrong.", "content": {"application/json": {"schema": references[ErrorAnswer]}}}
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "summary": one.summary,
        "responses": {str(one.status): answer, "default": problem},
        "security": [{one.security: []}] if one.security else [],
    }
    if names := _PARAMETER.findall(rule.rule):
        text = {"type": "string"}
        operation["parameters"] = [{"name": name, "in": "path", "required": True, "schema": text} for name in names]
    if one.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": references[one.body]}}}
    elif one.takes:
        operation["requestBody"] = {"required": True, "content": {kind: {} for kind in one.takes}}
    elif one.form is not None:
        fields = {name: {"type": "string", "description": meaning} for name, meaning in one.form.items()}
        shape = {"type": "object", "properties": fields, "required": list(fields)[: one.required]}
        content = {"application/x-www-form-urlencoded": {"schema": shape}}
        operation["requestBody"] = {"required": bool(one.required), "content": content}
    return operation
