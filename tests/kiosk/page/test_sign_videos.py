"""Videos in sign language: those of a folder are offered and played in parts; nothing else of it is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from channels.errors import Problem, problem_response
from kiosk.page.sign_videos import add_sign_videos, videos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("1.001193.webm", "2.000635.mp4", "1.001193.txt", "notes.webm", "1.00.webm"):
        (tmp_path / name).write_bytes(b"0123456789")
    (tmp_path / "1.004222.webm").mkdir()
    return tmp_path


def client_of(folder: Path | None) -> FlaskClient:
    page, app = Blueprint("kiosk", __name__, url_prefix="/kiosk"), Flask(__name__)
    add_sign_videos(page, folder)
    page.register_error_handler(Problem, problem_response)
    app.register_blueprint(page)
    return app.test_client()


def test_a_file_named_by_a_procedure_is_its_video(folder: Path) -> None:
    assert sorted(videos(folder)) == ["1.001193", "2.000635"]
    (folder / "1.001193.webm").unlink()
    assert sorted(videos(folder)) == ["2.000635"], "files come and go while the box runs"


@pytest.mark.parametrize("missing", [None, Path("/nowhere")])
def test_without_a_folder_there_is_none(missing: Path | None) -> None:
    assert videos(missing) == {}
    assert client_of(missing).get("/kiosk/sign/1.001193").status_code == 404


def test_a_video_comes_in_the_parts_the_browser_asks_for(folder: Path) -> None:
    answer = client_of(folder).get("/kiosk/sign/1.001193", headers={"Range": "bytes=4-6"})
    assert (answer.status_code, answer.data, answer.mimetype) == (206, b"456", "video/webm")


@pytest.mark.parametrize("asked", ["1.004222", "notes", "..%2f..%2fetc%2fpasswd", "1.001193.txt"])
def test_nothing_else_of_the_folder_is_served(folder: Path, asked: str) -> None:
    assert client_of(folder).get(f"/kiosk/sign/{asked}").status_code == 404
