"""Ways people type and say codes and numbers; the tests read them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random

from language.characters import fold
from language.number_words import Dialect, digits_to_words, number_to_words

TODAY = dt.date(2026, 11, 23)
_FIRST_DAY = dt.date(2018, 1, 1)


def random_code(random: Random) -> str:
    """Return a dossier code as provinces (H) and ministries (G) give them out."""
    day = _FIRST_DAY + dt.timedelta(days=random.randrange((TODAY - _FIRST_DAY).days))
    shape = random.choice(["commune", "commune", "department", "legacy", "ministry", "police", "long"])
    if shape == "legacy":
        agency = f"000.00.{random.randrange(1, 60):02}.H{random.randrange(1, 64):02}"
        return f"{agency}-{day:%y%m%d}-{random.randrange(1, 10_000):04}"
    if shape in ("commune", "department"):
        units = [f"{random.randrange(1, 100):02}" for _ in range(3 if shape == "commune" else random.choice([1, 2]))]
        agency = ".".join([f"H{random.randrange(1, 64):02}", *units])
        return f"{agency}-{day:%y%m%d}-{random.randrange(1, 10_000):04}"
    if shape == "police":
        units = [f"{random.randrange(100, 1000)}" for _ in range(2)]
        return f"G01.{'.'.join(units)}-{day:%y%m%d}-{random.randrange(10**5, 10**6)}"
    letter = f"G{random.choice([3, 6, 9, 10, 12, 15, 16, 17, 18, 22]):02}"
    if shape == "long":
        return f"{letter}.{random.randrange(10, 100)}-{day:%Y%m%d}-{random.randrange(10**4, 10**6):07}"
    units = [f"{random.randrange(1, 100):02}" for _ in range(random.choice([1, 2]))]
    return f"{letter}.{'.'.join(units)}-{day:%y%m%d}-{random.randrange(10**5, 10**6)}"


def typed_code(code: str, random: Random) -> str:
    """Return a code as somebody might type it."""
    return random.choice(TYPED_STYLES)(code, random)


def _replaced(dot: str, dash: str) -> Callable[[str, Random], str]:
    return lambda code, random: code.replace("-", "\x00").replace(".", dot).replace("\x00", dash)


def _letter_o(code: str, random: Random) -> str:
    return "".join("O" if sign == "0" and random.random() < 0.5 else sign for sign in code)


def _random_blanks(code: str, random: Random) -> str:
    return "".join(sign + (" " if sign in ".-" and random.random() < 0.5 else "") for sign in code)


def _without_one(code: str, random: Random) -> str:
    places = [at for at, sign in enumerate(code) if sign in ".-"]
    at = random.choice(places)
    return code[:at] + code[at + 1 :]


TYPED_STYLES: list[Callable[[str, Random], str]] = [
    lambda code, random: code,
    lambda code, random: code.lower(),
    _replaced(" ", " "),
    _replaced(".", " "),
    _replaced(" ", "-"),
    _replaced("", "-"),
    _replaced("", " "),
    _replaced("-", "-"),
    _replaced(".", "."),
    _replaced(",", "-"),
    _replaced(".", " - "),
    _replaced(".", "–"),
    _replaced(". ", " — "),
    _replaced(".", "_"),
    _replaced(" chấm ", " gạch "),
    _replaced(" cham ", " gach ngang "),
    lambda code, random: code.replace(".", "").replace("-", "").lower(),
    lambda code, random: code.replace("-", "").lower(),
    _letter_o,
    _random_blanks,
    _without_one,
    lambda code, random: code.replace("H", "Н"),
    lambda code, random: code.replace("H", "H ").replace("G", "G "),
]  # fmt: skip

CODE_SENTENCES = [
    "{}",
    "hồ sơ {} tới đâu rồi",
    "Cho em hỏi mã hồ sơ {} xong chưa ạ?",
    "kiem tra ho so {} giup toi",
    "tra cứu {}",
    "mã hs: {}",
    "({})",
    "{} sđt 0912345678",
    "em nộp hồ sơ số {}, bao giờ có kết quả",
    "HS {} của tôi",
]


def spoken_pair(pair: str, random: Random, dialect: Dialect) -> str:
    """Return two digits as they are said."""
    if random.random() < 0.35:
        return digits_to_words(pair)
    if pair[0] == "0":
        return digits_to_words(pair)
    words = number_to_words(int(pair), dialect)
    if random.random() < 0.3 and pair[0] not in "01" and pair[1] != "0":
        words = words.replace(" mươi", "")
    if random.random() < 0.2 and words.startswith("hai mươi "):
        words = words.replace("hai mươi", "hăm")
    return words


def spoken_digits_in_style(digits: str, random: Random, style: str, dialect: Dialect = Dialect.NORTH) -> str:
    """Return digits read one by one, in pairs, in triples or mixed."""
    if style == "single" or len(digits) < 2:
        return digits_to_words(digits)
    if style == "triples":
        parts = list(_cut(digits, 3))
        # A round hundred or ten before more digits would be heard as one number with them.
        return " ".join(
            digits_to_words(part) if part[-1] == "0" and part != parts[-1] else _spoken_triple(part, random, dialect)
            for part in parts
        )
    at, words = len(digits) % 2 if style == "pairs" else 0, []
    if at:
        words.append(digits_to_words(digits[0]))
    while at < len(digits):
        size = 2 if style == "pairs" else random.choice([1, 1, 2])
        part = digits[at : at + size]
        # "sáu mươi" before "tám" would be heard as 68, so nobody reads 60 8 like that.
        is_heard_wrong = len(part) < 2 or (part[1] == "0" and digits[at + 2 : at + 3] not in ("", "0"))
        words.append(digits_to_words(part) if is_heard_wrong else spoken_pair(part, random, dialect))
        at += size
    return " ".join(words)


def _spoken_triple(part: str, random: Random, dialect: Dialect) -> str:
    if len(part) < 3:
        return spoken_pair(part, random, dialect) if len(part) == 2 else digits_to_words(part)
    if part[0] == "0" or random.random() < 0.5:
        return digits_to_words(part)
    return number_to_words(int(part), dialect)


def _cut(digits: str, size: int) -> Iterator[str]:
    return (digits[at : at + size] for at in range(0, len(digits), size))


def spoken_code(code: str, random: Random) -> str:
    """Return a code as it is read out on the telephone and written down by a recogniser."""
    dialect = random.choice(list(Dialect))
    dot = random.choice([" chấm ", " chấm ", " "])
    dash = random.choice([" gạch ", " gạch ngang ", " trừ ", " gạch nối ", dot])
    letter = random.choice({"H": ["hát", "hắt", "hờ"], "G": ["giê", "gờ", "gê"]}["H" if "H" in code else "G"])
    style = random.choice(["single", "pairs", "pairs", "mixed"])
    groups = []
    for group in code.replace("H", "H.").replace("G", "G.").split("-"):
        parts = []
        for part in group.split("."):
            if part in ("H", "G"):
                parts.append(letter)
            elif len(part) == 3:
                parts.append(_spoken_triple(part, random, dialect) if style != "single" else digits_to_words(part))
            else:
                parts.append(spoken_digits_in_style(part, random, style, dialect))
        groups.append(dot.join(parts).replace(f"{letter}{dot}", f"{letter} "))
    words = dash.join(groups)
    return fold(words) if random.random() < 0.25 else words


MOBILE_PREFIXES = (
    "032",
    "035",
    "038",
    "056",
    "058",
    "070",
    "077",
    "079",
    "083",
    "086",
    "088",
    "090",
    "091",
    "096",
    "097",
    "098",
)


def random_mobile(random: Random) -> str:
    """Return a Vietnamese mobile number with trunk zero."""
    return random.choice(MOBILE_PREFIXES) + f"{random.randrange(10**7):07}"


def random_identity(random: Random) -> str:
    """Return twelve digits shaped like a personal identity number."""
    place, gender, year = random.randrange(1, 97), random.randrange(4), random.randrange(100)
    return f"{place:03}{gender}{year:02}{random.randrange(10**6):06}"


def not_a_code(random: Random) -> str:
    """Return something with digits, and often letters, that is no dossier code."""
    day = _FIRST_DAY + dt.timedelta(days=random.randrange(3_000))
    phone, identity = random_mobile(random), random_identity(random)
    plate = f"{random.randrange(11, 100)}{random.choice('ABCDEFGHKLMNPSTUVXYZ')}{random.choice(['', '1', '2'])}"
    things = [
        phone,
        f"{phone[:4]} {phone[4:7]} {phone[7:]}",
        f"+84 {phone[1:4]} {phone[4:]}",
        f"{phone[:4]}.{phone[4:7]}.{phone[7:]}",
        f"{phone[:4]}-{phone[4:7]}-{phone[7:]}",
        spoken_digits_in_style(phone, random, random.choice(["single", "pairs", "mixed", "triples"])),
        identity,
        f"cccd {identity}",
        spoken_digits_in_style(identity, random, random.choice(["single", "pairs", "mixed"])),
        f"{identity[:3]} {identity[3:6]} {identity[6:9]} {identity[9:]}",
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%Y}",
        f"ngày {day:%d.%m.%Y}",
        f"{day:%H}h ngày {day:%d/%m/%Y} gọi {phone}",
        f"{random.randrange(24)}h{random.randrange(60):02} {day:%d/%m/%Y} {phone}",
        f"{random.randrange(24)} giờ {random.randrange(60)} ngày {day:%d %m %Y} số {phone}",
        f"{plate}-{random.randrange(10**5):05}",
        f"{plate}-{random.randrange(1000):03}.{random.randrange(100):02}",
        f"{plate} {random.randrange(10**5):05} {phone}",
        f"xe {plate.lower()}{random.randrange(10**5):05} ngày {day:%d%m%Y}",
        f"{random.randrange(1, 3000)}/QĐ-BTP",
        f"{random.randrange(1, 300)}/{day:%Y}/NĐ-CP ngày {day:%d/%m/%Y}",
        f"{random.choice('12')}.{random.randrange(20_000):06}",
        f"thủ tục {random.choice('12')}{random.randrange(20_000):06}",
        f"{random.randrange(1, 999)}.{random.randrange(1000):03}.000 đồng",
        f"GD 4 79 79 {random.randrange(10**3):03} {random.randrange(10**5):05}",
        f"HS4{random.randrange(10**12):012}",
        f"STK {random.randrange(10**12, 10**13)}",
        f"hộ chiếu C{random.randrange(10**7):07}",
        f"mẫu TP/HT-{day:%Y}-TKĐKKS",
        f"số biên nhận {day:%y%m%d}-{random.randrange(10**4):04}",
        f"căn hộ H{random.randrange(100):02} {random.randrange(100):02} toà G{random.randrange(10)} {phone}",
        f"hẻm {random.randrange(500)}/{random.randrange(50)}/{random.randrange(50)} đường số 7 {phone}",
        f"mất {random.randrange(2, 9)} ngày, hết {random.randrange(1, 90)}0.000đ, gọi {phone} lúc 15h",
        f"tôi hát {spoken_digits_in_style(phone, random, 'single')}",
    ]
    return random.choice(things)


NUMBER_SENTENCES = [
    "{}",
    "dạ {}",
    "số điện thoại của tôi là {}",
    "sđt {}",
    "số của em là {} ạ",
    "dạ số {} nhé",
]

LAST_FOUR_SENTENCES = [
    "{}",
    "dạ {} ạ",
    "bốn số cuối là {}",
    "4 số cuối là {}",
    "4 số cuối {}",
    "bốn số cuối của tôi là {}",
    "số cuối là {}",
    "bốn chữ số cuối điện thoại là {} ạ",
    "là {}",
]


def said_number(digits: str, random: Random) -> str:
    """Return digits as somebody reads them out, with pauses and slips of the recogniser's spelling."""
    style = random.choice(["single", "single", "pairs", "mixed", "triples"])
    words = spoken_digits_in_style(digits, random, style, random.choice(list(Dialect)))
    if style == "single" and random.random() < 0.3:
        parts = words.split()
        at = random.randrange(1, len(parts))
        words = " ".join(parts[:at]) + random.choice([", ", " rồi ", " - ", " ... "]) + " ".join(parts[at:])
    if random.random() < 0.1:
        words = words.replace("bảy", "bẩy")
    return fold(words) if random.random() < 0.3 else words


def typed_number(digits: str, random: Random) -> str:
    """Return digits typed in groups."""
    sizes = random.choice([(len(digits),), (4, 3, 3), (3, 3, 4), (2, 2, 2, 2, 2), (4, 2, 2, 2), (5, 5), (4, 6)])
    separator = random.choice([" ", ".", "-", "", ", "])
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return separator.join(group for group in [*groups, digits[at:]] if group)
