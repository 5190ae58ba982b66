"""Which routes a message may take, by the beginning of the number it goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml


class NumberTableError(ValueError):
    """The file is wrong; the message says where."""


class NumberTable:
    """Routes in order of preference by number; the longest prefix that fits counts.

    Args:
        routes: route names by prefix in E.164; the empty prefix fits every number.
    """

    def __init__(self, routes: Mapping[str, Sequence[str]]) -> None:
        self._routes = {prefix: tuple(names) for prefix, names in routes.items()}
        self._prefixes = sorted(self._routes, key=len, reverse=True)

    @classmethod
    def read(cls, path: Path, known: Sequence[str]) -> NumberTable:
        """Read ``routes:`` of a YAML file.

        Args:
            path: of the file.
            known: names of the routes there are.

        Raises:
            NumberTableError: it cannot be read, has a wrong prefix, an unknown route or none for other numbers.
        """
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            routes = {str(prefix): list(names) for prefix, names in content["routes"].items()}
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise NumberTableError(f"{path}: cannot be read as a table of routes ({type(error).__name__})") from None
        for prefix, names in routes.items():
            if prefix and not (prefix.startswith("+") and prefix[1:].isascii() and prefix[1:].isdigit()):
                raise NumberTableError(f"{path}: {prefix!r} is no beginning of a number such as +84")
            unknown = [str(name) for name in names if name not in known]
            if unknown or not names:
                named = ", ".join(known)
                raise NumberTableError(f"{path}: {prefix!r} needs routes of {named}; found {', '.join(unknown)}")
        if "" not in routes:
            raise NumberTableError(f'{path}: no line "" for all other numbers')
        return cls(routes)

    @property
    def names(self) -> frozenset[str]:
        """Every route that some number is written to by."""
        return frozenset(name for names in self._routes.values() for name in names)

    def with_others(self, known: Sequence[str]) -> NumberTable:
        """The same with every known route that no line names at the end of each line."""
        others = tuple(name for name in known if name not in self.names)
        return NumberTable({prefix: (*names, *others) for prefix, names in self._routes.items()})

    def order(self, number: str, came_by: str = "") -> tuple[str, ...]:
        """Routes for a number, the best first.

        Args:
            number: E.164.
            came_by: the route the citizen wrote by; it goes first where the table allows it at all.
        """
        names = next((self._routes[prefix] for prefix in self._prefixes if number.startswith(prefix)), ())
        return (came_by, *(name for name in names if name != came_by)) if came_by in names else names
