"""Communes are found in what people write: today's names and those of before July 2025, split ones told apart."""

from __future__ import annotations

import pytest

from language.communes.naming import commune_at, has_hamlet, named
from language.communes.register import communes, former, nearest

HANOI = "01"


def test_the_register_is_whole() -> None:
    assert len(communes()) == 3321
    assert len({one.province for one in communes().values()}) == 34
    assert all(code in communes() for one in former() for code in one.became)
    assert all(8 < one.latitude < 24 and 102 < one.longitude < 115 for one in communes().values())


@pytest.mark.parametrize(
    ("text", "province", "name"),
    [
        ("gần chợ xã Thuận Hòa", "08", "Xã Thuận Hòa"),
        ("gan cho xa thuan hoa, thon 3", "08", "Xã Thuận Hòa"),
        ("p. Cống Vị", HANOI, "Phường Ngọc Hà"),
        ("Xã Thuận Hoà", "08", "Xã Thuận Hòa"),
        ("xã M'Drắk", "", "Xã M'Drắk"),
        ("tt Văn Điển", HANOI, "Xã Thanh Trì"),
    ],
)
def test_a_commune_is_found_in_what_is_written(text: str, province: str, name: str) -> None:
    found = named(text, province)
    assert found is not None
    assert found.communes[0].name == name


@pytest.mark.parametrize("text", ["đường xa quá", "ngã ba thôn Đoài", "", "xã", "xã Không Có Tên Này"])
def test_words_that_name_no_commune_name_none(text: str) -> None:
    assert named(text, HANOI) is None


def test_a_name_that_several_provinces_have_tells_nothing_without_a_province() -> None:
    assert named("xã Tân Lập") is None


def test_a_former_commune_that_was_split_lies_in_several() -> None:
    split = named("chợ phường Cống Vị", HANOI)
    assert split is not None
    assert split.is_split
    assert {one.name for one in split.communes} == {"Phường Ngọc Hà", "Phường Giảng Võ"}
    assert commune_at("chợ phường Cống Vị", HANOI) is None


def test_a_pin_tells_in_which_part_of_a_split_commune_it_is() -> None:
    assert commune_at("phường Cống Vị", HANOI, (21.0381, 105.816)) == "00008"


def test_the_district_tells_former_communes_of_one_name_apart() -> None:
    names = {
        district: {one.name for one in found.communes}
        for district in ("Đông Anh", "Đan Phượng")
        if (found := named(f"xã Liên Hà, huyện {district}", HANOI)) is not None
    }
    assert names["Đông Anh"] != names["Đan Phượng"]


def test_words_win_over_the_point_of_a_telephone() -> None:
    assert commune_at("xã Thuận Hòa", "08", (10.0, 106.0)) == "00922"
    assert commune_at("gần trường", HANOI, more="xã Xuân Thu đường hỏng") == "00430"


def test_a_point_at_sea_lies_in_no_commune() -> None:
    assert nearest(12.0, 113.0) is None
    assert nearest(0.0, 0.0) is None


@pytest.mark.parametrize(
    "text", ["thôn 3, xã Tân Lập", "xom dinh xa tan lap", "ấp Mới", "tổ 4, p. Cống Vị", "hamlet 2"]
)
def test_a_hamlet_is_noticed(text: str) -> None:
    assert has_hamlet(text)


@pytest.mark.parametrize("text", ["xã Tân Lập", "nhà bạn tôi ở phường Cống Vị", "cạnh trường học"])
def test_a_place_without_a_hamlet_is_noticed(text: str) -> None:
    assert not has_hamlet(text)
