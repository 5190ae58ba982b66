"""Which pages there are."""

from __future__ import annotations

import json
from pathlib import Path

from docs.reference.metrics import metrics_page
from docs.reference.privacy import stored_page
from docs.reference.procedure import procedure_page, procedure_schema
from docs.reference.settings import settings_page

DOCS = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """The text of each page by its name in ``docs``."""
    return {
        "settings.md": settings_page(),
        "metrics.md": metrics_page(),
        "privacy/stored.md": stored_page(),
        "procedure.schema.json": json.dumps(procedure_schema(), ensure_ascii=False, indent=1) + "\n",
        "procedure-fields.md": procedure_page(),
    }
