"""Writing text out for a voice: everything a synthesiser would stumble over becomes words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from language.characters import fold, plain, strip_markup
from language.number_words import Dialect, digits_to_words, number_to_words
from language.spoken_codes import roman, say_code, say_digits, say_document_number, say_mixed
from language.spoken_data import spelled, spoken_forms
from language.syllables import is_syllable

__all__ = ["Dialect", "number_to_words", "speakable"]

_DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
_TIME = r"\d{1,2}(?:h\d{2}|h|:\d{2})(?!\w)"
_WHOLE = r"\d{1,3}(?:\.\d{3})+|\d+"
_CURRENCY = r"đồng|VNĐ|VND|vnđ|vnd|đ|₫"
_DIGIT_GROUPS = re.compile(r"\D+")
_SPACES = re.compile(r"\s+")
_LINE_MARK = re.compile(r"^[ \t]*(?:[-–•●▪*+·]|\(?\d{1,2}[.)](?=\s))[ \t]+", re.MULTILINE)
_LINE_END = re.compile(r"([^\s.,;:!?…])?[ \t]*[.,;:…]?[ \t]*\n\s*")
_UNSAID = re.compile(r"[^\w\s.,?!;]|_")
_LONGEST_NUMBER = 12
"""Figures without grouping dots; longer ones are read digit by digit."""
_LARGEST = 27
_MONTHS = {1: "một", 4: "tư"}


def speakable(text: str, dialect: Dialect = Dialect.NORTH) -> str:
    """Return the text with money, numbers, dates, times, codes, short forms and signs as words.

    The result holds letters, blanks and the punctuation . , ? ! ; only, in NFC, on one line; line ends become
    pauses. Codes and phone numbers are said digit by digit in short groups.
    """
    text = plain(strip_markup(text)).strip()
    text = _LINE_MARK.sub("", text)
    text = _LINE_END.sub(lambda end: f"{end[1] or ''}. " if end[1] else " ", text)
    text = _pattern().sub(lambda found: _say(found, dialect), text)
    text = re.sub(r"\d+", lambda found: f" {digits_to_words(found.group())} ", text)
    text = re.sub(r"\s+[-–—]\s+|:(?=\s|$)|[()\[\]]", ", ", text)
    text = _SPACES.sub(" ", _UNSAID.sub(" ", text)).strip()
    text = re.sub(r"\s+([.,?!;])", r"\1", text)
    return re.sub(r"([.,?!;])(?:\s*[.,;])+", r"\1", text).lstrip(".,;?! ")


def _say(found: re.Match[str], dialect: Dialect) -> str:
    name = found.lastgroup or ""
    return f" {_SAYERS[name](found, dialect)} "


@cache
def _pattern() -> re.Pattern[str]:
    forms = spoken_forms()
    units = "|".join(re.escape(unit) for unit in sorted(forms.units, key=len, reverse=True))
    hotlines = "|".join(sorted(forms.hotlines, key=len, reverse=True))
    rows = {
        "address": r"(?:https?://|www\.)[^\s,;)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|org)\b(?:/[^\s,;)]*)?",
        "code": r"\b(?:\d{2,3}\.){0,3}[A-Z]\d{2}(?:\.[A-Z0-9]{2,3}){0,4}-(?:\d{8}|\d{6})-\d{4,7}\b",
        "document": rf"(?:(?:{forms.document_word_pattern})\s+)?(?:số\s+)?(?<![\d/])\d+(?:/(?:19|20)\d{{2}})?"
        r"/[A-ZĐ][A-ZĐa-z]+\d*(?:-[A-ZĐ][A-ZĐa-z]*)*\b",
        "procedure": r"(?<![\d.,])[1-9]\.\d{6}(?!\d|[.,]\d)",
        "dates": rf"(?:từ\s+)?(?:ngày\s+)?(?<!\d){_DATE}\s*[-–]\s*(?:ngày\s+)?{_DATE}(?!\d)",
        "date": rf"(?:ngày\s+)?(?<![\d/.]){_DATE}(?!\d)|(?<!\d)\d{{4}}-\d{{2}}-\d{{2}}(?!\d)",
        "month": r"tháng\s+\d{1,2}/\d{4}(?!\d)|(?<![\d/.])(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}(?!\d)",
        "day": r"(?:ngày|mùng|mồng)\s+\d{1,2}/\d{1,2}(?![\d/])",
        "times": rf"(?<![\d.,]){_TIME}\s*[-–]\s*{_TIME}",
        "time": rf"(?<![\d.,]){_TIME}",
        "weekdays": r"[Tt]hứ\s+[2-7](?:\s*[-–]\s*(?:[Tt]hứ\s+)?[2-7](?!\d))?(?!\d)",
        "phone": r"(?<![\d.])(?:\+84|\(?0)[ .\-]?\d(?:[ .\-()]{0,2}\d){7,9}(?!\d)"
        r"|(?<![\d.])1[89]00[ .]?\d{4}(?:\d{2})?(?!\d)"
        rf"|(?<![\d.,/])(?:{hotlines})(?![\d/]|[.,]\d|\s*(?:{_CURRENCY})\b)",
        "money": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?\s?(?:{_CURRENCY})(?!\w)(?:\s?/\s?(?=[^\W\d_]))?",
        "thousands": r"(?<![\d.,])\d+k(?!\w)",
        "span": r"(?<![\d.,/-])\d{1,3}(?:\.\d{3})*\s?[-–]\s?\d{1,3}(?:\.\d{3})*(?![\d/.-])"
        r"(?=\s*%|\s+[^\W\d_])",
        "measure": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?\s?(?:{units})(?!\w)",
        "form": r"(?<!\w)[A-ZĐ]{1,4}\d{1,4}[a-z]?(?!\w)",
        "number": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?",
        "abbreviation": rf"(?<!\w)(?:{forms.abbreviation_pattern})(?!\w)",
        "capitals": r"(?<!\w)[A-ZĐ]{2,6}(?!\w)",
        "by": r"(?<=\d)\s?[x×]\s?(?=\d)",
        "either": r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])",
        "sign": "|".join(re.escape(sign) for sign in forms.signs),
    }
    return re.compile("|".join(f"(?P<{name}>{row})" for name, row in rows.items()))


def _figure(written: str, dialect: Dialect) -> str:
    """Return a number in figures, perhaps with grouping dots and a decimal comma, as words."""
    whole, _, fraction = written.replace(".", "").partition(",")
    is_amount = "." in written
    if (
        (len(whole) > _LONGEST_NUMBER and not is_amount)
        or len(whole) > _LARGEST
        or (len(whole) > 1 and whole.startswith("0"))
    ):
        said = say_digits(whole) if len(whole) > 3 else digits_to_words(whole)
    else:
        said = number_to_words(int(whole), dialect)
    return f"{said} phẩy {digits_to_words(fraction)}" if fraction else said


def _date(found: re.Match[str], dialect: Dialect) -> str:
    numbers = [int(part) for part in re.findall(r"\d+", found.group())]
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return digits_to_words("".join(re.findall(r"\d", found.group())))
    return f"ngày {number_to_words(day, dialect)} tháng {_month(month)} năm {number_to_words(year, dialect)}"


def _month(month: int) -> str:
    return _MONTHS.get(month) or number_to_words(month)


def _dates(found: re.Match[str], dialect: Dialect) -> str:
    first, second = re.finditer(_DATE, found.group())
    return f"từ {_date(first, dialect)} đến {_date(second, dialect)}"


def _month_of_year(found: re.Match[str], dialect: Dialect) -> str:
    month, year = re.findall(r"\d+", found.group())
    return f"tháng {_month(int(month))} năm {number_to_words(int(year), dialect)}"


def _day(found: re.Match[str], dialect: Dialect) -> str:
    day, month = (int(part) for part in re.findall(r"\d+", found.group()))
    return f"{found.group().split()[0]} {number_to_words(day, dialect)} tháng {_month(month)}"


def _time(found: re.Match[str], dialect: Dialect) -> str:
    hour, *minute = (int(part) for part in re.findall(r"\d+", found.group()))
    said = f"{number_to_words(hour, dialect)} giờ"
    return f"{said} {number_to_words(minute[0], dialect)} phút" if minute and minute[0] else said


def _times(found: re.Match[str], dialect: Dialect) -> str:
    first, second = re.finditer(_TIME, found.group())
    return f"{_time(first, dialect)} đến {_time(second, dialect)}"


def _weekdays(found: re.Match[str], dialect: Dialect) -> str:
    names = ["tư" if day == "4" else number_to_words(int(day)) for day in re.findall(r"\d", found.group())]
    return " đến ".join([f"{found.group()[:3]} {names[0]}", *(f"thứ {name}" for name in names[1:])])


def _phone(found: re.Match[str], dialect: Dialect) -> str:
    digits = _DIGIT_GROUPS.sub("", found.group())
    return f"cộng tám tư, {say_digits(digits[2:])}" if found.group().startswith("+") else say_digits(digits)


def _document(found: re.Match[str], dialect: Dialect) -> str:
    split = re.fullmatch(r"(\D*?)(\d+)(?:/(\d{4}))?/(.+)", found.group())
    if split is None:
        return say_mixed(found.group())
    before, number, year, signs = split.groups()
    said = say_document_number(number, year, signs, dialect, with_type=not before.strip() or before.strip() == "số")
    return f"{before}{said}" if "số" in before else f"{before}số {said}"


def _money(found: re.Match[str], dialect: Dialect) -> str:
    figures = re.match(r"[\d.,]+", found.group())
    said = f"{_figure(figures.group(), dialect) if figures else ''} đồng"
    return f"{said} mỗi" if found.group().rstrip().endswith("/") else said


def _span(found: re.Match[str], dialect: Dialect) -> str:
    return " đến ".join(_figure(part.strip(), dialect) for part in re.split("[-–]", found.group()))


def _measure(found: re.Match[str], dialect: Dialect) -> str:
    split = re.fullmatch(r"([\d.,]+)\s?(\S+)", found.group())
    return f"{_figure(split[1], dialect)} {spoken_forms().units[split[2]]}" if split else found.group()


def _address(found: re.Match[str], dialect: Dialect) -> str:
    words = spoken_forms().address_words
    signs = {".": "chấm", "/": "gạch chéo", "@": "a còng", "-": "gạch ngang", "_": "gạch dưới"}
    pieces = re.findall(r"[^\W\d_]+|\d+|[./@_-]", re.sub(r"^https?://|^www\.", "", found.group()).rstrip("./"))
    said = [signs.get(piece) or words.get(piece.lower(), piece) for piece in pieces]
    return " ".join(digits_to_words(piece) if piece.isdigit() else piece for piece in said)


def _capitals(found: re.Match[str], dialect: Dialect) -> str:
    word = found.group()
    value = roman(word) if set(word) <= set("IVX") else None
    if value is not None:
        return number_to_words(value, dialect)
    return word if is_syllable(fold(word)) else spelled(word)


_SAYERS: dict[str, Callable[[re.Match[str], Dialect], str]] = {
    "address": _address,
    "code": lambda found, dialect: say_code(found.group()),
    "document": _document,
    "procedure": lambda found, dialect: f"{digits_to_words(found.group()[0])} chấm {say_digits(found.group()[2:])}",
    "dates": _dates,
    "date": _date,
    "month": _month_of_year,
    "day": _day,
    "times": _times,
    "time": _time,
    "weekdays": _weekdays,
    "phone": _phone,
    "money": _money,
    "thousands": lambda found, dialect: f"{_figure(found.group()[:-1] + '000', dialect)}",
    "span": _span,
    "measure": _measure,
    "form": lambda found, dialect: say_mixed(found.group()),
    "number": lambda found, dialect: _figure(found.group(), dialect),
    "abbreviation": lambda found, dialect: spoken_forms().abbreviations[found.group()],
    "capitals": _capitals,
    "by": lambda found, dialect: "nhân",
    "either": lambda found, dialect: "" if found.string.startswith("hoặc", found.end()) else "hoặc",
    "sign": lambda found, dialect: spoken_forms().signs[found.group()],
}
