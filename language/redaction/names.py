"""Finding personal names and birth dates by the words people give them with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from language import data
from language.characters import fold
from language.lexemes import NUMERIC, Kind, Lexeme

_MAX_NAME = 6
_MAX_LOWER_NAME = 4
_SHORTEST_BARE_NAME = 3
_MAX_DATE = 14
_LONGEST_IN_DATE = 4
_AFTER_CUE = frozenset(":-")
_MIDDLE_NAMES = frozenset({"văn", "thị"})
_BARE_MIDDLE_NAMES = frozenset({"van", "thi"})
_NO_GIVEN_NAMES = frozenset({"trường", "trấn", "xã", "truong", "tran", "xa", "hóa", "hoá", "phòng", "nghệ"})
"""Behind "thị" and "văn": "quản lý thị trường", "phòng Văn Hóa"."""
_TITLES = frozenset(
    {
        "anh",
        "chị",
        "cô",
        "chú",
        "bác",
        "dì",
        "cậu",
        "thầy",
        "bộ",
        "chí",
        "cụ",
        "bé",
        "cháu",
        "em",
        "con",
        "an",
        "sĩ",
        "sỹ",
        "ông",
        "bà",
        "thằng",
    }
)
"""Before one word with a capital."""
_BY_BIRTH = frozenset({"hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "út", "cả"})
"""How the south calls people by their place among brothers and sisters; that names nobody."""
_OPENS_DAY = frozenset({"mùng", "mồng", "mung", "mong", "tháng", "thang"})
"""Part of the date they open: "mồng hai tháng chín", "tháng 5 năm 1999"."""
_PLACES = frozenset(
    {
        "học",
        "thpt",
        "thcs",
        "viện",
        "viên",
        "đài",
        "khu",
        "đền",
        "đường",
        "phố",
        "cầu",
        "hồ",
        "trường",
        "xã",
        "phường",
        "thôn",
        "làng",
        "chợ",
        "huyện",
        "quận",
    }
)
"""Before a name these say that a place is called after somebody."""
_UNITS = frozenset({"bản", "thôn", "xóm"})
"""Titles only in "trưởng bản"."""
_BEFORE_WHO_WRITES = frozenset({"dạ", "em", "con", "cháu", "tôi", ","})
_OPENING = frozenset({"a", "y", "h"})
"""Before the names of men and women of several peoples: Y Blir, A Kho, H'Hen."""
_FOREIGN = re.compile(r"(?:[bkpghmđ][rl]|k[psb]|h[mrb]|r[mc]|[msđd]r|sr|zơ|bh|pơ)[a-zà-ỹ]")
"""How no Vietnamese word begins, but names of the peoples of the highlands do: Kpă, Bríu, Blơi."""
_SURE_BARE_SURNAMES = frozenset({"nguyen", "trinh", "pham", "huynh"})
"""Without diacritics most surnames are other words, too: "nghia vu thi", "quang thi"."""


@dataclass(frozen=True, slots=True)
class NameWords:
    """The vocabulary of ``personal_names.yml``, as listed and without diacritics."""

    name_cues: frozenset[tuple[str, ...]]
    titles: frozenset[str]
    """Before two or more words with capitals that are somebody's name, whatever the first of them is."""
    no_names: frozenset[str]
    """What opens such words without being one: countries, peoples, offices."""
    no_people: frozenset[tuple[str, ...]]
    """Places that begin like a title."""
    bare_no_names: frozenset[tuple[str, ...]]
    """Without diacritics: what begins like a surname and is none."""
    meets: frozenset[str]
    """Before one word with a capital: whom somebody is to meet, call or write to."""
    meets_by: frozenset[tuple[str, ...]]
    """The same in two words: "gọi lại cho" ends with one of them."""
    joins: frozenset[str]
    """Between one name and the next."""
    goes_on: frozenset[tuple[str, str]]
    """Without diacritics: an ending word, and the one behind it without which it is a part of a name."""
    person_cues: frozenset[tuple[str, ...]]
    owners: frozenset[str]
    """Whose kin it is: "con tôi"."""
    things: frozenset[str]
    unmistakable: frozenset[str]
    surnames: frozenset[str]
    provinces: frozenset[tuple[str, ...]]
    """Their first two words, where those begin like a name."""
    bare_unmistakable: frozenset[str]
    """Without diacritics: for messages that have none, where "ban" may be the surname Bàn."""
    bare_surnames: frozenset[str]
    middle_names: frozenset[str]
    shouted_middle_names: frozenset[str]
    stop_words: frozenset[str]
    """For messages without diacritics."""
    marked_stop_words: frozenset[str]
    """For others, in which "thu" is no "thủ"."""
    birth_cues: frozenset[tuple[str, ...]]
    birth_blockers: frozenset[str]
    birth_owners: frozenset[str]
    birth_words: frozenset[str]
    longest_cue: int


@data.cached()
def name_words() -> NameWords:
    """Return the words around names, read on first use."""
    content = data.load("redaction/personal_names")
    kin = [f"{one} {owner}" for one in content["kin"].split(" | ") for owner in content["owners"].split()]
    named = [*content["owners"].split(), *content["kin"].split(" | "), *kin]
    name_cues = _cues([*content["name_cues"], *(f"{one} tên" for one in named), *(f"tên {one}" for one in named)])
    person_cues = _cues([*content["person_cues"], *kin, *(f"{one} là" for one in kin)])
    birth_cues = _cues(content["birth_cues"].split("|"))
    only_marked = content["stop_words_with_diacritics_only"].split()
    return NameWords(
        name_cues=name_cues,
        titles=frozenset(content["titles"].split()),
        no_names=frozenset(content["no_names"].split()),
        no_people=frozenset(tuple(place.split()) for place in content["no_people"].split(" | ")),
        bare_no_names=frozenset(tuple(pair.split()) for pair in content["bare_no_names"].split(" | ")),
        meets=frozenset(content["meets"].split()),
        meets_by=frozenset(tuple(pair.split()) for pair in content["meets_by"].split(" | ")),
        joins=frozenset(content["joins"].split()),
        goes_on=frozenset(
            (word, after) for word, words in content["stops_only_before"].items() for after in words.split()
        ),
        person_cues=person_cues,
        owners=frozenset(content["owners"].split()),
        things=_words(content["things"]),
        unmistakable=frozenset(content["unmistakable_surnames"].split()),
        surnames=frozenset(content["surnames"].split()),
        provinces=frozenset(tuple(name.split()) for name in content["provinces"].split(" | ")),
        bare_unmistakable=frozenset(fold(content["unmistakable_surnames"]).split()),
        bare_surnames=frozenset(fold(content["surnames"]).split()),
        middle_names=_words(content["middle_names"]),
        shouted_middle_names=_words(content["shouted_middle_names"]),
        stop_words=_words(content["stop_words"]) - set(map(fold, only_marked)),
        marked_stop_words=frozenset(content["stop_words"].split()),
        birth_cues=birth_cues,
        birth_blockers=_words(content["birth_blockers"]),
        birth_owners=_words(content["birth_owners"]),
        birth_words=_words(content["birth_words"]),
        longest_cue=max(map(len, name_cues | person_cues | birth_cues)),
    )


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split()) | frozenset(fold(listed).split())


def _cues(listed: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(spelling(cue).split()) for cue in listed for spelling in (str, fold))


def names(text: str, pieces: Sequence[Lexeme]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each personal name in a `characters.plain` text and its lexemes."""
    known = name_words()
    words = [piece.word for piece in pieces]
    is_shouted = sum(sign.isupper() for sign in text) > sum(sign.islower() for sign in text)
    at = 0
    while at < len(pieces):
        first = end = at
        cue = _cue_before(words, at, known.name_cues)
        if cue and (at == len(cue) or words[at - len(cue) - 1] not in known.things):
            while first < len(pieces) and _says_whose(words, first):
                first += 1
            end = _sure_name_end(text, pieces, words, first, is_shouted)
        elif _given_and_surname_apart(words, at):
            end = _sure_name_end(text, pieces, words, at, is_shouted)
            first = at - 2 if end > at else end
        elif _cue_before(words, at, known.person_cues) and not _names_owner(words, at):
            if words[first] in (":", ",") and first + 1 < len(pieces):
                first += 1
            end = _likely_name_end(text, pieces, words, first, is_shouted)
            end = end if end > first or first == at else _full_name_end(text, pieces, words, at)
            if end == first == at and not is_shouted:
                end = (
                    _titled_end(text, pieces, words, at)
                    or _owned_end(text, pieces, words, at)
                    or _given_name_end(text, pieces, words, at)
                )
        elif (
            at >= 2
            and words[at - 1] == "họ"
            and words[at - 2] in known.birth_owners
            and not is_shouted
            and "tên" not in words[at : at + 2]
        ):
            end = _capitals_end(text, pieces, at)
        elif not is_shouted and _is_met_or_here(text, pieces, words, at):
            end = _capitals_end(text, pieces, at)
            end = end if end - at == 1 and len(words[at]) > 1 else at
        elif _opens_full_name(words, at):
            end = _sure_name_end(text, pieces, words, first, is_shouted)
            end = end if end - first > 2 else first
        if end <= first and not is_shouted:
            first = at
            end = max(_full_name_end(text, pieces, words, at), _all_capitals_end(text, pieces, words, at))
            if end == at and at and (words[at - 1] not in _UNITS or words[max(at - 2, 0)] == "trưởng"):
                end = _titled_end(text, pieces, words, at) or _given_name_end(text, pieces, words, at)
        if end > first:
            yield pieces[first].start, pieces[end - 1].end
            at = end
            if (other := _another_end(text, pieces, words, at)) > at + 1:
                yield pieces[at + 1].start, pieces[other - 1].end
                at = other
        else:
            at += 1


def birth_dates(pieces: Sequence[Lexeme]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each date or year that follows a word for being born."""
    known = name_words()
    words = [piece.word for piece in pieces]
    at = 0
    while at < len(pieces):
        cue = _cue_before(words, at, known.birth_cues)
        end = at
        if cue and (at == len(cue) or words[at - len(cue) - 1] not in known.birth_blockers):
            end = _date_end(pieces, words, at, needs_shape=len(cue) == 1)
        start = at
        while start < end and words[start] not in _OPENS_DAY and _is_no_number(pieces[start], known):
            start += 1
        if end > start:
            yield pieces[start].start, pieces[end - 1].end
        at = max(end, at + 1)


def _names_owner(words: list[str], at: int) -> bool:
    """Tell whether "tên" says whose name comes: "tên cháu là"."""
    return words[at - 1] in ("tên", "ten") and words[at] in name_words().birth_owners


def _says_whose(words: list[str], at: int) -> bool:
    """Tell whether a word stands between "tên" and the name: "tên khai sinh của tôi là"."""
    known = name_words()
    owns = words[at - 1] in ("của", "cua") and words[at] in known.birth_owners
    owns |= words[at] in known.titles and words[at + 1 : at + 2] in ([":"], ["là"])
    return owns or words[at] in ("là", "la", "của", "cua") or words[at] in _AFTER_CUE


def _is_no_number(piece: Lexeme, known: NameWords) -> bool:
    return piece.word in known.birth_words or piece.kind not in NUMERIC


def _cue_before(words: list[str], at: int, cues: frozenset[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the longest cue that ends just before this place."""
    for length in range(min(at, name_words().longest_cue), 0, -1):
        before = tuple(words[at - length : at])
        if before in cues:
            return before
    return None


def _sure_name_end(text: str, pieces: Sequence[Lexeme], words: list[str], first: int, is_shouted: bool) -> int:
    """Return the index behind the name that a cue like "tên là" promises; `first` when none comes."""
    end = first if is_shouted else _capitals_end(text, pieces, first)
    return end if end > first else _lower_end(pieces, words, first, is_bare=text.isascii(), is_promised=True)


def _likely_name_end(text: str, pieces: Sequence[Lexeme], words: list[str], first: int, is_shouted: bool) -> int:
    """Return the index behind a full name after "ông" or "tôi là"; `first` when it may be no name."""
    known = name_words()
    if first >= len(pieces):
        return first
    is_bare = text.isascii()
    surnames = known.bare_surnames if is_bare else known.surnames
    end = first if is_shouted else _capitals_end(text, pieces, first)
    if end > first:
        is_name = words[first] in surnames or words[first] in _OPENING or "a" in words[first + 1 : end - 1]
        return end if end - first > 1 and (is_name or "'" in words[first:end]) else first
    following = words[first + 1] if first + 1 < len(words) else ""
    middle_names = known.middle_names | known.shouted_middle_names if is_shouted else known.middle_names
    is_surname = words[first] in surnames and following in middle_names
    if words[first] in (known.bare_unmistakable if is_bare else known.unmistakable) or is_surname:
        end = _lower_end(pieces, words, first, is_bare=text.isascii())
    elif any(map(_FOREIGN.match, words[first : first + 3])) and words[first] not in known.marked_stop_words:
        end = _lower_end(pieces, words, first, is_bare=text.isascii())
        end = end if any(map(_FOREIGN.match, words[first:end])) else first
    elif words[first] in surnames and words[first - 1] in {"là", "la", ":"} and not _is_other(words, first, is_bare):
        # Three words and no more: "tôi là triệu tài kiêm", and not "tôi là lái xe".
        end = _lower_end(pieces, words, first, is_bare=is_bare)
        end = end if end - first == 3 else first
    return end if end - first > 1 else first


def _full_name_end(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> int:
    """Return the index behind capitals with "Văn" or "Thị" among them, whatever the surname; else `at`."""
    known = name_words()
    if at and (words[at - 1] in known.things or words[at - 1] in _PLACES or text[pieces[at - 1].start].isupper()):
        return at
    end = _capitals_end(text, pieces, at)
    if 3 <= end - at <= 4 and words[at] in known.surnames and (words[at], words[at + 1]) not in known.provinces:
        return end
    inner = [index for index in range(at + 1, end - 1) if words[index] in _MIDDLE_NAMES | _BARE_MIDDLE_NAMES]
    if not inner or words[inner[0] + 1] in _NO_GIVEN_NAMES or words[at] in known.things:
        return at
    return end


def _all_capitals_end(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> int:
    """Return the index behind a name in capitals amid other words, as banks write them: BAN THI MUI; else `at`."""
    known = name_words()
    if words[at] not in known.bare_surnames | known.surnames or _is_other(words, at, is_bare=True):
        return at
    end = at
    while end < len(pieces) and text[pieces[end].start : pieces[end].end].isupper() and not _is_parted(pieces, at, end):
        end += 1
    return end if 2 <= end - at <= _MAX_LOWER_NAME else at


def _given_name_end(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> int:
    """Return the index behind one word with a capital after a title: "gặp chị Mai bên hộ tịch"; else `at`."""
    known = name_words()
    if words[at - 1] not in _TITLES and tuple(words[max(at - 2, 0) : at]) not in known.meets_by:
        return at
    if words[at] in known.marked_stop_words | _NO_GIVEN_NAMES | _BY_BIRTH:
        return at
    is_opening = not text[pieces[at - 1].start].islower()
    if words[at] in known.no_names or tuple(words[at - 1 : at + 1]) in known.no_people:
        return at
    end = _capitals_end(text, pieces, at)
    return end if end - at == 1 and not is_opening and len(words[at]) > 1 else at


def _is_other(words: list[str], at: int, is_bare: bool) -> bool:
    """Tell whether two words begin like a name and are something else: a province, "chu ho", "nong dan"."""
    known = name_words()
    pair = tuple(words[at : at + 2])
    return pair in known.provinces or (is_bare and pair in known.bare_no_names)


def _titled_end(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> int | None:
    """Return the index behind two to four capitals after a title: "ông Điểu Krứ", "anh Chẻo Láo Tả"."""
    known = name_words()
    if words[at - 1] not in known.titles or not text[pieces[at - 1].start].islower():
        return None
    end = _capitals_end(text, pieces, at)
    is_other = words[at] in known.no_names or tuple(words[at - 1 : at + 1]) in known.no_people
    return end if 2 <= end - at <= _MAX_LOWER_NAME and not is_other else None


def _owned_end(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> int | None:
    """Return the index behind two to four capitals after "con tôi" or "chồng em là", of whatever people; else None."""
    known = name_words()
    if words[at] in known.no_names or tuple(words[at - 1 : at + 1]) in known.no_people:
        return None
    end = _capitals_end(text, pieces, at)
    is_owned = words[at - 1] in known.owners or (words[at - 1] == "là" and at > 1)
    return end if 2 <= end - at <= _MAX_LOWER_NAME and is_owned and not _is_other(words, at, is_bare=False) else None


def _another_end(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> int:
    """Return the index behind the capitals of "… và Gia Huy" behind a name; `at` when none stand there."""
    if at + 1 >= len(words) or words[at] not in name_words().joins or words[at + 1] in name_words().no_names:
        return at
    end = _capitals_end(text, pieces, at + 1)
    return end if 2 <= end - at - 1 <= _MAX_LOWER_NAME else at


def _tells_surname(words: list[str], at: int) -> bool:
    """Tell whether a surname alone stands here: "em họ Bàn"."""
    told = at >= 2 and words[at - 1] == "họ" and words[at - 2] in name_words().birth_owners
    return told and "tên" not in words[at : at + 2]


def _is_met_or_here(text: str, pieces: Sequence[Lexeme], words: list[str], at: int) -> bool:
    """Tell whether one word is somebody to meet, or who writes: "gặp Páo", "dạ Hoa đây"."""
    known = name_words()
    if words[at] in known.no_names | known.marked_stop_words or not text[pieces[at].start].isupper():
        return False
    is_here = words[at + 1 : at + 2] == ["đây"] and (
        at == 0 or words[at - 1] in {"dạ", "em", "con", "cháu", "tôi", ","}
    )
    return is_here or (at > 0 and words[at - 1] in known.meets)


def _given_and_surname_apart(words: list[str], at: int) -> bool:
    """Tell whether the given name of "họ Bàn tên Chòi Phin" stands here."""
    return at >= 3 and words[at - 1] in ("tên", "ten") and words[at - 3] in ("họ", "ho")


def _opens_full_name(words: list[str], at: int) -> bool:
    """Tell whether "Nguyễn Văn" or "Trần Thị" stands here, which needs no cue before it."""
    surname, middle, given = [*words[at : at + 3], "", ""][:3]
    if not given or given in _NO_GIVEN_NAMES or (at and words[at - 1] in _PLACES):
        return False
    known = name_words().surnames if middle in _MIDDLE_NAMES else _SURE_BARE_SURNAMES
    return surname in known and fold(middle) in _BARE_MIDDLE_NAMES


def _capitals_end(text: str, pieces: Sequence[Lexeme], first: int) -> int:
    end = first
    while end < len(pieces) and end - first < _MAX_NAME:
        piece = pieces[end]
        if _joins_name(pieces, first, end):
            end += 2
            continue
        if not (piece.word[0].isalpha() and text[piece.start].isupper()) or _is_parted(pieces, first, end):
            break
        end += 1
    return end


def _lower_end(
    pieces: Sequence[Lexeme], words: list[str], first: int, *, is_bare: bool, is_promised: bool = False
) -> int:
    known = name_words()
    stops = known.stop_words if is_bare else known.marked_stop_words
    # Three words whatever they are: given names such as "bao" and "an" are other words, too, without diacritics.
    sure = _SHORTEST_BARE_NAME if is_bare and _opens_bare_name(words, first, is_promised) else 0
    end = first
    while end < len(pieces) and end - first < _MAX_LOWER_NAME:
        if _joins_name(pieces, first, end):
            end += 2
            continue
        is_given = is_bare and end > first and words[end - 1] in _BARE_MIDDLE_NAMES
        is_stop = words[end] in stops and end - first >= sure and not is_given and not _goes_on(words, end, is_bare)
        if is_stop or not pieces[end].word.isalpha() or _is_parted(pieces, first, end):
            break
        end += 1
    return end


def _opens_bare_name(words: list[str], first: int, is_promised: bool) -> bool:
    """Tell whether a name without diacritics opens here: "nguyen", "ha thi", and "le" where one is promised."""
    surname, middle = [*words[first : first + 2], "", ""][:2]
    known = name_words()
    if surname in _SURE_BARE_SURNAMES:
        return True
    is_surname = surname in known.bare_surnames and surname not in known.stop_words
    return (surname in known.bare_surnames and middle in _BARE_MIDDLE_NAMES) or (
        is_promised and is_surname and not _is_other(words, first, is_bare=True)
    )


def _goes_on(words: list[str], at: int, is_bare: bool) -> bool:
    """Tell whether a word that mostly ends a name is a part of it: "thu huong", but not "thu tuc"."""
    ends_before = {after for word, after in name_words().goes_on if word == words[at]} if is_bare else set()
    return bool(ends_before) and at + 1 < len(words) and words[at + 1] not in ends_before


def _joins_name(pieces: Sequence[Lexeme], first: int, at: int) -> bool:
    """Tell whether an apostrophe joins two parts of a name here (H'Lan, M'Drắk)."""
    if at == first or at + 1 >= len(pieces) or pieces[at].word != "'":
        return False
    return pieces[at - 1].end == pieces[at].start and pieces[at].end == pieces[at + 1].start


def _is_parted(pieces: Sequence[Lexeme], first: int, at: int) -> bool:
    """Tell whether more than a blank or two stands before this word of a name: a new line, say."""
    return at > first and pieces[at].start - pieces[at - 1].end > 2


def _date_end(pieces: Sequence[Lexeme], words: list[str], at: int, *, needs_shape: bool) -> int:
    """Return the index behind a date said or typed from here, or `at` when no number comes.

    `needs_shape`: the cue is weak ("sinh"), so a year, a month or the signs of a date must be there.
    """
    known = name_words()
    end, has_number, has_shape, joins = at, False, False, False
    for index in range(at, min(at + _MAX_DATE, len(pieces))):
        piece = pieces[index]
        if piece.kind in NUMERIC and not (words[index] in ("năm", "nam") and not has_number):
            if piece.kind is Kind.TYPED and len(piece.value) > _LONGEST_IN_DATE:
                break
            has_shape = has_shape or joins or (piece.kind is Kind.TYPED and len(piece.value) == 4)
            has_number, end = True, index + 1
        elif words[index] in known.birth_words or piece.kind in (Kind.DASH, Kind.DOT):
            joins = has_number and (joins or piece.kind is Kind.DASH or words[index] in ("tháng", "thang"))
        elif words[index] in known.birth_owners and not has_number:
            continue
        elif piece.kind is not Kind.FILLER and piece.word != ":":
            break
    return end if has_number and (has_shape or not needs_shape) else at
