"""Translation tables of providers, read from YAML: their errors (``errors.yml``) and statuses (``statuses.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from channels.sms.routes.messages import Delivery
from channels.sms.routes.route import Fault, SendFailed


class TableError(ValueError):
    """A table is wrong; the message names the file and the line's key."""


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    """What one error of a provider means for a message."""

    fault: Fault
    meaning: str
    """For the operator, with the cure where there is one."""
    code: str | None = None
    """Our short name for the cause where the provider's own code is none."""
    elsewhere: bool = False
    """Whether another route may still carry a message this one refuses for good."""
    wrong_sender: bool = False
    """Our number is at fault; the message may go from another one."""
    opted_out: bool = False
    """The recipient has told the provider that our messages are not wanted."""

    def failed(self, code: str, retry_after: float | None = None) -> SendFailed:
        """The error to raise; ``code`` counts where the table gives none."""
        return SendFailed(self.fault, self.code or code, self.meaning, retry_after, elsewhere=self.elsewhere)


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """What one status or type of delivery report means."""

    delivery: Delivery
    code: str | None = None
    """Told to the operator where the report brings no code of its own."""


def read_errors(folder: Path) -> Mapping[str, Mapping[str, ErrorMeaning]]:
    """Read ``errors.yml``: sections (codes, HTTP statuses, …) of ``key: {fault, meaning, code?, elsewhere?}``.

    Raises:
        TableError: a line is wrong.
    """
    return {
        str(section): {str(key): _error(folder / "errors.yml", key, line) for key, line in lines.items()}
        for section, lines in _read(folder / "errors.yml").items()
    }


def opt_out_codes() -> frozenset[str]:
    """Codes by which a provider of ours says that the recipient opted out there."""
    folders = (path.parent for path in Path(__file__).parent.glob("*/errors.yml"))
    sections = (lines for folder in folders for lines in read_errors(folder).values())
    return frozenset(line.code or code for lines in sections for code, line in lines.items() if line.opted_out)


def read_statuses(folder: Path) -> Mapping[str, StatusMeaning]:
    """Read ``statuses.yml``: ``status: handed | delivered | failed``, or ``status: {delivery, code}``.

    Raises:
        TableError: a line is wrong.
    """
    return {
        str(key): _status(folder / "statuses.yml", key, line) for key, line in _read(folder / "statuses.yml").items()
    }


def _error(file: Path, key: object, line: Any) -> ErrorMeaning:
    try:
        return ErrorMeaning(**{**line, "fault": Fault(line["fault"]), "meaning": str(line["meaning"])})
    except (TypeError, ValueError, KeyError) as error:
        raise TableError(f"{file.name}: {key}: {error}") from None


def _status(file: Path, key: object, line: Any) -> StatusMeaning:
    try:
        fields = line if isinstance(line, dict) else {"delivery": line}
        return StatusMeaning(**{**fields, "delivery": Delivery(fields["delivery"])})
    except (TypeError, ValueError, KeyError) as error:
        raise TableError(f"{file.name}: {key}: {error}") from None


def _read(file: Path) -> dict[Any, Any]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TableError(f"{file.name}: a table of keys and values is expected")
    return content
