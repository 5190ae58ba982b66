from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from cli.main import app


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, **settings: str) -> Result:
    for name, value in settings.items():
        monkeypatch.setenv(f"MOTCUA_{name}", value)
    monkeypatch.setattr("sys.argv", ["motcua", "retention", *arguments])
    return CliRunner().invoke(app, ["retention", *arguments], env={"COLUMNS": "200"})


def test_it_says_what_is_kept_how_long_by_which_rule_and_what_deletes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {row["name"]: row for row in json.loads(run(monkeypatch, "--json", SMS_DAYS="12").stdout)}
    messages = shown["text_messages"]
    assert (messages["kept"], messages["seconds"], messages["by"]) == ("12 days", 12 * 86_400.0, "MOTCUA_SMS_DAYS")
    assert "91/2025/QH15" in messages["rule"]
    assert messages["deleted_by"] == "channels.sms.queue.message_records:MessageRecords.erase_before"
    assert shown["modem_spool"]["kept"] == "3 days"
    assert shown["message_pauses"]["kept"] == "30 minutes"
    assert shown["kiosk_queue"]["seconds"] is None


def test_people_get_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch)
    assert result.exit_code == 0
    assert "deleted by" in result.stdout
    assert "MOTCUA_TICKET_DAYS" in result.stdout
