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

_OWNERS = r"(?:cua (?:toi|em|con|chau|minh|nha|bo|me|vo|chong)(?: (?:toi|em|minh))?|xe|may|so|la|ma|moi|cu)"
_IS = rf"(?: {_OWNERS}){{0,4}} ?[:.]? ?"
"""What may stand between the word and the number: "biển số xe của tôi là: "."""
_SAID = r"(?:(?:mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi|tram|linh|le|nghin|khong)(?: |\b)){1,6}"
_NUMBER = rf"(?:\d{{1,5}}(?!\d)|{_SAID})"
_NO_AREA = r"(?! ?(?:m\b|m2|met|ha\b|sao\b|thua))"
_PLATE = r"\d\d ?-?[a-z]{1,2}\d?[ .-]{0,3}\d{3}\.?\d{1,2}"
_LICENCE_OR_ACCOUNT = r"(?:giay phep lai xe|bang lai(?: xe)?|gplx|tai khoan|stk|tk|so the|the atm|ma so thue|mst)"
_CERTIFICATE_WORDS = (
    r"(?:so (?:do|hong|so)|bia do|phat hanh|seri|serial|gcn|gcnqsdd|giay chung nhan|vao so|trich luc|so dang ky)"
    r"(?: (?:cap|gcn|quyen su dung dat|qsdd))?"
)
_BORN = r"(?:dob|ns|n/s|ntns|sinh nhat|date of birth|ngay sinh|birth\w{0,6})"
_DAY = r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?"
_AT = r" ?(?:@|\(a\)|\[a\]|\(at\)|\[at\]|\(a cong\)) ?"
_MAIL_WORDS = r"(?:e-?mail|gmail|mail|thu dien tu)(?: (?:la|cua|toi|em|minh|con|moi)){0,3} ?:? ?"
_SITES = r"(?:facebook\.com|fb\.com|m\.me|tiktok\.com|zalo\.me|instagram\.com)"
_NO_MORE = r"(?!\d)"
_DECLARED: tuple[tuple[Tag, re.Pattern[str]], ...] = tuple(
    (tag, re.compile(pattern))
    for tag, pattern in (
        (Tag.PLATE, rf"\b(?:bien|kiem soat|bks|bs|xe|oto|o to){_IS}(?P<it>{_PLATE}){_NO_MORE}"),
        (Tag.DIGITS, rf"\bthua(?: dat)?{_IS}(?P<it>{_NUMBER}){_NO_AREA}"),
        (Tag.DIGITS, rf"\bthua\b.{{0,40}}?\b(?:to|tbd)(?: ban do)?{_IS}(?P<it>{_NUMBER})"),
        (Tag.DIGITS, rf"\b(?:to ban do|tbd|ban do){_IS}(?P<it>{_NUMBER})"),
        (Tag.DIGITS, rf"\b{_CERTIFICATE_WORDS}{_IS}(?P<it>[a-z]{{1,2}}[ -]?\d{{5,8}}|\d{{5,8}}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b(?:khai sinh|khai tu|chung tu) so ?:? ?(?P<it>\d{{1,5}}(?:/(?:19|20)\d\d)?){_NO_MORE}"),
        (Tag.DIGITS, rf"\bket hon(?: so)? ?:? ?(?P<it>\d{{1,5}}/(?:19|20)\d\d){_NO_MORE}"),
        (Tag.DIGITS, rf"\bthe(?: \w{{2,6}}){{1,3}} so ?:? ?(?P<it>[a-z]{{0,2}} ?\d{{2}}[\d.]{{2,10}}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b(?:ho chieu|passport|the tam tru){_IS}(?P<it>[a-z]{{1,2}} ?\d{{6,8}}){_NO_MORE}"),
        (Tag.DIGITS, rf"\b{_LICENCE_OR_ACCOUNT}{_IS}(?P<it>\d(?:[ .-]?\d){{5,18}}(?:-\d{{3}})?){_NO_MORE}"),
        (Tag.DIGITS, rf"(?<![\w])(?P<it>[a-z]{{2}}[ -]?\d(?:[ .-]?\d){{12}}){_NO_MORE}"),
        (Tag.BIRTH_DATE, rf"\b{_BORN}(?:{_IS}|\"?[:=] ?\"?)(?P<it>{_DAY}){_NO_MORE}"),
        (Tag.BIRTH_DATE, r"\bsn ?:? ?(?P<it>(?:19|20)?\d\d)(?![\d/.-])"),
        (Tag.BIRTH_DATE, r"[?&;](?:nam|nam_?sinh|ngay_?sinh|ns|dob|birth\w{0,6})=(?P<it>\d[\d./%-]{3,12})"),
        (Tag.EMAIL, rf"(?P<it>(?<![\w.+-])[\w.+-]{{2,40}}{_AT}"
                    r"(?:(?:gmail|yahoo|hotmail|outlook|icloud)(?:\.\w{2,3}){0,2}|[\w-]{2,40}(?:\.\w{2,6}){1,3}))(?!\w)"),
        (Tag.EMAIL, rf"\b{_MAIL_WORDS}(?P<it>(?:\w{{1,20}} ){{1,6}}?(?:\w{{1,20}}@|a cong |a moc |at )"
                    r"[\w-]{2,20}(?:(?:\.| cham | dot )\w{2,10}){0,3})"),
        (Tag.PHONE, rf"\b(?:so|sdt|dt|dien thoai|goi|zalo|may|lac){_IS}(?P<it>o(?:[ .-]?[\do]){{8,9}})(?!\w)"),
        (Tag.PHONE, r"(?P<it>%2b\d{9,14})"),
        (Tag.PHONE, r"(?P<it>\bsips?:[\w.+-]{3,40}@[\w.-]{1,60})"),
        (Tag.NAME, rf"\b{_SITES}/@?(?P<it>[\w.?=&]{{3,80}})"),
    )
)  # fmt: skip
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
    for tag, pattern in _DECLARED:
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
