"""The sandbox's dossiers and entries of registries in the words of each system."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import yaml

from actions.backends import igate
from actions.dossiers.sandbox import SandboxDossier, SandboxPerson
from actions.registries.kind import Kind
from actions.registries.sandbox import records_of
from cli.stand_ins.moods import Mood

UNKNOWN_STATE: Final = 97
_WRITTEN_DAY: Final = re.compile(r"\d\d/\d\d/\d{4}$")
_AFTERNOON: Final = timedelta(hours=16, minutes=30)
_OLD: Final = "1900-01-01T00:00:00"
THOUSANDS: Final = 10_000


def synchronised(dossier: SandboxDossier, now: datetime, mood: Mood) -> dict[str, Any]:
    """A record of ``DongBoHoSoMC``."""
    person = dossier.person

    def stamp(days: int | None) -> str:
        return "19000101000000" if mood is Mood.OLD_DATES else "" if days is None else f"{_at(now, days):%Y%m%d%H%M%S}"

    asked = dossier.supplement and {"NoiDungBoSung": dossier.supplement, "NgayBoSung": stamp(dossier.received)}
    return {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.procedure_code,
        "TenTTHC": dossier.procedure_name,
        "ChuHoSo": person.applicant,
        "LoaiDoiTuong": "1",
        "MaDoiTuong": person.identity,
        "SoDienThoai": person.phone,
        "NgayTiepNhan": stamp(dossier.received),
        "NgayHenTra": stamp(dossier.appointment),
        "NgayKetThucXuLy": stamp(dossier.finished),
        "NgayCapNhat": f"{now - timedelta(hours=dossier.updated_hours_ago):%Y%m%d%H%M%S}",
        "TrangThaiHoSo": str(UNKNOWN_STATE if mood is Mood.UNKNOWN_STATE else int(dossier.status)),
        "DonViXuLy": dossier.office,
        "DanhSachHoSoBoSung": [asked] if asked else [],
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [],
    }


def igate_record(dossier: SandboxDossier, now: datetime, mood: Mood) -> dict[str, Any]:
    """An element of ``content`` of VNPT iGate 2."""
    person = dossier.person

    def stamp(days: int | None) -> str | None:
        if mood is Mood.OLD_DATES:
            return f"{_OLD}.000+0700"
        return None if days is None else f"{_at(now, days):%Y-%m-%dT%H:%M:%S}.000+0700"

    state = "???" if mood is Mood.UNKNOWN_STATE else STATE_NAMES[int(dossier.status)]
    updated = now - timedelta(hours=dossier.updated_hours_ago)
    return {
        "id": f"6907c1a2e4b0a1c2{int(person.phone[-4:]):08x}",
        "code": dossier.code,
        "nationCode": None,
        # The number is no national code: a province counts for itself.
        "dossierStatus": {"id": (int(dossier.status) * 7) % 19, "name": state},
        "dossierTaskStatus": {"id": "60e409823dfc9609723e0000", "name": [{"languageId": 228, "name": state}]},
        "procedure": {
            "id": "6243fed45b82236f1d1c0000",
            "code": dossier.procedure_code,
            "translate": {"languageId": 228, "name": dossier.procedure_name},
        },
        "agency": {"id": "62174f6f378b3c2a00000000", "name": [{"languageId": 228, "name": dossier.office}]},
        "appliedDate": stamp(dossier.received),
        "acceptedDate": stamp(dossier.received),
        "appointmentDate": stamp(dossier.appointment),
        "dueDate": stamp(dossier.appointment),
        "completedDate": stamp(dossier.finished),
        "updatedDate": f"{updated:%Y-%m-%dT%H:%M:%S}.000+0700",
        "applicant": {
            "data": {"fullname": person.applicant, "phoneNumber": person.phone, "identityNumber": person.identity}
        },
    }


def records(
    dossiers: Mapping[str, SandboxDossier],
    code: str,
    now: datetime,
    mood: Mood,
    record: Callable[[SandboxDossier, datetime, Mood], dict[str, Any]],
) -> list[dict[str, Any]]:
    """What a question about a code finds."""
    known = dossiers.get(code)
    if known is None:
        return []
    right = record(known, now, mood)
    key = "MaHoSo" if "MaHoSo" in right else "code"
    match mood:
        case Mood.OTHER_DOSSIER:
            return [{**right, key: "H99.99-261101-0001"}]
        case Mood.OTHER_PERSON:
            somebody = SandboxPerson.numbered(0)
            return [right, record(_of(known, somebody), now, mood)]
        case Mood.THOUSANDS:
            short = {name: right[name] for name in list(right)[:3]}
            return [*({**short, key: f"H99.99-261101-{number:04}"} for number in range(THOUSANDS)), right]
    return [right]


def registry_records(kind: Kind, key: str, today: date, mood: Mood) -> list[dict[str, Any]]:
    """What a question to a registry finds."""
    found = records_of(kind, key, today)
    if not found:
        return []
    right = found[0]
    match mood:
        case Mood.OTHER_DOSSIER:
            return [{**right, kind.field: "ZZ 99999999"}]
        case Mood.OTHER_PERSON:
            return [right, {**right, "soDienThoai": "0900000100", "soDinhDanh": "000000007000"}]
        case Mood.THOUSANDS:
            others = ({kind.field: f"ZZ {number:08}", "soDienThoai": "0900000100"} for number in range(THOUSANDS))
            return [*others, *found]
        case Mood.OLD_DATES:
            return [_aged(one) for one in found]
        case Mood.UNKNOWN_STATE:
            states = ("trangThaiCuTru", "maKetQua", "tthai")
            return [{**one, **{name: str(UNKNOWN_STATE) for name in states if name in one}} for one in found]
    return found


def _aged(value: Any) -> Any:
    """With 1900 in place of every date."""
    if isinstance(value, dict):
        return {name: _aged(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_aged(one) for one in value]
    return "01/01/1900" if isinstance(value, str) and _WRITTEN_DAY.search(value) else value


def _of(dossier: SandboxDossier, person: SandboxPerson) -> SandboxDossier:
    return SandboxDossier(**{name: getattr(dossier, name) for name in dossier.__slots__} | {"person": person})


def _at(now: datetime, days: int) -> datetime:
    day: date = now.date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day) + _AFTERNOON


def _state_names() -> dict[int, str]:
    known: dict[str, int] = yaml.safe_load(igate.STATES_FILE.read_text(encoding="utf-8"))["states"]
    return {code: name for name, code in reversed(known.items())}


STATE_NAMES: Final = _state_names()
"""A name for each national code."""
