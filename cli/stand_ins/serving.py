"""The stand-ins as WSGI applications, and a server for them."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml
from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from actions.dossiers.sandbox import SandboxDossier, read_sandbox
from actions.registries.kind import Kind
from actions.registries.kinds import KINDS
from cli.stand_ins.kinds import ACCOUNT, As
from cli.stand_ins.moods import Moods, add_moods
from cli.stand_ins.records import igate_record, records, registry_records, synchronised

SESSION_SECONDS: Final = 1800.0
KEYCLOAK_SECONDS: Final = 300.0
TOKEN_SECONDS: Final = 3600.0
MOST_BODY: Final = 64_000
_FOLDER: Final = Path(__file__).parent


class StandIn:
    """One system with the sandbox's dossiers.

    Args:
        kind: which.
        now: the time.
        dossiers: it knows; the sandbox's where None.
    """

    def __init__(self, kind: As, now: Callable[[], datetime], dossiers: Iterable[SandboxDossier] | None = None) -> None:
        self.kind = kind
        self.moods = Moods()
        self._now = now
        known = read_sandbox() if dossiers is None else dossiers
        self._dossiers: Mapping[str, SandboxDossier] = {one.code: one for one in known}
        self._tokens: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self.app = self._application()

    def _application(self) -> Flask:
        app = Flask(f"stand_in_{self.kind}")
        app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
        add_moods(app, self.moods)
        description = yaml.safe_load((_FOLDER / f"{self.kind}.openapi.yml").read_text(encoding="utf-8"))
        app.add_url_rule("/openapi.json", "openapi", lambda: description)
        match self.kind:
            case As.NATIONAL:
                app.add_url_rule("/auth", "auth", self._log_in, methods=["POST"])
                app.add_url_rule("/share", "share", self._share, methods=["POST"])
            case As.LGSP:
                app.add_url_rule("/token", "token", self._client_token, methods=["POST"])
                app.add_url_rule("/TraCuuHoSo", "look_up", self._lgsp, methods=["POST"])
            case As.PROVINCE:
                realm = "/auth/realms/digo/protocol/openid-connect/token"
                app.add_url_rule(realm, "token", self._keycloak_token, methods=["POST"])
                app.add_url_rule("/pa/dossier/search", "search", self._search, methods=["GET"])
            case As.REGISTRIES:
                app.add_url_rule("/token", "token", self._client_token, methods=["POST"])
                for kind in KINDS.values():
                    asked = partial(self._registry, kind)
                    app.add_url_rule(kind.path, kind.matter, asked, methods=["POST"])
        return app

    # The national portal's adapter.

    def _log_in(self) -> Any:
        body = _body()
        if not request.headers.get("dstcode") or not _is_account(body.get("username"), body.get("password")):
            return {"error_code": "-1", "message": "unknown account or target"}
        return {"error_code": "0", "session": self._given(SESSION_SECONDS)}

    def _share(self) -> Any:
        body = _body()
        if not self._is_good(body.get("session")):
            return {"error_code": "-1", "message": "session is not valid"}
        if not isinstance(body.get("madonvi"), str) or body.get("service") != "TraCuuHoSo":
            return {"error_code": "-1", "message": "unknown unit or service"}
        return self._answered(
            str(body.get("mahoso", "")),
            synchronised,
            lambda found: {"error_code": "0", "result": found},
            {"error_code": "-1", "message": "the service is busy"},
        )

    # A ministry's LGSP.

    def _client_token(self) -> Any:
        if request.form.get("grant_type") != "client_credentials":
            return {"error": "unsupported_grant_type"}, 400
        kind, _, coded = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, password = "", ""
        if kind != "Basic" or not _is_account(name, password):
            return {"error": "invalid_client"}, 401
        token = self._given(TOKEN_SECONDS)
        return {
            "access_token": token,
            "scope": "am_application_scope default",
            "token_type": "Bearer",
            "expires_in": int(TOKEN_SECONDS),
        }

    def _lgsp(self) -> Any:
        if not self._has_token():
            return {"error_code": "401", "message": "invalid token"}, 401
        body = _body()
        code = body.get("MaHoSo")
        if not isinstance(code, str) or not code or not isinstance(body.get("MaDonVi"), str):
            return {"error_code": "400", "message": "MaHoSo and MaDonVi are needed"}, 400
        return self._answered(
            code,
            synchronised,
            lambda found: {"error_code": "00", "message": "", "data": found},
            {"error_code": "502", "message": "no answer from the system behind"},
        )

    # A province's VNPT iGate 2.

    def _keycloak_token(self) -> Any:
        form = request.form
        if form.get("grant_type") != "password" or not form.get("client_id"):
            return {"error": "unsupported_grant_type"}, 400
        if not _is_account(form.get("username"), form.get("password")):
            return {"error": "invalid_grant", "error_description": "Invalid user credentials"}, 401
        token = self._given(KEYCLOAK_SECONDS)
        life = int(KEYCLOAK_SECONDS)
        return {"access_token": token, "expires_in": life, "refresh_expires_in": 1800, "token_type": "Bearer"}

    def _search(self) -> Any:
        if not self._has_token():
            return {"status": 401, "title": "Unauthorized"}, 401
        page, size = request.args.get("page", "0"), request.args.get("size", "20")
        if request.args.get("spec") not in {"page", "slice"} or not (_is_number(page) and _is_number(size)):
            return {
                "status": 400,
                "title": "One or more validation errors occurred.",
                "errors": {"spec": ["page or slice"]},
            }, 400
        whole = request.args.get("spec") == "page"

        def shown(found: list[dict[str, Any]]) -> dict[str, Any]:
            totals = {"totalElements": len(found), "totalPages": min(1, len(found))} if whole else {}
            return {"content": found, **totals, "number": int(page), "size": int(size), "last": True}

        error = {"status": 500, "title": "Internal error", "errors": {"code": ["?"]}}
        return self._answered(request.args.get("code", ""), igate_record, shown, error)

    # Registries.

    def _registry(self, kind: Kind) -> Any:
        if not self._has_token():
            return {"error_code": "401", "message": "invalid token"}, 401
        body = _body()
        key = body.get(kind.field)
        known = all(body.get(name) == value for name, value in kind.more.items())
        if not isinstance(key, str) or not key or not isinstance(body.get("maDonVi"), str) or not known:
            return {"error_code": "400", "message": f"{kind.field} and maDonVi are needed"}, 400
        wanted = self.moods.wanted
        self.moods.begin(key)
        try:
            time.sleep(wanted.seconds)
            found = registry_records(kind, key, self._now().date(), wanted.mood)
            busy = {"error_code": "-1", "message": "the service is busy"}
            return self.moods.shown({"error_code": "00", "data": found}, busy)
        finally:
            self.moods.end(key)

    # What they share.

    def _answered(
        self,
        code: str,
        record: Callable[..., dict[str, Any]],
        shown: Callable[[list[dict[str, Any]]], dict[str, Any]],
        error: dict[str, Any],
    ) -> Response:
        wanted = self.moods.wanted
        self.moods.begin(code)
        try:
            time.sleep(wanted.seconds)
            found = records(self._dossiers, code, self._now(), wanted.mood, record)
            return self.moods.shown(shown(found), error)
        finally:
            self.moods.end(code)

    def _given(self, seconds: float) -> str:
        token = secrets.token_hex(16)
        with self._lock:
            now = time.monotonic()
            self._tokens = {key: held for key, held in self._tokens.items() if held[0] > now}
            self._tokens[token] = (now + seconds, self.moods.generation)
        return token

    def _is_good(self, token: object) -> bool:
        with self._lock:
            ends, generation = self._tokens.get(token, (0.0, -1)) if isinstance(token, str) else (0.0, -1)
        return time.monotonic() < ends and generation == self.moods.generation

    def _has_token(self) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return kind == "Bearer" and self._is_good(token)


@contextmanager
def serving(stand_in: StandIn, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve while the block runs; gives the address."""
    server = make_server(host, port, stand_in.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=f"stand-in-{stand_in.kind}", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Paths hold codes."""


def _body() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    return body if isinstance(body, dict) else {}


def _is_account(name: object, password: object) -> bool:
    return all(isinstance(one, str) and hmac.compare_digest(one.encode(), ACCOUNT.encode()) for one in (name, password))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6
