"""Hiding what identifies a person before a message is kept or logged."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from language.characters import plain
from language.digit_runs import digit_runs
from language.dossier_code import locate_dossier_codes
from language.lexemes import Kind, Lexeme, lex
from language.passages import passages
from language.readings import readings
from language.redaction.addresses import addresses
from language.redaction.documents import documents
from language.redaction.names import birth_dates, names
from language.redaction.pieces import Piece, Tag

_MAX_PASSES = 4
_PASSAGE = 2_000
_ANY_DAY = dt.date(2098, 12, 31)
"""What would be a dossier's code on any day to come is hidden, whatever the clock says."""
_LONG = 8
"""Digits in a row, typed or said, from which a number may point to a person."""

_GAP = r"[ .\-]{0,2}"
_WIDE_GAP = r"(?: [-–] |[ .\-_–]{0,2})"
"""Between groups of a telephone number: "0900 - 000 - 123", "0900_000_123"."""
_STAYS = (
    r"(?<![\w.,/-])(?:"
    r"1[89]00[ .]?\d{4}|"  # hotlines
    r"[1-9]\.[01]\d{5}|"  # procedure codes
    r"\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}|"  # dates
    r"(?:19|20)\d{2} ?[-–] ?(?:19|20)\d{2}|"  # spans of years
    r"[1-9]\d{0,2}(?:\.\d{3})+(?: ?(?:đ|d|vnđ|vnd|đồng|dong|k|nghìn|nghin|triệu|trieu)\b)?|"  # amounts
    r"\d{1,9} ?(?:đ|vnđ|vnd|đồng|dong|nghìn|nghin|ngàn|ngan|triệu|trieu|tỷ|ty)\b|"
    r"\d{1,5}(?:/\d{4})?/[A-ZĐ]{2,}[\w-]*"  # numbers of laws and decisions
    r")(?![\w/]|[.,-]\d)"
)
_WAY = (
    r"(?:ngõ|ngo|ngách|ngach|hẻm|hem|kiệt|kiet|đường|duong|phố|pho|tổ dân phố|to dan pho|tổ|thôn|thon|xóm|xom|ấp|bản"
    r"|khu phố)"
)
_ROOM = r"(?:(?i:phòng|phong|căn hộ|can ho|tầng|tang) \w{1,5},? ){0,2}"
_HOUSE = (
    rf"(?:(?<!\w){_ROOM}(?i:số nhà|so nha|nhà số|nha so"
    r"|địa chỉ(?: nhà)?(?: là|:)? ?(?:số)?|dia chi(?: nha)?(?: la|:)? ?(?:so)?) ?"
    r"\d{1,4}[a-zA-Z]?(?:/\d{1,4}[a-zA-Z]?){0,3}(?!\d|[./-]\d)"
    rf"(?:,? {{0,2}}(?i:{_WAY}) \w{{1,12}}(?:/\d{{1,4}}){{0,3}}(?: [A-ZĐÀ-Ỹ]\w{{0,10}}){{0,4}}){{0,4}}"
    r"(?: [A-ZĐÀ-Ỹ][a-zà-ỹ]\w{0,9}){0,4}"
    # A number and a street with a name: "12 đường Lê Lợi". "24 đường" alone names nobody.
    r"|(?<![\w.,/-])(?:(?:số|hẻm|hem|kiệt|kiet|ngõ|ngo|ngách|ngach) )?\d{1,4}[a-zA-Z]?(?:/\d{1,4}){0,3},? "
    rf"(?:{_WAY} \d{{1,3}},? ){{0,2}}(?:đường|phố|Đường|Phố)(?: [A-ZĐÀ-Ỹ]\w{{0,10}}){{1,5}}"
    rf"(?:, ?(?:{_WAY}) \d{{1,3}}){{0,2}}"
    r"|(?<!\w)(?i:ngõ|ngo|ngách|ngach|hẻm|hem|kiệt|kiet) \d{1,4}(?:/\d{1,4}){0,2},?"
    r" (?i:số |so )?(?i:nhà|nha)(?: số| so)? \d{1,4}"
    r"|(?<!\w)(?i:căn hộ|can ho)(?: số| so)? [A-Z]{0,2}\d{2,5}"
    r"(?:,? (?i:chung cư|chung cu|tòa|toà|toa)(?: [A-ZĐÀ-Ỹ\d]\w{0,10}){1,4})?"
    # The same without the word: "ở số 33 Lý Thường Kiệt", "215/3A Nguyễn Trãi".
    r"|(?<![\w.,/-])(?:(?<=ở )|(?<=tại )|(?<=trú )|(?<=về )|(?<=chỉ )|(?<=chỉ: ))(?:số )?\d{1,4}[a-zA-Z]?"
    r"(?:/\d{1,4}[a-zA-Z]?){0,3}(?! (?:Tỉnh|Bản|Xã|Huyện|Thôn|Làng|Người|Năm|Tháng|Ngày|Cán|Con) )"
    r"(?: [A-ZĐÀ-Ỹ]\w{0,10}){2,4}"
    r"|(?<![\w.,/-])\d{1,4}(?:/(?!(?:19|20)\d\d\b)\d{1,4}[a-zA-Z]?){1,3}(?: [A-ZĐÀ-Ỹ][a-zà-ỹ]\w{0,9}){2,4}"
    # Groups of houses without a street, where they are called somebody's address: "địa chỉ tổ 5, khu 3".
    r"|(?<!\w)(?i:địa chỉ|dia chi|thường trú|thuong tru|tạm trú|tam tru|ngụ)(?i: tại| tai| ở| o| là| la|:)? "
    rf"(?i:{_WAY}|khu|đội|doi) \d{{1,3}}[a-zA-Z]?(?:, ?(?i:{_WAY}|khu|đội|doi) \d{{1,3}}[a-zA-Z]?){{0,3}}"
    r"(?:,? (?i:đường|phố)(?: [A-ZĐÀ-Ỹ]\w{0,10}){1,5})?)"
)
_IN_GROUPS = (
    r"(?<![\d(])(?:\(0[35789]\d{1,2}\)[ .-]?\d{3}[ .-]?\d{3,4}|0[35789]\d{2}/\d{3}/\d{3})(?![\d/])"
    # The letter O for a zero.
    r"|(?<!\w)[Oo][35789]\d{1,2}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)"
    r"|(?<!\w)[0Oo][35789](?:[ .-]?[\dOo]){7,8}(?!\w)"
)
_SAID_EMAIL = (
    r"(?<!\w)\w{1,20}(?: (?:chấm|cham|dot) \w{1,20}){0,3} (?:a còng|a cong|a móc|a moc|at) "
    r"(?:gmail|yahoo|hotmail|outlook|icloud)(?: (?:chấm|cham|dot) \w{2,3}){0,2}(?!\w)"
)
_FIELD = r"(?<![^\s?&;])(?i:ho_?(?:va_?)?ten|ten|full_?name|name|chu_?ho|nguoi_?nop)=(?!\[)[^&\s#]{1,80}"
"""What addresses of pages carry under a name that tells whose it is."""
_PROFILE = r"(?<!\w)(?i:facebook\.com|fb\.com|m\.me|tiktok\.com)/@?[\w.]{3,60}"
_TYPED = re.compile(
    rf"(?P<said_email>{_SAID_EMAIL})|(?P<field>{_FIELD})|(?P<profile>{_PROFILE})"
    rf"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<identity>(?<![\d.])0(?:\d{{2}}(?:{_GAP}\d){{9}}(?!{_GAP}\d)|(?: \d){{11}}(?! ?\d)))"
    rf"|(?P<phone>(?<![\d.])(?:\+?84|\(\+?84\)|0084|\(?0){_GAP}(?:\(?0?|\(0\))(?:[35789](?:{_WIDE_GAP}\d){{8}}|1[2689](?:{_GAP}\d){{8}}"
    rf"|2\d{{0,2}}\)?(?:{_GAP}\d){{7,9}})(?!\d))"
    rf"|(?P<phone_in_groups>{_IN_GROUPS})"
    rf"|(?P<address>{_HOUSE})"
    rf"|(?P<stays>{_STAYS})"
    rf"|(?P<plate>(?<![\w.])\d{{2}}[ -]?(?:[A-ZĐ]{{1,2}}\d?[ .-]?|[a-zđ]{{1,2}}\d?[.-]?)"
    rf"\d{{3}}\.?\d{{2}}(?!\d)"
    rf"|(?<![\w.])\d{{2}}-?[A-Z]\d?-\d{{4}}(?!\d))"
    rf"|(?P<old_identity>(?i:(?:cmnd|cmt|chứng minh)\D{{0,12}}(?:9 (?:chữ )?số\D{{0,4}})?)\d(?:{_GAP}\d){{8}}(?!\d))"
    rf"|(?P<plate_said>(?i:(?:biển|bien|bs)(?: số| so)?:? )\d{{2}} ?[a-zđ]{{1,2}}\d? ?\d{{3}}[. ]?\d{{2}}(?!\d))"
    rf"|(?P<insurance>(?<!\w)[A-Z]{{2}}{_GAP}\d(?:{_GAP}\d){{12}}(?!\d))"
    rf"|(?P<passport>(?<!\w)[A-Z]\d{{7,8}}(?!\w))"
    rf"|(?P<digits>\d(?:{_GAP}\d){{{_LONG - 1},}})",
)  # fmt: skip
_TAGS = {
    "email": Tag.EMAIL,
    "said_email": Tag.EMAIL,
    "identity": Tag.IDENTITY,
    "phone": Tag.PHONE,
    "phone_in_groups": Tag.PHONE,
    "address": Tag.ADDRESS,
    "plate": Tag.PLATE,
    "passport": Tag.DIGITS,
    "insurance": Tag.DIGITS,
    "digits": Tag.DIGITS,
}
_LAST_DIGITS = re.compile(rf"\d(?:{_GAP}\d){{8}}$")
_FIRST_DIGIT = re.compile(r"\d")
_NINE_DIGITS = re.compile(r"\d{9}")
_ASKING = frozenset({"không", "khong"})
_PHONE = re.compile(r"(?:0|84)[235789]\d{8,9}")


def redact(text: str, *, keep_places: bool = False) -> str:
    """Return the text with identity numbers, phones, codes, plates, names, birth dates, addresses and e-mails as tags.

    Typed and said numbers are found alike; amounts, years, hotlines, procedure codes and numbers of laws
    stay. The rest of the text comes back in NFC with look-alike letters and foreign digits made plain.
    Idempotent. When in doubt it hides: a long number that means nobody is a smaller loss than one that
    does.

    Args:
        text: what a person wrote or said.
        keep_places: leave addresses: in a report of a problem they say where it is, not where somebody lives.
    """
    text = plain(text)
    # Passages in which nothing more is found: in a long text most of them, after the first pass.
    settled: set[str] = set()
    for _ in range(_MAX_PASSES):
        hidden = "".join(_hidden(passage, keep_places, settled) for passage in passages(text, _PASSAGE))
        if hidden == text:
            break
        text = hidden
    return text


def contains_personal_data(text: str) -> bool:
    """Tell whether `redact` would hide anything."""
    return any(next(_pieces(passage), None) is not None for passage in passages(plain(text), _PASSAGE))


def _hidden(passage: str, keep_places: bool, settled: set[str]) -> str:
    if passage in settled:
        return passage
    hidden = _redact_once(passage, keep_places)
    if hidden == passage:
        settled.add(passage)
    return hidden


def _redact_once(text: str, keep_places: bool) -> str:
    kept: list[str] = []
    at = 0
    for piece in sorted(_pieces(text), key=lambda piece: (piece.start, -piece.end)):
        if keep_places and piece.tag is Tag.ADDRESS:
            continue
        if piece.start < at:
            at = max(at, piece.end)
            continue
        kept += [text[at : piece.start], piece.tag.value]
        at = piece.end
    kept.append(text[at:])
    return "".join(kept)


def _pieces(text: str) -> Iterator[Piece]:
    """Yield what is to be hidden; pieces may overlap, and the one that starts first wins."""
    lexemes = lex(text)
    yield from (Piece(code.start, code.end, Tag.DOSSIER) for code in locate_dossier_codes(text, _ANY_DAY))
    yield from _typed(text)
    yield from documents(text, lexemes)
    yield from addresses(text, lexemes)
    yield from _said(lexemes)
    yield from (Piece(start, end, Tag.BIRTH_DATE) for start, end in birth_dates(lexemes))
    yield from (Piece(start, end, Tag.NAME) for start, end in names(text, lexemes))


def _typed(text: str) -> Iterator[Piece]:
    for found in _TYPED.finditer(text):
        kind = found.lastgroup
        if kind == "old_identity":
            digits = _LAST_DIGITS.search(found.group())
            yield Piece(found.start() + (digits.start() if digits else 0), found.end(), Tag.IDENTITY)
        elif kind == "field":
            yield Piece(found.start() + found.group().index("=") + 1, found.end(), Tag.NAME)
        elif kind == "profile":
            yield Piece(found.start() + found.group().index("/") + 1, found.end(), Tag.NAME)
        elif kind == "plate_said":
            yield Piece(found.start() + _FIRST_DIGIT.search(found.group()).start(), found.end(), Tag.PLATE)  # type: ignore[union-attr]
        elif kind == "digits" and _NINE_DIGITS.fullmatch(found.group()):
            yield Piece(found.start(), found.end(), Tag.IDENTITY)
        elif kind in _TAGS:
            yield Piece(found.start(), found.end(), _TAGS[kind])


def _said(lexemes: Sequence[Lexeme]) -> Iterator[Piece]:
    """Yield long runs of digits of which at least a part was said in words."""
    for run in digit_runs(lexemes):
        # "gọi 1900 0368 không": the last word asks.
        pieces = run.pieces[:-1] if run.pieces[-1].word in _ASKING else run.pieces
        if all(piece.kind in (Kind.TYPED, Kind.FILLER) for piece in pieces):
            continue
        options = [reading.digits for reading in readings(run.pieces)]
        if not options or len(options[0]) < _LONG:
            continue
        if any(_PHONE.fullmatch(digits) for digits in options):
            yield Piece(run.start, run.end, Tag.PHONE)
        elif any(len(digits) == 12 and digits[0] == "0" for digits in options):
            yield Piece(run.start, run.end, Tag.IDENTITY)
        else:
            yield Piece(run.start, run.end, Tag.DIGITS)
