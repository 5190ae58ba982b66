"""Pictures drawn anew: what a camera wrote beside the picture, and whatever else a file hides, does not come along."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Final

MOST_PIXELS: Final = 40_000_000
"""More is a trap: a small file that takes gigabytes to open."""
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")


class NoPicture(ValueError):
    """The file is no picture that can be kept."""


def drawn_anew(content: bytes, longest_side: int, quality: int = 82) -> bytes:
    """The picture alone, as JPEG, upright.

    Args:
        content: a file of :data:`FORMATS`.
        longest_side: pixels that are kept.
        quality: of JPEG.

    Raises:
        NoPicture: it is none, or too large.
    """
    # Of use to few: the library costs every process that deletes photos megabytes.
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings(), Image.open(BytesIO(content), formats=FORMATS) as picture:
            warnings.simplefilter("error")
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture("the picture has too many pixels")
            picture.draft("RGB", (longest_side, longest_side))
            # Turned as the camera was held, since the note that says so is dropped with all others.
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except NoPicture:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError):
        raise NoPicture("the file is no picture") from None
    upright.thumbnail((longest_side, longest_side))
    # Pixels alone go into a new picture: no place, no time, no name of a telephone.
    alone = Image.new("RGB", upright.size)
    alone.paste(upright)
    written = BytesIO()
    alone.save(written, "JPEG", quality=quality)
    return written.getvalue()
