"""Reading national procedure codes (``1.001193``) as people type and say them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from language import data
from language.characters import plain
from language.lexemes import Kind, Lexeme, lex
from language.readings import readings

_MAX_LENGTH = 2_000
_LENGTH = 7
_EXACT = re.compile(r"(?<![\w.,/-])([1-9])\.([01]\d{5})(?![\w/]|[.,-]\d)")
_LOOSE = re.compile(r"(?<![\w.,/+-])([1-9])[ .,-]{0,2}([01]\d{2})[ .,-]?(\d{3})(?![\w/]|[.,-]\d)")
_BEFORE_NUMBER = re.compile(r"([^\W\d_]+)\W*$")


@data.cached()
def _cues() -> frozenset[str]:
    return frozenset(data.load("dossier_codes")["procedure_cues"].split())


def find_procedure_code(text: str) -> str | None:
    """Return the first national procedure code in a message in canonical form (``1.001193``), or None.

    One digit, a dot and six digits are a code by themselves. With a blank, a comma or nothing for the dot
    they are one only behind a word like "thủ tục" or "mã", or when they are the whole message: otherwise
    they may be an amount or a number of papers. Codes said aloud need the same company.
    """
    text = plain(text[:_MAX_LENGTH])
    exact = _EXACT.search(text)
    if exact:
        return f"{exact[1]}.{exact[2]}"
    for found in _LOOSE.finditer(text):
        if _is_announced(text[: found.start()]) or found.group() == text.strip(" .?!"):
            return f"{found[1]}.{found[2]}{found[3]}"
    return _spoken(lex(text))


def _is_announced(before: str) -> bool:
    word = _BEFORE_NUMBER.search(before)
    return word is not None and word[1].lower() in _cues()


def _spoken(lexemes: Sequence[Lexeme]) -> str | None:
    """Read "một chấm không không một một chín ba"; the word "chấm" is needed."""
    for at in range(1, len(lexemes) - 1):
        head = lexemes[at - 1]
        if lexemes[at].word not in ("chấm", "cham") or head.kind is not Kind.DIGIT:
            continue
        cued = at == 1 or lexemes[at - 2].word in _cues()
        end = at + 1
        while end < len(lexemes) and lexemes[end].kind not in (Kind.WORD, Kind.SIGN, Kind.DOT, Kind.DASH):
            end += 1
        candidates = [reading.digits for reading in readings(lexemes[at + 1 : end])]
        tail = next((digits for digits in candidates if len(digits) == _LENGTH - 1 and digits[0] in "01"), None)
        if cued and tail is not None:
            return f"{head.value}.{tail}"
    return None
