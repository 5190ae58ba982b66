"""The whole loop, with the real pipeline: asked, reviewed, labelled, answered."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from running_system import ROOT, RunningSystem, run_cli, without_settings

from learning.kept import KeptUtterance, Reason
from learning.store import LearningStore
from stores.database import Database

BIRTH = "1.001193"
UNKNOWN = "cho xin tờ bông lau lọt lòng"
PHONE = "0905000123"


def utterances(listed: bytes) -> list[dict[str, Any]]:
    return [one for group in json.loads(listed) for one in group["utterances"]]


@pytest.mark.xdist_group("system")
def test_what_was_unknown_is_reviewed_labelled_and_answered_at_once(system: RunningSystem) -> None:
    try:
        assert system.say(UNKNOWN).understanding["procedure"] is None
        system.say(f"{UNKNOWN}, gọi lại {PHONE}", channel="sms")
        deadline = time.monotonic() + 60
        found: list[dict[str, Any]] = []
        while len(found) < 2:
            assert time.monotonic() < deadline, "the questions were not kept"
            listed = system.cli("learn", "review", "--json", "--limit", "1000").stdout
            found = [one for one in utterances(listed) if one["text"].startswith(UNKNOWN)]
        assert PHONE not in listed.decode()
        number = next(str(one["id"]) for one in found if one["text"] == UNKNOWN)

        labelled = system.cli("learn", "label", number, BIRTH)
        assert labelled.returncode == 0, labelled.stderr.decode()
        answer = system.say(UNKNOWN)
        assert answer.understanding["procedure"] == BIRTH
        assert "khai sinh" in answer.text.lower()
        assert system.say("cho xin to bong lau lot long").understanding["procedure"] == BIRTH
        assert number not in [str(one["id"]) for one in utterances(system.cli("learn", "review", "--json").stdout)]
        assert not system.files_with(PHONE)
    finally:
        shutil.rmtree(system.data / "learned", ignore_errors=True)


@dataclass
class Heard:
    """The core, and what it has kept once everything is written."""

    core: Any
    store: LearningStore

    def kept(self) -> dict[int, KeptUtterance]:
        self.core.run(self.core.turns.close())
        return {one.id: one for one in self.store.open()}


@pytest.fixture
def heard(core: Any) -> Iterator[Heard]:
    database = Database(core.settings.effective_database_url)
    yield Heard(core, LearningStore(database))
    database.close()


@pytest.mark.xdist_group("core")
@pytest.mark.parametrize("denial", ["không phải", "không phải, ý em là tạm trú"])
def test_an_answer_denied_right_after_is_kept_with_what_was_answered(heard: Heard, denial: str) -> None:
    conversation = secrets.token_hex(8)
    before = heard.kept()
    assert heard.core.say("làm giấy khai sinh cho cháu", conversation).understanding.procedure == BIRTH
    heard.core.say(denial, conversation)
    # What the correction names may itself be asked back about, and is kept for that.
    new = [one for number, one in heard.kept().items() if one != before.get(number)]
    (found,) = [one for one in new if one.kept.reason is Reason.DENIED]
    assert found.kept.text == "làm giấy khai sinh cho cháu"
    assert found.kept.candidates[0].code == BIRTH
    assert "khai sinh" in found.kept.answered.lower()


@pytest.mark.xdist_group("core")
def test_nobody_in_danger_is_kept(heard: Heard) -> None:
    conversation = secrets.token_hex(8)
    before = heard.kept()
    heard.core.say("chồng em đang đánh em, cứu với", conversation)
    heard.core.say("không phải", conversation)
    assert heard.kept() == before


@pytest.mark.xdist_group("core")
def test_keys_events_and_answers_are_not_kept(heard: Heard) -> None:
    conversation = secrets.token_hex(8)
    before = heard.kept()
    heard.core.answer(channel="phone", conversation=conversation, event="start")
    heard.core.answer(channel="phone", conversation=conversation, digits="9")
    for said in ("đăng ký kết hôn cần gì", "còn lệ phí", "cảm ơn"):
        heard.core.say(said, conversation)
    assert heard.kept() == before


def test_the_help_teaches_with_an_example(tmp_path: Path) -> None:
    environment = {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(tmp_path)}
    told = run_cli("learn", "--help", environment=environment).stdout.decode()
    assert "motcua learn label 12 1.001193" in told
    empty = run_cli("learn", "review", environment=environment)
    assert "nothing waits" in empty.stdout.decode()
    refused = run_cli("learn", "label", "12", BIRTH, environment=environment)
    assert refused.returncode == 1
    assert "motcua learn review" in refused.stderr.decode()
    assert run_cli("learn", "drop", "12", environment=environment).returncode == 1
