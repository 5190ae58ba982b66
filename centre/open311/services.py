"""The kinds of problem that can be reported, from ``nlu_data/open311.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from language import data

FILE: Final = "open311.yml"
DATATYPES: Final = frozenset({"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"})
TYPES: Final = frozenset({"realtime", "batch", "blackbox"})
ACTED_ON: Final = frozenset({"private", "inactive", "staff", "waste_only"})
"""Keywords that change what FixMyStreet does."""

_CODE: Final = re.compile(r"[a-z0-9_-]{1,40}")


class ServicesError(ValueError):
    """The file does not fit; the message says where."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing more that is asked about a kind of problem."""

    code: str
    datatype: str
    required: bool
    description: Mapping[str, str]
    """By language."""
    values: tuple[tuple[str, Mapping[str, str]], ...]
    """Of lists: keys, and names by language."""


@dataclass(frozen=True, slots=True)
class Service:
    """One kind of problem."""

    code: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    group: Mapping[str, str]
    keywords: Mapping[str, str]
    type: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """Where reports may be about, degrees."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a position lies in it."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


@dataclass(frozen=True, slots=True)
class Services:
    """Everything of the file."""

    area: Area
    every: Mapping[str, Service]
    """By code, in the order they are offered."""


@data.cached()
def services() -> Services:
    """The installation's.

    Raises:
        ServicesError: the file does not fit.
    """
    path = next(path for path in (data.folder() / FILE, Path(data.PROJECT) / FILE) if path.exists())
    return read(yaml.safe_load(path.read_text(encoding="utf-8")))


def read(content: dict[str, Any]) -> Services:
    """Read the parsed file.

    Raises:
        ServicesError: it does not fit.
    """
    try:
        every = [_service(one) for one in content["services"]]
        area = Area(**{side: float(content["area"][side]) for side in ("south", "north", "west", "east")})
    except (KeyError, TypeError) as error:
        raise ServicesError(f"{FILE}: {error} is missing or misplaced") from None
    codes = [one.code for one in every]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ServicesError(f"{FILE}: {', '.join(sorted(twice))} stands twice")
    return Services(area, {one.code: one for one in every})


def _service(content: dict[str, Any]) -> Service:
    code = content["code"]
    kind = content.get("type", "realtime")
    if not isinstance(code, str) or not _CODE.fullmatch(code) or kind not in TYPES:
        raise ServicesError(f"{FILE}: {code}: a code has small letters and digits, a type is one of {sorted(TYPES)}")
    keywords = content["keywords"]
    if acted := {word.strip() for text in keywords.values() for word in text.split(",")} & ACTED_ON:
        raise ServicesError(f"{FILE}: {code}: {', '.join(sorted(acted))} would change what other systems do")
    return Service(
        code,
        _trimmed(content["name"]),
        _trimmed(content["description"]),
        _trimmed(content["group"]),
        keywords,
        kind,
        tuple(_attribute(code, one) for one in content.get("attributes", ())),
    )


def _attribute(service: str, content: dict[str, Any]) -> Attribute:
    values = tuple((str(one["key"]), one["name"]) for one in content.get("values", ()))
    datatype = content["datatype"]
    if datatype not in DATATYPES or datatype.endswith("list") is not bool(values):
        raise ServicesError(f"{FILE}: {service}: {content['code']}: lists have values, other data types have none")
    return Attribute(str(content["code"]), datatype, bool(content["required"]), content["description"], values)


def _trimmed(texts: Mapping[str, str]) -> dict[str, str]:
    return {tag: text.strip() for tag, text in texts.items()}
