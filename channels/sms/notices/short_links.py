"""Links that hide where they lead: no text message of ours holds one. ``nlu_data/sms/short_links.yml`` names them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from language import data


class ShortLinks:
    """Recognises them.

    Args:
        hosts: of those who shorten links.
    """

    def __init__(self, hosts: Sequence[str]) -> None:
        self._shape = re.compile(
            rf"(?<![\w.-])(?:{'|'.join(map(re.escape, hosts))})(?=[/\s\"')]|$)",
            re.IGNORECASE,
        )

    def stand_in(self, text: str) -> bool:
        """Whether a text holds one."""
        return bool(self._shape.search(text))


@data.cached()
def short_links() -> ShortLinks:
    """The hosts of this installation, read once."""
    return ShortLinks(yaml.safe_load((data.folder() / "sms" / "short_links.yml").read_text(encoding="utf-8"))["hosts"])
