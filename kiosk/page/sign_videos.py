"""Videos in sign language, which a province may put into a folder: ``1.001193.webm`` is shown beside that procedure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, send_file

from channels.errors import Problem
from channels.openapi import described

_NAME: Final = re.compile(r"(\d\.\d{6})\.(webm|mp4)")


def videos(folder: Path | None) -> dict[str, Path]:
    """The videos there are, by the code of their procedure; read anew each time, as files come from a stick.

    Args:
        folder: ``MOTCUA_KIOSK_SIGN_VIDEOS``; None, or one that is not there: none.
    """
    try:
        files = sorted(folder.iterdir()) if folder is not None else []
    except OSError:
        return {}
    return {name[1]: file for file in files if (name := _NAME.fullmatch(file.name)) and file.is_file()}


def add_sign_videos(page: Blueprint, folder: Path | None) -> None:
    """Add the address of a video."""

    @page.get("/sign/<code>")
    @described("A procedure told in sign language.", media="video/webm")
    def sign_video(code: str) -> Response:
        file = videos(folder).get(code)
        if file is None:
            raise Problem(404, "not_found", "there is no video of this procedure")
        # In parts, as the browser asks for them: a box has no memory to spare for a whole one.
        return send_file(file.resolve(), conditional=True, max_age=3_600)
