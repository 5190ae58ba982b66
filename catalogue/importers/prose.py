"""The running text of published records: names, steps, conditions, results, places, decisions, dates."""

from __future__ import annotations

import re
from datetime import date

from catalogue.record import Level
from catalogue.text import capitalise, lines, says_nothing, strip_marks, tidy

# "Thủ tục" before one of these is part of the name ("Thủ tục hải quan"), not a heading.
_NAME_NEEDS_IT = ("hải quan", "biên phòng", "đối với", "điện tử", "hành chính", "về", "của", "cho vay")

_STEP = re.compile(
    r"(?:^|(?<=[\s.;:)\-+*]))(?:[a-zđ]\)\s*|[-+*]\s*)?Bước\s+(?:thứ\s+)?\d{1,2}\s*[:.)\-–]?\s*", re.IGNORECASE
)
_STEP_HEADING = re.compile(r"^(?:trình tự|các bước|quy trình)[^.]{0,60}$", re.IGNORECASE)

_RESULT_CODE = re.compile(
    r"Mã\s*:\s*(?:[A-Za-z0-9._\-]*\d|[a-z]{2,12}(?=[^\Wa-z\d_]|$)|[A-Z]{2,8}$|Chưa xác định(?: rõ)?)?"
    r"|\(\s*KQ[.\-][^)]*\)"
)
"""Result codes follow the names without a space; some are placeholders the portal's authors typed."""

_CONDITION_TAIL = re.compile(r"\s*(?:Không có thông tin)?\s*Từ khóa\s*(?::|Không có thông tin|$).*\Z", re.DOTALL)

_LAW_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,2})?/(?:\d{4}/)?[A-ZĐ][A-ZĐ0-9\-/]*[A-ZĐ0-9]")

_DECISION = re.compile(r"\d{1,5}[a-z]?(?:/(?:\d{4}/)?QĐ-[A-ZĐ][\w-]*)?", re.IGNORECASE)
"""With its agency or without; what is no number of a decision ("Demo/QĐ-BCA", "01/QĐCB") is none."""

_LEVELS = {
    "cấp xã": Level.COMMUNE,
    "cấp tỉnh": Level.PROVINCE,
    "cấp bộ": Level.MINISTRY,
    "cơ quan khác": Level.OTHER,
}

_ABOLISHED = re.compile(r"\bhuyện\b|\bquận\b|\bthị xã\b", re.IGNORECASE)
"""District offices: there are none since 1 July 2025."""

_ONE_PROVINCE = re.compile(
    r"(?<=\w)\s+(?:[-–]\s+)?(?:[Tt]hành phố|[Tt]ỉnh)\s+(?:[A-ZĐ]\w*(?:\s+(?=[A-ZĐ])|(?=,|$))){1,3}(?=,|$)"
)
"""An office of one province in a national record: told to the whole country it would send people there."""

_HEADING_WORDS = 14
"""A first line with fewer words and no full stop is the heading of its step."""

_OFFICE_CODE = re.compile(r"\s*\([A-Z]{2,}_[A-Z_]+\)")

MAX_PLACE = 250
"""Characters; a longer "place" is a description of how to hand in."""


def clean_name(value: str) -> str:
    """The official name without the heading "Thủ tục" and final marks."""
    name = tidy(value).strip(" .;:")
    match = re.match(r"thủ tục\s*:?\s+(.+)", name, re.IGNORECASE)
    if match and not match.group(1).lower().startswith(_NAME_NEEDS_IT):
        return capitalise(match.group(1))
    return name


def split_steps(value: str) -> tuple[str, ...]:
    """The steps of a procedure: split at "Bước n", else one a line."""
    if says_nothing(value):
        return ()
    if len(_STEP.findall(value)) < 2:
        return tuple(step for line in _unwrapped(value) if (step := _step(line)))
    return tuple(step for part in _STEP.split(value) if (step := _step(_flowing(part))))


def _flowing(value: str) -> str:
    """The lines of one step as running text: a heading gets a colon, list marks go."""
    told = ""
    for line in _unwrapped(value):
        part = strip_marks(line).rstrip(" -+*")
        if told and told[-1] not in ".;:,!?":
            told += ":" if told.count(" ") < _HEADING_WORDS and "." not in told else "."
        told = f"{told} {part}".strip()
    return told


def _unwrapped(value: str) -> list[str]:
    """The lines of a text; one that begins in lower case without a list mark goes on with the one before."""
    joined: list[str] = []
    for line in lines(value):
        if joined and line[0].islower() and strip_marks(line)[:1] == line[0] and not joined[-1].endswith((".", ";")):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _step(line: str) -> str | None:
    step = strip_marks(line).rstrip(" -+*(")
    step = _STEP.sub("", step, count=1) if _STEP.match(step) else step
    if len(step) < 4 or _STEP_HEADING.match(step):
        return None
    return capitalise(step)


def split_conditions(value: str) -> tuple[str, ...]:
    """What must be fulfilled; "Không" and the page's own labels are nothing."""
    text = _CONDITION_TAIL.sub("", value)
    found = (strip_marks(line).rstrip("-") for line in _unwrapped(text))
    return tuple(dict.fromkeys(line for line in found if not says_nothing(line)))


def clean_result(value: str) -> str | None:
    """What the citizen receives, without the portal's result codes glued to the names."""
    names = (strip_marks(tidy(part)).rstrip(" .;,") for part in _RESULT_CODE.split(value))
    kept: dict[str, str] = {}
    for name in names:
        if name and not says_nothing(name):
            kept.setdefault(name.lower(), name)
    return "; ".join(kept.values()) or None


def clean_place(value: str) -> str | None:
    """The office that takes the dossier; offices of abolished districts are left out."""
    text = strip_marks(_OFFICE_CODE.sub("", tidy(value))).rstrip(" .")
    if says_nothing(text) or len(text) > MAX_PLACE:
        return None
    text = _ONE_PROVINCE.sub("", text.rstrip()).rstrip(" .,")
    if not _ABOLISHED.search(text):
        return text
    kept = [part for part in re.split(r",\s*", text) if not _ABOLISHED.search(part)]
    return ", ".join(kept) or None


def clean_decision(value: str) -> str | None:
    """Only the number, in the one shape all decisions have: "6225/QĐ-BQP" of "Quyết định số 6225 /QĐ-BQP".

    Also of "QĐ2338-BTP", "QĐ/0001-BCA" and "3713./QD-BTP".
    """
    text = re.sub(r"^(?:quyết định\s+)?số\s+", "", tidy(value), flags=re.IGNORECASE)
    text = re.sub(r"\.?\s*/\s*", "/", text)
    text = re.sub(r"/QD-", "/QĐ-", text)
    text = re.sub(r"^Q[ĐD]/?(\d+)-(.+)$", r"\1/QĐ-\2", text)
    return text if _DECISION.fullmatch(text) else None


def law_numbers(values: list[str]) -> tuple[str, ...]:
    """Numbers of laws and decrees, each once."""
    found = (tidy(value) for value in values)
    return tuple(dict.fromkeys(number for number in found if number and not says_nothing(number)))


def law_number_in(text: str) -> str | None:
    """The first number of a law or decree a title names: "104/2022/NĐ-CP"."""
    match = _LAW_NUMBER.search(text)
    return match.group() if match else None


def clean_subjects(values: list[str]) -> tuple[str, ...]:
    """Who the procedure is for, each once."""
    return tuple(dict.fromkeys(capitalise(name) for value in values if not says_nothing(name := tidy(value))))


def split_list(value: str) -> list[str]:
    """Parts of "A, B (không bao gồm C, D), E": commas inside brackets do not separate."""
    return [part for part in (tidy(piece) for piece in re.split(r",(?![^(]*\))", value)) if part]


def read_levels(values: list[str]) -> tuple[Level, ...]:
    """Levels of government; an unknown one counts as another office, an abolished district as none."""
    found = []
    for value in values:
        name = tidy(value).lower()
        if name and "huyện" not in name:
            found.append(_LEVELS.get(name, Level.OTHER))
    return tuple(dict.fromkeys(found)) or ((Level.OTHER,) if any(values) else ())


def read_date(value: str) -> date | None:
    """The day a snapshot names: "2026-07-20"; of "2026-09 (…)" or "2025 (.doc export)" the first day."""
    match = re.match(r"\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)", value)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None


def clean_source(value: str) -> str | None:
    """A public web address, or None."""
    text = tidy(value)
    return text if re.match(r"https?://[^\s/]+", text) and " " not in text else None
