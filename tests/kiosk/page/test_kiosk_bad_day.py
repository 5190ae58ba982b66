"""Something is broken behind the page: facts are told all the same, and the visitor reads before typing what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from installations import open_catalogue
from places import NLU_DATA

from actions.procedures.answers import Answers
from contract.aspects import Aspect
from contract.reply import ReplyKind
from contract.wishes import AskSide, Report
from contract.wording import wording_of
from kiosk.page.from_memory import Memory
from kiosk.page.today import Today
from runtime.clock import VIETNAM
from tickets.hours import OfficeHours, office_hours

BIRTH = "1.001193"
MONDAY = datetime(2026, 11, 30, 9, 5, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Memory:
    url = f"sqlite:///{tmp_path_factory.mktemp('catalogue') / 'catalogue.db'}"
    catalogue = open_catalogue(url, NLU_DATA / "procedures", rules=NLU_DATA)
    return Memory(catalogue, Answers(wording_of(NLU_DATA).room("core"), MONDAY.date, timedelta(days=180)))


def test_a_picture_is_answered_without_core_and_redis(memory: Memory) -> None:
    told = memory.answer(None, AskSide(procedure=BIRTH, aspect=Aspect.FEE), "vi")
    assert told is not None
    notice, answer = told.replies
    assert (notice.kind, answer.kind) == (ReplyKind.NOTICE, ReplyKind.ANSWER)
    assert answer.source is not None
    assert answer.source.procedure_code == BIRTH


@pytest.mark.parametrize(
    "typed",
    ["làm giấy khai sinh cần gì", "lam giay khai sinh can gi", "LÀM GIẤY KHAI SINH?", "khai sinhh", " 1.001193 "],
)
def test_words_that_name_a_procedure_are_answered_or_asked_back(memory: Memory, typed: str) -> None:
    told = memory.answer(typed, None, "vi")
    assert told is not None
    codes = {told.understanding.procedure, *(choice.wished.procedure for choice in told.replies[-1].choices)}  # type: ignore[union-attr]
    assert BIRTH in codes


@pytest.mark.parametrize("text", ["đường xóm tôi hỏng rồi", "xin chào", "H15.50.05-261008-0975"])
def test_nothing_is_made_up_for_what_only_the_core_knows(memory: Memory, text: str) -> None:
    assert memory.answer(text, None, "vi") is None
    assert memory.answer(None, Report(words=text), "vi") is None


def today(checks: dict[str, Callable[[], object]], *, speaks: bool = True) -> Today:
    return Today("Xã Mẫu", lambda: "1", lambda: MONDAY, office_hours(), lambda: False, checks, lambda: speaks)


def full_disk() -> None:
    raise OSError(28, "No space left on device")


def test_the_line_above_every_screen_tells_what_does_not_work() -> None:
    told = today({"keeps": full_disk, "talks": lambda: None}, speaks=False).as_json()
    assert told == {
        "office": "Xã Mẫu",
        "clock": "09:05",
        "open": True,
        "line": False,
        "troubles": ("keeps", "speaks"),
        "version": "1",
    }


def test_who_stands_there_is_told_that_the_box_waits_for_them_to_start_again() -> None:
    now = today({})
    now.restart_waits = lambda: True
    assert now.as_json()["troubles"] == ("restarts",)


def test_a_box_that_does_not_know_the_time_tells_neither_time_nor_office_hours() -> None:
    now = today({})
    now.may_be = lambda moment: moment.year > MONDAY.year
    told = now.as_json()
    assert (told["clock"], told["open"], told["troubles"]) == ("", False, ("clock",))


def test_what_works_again_is_no_longer_told(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [True]

    def sometimes() -> None:
        if broken[0]:
            full_disk()

    page = today({"keeps": sometimes})
    assert page.troubles() == ("keeps",)
    broken[0] = False
    monkeypatch.setattr("kiosk.page.today.time.monotonic", lambda: 1e12)
    assert page.troubles() == ()


def test_outside_office_hours_nobody_is_promised() -> None:
    closed = Today("", lambda: "1", lambda: MONDAY, OfficeHours(()), lambda: True, {}, lambda: True)
    assert closed.as_json()["open"] is False
