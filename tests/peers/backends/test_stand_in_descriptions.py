"""The stand-ins do what their OpenAPI descriptions say, whatever they are sent."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from openapi_spec_validator import openapi_v31_spec_validator

from cli.stand_ins.kinds import As
from cli.stand_ins.serving import StandIn
from runtime.clock import now


@pytest.mark.parametrize("kind", As)
def test_a_description_is_valid(kind: As) -> None:
    described = StandIn(kind, now).app.test_client().get("/openapi.json").json
    openapi_v31_spec_validator.validate(described)


@pytest.mark.parametrize("kind", As)
def test_what_is_described_is_what_is_answered(kind: As) -> None:
    app = StandIn(kind, now).app
    schema: Any = schemathesis.openapi.from_wsgi("/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == (6 if kind is As.REGISTRIES else 2)
    for operation in operations:

        @given(case=operation.as_strategy() | st.nothing())
        @effort(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def ask(case: Any) -> None:
            case.call_and_validate()

        ask()
