"""Orders to the text service: one word that stops notices, brings them back, chooses a style, shows or erases data."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from sms_answering_doubles import ASK_DIGITS, ASK_WHICH, PAPERS, PHONE, KeptMessages, Texting

from channels.core_client import CoreError
from channels.rendering.segments import is_gsm7
from channels.sms.answering import Reason
from channels.sms.answering.keywords import Answers, Keyword, keywords
from channels.sms.citizens.consents import Consents, Decision
from contract.turn import Event, Turn, TurnResult
from runtime.clock import now
from stores.database import Database
from stores.limiter import rules
from stores.sealing import Seal

Citizens = Callable[..., Texting]

STOPPED = (
    "Tro ly tu dong Mot Cua da ngung gui thong bao den so nay. Can gi cu nhan hoi, se co tra loi. "
    "Muon nhan lai thong bao, soan DK."
)
STOPPED_TOO = "Da ngung gui thong bao den so nay. Muon nhan lai, soan DK."
ANSWER = "Can to khai va giay chung sinh."


def understood_as(intent: str) -> Callable[[Turn], TurnResult]:
    """A core that hears this in everything."""
    understanding = PAPERS.understanding.model_copy(update={"intent": intent})
    return lambda turn: PAPERS.model_copy(update={"understanding": understanding})


@pytest.fixture
def person(seal: Seal) -> str:
    return seal.hash("sms", PHONE)


def decision(database: Database, person: str) -> Decision | None:
    consent = Consents(database, now).of(person)
    return consent and consent.decision


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        *((word, Keyword.STOP) for word in ("TC", "tc", "Tc.", "TU CHOI", "từ chối", "TỪ CHỐI!", "HUY", "hủy", "huỷ")),
        *(
            (word, Keyword.STOP)
            for word in ("DUNG", "dừng", "Dừng lại đi", "Đừng", "STOP", "stop", "THOI", "ngừng", "“TC”", " TC\n")
        ),
        *((word, Keyword.STOP) for word in ("soan TC gui 1234", "Soạn TC gửi 900000", "xin TC ạ", "tu choi nhe")),
        *((word, Keyword.STOP) for word in ("T.C", "t c", "TUCHOI", "Tu chối", "UNSUBSCRIBE", "StopAll", "opt out")),
        *((word, Keyword.RESUME) for word in ("DK", "dk", "ĐK", "D.K.", "START", "Start.", "cho em dk", "DK nhan tin")),
        *((word, Keyword.DIACRITICS) for word in ("CO DAU", "có dấu", "CO DẤU", "codau", "Co Dau ạ")),
        *((word, Keyword.PLAIN) for word in ("KHONG DAU", "không dấu", "ko dau", "ko dấu", "KhongDau", "bo dau")),
        *((word, Keyword.SHOW) for word in ("XEM", "xem", "Xem!")),
        *((word, Keyword.ERASE) for word in ("XOA", "xóa", "xoá", "xin xóa", "xóa dữ liệu của tôi", "xoa du lieu")),
    ],
)
def test_a_word_sent_alone_is_an_order(text: str, keyword: Keyword) -> None:
    order = keywords().find(text)
    assert order is not None
    assert order.keyword is keyword


@pytest.mark.parametrize(
    "text",
    [
        *("đung", "túchoi", "không dâu", "đúng", "Đúng ạ", "dung a", "dung roi", "dùng", "dụng", "Dũng"),
        *(
            "hủy đăng ký kết hôn",
            "huy hop dong",
            "thôi nhé",
            "thoi a",
            "xem tiep",
            "xem thêm",
            "xóa nợ thuế",
            "xóa 12",
            "xem 1234",
            "1234",
            "stop 1234",
            "xoa 12345",
        ),
        *("dk khai sinh", "dk ket hon can gi", "đăng ký", "start up", "co dau tieng Viet"),
        *("", " ", "?", "1", "TCT", "stopp", "khong", "co", "TC " * 30),
    ],
)
def test_other_words_are_no_order(text: str) -> None:
    assert keywords().find(text) is None


@pytest.mark.parametrize(("text", "answers"), [("dung", Answers.YES), ("HUY", Answers.NO), ("thôi", Answers.NO)])
def test_some_words_of_stopping_answer_a_question_as_well(text: str, answers: Answers) -> None:
    order = keywords().find(text)
    assert order is not None
    assert (order.answers, bool(order.heard)) == (answers, True)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    keywords().find(text)


class TestNoNotices:
    @pytest.mark.parametrize("word", ["TC", "TU CHOI", "HUY", "DUNG", "STOP", "từ chối", "hủy", "dừng"])
    def test_a_refusal_is_kept_and_confirmed_once(
        self, texting: Citizens, citizens_database: Database, person: str, word: str
    ) -> None:
        citizen = texting()
        assert citizen.says(word) == [STOPPED]
        assert decision(citizens_database, person) is Decision.REFUSED
        assert citizen.send("STOP").reason is Reason.ORDER_AGAIN
        assert citizen.says("tc") == []
        assert citizen.core.turns == []

    def test_it_works_while_the_core_is_down(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.is_down = True
        assert citizen.says("STOP") == [STOPPED]

    def test_a_question_is_answered_all_the_same(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.says("STOP")
        assert citizen.says("làm giấy khai sinh cần gì") == [ANSWER]

    def test_notices_come_back_and_a_new_refusal_is_confirmed_again(
        self, texting: Citizens, citizens_database: Database, person: str
    ) -> None:
        citizen = texting()
        citizen.says("STOP")
        (resumed,) = citizen.says("DK")
        assert "tu 7 gio den 22 gio. Khong muon nhan nua, soan TC." in resumed
        assert decision(citizens_database, person) is Decision.GRANTED
        assert citizen.says("STOP") == [STOPPED]
        assert decision(citizens_database, person) is Decision.REFUSED

    def test_the_same_message_answered_again_after_a_crash_is_confirmed_again(self, texting: Citizens) -> None:
        citizen = texting()
        assert citizen.says("STOP", turn="t1") == [STOPPED]
        assert citizen.says("STOP", turn="t1") == [STOPPED]
        assert citizen.says("STOP", turn="t2") == []

    def test_a_whole_sentence_does_the_same(self, texting: Citizens, citizens_database: Database, person: str) -> None:
        citizen = texting()
        citizen.core.script = understood_as("opt_out")
        assert citizen.says("đừng nhắn tin cho tôi nữa") == [STOPPED]
        assert decision(citizens_database, person) is Decision.REFUSED

    def test_a_consent_is_not_guessed_from_a_sentence(
        self, texting: Citizens, citizens_database: Database, person: str
    ) -> None:
        citizen = texting()
        citizen.core.script = understood_as("opt_in")
        assert citizen.says("tôi muốn nhận kết quả qua bưu điện") == [
            "Tro ly tu dong Mot Cua chi gui thong bao cho ai da dong y. Muon nhan thong bao ve ho so, soan DK."
        ]
        assert decision(citizens_database, person) is None


class TestInTheMiddleOfAQuestion:
    """A word of stopping that may be the answer to what the assistant has just asked."""

    def asked(self, citizen: Texting, *, granted: bool = False) -> Texting:
        if granted:
            citizen.says("DK")
        citizen.core.script = lambda turn: ASK_WHICH
        citizen.says("trợ cấp")
        citizen.core.script = lambda turn: PAPERS
        return citizen

    def test_yes_without_diacritics_is_an_answer(
        self, texting: Citizens, citizens_database: Database, person: str
    ) -> None:
        citizen = self.asked(texting())
        assert citizen.says("dung") == [ANSWER]
        assert citizen.core.texts[-1] == "đúng"
        assert decision(citizens_database, person) is None

    def test_whoever_gets_notices_is_told_that_they_stopped(
        self, texting: Citizens, citizens_database: Database, person: str
    ) -> None:
        citizen = self.asked(texting(), granted=True)
        assert citizen.says("Dung") == [f"{ANSWER}\n{STOPPED_TOO}"]
        assert decision(citizens_database, person) is Decision.REFUSED

    @pytest.mark.parametrize("word", ["HUY", "hủy", "dừng", "thôi"])
    def test_cancelling_ends_the_question_and_the_notices(
        self, texting: Citizens, citizens_database: Database, person: str, word: str
    ) -> None:
        citizen = texting()
        citizen.core.script = lambda turn: ASK_DIGITS
        citizen.says("xem hồ sơ")
        citizen.core.script = lambda turn: PAPERS
        assert citizen.says(word) == [f"{ANSWER}\n{STOPPED_TOO}"]
        assert citizen.core.texts[-1] == "không"
        assert decision(citizens_database, person) is Decision.REFUSED

    @pytest.mark.parametrize("word", ["TC", "STOP", "TU CHOI"])
    def test_words_of_one_meaning_are_never_an_answer(self, texting: Citizens, word: str) -> None:
        citizen = self.asked(texting())
        assert citizen.says(word) == [STOPPED]
        assert len(citizen.core.texts) == 1

    def test_after_an_answer_the_word_is_an_order_again(self, texting: Citizens) -> None:
        citizen = self.asked(texting())
        citizen.says("1")
        assert citizen.says("dung") == [STOPPED]

    def test_notices_stop_also_when_the_core_is_down(self, texting: Citizens) -> None:
        citizen = self.asked(texting(), granted=True)
        citizen.core.is_down = True
        assert citizen.says("dung") == [STOPPED]

    def test_without_notices_the_answer_waits_for_the_core(self, texting: Citizens) -> None:
        citizen = self.asked(texting())
        citizen.core.is_down = True
        with pytest.raises(CoreError):
            citizen.send("dung", turn="t9")
        citizen.core.is_down = False
        assert citizen.says("dung", turn="t9") == [ANSWER]

    def test_tried_again_after_a_crash_it_is_the_same_answer(self, texting: Citizens) -> None:
        citizen = self.asked(texting(), granted=True)
        first = citizen.says("dung", turn="t9")
        assert citizen.says("dung", turn="t9") == first == [f"{ANSWER}\n{STOPPED_TOO}"]


class TestStyle:
    def test_each_citizen_chooses_diacritics(self, texting: Citizens) -> None:
        citizen = texting()
        assert citizen.says("CO DAU") == ["Từ nay trợ lý tự động viết có dấu. Muốn bỏ dấu, soạn KHONG DAU."]
        assert citizen.says("giấy khai sinh") == ["Cần tờ khai và giấy chứng sinh."]
        assert citizen.says("giấy khai sinh?", sender="+84900000124") == [ANSWER]
        assert citizen.says("không dấu") == ["Tu nay tro ly tu dong viet khong dau. Muon co dau, soan CO DAU."]
        assert citizen.says("giay khai sinh") == [ANSWER]

    def test_a_choice_stands_against_the_operators(self, texting: Citizens) -> None:
        citizen = texting(sms_diacritics=True)
        assert citizen.says("giấy khai sinh") == ["Cần tờ khai và giấy chứng sinh."]
        citizen.says("KHONG DAU")
        assert is_gsm7(citizen.says("giấy khai sinh")[0])


class TestOwnData:
    def test_nothing_special_is_kept_about_somebody_who_only_asked(self, texting: Citizens) -> None:
        assert texting().says("XEM") == [
            "Tro ly tu dong Mot Cua dang giu ve so nay:\n"
            "- hoi dap gan day, neu co, xoa sau 7 ngay\n"
            "So may va noi dung duoc ma hoa. Muon xoa, soan XOA."
        ]

    def test_kinds_numbers_and_days_are_shown_but_no_words(self, texting: Citizens) -> None:
        citizen = texting(records=(KeptMessages(12, datetime(2026, 12, 23, tzinfo=UTC)),))
        citizen.says("CO DAU")
        citizen.says("DK")
        citizen.says("câu hỏi riêng của tôi")
        shown = "\n".join(citizen.says("XEM"))
        assert "- tin nhắn: 12, xóa chậm nhất 23/12/2026" in shown
        assert "- đồng ý nhận thông báo, ngày " in shown
        assert "- cách viết đã chọn: có dấu" in shown
        assert "câu hỏi riêng" not in shown

    def test_everything_is_erased_at_once(self, texting: Citizens, citizens_database: Database, person: str) -> None:
        messages = KeptMessages(3)
        citizen = texting(records=(messages,))
        citizen.says("CO DAU")
        citizen.says("DK")
        assert citizen.says("XOA") == ["Trợ lý tự động Một Cửa đã xóa nội dung hỏi đáp và lựa chọn của số này."]
        assert citizen.core.turns[-1].event is Event.HANGUP
        assert messages.erased == [PHONE]
        assert decision(citizens_database, person) is None
        assert citizen.says("giấy khai sinh") == [ANSWER]

    def test_a_refusal_stays_in_force_and_that_is_said(
        self, texting: Citizens, citizens_database: Database, person: str
    ) -> None:
        citizen = texting()
        citizen.says("DK")
        citizen.says("STOP")
        assert citizen.says("xóa") == [
            "Tro ly tu dong Mot Cua da xoa noi dung hoi dap va lua chon cua so nay.\n"
            "Chi giu mot ma kin, de nho la so nay khong nhan thong bao."
        ]
        assert decision(citizens_database, person) is Decision.REFUSED

    def test_nothing_is_called_erased_while_the_core_is_down(self, texting: Citizens) -> None:
        citizen = texting()
        citizen.core.is_down = True
        with pytest.raises(CoreError):
            citizen.send("XOA")

    def test_pages_that_wait_are_gone(self, texting: Citizens) -> None:
        citizen = texting()
        long = PAPERS.replies[0].model_copy(update={"short": "Một câu trả lời dài. " * 60})
        citizen.core.script = lambda turn: PAPERS.model_copy(update={"replies": (long,)})
        citizen.says("giấy khai sinh")
        citizen.says("XOA")
        citizen.core.script = lambda turn: PAPERS
        assert citizen.says("1") == [ANSWER]

    def test_a_plain_sentence_erases_as_much(self, texting: Citizens) -> None:
        messages = KeptMessages(3)
        citizen = texting(records=(messages,))
        assert citizen.says("xóa dữ liệu của tôi") == [
            "Tro ly tu dong Mot Cua da xoa noi dung hoi dap va lua chon cua so nay."
        ]
        assert messages.erased == [PHONE]

    def test_nothing_is_erased_on_a_guess(self, texting: Citizens) -> None:
        messages = KeptMessages(3)
        citizen = texting(records=(messages,))
        citizen.core.script = understood_as("delete_my_data")
        assert citizen.says("xoa an tich") == ["Muon tro ly tu dong Mot Cua xoa moi dieu dang giu ve so nay, soan XOA."]
        assert messages.erased == []

    def test_reports_are_erased_only_by_whoever_reads_what_is_sent_to_the_number(self, texting: Citizens) -> None:
        tickets = KeptMessages(1, kind="tickets")
        citizen = texting(records=(tickets,))
        (told,) = citizen.says("XOA")
        assert tickets.erased == []
        code = re.search(r"trong 20 phut soan: XOA (\d{4})", told)
        assert code is not None
        wrong = f"{(int(code[1]) + 1) % 10_000:04d}"
        (told_again,) = citizen.says(f"xoa {wrong}")
        assert tickets.erased == []
        assert f"XOA {code[1]}" in told_again
        (told,) = citizen.says(f"Xóa {code[1]}")
        assert tickets.erased == [PHONE]
        assert "Phan anh, yeu cau da gui tu so nay cung da xoa, can bo khong xu ly nua." in told

    def test_the_code_runs_out(self, texting: Citizens) -> None:
        tickets = KeptMessages(1, kind="tickets")
        citizen = texting(records=(tickets,))
        (told,) = citizen.says("XOA")
        citizen.says("XOA " + re.findall(r"XOA (\d{4})", told)[0], after=31 * 60)
        assert tickets.erased == []

    def test_the_code_of_one_number_erases_nothing_of_another(self, texting: Citizens) -> None:
        tickets = KeptMessages(1, kind="tickets")
        citizen = texting(records=(tickets,))
        (told,) = citizen.says("XOA", sender="+84900000124")
        citizen.says("XOA " + re.findall(r"XOA (\d{4})", told)[0], after=1)
        assert tickets.erased == []

    def test_rights_hold_above_the_limit_of_messages(self, texting: Citizens) -> None:
        messages = KeptMessages(3)
        citizen = texting(records=(messages,), sms_limit_short=1)
        citizen.says("giấy khai sinh", after=1)
        citizen.says("lệ phí", after=1)
        assert citizen.says("giấy kết hôn", after=1) == []
        assert "dang giu ve so nay" in citizen.says("XEM", after=1)[0]
        assert "da xoa" in citizen.says("XOA", after=1)[0]
        assert messages.erased == [PHONE]

    def test_a_machine_that_asks_for_ever_is_not_answered_for_ever(self, texting: Citizens) -> None:
        citizen = texting()
        assert sum(bool(citizen.says("XEM")) for _ in range(14)) == rules()["sms_rights"].most

    def test_nothing_is_remembered_of_the_confirmation(self, texting: Citizens, redis: Redis) -> None:
        citizen = texting()
        citizen.says("giấy khai sinh")
        citizen.says("XOA")
        assert redis.keys("motcua:sms:history:*") == []
