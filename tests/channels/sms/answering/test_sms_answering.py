from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from channels_doubles import answer, everything_in
from redis import Redis
from sms_answering_doubles import ASK_DIGITS, PAPERS, SaidCore, Texting

from channels.core_client import CoreError
from channels.rendering.segments import size
from channels.sms.answering import Reason
from contract.reply import Choice, Reply, ReplyKind, Source
from contract.turn import Channel, TurnResult, Understanding
from runtime.settings import Settings
from stores.database import Database

Citizens = Callable[..., Texting]

ANSWER = "Can to khai va giay chung sinh."
MORE = "Soan 1 de xem tiep."


def long_answer(language: str = "vi") -> TurnResult:
    return answer(Reply(kind=ReplyKind.ANSWER, short="Một câu trả lời dài. " * 60, language=language))


def looked_up(digits: str | None = "0101", code: str | None = None) -> TurnResult:
    understood = Understanding(intent="check_dossier", digits=digits, dossier_code=code)
    return ASK_DIGITS.model_copy(update={"understanding": understood})


class TestQuestions:
    def test_a_question_goes_to_the_core_under_a_hashed_number(self, texting: Citizens) -> None:
        citizen = texting()
        answered = citizen.send("làm giấy khai sinh cần gì", turn="t1")
        assert (answered.texts, answered.reason) == ((ANSWER,), Reason.ANSWERED)
        (turn,) = citizen.core.turns
        assert (turn.channel, turn.text, turn.id) == (Channel.SMS, "làm giấy khai sinh cần gì", "t1")
        assert turn.conversation.startswith("sms:")
        assert "900000123" not in turn.conversation

    def test_a_picture_is_answered_with_how_to_ask(self, texting: Citizens) -> None:
        citizen = texting()
        answered = citizen.send(" ", media=1)
        assert answered.reason is Reason.MEDIA
        assert answered.texts[0].startswith("Tro ly tu dong chua xem duoc hinh anh")
        assert citizen.core.turns == []

    def test_a_picture_with_words_is_answered_by_its_words(self, texting: Citizens) -> None:
        assert texting().says("giấy khai sinh", media=2) == [ANSWER]

    @pytest.mark.parametrize(
        "sender", ["5656", "900", "VIETTEL", "BoCongAn", "", "MBBANK", "+", "19001234567890123456"]
    )
    def test_short_codes_and_names_get_no_answer(self, texting: Citizens, sender: str) -> None:
        citizen = texting()
        answered = citizen.send("STOP", sender=sender)
        assert (answered.texts, answered.reason) == ((), Reason.NO_TELEPHONE)
        assert citizen.core.turns == []

    def test_without_the_core_the_message_is_to_be_tried_again(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.is_down = True
        for _ in range(5):
            with pytest.raises(CoreError):
                citizen.send("làm giấy khai sinh cần gì", turn="t1")
        citizen.core.is_down = False
        assert citizen.says("làm giấy khai sinh cần gì", turn="t1") == [ANSWER]

    def test_the_same_page_comes_when_its_turn_is_tried_again(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.script = lambda turn: long_answer()
        citizen.says("giấy khai sinh")
        second = citizen.says("1", turn="t2")
        assert citizen.says("1", turn="t2") == second
        assert citizen.says("1", turn="t3") != second

    def test_help_tells_the_orders(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.script = lambda turn: answer(Reply(kind=ReplyKind.NOTICE, short="Hãy hỏi."), intent="help")
        assert citizen.says("giúp") == [
            "Hay hoi.\nSoan CO DAU: nhan tin co dau. TC: khong nhan thong bao. XEM, XOA: xem, xoa du lieu cua so nay."
        ]

    def test_the_services_own_words_come_in_the_language_spoken(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Hello.", language="en"))
        citizen.says("English please")
        (stopped,) = citizen.says("STOP")
        assert stopped.startswith("The automatic assistant Mot Cua sends no more notices")


class TestLength:
    def test_no_text_is_longer_than_the_narrowest_provider_takes(self, texting: Citizens) -> None:
        citizen = texting(longest=160)
        citizen.core.script = lambda turn: long_answer()
        texts = citizen.says("giấy khai sinh") + citizen.says("1")
        assert all(len(text) <= 160 and text.endswith(MORE) for text in texts)

    def test_facts_keep_their_source_before_choices_that_fill_a_message(self, texting: Citizens) -> None:
        reply = Reply(
            kind=ReplyKind.ANSWER,
            short="Đăng ký khai sinh có nhiều trường hợp. " * 5,
            details=("Lệ phí: miễn phí.",),
            choices=tuple(Choice(key=str(key), label=f"Trường hợp thứ {key} ở xã" * 2) for key in range(1, 7)),
            next_step="Trả lời bằng số.",
            source=Source(procedure_code="1.001193", decision="163/QĐ-BTP", checked_on=date(2026, 7, 20)),
        )
        citizen = texting()
        citizen.core.script = lambda turn: answer(reply)
        facts, choices = citizen.says("giấy khai sinh")
        assert "Le phi: mien phi.\nNguon: QD 163, 7/2026." in facts
        assert choices.startswith("1. Truong hop thu 1")
        assert choices.endswith("Tra loi bang so.")
        assert max(size(facts).segments, size(choices).segments) <= 3


class TestDanger:
    def test_the_number_to_call_comes_with_the_word_that_nobody_reads_this(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.script = lambda turn: answer(Reply(kind=ReplyKind.NOTICE, short="Hãy gọi ngay 114."))
        assert citizen.says("cháy nhà rồi cứu với") == [
            "Hay goi ngay 114.\nTin nay do may tu dong tra loi, khong co nguoi truc."
        ]

    def test_it_comes_without_the_core_too(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.is_down = True
        answered = citizen.send("chay nha roi cuu voi")
        assert answered.reason is Reason.EMERGENCY
        assert "hay goi ngay 114.\nTin nay do may tu dong" in answered.texts[0]

    def test_no_limit_holds_it_back(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_short=1, sms_limit_day=1)
        for number in range(4):
            citizen.says(f"giấy khai sinh cho cháu thứ {number}")
        citizen.core.is_down = True
        assert "114" in citizen.says("cháy nhà")[0]


class TestLimits:
    def test_the_first_message_over_the_limit_is_told_and_then_there_is_silence(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_short=3)
        questions = [citizen.send(f"hỏi việc thứ {number} trong xã", after=5) for number in range(6)]
        assert [one.reason for one in questions] == [
            *[Reason.ANSWERED] * 3,
            Reason.LIMIT_TOLD,
            *[Reason.OVER_LIMIT] * 2,
        ]
        assert questions[3].texts[0].startswith("So nay vua gui nhieu tin lien nhau. Xin cho 10 phut")
        assert len(citizen.core.turns) == 3
        assert citizen.says("giấy khai sinh", sender="+84900000124") == [ANSWER]

    def test_the_day_has_a_limit_of_its_own(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_short=0, sms_limit_day=2)
        reasons = [citizen.send(f"hỏi việc thứ {number} trong xã").reason for number in range(4)]
        assert reasons[2:] == [Reason.LIMIT_TOLD, Reason.OVER_LIMIT]

    def test_answers_come_again_when_the_time_is_over(self, texting: Citizens, redis: Redis) -> None:
        citizen = texting(sms_limit_short=1)
        citizen.says("giấy khai sinh")
        assert citizen.send("giấy kết hôn").reason is Reason.LIMIT_TOLD
        (window,) = redis.keys("motcua:limit:sms_short:*")
        assert 0 < redis.ttl(window) <= 600
        redis.delete(window)
        assert citizen.says("giấy chứng tử") == [ANSWER]

    def test_a_refusal_passes_and_an_erasure_is_carried_out(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_short=1)
        for number in range(3):
            citizen.says(f"hỏi việc thứ {number} trong xã")
        erased = citizen.send("XOA")
        assert erased.reason is Reason.ERASED
        assert citizen.core.turns[-1].event is not None
        assert citizen.says("STOP") != []

    def test_a_message_tried_again_counts_once(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_short=2)
        citizen.core.is_down = True
        for _ in range(5):
            with pytest.raises(CoreError):
                citizen.send("giấy khai sinh", turn="t1")
        citizen.core.is_down = False
        assert citizen.says("giấy khai sinh", turn="t1") == [ANSWER]
        assert citizen.says("giấy kết hôn", turn="t2") == [ANSWER]

    def test_without_redis_everything_is_answered(
        self, set_up: Callable[..., Settings], citizens_database: Database, tmp_path: Path
    ) -> None:
        with Redis.from_url(f"unix://{tmp_path}/nobody.sock", decode_responses=True) as nobody:
            citizen = Texting(set_up(sms_limit_short=1), citizens_database, nobody)
            assert [citizen.says("giấy khai sinh ở đâu") for _ in range(4)] == [[ANSWER]] * 4
            assert len(citizen.says("STOP")) == 1
            assert citizen.send("[QC] Mua 1 tang 1").reason is Reason.LOOP

    def test_who_guesses_digits_is_not_told_any_more(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_look_ups=2, sms_limit_short=0)
        citizen.core.script = lambda turn: looked_up(digits=None)
        citizen.says("xem hồ sơ")
        citizen.core.script = lambda turn: looked_up()
        reasons = [citizen.send(f"số 01{number:02}").reason for number in range(4)]
        assert reasons == [Reason.ANSWERED, Reason.ANSWERED, Reason.LIMIT_TOLD, Reason.OVER_LIMIT]
        citizen.core.script = lambda turn: looked_up(code="H15.50.05.21-261123-9101")
        assert citizen.send("hồ sơ H15.50.05.21-261123-9101 số 0101").reason is Reason.OVER_LIMIT
        citizen.core.script = lambda turn: PAPERS
        assert citizen.says("giấy khai sinh") == [ANSWER]

    def test_numbers_in_other_messages_are_no_look_up(self, texting: Citizens) -> None:
        citizen = texting(sms_limit_look_ups=1)
        result = PAPERS.model_copy(update={"understanding": Understanding(intent="ask_procedure", digits="2026")})
        citizen.core.script = lambda turn: result
        assert [citizen.says(f"luật năm 2026, điều {number}") for number in range(3)] == [[ANSWER]] * 3


class TestMachines:
    def test_an_automatic_reply_gets_no_answer(self, texting: Citizens) -> None:
        citizen = texting()
        assert citizen.send("Tôi đang lái xe, sẽ gọi lại sau").reason is Reason.LOOP
        assert citizen.core.turns == []

    def test_our_own_text_coming_back_gets_no_answer(self, texting: Citizens) -> None:
        citizen = texting()
        (text,) = citizen.says("giấy khai sinh")
        assert citizen.send(text).reason is Reason.LOOP

    def test_two_machines_stop_writing_to_each_other(self, texting: Citizens) -> None:
        ours = iter(range(100))
        citizen = texting(sms_limit_short=0, sms_limit_day=0)
        citizen.core.script = lambda turn: answer(Reply(kind=ReplyKind.UNKNOWN, short=f"Chưa rõ việc {next(ours)}"))
        reasons = [citizen.send(f"Cua hang da nhan tin so {number}", after=1.0).reason for number in range(20)]
        assert reasons.count(Reason.ANSWERED) <= 6
        assert set(reasons[6:]) == {Reason.LOOP}

    def test_a_load_test_may_say_the_same_all_day(self, texting: Citizens) -> None:
        citizen = texting(sms_ignore_machines=False, sms_limit_short=0)
        assert [citizen.says("giấy khai sinh cần gì") for _ in range(6)] == [[ANSWER]] * 6

    def test_a_person_who_repeats_a_question_is_answered_on_the_next_one(self, texting: Citizens) -> None:
        citizen = texting()
        reasons = [citizen.send("làm giấy khai sinh cần gì").reason for _ in range(3)]
        assert reasons == [Reason.ANSWERED, Reason.ANSWERED, Reason.LOOP]
        assert citizen.says("lệ phí khai sinh bao nhiêu") == [ANSWER]


def test_nothing_of_number_or_words_stands_in_clear_anywhere(
    texting: Citizens, redis: Redis, citizens_database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    core = SaidCore()
    core.script = lambda turn: long_answer()
    citizen = texting(core=core, sms_limit_short=2)
    for text in ("câu hỏi riêng tư của tôi", "1", "XEM", "STOP", "CO DAU", "thêm nữa"):
        citizen.says(text)
    written = "".join(capfd.readouterr()) + everything_in(redis)
    with citizens_database.engine.connect() as connection:
        for table in ("citizens_consents", "citizens_preferences"):
            written += repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
    assert "motcua:sms:history" in written
    for secret in ("900000123", "riêng tư", "rieng tu", "câu trả lời"):
        assert secret not in written
