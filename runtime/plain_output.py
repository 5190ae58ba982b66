"""Libraries that colour what they print load a library for it: 5 MB in each process that prints JSON alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_colours() -> Iterator[None]:
    """Libraries imported meanwhile find no ``rich`` and do without; afterwards it can be imported as ever."""
    loaded = sys.modules.get("rich")
    if loaded is not None:
        yield
        return
    # None is what makes an import fail (https://docs.python.org/3/reference/import.html#the-module-cache).
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["rich"]
