"""The description of the API: complete, valid, and true of what the gateway does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from channels_doubles import ScriptedCore
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from installations import create_app
from openapi_spec_validator import openapi_v31_spec_validator

from channels import openapi
from contract.wishes import WISHES, example_of
from runtime.settings import Settings
from runtime.version import version

ROOT = Path(openapi.__file__).resolve().parent.parent
PAGES_FOR_PEOPLE = (
    "channels/try_page/",
    "centre/page/",
    "centre/reporting/",
    "kiosk/page/files.py",
    "channels/security_txt.py",
)
"""Addresses no program calls."""
DESCRIBED_BY_A_STANDARD = ("centre/open311/",)
"""Open311 GeoReport v2 says what these take and give; docs/open311.md tells which version."""


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    response = client.get(openapi.PATH, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert response.content_type == "application/json"
    found: dict[str, Any] = response.json
    return found


def test_it_is_valid_and_names_the_version(description: dict[str, Any]) -> None:
    openapi_v31_spec_validator.validate(description)
    assert description["info"]["version"] == version()


def test_every_address_for_programs_describes_itself() -> None:
    silent = []
    for room in ("channels", "kiosk", "centre"):
        for path in (ROOT / room).rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and not place.startswith(
                    PAGES_FOR_PEOPLE + DESCRIBED_BY_A_STANDARD
                ):
                    named = [ast.unparse(one.func) for one in node.decorator_list if isinstance(one, ast.Call)]
                    is_address = any(name.endswith((".get", ".post", ".route")) for name in named)
                    if is_address and "described" not in named:
                        silent.append(f"{place}: {node.name}")
    assert silent == []


def test_a_turn_takes_every_wish_and_one_thing_at_a_time(description: dict[str, Any]) -> None:
    operation = description["paths"]["/api/v1/converse"]["post"]
    assert operation["security"] == [{"bearer": []}]
    schemas = description["components"]["schemas"]
    body = schemas["ConverseRequest"]
    wishes = body["properties"]["wish"]["anyOf"][0]["discriminator"]["mapping"]
    assert set(wishes) == {example_of(wish)["do"] for wish in WISHES}
    assert [one["required"] for one in body["oneOf"]] == [["text"], ["digits"], ["event"], ["wish"]]
    assert {"replies", "understanding"} == set(schemas["ConverseResponse"]["properties"])


def test_webhooks_name_their_fields_and_their_signature(description: dict[str, Any]) -> None:
    incoming = description["paths"]["/sms/twilio"]["post"]
    form = incoming["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert form["required"] == ["MessageSid", "From", "To", "Body"]
    assert incoming["security"] == [{"provider": []}]


def test_the_gateway_does_what_its_description_says(set_up: Callable[..., Settings], core: ScriptedCore) -> None:
    schema = schemathesis.openapi.from_wsgi(openapi.PATH, create_app(set_up()))
    wanted = [schema["/api/v1/converse"]["POST"], schema["/healthz"]["GET"], schema["/readyz"]["GET"]]

    @given(st.one_of([operation.as_strategy() for operation in wanted]))
    @effort(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate()

    holds()
