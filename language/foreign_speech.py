"""Writing text of a language other than the default out for a voice, and finding the default's words in it.

Answers in English keep the facts in Vietnamese: "Birth registration needs: Tờ khai đăng ký khai sinh." An English
voice makes noise of the second half, so each language goes to its own voice. What is said for signs, months and short
forms stands in the language's ``speech.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from language.characters import fold, plain, strip_markup
from language.languages import SpeechForms
from language.passages import passages
from language.spoken_codes import breath_groups
from language.spoken_data import spoken_forms
from language.syllables import is_syllable

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|org)\b(?:/\S*)?")
_CODE = re.compile(r"\b(?:\d{2,3}\.)*[A-Z]\d{2}(?:\.[A-Z0-9]{2,3})*-\d{6,8}-\d{4,7}\b|(?<![\d.])\d\.\d{6}(?!\.?\d)")
_DATE = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3}){1,3}(?![\d.,]*\d)")
_TIME = re.compile(r"(?<![\d.,])(\d{1,2})[:h](\d{2})(?!\w)")
_SPAN = re.compile(r"(?<=\d)\s?[-–]\s?(?=\d)")
_BLANKS = re.compile(r"[ \t]+")
_LINE_END = re.compile(r"([^\s.,;:!?…])?[ \t]*[.,;:…]?[ \t]*\n\s*")
_UNSAID = re.compile(r"[^\w\s.,?!;:']|_")
_BREAK = ".,;:!?()\"“”'‘’«»"


def one_line(text: str) -> str:
    """The text without markup and with line ends as ends of sentences."""
    text = _BLANKS.sub(" ", plain(strip_markup(text)).strip())
    return _LINE_END.sub(lambda end: f"{end[1]}. " if end[1] else " ", text)


def written_out(text: str, forms: SpeechForms) -> str:
    """Return text of a language with codes and phone numbers figure by figure, dates by month and signs as words.

    Amounts and small numbers stay figures, which voices read well; no run is longer than twelve.
    """
    text = "".join(_said(passage, forms) for passage in passages(one_line(text)))
    text = re.sub(r"\s+[-–—]\s+|[()\[\]]", ", ", text)
    text = re.sub(r"\s+", " ", _UNSAID.sub(" ", text)).strip()
    text = re.sub(r"\s+([.,?!;:])", r"\1", text)
    return re.sub(r"([.,?!;:])(?:\s*[.,;])+", r"\1", text).lstrip(".,;:?!' ")


def _said(text: str, forms: SpeechForms) -> str:
    """One passage with everything in words that a voice would stumble over."""
    text = _ADDRESS.sub(lambda found: _address(found.group(), forms), text)
    text = _CODE.sub(lambda found: _code(found.group(), forms), text)
    text = _DATE.sub(lambda found: _date(found, forms), text)
    text = _TIME.sub(r"\1 \2", text)
    text = _AMOUNT.sub(lambda found: re.sub(r"\D", "", found.group()), text)
    hotlines = "|".join(sorted(spoken_forms().hotlines, key=len, reverse=True))
    text = re.sub(rf"(?<![\d.,/])(?:{hotlines})(?![\d/]|[.,]\d)", lambda found: " ".join(found.group()), text)
    text = re.sub(r"(?<!\d)(?:1[89]00\d{4,6}|0\d{8,10}|\d{13,})(?!\d)", lambda found: _figures(found.group()), text)
    for written, said in forms.short_forms.items():
        text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", said, text)
    text = _SPAN.sub(f" {forms.span} ", text)
    for sign, said in forms.signs.items():
        text = text.replace(sign, f" {said} ")
    return re.sub(r"(?<=[a-z])\s?/\s?(?=[a-z])", f" {forms.choice} ", text)


def language_runs(text: str, forms: SpeechForms) -> Iterator[tuple[bool, str]]:
    """Cut one line into runs of (whether they are of the default language, words) in order.

    Words with Vietnamese letters are Vietnamese; so are syllables without diacritics beside them ("khai sinh cho
    con"), and figures among them.
    """
    words = text.split()
    at = 0
    for is_default, group in groupby(_are_default(words, forms)):
        length = len(list(group))
        yield is_default, " ".join(words[at : at + length])
        at += length


def _are_default(words: list[str], forms: SpeechForms) -> list[bool]:
    kinds = [_kind(word, words[at - 1] if at else "", forms) for at, word in enumerate(words)]
    # Twice, from both sides: what lies beside Vietnamese without a break between is Vietnamese too.
    for order, neighbour in ((range(1, len(words)), -1), (range(len(words) - 2, -1, -1), 1)):
        for at in order:
            left, right = (at - 1, at) if neighbour == -1 else (at, at + 1)
            is_beside = kinds[at + neighbour] == "default" and not _parted(words[left], words[right])
            if is_beside and (kinds[at] == "syllable" or (kinds[at] == "figure" and neighbour == -1)):
                kinds[at] = "default"
    return [kind == "default" for kind in kinds]


def _kind(word: str, before: str, forms: SpeechForms) -> str:
    bare = word.strip(_BREAK)
    if not bare or (bare[0].isdigit() and "/" not in bare):
        return "figure"
    if bare in forms.short_forms and before[-1:].isdigit():
        return "figure"
    lowered = bare.lower()
    if lowered in forms.own_words:
        return "own"
    if not bare.isascii() and fold(bare).isascii():
        return "default"
    return "syllable" if is_syllable(lowered) else "own"


def _parted(left: str, right: str) -> bool:
    return left[-1] in _BREAK or right[0] in _BREAK


def _address(written: str, forms: SpeechForms) -> str:
    host = re.sub(r"^https?://|^www\.", "", written).split("/")[0].rstrip(".,;)")
    return host.replace(".", f" {forms.dot} ").replace("-", f" {forms.dash} ") + (", " if written[-1] in ",;" else "")


def _code(code: str, forms: SpeechForms) -> str:
    said = re.sub(r"([.-])", lambda sign: f", {forms.dot if sign[0] == '.' else forms.dash}, ", code)
    return re.sub(r"[A-Z0-9]+", lambda part: _figures(part.group()), said)


def _figures(figures: str) -> str:
    """Sign by sign, with short pauses."""
    return ", ".join(map(" ".join, breath_groups(figures)))


def _date(found: re.Match[str], forms: SpeechForms) -> str:
    day, month, year = (int(part) for part in found.groups())
    return f"{day} {forms.months[month - 1]} {year}" if 1 <= month <= 12 and day <= 31 else " ".join(found.group())
