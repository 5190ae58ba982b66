"""A reported problem becomes one ticket, and only when the citizen says so."""

from __future__ import annotations

import secrets

import pytest

from actions.reports.conversation import asks_something
from actions.reports.openings import place_told, told_already
from contract.meaning import Meaning
from contract.questions import Question, QuestionKind
from stores.database import Database
from stores.sealing import Seal
from tickets.store import TicketStore
from tickets.ticket import Ticket, TicketKind


@pytest.mark.parametrize(
    "text",
    [
        "rác đổ bừa bãi ở bờ kênh",
        "báo đèn đường hỏng cả tuần",
        "tôi muốn phản ánh cầu qua suối bị gãy",
        "duong xom hong",
    ],
)
def test_a_message_that_tells_what_is_wrong_is_the_report(text: str) -> None:
    assert told_already(text) == text


@pytest.mark.parametrize(
    "text",
    ["tôi muốn phản ánh", "phan anh", "báo cáo sự cố ở đâu", "Em muốn báo một việc với cán bộ ạ", "", "?!"],
)
def test_a_message_that_only_announces_a_report_is_none(text: str) -> None:
    assert told_already(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("đèn đường tắt ở ngã ba thôn Đoài cả tuần", "ngã ba thôn Đoài"),
        ("cống tắc gần trường tiểu học, nước ngập", "trường tiểu học"),
        ("báo cầu gãy tại xóm 4", "xóm 4"),
        ("rac do day o cuoi thon Ha", "cuoi thon Ha"),
        ("đường thôn tôi hỏng nặng", None),
        ("rác đổ bừa bãi ở bờ kênh", None),
        ("đèn ở ngã ba tắt cả tuần nay", None),
        ("mất điện ở đây", None),
        ("", None),
    ],
)
def test_a_place_that_stands_in_the_message_is_taken_from_it(text: str, place: str | None) -> None:
    assert place_told(text) == place


def test_only_a_plain_question_interrupts_a_report() -> None:
    fee = Meaning(intent="ask_procedure", confidence=0.95, aspect="fee")
    needed = Meaning(intent="ask_procedure", confidence=0.9, question=Question(kind=QuestionKind.NEEDED))
    assert asks_something(fee)
    assert asks_something(needed)
    assert asks_something(Meaning(intent="ask_knowledge", confidence=0.9))
    assert not asks_something(Meaning(intent="ask_procedure", confidence=0.95, aspect="overview"))
    assert not asks_something(Meaning(intent="ask_procedure", confidence=0.5, aspect="fee"))
    assert not asks_something(Meaning(intent="affirm", confidence=1.0))


@pytest.mark.xdist_group("core")
class TestInConversation:
    """Through the core."""

    def tickets(self, core) -> list[Ticket]:
        database = Database(core.settings.effective_database_url)
        from runtime.clock import now

        found = TicketStore(database, Seal(core.settings.secret()), now).find(limit=1000)
        database.close()
        return found

    def report(self, core, conversation: str, last: str, channel: str = "sms") -> str:
        core.say("rác đổ bừa bãi ở bờ kênh", conversation, channel)
        core.say("kênh sau chợ", conversation, channel)
        return core.say(last, conversation, channel).replies[-1].short

    @pytest.mark.parametrize("yes", ["1", "đúng", "gửi đi", "dung roi"])
    def test_a_confirmed_report_is_kept_with_its_channel_and_without_a_name(self, core, yes: str) -> None:
        before = {ticket.number for ticket in self.tickets(core)}
        said = self.report(core, secrets.token_hex(8), yes)
        (ticket,) = [ticket for ticket in self.tickets(core) if ticket.number not in before]
        assert ticket.number in said.replace(" ", "")
        draft = ticket.draft
        assert (draft.kind, draft.channel, draft.contact) == (TicketKind.REPORT, "sms", None)
        assert (draft.words, draft.place) == ("rác đổ bừa bãi ở bờ kênh", "kênh sau chợ")

    @pytest.mark.parametrize("no", ["2", "không", "thôi khỏi", "tạm biệt"])
    def test_a_report_that_is_not_confirmed_is_not_kept(self, core, no: str) -> None:
        before = len(self.tickets(core))
        assert "không gửi gì cả" in self.report(core, secrets.token_hex(8), no)
        assert len(self.tickets(core)) == before

    def test_a_question_in_between_loses_nothing(self, core) -> None:
        conversation = secrets.token_hex(8)
        core.say("rác đổ bừa bãi ở bờ kênh", conversation)
        core.say("kênh sau chợ", conversation)
        between = core.say("lệ phí đăng ký kết hôn", conversation)
        assert "kênh sau chợ" in between.replies[-1].short
        before = len(self.tickets(core))
        core.say("đúng", conversation)
        assert len(self.tickets(core)) == before + 1

    def test_what_was_said_is_sealed_in_the_conversation(self, core) -> None:
        conversation = secrets.token_hex(8)
        core.say("tôi muốn phản ánh", conversation)
        core.say("ống nước vỡ lênh láng trước cổng", conversation)

        async def slots() -> list[str]:
            lines = await core.turns._store.redis.lrange("motcua:conversation:" + conversation, 0, -1)
            return [line for line in lines if '"event": "slot"' in line]

        assert not any("lênh láng" in line for line in core.run(slots()))

    def test_a_commune_that_was_split_is_asked_for_its_hamlet_once(self, core) -> None:
        before = {ticket.number for ticket in self.tickets(core)}
        conversation = secrets.token_hex(8)
        core.say("rác đổ bừa bãi ở bờ kênh", conversation, "sms")
        asked = core.say("chợ xã Uy Nỗ", conversation, "sms").replies[-1].short
        assert "thôn, xóm nào" in asked
        read_back = core.say("Đình Tràng", conversation, "sms").replies[-1].short
        assert "thôn xóm Đình Tràng, chợ xã Uy Nỗ" in read_back
        core.say("1", conversation, "sms")
        (ticket,) = [ticket for ticket in self.tickets(core) if ticket.number not in before]
        assert ticket.draft.place == "thôn xóm Đình Tràng, chợ xã Uy Nỗ"

    @pytest.mark.parametrize("answer", ["không biết", "thôn 2", "2"])
    def test_whatever_is_said_of_the_hamlet_it_is_not_asked_again(self, core, answer: str) -> None:
        conversation = secrets.token_hex(8)
        core.say("rác đổ bừa bãi ở bờ kênh", conversation, "sms")
        core.say("chợ xã Uy Nỗ", conversation, "sms")
        assert "Gửi đến cán bộ xã chứ" in core.say(answer, conversation, "sms").replies[-1].short
