"""A voice is in place whole and as its maker published it, or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import httpx
import pytest

from speech.fetching import DownloadFailed
from speech.voices import piper_download
from speech.voices.piper_download import CARD, PiperFiles, download, install

NAME = "vi_VN-test-low"
FILES = {f"{NAME}.onnx": b"network" * 1000, f"{NAME}.onnx.json": b"{}", CARD: b"License: CC BY 4.0"}


RELEASED = piper_download.VOICES


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: (len(data), hashlib.md5(data).hexdigest()) for name, data in FILES.items()}
    monkeypatch.setattr(piper_download, "VOICES", {NAME: PiperFiles("vi/test/", files)})


def site(files: dict[str, bytes], asked: list[str] | None = None) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.removeprefix("/voices/vi/test/")
        data = files.get(name)
        if asked is not None:
            asked.append(f"{name} {request.headers.get('Range', 'whole')}")
        if data is None:
            return httpx.Response(404)
        if begin := request.headers.get("Range"):
            return httpx.Response(206, stream=httpx.ByteStream(data[int(begin.removeprefix("bytes=").rstrip("-")) :]))
        return httpx.Response(200, stream=httpx.ByteStream(data))

    return httpx.Client(transport=httpx.MockTransport(answer))


def fetched(models: Path, client: httpx.Client) -> Path:
    return download(NAME, models, lambda have, total: None, base="http://maker.example/voices/", client=client)


def test_all_three_files_come(tmp_path: Path) -> None:
    folder = fetched(tmp_path, site(FILES))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_what_came_before_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.{NAME}.onnx.part").write_bytes(FILES[f"{NAME}.onnx"][:3000])
    asked: list[str] = []
    fetched(tmp_path, site(FILES, asked))
    assert f"{NAME}.onnx bytes=3000-" in asked


def test_other_content_changes_nothing(tmp_path: Path) -> None:
    fetched(tmp_path, site(FILES))
    with pytest.raises(DownloadFailed, match="is not the expected file"):
        fetched(tmp_path, site({**FILES, f"{NAME}.onnx": b"another" * 1000}))
    assert (tmp_path / NAME / f"{NAME}.onnx").read_bytes() == FILES[f"{NAME}.onnx"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="404"):
        fetched(tmp_path, site({}))
    assert not (tmp_path / NAME).exists()


def test_a_voice_no_release_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="can check"):
        download("../x", tmp_path, lambda have, total: None, client=site(FILES))


def archived(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as content:
        for name, data in files.items():
            content.writestr(f"some/folder/{name}", data)
    return path


def test_a_memory_stick_brings_it_too(tmp_path: Path) -> None:
    folder = install(archived(tmp_path / "voice.zip", FILES), NAME, tmp_path / "models")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


@pytest.mark.parametrize("files", [{}, {**FILES, CARD: b"other"}, {f"{NAME}.onnx": b""}])
def test_an_archive_of_something_else_changes_nothing(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(DownloadFailed):
        install(archived(tmp_path / "voice.zip", files), NAME, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_file_that_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "voice.zip").write_bytes(b"no zip")
    with pytest.raises(DownloadFailed, match="cannot be unpacked"):
        install(tmp_path / "voice.zip", NAME, tmp_path / "models")


@pytest.mark.parametrize("name", RELEASED)
def test_the_voices_of_this_release_are_whole(name: str) -> None:
    assert set(RELEASED[name].files) == {f"{name}.onnx", f"{name}.onnx.json", CARD}
