"""A list of names: which procedures there are, whose they are, and nothing to answer from.

What is only named is recognised and told with who is responsible, so that nothing far is offered in its place. A list
gives the office as it was called when it was made; `nlu_data/renamed_offices.yml` says what it is called now.
"""

from __future__ import annotations

import re

from pydantic import Field

from catalogue.importers.forms import Form, OptionalText, Text
from catalogue.importers.prose import clean_name, read_date
from catalogue.importers.reading import BrokenRecord, Raw, Reading, RecordFormat, fill_in
from catalogue.notices import Named
from catalogue.record import CODE_PATTERN
from catalogue.text import tidy
from catalogue.wording import NO_CODE, NO_DATE

_YEAR = re.compile(r"\s*\(\s*(?:19|20)\d{2}\s*\)\s*$")
"""A list tells editions of one procedure apart by the year behind the name."""

_DISTRICT = re.compile(r"cấp huyện", re.IGNORECASE)
"""Districts ended on 1 July 2025, and what was done there under such a name with them."""


class _Name(Form):
    code: str = Field(pattern=CODE_PATTERN.pattern)
    name: Text
    agency: OptionalText = ""
    promulgating_agency: OptionalText = ""
    executing_agency: OptionalText = ""
    field: OptionalText = ""
    collected_at: OptionalText = ""


def recognises(raw: Raw) -> bool:
    """Whether the record is an entry of such a list."""
    return "code" in raw and "name" in raw and ("old_portal_url" in raw or "promulgating_agency" in raw)


def read(raw: Raw) -> Reading:
    """One name; raises :class:`BrokenRecord`."""
    if not raw.get("code"):
        raise BrokenRecord(NO_CODE)
    form = fill_in(_Name, raw)
    listed_on = read_date(form.collected_at)
    if listed_on is None:
        raise BrokenRecord(NO_DATE)
    agency = tidy(form.agency) or tidy(form.promulgating_agency)
    # Several offices are parted by ";", mostly the same one twice; the first is the one that takes the dossier.
    office = tidy(form.executing_agency.split(";")[0]).strip(" .,;")
    name = clean_name(_YEAR.sub("", tidy(form.name).strip(" .;")))
    if _DISTRICT.search(name):
        return Reading()
    if name.isupper():
        name = name.capitalize()
    return Reading(
        notices=(
            Named(
                code=form.code,
                name=name,
                agency=agency or office,
                office=office or agency,
                field=tidy(form.field),
                listed_on=listed_on,
            ),
        )
    )


NAMES = RecordFormat(name="names", rank=0, recognises=recognises, read=read)
