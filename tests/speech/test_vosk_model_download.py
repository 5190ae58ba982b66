"""Fetching a model from a server that breaks off, lies, or serves something else."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from speech.fetching import DownloadFailed
from speech.recognition import model_download
from speech.recognition.model_download import Installed, download
from speech.recognition.vosk_engine import is_model

NAME = "vosk-model-test-0.1"


def archive(files: dict[str, bytes] | None = None) -> bytes:
    """A zip file with a model, or with other files."""
    model = {f"{NAME}/am/final.mdl": bytes(range(256)) * 400, f"{NAME}/README": b"a model"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, data in (model if files is None else files).items():
            zipped.writestr(name, data)
    return buffer.getvalue()


@dataclass
class Site:
    """The maker's site, as bad as a test wants it."""

    base: str = ""
    content: bytes = field(default_factory=archive)
    listed: list[dict[str, object]] | None = None
    breaks_after: int | None = None
    """Bytes after which each connection closes."""
    ends_at: int | None = None
    """Byte of the file beyond which nothing comes."""
    knows_ranges: bool = True
    status: int = 200
    asked: list[str | None] = field(default_factory=list)
    """The Range header of each request for the archive."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path.endswith(".json"):
                body = json.dumps(found.listed).encode() if found.listed is not None else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            wanted = self.headers.get("Range")
            found.asked.append(wanted)
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and found.knows_ranges else 0
            if found.status == 200 and start >= len(found.content):
                self.send_error(416)
                return
            self.send_response(206 if start and found.status == 200 else found.status)
            rest = found.content[start:]
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(found.content[start : found.ends_at][: found.breaks_after])

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.base = f"http://127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        server.shutdown()


def fetch(site: Site, models: Path, sha256: str | None = None) -> Installed:
    return download(NAME, models, lambda have, total: None, sha256=sha256, base=site.base)


def left_over(models: Path) -> list[str]:
    return sorted(path.name for path in models.iterdir())


def test_a_model_is_fetched_checked_and_in_place(site: Site, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    done = download(NAME, tmp_path, lambda *now: told.append(now), sha256=site.sha256, base=site.base)
    assert is_model(done.folder)
    assert done.folder == tmp_path / NAME
    assert (done.folder / "ZIP.sha256").read_text().strip() == site.sha256 == done.digest
    assert told[-1] == (len(site.content), len(site.content))
    assert left_over(tmp_path) == [NAME]


def test_a_download_that_breaks_off_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.breaks_after = len(site.content) // 20
    assert is_model(fetch(site, tmp_path, site.sha256).folder)
    assert site.asked[0] is None
    assert len(site.asked) > 20
    assert all(asked is not None for asked in site.asked[1:])


def test_a_download_given_up_is_continued_by_the_next_command(site: Site, tmp_path: Path) -> None:
    site.ends_at = len(site.content) // 2
    with pytest.raises(DownloadFailed, match="goes on from here"):
        fetch(site, tmp_path, site.sha256)
    assert left_over(tmp_path) == [f"{NAME}.zip.part"]
    site.ends_at = None
    assert is_model(fetch(site, tmp_path, site.sha256).folder)
    assert site.asked[-1] == f"bytes={len(site.content) // 2}-"


def test_a_server_without_ranges_is_read_from_the_beginning(site: Site, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(site.content[:100])
    site.knows_ranges = False
    assert is_model(fetch(site, tmp_path, site.sha256).folder)


def test_a_file_that_was_already_complete_is_used(site: Site, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(site.content)
    assert is_model(fetch(site, tmp_path, site.sha256).folder)


def test_a_wrong_checksum_installs_nothing_and_the_next_try_starts_afresh(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=f"its sha256 is {site.sha256}"):
        fetch(site, tmp_path, "0" * 64)
    assert left_over(tmp_path) == []


def test_a_damaged_rest_of_an_earlier_try_is_found(site: Site, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(b"x" * 100)
    with pytest.raises(DownloadFailed, match="not the expected file"):
        fetch(site, tmp_path, site.sha256)
    assert is_model(fetch(site, tmp_path, site.sha256).folder)


def test_without_a_known_digest_the_makers_list_is_asked(site: Site, tmp_path: Path) -> None:
    digest = hashlib.md5(site.content).hexdigest()
    site.listed = [{"name": "other"}, {"name": NAME, "md5": digest, "size": len(site.content)}]
    assert fetch(site, tmp_path).checked_against == "the maker's list"
    site.listed[1]["md5"] = "0" * 32
    with pytest.raises(DownloadFailed, match="the maker's list says"):
        fetch(site, tmp_path)
    assert is_model(tmp_path / NAME), "what was installed before stays"


@pytest.mark.parametrize("listed", [None, [], [{"name": NAME}], {"not": "a list"}])
def test_a_model_nothing_is_known_about_is_refused(site: Site, tmp_path: Path, listed: object) -> None:
    site.listed = listed  # type: ignore[assignment]
    with pytest.raises(DownloadFailed, match="MOTCUA_VOSK_MODEL_SHA256"):
        fetch(site, tmp_path)
    assert not site.asked, "nothing is fetched that cannot be checked"


def test_a_missing_file_is_told_with_its_status(site: Site, tmp_path: Path) -> None:
    site.status = 404
    with pytest.raises(DownloadFailed, match="answers 404"):
        fetch(site, tmp_path, site.sha256)


def test_a_site_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="breaks off"):
        download(NAME, tmp_path, lambda *_: None, sha256="0" * 64, base="http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({f"{NAME}/README": b"no model"}, "no Vosk model"),
        ({f"{NAME}/am/final.mdl": b"x", "../outside": b"x"}, "outside its folder"),
        ({f"{NAME}/am/final.mdl": b"x", "/tmp/outside": b"x"}, "outside its folder"),
        ({f"{NAME}/am/final.mdl": b"x", "a\\..\\outside": b"x"}, "outside its folder"),
    ],
)
def test_an_archive_with_other_content_is_refused(
    site: Site, tmp_path: Path, files: dict[str, bytes], reason: str
) -> None:
    site.content = archive(files)
    models = tmp_path / "models"
    with pytest.raises(DownloadFailed, match=reason):
        fetch(site, models, site.sha256)
    assert left_over(models) == []
    assert left_over(tmp_path) == ["models"]


def test_something_that_is_no_archive_is_refused(site: Site, tmp_path: Path) -> None:
    site.content = b"<html>please log in to the hotel's network</html>"
    with pytest.raises(DownloadFailed, match="cannot be unpacked"):
        fetch(site, tmp_path, site.sha256)


def test_a_flat_model_without_a_folder_is_installed_too(site: Site, tmp_path: Path) -> None:
    site.content = archive({"final.mdl": b"x", "README": b"the older layout"})
    assert is_model(fetch(site, tmp_path, site.sha256).folder)


def test_an_installed_model_is_replaced_whole(site: Site, tmp_path: Path) -> None:
    fetch(site, tmp_path, site.sha256)
    (tmp_path / NAME / "old file").touch()
    fetch(site, tmp_path, site.sha256)
    assert left_over(tmp_path / NAME) == ["README", "ZIP.sha256", "am"]


@pytest.mark.parametrize("name", ["../up", "a/b", "..", ""])
def test_a_name_with_a_path_in_it_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="no name"):
        download(name, tmp_path, lambda *_: None, sha256="0" * 64, base="http://127.0.0.1:9/")


def test_the_default_model_has_a_digest_of_its_own() -> None:
    expected = model_download.expected_of(model_download.DEFAULT_MODEL, None)
    assert expected is not None
    assert (expected.algorithm, len(expected.digest)) == ("sha256", 64)
    overridden = model_download.expected_of(model_download.DEFAULT_MODEL, "AB" * 32)
    assert overridden is not None
    assert overridden.digest == "ab" * 32
