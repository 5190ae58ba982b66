"""Several modems and several operators' links: named, each a route of its own, in the table of routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.sms.providers import registry
from channels.sms.providers.gsm.lines import lines_of
from runtime.settings import Settings, SettingsError

CITIZEN = "+84900000123"
MODEMS = "gsm:///dev/a?name=viettel&number=+84900000101&day=500&pin=4321 gsm:///dev/b?name=mobi&number=0900000102"
LINKS = (
    "smpp://motcua:secret@one.example?number=8088&name=one&day=9000&per_second=7 "
    "smpp://motcua:secret@two.example?number=8099&name=two smpp://motcua:secret@three.example"
)


def settings(tmp_path: Path, **changes: object) -> Settings:
    return Settings(data_dir=tmp_path, gsm_modems=MODEMS, smpp_url=LINKS, **changes)


def test_each_modem_and_each_named_link_is_a_route_of_its_own(tmp_path: Path) -> None:
    assert registry.set_up(settings(tmp_path)) == (
        *("gsm_viettel", "gsm_mobi"),
        *("smpp_link_one", "smpp_link_two", "smpp_link"),
    )


def test_the_one_modem_that_needs_no_name_stays_beside_them(tmp_path: Path) -> None:
    first, *others = lines_of(settings(tmp_path, gsm_device="/dev/c", gsm_per_day=70))
    assert (first.route, first.per_day) == ("gsm", 70)
    assert [line.route for line in others] == ["gsm_viettel", "gsm_mobi"]


def test_a_modem_has_the_card_and_the_day_its_address_says_and_no_pin_in_its_picture(tmp_path: Path) -> None:
    viettel, mobi = lines_of(settings(tmp_path))
    assert (viettel.device, viettel.number, viettel.per_day, viettel.pin) == ("/dev/a", "+84900000101", 500, "4321")
    assert (mobi.per_day, mobi.pin, mobi.per_second, mobi.connection) == (None, None, 0.25, "at115200")
    assert "4321" not in repr(viettel)


def test_lines_of_one_provider_share_its_place_in_the_table(tmp_path: Path) -> None:
    table = registry.number_table(settings(tmp_path))
    assert table.ranks(CITIZEN)[:2] == (
        ("gsm_viettel", "gsm_mobi"),
        ("smpp_link_one", "smpp_link_two", "smpp_link"),
    )


def test_an_operator_may_rank_lines_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "routes.yml"
    file.write_text('routes:\n  "+8490": [gsm_mobi, [smpp_link_one, smpp_link_two], gsm]\n  "": [twilio]\n')
    table = registry.number_table(settings(tmp_path, sms_routes=file))
    assert table.ranks(CITIZEN) == (("gsm_mobi",), ("smpp_link_one", "smpp_link_two"), ("gsm_viettel",))


def test_an_answer_goes_by_routes_that_have_the_number_it_was_asked_on(tmp_path: Path) -> None:
    table = registry.number_table(settings(tmp_path, kannel_url="http://127.0.0.1:1", kannel_number="8088"))
    assert table.order(CITIZEN, "smpp_link_one", asked_on="8088") == ("smpp_link_one", "smpp")
    # However the number is written.
    assert table.order(CITIZEN, "gsm_mobi", asked_on="+84900000102") == ("gsm_mobi",)
    assert table.order(CITIZEN, "", asked_on="84900000102") == ("gsm_mobi",)


def test_a_setting_lets_answers_come_from_other_numbers(tmp_path: Path) -> None:
    table = registry.number_table(settings(tmp_path, sms_answers_by_other_numbers=True))
    assert table.order(CITIZEN, "smpp_link_one", asked_on="8088")[:3] == ("smpp_link_one", "gsm_viettel", "gsm_mobi")


def test_a_number_none_of_the_routes_has_any_more_holds_nothing_back(tmp_path: Path) -> None:
    assert registry.number_table(settings(tmp_path)).order(CITIZEN, asked_on="7777")[0] == "gsm_viettel"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("gsm_modems", "/dev/a", "MOTCUA_GSM_MODEMS: must be gsm:///dev/"),
        ("gsm_modems", "gsm://dev/a?name=x", "three slashes"),
        ("gsm_modems", "gsm:///dev/a", "/dev/a: a name is missing"),
        ("gsm_modems", "gsm:///dev/a?name=x gsm:///dev/b?name=x", "the name x stands twice"),
        ("gsm_modems", "gsm:///dev/a?name=x gsm:///dev/a?name=y", "two names lead to one device"),
        ("gsm_modems", "gsm:///dev/a?name=X", "name is made of a to z"),
        ("gsm_modems", "gsm:///dev/a?name=x&dya=3", "unknown: dya"),
        ("gsm_modems", "gsm:///dev/a?name=x&day=0", "day is a number from 1"),
        ("gsm_modems", "gsm:///dev/a?name=x&per_second=fast", "per_second is a number above 0"),
        ("smpp_url", "smpp://m:p@h?name=x smpp://m:p@h?name=x", "MOTCUA_SMPP_URL: the name x stands twice"),
        ("smpp_url", "smpp://m:p@h?day=5", "day needs a name"),
    ],
)
def test_what_an_address_says_wrong_is_named_and_no_secret_with_it(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        registry.number_table(Settings(data_dir=tmp_path, **{name: value}))
