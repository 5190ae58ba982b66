"""Somebody in danger is told the number to call before anything else."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from contract.reply import Reply
from understanding.emergencies import Emergencies

EMERGENCIES = Emergencies.load(NLU_DATA)


def reply_to(text: str, language: str = "vi") -> Reply | None:
    return EMERGENCIES.reply_for(EMERGENCIES.kind_in(text), language)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("nhà bên cạnh đang cháy to lắm cứu với", "114"),
        ("chay nha roi ba con oi", "114"),
        ("chồng em đang đánh em, cứu với", "113"),
        ("chong em danh em", "113"),
        ("bố con đang đánh mẹ con", "113"),
        ("co trom vao nha", "113"),
        ("bố tôi bị ngất xỉu gọi ai bây giờ", "115"),
        ("bà tôi ngất rồi", "115"),
        ("ran can con toi", "115"),
        ("toi khong muon song nua", "115"),
        ("thằng dượng nó xâm hại cháu bé", "111"),
        ("cháu bé nhà bên bị bỏ đói", "111"),
        ("cứu với nhà cháy", "114"),
        ("cuu voi", "113"),
        ("cứu tôi với", "113"),
        ("có ai cấp cứu với", "115"),
        ("CAP CUU!!", "115"),
        ("Cấp cứu", "115"),
        ("cháy!", "114"),
        ("Help, our house is on fire", "114"),
        ("somebody here is not breathing", "115"),
        ("chay", "114"),
        ("SOS", "113"),
        ("115", "115"),
        ("Báo cháy", "114"),
        ("nha ke ben chay roi", "114"),
        ("bé nhà em bị rắn lục nó cắn vào chân", "115"),
        ("mấy mẹ con kẹt trên mái nhà nước còn lên", "112"),
        ("nuoc lu len nhanh qua ca xom ket roi", "112"),
        ("tôi bị lừa chuyển tiền cho chúng nó", "ngân hàng"),
        ("toi lo chuyen tien cho lua dao roi", "113"),
        ("chồng em cứ say là lại đánh em", "113"),
        ("chong toi hanh ha suot ngay", "113"),
        ("bố mẹ bắt em phải lấy chồng em mới 15 tuổi", "111"),
        ("em bi ep cuoi", "111"),
        ("con tôi ở trường bị bạn nó đánh", "111"),
        ("cháu hay bị bắt nạt", "111"),
        ("hết muốn sống rồi", "115"),
        ("chú tôi té giếng, kéo lên gọi không tỉnh", "115"),
        ("thang nho nha em uong nham dau hoa", "115"),
        ("bình gas nhà em rò rỉ", "114"),
        ("mấy bạn trong lớp đánh con tôi", "111"),
        ("ong chu so soang chau gai toi", "111"),
        ("có người lạ mặt đi theo con bé từ trường về", "113"),
        ("chong toi khoa cua khong cho ra ngoai", "113"),
        ("tôi lỡ nhập mã OTP cho nó rồi", "ngân hàng"),
        ("bà nội té gãy chân nằm dưới bếp", "115"),
        ("con gái tôi đi từ chiều tìm khắp nơi không thấy", "113"),
        ("chau bi bat nghi hoc de lay chong", "111"),
    ],
)
def test_danger_is_answered_with_the_number_to_call(text: str, number: str) -> None:
    reply = reply_to(text)
    assert reply is not None
    assert number in reply.short


@pytest.mark.parametrize(
    "text",
    [
        "nhà tôi bị cháy năm ngoái, xin hỗ trợ thế nào",
        "xin trợ cấp vì tai nạn giao thông",
        "làm giấy khai sinh cho cháu",
        "thủ tục nghiệm thu phòng cháy chữa cháy",
        "bố tôi chết đuối tháng trước, giờ làm khai tử",
        "hàng bán chạy quá",
        "nhà chạy thận nhân tạo xin trợ cấp",
        "cứu trợ lũ lụt xin ở đâu",
        "người cứu nạn có được hưởng chế độ không",
        "con chay xe ôm",
        "chạy",
        "tiền viện phí cấp cứu",
        "lắp chuông báo cháy cho nhà trọ",
        "xe cháy hết xăng",
        "xin giấy phép chữa cháy cho quán",
        "con gái tôi lấy chồng xa",
        "lay chong nuoc ngoai can giay gi",
        "nhà bị rạn nứt do làm đường",
        "nha bi ran nut",
        "chồng tôi bị tật chân",
        "chuyển tiền lệ phí qua mạng",
        "lát ghé xã nộp hồ sơ",
        "sống chung với mẹ chồng có tách hộ được không",
        "",
    ],
)
def test_papers_about_past_harm_are_no_emergency(text: str) -> None:
    assert reply_to(text) is None


@pytest.mark.parametrize("text", ["nhà cháy cứu với", "chay nha roi cuu voi"])
def test_a_danger_that_is_named_comes_before_a_bare_cry_for_help(text: str) -> None:
    found = EMERGENCIES.find(text)
    assert found is not None
    assert found.kind == "fire"


def test_the_number_is_given_in_the_language_of_the_conversation() -> None:
    reply = reply_to("cháy nhà", "en")
    assert reply is not None
    assert reply.short.startswith("Fire")
    assert reply.language == "en"


@pytest.mark.parametrize("text", ["tôi muốn chết", "toi khong muon song nua", "em định tự tử"])
def test_somebody_in_despair_is_not_spoken_to_as_a_bystander(text: str) -> None:
    reply = reply_to(text)
    assert reply is not None
    assert reply.short.startswith("Xin đừng ở một mình")


@pytest.mark.parametrize(
    "text", ["bố mẹ ép em lấy chồng, đăng ký kết hôn cần gì", "bi ep cuoi thi dang ky ket hon sao"]
)
def test_a_forced_marriage_is_no_question_about_papers(text: str) -> None:
    kind = EMERGENCIES.kind_in(text)
    assert kind == "forced_marriage"
    assert EMERGENCIES.says_all(kind)


def test_after_other_dangers_an_answer_may_follow() -> None:
    assert not EMERGENCIES.says_all(EMERGENCIES.kind_in("nhà cháy"))
    assert not EMERGENCIES.says_all(None)
