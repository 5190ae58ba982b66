"""Saying codes and numbers that are read out sign by sign."""

from __future__ import annotations

import re

from language.number_words import Dialect, digits_to_words, number_to_words
from language.spoken_data import spelled, spoken_forms

_GROUPS = {
    4: (4,),
    5: (2, 3),
    7: (3, 4),
    8: (4, 4),
    9: (3, 3, 3),
    10: (4, 3, 3),
    11: (3, 4, 4),
    12: (3, 3, 3, 3),
}
"""How many digits are said in one breath, by length of the number."""
_ROMAN = {"I": 1, "V": 5, "X": 10}


def breath_groups(digits: str) -> list[str]:
    """Return the figures of a long number in the groups in which they are said: ``18001096`` is 1800 and 1096."""
    sizes = _GROUPS.get(len(digits), (3,) * (len(digits) // 3) + ((len(digits) % 3,) if len(digits) % 3 else ()))
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return groups


def say_digits(digits: str) -> str:
    """Return a phone or identity number digit by digit, in groups parted by short pauses."""
    return ", ".join(map(digits_to_words, breath_groups(digits)))


def say_code(code: str) -> str:
    """Return a dossier code as it is dictated: "hát một năm, chấm năm không, ..., gạch hai sáu ..."."""
    said: list[str] = []
    for sign, part in re.findall(r"([.-]?)([^.-]+)", code):
        join = {".": ", chấm ", "-": ", gạch "}.get(sign, "")
        said.append(join + say_mixed(part))
    return "".join(said)


def say_mixed(part: str) -> str:
    """Return letters by their names and digits one by one: ``CT01`` is "xê tê không một"."""
    runs = re.findall(r"\d+|\D+", part)
    return " ".join(filter(None, (digits_to_words(run) if run.isdigit() else spelled(run) for run in runs)))


def say_document_number(number: str, year: str | None, signs: str, dialect: Dialect) -> str:
    """Return the number of a law or decision without its type: ``163/QĐ-BTP`` is "một sáu ba, Bộ Tư pháp"."""
    forms = spoken_forms()
    parts = [" chấm ".join(map(digits_to_words, number.split(".")))]
    if year:
        parts.append("năm " + number_to_words(int(year), dialect))
    for at, sign in enumerate(signs.split("-")):
        letters, term = re.fullmatch(r"(\D*)(\d*)", sign).groups()  # type: ignore[union-attr]
        kind = forms.document_types.get(letters) if at == 0 else None
        if kind is None:
            agency = forms.document_agencies.get(letters) or spelled(letters)
            parts.append(" ".join(filter(None, (agency, digits_to_words(term)))))
        elif term:
            parts.append(f"{kind} khóa {number_to_words(int(term), dialect)}")
        elif kind[0].isupper():
            parts.append(kind)
    return ", ".join(filter(None, parts))


def roman(numeral: str) -> int | None:
    """Return the value of a Roman numeral up to thirty-nine in its usual writing, else None."""
    total = 0
    for sign, following in zip(numeral, f"{numeral[1:]} ", strict=True):
        value = _ROMAN[sign]
        total += -value if _ROMAN.get(following, 0) > value else value
    usual = "X" * (total // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[total % 10]
    return total if usual == numeral else None
