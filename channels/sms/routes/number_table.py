"""Which routes a message may take, by the beginning of the number it goes to and by why it goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from channels.sms.routes.messages import Kind
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
    """

    def __init__(
        self,
        routes: Mapping[str, Sequence[str | Sequence[str]]],
        notices: Mapping[str, Sequence[str | Sequence[str]]] | None = None,
    ) -> None:
        self._routes = {prefix: _ranks(names) for prefix, names in routes.items()}
        self._notices = {prefix: _ranks(names) for prefix, names in (notices or {}).items()}

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
        return NumberTable(*({at: (*ranks, *others) for at, ranks in table.items()} for table in self._tables))

    def among(self, known: Collection[str]) -> NumberTable:
        """The same without routes that are not set up; a line that names none of those stays as it is."""

        def kept(ranks: Ranks) -> Ranks:
            left = (tuple(name for name in rank if name in known) for rank in ranks)
            return tuple(rank for rank in left if rank) or ranks

        return NumberTable(*({at: kept(ranks) for at, ranks in table.items()} for table in self._tables))

    def order(
        self,
        number: str,
        came_by: str = "",
        kind: Kind = Kind.ANSWER,
        waiting: Mapping[str, int] | None = None,
    ) -> tuple[str, ...]:
        """Routes for a number, the best first.

        Args:
            number: E.164.
            came_by: the route the citizen wrote by; it goes first where the table allows it at all.
            kind: why the message goes.
            waiting: messages that wait, by route: of one rank the shortest queue is first.
        """
        counts = waiting or {}
        names = tuple(
            name for rank in self.ranks(number, kind) for name in sorted(rank, key=lambda one: counts.get(one, 0))
        )
        return (came_by, *(name for name in names if name != came_by)) if came_by in names else names

    def ranks(self, number: str, kind: Kind = Kind.ANSWER) -> Ranks:
        """The ranks of routes for a number."""
        own = _fitting(self._notices, number) if kind in OUR_OWN_DOING else None
        return own or _fitting(self._routes, number) or ()

    @property
    def _tables(self) -> tuple[Mapping[str, Ranks], Mapping[str, Ranks]]:
        return self._routes, self._notices


def _fitting(table: Mapping[str, Ranks], number: str) -> Ranks | None:
    prefixes = [prefix for prefix in table if number.startswith(prefix)]
    return table[max(prefixes, key=len)] if prefixes else None


def _ranks(names: Sequence[str | Sequence[str]]) -> Ranks:
    return tuple((name,) if isinstance(name, str) else tuple(name) for name in names)


def _flat(ranks: Ranks) -> tuple[str, ...]:
    return tuple(name for rank in ranks for name in rank)
