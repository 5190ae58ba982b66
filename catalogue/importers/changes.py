"""Lists that say what became of codes: replaced or abolished, or their page shows the wrong procedure."""

from __future__ import annotations

import re

from pydantic import Field

from catalogue.importers.forms import MAX_ITEMS, Form, OptionalText, Text
from catalogue.importers.prose import read_date
from catalogue.importers.reading import BrokenRecord, Raw, Reading, RecordFormat, fill_in
from catalogue.notices import Rejected, Superseded
from catalogue.record import CODE_PATTERN
from catalogue.text import tidy
from catalogue.wording import NO_CODE

_CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?![\d.-])")
_UNCERTAIN = re.compile(r"\b(?:low|medium)\b", re.IGNORECASE)
_FIELD = re.compile(r"field\s+(\w[\w ]*)", re.IGNORECASE)
_STARTS = re.compile(r"(?:in force|from)\s+(\d{4}-\d{2}-\d{2})", re.IGNORECASE)


class _Change(Form):
    old: list[str] = Field(max_length=MAX_ITEMS)
    new: list[str] = Field(max_length=MAX_ITEMS)
    what: Text
    certainty: OptionalText = ""


class _WrongPage(Form):
    asked_code: str = Field(pattern=CODE_PATTERN.pattern)
    page_code: str | None = None
    page_title: OptionalText = ""


def _read_change(raw: Raw) -> Reading:
    """``{"old": ["1.014061"], "new": ["1.116410 (Công an cấp xã)"], "what": …, "certainty": …}``.

    A certainty of "LOW" or "MEDIUM", or none at all, leaves the old code in force with a doubt.
    """
    form = fill_in(_Change, raw)
    what, certainty = tidy(form.what), tidy(form.certainty)
    field = next((match[1].strip() for text in form.old if (match := _FIELD.search(text))), None)
    starts = _STARTS.search(what)
    return Reading(
        notices=(
            Superseded(
                old=_codes(form.old),
                new=_codes(form.new),
                what=what,
                certain=bool(certainty) and not _UNCERTAIN.search(certainty),
                certainty=certainty,
                field=field,
                starts_on=read_date(starts[1]) if starts else None,
            ),
        )
    )


def _read_wrong_page(raw: Raw) -> Reading:
    """``{"asked_code": "1.014208", "page_code": "1.014023", "page_title": …}``."""
    if not raw.get("asked_code"):
        raise BrokenRecord(NO_CODE)
    form = fill_in(_WrongPage, raw)
    return Reading(
        notices=(Rejected(code=form.asked_code, page_code=form.page_code, page_title=tidy(form.page_title) or None),)
    )


def _codes(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for text in texts for code in _CODE.findall(text)))


SUPERSEDED = RecordFormat(
    name="superseded", rank=0, recognises=lambda raw: "old" in raw and "new" in raw, read=_read_change
)
REJECTED = RecordFormat(name="rejected", rank=0, recognises=lambda raw: "asked_code" in raw, read=_read_wrong_page)
