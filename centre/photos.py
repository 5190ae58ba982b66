"""Photos of problems: read, drawn anew and kept without anything a camera wrote beside the picture."""

from __future__ import annotations

import re
import secrets
import warnings
from io import BytesIO
from pathlib import Path
from typing import Final

LARGEST_FILE: Final = 8 * 1024 * 1024
"""Bytes of one photo as a telephone sends it."""
MOST_PIXELS: Final = 40_000_000
"""More is a trap: a small file that takes gigabytes to open."""
LONGEST_SIDE: Final = 1600
"""Pixels that are kept: enough to see a pothole."""
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
NAME: Final = re.compile(r"[0-9a-f]{32}\.jpg")


class NoPhoto(ValueError):
    """The file is no photo that can be kept."""


class Photos:
    """Kept photos; names tell nothing, and nobody can guess one.

    Args:
        folder: where they lie; made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Keep a photo; its name.

        Raises:
            NoPhoto: it is none, or too large.
        """
        # Of use to few: the library costs every process that deletes photos megabytes.
        from PIL import Image, ImageOps, UnidentifiedImageError

        if not content or len(content) > LARGEST_FILE:
            raise NoPhoto("the file is empty or too large")
        try:
            with warnings.catch_warnings(), Image.open(BytesIO(content), formats=FORMATS) as photo:
                warnings.simplefilter("error")
                if photo.width * photo.height > MOST_PIXELS:
                    raise NoPhoto("the photo has too many pixels")
                photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                # Turned as the camera was held, since the note that says so is dropped with all others.
                upright = ImageOps.exif_transpose(photo).convert("RGB")
        except NoPhoto:
            raise
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError):
            raise NoPhoto("the file is no photo") from None
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # Pixels alone go into a new picture: no place, no time, no name of a telephone.
        clean = Image.new("RGB", upright.size)
        clean.paste(upright)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{secrets.token_hex(16)}.jpg"
        clean.save(self._folder / name, "JPEG", quality=82)
        return name

    def path(self, name: str) -> Path | None:
        """Where a photo lies; None where there is none of this name."""
        path = self._folder / name
        return path if NAME.fullmatch(name) and path.exists() else None

    def forget(self, name: str) -> None:
        """Delete a photo, if it is one of ours."""
        if (path := self.path(name)) is not None:
            path.unlink(missing_ok=True)
