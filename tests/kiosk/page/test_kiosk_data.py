"""The files officers may edit, and the texts the server knows again."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from places import NLU_DATA

from catalogue.record import AskedAs, Level, Origin
from catalogue.store import LightProcedure
from channels.words import words as channel_words
from contract.turn import Channel
from kiosk.page.contacting import shown, usable_number
from kiosk.page.situations import OWN, read_situations
from kiosk.page.suggestions import suggestions
from kiosk.signed_texts import LONGEST, Signing
from kiosk.words import words
from stores.sealing import Seal

STATIC = Path(__file__).resolve().parents[3] / "kiosk" / "page" / "static"
SITUATIONS = read_situations()


@pytest.mark.parametrize("situation", SITUATIONS, ids=[one.key for one in SITUATIONS])
def test_every_picture_is_drawn_and_leads_to_procedures_that_are_there(situation) -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (STATIC / "pictures.svg").read_text(encoding="utf-8")))
    about, doing = zip(*(picture.split() for picture in situation.procedures.values()), strict=True)
    assert {situation.key, *about} | {f"do-{one}" for one in (*doing, OWN)} <= drawn
    own = [f"{situation.key} {OWN}"] if situation.own else []
    shown = [*situation.procedures.values(), *own]
    assert len(set(shown)) == len(shown), "who does not read tells them apart by their pictures"
    assert [code for code in situation.procedures if not (NLU_DATA / "procedures" / f"{code}.yml").exists()] == []


def test_every_module_the_page_loads_is_there() -> None:
    named = {
        name
        for path in (*STATIC.rglob("*.js"), STATIC / "index.html")
        for name in re.findall(r"/kiosk/static/([\w/]+\.js)", path.read_text(encoding="utf-8"))
    }
    assert {name for name in named if not (STATIC / name).exists()} == set()


def test_every_text_the_page_names_is_written() -> None:
    # One is what every channel says in trouble, and comes with the rest.
    known = {**words().texts("vi"), "trouble": channel_words().text("vi", "trouble_next", Channel.KIOSK)}
    named = {
        name
        for path in STATIC.rglob("*.js")
        for name in re.findall(r'\b(?:text|spoken)\("(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert named - known.keys() == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_texts_are_composed_and_say_nothing_of_machines_inside(language: str) -> None:
    for text in words().texts(language).values():
        assert text == unicodedata.normalize("NFC", text)
        assert not re.search(r"server|máy chủ|API|JSON|timeout|lỗi \d", text)


SIGNING = Signing(Seal(b"a secret of the tests"))


def test_only_texts_of_ours_are_known_again() -> None:
    signed = SIGNING.sign("Lệ phí: miễn phí.")
    assert SIGNING.is_ours(signed.text, signed.token)
    assert not SIGNING.is_ours("Lệ phí: một triệu đồng.", signed.token)
    assert not SIGNING.is_ours(signed.text, "é" * 32)
    assert not Signing(Seal(b"another secret of tests")).is_ours(signed.text, signed.token)
    long = SIGNING.sign("a" * (LONGEST + 1))
    assert not SIGNING.is_ours(long.text, long.token)


def procedure(code: str, name: str, origin: Origin = Origin.HANDWRITTEN) -> LightProcedure:
    return LightProcedure(
        code, name, name, "Bộ Mẫu", "Mẫu", (Level.COMMUNE,), (), AskedAs(), (), date(2026, 11, 23), origin
    )


BIRTH = procedure("1.000001", "Làm giấy khai sinh")
AGAIN = procedure("1.000002", "Làm lại giấy khai sinh đã mất")
IMPORTED = procedure("1.000003", "Khai sinh", Origin.IMPORTED)
LAND = procedure("1.000004", "Sang tên sổ đỏ")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("khai sinh", [BIRTH, AGAIN, IMPORTED]),
        ("giay khai s", [BIRTH, AGAIN]),
        ("GIẤY KHAI SINH ĐÃ M", [AGAIN]),
        ("so do", [LAND]),
        ("s", []),
        ("   ", []),
        ("xyz", []),
    ],
)
def test_suggestions_fit_what_is_typed_with_or_without_marks(typed: str, found: list[LightProcedure]) -> None:
    assert suggestions(typed, [IMPORTED, AGAIN, LAND, BIRTH]) == found


@pytest.mark.parametrize(
    ("typed", "for_text", "expected"),
    [
        ("0900000123", True, "0900 000 123"),
        ("+84900000123", False, "0900 000 123"),
        ("02438000123", False, "0243 800 0123"),
        ("02438000123", True, None),
        ("113", False, None),
        ("090000012", False, None),
        ("", False, None),
        ("abc", True, None),
    ],
)
def test_a_number_is_taken_only_when_it_can_be_used(typed: str, for_text: bool, expected: str | None) -> None:
    number = usable_number(typed, for_text=for_text)
    assert (shown(number) if number else None) == expected


FISHING = procedure("1.000005", "Cấp giấy phép khai thác thủy sinh", Origin.IMPORTED)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("khai sinhh", [BIRTH, IMPORTED]),
        ("giay khia sinh", [BIRTH]),
        ("khai sinh", [BIRTH, IMPORTED]),
        ("khai thac", [FISHING]),
        ("khai xinhh", []),
    ],
)
def test_one_slip_is_forgiven_and_births_never_lead_to_fishing(typed: str, found: list[LightProcedure]) -> None:
    assert suggestions(typed, [FISHING, IMPORTED, LAND, BIRTH]) == found
