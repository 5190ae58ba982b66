"""Wishes through the core, with a pipeline that understands nothing: what a button does is no matter of training."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from actions.dossiers.sandbox import read_sandbox
from contract.carried import Carried
from contract.meaning import Meaning
from contract.reply import Detail, Reply, ReplyKind
from contract.turn import TurnResult
from contract.wishes import Refusal
from understanding.emergencies import Emergencies

if TYPE_CHECKING:
    from conftest import CoreInProcess

pytestmark = pytest.mark.xdist_group("core")

Wishing = Callable[..., TurnResult]


@pytest.fixture
def deaf(core: CoreInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """No component of the loaded pipeline works any more."""
    from assistant.offline import STEPS

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("a wish must not pass the understanding")

    nodes = core.turns._agent.processor.graph_runner._nodes.values()
    broken_nodes = [node for node in nodes if node._component_class in STEPS]
    assert len(broken_nodes) == len(STEPS)
    for node in broken_nodes:
        monkeypatch.setattr(node, "_fn", broken)


@pytest.fixture
def wish(core: CoreInProcess, deaf: None) -> Iterator[Wishing]:
    """Sends one wish after the other in a conversation of its own, to a core that understands nothing."""
    conversation = secrets.token_hex(8)
    core.answer(channel="kiosk", conversation=conversation, event="start")

    def send(do: str, **fields: Any) -> TurnResult:
        return core.answer(channel="kiosk", conversation=conversation, wish={"do": do, **fields})

    yield send
    core.answer(channel="kiosk", conversation=conversation, event="hangup")


def last(result: TurnResult) -> Reply:
    return result.replies[-1]


def test_words_fail_where_wishes_do_not(core: CoreInProcess, deaf: None) -> None:
    from rasa.engine.exceptions import GraphComponentException

    with pytest.raises(GraphComponentException):
        core.say("làm giấy khai sinh", secrets.token_hex(8))


def test_a_side_of_a_procedure(wish: Wishing) -> None:
    fee = wish("ask", procedure="1.001193", aspect="fee")
    assert (fee.understanding.intent, fee.understanding.confidence) == ("ask_procedure", 1.0)
    assert (fee.understanding.procedure, fee.understanding.aspect) == ("1.001193", "fee")
    assert "miễn phí" in last(fee).short
    overview = wish("ask", procedure="1.001193")
    assert last(overview).kind is ReplyKind.ANSWER
    assert overview.understanding.aspect == "overview"


@pytest.mark.parametrize("keyed", [False, True], ids=["code", "digits"])
def test_a_dossier_in_one_turn(wish: Wishing, keyed: bool) -> None:
    dossier = next(one for one in read_sandbox() if one.code == "H15.50.05.21-261123-9101")
    digits = "".join(sign for sign in dossier.code if sign.isdigit())
    told = wish("dossier", code=digits if keyed else dossier.code, last4=dossier.person.phone[-4:])
    assert told.understanding.dossier_code == (None if keyed else dossier.code)
    assert last(told).kind is ReplyKind.ANSWER
    assert "Hồ sơ mới nộp" in last(told).short


def test_a_dossier_asked_for_step_by_step(wish: Wishing) -> None:
    begun = wish("dossier")
    assert (last(begun).kind, last(begun).asks) == (ReplyKind.ASK_DETAIL, Detail.DOSSIER_CODE)
    coded = wish("dossier", code="H15.50.05.21-261123-9101")
    assert last(coded).asks is Detail.LAST4
    wrong = wish("dossier", code="H15.50.05.21-261123-9101", last4="9999")
    assert (last(wrong).kind, last(wrong).asks) == (ReplyKind.ASK_DETAIL, Detail.LAST4)
    assert len(wrong.replies) == 1
    assert last(wish("dossier", code="H15.50.05.21-261123-9101", last4="0101")).kind is ReplyKind.ANSWER


def test_four_digits_alone_belong_to_the_code_before(wish: Wishing) -> None:
    assert wish("dossier", last4="0101").refused is Refusal.NO_DOSSIER_CODE
    wish("dossier", code="H15.50.05.21-261123-9101")
    assert last(wish("dossier", last4="0101")).kind is ReplyKind.ANSWER


def test_another_code_while_digits_are_asked_for(wish: Wishing) -> None:
    wish("dossier", code="H15.50.05.21-261123-9101")
    told = wish("dossier", code="H15.50.05.34-261122-9106", last4="0106")
    assert "Đăng ký kết hôn" in "\n".join([last(told).short, *last(told).details])


def test_beginning_again_forgets_the_code_before(wish: Wishing) -> None:
    wish("dossier", code="H15.50.05.21-261123-9101")
    assert last(wish("dossier")).asks is Detail.DOSSIER_CODE


def test_choosing_by_key_and_by_what_the_choice_means(core: CoreInProcess, request: pytest.FixtureRequest) -> None:
    conversation = secrets.token_hex(8)
    asked = last(core.say("trợ cấp", conversation))
    assert len(asked.choices) == 3
    request.getfixturevalue("deaf")
    second = core.answer(channel="kiosk", conversation=conversation, wish={"do": "choose", "key": "2"})
    assert second.understanding.intent == "choose_number"
    assert asked.choices[1].label.split(" (")[0][:20] in last(second).short
    # Back at the choices on the screen, the core offers nothing any more: the choice says itself what it means.
    again = core.answer(channel="kiosk", conversation=conversation, wish=asked.choices[1].wished.model_dump())
    assert last(again) == last(second)


def test_a_situation_of_the_papers_holds_after_other_questions(wish: Wishing) -> None:
    asked = last(wish("ask", procedure="1.001193", aspect="papers"))
    assert len(asked.choices) > 1
    first = wish("choose", key="1")
    wish("ask", procedure="1.004194", aspect="fee")
    again = wish(**asked.choices[0].wished.model_dump())
    assert last(again).details == last(first).details
    assert wish("ask", procedure="1.001193", aspect="papers", situation=9).refused is Refusal.NO_SUCH_CHOICE


def test_a_report_told_at_once_and_sent(wish: Wishing) -> None:
    read_back = wish("report", words="Đèn đường hỏng, tối om", place="đầu xóm 3")
    assert "Đèn đường hỏng, tối om" in last(read_back).short
    assert [choice.key for choice in last(read_back).choices] == ["1", "2"]
    assert "Số phiếu" in last(wish("choose", key="1")).short


@pytest.mark.parametrize(("answer", "heard"), [("yes", "Số phiếu"), ("no", "không gửi gì")])
def test_yes_and_no_to_a_report(wish: Wishing, answer: str, heard: str) -> None:
    wish("report", words="Đèn đường hỏng", place="đầu xóm 3")
    assert heard in last(wish(answer)).short


def test_a_button_is_no_part_of_a_report(wish: Wishing) -> None:
    asked = last(wish("report"))
    assert asked.asks is Detail.WORDS
    for other in ({"do": "yes"}, {"do": "repeat"}, {"do": "help"}):
        wish(**other)
    read_back = last(wish("report", words="Ngõ ngập nước", place="xóm 3"))
    assert "Phản ánh: Ngõ ngập nước. Nơi xảy ra: xóm 3." in read_back.short


def test_an_officer_and_the_end(wish: Wishing) -> None:
    assert "18001096" in last(wish("officer")).short
    assert wish("goodbye").understanding.intent == "goodbye"
    assert wish("help").understanding.intent == "help"


def test_another_language_and_back(wish: Wishing) -> None:
    assert last(wish("switch_language", to="en")).language == "en"
    assert last(wish("ask", procedure="1.001193", aspect="fee")).language == "en"
    assert last(wish("switch_language", to="vi")).language == "vi"


def test_yes_no_back_and_repeat(wish: Wishing) -> None:
    first = last(wish("ask", procedure="1.001193", aspect="fee"))
    assert last(wish("repeat")) == first
    wish("ask", procedure="1.004194")
    assert "khai sinh" in last(wish("back")).short.lower()
    assert last(wish("yes")).kind is ReplyKind.NOTICE
    assert last(wish("no")).kind is ReplyKind.NOTICE


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"do": "ask", "procedure": "9.999999"}, Refusal.UNKNOWN_PROCEDURE),
        ({"do": "ask", "procedure": "1.001193", "aspect": "fee", "situation": 1}, Refusal.NO_SUCH_CHOICE),
        ({"do": "choose", "key": "7"}, Refusal.NO_SUCH_CHOICE),
        ({"do": "switch_language", "to": "xx"}, Refusal.UNKNOWN_LANGUAGE),
    ],
)
def test_a_wrong_wish_is_refused_and_what_was_said_is_said_again(
    wish: Wishing, wrong: dict[str, Any], refusal: Refusal
) -> None:
    before = last(wish("ask", procedure="1.001193", aspect="fee"))
    result = wish(**wrong)
    assert result.refused is refusal
    assert last(result) == before


@pytest.mark.parametrize("code", ["không nhớ", "123", "H15"])
def test_what_is_no_dossier_code_is_asked_for_again(wish: Wishing, code: str) -> None:
    result = wish("dossier", code=code, last4="0101")
    assert result.refused is Refusal.NO_DOSSIER_CODE
    assert [reply.asks for reply in result.replies][-1] is Detail.DOSSIER_CODE
    assert last(wish("dossier", code="H15.50.05.21-261123-9101", last4="0101")).kind is ReplyKind.ANSWER


def test_no_choice_holds_when_nothing_was_offered(wish: Wishing) -> None:
    assert wish("choose", key="1").refused is Refusal.NO_SUCH_CHOICE


def test_reply_and_meaning_are_validated_once_and_danger_is_looked_for_once(
    core: CoreInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = secrets.token_hex(8)
    core.say("làm giấy khai sinh cần gì", conversation)
    read: list[object] = []
    searched: list[str] = []
    for kind in (Reply, Meaning):
        monkeypatch.setattr(kind, "model_validate", lambda data: read.append(data))
    found = Emergencies.find

    def searching(self: Emergencies, text: str) -> object:
        searched.append(text)
        return found(self, text)

    monkeypatch.setattr(Emergencies, "find", searching)
    result = core.say("lệ phí đăng ký tạm trú", conversation)
    assert last(result).kind is ReplyKind.ANSWER
    assert read == []
    assert searched == ["lệ phí đăng ký tạm trú"]
    core.answer(channel="sms", conversation=conversation, text="nhà tôi đang cháy", danger="fire")
    assert len(searched) == 1


def test_what_goes_through_rasa_is_plain_data_to_whoever_does_not_know_better() -> None:
    reply = Reply(kind=ReplyKind.NOTICE, short="a")
    assert Carried.of(reply) == reply.model_dump(mode="json")
