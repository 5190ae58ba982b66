"""The letters of the pages: those of the kiosk, with every Vietnamese mark, from this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, send_file

from kiosk.printing.fonts import WEIGHTS, make_web_fonts, web_font

_ONE_HOUR: Final = 3600


def add_fonts(pages: Blueprint, folder: Path | None) -> None:
    """``/centre/fonts``; without a folder the browser takes letters of its own."""
    if folder is not None:
        make_web_fonts(folder)

    @pages.get("/fonts/<weight>.woff")
    def font(weight: str) -> Response:
        if folder is None or weight not in WEIGHTS:
            abort(404)
        return send_file(web_font(weight, folder), mimetype="font/woff", max_age=_ONE_HOUR)
