"""A registry with invented health-insurance cards, for trying one without any agency."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from actions.dossiers.backend import SourceContext
from actions.dossiers.model import vietnam_date
from actions.dossiers.outage import OutageSwitch

FILE: Final = Path(__file__).with_name("sandbox_health_cards.yml")


class SandboxHealthCard:
    """``MOTCUA_REGISTRIES=sandbox-health-card``; fails while ``motcua sandbox outage`` is on.

    Args:
        _settings: none of its own.
        context: clock and Redis.
    """

    needs_consent = True
    seconds = 3.0

    def __init__(self, _settings: Any, context: SourceContext) -> None:
        content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        self.purpose: Mapping[str, str] = content["purpose"]
        self._answers: Mapping[str, Mapping[str, str]] = content["answers"]
        self._cards = {row["card"]: row for row in content["cards"]}
        self._clock = context.clock
        self._switch = OutageSwitch(context.redis)

    def ask(self, key: str, last4: str) -> Mapping[str, str] | None:
        """See :meth:`actions.registries.registry.PublicRegistry.ask`: how long the card is valid."""
        self._switch.check()
        card = self._cards.get("".join(key.split()).upper())
        fits = hmac.compare_digest((card or {"phone": "????"})["phone"][-4:], last4)
        if card is None or not fits:
            return None
        ends = vietnam_date(self._clock()) + timedelta(days=card["ends"])
        texts = self._answers["valid" if card["ends"] >= 0 else "expired"]
        # An expired card is told by its first day without cover.
        day = ends if card["ends"] >= 0 else ends + timedelta(days=1)
        return {language: text.format(date=f"{day:%d/%m/%Y}") for language, text in texts.items()}
