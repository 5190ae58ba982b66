"""What supervisors see of a slip in a procedure's file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from flask import Flask
from installations import open_catalogue
from small_record import RECORD

from channels import health
from channels.callers import Callers
from channels.metrics import Metrics
from channels.parts import Parts
from installation.catalogue_health import catalogue_health
from runtime.settings import Settings


def test_readiness_and_figures_name_the_file_the_line_and_the_field(
    tmp_path: Path,
) -> None:
    file = tmp_path / "1.000001.yml"
    file.write_text(RECORD, encoding="utf-8")
    store = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}", tmp_path, rescan_seconds=0)
    settings = Settings(data_dir=str(tmp_path), cli_language="en")
    metrics = Metrics()
    callers = Callers.from_settings(settings)
    beside: dict[str, health.Check] = {}
    parts = cast(Parts, type("Some", (), {"settings": settings, "metrics": metrics, "beside": beside}))
    app = Flask(__name__)
    app.register_blueprint(health.blueprint({}, metrics, callers, beside))
    app.register_blueprint(catalogue_health(SimpleNamespace(catalogue=store, settings=settings), parts))
    client = app.test_client()

    assert store.get("1.000001") is not None
    assert client.get("/readyz").json["others"]["catalogue"] == {"state": "ok"}
    assert b"motcua_catalogue_mistakes 0.0" in client.get("/metrics").data

    file.write_text(RECORD.replace("short_name", "short_nam"), encoding="utf-8")
    ready = client.get("/readyz")
    assert ready.status_code == 200
    told = ready.json["others"]["catalogue"]
    assert told["state"] == "needs_hand"
    assert any("1.000001.yml, line 3, field short_nam" in line for line in told["details"])
    assert b"motcua_catalogue_mistakes 2.0" in client.get("/metrics").data
    assert store.get("1.000001") is not None
    store.close()
