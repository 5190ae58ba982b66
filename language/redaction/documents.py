"""Numbers that papers and accounts carry, found by the words that say what they are.

A parcel, the serial of a certificate, a plate that is spoken: short or odd numbers, which nothing but the word before
them tells from any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from language import data
from language.characters import fold
from language.lexemes import NUMERIC, Lexeme
from language.redaction.pieces import Piece, Tag, folded

_PLATE = r"\d\d ?-?[a-z]{1,2}\d?[ .-]{0,3}\d{3}\.?\d{1,2}"
_DAY = r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?"
_AT = r" ?(?:@|\(a\)|\[a\]|\(at\)|\[at\]|\(a cong\)) ?"
_NO_MORE = r"(?!\d)"
_Patterns = tuple[tuple[Tag, re.Pattern[str]], ...]


@data.cached()
def _declared() -> _Patterns:
    """What each word of ``documents.yml`` says of the number behind it, on a text without case and diacritics."""
    content = data.load("redaction/documents")

    def any_of(name: str) -> str:
        phrases = sorted(map(fold, content[name].split(" | ")), key=len, reverse=True)
        return rf"(?:{'|'.join(map(re.escape, phrases))})"

    behind = rf"(?: {any_of('between')}){{0,4}} ?[:.]? ?"
    number = rf"(?:\d{{1,5}}(?!\d)|(?:{any_of('said_digits')}(?: |\b)){{1,6}})"
    no_area = rf"(?! ?{any_of('areas')}\b)"
    certificate = rf"{any_of('certificates')}(?: {any_of('behind_certificates')})?"
    mail = rf"{any_of('mails')}(?: {any_of('behind_mails')}){{0,3}} ?:? ?"
    hosts, said_at = any_of("mail_hosts"), any_of("said_at")
    patterns = (
        (Tag.PLATE, rf"\b{any_of('plates')}{behind}(?P<it>{_PLATE}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b{any_of('parcels')}{behind}(?P<it>{number}){no_area}"),
        (Tag.DIGITS, rf"\bthua\b.{{0,40}}?\b(?:to|tbd)(?: ban do)?{behind}(?P<it>{number})"),
        (Tag.DIGITS, rf"\b{any_of('sheets')}{behind}(?P<it>{number})"),
        (Tag.DIGITS, rf"\b{certificate}{behind}(?P<it>[a-z]{{1,2}}[ -]?\d{{5,8}}|\d{{5,8}}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b{any_of('civil_papers')} so ?:? ?(?P<it>\d{{1,5}}(?:/(?:19|20)\d\d)?){_NO_MORE}"),
        (Tag.DIGITS, rf"\bket hon(?: so)? ?:? ?(?P<it>\d{{1,5}}/(?:19|20)\d\d){_NO_MORE}"),
        (Tag.DIGITS, rf"\bthe(?: \w{{2,6}}){{1,3}} so ?:? ?(?P<it>[a-z]{{0,2}} ?\d{{2}}[\d.]{{2,10}}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b{any_of('passports')}{behind}(?P<it>[a-z]{{1,2}} ?\d{{6,8}}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b{any_of('accounts')}{behind}(?P<it>\d(?:[ .-]?\d){{5,18}}(?:-\d{{3}})?){_NO_MORE}"),
        (Tag.DIGITS, rf"(?<![\w])(?P<it>[a-z]{{2}}[ -]?\d(?:[ .-]?\d){{12}}){_NO_MORE}"),
        (Tag.BIRTH_DATE, rf"\b{any_of('births')}(?:{behind}|\"?[:=] ?\"?)(?P<it>{_DAY}){_NO_MORE}"),
        (Tag.BIRTH_DATE, r"\bsn ?:? ?(?P<it>(?:19|20)?\d\d)(?![\d/.-])"),
        (Tag.BIRTH_DATE, rf"[?&;]{any_of('birth_fields')}=(?P<it>\d[\d./%-]{{3,12}})"),
        (Tag.EMAIL, rf"(?P<it>(?<![\w.+-])[\w.+-]{{2,40}}{_AT}"
                    rf"(?:{hosts}(?:\.\w{{2,3}}){{0,2}}|[\w-]{{2,40}}(?:\.\w{{2,6}}){{1,3}}))(?!\w)"),
        (Tag.EMAIL, rf"\b{mail}(?P<it>(?:\w{{1,20}} ){{1,6}}?(?:\w{{1,20}}@|{said_at} )"
                    r"[\w-]{2,20}(?:(?:\.| cham | dot )\w{2,10}){0,3})"),
        (Tag.PHONE, rf"\b{any_of('calls')}{behind}(?P<it>o(?:[ .-]?[\do]){{8,9}})(?!\w)"),
        (Tag.PHONE, r"(?P<it>%2b\d{9,14})"),
        (Tag.PHONE, r"(?P<it>\bsips?:[\w.+-]{3,40}@[\w.-]{1,60})"),
        (Tag.NAME, rf"\b{any_of('sites')}/@?(?P<it>[\w.?=&]{{3,80}})"),
    )  # fmt: skip
    return tuple((tag, re.compile(pattern)) for tag, pattern in patterns)


_CERTIFICATE = re.compile(r"(?<![\w-])[A-Z]{2} \d{6,8}(?![\w/])")
"""The serial of a certificate of land, as printed: two capitals and six digits."""
_PLATE_WORDS = 16
_PLATE_DIGITS = 5


@data.cached()
def _spoken_letters() -> frozenset[str]:
    """What letters of plates are called, without diacritics."""
    return frozenset(fold(data.load("redaction/documents")["spoken_letters"]).split())


def documents(text: str, lexemes: Sequence[Lexeme]) -> Iterator[Piece]:
    """Yield what words like "thửa", "biển số", "số tài khoản" declare; pieces may overlap."""
    flat = folded(text)
    for tag, pattern in _declared():
        for found in pattern.finditer(flat):
            start, end = found.span("it")
            yield Piece(start, start + len(flat[start:end].rstrip()), tag)
    yield from (Piece(*found.span(), Tag.DIGITS) for found in _CERTIFICATE.finditer(text))
    yield from _spoken_plates(lexemes)


def _spoken_plates(lexemes: Sequence[Lexeme]) -> Iterator[Piece]:
    """ "biển (số) mười ba bê một bốn bốn tám hai không"."""
    for at, piece in enumerate(lexemes):
        if fold(piece.word) not in ("bien", "xe"):
            continue
        first = at + 1
        while first < len(lexemes) and fold(lexemes[first].word) in ("so", "xe", "la", ":"):
            first += 1
        end, digits, letters = first, 0, 0
        while end < min(len(lexemes), first + _PLATE_WORDS):
            if lexemes[end].kind in NUMERIC:
                digits += len(lexemes[end].value) if lexemes[end].value.isdigit() else 1
            elif digits and fold(lexemes[end].word) in _spoken_letters() and letters < 2:
                letters += 1
            else:
                break
            end += 1
        if letters and digits >= _PLATE_DIGITS:
            yield Piece(lexemes[first].start, lexemes[end - 1].end, Tag.PLATE)
