"""The page itself, its modules, pictures and fonts. Nothing of it comes from anywhere else."""

from __future__ import annotations

import base64
import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, make_response, render_template_string, request, send_file, send_from_directory

from channels.errors import Problem
from kiosk.page.static_files import STATIC, script, style
from kiosk.printing.fonts import WEIGHTS, make_web_fonts, web_font
from kiosk.words import words

INDEX: Final = STATIC / "index.html"
POLICY: Final = (
    "default-src 'none'; script-src 'self' {inline}; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; media-src blob: 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'"
)
_ONE_HOUR: Final = 3_600
_TEXTS: Final = frozenset({"application/json", "application/javascript"})
_WORTH_IT: Final = 600
"""Bytes below which a packet is a packet."""


def add_files(page: Blueprint, fonts: Path) -> None:
    """Add the addresses of files.

    Args:
        page: gets them.
        fonts: folder for the fonts made for the page.
    """

    make_web_fonts(fonts)
    page.after_request(squeeze)
    policy = POLICY.format(inline=_inline_script())

    @page.get("")
    def index() -> Response:
        room = words()
        shown = {key: room.text(room.default, key) for key in ("name", "starting_title", "starting")}
        response = make_response(render_template_string(INDEX.read_text("utf-8"), language=room.default, **shown))
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        response.headers["Cache-Control"] = "no-store"
        return response

    together = {"page.js": (script(), "text/javascript"), "page.css": (style(), "text/css")}

    @page.get("/<any('page.js', 'page.css'):name>")
    def whole(name: str) -> Response:
        content, mimetype = together[name]
        response = Response(content, mimetype=mimetype)
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    @page.get("/static/<path:name>")
    def files(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @page.get("/fonts/<weight>.woff")
    def font(weight: str) -> Response:
        if weight not in WEIGHTS:
            raise Problem(404, "not_found", "there is no such font")
        return send_file(web_font(weight, fonts), mimetype="font/woff", max_age=_ONE_HOUR)


def squeeze(response: Response) -> Response:
    """Compress what is text, where the browser says that it can read it: a cold visit weighs a third."""
    is_text = (response.mimetype or "").startswith(("text/", "image/svg")) or response.mimetype in _TEXTS
    if not is_text or response.status_code != 200 or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < _WORTH_IT:
        return response
    # Of answers nothing is kept.
    is_of_a_visit = response.mimetype == "application/json"
    response.set_data(gzip.compress(content, 6, mtime=0) if is_of_a_visit else _compressed(content))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=64)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)


def _inline_script() -> str:
    """The one script inside the page, as a policy names it: by its content."""
    _, begun, rest = INDEX.read_text(encoding="utf-8").partition("<script>")
    script, ended, _ = rest.partition("</script>")
    if not begun or not ended:
        raise ValueError("index.html: the script inside it is missing")
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
