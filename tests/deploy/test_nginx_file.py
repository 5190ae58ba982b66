"""The file for nginx that ships: what it passes on, and to whom it says that TLS is needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.body_sizes import most_of

FILE = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "motcua.conf"
SECURE, PLAIN = FILE.read_text(encoding="utf-8").split("\nserver {")[1:]


def place_of(server: str, path: str) -> str:
    """The body of the location nginx chooses: an exact one, the first pattern that fits, the longest prefix."""
    every = re.findall(r"location (= |~ )?(\S+) \{(.*?)\n    \}", server, re.DOTALL)
    for kind, wanted, body in every:
        if kind == "= " and wanted == path:
            return str(body)
    for kind, wanted, body in every:
        if kind == "~ " and re.search(wanted, path):
            return str(body)
    fitting = [(len(wanted), body) for kind, wanted, body in every if not kind and path.startswith(wanted)]
    return str(max(fitting)[1])


@pytest.mark.parametrize("path", ["/centre", "/centre/sign-in", "/phan-anh"])
def test_a_person_who_typed_the_address_without_tls_is_sent_on(path: str) -> None:
    assert "return 308 https://" in place_of(PLAIN, path)


@pytest.mark.parametrize("path", ["/api/v1/converse", "/sms/twilio", "/voice/twilio", "/kiosk-sync/v1/exchange", "/x"])
def test_an_interface_asked_without_tls_is_refused_and_not_sent_on(path: str) -> None:
    assert "return 403" in place_of(PLAIN, path)
    assert "proxy_pass" not in PLAIN


@pytest.mark.parametrize("path", ["/kiosk", "/kiosk/api/setup", "/metrics", "/readyz", "/sms/kannel", "/x"])
def test_what_is_for_the_machine_itself_is_not_passed_on(path: str) -> None:
    assert "return 404" in place_of(SECURE, path)


@pytest.mark.parametrize(
    "path",
    [
        *("/centre", "/centre/sign-in", "/centre/events", "/centre/campaigns", "/centre/consents/list", "/healthz"),
        *("/centre/warnings/register", "/centre/exchange/new", "/centre/recordings/hello", "/phan-anh/sent"),
        *("/phan-anh", "/open311/v2/requests.json", "/exchange/v1/cases/a/papers/b", "/dossiers/changed"),
        "/voice/stream",
    ],
)
def test_what_is_asked_from_outside_is_passed_on_as_large_as_the_gateway_takes_it(path: str) -> None:
    place = place_of(SECURE, path)
    assert "proxy_pass" in place
    assert largest(place) >= most_of(path)


@pytest.mark.parametrize("path", ["/phan-anh", "/open311/v2/requests.json"])
def test_of_strangers_nothing_is_taken_that_the_gateway_would_refuse(path: str) -> None:
    assert largest(place_of(SECURE, path)) == most_of(path)


def largest(place: str) -> int:
    """Bytes a location takes; where it has no size of its own, the server's holds, which stands before all of them."""
    number, unit = re.findall(r"client_max_body_size (\d+)([km]);", f"{place}\n{SECURE}")[0]
    return int(number) * {"k": 1024, "m": 1024 * 1024}[unit]


def test_no_location_forgets_who_asks() -> None:
    # A header set in a location takes those of the server away, and with them the caller's address.
    assert "proxy_set_header" not in "".join(re.findall(r"location [^{]*\{(.*?)\n    \}", SECURE, re.DOTALL))
    for name in ("Host", "X-Forwarded-Proto", "X-Forwarded-For", "Upgrade", "Connection"):
        assert f"proxy_set_header {name} " in SECURE


def test_the_bare_address_leads_to_the_officers_pages() -> None:
    assert "return 303 /centre;" in place_of(SECURE, "/")


def test_browsers_are_told_to_ask_with_tls_alone_and_floods_have_limits() -> None:
    for wanted in (
        "Strict-Transport-Security",
        "limit_conn ",
        "limit_req ",
        "client_body_timeout",
        "proxy_buffering on",
    ):
        assert wanted in SECURE
