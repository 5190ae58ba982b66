"""Browsers are told what answers may do: nothing but what a page of ours names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from installations import create_app

from runtime.settings import Settings

ANSWERS = (
    "/healthz",
    "/openapi.json",
    "/.well-known/security.txt",
    "/not-there",
    "/try/",
    "/centre/sign-in",
    "/api/v1/converse",
)


@pytest.fixture
def client(set_up: Callable[..., Settings]) -> FlaskClient:
    return create_app(set_up()).test_client()


@pytest.mark.parametrize("path", ANSWERS)
def test_pages_and_answers_carry_the_headers_browsers_need(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy or "frame-ancestors 'self'" in policy
    # The address of no other host stands in it: nothing is fetched from, or told to, anybody else.
    assert "https:" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/healthz", "/centre/sign-in", "/api/v1/converse"])
def test_trace_is_no_method_here(client: FlaskClient, path: str) -> None:
    assert client.open(path, method="TRACE", data=b"x").status_code in {404, 405}


def test_an_answer_says_that_it_is_not_to_be_kept(client: FlaskClient) -> None:
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
