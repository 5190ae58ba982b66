"""Letters and signs: one form for every letter, whatever keyboard, copy or trick it came from."""

from __future__ import annotations

import html
import itertools
import re
import unicodedata

from language import data

_TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_SHAPE_MARKS = "\u0302\u0306\u031b"

# Zero-width and direction signs vanish; other control characters end a word.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_LOOSE_MARK = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@data.cached()
def _look_alikes() -> dict[int, str]:
    table: dict[str, str] = data.load("characters")["look_alikes"]
    return {ord(sign): plain for sign, plain in table.items()}


@data.cached()
def _fold_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "D"}
    for base in "aeiouyAEIOUY":
        for shape in ("", *_SHAPE_MARKS):
            for tone in ("", *_TONE_MARKS):
                letter = unicodedata.normalize("NFC", base + shape + tone)
                if len(letter) == 1:
                    table[ord(letter)] = base
    return table


def strip_markup(text: str) -> str:
    """Drop HTML tags and write out character references: ``<b>A &amp; B</b>`` becomes `` A & B ``."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    return text


@data.kept
def plain(text: str) -> str:
    """Return the text in NFC with ASCII digits and Latin letters, keeping case, punctuation and line breaks.

    Zero-width signs are removed, control characters become spaces, digits of other scripts (Khmer,
    full-width) become 0 to 9, and Cyrillic or Greek look-alikes become the Latin letter they imitate.
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
        text = text.translate(_FULL_WIDTH).translate(_look_alikes())
        text = unicodedata.normalize("NFC", text)
        text = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text)
    elif "`" in text:
        # The one look-alike in ASCII: what it becomes must not hang on what else is in the text.
        text = text.replace("`", "'")
    return _CONTROL.sub(lambda found: "\n" if "\n" in found.group() else " ", text)


@data.kept
def lowered(text: str) -> str:
    """Return `plain` text in compatibility form, lower case, with no combining mark left over."""
    text = plain(text)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).translate(_look_alikes()).lower()
    return _LOOSE_MARK.sub("", unicodedata.normalize("NFC", text))


def strip_diacritics(text: str) -> str:
    """Write Vietnamese letters without marks, keeping case: ``Đăng ký`` becomes ``Dang ky``."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_fold_table())


def fold(text: str) -> str:
    """Return the form used for matching: lower case, no diacritics, ``đ`` as ``d``."""
    return strip_diacritics(text).lower()


def typed_as(typed: str, written: str) -> bool:
    """Whether each syllable is typed as it is written, or without any diacritics.

    Diacritics are forgotten more often than wrong ones are set: "thue" may be "thuế", "thuê" is not.
    """
    pairs = itertools.zip_longest(typed.split(), written.split(), fillvalue="")
    return all(one in (other, fold(other)) for one, other in pairs)
