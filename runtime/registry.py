"""Plug-in registries: the project's own parts by name, and those of installed distributions by entry point.

A seam is one group of entry points (``motcua.sms_providers``). What the project brings itself is listed where the seam
is, in the same form, because the project runs from its folder and is no installed distribution. docs/extending.md
lists every seam.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar, cast

from runtime.messages import Message

T = TypeVar("T")


class RegistryError(ValueError):
    """A part is unknown, there twice, or broken; the message names it, where it comes from, and the cure."""


class Registry(Generic[T]):
    """The parts of one seam. Nothing is imported before it is asked for.

    Args:
        group: of the entry points: ``motcua.sms_providers``.
        what: one such part in words, for errors: ``SMS provider``.
        kind: class (or protocol that can be checked at run time) of what an entry point leads to.
        built_in: the project's own, the preferred one first: name to ``module:attribute``.
    """

    def __init__(self, group: str, what: str, kind: type[T], built_in: Mapping[str, str]) -> None:
        self._group = group
        self._what = Message(what)
        self._kind = kind
        self._built_in = {name: EntryPoint(name, value, group) for name, value in built_in.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Every known part: the project's own first, in their order, then those from outside by name.

        Raises:
            RegistryError: two have the same name.
        """
        return tuple(self._found())

    def get(self, name: str) -> T:
        """Import one part.

        Raises:
            RegistryError: there is none of that name, or it cannot be imported, or it is something else.
        """
        found = self._found().get(name)
        if found is None:
            raise RegistryError(self.unknown(name))
        named = Message("the {what} {name!r} of {origin}", what=self._what, name=name, origin=origin_of(found))
        part = imported(found, named)
        if not isinstance(part, self._kind):
            wanted = self._kind.__name__
            raise RegistryError(
                Message(
                    "{named} is a {kind}, not a {wanted}: see docs/extending.md",
                    named=named,
                    kind=type(part).__name__,
                    wanted=wanted,
                )
            )
        return part

    @property
    def group(self) -> str:
        """Of the entry points."""
        return self._group

    def brings(self, name: str) -> bool:
        """Whether the project itself brings a part of this name."""
        return name in self._built_in

    def knows(self, name: str) -> bool:
        """Whether there is a part of this name; installed packages are looked through only for another's."""
        return self.brings(name) or name in self.names

    def unknown(self, name: str, *also: str) -> Message:
        """What is said about a name that no part has; ``also`` may be named, too."""
        known = ", ".join((*also, *self.names))
        return Message(
            "there is no {what} {name!r}: known are {known}; docs/extending.md tells how to add one",
            what=self._what,
            name=name,
            known=known,
        )

    def all(self) -> dict[str, T]:
        """Every part by name, imported; in the order of :attr:`names`."""
        return {name: self.get(name) for name in self.names}

    def _found(self) -> dict[str, EntryPoint]:
        found = dict(self._built_in)
        for point in sorted(installed(self._group), key=lambda point: point.name):
            there = found.get(point.name)
            if there is not None:
                raise RegistryError(
                    Message(
                        "the {what} {name!r} is there twice: from {first} and from {second}; uninstall one of them",
                        what=self._what,
                        name=point.name,
                        first=origin_of(there),
                        second=origin_of(point),
                    )
                )
            found[point.name] = point
        return found


class Factories(Registry[Callable[..., Any]]):
    """A seam whose parts are classes or functions; the room that uses it says what they are given and make.

    Args:
        group: of the entry points.
        what: one such part in words, for errors.
        built_in: the project's own: name to ``module:attribute``.
    """

    def __init__(self, group: str, what: str, built_in: Mapping[str, str]) -> None:
        super().__init__(group, what, cast("type[Callable[..., Any]]", Callable), built_in)


def installed(group: str) -> tuple[EntryPoint, ...]:
    """What installed distributions have registered in a group."""
    return _installed(group, tuple(sys.path))


def imported(point: EntryPoint, named: str) -> Any:
    """What an entry point leads to, whatever its code does when it is imported.

    Args:
        point: of a part.
        named: the part in words.

    Raises:
        RegistryError: it cannot be imported.
    """
    try:
        return point.load()
    except Exception as error:
        raise RegistryError(
            Message("{named} cannot be imported ({kind}: {error})", named=named, kind=type(error).__name__, error=error)
        ) from error


@lru_cache(maxsize=64)
def _installed(group: str, path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Looking through every distribution takes tens of milliseconds: once for each search path."""
    return tuple(entry_points(group=group))


def origin_of(point: EntryPoint) -> str:
    """The distribution a part comes from, with its version."""
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else Message("this project")
