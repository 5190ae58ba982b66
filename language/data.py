"""The word lists of the installation being served, and results kept apart for each installation.

Functions on text stay plain functions: which folder of data they read is a matter of context. A process that serves one
installation says so once (:func:`serve`); where several stand in one process, whoever takes in a turn, a request or a
message says whose it is (:func:`using`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import yaml

PROJECT = str(Path(__file__).resolve().parent.parent / "nlu_data")

# Every scalar stays text: "no", "on" and "y" are words here, and "0975" must keep its zero.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_P = ParamSpec("_P")
_T = TypeVar("_T")

# As text: the hash of a text is kept in it, and it is asked for at every word.
_of_process = PROJECT
_of_context: ContextVar[str | None] = ContextVar("nlu_data", default=None)
_kept: ContextVar[dict[tuple[object, str], Any] | None] = ContextVar("kept", default=None)


def folder() -> Path:
    """``nlu_data`` of the installation being served; the project's own when nobody said."""
    return Path(_of_context.get() or _of_process)


def serve(nlu_data: Path) -> None:
    """This process serves one installation, in all its threads."""
    global _of_process
    _of_process = str(nlu_data)


def enter(nlu_data: Path) -> None:
    """From here on, in this thread or task, the data of another installation."""
    _of_context.set(str(nlu_data))


@contextmanager
def using(nlu_data: Path) -> Iterator[None]:
    """The data of an installation inside the block, in this thread or task."""
    token = _of_context.set(str(nlu_data))
    try:
        yield
    finally:
        _of_context.reset(token)


def cached(maxsize: int | None = None) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """``functools.lru_cache`` for what depends on the data: results are kept apart for each folder.

    Args:
        maxsize: results kept, over all folders; None for all.
    """

    def decorate(function: Callable[_P, _T]) -> Callable[_P, _T]:
        @lru_cache(maxsize)
        def kept(_folder: str, *args: Any, **named: Any) -> _T:
            return function(*args, **named)

        @wraps(function)
        def found(*args: _P.args, **named: _P.kwargs) -> _T:
            return kept(_of_context.get() or _of_process, *args, **named)  # type: ignore[arg-type]

        found.cache_info = kept.cache_info  # type: ignore[attr-defined]
        return found

    return decorate


@contextmanager
def one_message() -> Iterator[None]:
    """While one message is answered, what was made of its words is kept, and forgotten with it; see :func:`kept`."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def kept(function: Callable[[str], _T]) -> Callable[[str], _T]:
    """Results of a function of one text, kept while a message is answered: many parts ask the same of its words.

    Citizens' words stay in no cache that outlives their turn.
    """

    @wraps(function)
    def found(text: str) -> _T:
        known = _kept.get()
        if known is None:
            return function(text)
        key = (function, text)
        if key not in known:
            known[key] = function(text)
        result: _T = known[key]
        return result

    return found


def load(name: str, room: str = "language") -> Any:
    """Return the parsed content of ``<room>/<name>.yml``; all scalars are strings.

    Args:
        name: of the file.
        room: the folder in the data; empty for what stands beside the folders.

    A folder of data that has no such list of its own uses the project's: a province writes down only what differs.

    Raises FileNotFoundError when the file is missing and ValueError when it is no mapping.
    """
    path = folder() / room / f"{name}.yml"
    if not path.exists():
        path = Path(PROJECT) / room / f"{name}.yml"
    with path.open(encoding="utf-8") as stream:
        content = yaml.load(stream, Loader=_Loader)
    if not isinstance(content, dict):
        raise ValueError(f"{path.name}: a mapping was expected at the top")
    return content
