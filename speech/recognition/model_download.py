"""Fetching a Vosk model: resumed when it breaks off, checked, unpacked safely, and in place at once or not at all.

What a downloaded file is checked against, the first that is known:

1. the SHA-256 an operator sets (``MOTCUA_VOSK_MODEL_SHA256``);
2. the SHA-256 written below, for the default model. Its maker publishes none. The value is what two unrelated projects
   measured on the maker's file and published; a third gives the same size with the MD5 of the maker's list;
3. the size and MD5 in the maker's ``model-list.json``. This finds damage, but who controls the site or the connection
   controls both, so it protects no better than the connection's own encryption.

Without any of them a model is refused.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from runtime.messages import Message
from speech.fetching import DownloadFailed, Expected, Progress, digest_of, fetch, put_in_place
from speech.recognition.vosk_engine import is_model

MAKER = "https://alphacephei.com/vosk/models/"
LIST = "model-list.json"
DEFAULT_MODEL = "vosk-model-small-vn-0.4"

PINNED: Mapping[str, str] = {
    # Checked on 2026-11-23 against the public repositories of two applications that carry this model.
    DEFAULT_MODEL: "efe5c8494212110471a79befc48c79da679e5b1fc52a4ffb500222ff86d622e5",
}
"""SHA-256 of the zip files whose content is known beforehand."""

_LARGEST_UNPACKED = 4_000_000_000
"""Bytes; no Vietnamese model is near it, and a zip bomb is stopped."""


@dataclass(frozen=True)
class Installed:
    """A model in place."""

    folder: Path
    digest: str
    """SHA-256 of the zip file it came in."""
    checked_against: str


def download(
    name: str,
    models: Path,
    progress: Progress,
    *,
    sha256: str | None = None,
    base: str = MAKER,
    client: httpx.Client | None = None,
) -> Installed:
    """Fetch and install a model by name; what an earlier try left is continued.

    Args:
        name: as the maker names it, without ``.zip``.
        models: folder that gets a folder of that name.
        progress: told about every piece.
        sha256: what the operator expects.
        base: address of the folder with the zip files.
        client: for tests and proxies; default: one that follows the usual proxy variables.

    Raises:
        DownloadFailed: nothing was changed, except that a partly fetched file is kept to go on with.
    """
    if PurePosixPath(name).name != name or name in {"", ".", ".."}:
        raise DownloadFailed(Message("{name} is no name of a model", name=name))
    models.mkdir(parents=True, exist_ok=True)
    part = models / f"{name}.zip.part"
    with client or httpx.Client(timeout=30.0, follow_redirects=True) as connection:
        expected = _expected(connection, base, name, sha256)
        fetch(connection, f"{base}{name}.zip", part, expected, progress)
    try:
        return install(part, name, models, expected)
    finally:
        part.unlink(missing_ok=True)


def install(archive: Path, name: str, models: Path, expected: Expected) -> Installed:
    """Check a zip file that is here already, say from a memory stick, and put its model in place.

    Raises:
        DownloadFailed: when it is not what was expected, damaged, or holds no Vosk model.
    """
    found = digest_of(archive, expected.algorithm)
    if found != expected.digest.lower():
        raise DownloadFailed(
            Message(
                "{name} is not the expected file: its {algorithm} is {found}, {source} says {digest}",
                name=archive.name,
                algorithm=expected.algorithm,
                found=found,
                source=expected.source,
                digest=expected.digest,
            )
        )
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=models) as scratch:
        folder = _unpacked(archive, name, Path(scratch))
        digest = digest_of(archive, "sha256")
        (folder / "ZIP.sha256").write_text(f"{digest}\n", encoding="ascii")
        put_in_place(folder, models / name, Path(scratch))
    return Installed(models / name, digest, expected.source)


def expected_of(name: str, sha256: str | None) -> Expected | None:
    """What is known about a model without asking its maker."""
    if sha256:
        return Expected("sha256", sha256.strip().lower(), None, "MOTCUA_VOSK_MODEL_SHA256")
    if name in PINNED:
        return Expected("sha256", PINNED[name], None, "this release")
    return None


def _expected(connection: httpx.Client, base: str, name: str, sha256: str | None) -> Expected:
    known = expected_of(name, sha256)
    if known is not None:
        return known
    try:
        answer = connection.get(base + LIST)
        answer.raise_for_status()
        entry = next(one for one in answer.json() if one["name"] == name)
        return Expected("md5", str(entry["md5"]).lower(), int(entry["size"]), "the maker's list")
    except (httpx.HTTPError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise DownloadFailed(
            Message(
                "nothing to check {name} against ({kind} with {base}{list}); set MOTCUA_VOSK_MODEL_SHA256 to the "
                "SHA-256 of its zip file",
                name=name,
                kind=type(error).__name__,
                base=base,
                list=LIST,
            )
        ) from None


def _unpacked(archive: Path, name: str, scratch: Path) -> Path:
    """Unpack below a scratch folder, whatever names the archive holds; return the folder with the model."""
    try:
        with zipfile.ZipFile(archive) as content:
            entries = content.infolist()
            if sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED:
                raise DownloadFailed(
                    Message(
                        "{name} would unpack to more than {largest} bytes", name=archive.name, largest=_LARGEST_UNPACKED
                    )
                )
            for entry in entries:
                path = PurePosixPath(entry.filename)
                if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
                    raise DownloadFailed(
                        Message(
                            "{name} holds a file outside its folder: {filename}",
                            name=archive.name,
                            filename=entry.filename,
                        )
                    )
            content.extractall(scratch / "content")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError) as error:
        raise DownloadFailed(Message("{name} cannot be unpacked: {error}", name=archive.name, error=error)) from None
    # Archives hold one folder named as the model; a repacked one may hold the files themselves.
    candidates = [scratch / "content" / name, scratch / "content", *sorted((scratch / "content").glob("*/"))]
    folder = next((one for one in candidates if is_model(one)), None)
    if folder is None:
        raise DownloadFailed(Message("{name} holds no Vosk model", name=archive.name))
    # Renamed, so that the caller can move it even when it is the whole content.
    return folder.rename(scratch / "model")
