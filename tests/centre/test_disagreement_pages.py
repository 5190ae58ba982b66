"""What an officer sees of dossiers on which systems disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actions.dossiers.backend import Said
from actions.dossiers.disagreements import Disagreements
from actions.dossiers.model import DossierStatus
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal

CODE = "H15.50.05.21-261120-9124"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def kept(tmp_path: Any, parts: CentreParts) -> Disagreements:
    return Disagreements(Database(f"sqlite:///{tmp_path / 'motcua.db'}"), Seal(b"a secret of the tests"), lambda: NOW)


@pytest.fixture
def browser(client: FlaskClient, parts: CentreParts, kept: Disagreements) -> FlaskClient:
    app = Flask("disagreements")
    shown = replace(parts, disagreements=kept, state_words=lambda state: f"trạng thái {state}")
    app.register_blueprint(blueprint(shown))
    return app.test_client()


def signed_in(browser: FlaskClient) -> FlaskClient:
    browser.post("/centre/sign-in", data={"name": "lan", "password": "một mật khẩu đủ dài"})
    return browser


def test_it_is_for_officers_alone(browser: FlaskClient) -> None:
    assert browser.get("/centre/disagreements").status_code == 303


def test_what_each_system_says_stands_there_with_the_rule(browser: FlaskClient, kept: Disagreements) -> None:
    said = [
        Said("province", DossierStatus.PROCESSING, NOW, is_told=False),
        Said("<b>national", DossierStatus.READY, NOW - timedelta(days=1), is_told=True),
    ]
    kept.note(CODE, said)
    page = signed_in(browser).get("/centre/disagreements").text
    for words in (CODE, "province", "trạng thái 4", "trạng thái 9", "09:00 23/11/2026", "kết quả cuối cùng mới nhất"):
        assert words in page
    assert "<b>national" not in page
    assert "/centre/disagreements" in browser.get("/centre").text


def test_without_any_the_page_says_so_and_nothing_leads_there(browser: FlaskClient) -> None:
    assert "Không có hồ sơ nào như vậy" in signed_in(browser).get("/centre/disagreements").text
    assert "/centre/disagreements" not in browser.get("/centre").text


def test_many_are_told_in_parts(browser: FlaskClient, kept: Disagreements) -> None:
    for number in range(60):
        kept.note(f"H15.50-261120-{number:04}", [Said("a", DossierStatus.READY, NOW, is_told=True)])
    signed_in(browser)
    assert browser.get("/centre/disagreements?page=1").text.count("<code>") == 50
    assert browser.get("/centre/disagreements?page=2").text.count("<code>") == 10
