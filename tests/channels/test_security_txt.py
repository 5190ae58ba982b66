"""Where weaknesses are reported, as RFC 9116 has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from installations import create_app

from runtime.clock import now
from runtime.settings import Settings, SettingsError, load


def test_whoever_finds_a_weakness_is_told_whom_to_tell(set_up: Callable[..., Settings]) -> None:
    client = create_app(set_up(security_contact="mailto:security@example.org")).test_client()
    answer = client.get("/.well-known/security.txt", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.content_type == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@example.org"
    # The RFC recommends less than a year; a scanner takes a date without zone for broken.
    assert timedelta(days=1) < datetime.fromisoformat(fields["Expires"]) - now() < timedelta(days=365)


def test_an_address_nobody_reads_is_not_shown(set_up: Callable[..., Settings]) -> None:
    answer = create_app(set_up()).test_client().get("/.well-known/security.txt")
    assert answer.status_code == 404
    assert "MOTCUA_SECURITY_CONTACT" in answer.text


@pytest.mark.parametrize("contact", ["security@example.org", "mailto:a@b\nExpires: never", "http://example.org"])
def test_a_contact_is_an_address_a_program_can_open(contact: str) -> None:
    with pytest.raises(SettingsError, match="MOTCUA_SECURITY_CONTACT"):
        load(security_contact=contact)
