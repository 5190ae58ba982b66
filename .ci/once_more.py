"""Runs the tests that failed in the last run once more, with nothing beside them."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
MOST = 12
"""More than these do not fail for want of time."""


def main() -> None:
    """Become pytest; exit at once where nothing was run, or too much failed."""
    if not FAILED.exists():
        sys.exit("the tests did not get as far as running")
    # A run on several cores writes the group behind each test's id, where nobody finds it again.
    failed = sorted({re.sub(r"@[\w -]+$", "", test) for test in json.loads(FAILED.read_text(encoding="utf-8"))})
    if not failed or len(failed) > MOST:
        sys.exit(f"{len(failed)} tests failed; none is tried again")
    print("Once more, alone:", *failed, sep="\n  ", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *failed])


if __name__ == "__main__":
    main()
