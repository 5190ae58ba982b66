"""Of two matters asked for in one message the second is named, with its side; of one or the other both are told."""

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
from actions.procedures.questions import ActionAnswerProcedure
from catalogue.store import CatalogueStore
from contract.aspects import Aspect
from contract.meaning import MEANING, Meaning
from contract.reply import Reply
from contract.wording import wording_of

TODAY = date(2026, 11, 30)
CARD, LICENCE, ADOPTION, GUARDIAN = "1.116410", "3.000347", "2.001263", "1.004837"
RESIDENCE, ABSENCE, SALE_TAX = "1.004194", "1.003677", "1.007674"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> CatalogueStore:
    return open_catalogue(f"sqlite:///{tmp_path_factory.mktemp('two')}/c.db", NLU_DATA / "procedures", rules=NLU_DATA)


def told(catalogue: CatalogueStore, **meant: Any) -> tuple[Reply, dict[str, Any]]:
    """The reply to words of this meaning, and the slots it leaves."""
    wording = wording_of(NLU_DATA).room("core")
    services: Any = SimpleNamespace(
        catalogue=catalogue,
        wording=wording,
        answers=Answers(wording, lambda: TODAY, timedelta(days=365)),
        today=lambda: TODAY,
    )
    meaning = Meaning(intent="ask_procedure", confidence=0.9, reading="matter", **meant)
    latest = {"intent": {"name": "ask_procedure"}, MEANING: meaning.as_data(), "text": "hai việc một lúc"}
    events = [{"event": "user", "text": latest["text"], "parse_data": latest, "input_channel": "sms"}]
    dispatcher = CollectingDispatcher()
    happened = ActionAnswerProcedure(lambda: services).run(
        dispatcher, Tracker("c", {}, latest, events, False, None, {}, "action_listen"), {}
    )
    slots = {event["name"]: event["value"] for event in happened if event["event"] == "slot"}
    return Reply.model_validate(dispatcher.messages[0]["custom"]), slots


def test_the_second_is_told_with_its_fee_and_talked_of_from_then_on(catalogue: CatalogueStore) -> None:
    reply, slots = told(catalogue, procedure=CARD, second=LICENCE, aspect=Aspect.FEE)
    assert "ăn cước" in reply.short
    assert reply.details[0].startswith("Việc kia, “Đổi bằng lái xe”. Lệ phí:")
    assert (slots["procedure"], slots["topics"]) == (CARD, [LICENCE])


def test_papers_that_cost_nothing_are_not_told_without_the_tax_that_is_due(catalogue: CatalogueStore) -> None:
    reply, _ = told(catalogue, procedure=CARD, second=SALE_TAX, aspect=Aspect.FEE)
    assert "miễn phí" not in reply.details[0]


def test_who_is_exempt_from_the_fee_of_the_second_is_told_with_it(catalogue: CatalogueStore) -> None:
    reply, _ = told(catalogue, procedure=CARD, second=ADOPTION, aspect=Aspect.FEE)
    assert "Lệ phí: 400.000 đồng" in reply.details[0]
    assert "Cha dượng, mẹ kế" in reply.details[0]


def test_of_a_side_that_no_line_tells_the_second_is_only_named(catalogue: CatalogueStore) -> None:
    reply, _ = told(catalogue, procedure=CARD, second=LICENCE, aspect=Aspect.PAPERS)
    assert reply.details[0] == "Việc kia, “Đổi bằng lái xe”, xin hỏi tiếp sau nhé."


def test_of_one_or_the_other_it_is_told_what_each_is_for(catalogue: CatalogueStore) -> None:
    reply, slots = told(catalogue, procedure=ADOPTION, compared=(ADOPTION, GUARDIAN), aspect=Aspect.FEE)
    lines = (reply.short, *reply.details)
    assert [("on nuôi" in lines[0], "iám hộ" in lines[1])] == [(True, True)]
    assert all("Lệ phí:" in line for line in lines)
    assert [choice.key for choice in reply.choices] == ["1", "2"]
    assert slots["topics"] == [GUARDIAN]


def test_what_is_written_of_how_two_differ_comes_first(catalogue: CatalogueStore) -> None:
    reply, _ = told(catalogue, procedure=ABSENCE, compared=(RESIDENCE, ABSENCE), aspect=Aspect.OVERVIEW)
    assert "tạm vắng khai ở nơi mình rời đi" in reply.short
