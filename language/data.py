"""Reading the word lists of ``nlu_data/language``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

NLU_DATA = Path(__file__).resolve().parent.parent / "nlu_data"
DATA_DIR = NLU_DATA / "language"
WORDING_DIR = Path(os.environ.get("MOTCUA_NLU_DATA") or NLU_DATA) / "wording"
"""Languages and their sentences: the project's, or those of the bundle a kiosk uses."""

# Every scalar stays text: "no", "on" and "y" are words here, and "0975" must keep its zero.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def load(name: str) -> Any:
    """Return the parsed content of ``nlu_data/language/<name>.yml``; all scalars are strings.

    Raises FileNotFoundError when the file is missing and ValueError when it is no mapping.
    """
    path = DATA_DIR / f"{name}.yml"
    with path.open(encoding="utf-8") as stream:
        content = yaml.load(stream, Loader=_Loader)
    if not isinstance(content, dict):
        raise ValueError(f"{path.name}: a mapping was expected at the top")
    return content
