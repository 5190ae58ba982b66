"""Which routes a message may take, by the beginning of the number it goes to and by why it goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from channels.sms.routes.messages import Kind
from language.phone_number import InvalidPhoneNumber, PhoneNumber
from runtime.messages import Message

Ranks = tuple[tuple[str, ...], ...]
"""Routes in order of preference; those of one rank share what there is."""

OUR_OWN_DOING: Final = (Kind.NOTICE, Kind.WARNING)
"""What an order of its own may be set for."""


class NumberTableError(ValueError):
    """The file is wrong; the message says where."""


class NumberTable:
    """Routes in order of preference by number; the longest prefix that fits counts.

    Args:
        routes: route names by prefix in E.164, several of one rank in a list of their own; the empty prefix fits every
            number.
        notices: the same for notices and warnings; where no line of it fits they go as everything else.
        numbers: our number on each route, as citizens dial it, where it is known.
        may_change_number: whether an answer may come from another number than the one the citizen wrote to.
    """

    def __init__(
        self,
        routes: Mapping[str, Sequence[str | Sequence[str]]],
        notices: Mapping[str, Sequence[str | Sequence[str]]] | None = None,
        numbers: Mapping[str, str] | None = None,
        *,
        may_change_number: bool = False,
    ) -> None:
        self._routes = {prefix: _ranks(names) for prefix, names in routes.items()}
        self._notices = {prefix: _ranks(names) for prefix, names in (notices or {}).items()}
        self._numbers = {name: _alike(number) for name, number in (numbers or {}).items() if number}
        self._may_change_number = may_change_number

    @classmethod
    def read(cls, path: Path, known: Sequence[str]) -> NumberTable:
        """Read ``routes:`` and, where it is there, ``notices:`` of a YAML file.

        Args:
            path: of the file.
            known: names of the routes there are.

        Raises:
            NumberTableError: it cannot be read, has a wrong prefix, an unknown route or none for other numbers.
        """
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            routes, notices = (
                {str(prefix): _ranks(list(names)) for prefix, names in lines.items()}
                for lines in (content["routes"], content.get("notices") or {})
            )
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise NumberTableError(
                Message("{path}: cannot be read as a table of routes ({kind})", path=path, kind=type(error).__name__)
            ) from None
        for prefix, ranks in (*routes.items(), *notices.items()):
            if prefix and not (prefix.startswith("+") and prefix[1:].isascii() and prefix[1:].isdigit()):
                raise NumberTableError(
                    Message("{path}: {prefix!r} is no beginning of a number such as +84", path=path, prefix=prefix)
                )
            names = _flat(ranks)
            unknown = [str(name) for name in names if name not in known]
            if unknown or not names:
                named = ", ".join(known)
                raise NumberTableError(
                    Message(
                        "{path}: {prefix!r} needs routes of {named}; found {unknown}",
                        path=path,
                        prefix=prefix,
                        named=named,
                        unknown=", ".join(unknown),
                    )
                )
            if len(set(names)) < len(names):
                raise NumberTableError(Message("{path}: {prefix!r} names a route twice", path=path, prefix=prefix))
        if "" not in routes:
            raise NumberTableError(Message('{path}: no line "" for all other numbers', path=path))
        return cls(routes, notices)

    @property
    def names(self) -> frozenset[str]:
        """Every route that some number is written to by."""
        return frozenset(name for ranks in (*self._routes.values(), *self._notices.values()) for name in _flat(ranks))

    @property
    def shares(self) -> bool:
        """Whether some routes share what there is."""
        return any(len(rank) > 1 for ranks in (*self._routes.values(), *self._notices.values()) for rank in ranks)

    def with_others(self, known: Sequence[str]) -> NumberTable:
        """The same with every known route that no line names at the end of each line."""
        others = tuple((name,) for name in known if name not in self.names)
        return self._with(lambda ranks: (*ranks, *others))

    def among(self, known: Collection[str]) -> NumberTable:
        """The same without routes that are not set up; a line that names none of those stays as it is."""

        def kept(ranks: Ranks) -> Ranks:
            left = (tuple(name for name in rank if name in known) for rank in ranks)
            return tuple(rank for rank in left if rank) or ranks

        return self._with(kept)

    def over_lines(self, lines: Mapping[str, Mapping[str, str]], *, may_change_number: bool = False) -> NumberTable:
        """The same with each provider's lines in its place, all of one rank; one that is named for itself stays there.

        Args:
            lines: our number on each line, by provider, then by the line's name.
            may_change_number: as in the constructor.
        """

        def spread(ranks: Ranks) -> Ranks:
            named = _flat(ranks)

            def inside(name: str) -> list[str]:
                return [line for line in lines.get(name, {}) if line == name or line not in named] or [name]

            return tuple(tuple(line for name in rank for line in inside(name)) for rank in ranks)

        numbers = {line: number for provider in lines.values() for line, number in provider.items()}
        return NumberTable(
            {at: spread(ranks) for at, ranks in self._routes.items()},
            {at: spread(ranks) for at, ranks in self._notices.items()},
            numbers,
            may_change_number=may_change_number,
        )

    def order(
        self,
        number: str,
        came_by: str = "",
        kind: Kind = Kind.ANSWER,
        waiting: Mapping[str, int] | None = None,
        asked_on: str | None = None,
    ) -> tuple[str, ...]:
        """Routes for a number, the best first.

        Args:
            number: E.164.
            came_by: the route the citizen wrote by; it goes first where the table allows it at all.
            kind: why the message goes.
            waiting: messages that wait, by route: of one rank the shortest queue is first.
            asked_on: our number the citizen wrote to: an answer comes from that number again, by whichever route has
                it, unless another one may be used or the table names no such route for that citizen.
        """
        counts = waiting or {}
        names = tuple(
            name for rank in self.ranks(number, kind) for name in sorted(rank, key=lambda one: counts.get(one, 0))
        )
        if came_by in names:
            names = (came_by, *(name for name in names if name != came_by))
        if not asked_on or kind is not Kind.ANSWER or self._may_change_number:
            return names
        ours = _alike(asked_on)
        return tuple(name for name in names if name == came_by or self._numbers.get(name) == ours) or names

    def ranks(self, number: str, kind: Kind = Kind.ANSWER) -> Ranks:
        """The ranks of routes for a number."""
        own = _fitting(self._notices, number) if kind in OUR_OWN_DOING else None
        return own or _fitting(self._routes, number) or ()

    def _with(self, change: Callable[[Ranks], Ranks]) -> NumberTable:
        routes, notices = (
            {at: change(ranks) for at, ranks in table.items()} for table in (self._routes, self._notices)
        )
        return NumberTable(routes, notices, self._numbers, may_change_number=self._may_change_number)


def _fitting(table: Mapping[str, Ranks], number: str) -> Ranks | None:
    prefixes = [prefix for prefix in table if number.startswith(prefix)]
    return table[max(prefixes, key=len)] if prefixes else None


def _ranks(names: Sequence[str | Sequence[str]]) -> Ranks:
    return tuple((name,) if isinstance(name, str) else tuple(name) for name in names)


def _flat(ranks: Ranks) -> tuple[str, ...]:
    return tuple(name for rank in ranks for name in rank)


@lru_cache(maxsize=256)
def _alike(number: str) -> str:
    """One of our numbers, the same however it is written."""
    try:
        return PhoneNumber.parse(number).address
    except InvalidPhoneNumber:
        return number.strip()
