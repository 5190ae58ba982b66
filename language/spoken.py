"""Writing text out for a voice: everything a synthesiser would stumble over becomes words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from language.characters import fold, plain, strip_markup
from language.number_words import Dialect, digits_to_words, number_to_words
from language.passages import passages
from language.spoken_codes import roman, say_code, say_digits, say_document_number, say_mixed
from language.spoken_data import spelled, spoken_forms
from language.spoken_patterns import CAPITAL, DATE, DAY_OF_MONTH, SMALL, TIME, said_otherwise
from language.syllables import is_syllable

__all__ = ["Dialect", "number_to_words", "speakable"]

_DIGIT_GROUPS = re.compile(r"\D+")
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[ \t]+")
_GLUED = re.compile(
    rf"(?<={SMALL})(?={CAPITAL}{SMALL}{SMALL})"
    r"|(?<=[A-ZĐ][A-ZĐ])(?=(?:Mẫu|Mau|Phụ|Phu|Đơn|Báo|Giấy|Tờ|Nghị|Thông|Luật)\b)"
)
"""Where crawled texts lost a line end: "tại Việt NamMẫu số 1"."""
_LINE_MARK = re.compile(r"^[ \t]*(?:[-–•●▪*+·]|\(?\d{1,2}[.)](?=\s))[ \t]+", re.MULTILINE)
_LINE_END = re.compile(r"([^\s.,;:!?…])?[ \t]*[.,;:…]?[ \t]*\n\s*")
_UNSAID = re.compile(r"[^\w\s.,?!;]|_")
_LONGEST_NUMBER = 12
"""Figures without grouping dots; longer ones are read digit by digit."""
_LARGEST = 27
_TICKET = re.compile(r"(?<![\d.,/-])(\d{4}) (\d{4})(?!\d|[.,/-]\d)")
_MONTHS = {1: "một", 4: "tư"}


def tickets_by_digit(text: str) -> str:
    """Return the text with numbers of tickets (``1234 5678``) as single digits, in whatever language it is: a voice
    would read two amounts.
    """
    return _TICKET.sub(lambda found: ", ".join(" ".join(group) for group in found.groups()), text)


def speakable(text: str, dialect: Dialect = Dialect.NORTH) -> str:
    """Return the text with money, numbers, dates, times, codes, short forms and signs as words.

    The result holds letters, blanks and the punctuation . , ? ! ; only, in NFC, on one line; line ends become
    pauses. Codes and phone numbers are said digit by digit in short groups.
    """
    text = _BLANKS.sub(" ", plain(strip_markup(text)).strip())
    text = _LINE_MARK.sub("", text)
    text = _LINE_END.sub(lambda end: f"{end[1] or ''}. " if end[1] else " ", text)
    text = _GLUED.sub(". ", text)
    said = said_otherwise()
    text = "".join(said.sub(lambda found: _say(found, dialect), passage) for passage in passages(text))
    text = re.sub(r"\d+", lambda found: f" {digits_to_words(found.group())} ", text)
    text = re.sub(r"\s+[-–—]\s+|:(?=\s|$)|[()\[\]]", ", ", text)
    text = _SPACES.sub(" ", _UNSAID.sub(" ", text)).strip()
    text = re.sub(r"\s+([.,?!;])", r"\1", text)
    return re.sub(r"[.,?!;](?:\s*[.,;])+", _longest_pause, text).lstrip(".,;?! ")


def _longest_pause(found: re.Match[str]) -> str:
    """Of stops in a row the one with the longest pause: a sentence may end with a bracket."""
    return next(stop for stop in "?!.;," if stop in found.group())


def _say(found: re.Match[str], dialect: Dialect) -> str:
    name = found.lastgroup or ""
    return f" {_SAYERS[name](found, dialect)} "


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
    first, second = re.finditer(DATE, found.group())
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
    first, second = re.finditer(TIME, found.group())
    return f"{_time(first, dialect)} đến {_time(second, dialect)}"


def _weekdays(found: re.Match[str], dialect: Dialect) -> str:
    names = ["tư" if day == "4" else number_to_words(int(day)) for day in re.findall(r"\d", found.group())]
    return " đến ".join([f"{found.group()[:3]} {names[0]}", *(f"thứ {name}" for name in names[1:])])


def _day_span(found: re.Match[str], dialect: Dialect) -> str:
    first, second = (_day_of_month(part, dialect) for part in re.findall(DAY_OF_MONTH, found.group()))
    return f"từ ngày {first} đến ngày {second}"


def _day_after(found: re.Match[str], dialect: Dialect) -> str:
    word, day = found.group().split()
    return f"{word} ngày {_day_of_month(day, dialect)}"


def _day_of_month(written: str, dialect: Dialect) -> str:
    day, month = map(int, written.split("/"))
    return f"{number_to_words(day, dialect)} tháng {_month(month)}"


def _phone(found: re.Match[str], dialect: Dialect) -> str:
    number = found.group()
    # As it is written, so that an area code stays together; a figure alone goes with what follows it.
    parts = re.findall(r"\d+", re.sub(r"(?<!\d)(\d)\D+(?=\d)", r"\1", number.removeprefix("+84")))
    said = ", ".join(digits_to_words(part) if len(part) <= 4 else say_digits(part) for part in parts)
    return f"cộng tám tư, {said}" if number.startswith("+") else said


def _document(found: re.Match[str], dialect: Dialect) -> str:
    split = re.fullmatch(r"(\D*?)(\d+(?:\.\d+)?)(?:/(\d{4}))?/(.+)", found.group())
    if split is None:
        return say_mixed(found.group())
    before, number, year, signs = split.groups()
    first, rest = re.match(r"(\w*)(.*)", before, re.DOTALL).groups()  # type: ignore[union-attr]
    before = spoken_forms().document_types.get(first, first) + rest
    said = say_document_number(number, year, signs, dialect)
    if before.strip() in {"", "số"}:
        # People say the type first, which only the signs behind the number tell: "163/QĐ-BTP".
        return f"{spoken_forms().document_types.get(signs.split('-')[0], '')} số {said}".lstrip()
    return f"{before}{said}" if "số" in before else f"{before}số {said}"


def _short_weekdays(found: re.Match[str], dialect: Dialect) -> str:
    first, last = re.findall(r"[2-7]|CN", found.group())
    names = {"4": "thứ tư", "CN": "chủ nhật"}
    return " đến ".join(names.get(day) or f"thứ {number_to_words(int(day), dialect)}" for day in (first, last))


def _fraction(found: re.Match[str], dialect: Dialect) -> str:
    return " phần ".join(number_to_words(int(part), dialect) for part in found.group().split("/"))


def _quarter(found: re.Match[str], dialect: Dialect) -> str:
    numeral, year = found.group().split("/")
    value = roman(numeral)
    quarter = number_to_words(value, dialect) if value is not None else spelled(numeral)
    return f"{quarter} năm {number_to_words(int(year), dialect)}"


def _short_form(written: str) -> str:
    """An abbreviation in other writing than the list's: lower case, or with dots."""
    bare = written.replace(".", "").upper()
    return spoken_forms().abbreviations.get(bare) or spelled(bare)


def _money(found: re.Match[str], dialect: Dialect) -> str:
    figures = re.match(r"[\d.,]+", found.group())
    said = f"{_figure(figures.group(), dialect) if figures else ''} đồng"
    return f"{said} mỗi" if found.group().rstrip().endswith("/") else said


def _span(found: re.Match[str], dialect: Dialect) -> str:
    said = " đến ".join(_figure(part, dialect) for part in re.findall(r"[\d.]*\d", found.group()))
    return f"{said} đồng" if found.group()[-1] not in "0123456789" else said


def _twice(found: re.Match[str], dialect: Dialect) -> str:
    """A number in figures and again in words: "01 (một) bộ"."""
    figures, words = re.fullmatch(r"(\d+)\s?\((.+)\)", found.group()).groups()  # type: ignore[union-attr]
    said = number_to_words(int(figures), dialect)
    return (
        said if words.lower() in {said, *map(partial(number_to_words, int(figures)), Dialect)} else f"{said}, {words},"
    )


def _section(found: re.Match[str], dialect: Dialect) -> str:
    first, *rest = found.group().split(".")
    said = [number_to_words(int(first), dialect) if first.isdigit() else _letter(first)]
    said += [digits_to_words(part) if part.startswith("0") else number_to_words(int(part), dialect) for part in rest]
    return " chấm ".join(said)


def _part(found: re.Match[str], dialect: Dialect) -> str:
    """A chapter or annex with a Roman number, perhaps with a letter behind it: "Phụ lục IIa"."""
    before, numeral = found.group().rsplit(None, 1)
    figures = numeral.rstrip("ABCDabcd")
    value = roman(figures)
    if not value:
        return f"{before} {spelled(numeral)}"
    return f"{before} {number_to_words(value, dialect)} {spelled(numeral[len(figures) :])}"


def _small_roman(found: re.Match[str], dialect: Dialect) -> str:
    value = roman(found.group().strip("()").upper())
    return found.group().replace(found.group().strip("()"), number_to_words(value, dialect)) if value else found.group()


def _letter(written: str) -> str:
    """A letter that stands alone, such as a point of an article: d and đ follow one another there."""
    return "dê" if written in "dD" else spelled(written)


def _height(found: re.Match[str], dialect: Dialect) -> str:
    metres, centimetres = map(int, found.group().split("m"))
    return f"{number_to_words(metres, dialect)} mét {number_to_words(centimetres, dialect)}"


def _measure(found: re.Match[str], dialect: Dialect) -> str:
    split = re.fullmatch(r"([\d.,]+)\s?(\S+)", found.group())
    return f"{_figure(split[1], dialect)} {spoken_forms().units[split[2]]}" if split else found.group()


def _address(found: re.Match[str], dialect: Dialect) -> str:
    words = spoken_forms().address_words
    signs = {".": "chấm", "/": "gạch chéo", "@": "a còng", "-": "gạch ngang", "_": "gạch dưới"}
    written = found.group()
    stop = "." if written.endswith(".") else ""
    address = re.sub(r"^(?:https?://)?(?:www\.)?", "", written).rstrip("./")
    host, _, path = address.partition("/")
    # Nobody can keep a longer path in mind while listening; the site leads there.
    pieces = re.findall(r"[^\W\d_]+|\d+|[./@_-]", address if path.isalpha() else host)
    said = [signs.get(piece) or words.get(piece.lower(), piece) for piece in pieces]
    return " ".join(digits_to_words(piece) if piece.isdigit() else piece for piece in said) + stop


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
    "national_code": lambda found, dialect: say_code(found.group()),
    "procedure": lambda found, dialect: f"{digits_to_words(found.group()[0])} chấm {say_digits(found.group()[2:])}",
    "dates": _dates,
    "date": _date,
    "month": _month_of_year,
    "day": _day,
    "times": _times,
    "time": _time,
    "weekdays": _weekdays,
    "short_weekdays": _short_weekdays,
    "phone": _phone,
    "lettered": lambda found, dialect: f"{_figure(found.group()[:-1], dialect)} {_letter(found.group()[-1])}",
    "money": _money,
    "thousands": lambda found, dialect: f"{_figure(found.group()[:-1] + '000', dialect)}",
    "span": _span,
    "days": _day_span,
    "day_after": _day_after,
    "years": lambda found, dialect: " đến ".join(
        number_to_words(int(year), dialect) for year in re.findall(r"\d{4}", found.group())
    ),
    "twice": _twice,
    "section": _section,
    "month_alone": lambda found, dialect: _month(int(found.group())),
    "always": lambda found, dialect: "cả ngày lẫn đêm",
    "more": lambda found, dialect: "trên",
    "less": lambda found, dialect: "dưới",
    "counted": lambda found, dialect: number_to_words(int(found.group()), dialect),
    "fraction": _fraction,
    "height": _height,
    "measure": _measure,
    "part": _part,
    "small_roman": _small_roman,
    "serial": lambda found, dialect: f"{spelled(found.group())} {say_digits(_DIGIT_GROUPS.sub('', found.group()))}",
    "town": lambda found, dialect: "quận" if found.group()[0] == "Q" else "phường",
    "unit": lambda found, dialect: spoken_forms().units[found.group()],
    "letter": lambda found, dialect: _letter(found.group()),
    "each": lambda found, dialect: "mỗi",
    "point": lambda found, dialect: ",",
    "joint": lambda found, dialect: "",
    "quarter": _quarter,
    "form": lambda found, dialect: say_mixed(found.group()),
    "number": lambda found, dialect: _figure(found.group(), dialect),
    "abbreviation": lambda found, dialect: spoken_forms().abbreviations[found.group()],
    "lower_abbreviation": lambda found, dialect: _short_form(found.group()),
    "foreign": lambda found, dialect: spoken_forms().foreign_words[found.group().lower()],
    "dotted_capitals": lambda found, dialect: _short_form(found.group()),
    "capitals": _capitals,
    "by": lambda found, dialect: "nhân",
    "either": lambda found, dialect: "" if found.string.startswith("hoặc", found.end()) else "hoặc",
    "sign": lambda found, dialect: spoken_forms().signs[found.group()],
}
