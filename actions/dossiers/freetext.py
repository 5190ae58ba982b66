"""Takes personal data out of what officers typed freely.

A request for papers sometimes names the applicant or gives an officer's mobile number. Both are removed
before the text leaves the service. The rules err on the side of hiding; the words for papers stay.
"""

from __future__ import annotations

import re
import unicodedata

from contract.wording import wording_of
from language import data

_SHORTEST_PERSONAL_NUMBER = 9
"""Digits: old identity cards have 9, phones 10 or 11, identity numbers 12."""

_DIGIT_RUN = re.compile(r"\+?[0-9](?:[ .\-]{0,2}[0-9])*")
_MONEY = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

_UPPER = "".join(
    letter for letter in map(chr, (*range(0x41, 0x5B), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))) if letter.isupper()
)
_WORD = rf"[{_UPPER}]\w*"
_TITLES = "[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Cc]háu|[Ee]m|[Đđ]ồng chí"
_AFTER_TITLE = re.compile(rf"\b({_TITLES}) +(?!Rịa\b){_WORD}(?: +{_WORD}){{0,4}}")
_SURNAMES = "Nguyễn|Trần|Phạm|Huỳnh|Vũ|Võ|Phan|Trương|Bùi|Đặng|Đỗ|Ngô|Dương|Lê|Hoàng|Đinh|Hồ|Lý|Trịnh|Lương|Vương|Tạ"
_PLACE = r"(?:xã|phường|đặc khu|thành phố|tỉnh|đường|phố|trường|bệnh viện) "
# Cities, and words for papers that begin like a surname when written in capitals.
_NO_NAME = "(?i:hồ chí minh|phan thiết|phan rang|hồ sơ|lý lịch|lý do|lương hưu)"
_FULL_NAME = re.compile(rf"\b({_PLACE})?(?!{_NO_NAME}\b)(?:{_SURNAMES}|{_SURNAMES.upper()})(?: +{_WORD}){{1,4}}")


def without_personal_data(text: str) -> str:
    """``text`` as one line in NFC, with e-mail addresses, long numbers and names of people replaced.

    Amounts of money written with dots and short numbers (sheets, plots, decree numbers, dates) stay, and so
    do places and schools named after people.
    """
    words = wording_of(data.folder()).room("dossiers")
    number, name, address = (words.text(words.default, f"hidden_{what}") for what in ("number", "name", "address"))
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    line = " ".join(unicodedata.normalize("NFC", printable).split())
    line = _EMAIL.sub(lambda _: address, line)
    line = _DIGIT_RUN.sub(lambda found: number if _is_personal(found[0]) else found[0], line)
    line = _AFTER_TITLE.sub(lambda found: f"{found[1]} {name}", line)
    return _FULL_NAME.sub(lambda found: found[0] if found[1] else name, line)


def _is_personal(written: str) -> bool:
    return not _MONEY.fullmatch(written) and sum(map(str.isdigit, written)) >= _SHORTEST_PERSONAL_NUMBER
