"""What citizens read and hear about their dossier."""

from __future__ import annotations

import dataclasses
import string
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.dossiers.model import DossierStatus, DossierView
from actions.dossiers.sandbox import SandboxBackend, SandboxDossier
from actions.dossiers.service import Ambiguous, DossierService, Found, Locked, NotFoundOrMismatch, Outcome, Unavailable
from actions.dossiers.wording import NEXT_STEP_LIMIT, SHORT_LIMIT, DossierWording, join_fitting, shorten, sms_length
from contract.reply import Reply, ReplyKind
from contract.wording import Wording
from runtime.clock import VIETNAM

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
TWO_SEGMENTS, THREE_SEGMENTS = 306, 459
LANGUAGES = ("vi", "en")
UNTIL = datetime(2026, 11, 23, 9, 45, tzinfo=VIETNAM)
VIEW = DossierView(
    procedure_code="1.001193",
    procedure_name="Đăng ký khai sinh",
    status=DossierStatus.PROCESSING,
    received_on=date(2026, 11, 20),
    appointment_on=date(2026, 11, 27),
    finished_on=None,
    overdue_days=0,
    appointment_passed=False,
    supplement=None,
    collect_at="Trung tâm Phục vụ hành chính công xã Ví Dụ",
    updated_at=datetime(2026, 11, 23, 8, 5, tzinfo=VIETNAM),
)


def found(**changes: Any) -> Found:
    return Found(dataclasses.replace(VIEW, **changes))


def without_diacritics(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def sms(reply: Reply) -> str:
    """Short answer and next step as they go out by SMS."""
    return without_diacritics(f"{reply.short} {reply.next_step}")


def gsm7_places(text: str) -> int:
    assert set(text) <= GSM7, set(text) - GSM7
    return sum(2 if sign in "^{}\\[~]|€" else 1 for sign in text)


@pytest.mark.parametrize(
    ("outcome", "short", "next_step"),
    [
        (
            found(),
            "Hồ sơ đang được giải quyết. Thủ tục: Đăng ký khai sinh. Hẹn trả kết quả ngày 27/11/2026. "
            "Cập nhật lúc 08:05 ngày 23/11/2026.",
            "Bây giờ chưa cần làm gì thêm. "
            "Đến ngày hẹn, mời đến Trung tâm Phục vụ hành chính công xã Ví Dụ, mang theo giấy hẹn.",
        ),
        (
            found(appointment_on=date(2026, 11, 20), overdue_days=3, appointment_passed=True),
            "Hồ sơ đang được giải quyết. Đã trễ hẹn 3 ngày (hẹn ngày 20/11/2026). "
            "Rất xin lỗi vì sự chậm trễ này. Thủ tục: Đăng ký khai sinh. Cập nhật lúc 08:05 ngày 23/11/2026.",
            "Mời hỏi Trung tâm Phục vụ hành chính công xã Ví Dụ để biết ngày hẹn mới, mang theo giấy hẹn.",
        ),
        (
            found(status=DossierStatus.SUPPLEMENT_NEEDED, supplement="Bản chính giấy chứng sinh"),
            "Hồ sơ cần bổ sung giấy tờ. Cần thêm: Bản chính giấy chứng sinh. Thủ tục: Đăng ký khai sinh. "
            "Ngày hẹn đã ghi: 27/11/2026, có thể thay đổi. Cập nhật lúc 08:05 ngày 23/11/2026.",
            "Mời nộp thêm tại Trung tâm Phục vụ hành chính công xã Ví Dụ. "
            "Chờ bổ sung thì thời hạn giải quyết tạm dừng.",
        ),
        (
            found(status=DossierStatus.READY, finished_on=date(2026, 11, 22)),
            "Hồ sơ đã giải quyết xong, mời đến nhận kết quả. Thủ tục: Đăng ký khai sinh. "
            "Cập nhật lúc 08:05 ngày 23/11/2026.",
            "Mời đến Trung tâm Phục vụ hành chính công xã Ví Dụ nhận kết quả, mang theo giấy hẹn và thẻ căn cước.",
        ),
        (
            NotFoundOrMismatch(2),
            "Chưa tìm thấy hồ sơ khớp với mã và 4 số cuối vừa cho. Còn 2 lần thử.",
            "Mời xem lại mã trên giấy hẹn, rồi cho 4 số cuối của số điện thoại hoặc số căn cước đã khai khi nộp.",
        ),
        (
            Locked(UNTIL),
            "Thông tin chưa khớp nhiều lần nên việc tra cứu tạm khóa để giữ an toàn. "
            "Mời thử lại sau 09:45 ngày 23/11/2026.",
            "Cần gấp, mời gọi hoặc đến bộ phận một cửa nơi nộp hồ sơ, mang theo giấy hẹn.",
        ),
        (
            Unavailable("HTTP 502", retryable=True),
            "Xin lỗi, máy tra cứu đang bị trục trặc nên chưa xem được hồ sơ. Mã và số vừa cho vẫn được giữ.",
            'Ít phút nữa mời nhắn hoặc nói "thử lại", không phải nhập lại. '
            "Cần gấp, mời gọi bộ phận một cửa nơi nộp hồ sơ.",
        ),
    ],
    ids=["in time", "late", "papers to add", "ready", "no match", "locked", "outage"],
)
def test_each_outcome_is_told_plainly(wording: DossierWording, outcome: Outcome, short: str, next_step: str) -> None:
    reply = wording.reply(outcome)

    assert reply.short == short
    assert reply.next_step == next_step


def test_the_details_hold_what_the_short_answer_left_out_and_nothing_twice(wording: DossierWording) -> None:
    reply = wording.reply(found(status=DossierStatus.SUPPLEMENT_NEEDED, supplement="Bản chính giấy chứng sinh"))

    for sentence in (
        "Cần thêm: Bản chính giấy chứng sinh",
        "Nơi trả kết quả: Trung tâm Phục vụ hành chính công xã Ví Dụ.",
        "Ngày hẹn đã ghi: 27/11/2026, có thể thay đổi.",
        "Tiếp nhận ngày 20/11/2026.",
        "Thủ tục: Đăng ký khai sinh.",
        "Cập nhật lúc 08:05 ngày 23/11/2026.",
    ):
        assert (sentence in reply.short) != (sentence in reply.details), sentence


def test_english_is_spoken_on_request_and_vietnamese_where_there_are_no_words(
    wording: DossierWording,
) -> None:
    english = wording.reply(found(), "en")

    assert english.short.startswith("The application is being processed. Procedure: Đăng ký khai sinh.")
    assert english.language == "en"
    assert wording.reply(found(), "fr").short == wording.reply(found()).short


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (found(), ReplyKind.ANSWER),
        (NotFoundOrMismatch(1), ReplyKind.ASK_DETAIL),
        (Ambiguous(), ReplyKind.ASK_DETAIL),
        (Locked(UNTIL), ReplyKind.TROUBLE),
        (Unavailable("", retryable=True), ReplyKind.TROUBLE),
    ],
)
def test_the_kind_of_reply_sets_the_tone(wording: DossierWording, outcome: Outcome, kind: ReplyKind) -> None:
    assert wording.reply(outcome).kind is kind


def test_an_outage_that_needs_a_repair_does_not_promise_a_few_minutes(wording: DossierWording) -> None:
    reply = wording.reply(Unavailable("the account is not allowed", retryable=False))

    assert "thử lại" not in f"{reply.short} {reply.next_step}"
    assert "not allowed" not in f"{reply.short} {reply.next_step} {reply.details}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"appointment_on": date(2026, 11, 23)}, "Hẹn trả kết quả hôm nay, ngày 23/11/2026."),
        ({"appointment_on": None}, "Chưa có ngày hẹn trả kết quả."),
        (
            {
                "status": DossierStatus.PAYMENT_DUE,
                "appointment_on": date(2026, 11, 20),
                "appointment_passed": True,
            },
            "Ngày hẹn cũ 20/11/2026 đã qua, mời hỏi ngày hẹn mới khi đến.",
        ),
    ],
)
def test_the_promised_day_is_told_as_it_stands(wording: DossierWording, changes: dict[str, Any], sentence: str) -> None:
    reply = wording.reply(found(**changes))

    assert sentence in reply.short
    assert sentence not in reply.details


@pytest.mark.parametrize("status", [s for s in DossierStatus if not (s.clock_runs or s.awaits_citizen)])
def test_a_promised_day_that_no_longer_matters_is_not_told(wording: DossierWording, status: DossierStatus) -> None:
    reply = wording.reply(found(status=status))

    assert "27/11/2026" not in f"{reply.short} {reply.details} {reply.next_step}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sandbox_dossier_fits_three_segments_and_names_nobody(
    service: DossierService, wording: DossierWording, dossiers: tuple[SandboxDossier, ...], language: str
) -> None:
    for dossier in dossiers:
        person = dossier.person
        reply = wording.reply(service.look_up(dossier.code, person.phone[-4:], "a"), language)
        assert gsm7_places(without_diacritics(reply.short)) <= TWO_SEGMENTS
        assert gsm7_places(sms(reply)) <= THREE_SEGMENTS
        said = f"{reply.short} {reply.next_step} {reply.details}"
        for private in (person.applicant, person.phone, person.identity, person.address, dossier.code):
            assert private not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "outcome", [NotFoundOrMismatch(2), Locked(UNTIL), Unavailable("", True), Unavailable("", False)], ids=str
)
def test_trouble_fits_two_segments(wording: DossierWording, outcome: Outcome, language: str) -> None:
    assert gsm7_places(sms(wording.reply(outcome, language))) <= TWO_SEGMENTS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", DossierStatus)
def test_the_state_comes_first_and_a_next_step_last(
    wording: DossierWording, texts: Wording, status: DossierStatus, language: str
) -> None:
    reply = wording.reply(found(status=status), language)

    assert reply.short.startswith(f"{texts.text(language, f'status_{status:d}')}.")
    assert reply.next_step
    assert VIEW.collect_at in reply.next_step  # type: ignore[operator]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (DossierStatus.READY, "Giải quyết xong ngày 22/11/2026."),
        (DossierStatus.RETURNED, "Giải quyết xong ngày 22/11/2026."),
        (DossierStatus.REFUSED, "Kết thúc ngày 22/11/2026."),
        (DossierStatus.STOPPED, "Kết thúc ngày 22/11/2026."),
    ],
)
def test_a_dossier_without_result_is_not_called_completed(
    wording: DossierWording, status: DossierStatus, line: str
) -> None:
    assert line in wording.reply(found(status=status, finished_on=date(2026, 11, 22))).details


def test_a_very_long_procedure_name_is_cut_in_the_short_answer(wording: DossierWording) -> None:
    name = "Cấp giấy chứng nhận quyền sử dụng đất lần đầu cho hộ gia đình, cá nhân, " + "cộng đồng dân cư " * 9 + "khác"
    reply = wording.reply(found(procedure_name=name))

    assert "cộng đồng dân... Hẹn trả kết quả ngày 27/11/2026." in reply.short
    assert f"Thủ tục: {name} (mã 1.001193)." in reply.details


def test_a_very_long_request_for_papers_is_cut_in_the_short_answer_and_whole_in_the_details(
    wording: DossierWording,
) -> None:
    papers = "; ".join(f"bản sao giấy tờ số {number}" for number in range(1, 40))
    reply = wording.reply(found(status=DossierStatus.SUPPLEMENT_NEEDED, supplement=papers))

    assert reply.short.startswith("Hồ sơ cần bổ sung giấy tờ. Cần thêm: bản sao giấy tờ số 1; ")
    assert "..." in reply.short
    assert gsm7_places(without_diacritics(reply.short)) <= TWO_SEGMENTS
    assert any(papers in line for line in reply.details)


def test_an_office_with_a_name_too_long_for_the_message_is_called_the_one_stop_desk(
    wording: DossierWording,
) -> None:
    office = "Bộ phận tiếp nhận và trả kết quả " * 5
    reply = wording.reply(found(collect_at=office.strip()))

    assert "bộ phận một cửa nơi nộp hồ sơ" in (reply.next_step or "")
    assert any(office.strip() in line for line in reply.details)


def test_an_unknown_office_is_the_one_stop_desk(wording: DossierWording) -> None:
    reply = wording.reply(found(collect_at=None))

    assert "bộ phận một cửa nơi nộp hồ sơ" in (reply.next_step or "")
    assert not any(line.startswith("Nơi trả kết quả") for line in reply.details)


@given(
    status=st.sampled_from(DossierStatus),
    procedure=st.text(st.characters(categories=["L", "Nd", "Zs", "Po"]), max_size=400),
    supplement=st.none() | st.text(st.characters(categories=["L", "Nd", "Zs", "Po", "Ps", "Sm"]), max_size=900),
    office=st.none() | st.text(max_size=300),
    appointment=st.none() | st.integers(-900, 900),
    language=st.sampled_from(LANGUAGES),
)
def test_nothing_a_back_end_sends_makes_the_answer_too_long(
    texts: Wording,
    status: DossierStatus,
    procedure: str,
    supplement: str | None,
    office: str | None,
    appointment: int | None,
    language: str,
) -> None:
    late = -appointment if appointment is not None and appointment < 0 else 0
    outcome = found(
        status=status,
        procedure_name=procedure,
        supplement=supplement,
        collect_at=office,
        appointment_on=None if appointment is None else date(2026, 11, 23) + timedelta(days=appointment),
        overdue_days=late if status.clock_runs else 0,
        appointment_passed=late > 0,
    )
    reply = DossierWording(texts, lambda: UNTIL).reply(outcome, language)

    assert sms_length(reply.short) <= TWO_SEGMENTS
    assert sms_length(f"{reply.short} {reply.next_step}") <= THREE_SEGMENTS
    assert ("xin lỗi" in reply.short or "sorry" in reply.short) == (late > 0 and status.clock_runs)


@given(st.text(), st.integers(4, 100))
def test_shortening_keeps_the_beginning_and_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)

    assert sms_length(short) <= limit
    assert short == text or (short.endswith("...") and text.startswith(short[:-3]))


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Đăng ký khai sinh", 17, "Đăng ký khai sinh"),
        ("Đăng ký khai sinh", 16, "Đăng ký khai..."),
        ("Đăng ký, khai sinh", 13, "Đăng ký..."),
        ("Đăngkýkhaisinh", 10, "Đăngkýk..."),
        ("[[[[[[", 9, "[[[..."),
    ],
)
def test_shortening_ends_after_a_whole_word(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_pieces_that_do_not_fit_are_left_out_and_later_ones_still_come() -> None:
    assert join_fitting(["một", "một câu rất dài", "hai"], 10) == "một hai"


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_survive_the_loss_of_diacritics(texts: Wording, language: str) -> None:
    plain = set(string.ascii_letters + string.digits + " .,;:!?()\"'/-{}_%")
    for text in texts.texts(language).values():
        bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        assert {sign for sign in bare if not unicodedata.combining(sign)} <= plain, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_ask_for_no_name_address_or_full_number(texts: Wording, language: str) -> None:
    for text in texts.texts(language).values():
        assert not any(term in text.lower() for term in ("họ tên", "họ và tên", "địa chỉ", "your name", "address"))


@pytest.mark.parametrize("status", DossierStatus)
@pytest.mark.parametrize("reminder", [False, True])
def test_news_by_text_message_name_the_dossier_and_nobody(
    wording: DossierWording, backend: SandboxBackend, status: DossierStatus, reminder: bool
) -> None:
    found = backend.find("H15.50.05.21-261120-9124")
    assert found is not None
    told = wording.news(dataclasses.replace(found.dossier, status=status), "vi", reminder=reminder)
    assert "9124" in told
    assert "H15" not in told
    assert "Đăng ký khai sinh" in told
    assert sms_length(told) <= SHORT_LIMIT + NEXT_STEP_LIMIT
