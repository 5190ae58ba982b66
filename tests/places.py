"""Places tests read from."""

from __future__ import annotations

from runtime.settings import PROJECT_ROOT

NLU_DATA = PROJECT_ROOT / "nlu_data"
"""The project's own procedures, wording and language data."""
