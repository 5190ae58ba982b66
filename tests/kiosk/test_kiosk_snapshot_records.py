"""Records of dossiers on a box: opened by code and digits alone, and the same as before they were closed."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest

from actions.dossiers.model import Dossier, DossierStatus
from kiosk.protocol.snapshot import Record, RecordKey

CODE, SALT = "H15.50.05-261008-0975", b"of the installation"
DOSSIER = Dossier(
    code=CODE,
    procedure_code="1.001193",
    procedure_name="Thủ tục đăng ký khai sinh",
    status=DossierStatus.SUPPLEMENT_NEEDED,
    received_on=date(2026, 10, 8),
    appointment_on=date(2026, 10, 9),
    finished_on=date(2026, 10, 10),
    supplement="Bổ sung giấy chứng sinh",
    office="Bộ phận Một cửa Ủy ban nhân dân xã",
    updated_at=datetime(2026, 10, 8, 7, 30, 15, tzinfo=UTC),
)
KEY = RecordKey(CODE, "4321", SALT)


def test_a_dossier_comes_back_whole() -> None:
    sealed = KEY.close(Record.of(DOSSIER))
    assert RecordKey(CODE, "4321", SALT).open(sealed).dossier() == DOSSIER


def test_a_dossier_of_which_little_is_known_comes_back_too() -> None:
    little = Dossier(
        code=CODE,
        procedure_code="1.001193",
        procedure_name="Thủ tục đăng ký khai sinh",
        status=DossierStatus.UNKNOWN,
        received_on=None,
        appointment_on=None,
        finished_on=None,
        supplement=None,
        office=None,
        updated_at=DOSSIER.updated_at,
    )
    assert KEY.open(KEY.close(Record.of(little))).dossier() == little


def test_the_digits_of_a_code_alone_find_the_same_record() -> None:
    typed = RecordKey("155005" + "261008" + "0975", "4321", SALT)
    assert typed.id == KEY.id
    assert typed.open(KEY.close(Record.of(DOSSIER))).code == CODE


def test_an_id_tells_nothing_and_is_long_enough_that_no_two_meet() -> None:
    assert len(KEY.id) == 24
    assert CODE not in KEY.id


@pytest.mark.parametrize(
    ("code", "last4", "salt"),
    [
        (CODE, "4322", SALT),
        ("H15.50.05-261008-0976", "4321", SALT),
        (CODE, "4321", b"of another installation"),
    ],
)
def test_no_other_digits_code_or_installation_opens_it(code: str, last4: str, salt: bytes) -> None:
    other = RecordKey(code, last4, salt)
    assert other.id != KEY.id
    with pytest.raises(ValueError, match="another dossier's"):
        other.open(KEY.close(Record.of(DOSSIER)))


def test_the_same_record_is_the_same_text_and_a_changed_one_shares_no_nonce() -> None:
    changed = Record.of(DOSSIER).model_copy(update={"status": 9})
    sealed, again, other = KEY.close(Record.of(DOSSIER)), KEY.close(Record.of(DOSSIER)), KEY.close(changed)
    assert sealed == again
    assert base64.b64decode(sealed)[:12] != base64.b64decode(other)[:12]


def test_what_most_records_hold_does_not_travel_with_each() -> None:
    record = Record.of(DOSSIER)
    assert len(base64.b64decode(KEY.close(record))) < 0.6 * len(record.to_bytes())


def test_a_damaged_record_is_no_record() -> None:
    raw = bytearray(base64.b64decode(KEY.close(Record.of(DOSSIER))))
    raw[-1] ^= 1
    with pytest.raises(ValueError, match="another dossier's"):
        KEY.open(base64.b64encode(bytes(raw)).decode())
