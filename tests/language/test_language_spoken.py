"""Text for voices holds words only, and says what the eye reads."""

from __future__ import annotations

import gzip
import json
import os
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_spellings import TODAY, random_code, random_mobile

from language.dossier_code import find_dossier_code
from language.numbers import spoken_digits
from language.spoken import Dialect, speakable

SHARED = Path(os.environ.get("MOTCUA_SHARED", Path(__file__).resolve().parents[3] / "shared"))
PROCEDURES = SHARED / "domain" / "procedures" / "procedures_2026-07.jsonl.gz"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lệ phí 50.000 đồng.", "Lệ phí năm mươi nghìn đồng."),
        ("8.000đ/trang", "tám nghìn đồng mỗi trang"),
        ("1.500.000 VNĐ", "một triệu năm trăm nghìn đồng"),
        ("Phí: 0 đồng", "Phí, không đồng"),
        ("giảm 50%", "giảm năm mươi phần trăm"),
        ("0,5%", "không phẩy năm phần trăm"),
        ("1,5 ha", "một phẩy năm héc ta"),
        ("150 m2", "một trăm năm mươi mét vuông"),
        ("2-3 ngày", "hai đến ba ngày"),
        ("2 ảnh 4x6", "hai ảnh bốn nhân sáu"),
        ("15 ngày (từ ngày nhận)", "mười lăm ngày, từ ngày nhận,"),
        ("01 bản chính", "một bản chính"),
        ("tối đa 05 ngày làm việc", "tối đa năm ngày làm việc"),
        ("mẫu số 01", "mẫu số không một"),
        ("1/2 ngày", "một phần hai ngày"),
        ("30 km/h", "ba mươi ki lô mét một giờ"),
        ("38°C", "ba mươi tám độ xê"),
        ("100 USD", "một trăm đô la Mỹ"),
        ("≥ 18 tuổi", "từ mười tám tuổi"),
        ("> 60 tuổi", "trên sáu mươi tuổi"),
        ("< 16 tuổi", "dưới mười sáu tuổi"),
        ("Trang chủ > Thủ tục", "Trang chủ Thủ tục"),
        (">= 60 tuổi", "từ sáu mươi tuổi"),
        ("<= 5 tuổi", "không quá năm tuổi"),
        ("01 (một) bộ hồ sơ", "một bộ hồ sơ"),
        ("02 (ba) bộ", "hai, ba, bộ"),
        ("05 tệp ảnh", "năm tệp ảnh"),
        ("ảnh 3cm x 4cm", "ảnh ba xen ti mét nhân bốn xen ti mét"),
        ("cao 1m62", "cao một mét sáu mươi hai"),
        ("xe 50cc, 1.000 kWh", "xe năm mươi phân khối, một nghìn ki lô oát giờ"),
        ("5.000 - 7.000 đ", "năm nghìn đến bảy nghìn đồng"),
        ("tuổi 0-6, 10~15 ngày", "tuổi không đến sáu, mười đến mười lăm ngày"),
        ("2 lần/ngày, 0,5%/năm", "hai lần mỗi ngày, không phẩy năm phần trăm mỗi năm"),
        ("2/3 số thành viên", "hai phần ba số thành viên"),
        ("mục 1.1, điểm g.2", "mục một chấm một, điểm giê chấm hai"),
    ],
)
def test_money_and_measures_are_words(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ngày 8/10/2026", "ngày tám tháng mười năm hai nghìn không trăm hai mươi sáu"),
        ("31/12/2026", "ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi sáu"),
        ("ngày 5/4", "ngày năm tháng tư"),
        ("tháng 4/2026", "tháng tư năm hai nghìn không trăm hai mươi sáu"),
        ("7h30", "bảy giờ ba mươi phút"),
        ("13:00", "mười ba giờ"),
        ("7h30 - 11h30", "bảy giờ ba mươi phút đến mười một giờ ba mươi phút"),
        ("thứ 2 - thứ 6", "thứ hai đến thứ sáu"),
        ("Thứ 4", "Thứ tư"),
        ("T2-T6", "thứ hai đến thứ sáu"),
        ("T2 - CN", "thứ hai đến chủ nhật"),
        ("7g30", "bảy giờ ba mươi phút"),
        ("từ 7 giờ 30", "từ bảy giờ ba mươi"),
        ("lúc 07 giờ 05", "lúc bảy giờ năm"),
        ("tháng 4", "tháng tư"),
        ("trong 4 tháng", "trong bốn tháng"),
        ("quý IV/2026", "quý bốn năm hai nghìn không trăm hai mươi sáu"),
        ("ghi ngày/tháng/năm sinh", "ghi ngày tháng năm sinh"),
        ("24/7", "cả ngày lẫn đêm"),
        ("24/24 giờ", "cả ngày lẫn đêm"),
        ("giai đoạn 2021-2025",
         "giai đoạn hai nghìn không trăm hai mươi mốt đến hai nghìn không trăm hai mươi lăm"),
        ("15/7-30/7", "từ ngày mười lăm tháng bảy đến ngày ba mươi tháng bảy"),
        ("trước 30/04", "trước ngày ba mươi tháng tư"),
        ("từ 1/10/2026 - 2/10/2026",
         "từ ngày một tháng mười năm hai nghìn không trăm hai mươi sáu "
         "đến ngày hai tháng mười năm hai nghìn không trăm hai mươi sáu"),
    ],
)  # fmt: skip
def test_dates_and_times_are_words(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Gọi 0912 345 678", "Gọi không chín một hai, ba bốn năm, sáu bảy tám"),
        ("Gọi 18001096", "Gọi một tám không không, một không chín sáu"),
        ("gọi 113", "gọi một một ba"),
        ("115 đồng", "một trăm mười lăm đồng"),
        ("mã H15.50.05.13-261008-0975",
         "mã hát một năm, chấm năm không, chấm không năm, chấm một ba, "
         "gạch hai sáu một không không tám, gạch không chín bảy năm"),
        ("163/QĐ-BTP", "quyết định số một sáu ba, Bộ Tư pháp"),
        ("Căn cứ: 33/2025/NĐ-CP", "Căn cứ, nghị định số ba ba, năm hai nghìn không trăm hai mươi lăm, Chính phủ"),
        ("Quyết định số 163/QĐ-BTP", "Quyết định số một sáu ba, Bộ Tư pháp"),
        ("Nghị định 123/2015/NĐ-CP", "Nghị định số một hai ba, năm hai nghìn không trăm mười lăm, Chính phủ"),
        ("Nguồn: QĐ 163/QĐ-BTP", "Nguồn, quyết định số một sáu ba, Bộ Tư pháp"),
        ("NQ 66.7/2025/NQ-CP",
         "nghị quyết số sáu sáu chấm bảy, năm hai nghìn không trăm hai mươi lăm, Chính phủ"),
        ("1.001193.000.00.00.H15",
         "một, chấm không không một một chín ba, chấm không không không, chấm không không, chấm không không, "
         "chấm hát một năm"),
        ("ubnd xã, cccd", "Ủy ban nhân dân xã, căn cước công dân"),
        ("U.B.N.D. xã", "Ủy ban nhân dân xã"),
        ("gửi email hoặc Zalo", "gửi i meo hoặc da lô"),
        ("xem https://dichvucong.gov.vn/p/home/dvc-trang-chu.html.", "xem dịch vụ công chấm gốp chấm vê en."),
        ("024.6273.9718", "không hai bốn, sáu hai bảy ba, chín bảy một tám"),
        ("Luật số 26/2023/QH15",
         "Luật số hai sáu, năm hai nghìn không trăm hai mươi ba, Quốc hội khóa mười lăm"),
        ("1.001193", "một chấm không không một, một chín ba"),
        ("mẫu CT01", "mẫu xê tê không một"),
        ("UBND xã", "Ủy ban nhân dân xã"),
        ("TP. Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("CĂN CƯỚC", "CĂN CƯỚC"),
        ("BTP", "bê tê pê"),
        ("mục VIII", "mục tám"),
        ("và/hoặc", "và hoặc"),
        ("dichvucong.gov.vn", "dịch vụ công chấm gốp chấm vê en"),
        ("Bấm phím *", "Bấm phím sao"),
        ("điểm b, d, đ khoản 1", "điểm bê, dê, đê khoản một"),
        ("Phụ lục I, Phụ lục V, Chương IIa", "Phụ lục một, Phụ lục năm, Chương hai a"),
        ("(i) Tờ khai; (iv) ảnh; bước iii", "một, Tờ khai; bốn, ảnh; bước ba"),
        ("Lưu ý: + Tờ khai; * Ảnh", "Lưu ý, Tờ khai; Ảnh"),
        ("số 254 Nguyễn Trãi, Q.1, Tp. Huế", "số hai trăm năm mươi tư Nguyễn Trãi, quận một, Thành phố Huế"),
        ("Gọi 0236.388.1888", "Gọi không hai ba sáu, ba tám tám, một tám tám tám"),
        ("(0236) 3.881.888", "không hai ba sáu, ba tám tám một, tám tám tám"),
        ("thẻ GD4797912345678", "thẻ giê đê bốn bảy chín, bảy chín một, hai ba bốn, năm sáu bảy, tám"),
        ("xem https://www.dichvucong.gov.vn. Xong", "xem dịch vụ công chấm gốp chấm vê en. Xong"),
        ("tại Việt NamMẫu số 1", "tại Việt Nam. Mẫu số một"),
        ("14/2005/NĐ-CPMẫu", "nghị định số một bốn, năm hai nghìn không trăm linh năm, Chính phủ. Mẫu"),
        ("Mẫu 1a, 1b, 1d hoặc 1đ", "Mẫu một a, một bê, một dê hoặc một đê"),
        ("Định danh (VNeID). Nguồn; (tờ khai);", "Định danh, vi nê ai đi. Nguồn; tờ khai;"),
        ("cấp GCNKNCM", "cấp giê xê nờ ca nờ xê mờ"),
        ("thuế TNCN, hộ vay của TCTD", "thuế thu nhập cá nhân, hộ vay của tổ chức tín dụng"),
        ("- CCCD\n- Giấy khai sinh\n\n* Ảnh", "căn cước công dân. Giấy khai sinh. Ảnh"),
    ],
)  # fmt: skip
def test_codes_and_short_forms_are_said_the_way_officers_say_them(text: str, said: str) -> None:
    assert speakable(text) == said


def test_the_south_hears_its_own_words() -> None:
    assert speakable("1.105 đồng", Dialect.SOUTH) == "một ngàn một trăm lẻ năm đồng"


@given(st.randoms(use_true_random=False))
def test_what_is_said_is_heard_again(random: Random) -> None:
    code, phone = random_code(random), random_mobile(random)
    heard = find_dossier_code(speakable(f"hồ sơ {code} đang giải quyết"), TODAY)
    assert heard is not None
    assert heard.text == code
    assert spoken_digits(speakable(f"số {phone}")) == phone


@pytest.mark.parametrize(
    "text",
    [
        "Lệ phí: 50.000 đồng/bản. Nguồn: QĐ 163/QĐ-BTP, kiểm tra 20/07/2026.",
        "UBND xã, CCCD, VNeID, H15.50.05-261008-0975, 18001096, T2-T6, 7h30 - 11h30, mục VIII, dichvucong.gov.vn",
        "CĂN CƯỚC CÔNG DÂN và/hoặc e-mail, 5-7 ngày, 1/2 ngày, 0,5%, 30 km/h",
    ],
)
def test_what_is_words_already_stays_as_it_is(text: str) -> None:
    said = speakable(text)
    assert speakable(said) == said


def assert_only_words(said: str) -> None:
    assert not any(sign.isdecimal() for sign in said)
    assert all(sign.isalnum() or sign in " .,?!;" for sign in said), said
    assert "  " not in said
    assert unicodedata.is_normalized("NFC", said)


@given(st.text(max_size=150))
def test_any_text_becomes_words(text: str) -> None:
    assert_only_words(speakable(text))


@given(st.text(alphabet="0123456789 .,-/:%hđkA°QĐCPT+*", max_size=50))
def test_any_figures_become_words(text: str) -> None:
    assert_only_words(speakable(text))


def test_real_procedure_texts_become_words() -> None:
    if not PROCEDURES.exists():
        pytest.skip("the shared procedure texts are not here")
    with gzip.open(PROCEDURES, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 40 == 0:
                record = json.loads(line)
                for field in ("name", "steps_text", "conditions"):
                    said = speakable(str(record.get(field) or "")[:1_500])
                    assert not any(sign.isdecimal() for sign in said)
