"""What kind of question the words ask, and what is left of them."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from contract.questions import QuestionKind
from language.normalise import normalise
from understanding.questions import QuestionReader, questions_of
from understanding.things import without_thing


@pytest.fixture(scope="module")
def reader() -> QuestionReader:
    return questions_of(NLU_DATA)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("mua ghe thì bao lâu phải đăng ký", QuestionKind.DEADLINE),
        ("thẻ này có hạn mấy năm", QuestionKind.VALID),
        ("nuôi cháu mồ côi thì mỗi tháng nhận bao nhiêu", QuestionKind.RECEIVE),
        ("ngoài phí làm thẻ còn khoản nào nữa", QuestionKind.BESIDES),
        ("em mới 16 tuổi có làm được không", QuestionKind.AGE),
        ("bằng cấp ba nộp bản photo hay bản gốc", QuestionKind.COPIES),
        ("làm căn cước ở nơi tạm trú được không", QuestionKind.ELSEWHERE),
        ("lam can cuoc o noi tam tru duoc khong", QuestionKind.ELSEWHERE),
        ("gửi đơn bằng bưu điện được không", QuestionKind.POST),
        ("em được mười tám tuổi rưỡi đã được chưa", QuestionKind.AGE),
        ("ai là người ký giấy này", QuestionKind.DECIDES),
        ("bạt ruộng với ao thả cá thì khác nhau cái gì", QuestionKind.DIFFERENCE),
        ("phải khai trong mấy hôm", QuestionKind.DEADLINE),
        ("không khai báo thì có bị làm sao không", QuestionKind.DEADLINE),
        ("khác nhau giữa ghi nợ với trả dần là gì", QuestionKind.DIFFERENCE),
        ("bản vẽ nhà có cần không", QuestionKind.NEEDED),
        ("có cần hai người hàng xóm ký", QuestionKind.NEEDED),
        ("how many years is the licence valid", QuestionKind.VALID),
        ("cháu nhận bằng hộ được không", QuestionKind.WHO_MAY),
        ("what happens if i am late", QuestionKind.DEADLINE),
        ("how much is the monthly allowance", QuestionKind.RECEIVE),
        ("do we need the land certificate", QuestionKind.NEEDED),
        ("sáng thứ tư xã có nhận hồ sơ không", QuestionKind.WEEKEND),
        ("không còn hóa đơn gì cả", QuestionKind.MISSING),
        ("khong co giay to gi het", QuestionKind.MISSING),
        ("xin giấy này phải ra tận xã hay làm mạng", QuestionKind.ONLINE),
        ("xong rồi có ship về thôn không", QuestionKind.POST),
        ("xe có biển rồi thì ra đâu nhận", QuestionKind.COLLECT),
        ("giấy khám này để được bao lâu", QuestionKind.VALID),
        ("nhà có người mất vì bão nhà nước cho bao tiền", QuestionKind.RECEIVE),
        ("tách thửa xong còn phải làm gì", QuestionKind.AFTER),
        ("không tìm được chủ cũ thì tính sao", QuestionKind.MISSING),
        ("mat het giay to thi lam sao", QuestionKind.MISSING),
        ("quên mang thẻ thì có làm được không", QuestionKind.MISSING),
        ("em đang ở trọ, làm luôn trong này được không", QuestionKind.ELSEWHERE),
        ("học lái xong phải thi lý thuyết không", QuestionKind.NEEDED),
        ("hai anh em có phải cùng ra xã không", QuestionKind.WHO_MAY),
        ("có cần cả hai bên ra ký không", QuestionKind.WHO_MAY),
        ("giấy này hết hạn khi nào", QuestionKind.VALID),
    ],
)
def test_the_kind_is_read_from_the_words(reader: QuestionReader, said: str, kind: QuestionKind) -> None:
    question = reader.read(normalise(said))
    assert question is not None
    assert question.kind is kind


@pytest.mark.parametrize(
    "said",
    [
        "thời hạn giải quyết bao lâu",
        "nhận con nuôi hết bao nhiêu tiền",
        "có lấy liền được không",
        "tờ khai kết hôn lấy ở đâu",
        "đóng bảo hiểm tự nguyện mỗi tháng bao nhiêu",
        "nop ba tuan roi chua co thi khi nao co",
    ],
)
def test_what_only_looks_like_a_question_of_a_kind_is_none(reader: QuestionReader, said: str) -> None:
    assert reader.read(normalise(said)) is None


@pytest.mark.parametrize("said", ["làm hộ chiếu", "lam ho chieu", "nộp hồ sơ", "nop ho so", "lam ho khau cho con"])
def test_a_passport_or_a_dossier_is_done_for_nobody_else(reader: QuestionReader, said: str) -> None:
    assert reader.read(normalise(said)) is None


def test_diacritics_that_were_typed_count(reader: QuestionReader) -> None:
    tax, rent = reader.read(normalise("có phải đóng thuế gì")), reader.read(normalise("có phải đóng thuê gì"))
    assert tax is not None
    assert tax.kind is QuestionKind.BESIDES
    assert rent is None


def test_a_story_asks_at_its_end(reader: QuestionReader) -> None:
    story = (
        "nhà tôi ở miền núi, năm ngoái cưới vợ cho thằng cả mà bận mùa chưa ra xã, nay vợ nó có bầu bảy tháng, "
        "hai đứa đi làm công ty xa, vậy ông nội đi khai thay có được không"
    )
    question = reader.read(normalise(story))
    assert question is not None
    assert question.kind is QuestionKind.WHO_MAY


def test_the_thing_asked_about_is_no_matter_of_its_own(reader: QuestionReader) -> None:
    said = normalise("căn cước nộp bản gốc hay bản sao")
    question = reader.read(said)
    assert question is not None
    assert without_thing(question, "can cuoc nop ban goc hay ban sao", "can cuoc nop") == ""
    assert without_thing(question, "lam can cuoc can may ban sao", "can cuoc") == "can cuoc"
