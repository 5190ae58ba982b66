"""Answers of each system about one dossier, with invented people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from runtime.clock import VIETNAM

CODE = "H15.50.05.21-261103-9042"
NATION_CODE = "G22.99.08-261103-112299"
NOW = datetime(2026, 11, 5, 9, 0, tzinfo=VIETNAM)

SYNCHRONISED: dict[str, Any] = {
    "MaHoSo": CODE,
    "MaTTHC": "1.001193",
    "TenTTHC": "Đăng ký khai sinh",
    "MaDoiTuong": "000000007042",
    "SoDienThoai": "0900000142",
    "NgayTiepNhan": "20261103090500",
    "NgayHenTra": "20261106170000",
    "NgayKetThucXuLy": "",
    "TrangThaiHoSo": "5",
    "DonViXuLy": "Trung tâm Phục vụ hành chính công xã Ví Dụ",
    "DanhSachHoSoBoSung": [
        {"NoiDungBoSung": "Giấy chứng sinh", "NgayBoSung": "20261104080000", "NgayHenTraMoi": "20261110170000"},
        {"NoiDungBoSung": "Tờ khai cũ", "NgayBoSung": "20261103100000"},
    ],
    "DanhSachLePhi": [
        {"Gia": 8000, "TrangThaiThanhToan": 0},
        {"Gia": 50000, "TrangThaiThanhToan": 1},
    ],
}

IGATE: dict[str, Any] = {
    "code": CODE,
    "nationCode": NATION_CODE,
    "dossierStatus": {"id": 2, "name": "Đang xử lý"},
    "dossierTaskStatus": {"id": "60e4", "name": [{"languageId": 228, "name": "Chờ bổ sung hồ sơ"}]},
    "procedure": {"code": "1.001193", "translate": [{"languageId": 228, "name": "Đăng ký khai sinh"}]},
    "agency": {"name": [{"languageId": 228, "name": "Trung tâm Phục vụ hành chính công xã Ví Dụ"}]},
    "acceptedDate": "2026-11-03T09:05:00.000+0700",
    "appointmentDate": "2026-11-06T17:00:00.000+0700",
    "completedDate": None,
    "updatedDate": "2026-11-04T10:00:00.000+0700",
    "applicant": {"data": {"phoneNumber": "0900000142", "identityNumber": "000000007042"}},
}
