"""What in a text is said otherwise than it is written: figures, codes, short forms, signs."""

from __future__ import annotations

import re

from language import data
from language.spoken_data import spoken_forms

DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
TIME = r"\d{1,2}(?:[hg]\d{2}|h|:\d{2})(?!\w)"
DAY_OF_MONTH = r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])"
_LATIN = [chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00))]
CAPITAL = "[" + "".join(letter for letter in _LATIN if letter.isupper()) + "]"
SMALL = "[" + "".join(letter for letter in _LATIN if letter.islower()) + "]"
"""Letters of either case; ranges such as "À-Ỹ" would hold both."""
_WHOLE = r"\d{1,3}(?:\.\d{3})+|\d+"
_CURRENCY = r"đồng|VNĐ|VND|vnđ|vnd|đ|₫"
_NUMBER_WORD = r"[Mm]ột|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín|mười|mươi|mốt|trăm|nghìn|linh|không"
_PARTS = "|".join(
    f"[{word[0].upper()}{word[0]}]{word[1:]}"
    for word in ("phụ lục", "chương", "mục", "phần", "quý", "kỳ", "lần", "nhóm", "hạng", "loại", "bậc", "cấp", "khóa")
)
"""What is numbered with Roman numerals; elsewhere a single I or V is a letter."""
_EACH = r"ngày|tuần|tháng|quý|năm|lần|người|giờ|trường hợp|hồ sơ|bản|tờ|trang|hộ|thửa|xe|thẻ"
_NAMED_BEFORE = ("số", "Số", "mẫu", "Mẫu", "mã", "lục", "biểu", "bảng", "vùng")
"""Words before which "01" is part of a name and keeps its zero."""


@data.cached()
def said_otherwise() -> re.Pattern[str]:
    """Return one expression for all of it; the name of the group that matched tells what it is. The first row wins."""
    forms = spoken_forms()
    units = "|".join(re.escape(unit) for unit in sorted(forms.units, key=len, reverse=True))
    hotlines = "|".join(sorted(forms.hotlines, key=len, reverse=True))
    no_name_before = "".join(rf"(?<!{word} )" for word in _NAMED_BEFORE)
    rows = {
        "address": r"(?:https?://|www\.)[^\s,;)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
        r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|org)\b(?:/[^\s,;)]*)?",
        "code": r"\b(?:\d{2,3}\.){0,3}[A-Z]\d{2}(?:\.[A-Z0-9]{2,3}){0,4}-(?:\d{8}|\d{6})-\d{4,7}\b",
        "document": rf"(?:(?:{forms.document_word_pattern})\s+)?(?:số\s+)?(?<![\d/.])\d+(?:\.\d{{1,2}})?"
        r"(?:/(?:19|20)\d{2})?/[A-ZĐ][A-ZĐa-z]+\d*(?:-[A-ZĐ][A-ZĐa-z]*)*\b",
        "national_code": r"(?<![\d.,])[1-9]\.\d{6}\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}(?!\w)",
        "procedure": r"(?<![\d.,])[1-9]\.\d{6}(?!\d|[.,]\d)",
        "dates": rf"(?:từ\s+)?(?:ngày\s+)?(?<!\d){DATE}\s*[-–]\s*(?:ngày\s+)?{DATE}(?!\d)",
        "date": rf"(?:ngày\s+)?(?<![\d/.]){DATE}(?!\d)|(?<!\d)\d{{4}}-\d{{2}}-\d{{2}}(?!\d)",
        "month": r"tháng\s+\d{1,2}/\d{4}(?!\d)|(?<![\d/.])(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}(?!\d)",
        "day": r"(?:ngày|mùng|mồng)\s+\d{1,2}/\d{1,2}(?![\d/])",
        "days": rf"(?<![\d/.,])(?:từ\s+)?{DAY_OF_MONTH}\s?[-–]\s?{DAY_OF_MONTH}(?![\d/])",
        # "từ 2/3" is two thirds; a day above ten or a zero tells the date.
        "day_after": r"(?<!\w)(?:từ|đến|trước|sau|hết|vào)\s+(?=0|[1-3]\d/|\d/0)" rf"{DAY_OF_MONTH}(?![\d/])",
        "years": r"(?<![\d.,/-])(?:19|20)\d{2}\s?[-–]\s?(?:19|20)\d{2}(?!\d|[./-]\d)",
        "times": rf"(?<![\d.,]){TIME}\s*[-–]\s*{TIME}",
        "time": rf"(?<![\d.,]){TIME}",
        "weekdays": r"[Tt]hứ\s+[2-7](?:\s*[-–]\s*(?:[Tt]hứ\s+)?[2-7](?!\d))?(?!\d)",
        "short_weekdays": r"(?<!\w)T[2-7]\s*[-–]\s*(?:T?[2-7]|CN)(?!\w)",
        "phone": r"(?<![\d.])(?:\+84|\(?0)[ .\-]?\d(?:[ .\-()]{0,2}\d){7,9}(?!\d)"
        r"|(?<![\d.])1[89]00[ .]?\d{4}(?:\d{2})?(?!\d)"
        rf"|(?<![\d.,/])(?:{hotlines})(?![\d/]|[.,]\d|\s*(?:{_CURRENCY})\b)",
        "lettered": r"(?<![\w.,/])\d{1,2}[a-fijln-zđA-FIJLN-ZĐ](?!\w)",
        "money": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?\s?(?:{_CURRENCY})(?!\w)(?:\s?/\s?(?=[^\W\d_]))?",
        "thousands": r"(?<![\d.,])\d+k(?!\w)",
        "span": r"(?<![\d.,/-])\d{1,3}(?:\.\d{3})*\s?[-–~]\s?\d{1,3}(?:\.\d{3})*(?!\d|[/.,-]\d)"
        rf"(?:\s?(?:{_CURRENCY})(?!\w)|(?=\s*%|\s*(?:{units})(?!\w)|\s+[^\W\d_]))"
        r"|(?<=tuổi )\d{1,2}\s?[-–]\s?\d{1,2}(?!\d|[/.,-]\d)",
        "month_alone": r"(?<=[Tt]háng )(?:0?[1-9]|1[0-2])(?![\d/]|[.,]\d)",
        "always": r"(?<![\d/.,])24/(?:7|24(?:\s?(?:giờ|h))?)(?![\w/])",
        "twice": rf"(?<![\d.,/])\d{{1,3}}\s?\((?:{_NUMBER_WORD})(?:\s(?:{_NUMBER_WORD}))*\)",
        "section": r"(?<![\d.,/\w])(?:\d{1,2}|[a-zđ])(?:\.\d{1,2})+(?!\d|[.,/-]\d|\w)",
        "more": r">(?=\s?\d)",
        "less": r"<(?=\s?\d)",
        "counted": rf"(?<![\d.,/]){no_name_before}(?<![A-ZĐ] )0\d(?=\s+{SMALL})|(?<=giờ )0\d(?![\d.,/])",
        "fraction": rf"(?<![\d.,/])[1-9]/(?:[2-9]|10)(?=\s+(?:{forms.counted_pattern})(?!\w))",
        "height": r"(?<![\d.,])[12]m\d{2}(?!\w)",
        "measure": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?\s?(?:{units})(?!\w)",
        "quarter": r"(?<!\w)[IVX]{1,4}/(?:19|20)\d{2}(?!\d)",
        "part": rf"(?<!\w)(?:{_PARTS})\s+(?:số\s+)?[IVX]{{1,5}}[A-Da-d]?(?!\w|/\d)",
        "small_roman": r"\([ivx]{1,5}\)|(?<!\w)(?:ii|iii|iv|vii|viii|ix|xii|xiii)(?!\w)",
        "form": r"(?<!\w)[A-ZĐ]{1,4}\d{1,4}[a-z]?(?!\w)",
        "serial": r"(?<!\w)[A-ZĐ]{1,4}\d{5,}(?!\w)",
        "number": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?",
        "abbreviation": rf"(?<!\w)(?:{forms.abbreviation_pattern})(?!\w)",
        "lower_abbreviation": rf"(?<!\w)(?:{forms.lower_abbreviation_pattern})(?!\w)",
        "foreign": rf"(?i:(?<!\w)(?:{forms.foreign_pattern})(?!\w))",
        "dotted_capitals": r"(?<!\w)(?:[A-ZĐ]\.){2,6}[A-ZĐ]?(?!\w)",
        "town": r"(?<!\w)[QP]\.\s?(?=\d)",
        "by": r"(?:(?<=[\dm])|(?<=[\dm] ))[x×]\s?(?=\d)",
        "unit": r"(?<!\w)(?:km|kg|cm|mm)(?!\w)",
        "letter": r"(?<![\w'’])[A-Za-zĐđ](?!\w)",
        # Seven consonants are no word in capitals.
        "capitals": r"(?<!\w)(?:[A-ZĐ]{2,6}|[B-DĐF-HJ-NP-TV-XZ]{7,9})(?!\w)",
        "each": rf"(?:(?<=lần)|(?<=suất)|(?<=đồng)|(?<=%)|(?<=kỳ)|(?<=giờ))\s?/\s?(?=(?:{_EACH})(?!\w))",
        "either": r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])",
        # Points of a list that were written in one line; a star is a key only where keys are spoken of.
        "point": rf"(?<=\s)(?:\+|(?<!phím )\*)\s?(?={CAPITAL}{SMALL})|(?<=[:;.,] )\+\s(?=\d)",
        "joint": r"(?<=\d)\.(?=[A-ZĐ]{2,}(?!\w))",
        "sign": "|".join(re.escape(sign) for sign in forms.signs),
    }
    return re.compile("|".join(f"(?P<{name}>{row})" for name, row in rows.items()))
