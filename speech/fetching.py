"""Fetching a large file over a bad line: each try goes on where the last one broke off."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from runtime.messages import Message, reason_of
from speech.errors import SpeechError

TRIES = 5
"""Connections in a row that may end without having brought anything."""

Progress = Callable[[int, int | None], None]
"""Takes the bytes there are and the bytes there will be, None while that is unknown."""


class DownloadFailed(SpeechError):
    """Nothing was installed; the message says why and what can be done."""


@dataclass(frozen=True)
class Expected:
    """What the file must be."""

    algorithm: str
    digest: str
    size: int | None
    source: str
    """Who says so, for the operator."""


def fetch(connection: httpx.Client, url: str, part: Path, expected: Expected, progress: Progress) -> None:
    """Bring a file here; each try goes on where the last one broke off.

    Raises:
        DownloadFailed: what is there is kept, to go on with.
    """
    problem, fruitless = "", 0
    while fruitless < TRIES:
        before = _size(part)
        try:
            if _fetched_to_the_end(connection, url, part, expected, progress):
                return
            problem = "the connection closed too early"
        except httpx.HTTPStatusError as error:
            raise DownloadFailed(
                Message("{url} answers {status}", url=url, status=error.response.status_code)
            ) from None
        except httpx.HTTPError as error:
            problem = str(error) or type(error).__name__
        except OSError as error:
            raise DownloadFailed(
                Message("{part} cannot be written: {reason}", part=part, reason=reason_of(error))
            ) from None
        fruitless = 0 if _size(part) > before else fruitless + 1
    raise DownloadFailed(
        Message("{url} breaks off ({problem}); the same command goes on from here", url=url, problem=problem)
    )


def _fetched_to_the_end(connection: httpx.Client, url: str, part: Path, expected: Expected, progress: Progress) -> bool:
    have = _size(part)
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {"Accept-Encoding": "identity"}
    with connection.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            # Nothing is left to fetch, or the file has changed; the digest tells which.
            return True
        answer.raise_for_status()
        resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
        if not resumed:
            have = 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else expected.size
        with part.open("ab" if resumed else "wb") as file:
            for piece in answer.iter_raw():
                file.write(piece)
                have += len(piece)
                progress(have, total)
    return total is None or have >= total


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def put_in_place(folder: Path, target: Path, scratch: Path) -> None:
    """Let a finished folder take the place of what is there, whose remains go with the scratch folder."""
    if target.exists():
        # Renamed aside first: a directory cannot be replaced in one step, and the old one may be in use.
        target.rename(scratch / "old")
    folder.rename(target)


def digest_of(path: Path, algorithm: str) -> str:
    """The digest of a file; raises :class:`DownloadFailed` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        raise DownloadFailed(Message("{path} cannot be read: {reason}", path=path, reason=reason_of(error))) from None
