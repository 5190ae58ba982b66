"""The page itself, its modules, pictures and fonts. Nothing of it comes from anywhere else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, make_response, render_template_string, send_file, send_from_directory

from channels.errors import Problem
from kiosk.printing.fonts import WEIGHTS, make_web_fonts, web_font
from kiosk.words import words

STATIC: Final = Path(__file__).with_name("static")
INDEX: Final = STATIC / "index.html"
POLICY: Final = (
    "default-src 'none'; script-src 'self' {inline}; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; media-src blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
_ONE_HOUR: Final = 3_600


def add_files(page: Blueprint, fonts: Path) -> None:
    """Add the addresses of files.

    Args:
        page: gets them.
        fonts: folder for the fonts made for the page.
    """

    make_web_fonts(fonts)
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

    @page.get("/static/<path:name>")
    def files(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @page.get("/fonts/<weight>.woff")
    def font(weight: str) -> Response:
        if weight not in WEIGHTS:
            raise Problem(404, "not_found", "there is no such font")
        return send_file(web_font(weight, fonts), mimetype="font/woff", max_age=_ONE_HOUR)


def _inline_script() -> str:
    """The one script inside the page, as a policy names it: by its content."""
    _, begun, rest = INDEX.read_text(encoding="utf-8").partition("<script>")
    script, ended, _ = rest.partition("</script>")
    if not begun or not ended:
        raise ValueError("index.html: the script inside it is missing")
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
