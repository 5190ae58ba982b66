"""Cleaning of published text: pages arrive with list marks, stray control characters and glued lines."""

from __future__ import annotations

import re
import unicodedata

from language.characters import strip_diacritics

_JOINER_RANGES = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Dropped, not replaced: inside a word ("k\u200eý") a space would break the word in two."""

_NOISE_RANGES = "\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufff0-\uffff\U000f0000-\U0010ffff"
_JOINERS = re.compile(f"[{_JOINER_RANGES}]")
_NOISE = re.compile(f"[{_NOISE_RANGES}]+")
_ODD = re.compile(f"[{_JOINER_RANGES}{_NOISE_RANGES}]")

_MARK = re.compile(
    r"""^(?:
        [-–—•*+·▪,.;:)]+\s*                                # "- ", "++ ", "*) ", a stray ")"
      | \((?:\d{1,2}(?:\.\d{1,2})*|[a-zđ]\d?|[ivx]{1,5})\)\s*  # "(1)", "(1.1)", "(a)", "(iv)"
      | \d{1,2}(?:\.\d{1,2})*[.)/]\s*(?=[^\W\d])            # "1.", "2)", "1.3.2. "
      | (?:[a-zđ](?:\.?\d{1,2})?|[ivx]{1,4})\)\s*           # "a)", "c1)", "g.1)", "ii)"
      | (?:[a-zđ]|[IVX]{1,4})\.\s+                          # "a. ", "II. "
    )""",
    re.VERBOSE,
)

_SHORTEST_WORD = 2
_TWO_STOPS = re.compile(r"(?<=[^.])\.\.(?=\s|$)")
_SPACE_BEFORE_MARK = re.compile(r"\s+([,;:.])(?=\s|$)")
_WORD = re.compile(r"[a-z0-9]+")

_NOTHING = frozenset(
    {
        "",
        "không",
        "không có",
        "không có thông tin",
        "không quy định",
        "không yêu cầu",
        "không áp dụng",
        "chưa quy định",
        "chưa có quy định",
    }
)


def tidy(value: str) -> str:
    """One line of NFC text without control, invisible and private-use characters, no space before a comma or a stop."""
    if _ODD.search(value):
        value = _NOISE.sub(" ", _JOINERS.sub("", value))
    if not unicodedata.is_normalized("NFC", value):
        value = unicodedata.normalize("NFC", value)
    return _TWO_STOPS.sub(".", _SPACE_BEFORE_MARK.sub(r"\1", " ".join(value.split())))


def lines(value: str) -> list[str]:
    """The non-empty lines of a text, each tidy."""
    return [line for part in value.splitlines() if (line := tidy(part))]


def strip_marks(value: str) -> str:
    """The text without leading list marks ("- ", "a)", "(i)", "2.1.") and without a trailing ";" or ":"."""
    text = value.strip()
    for _ in range(4):
        match = _MARK.match(text)
        if match is None:
            break
        text = text[match.end() :]
    return text.strip().rstrip(";:,").rstrip()


def list_mark(value: str) -> str | None:
    """The letter or number an item is listed under, "a" of "a) Tờ khai", or None."""
    match = re.match(r"\(?(\d{1,2}|[a-zđ])[).]\s", value.strip())
    return match.group(1) if match else None


def says_nothing(value: str) -> bool:
    """Whether a field only says that there is nothing to say ("Không có thông tin", "-", "(Không)")."""
    return value.strip(" \t\n.-–()*;:,").lower() in _NOTHING


def is_leftover(value: str) -> bool:
    """Whether nothing but a mark of a list is left of a text: "A.", "1"."""
    return len(re.sub(r"\W", "", value)) < _SHORTEST_WORD


def clip(value: str, limit: int) -> str:
    """At most ``limit`` characters, cut after a sentence, else at a word end with "…"."""
    if len(value) <= limit:
        return value
    head = value[:limit]
    for mark in (". ", "; "):
        end = head.rfind(mark)
        if end > limit // 3:
            return head[: end + 1].rstrip("; ")
    return head[: head.rfind(" ")].rstrip(" ,;:") + "…"


def capitalise(value: str) -> str:
    """First letter in upper case, the rest as it is."""
    return value[:1].upper() + value[1:]


def fold(value: str) -> str:
    """Lower case without diacritics and punctuation, for comparing what people type."""
    return " ".join(_WORD.findall(strip_diacritics(value).lower()))
