"""What tests of registries share: the words, a record of each kind, and a registry that says what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from actions.registries.registry import RegistryEntry
from contract.wording import Wording, wording_of

TODAY: Final = date(2026, 11, 23)
NLU_DATA: Final = Path(__file__).parents[3] / "nlu_data"
PERSON: Final = {"soDienThoai": "0900000901", "soDinhDanh": "000000008901"}
RECORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "population": {"maHoSo": "H15.50.05.21-261102-7001", "trangThaiCuTru": "1", "ngayCapNhatCuTru": "12/11/2026"},
    "insurance": {
        **{"maThe": "DN4000000000901", "maKetQua": "000", "gtTheTu": "01/01/2026", "gtTheDen": "31/12/2026"},
        **{"soThangDong": 87, "tenDKBD": "Trạm y tế xã Ví Dụ"},
    },
    "land": {"soPhatHanh": "AA 00123456", "bienDong": [{"trangThai": "1", "ngayGhi": "05/10/2026"}]},
    "business": {"mst": "0000000931", "tthai": "04", "thuePhaiNop": [{"soTien": 450000, "hanNop": "15/12/2026"}]},
    "vehicle": {
        "bienSo": "00H1-000.42",
        "viPham": [{"thoiGian": "10:32, 20/10/2026", "trangThai": "Chưa xử phạt", "noiGiaiQuyet": "Công an xã Ví Dụ"}],
    },
}
KEYS: Final = {
    "population": "H155005212611027001",
    "insurance": "0000000901",
    "land": "AA00123456",
    "business": "0000000931",
    "vehicle": "00H100042",
}


def words() -> Wording:
    return wording_of(NLU_DATA).room("registries")


def entry(text: str = "Có.", ending: str = "0901", key: str = "k") -> RegistryEntry:
    return RegistryEntry(key, {"it": {"vi": text}}, (ending,), f"090000{ending}")


class Scripted:
    """Answers what a test says."""

    matter = "trial"
    purpose = {"vi": "Thử."}
    asks_key = {"vi": "Xin cho số."}
    needs_consent = False
    seconds = 0.2
    kept_on_kiosks = False

    def __init__(self, answer: Callable[[], Sequence[RegistryEntry]]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def read_key(self, text: str, today: date) -> str | None:
        return text.strip() or None

    def find(self, key: str) -> Sequence[RegistryEntry]:
        self.asked.append(key)
        return self.answer()
