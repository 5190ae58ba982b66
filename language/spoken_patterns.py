"""What in a text is said otherwise than it is written: figures, codes, short forms, signs."""

from __future__ import annotations

import re
from functools import cache

from language.spoken_data import spoken_forms

DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
TIME = r"\d{1,2}(?:[hg]\d{2}|h|:\d{2})(?!\w)"
_WHOLE = r"\d{1,3}(?:\.\d{3})+|\d+"
_CURRENCY = r"đồng|VNĐ|VND|vnđ|vnd|đ|₫"


@cache
def said_otherwise() -> re.Pattern[str]:
    """Return one expression for all of it; the name of the group that matched tells what it is. The first row wins."""
    forms = spoken_forms()
    units = "|".join(re.escape(unit) for unit in sorted(forms.units, key=len, reverse=True))
    hotlines = "|".join(sorted(forms.hotlines, key=len, reverse=True))
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
        "times": rf"(?<![\d.,]){TIME}\s*[-–]\s*{TIME}",
        "time": rf"(?<![\d.,]){TIME}",
        "weekdays": r"[Tt]hứ\s+[2-7](?:\s*[-–]\s*(?:[Tt]hứ\s+)?[2-7](?!\d))?(?!\d)",
        "short_weekdays": r"(?<!\w)T[2-7]\s*[-–]\s*(?:T?[2-7]|CN)(?!\w)",
        "phone": r"(?<![\d.])(?:\+84|\(?0)[ .\-]?\d(?:[ .\-()]{0,2}\d){7,9}(?!\d)"
        r"|(?<![\d.])1[89]00[ .]?\d{4}(?:\d{2})?(?!\d)"
        rf"|(?<![\d.,/])(?:{hotlines})(?![\d/]|[.,]\d|\s*(?:{_CURRENCY})\b)",
        "money": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?\s?(?:{_CURRENCY})(?!\w)(?:\s?/\s?(?=[^\W\d_]))?",
        "thousands": r"(?<![\d.,])\d+k(?!\w)",
        "span": r"(?<![\d.,/-])\d{1,3}(?:\.\d{3})*\s?[-–]\s?\d{1,3}(?:\.\d{3})*(?![\d/.-])"
        r"(?=\s*%|\s+[^\W\d_])",
        "month_alone": r"(?<=[Tt]háng )(?:0?[1-9]|1[0-2])(?![\d/]|[.,]\d)",
        "always": r"(?<![\d/.,])24/7(?![\d/])",
        "more": r">(?=\s?\d)",
        "less": r"<(?=\s?\d)",
        "counted": rf"(?<![\d.,/])(?<!số )0\d(?=\s+(?:{forms.counted_pattern})(?!\w))|(?<=giờ )0\d(?![\d.,/])",
        "fraction": rf"(?<![\d.,/])[1-9]/(?:[2-9]|10)(?=\s+(?:{forms.counted_pattern})(?!\w))",
        "measure": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?\s?(?:{units})(?!\w)",
        "quarter": r"(?<!\w)[IVX]{1,4}/(?:19|20)\d{2}(?!\d)",
        "form": r"(?<!\w)[A-ZĐ]{1,4}\d{1,4}[a-z]?(?!\w)",
        "number": rf"(?<![\d.,])(?:{_WHOLE})(?:,\d+)?",
        "abbreviation": rf"(?<!\w)(?:{forms.abbreviation_pattern})(?!\w)",
        "lower_abbreviation": rf"(?<!\w)(?:{forms.lower_abbreviation_pattern})(?!\w)",
        "foreign": rf"(?i:(?<!\w)(?:{forms.foreign_pattern})(?!\w))",
        "dotted_capitals": r"(?<!\w)(?:[A-ZĐ]\.){2,6}[A-ZĐ]?(?!\w)",
        "capitals": r"(?<!\w)[A-ZĐ]{2,6}(?!\w)",
        "by": r"(?<=\d)\s?[x×]\s?(?=\d)",
        "either": r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])",
        "sign": "|".join(re.escape(sign) for sign in forms.signs),
    }
    return re.compile("|".join(f"(?P<{name}>{row})" for name, row in rows.items()))
