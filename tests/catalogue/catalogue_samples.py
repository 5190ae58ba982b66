"""Small records in every published shape, in our own words; the codes are made up (9.…)."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PORTAL: Json = {
    "code": "9.000001",
    "name": "Thủ tục đăng ký nuôi ong lấy mật",
    "agency": "Bộ Nông nghiệp và Môi trường",
    "field": "Chăn nuôi",
    "levels": ["Cấp xã"],
    "decision_no": "Quyết định số 12 /QĐ-BNNMT",
    "subjects": ["Công dân Việt Nam", "Hợp tác xã"],
    "executing_agency": "Ủy ban nhân dân cấp xã",
    "receiving_address": None,
    "steps_text": "Bước 1: Người nuôi ong nộp hồ sơ.\nBước 2: Cán bộ đến xem đàn ong.\nBước 3: Nhận giấy.",
    "methods": [
        {
            "method": "DIRECT",
            "time_value": 5,
            "time_unit": "WORKING_DAY",
            "fee_label": "Miễn phí",
            "fee_amount": 0,
            "fee_currency": "VND",
            "note": "Nộp tại quầy một cửa",
        },
        {
            "method": "ONLINE",
            "time_value": 3,
            "time_unit": "WORKING_DAY",
            "fee_label": "Miễn phí",
            "fee_amount": 0,
            "fee_currency": "VND",
            "note": "",
        },
    ],
    "papers": [
        {
            "case": "--",
            "papers": [
                {"name": "- Tờ khai nuôi ong theo mẫu;", "originals": 1, "copies": 0},
                {"name": "+ Ảnh chụp nơi đặt thùng ong", "originals": 0, "copies": 2},
            ],
        }
    ],
    "legal_basis_numbers": ["11/2020/NĐ-CP"],
    "conditions": "Không",
    "result": "Giấy xác nhận nuôi ongMã: KQ.G10.000999",
    "portal_url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/mau-1",
    "crawl_snapshot": "2026-07-20",
    "flags": [],
}

CURATED: Json = {
    "code": "9.000002",
    "name": "Cấp, đổi, cấp lại thẻ nuôi ong",
    "agency": "Bộ Nông nghiệp và Môi trường",
    "field": "Chăn nuôi",
    "levels": ["Cấp xã", "Cấp tỉnh"],
    "decision_no": "99/QĐ-BNNMT",
    "decision_date": "2026-08-18",
    "portal_updated": "2026-08-21",
    "subjects": ["Công dân Việt Nam"],
    "executing_agency": "Công an cấp xã (BCA_CAX)",
    "replaces": ["9.000001"],
    "cases": [{"name": "Cấp lần đầu", "submission": "Đến nộp tại xã"}],
    "methods": [
        {
            "method": "DIRECT",
            "time_value": 7,
            "time_unit": "WORKING_DAY",
            "fees": [
                {"type": "FEE", "value": 0, "description": "Cấp thẻ lần đầu"},
                {
                    "type": "FEE",
                    "value": 50000,
                    "description": "Đổi thẻ. Đến hết 31/12/2026 mức thu bằng 50% mức quy định",
                    "ambiguity": "before or after the cut",
                },
            ],
            "note": "Giờ hành chính",
        }
    ],
    "papers": [{"case": None, "papers": [{"name": "Phiếu đề nghị (Mẫu O1)", "originals": 1, "copies": 0}]}],
    "result": "Thẻ nuôi ong (KQ.G10.000023)",
    "legal_basis_numbers": ["26/2023/QH15"],
    "portal_url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/mau-2",
    "flags": ["transcribed_by_hand", "fee_valid_until_2026-12-31"],
}

DEFENCE: Json = {
    "thu_tuc_id": "9.000003",
    "source_file": "mau.doc",
    "metadata": {
        "mã_thủ_tục": "9.000003",
        "tên_thủ_tục": "Thủ tục xin dùng bãi tập của xã",
        "số_quyết_định": "Quyết định số 77/QĐ-BQP",
        "cấp_thực_hiện": "Cấp Bộ, Cấp Xã",
        "loại_thủ_tục": "Loại khác",
        "lĩnh_vực": "Dân quân tự vệ",
    },
    "content": {
        "trình_tự_thực_hiện": "Bước 1. Gửi đơn cho ban chỉ huy xã. Bước 2. Chờ trả lời.",
        "đối_tượng_thực_hiện": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
        "cơ_quan_thực_hiện": "Ban chỉ huy quân sự cấp xã",
        "địa_chỉ_tiếp_nhận_hs": "Không có thông tin",
        "kết_quả_thực_hiện": "Văn bản đồng ý",
        "yêu_cầu_điều_kiện_thực_hiện": "Không",
    },
    "tables": {
        "hinh_thuc_nop": [
            {
                "hinh_thuc": "Trực tiếp",
                "thoi_han_giai_quyet": "30 Ngày làm việc",
                "phi_le_phi": "Phí : 0 Đồng",
                "mo_ta": "",
            }
        ],
        "thanh_phan_ho_so": [
            {
                "ten_giay_to": "Đơn xin dùng bãi tập",
                "so_luong": "Mau01.doc",
                "ghi_chu": "Bản chính: 2\nBản sao: 1",
            }
        ],
        "can_cu_phap_ly": [{"so_ky_hieu": "12", "trich_yeu": "Nghị định số 12/2021/NĐ-CP về bãi tập"}],
    },
}

RURAL: Json = {
    "code": "9.000001",
    "short_name": "Giấy nuôi ong",
    "official_name": "Thủ tục đăng ký nuôi ong lấy mật",
    "agency": "Bộ Nông nghiệp và Môi trường",
    "levels": ["Cấp xã"],
    "where_after_2025": "UBND cấp xã / TT PVHCC bất kỳ",
    "colloquial": ["xin nuôi ong", "làm giấy ong"],
    "time_and_fee": [
        {
            "method": "DIRECT",
            "time_value": 5,
            "time_unit": "WORKING_DAY",
            "fee_amount": 0,
            "fee_label": "Miễn phí",
            "note": "",
        }
    ],
    "papers": [],
    "legal_basis": ["11/2020/NĐ-CP"],
    "decision": "12/QĐ-BNNMT",
    "result": "Giấy xác nhận nuôi ong",
    "portal_url": None,
    "snapshot": "2026-07-20",
    "flags": [],
}

SUPERSEDED: Json = {
    "old": ["9.000001"],
    "new": ["9.000002 (cấp xã)"],
    "what": "Hai thủ tục nuôi ong nhập làm một",
    "certainty": "9.000002 read in full",
}

REJECTED: Json = {
    "file": "bo/9.000009.json",
    "asked_code": "9.000009",
    "page_code": "9.000001",
    "page_title": "Đăng ký nuôi ong lấy mật",
}


def changed(record: Json, **fields: Any) -> Json:
    """A deep copy of a record with some fields of its own."""
    return {**copy.deepcopy(record), **fields}


def method(**fields: Any) -> Json:
    """One way of submission of the portal's older shape."""
    return {**copy.deepcopy(PORTAL["methods"][0]), "note": "", **fields}


def write_lines(path: Path, *records: Json | str | bytes) -> Path:
    """A file with one record a line; text and bytes are written as they are."""
    told = [
        record if isinstance(record, bytes) else _line(record).encode("utf-8", errors="surrogatepass")
        for record in records
    ]
    content = b"\n".join(told) + b"\n"
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_document(path: Path, content: object) -> Path:
    """A file with one JSON document over many lines."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _line(record: Json | str) -> str:
    return record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
