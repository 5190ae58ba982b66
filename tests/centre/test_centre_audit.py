"""What officers do on the pages stands in the audit log."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from centre.officers import Officers
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Enrolment
from stores.audit import Audit, Deed
from stores.database import Database
from stores.sealing import Seal

PASSWORD = "một mật khẩu đủ dài"


@pytest.fixture
def audit(parts: CentreParts, tmp_path: Path) -> Audit:
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    return Audit(database, Seal(b"a secret of the tests"), parts.clock, tmp_path / "checkpoints")


@pytest.fixture
def audited(parts: CentreParts, audit: Audit, tmp_path: Path) -> FlaskClient:
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    officers = Officers(database, Seal(b"a secret of the tests"), parts.clock, audit)
    officers.set("lan", PASSWORD)
    app = Flask("centre-test")
    app.register_blueprint(blueprint(replace(parts, officers=officers)))
    client = app.test_client()
    assert client.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD}).status_code == 303
    return client


def noted(audit: Audit) -> list[tuple[str, str, str]]:
    return [(entry.deed, entry.who, entry.what) for entry in audit.entries()]


def enrolled(parts: CentreParts) -> str:
    key, box = codes.code_key(parts.enrolling.new_code("xã Ba")), Keys.generate()
    asked = Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))
    parts.enrolling.enrol(asked)
    return parts.kiosks.all()[0].id


def test_exports_and_kiosks_that_are_shut_out_are_noted(audited: FlaskClient, audit: Audit, parts: CentreParts) -> None:
    kiosk = enrolled(parts)
    assert audited.get("/centre/figures.csv?days=7").status_code == 200
    assert any(deed == Deed.EXPORTED and who == "lan" and "csv" in what for deed, who, what in noted(audit))
    token = re.search(r'name="csrf_token" value="([\w-]+)"', audited.get("/centre").text)
    assert token is not None
    form = {"csrf_token": token[1]}
    assert audited.post(f"/centre/kiosks/{kiosk}/block", data=form).status_code == 303
    blocked = [what for deed, who, what in noted(audit) if (deed, who) == (Deed.BLOCKED, "lan")]
    # With the key that opens nothing any more, by which the box is known wherever it turns up.
    assert [re.sub(r"(?: [0-9a-f]{4}){4}$", " …", what) for what in blocked] == [f"kiosk {kiosk}: block, key …"]
    before = len(noted(audit))
    assert audited.post("/centre/kiosks/none/block", data=form).status_code == 404
    # What did not happen is not noted.
    assert len(noted(audit)) == before
