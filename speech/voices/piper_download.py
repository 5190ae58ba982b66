"""Fetching a Piper voice: the network, its description and its card, checked, and in place together or not at all.

What the files must be is written below, as the maker's list of voices publishes it (sizes and MD5 sums); the list a
release knows cannot be changed by who controls the site later.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import httpx

from runtime.messages import Message
from speech.fetching import DownloadFailed, Expected, Progress, digest_of, fetch, put_in_place

MAKER: Final = "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/"
CARD: Final = "MODEL_CARD"
_SOURCE: Final = "this release"
_LARGEST: Final = 200_000_000
"""Bytes of a file in an archive; a voice has 60 million."""


@dataclass(frozen=True)
class PiperFiles:
    """Where a voice lies at its maker, and what its files are: network, description, card."""

    folder: str
    files: Mapping[str, tuple[int, str]]
    """Size and MD5 by name."""


# source: wyoming_piper/voices.json of rhasspy/wyoming-piper at 1ba47976; checked_on: 2026-11-30
VOICES: Final[Mapping[str, PiperFiles]] = {
    "vi_VN-vais1000-medium": PiperFiles(
        "vi/vi_VN/vais1000/medium/",
        {
            "vi_VN-vais1000-medium.onnx": (63201294, "5e42428c4f6131f75557cf156c9c1526"),
            "vi_VN-vais1000-medium.onnx.json": (4860, "5ec9669253541d64ba97f60e422f1ad0"),
            CARD: (361, "1beeecba9042e5925b0c5fbd138c779d"),
        },
    ),
    "vi_VN-25hours_single-low": PiperFiles(
        "vi/vi_VN/25hours_single/low/",
        {
            "vi_VN-25hours_single-low.onnx": (63104526, "54ff8fb35b0084336377ddd10717e1fa"),
            "vi_VN-25hours_single-low.onnx.json": (4176, "d626bc458e9eb1a12650709bfc89d4a2"),
            CARD: (343, "25eb4744418cd7b8da0a9096dcfa6e61"),
        },
    ),
    "vi_VN-vivos-x_low": PiperFiles(
        "vi/vi_VN/vivos/x_low/",
        {
            "vi_VN-vivos-x_low.onnx": (27789413, "d5880d32e340f57489dcb9d4f1f7aa04"),
            "vi_VN-vivos-x_low.onnx.json": (5592, "708356072a75e33cff652f1b5d455795"),
            CARD: (272, "6bd1265a94a8f6bcce74a5b1145a7f95"),
        },
    ),
}


def size_of(name: str) -> int:
    """Bytes a voice takes. Raises :class:`DownloadFailed` for one that is not known."""
    return sum(size for size, _ in _known(name).files.values())


def download(
    name: str, models: Path, progress: Progress, *, base: str = MAKER, client: httpx.Client | None = None
) -> Path:
    """Fetch and install a voice; what an earlier try left is continued.

    Args:
        name: of :data:`VOICES`.
        models: folder that gets a folder of that name.
        progress: told about every piece of the network.
        base: address of the maker's folders.
        client: for tests and proxies; default: one that follows the usual proxy variables.

    Returns:
        The folder.

    Raises:
        DownloadFailed: nothing was changed, except that a partly fetched file is kept to go on with.
    """
    known = _known(name)
    models.mkdir(parents=True, exist_ok=True)
    parts = {file: models / f"{name}.{file}.part" for file in known.files}
    with client or httpx.Client(timeout=30.0, follow_redirects=True) as connection:
        for file, part in parts.items():
            size, md5 = known.files[file]
            told = progress if file.endswith(".onnx") else _quietly
            if not part.exists() or part.stat().st_size < size:
                fetch(connection, f"{base}{known.folder}{file}", part, Expected("md5", md5, size, _SOURCE), told)
    try:
        with _together(name, models) as folder:
            for file, part in parts.items():
                part.rename(folder / file)
            _check(known, folder)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return models / name


def install(archive: Path, name: str, models: Path) -> Path:
    """Install a voice from a zip file that is here already, say from a memory stick.

    Raises:
        DownloadFailed: a file is missing or is not what the maker published; nothing was changed.
    """
    known = _known(name)
    models.mkdir(parents=True, exist_ok=True)
    with _together(name, models) as folder:
        try:
            with zipfile.ZipFile(archive) as content:
                entries = {PurePosixPath(entry.filename).name: entry for entry in content.infolist()}
                for file in known.files:
                    entry = entries.get(file)
                    if entry is None or entry.file_size > _LARGEST:
                        raise DownloadFailed(Message("{name} holds no usable {file}", name=archive.name, file=file))
                    with content.open(entry) as source, (folder / file).open("wb") as target:
                        shutil.copyfileobj(source, target)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise DownloadFailed(
                Message("{name} cannot be unpacked: {error}", name=archive.name, error=error)
            ) from None
        _check(known, folder)
    return models / name


@contextmanager
def _together(name: str, models: Path) -> Iterator[Path]:
    """A scratch folder that becomes the voice's when the block ends well."""
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=models) as scratch:
        folder = Path(scratch) / "voice"
        folder.mkdir()
        yield folder
        put_in_place(folder, models / name, Path(scratch))


def _check(known: PiperFiles, folder: Path) -> None:
    for file, (_, md5) in known.files.items():
        found = digest_of(folder / file, "md5")
        if found != md5:
            raise DownloadFailed(
                Message(
                    "{file} is not the expected file: its md5 is {found}, {source} says {md5}",
                    file=file,
                    found=found,
                    source=_SOURCE,
                    md5=md5,
                )
            )


def _known(name: str) -> PiperFiles:
    if name not in VOICES:
        raise DownloadFailed(
            Message("{name} is no voice this release can check; it knows {voices}", name=name, voices=", ".join(VOICES))
        )
    return VOICES[name]


def _quietly(have: int, total: int | None) -> None:
    """Progress of a file of a few kilobytes."""
