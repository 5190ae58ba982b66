"""Land: whether a change is registered on one's certificate.

No service for citizens was found (land systems are for officers): names of fields are our own, for the agreement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from actions.backends.answers import Record
from actions.backends.fields import day, items
from actions.registries.kind import Kind, Say, dated, digits_in, joined

_SERIAL: Final = re.compile(r"(?<![A-ZĐ])([A-ZĐ]{2})(\d{6}|\d{8})(?!\d)")
"""Number of a certificate's form: two letters with six digits, since 2024 with eight (TT 10/2024/TT-BTNMT)."""
_KEYED: Final = (6, 8)
_REGISTERED, _WAITING = "1", "0"


def _read_key(text: str, today: date) -> str | None:
    words = text.upper().replace("-", " ").replace(".", " ").split()
    for first in range(len(words)):
        # By its own words: letters of the word before it belong to no serial.
        for last in range(first + 1, min(first + 6, len(words)) + 1):
            found = _SERIAL.fullmatch("".join(words[first:last]))
            if found is not None:
                return found[0]
    return digits_in(text, _KEYED)


def _told(say: Say, record: Record, today: date) -> Mapping[str, str]:
    changes = items(record.get("bienDong"))
    waiting = [day(one.get("ngayNhan")) for one in changes if str(one.get("trangThai")).strip() == _WAITING]
    done = [day(one.get("ngayGhi")) for one in changes if str(one.get("trangThai")).strip() == _REGISTERED]
    dated_waiting, dated_done = sorted(filter(None, waiting)), sorted(filter(None, done))
    if dated_waiting:
        said = say("land_waiting", date=dated(dated_waiting[-1]))
    elif dated_done:
        said = say("land_registered", date=dated(dated_done[-1]))
    else:
        # Of a change without date, or in a state nobody knows, nothing is said.
        said = say("land_unknown" if changes or not isinstance(record.get("bienDong"), list) else "land_nothing")
    return {"change": said, "see": say("land_see")}


LAND: Final = Kind("land", "/TraCuuGiayChungNhan", "soPhatHanh", _read_key, joined, _told, {})
