"""A case as a file, for agencies without a line: a PDF to read, a JSON manifest a clerk's software imports, the papers.

The manifest holds the signed messages themselves, so that what comes by a memory stick is as provable, taken as seldom
twice, and read by the same code as what comes by the API.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tickets.exchange.messages import LARGEST_MESSAGE, LARGEST_PAPER, Sha256

FORMAT: Final = "motcua-case/1"
MANIFEST, SHEET = "manifest.json", "case.pdf"
MOST_MESSAGES: Final = 200
MOST_FILES: Final = 300
LARGEST_MANIFEST: Final = 4 * 1024 * 1024
_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""In a zip file nothing is earlier; the manifest has the time."""


class BadPackage(ValueError):
    """The file is no package that can be taken."""


class AgencyPart(BaseModel):
    """An agency."""

    code: str
    name: str


class FilePart(BaseModel):
    """A file of the package."""

    file: str
    sha256: Sha256
    name: str = ""
    type: str = ""
    size: int = 0


class MessagePart(BaseModel):
    """A message as it was signed."""

    id: Annotated[str, StringConstraints(max_length=64)]
    timestamp: int = Field(ge=0, lt=10**12)
    signature: Annotated[str, StringConstraints(max_length=4096)]
    body: Annotated[str, StringConstraints(max_length=LARGEST_MESSAGE)]


class Manifest(BaseModel):
    """What a package holds. ``document`` is what a clerk's software enters: number, date, subject, receiver, hash."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    format: Literal["motcua-case/1"]
    case: str
    number: str
    date: str
    subject: str
    sender: AgencyPart = Field(alias="from")
    receiver: AgencyPart = Field(alias="to")
    document: FilePart
    papers: tuple[FilePart, ...] = Field((), max_length=MOST_FILES)
    messages: tuple[MessagePart, ...] = Field(max_length=MOST_MESSAGES)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A paper to be put in."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was in a package."""

    manifest: Manifest
    papers: dict[str, bytes]
    """By the hash of their content, as it is."""


def manifest_of(
    case: str,
    subject: str,
    sender: AgencyPart,
    receiver: AgencyPart,
    at: datetime,
    sheet: bytes,
    papers: Sequence[Enclosed],
    messages: Sequence[MessagePart],
) -> Manifest:
    """The list of a package."""
    return Manifest(
        format=FORMAT,
        case=case,
        number=case[:8].upper(),
        date=at.date().isoformat(),
        subject=subject,
        sender=sender,
        receiver=receiver,
        document=FilePart(file=SHEET, sha256=_hash(sheet), type="application/pdf", size=len(sheet)),
        papers=tuple(
            FilePart(
                file=_place(number, one), sha256=_hash(one.content), name=one.name, type=one.type, size=len(one.content)
            )
            for number, one in enumerate(papers, start=1)
        ),
        messages=tuple(messages),
    )


def pack(manifest: Manifest, sheet: bytes, papers: Sequence[Enclosed]) -> bytes:
    """The file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(MANIFEST, _MADE), manifest.model_dump_json(by_alias=True, indent=1))
        archive.writestr(zipfile.ZipInfo(SHEET, _MADE), sheet)
        for number, one in enumerate(papers, start=1):
            archive.writestr(zipfile.ZipInfo(_place(number, one), _MADE), one.content)
    return written.getvalue()


def unpack(content: bytes) -> Unpacked:
    """Read a package. Names in it are never used as names of files.

    Raises:
        BadPackage: it is none, is cut, or holds more than a case may.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            places = {one.filename: one for one in archive.infolist()}
            if len(places) > MOST_FILES or MANIFEST not in places:
                raise BadPackage("manifest")
            manifest = Manifest.model_validate(json.loads(_read(archive, places[MANIFEST], LARGEST_MANIFEST)))
            papers: dict[str, bytes] = {}
            for one in manifest.papers:
                if one.file not in places:
                    raise BadPackage("paper")
                found = _read(archive, places[one.file], LARGEST_PAPER)
                papers[_hash(found)] = found
    except BadPackage:
        raise
    except ValidationError:
        raise BadPackage("manifest") from None
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError, RuntimeError, NotImplementedError):
        # RuntimeError: with a password. NotImplementedError: packed in a way nobody here knows.
        raise BadPackage("no_package") from None
    return Unpacked(manifest, papers)


def _read(archive: zipfile.ZipFile, place: zipfile.ZipInfo, most: int) -> bytes:
    # What is announced may lie: no more than allowed is ever unpacked.
    with archive.open(place) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise BadPackage("too_large")
    return content


def _place(number: int, paper: Enclosed) -> str:
    return f"papers/{number:02}.{'pdf' if paper.type == 'application/pdf' else 'jpg'}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
