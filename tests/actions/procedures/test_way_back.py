"""An answer that is not sure which procedure is meant names the likeliest other one; a sure one names none."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from installations import open_catalogue
from places import NLU_DATA
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.procedures.answers import Answers
from actions.procedures.procedure_action import SURE_ENOUGH
from actions.procedures.questions import ActionAnswerProcedure
from catalogue.store import CatalogueStore
from contract.aspects import Aspect
from contract.meaning import MEANING, Meaning
from contract.reply import Reply
from contract.wording import wording_of
from understanding.readings.reading import Kind

TODAY = date(2026, 11, 30)
BIRTH, AGAIN, MARRIAGE = "1.001193", "1.004884", "1.000894"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> CatalogueStore:
    return open_catalogue(f"sqlite:///{tmp_path_factory.mktemp('way')}/c.db", NLU_DATA / "procedures", rules=NLU_DATA)


def told(catalogue: CatalogueStore, confidence: float, *candidates: str, reading: Kind = Kind.MATTER) -> list[str]:
    """What is told of a birth's registration that was understood so."""
    wording = wording_of(NLU_DATA).room("core")
    services: Any = SimpleNamespace(
        catalogue=catalogue,
        wording=wording,
        answers=Answers(wording, lambda: TODAY, timedelta(days=365)),
        today=lambda: TODAY,
    )
    meaning = Meaning(
        intent="ask_procedure",
        confidence=confidence,
        procedure=BIRTH,
        candidates=candidates,
        aspect=Aspect.FEE,
        reading=reading,
    )
    latest = {"intent": {"name": "ask_procedure"}, MEANING: meaning.as_data(), "text": "khai sinh mất bao nhiêu"}
    events = [{"event": "user", "text": latest["text"], "parse_data": latest, "input_channel": "sms"}]
    dispatcher = CollectingDispatcher()
    ActionAnswerProcedure(lambda: services).run(
        dispatcher, Tracker("c", {}, latest, events, False, None, {}, "action_listen"), {}
    )
    reply = Reply.model_validate(dispatcher.messages[0]["custom"])
    return [line for line in reply.details if line.startswith("Nếu cần việc khác")]


def test_an_unsure_answer_names_the_likeliest_other_one(catalogue: CatalogueStore) -> None:
    other = catalogue.current(AGAIN)
    assert other is not None
    (line,) = told(catalogue, SURE_ENOUGH - 0.1, BIRTH, AGAIN, MARRIAGE)
    assert f"“{other.short_name}”" in line


def test_a_sure_one_and_what_was_talked_of_name_none(catalogue: CatalogueStore) -> None:
    assert told(catalogue, SURE_ENOUGH, BIRTH, AGAIN) == []
    assert told(catalogue, SURE_ENOUGH - 0.1, BIRTH, AGAIN, reading=Kind.TOPIC) == []


def test_what_is_told_is_not_named_as_another_one_by_its_code_of_before(
    catalogue: CatalogueStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    successor = catalogue.current(BIRTH)
    known = catalogue.current
    monkeypatch.setattr(catalogue, "current", lambda code: successor if code == "1.000000" else known(code))
    (line,) = told(catalogue, SURE_ENOUGH - 0.1, BIRTH, "1.000000", MARRIAGE)
    assert "kết hôn" in line.lower()


def test_a_list_that_was_passed_over_has_its_next_entry_named(catalogue: CatalogueStore) -> None:
    (line,) = told(catalogue, 1.0, BIRTH, MARRIAGE, reading=Kind.LISTED)
    assert "ăng ký kết hôn" in line
    assert not told(catalogue, 1.0, reading=Kind.LISTED)
