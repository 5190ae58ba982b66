"""The catalogue on PostgreSQL answers as it does on SQLite."""

from __future__ import annotations

import json
from pathlib import Path

from installations import open_catalogue
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures

RECORD = {
    "code": "9.000001",
    "name": "Thủ tục đăng ký nuôi ong",
    "agency": "Bộ Nông nghiệp\u0000 và Môi trường",
    "field": "Chăn nuôi",
    "levels": ["Cấp xã"],
    "methods": [{"method": "DIRECT", "fee_amount": 0, "fee_currency": "VND"}],
    "papers": [],
    "crawl_snapshot": "2026-07-20",
}
CHANGE = {"old": ["9.000001"], "new": ["9.000002"], "what": "Gộp thủ tục", "certainty": "read in full"}


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return path


def test_records_are_imported_told_and_replaced(postgres_url: str, tmp_path: Path) -> None:  # noqa: F811
    store = open_catalogue(postgres_url)
    path = write(tmp_path / "a.jsonl", RECORD, {**RECORD, "code": "9.000002"}, CHANGE)
    report = store.import_paths([path])
    assert (report.imported, report.notices, report.skipped) == (("9.000001", "9.000002"), 1, ())
    version = store.version()
    assert store.import_paths([path]).unchanged == ("9.000001", "9.000002")
    assert store.version() == version
    newer = write(tmp_path / "b.jsonl", {**RECORD, "crawl_snapshot": "2026-08-01"})
    assert store.import_paths([newer]).updated == ("9.000001",)
    assert store.version() != version
    found, current = store.get("9.000001"), store.current("9.000001")
    assert found is not None
    assert current is not None
    assert (found.agency, found.replaced_by) == ("Bộ Nông nghiệp và Môi trường", ("9.000002",))
    assert current.code == "9.000002"
    assert [light.code for light in store.light()] == [procedure.code for procedure in store.all()]
    store.close()
