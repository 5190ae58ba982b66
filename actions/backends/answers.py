"""What the parsers of all systems share: which record of an answer is meant, and what makes it unusable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from actions.backends.fields import line
from actions.dossiers.backend import BackendUnavailable, ProvableDossier, UnusableRecord

Record = Mapping[str, Any]
_FINE: Final = frozenset({"0", "00", "200", "ok", "success"})
_ERRORS: Final = ("error_code", "errorCode", "status", "code")


def check_fine(answer: Any) -> None:
    """Refuse an answer of HTTP 200 with an error inside, as buses of the state write them.

    Raises:
        BackendUnavailable: it has one.
    """
    if isinstance(answer, Mapping) and any(_is_wrong(answer.get(name)) for name in _ERRORS):
        raise BackendUnavailable("an answer with an error inside")


def rows(answer: Any, key: str) -> list[Any]:
    """The list an answer holds under ``key``; an empty one where it holds null.

    Raises:
        BackendUnavailable: the answer has another form, or an error inside.
    """
    if not isinstance(answer, Mapping) or key not in answer:
        raise BackendUnavailable("an answer of another form, or with an error inside")
    found = answer[key]
    if found is None:
        return []
    if not isinstance(found, list):
        raise BackendUnavailable("an answer of another form, or with an error inside")
    return found


def procedure(code: object, name: object) -> tuple[str, str]:
    """Code and name of a procedure, either for the other where one is missing.

    Raises:
        UnusableRecord: both are.
    """
    known = (line(code) or "", line(name) or "")
    if not any(known):
        raise UnusableRecord("a dossier without procedure")
    return known[0], known[1] or known[0]


def the_one(found: Iterable[Record], parse: Callable[[Record], ProvableDossier]) -> ProvableDossier | None:
    """Of the records with the asked code the newest; None when there is none.

    Raises:
        UnusableRecord: they belong to different people.
    """
    dossiers = [parse(record) for record in found]
    return None if not dossiers else newest(dossiers)


def newest(dossiers: list[ProvableDossier]) -> ProvableDossier:
    """The newest of several records of one dossier, of which the newest final state goes before any other.

    A state that is unknown is told only where nobody knows it.

    Raises:
        UnusableRecord: they belong to different people, so that the code is right and the data somebody else's.
    """
    people = [set(one.endings) for one in dossiers if one.endings]
    if people and not set.intersection(*people):
        raise UnusableRecord("different people under one code")

    def order(one: ProvableDossier) -> tuple[bool, bool, datetime]:
        status = one.dossier.status
        return status.is_final, bool(status), one.dossier.updated_at

    return max(dossiers, key=order)


def _is_wrong(value: object) -> bool:
    return value is not None and value is not True and str(value).strip().casefold() not in _FINE
