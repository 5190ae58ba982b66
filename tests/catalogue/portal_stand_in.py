"""A stand-in for the portal's data service on loopback: log-in, session, conditional answers, and every bad mood."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PASSWORD = "only for this test"


def answered(code: str = "9.000001", *, name: str = "Thủ tục đăng ký nuôi ong", fee: str = "50.000") -> dict[str, Any]:
    """One record as the service tells it."""
    times = [
        {
            "THOIGIANGIAIQUYET": "3",
            "DONVITINH": "Ngày làm việc",
            "MOTA": "",
            "PHILEPHI": [{"DONVI": "Đồng", "SOTIEN": fee, "MOTA": ""}],
        }
    ]
    return {
        "ID": "1",
        "MATTHC": code,
        "TENTTHC": name,
        "MACOQUANCONGBO": "G10",
        "TRANGTHAI": "1",
        "DIACHITIEPNHAN": "Ủy ban nhân dân cấp xã",
        "YEUCAU": "Không",
        "COQUANTHUCHIEN": [{"TENDONVI": "Ủy ban nhân dân cấp xã"}],
        "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Bước 1: Nộp đơn. Bước 2: Nhận giấy."}]}],
        "CAPTHUCHIEN": [{"TENCAP": "Cấp Xã"}],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": "G10-CN01", "TENLINHVUC": "Chăn nuôi"}],
        "CACHTHUCTHUCHIEN": [{"KENH": "1", "THOIGIAN": times}],
        "DOITUONGTHUCHIEN": [{"TENDOITUONG": "Công dân Việt Nam"}],
        "THANHPHANHOSO": [
            {"TRUONGHOP": "", "GIAYTO": [{"TENGIAYTO": "- Đơn đăng ký", "SOBANCHINH": "1", "SOBANSAO": "0"}]}
        ],
        "KETQUATHUCHIEN": [{"TENKETQUA": "Giấy chứng nhận"}],
        "CANCUPHAPLY": [{"SOVANBAN": "32/2018/QH14", "NGAYBANHANH": "2018-11-19", "NGAYHIEULUC": "2020-01-01"}],
    }


@dataclass
class Portal:
    """The service, in the mood a test wants."""

    url: str = ""
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sessions: int = 0
    session_ends: bool = False
    """Forget the session at the next question."""
    statuses: list[int] = field(default_factory=list)
    """Answers to the next questions, before the right ones."""
    raw: bytes | None = None
    retry_after: str | None = None
    away_after: int | None = None
    """Questions after which nothing but 500 comes."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Each code with the conditional headers it came with."""
    answered: list[int] = field(default_factory=list)


@contextmanager
def portal_running() -> Iterator[Portal]:
    """A stand-in that listens on a port of its own."""
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/login":
                self._log_in(body)
            else:
                self._answer(body)

        def _log_in(self, body: dict[str, str]) -> None:
            if body["password"] != PASSWORD or self.headers["dstcode"] != "VN:TEST":
                self._send(200, {"error_code": "-1"})
                return
            portal.sessions += 1
            portal.session_ends = False
            self._send(200, {"error_code": "0", "session": f"session-{portal.sessions}"})

        def _answer(self, body: dict[str, str]) -> None:
            conditions = {name: self.headers[name] for name in ("If-None-Match",) if self.headers[name]}
            portal.asked.append((body["maTTHC"], conditions))
            if portal.away_after is not None and len(portal.asked) > portal.away_after:
                self._send(500, {})
            elif portal.statuses:
                self._send(portal.statuses.pop(0), {})
            elif portal.raw is not None:
                self._send(200, portal.raw)
            elif portal.session_ends or body["session"] != f"session-{portal.sessions}" or body["madonvi"] != "UNIT":
                self._send(200, {"error_code": "-1"})
            else:
                self._record(portal.records.get(body["maTTHC"], []), conditions)

        def _record(self, found: list[dict[str, Any]], conditions: dict[str, str]) -> None:
            content = json.dumps({"result": found, "error_code": "0"}).encode()
            etag = f'"{md5(content, usedforsecurity=False).hexdigest()}"'
            if conditions.get("If-None-Match") == etag:
                self._send(304, b"")
            else:
                self._send(200, content, etag)

        def _send(self, status: int, content: bytes | dict[str, str], etag: str | None = None) -> None:
            portal.answered.append(status)
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            if etag:
                self.send_header("ETag", etag)
            if portal.retry_after and status in (429, 503):
                self.send_header("Retry-After", portal.retry_after)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    portal.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield portal
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
