"""The record of a dossier as agencies synchronise it (``DongBoHoSoMC``): of the national portal and ministries.

No official text of the fields was found; these are what public callers of several agencies send and read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from actions.backends.answers import Record, procedure
from actions.backends.fields import day, endings, items, line, moment, phone, same_code, status_of_code
from actions.dossiers.backend import ProvableDossier
from actions.dossiers.model import Dossier, DossierStatus

_UNPAID: Final = frozenset({0, "0"})
_MOMENTS: Final = ("NgayCapNhat", "NgayTra", "NgayKetThucXuLy", "NgayTiepNhan", "NgayNop")


def is_of(record: object, code: str) -> bool:
    """Whether a record is the one of this code."""
    return isinstance(record, dict) and same_code(record.get("MaHoSo"), code)


def synchronised(record: Record, code: str, asked_at: datetime) -> ProvableDossier:
    """A record as the look-up knows it; pure.

    Args:
        record: of this code, see :func:`is_of`.
        code: canonical.
        asked_at: stands where the record names no moment, and bounds those it names.

    Raises:
        BackendRejected: it lacks what nothing can be told without.
    """
    procedure_code, procedure_name = procedure(record.get("MaTTHC"), record.get("TenTTHC"))
    asked = _supplements(record)
    person = record.get("ThongTinNguoiNop")
    submitter: Record = person if isinstance(person, dict) else {}
    phones = [record.get("SoDienThoai"), submitter.get("SoDienThoai")]
    identities = [record.get("MaDoiTuong"), submitter.get("SoDinhDanh")]
    received_at = moment(record.get("NgayTiepNhan"))
    moved = [found for one in asked if (found := day(one.get("NgayHenTraMoi"))) is not None]
    dossier = Dossier(
        code=code,
        procedure_code=procedure_code,
        procedure_name=procedure_name,
        status=_status(record),
        received_on=received_at.date() if received_at is not None else None,
        received_at=received_at,
        appointment_on=moved[-1] if moved else day(record.get("NgayHenTra")),
        finished_on=day(record.get("NgayKetThucXuLy")) or day(record.get("NgayTra")),
        supplement=line(asked[-1].get("NoiDungBoSung")) if asked else None,
        office=line(record.get("DonViXuLy")),
        updated_at=max((one for one in _moments(record, asked) if one <= asked_at), default=asked_at),
        fee_due=_fee_due(record),
    )
    return ProvableDossier(dossier, endings(phones, identities), next(filter(None, map(phone, phones)), None))


def _status(record: Record) -> DossierStatus:
    return status_of_code(record.get("TrangThaiHoSo", record.get("TrangThai")))


def _supplements(record: Record) -> list[Record]:
    """Requests for papers, the newest last."""
    found = items(record.get("DanhSachHoSoBoSung"))
    dated = [(moment(one.get("NgayBoSung")), number, one) for number, one in enumerate(found)]
    return [one for _, _, one in sorted(dated, key=lambda row: (row[0].timestamp() if row[0] else 0.0, row[1]))]


def _moments(record: Record, asked: list[Record]) -> Iterator[datetime]:
    values = [record.get(name) for name in _MOMENTS] + [one.get("NgayBoSung") for one in asked]
    return (found for value in values if (found := moment(value)) is not None)


def _fee_due(record: Record) -> int | None:
    """What of the fees is said to be unpaid (``TrangThaiThanhToan`` 0)."""
    unpaid = [
        one.get("Gia")
        for one in items(record.get("DanhSachLePhi"))
        if isinstance(state := one.get("TrangThaiThanhToan"), str | int) and state in _UNPAID
    ]
    amounts = [int(one) for one in unpaid if isinstance(one, int | float) and 0 < one < 1e12]
    return sum(amounts) or None
