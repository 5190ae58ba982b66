"""What warnings may say, for how long, and how often somebody is called: ``nlu_data/sms/warnings.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import yaml

from channels.sms.campaigns.rules import wrong_value
from contract.turn import Channel
from contract.wording import Wording, wording_of
from language import data
from language.languages import default_language


class Outcome(StrEnum):
    """Of one call."""

    CONFIRMED = "confirmed"
    """The key was pressed: nobody is called again."""
    NO_KEY = "no_key"
    """Somebody, or a machine, took the call, and no key came."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NO_NUMBER = "no_number"
    """The exchange knows no such number: it is not called again."""
    FAILED = "failed"
    """The exchange could not connect it."""
    ENDED = "ended"
    """The warning ended or was cancelled meanwhile."""


@dataclass(frozen=True, slots=True)
class CallRules:
    """How often somebody is called."""

    tries: int
    ring_seconds: int
    pauses: Mapping[Outcome, timedelta]
    """After which the same number is called again; an outcome that is not there ends it."""
    said: int
    """Times the warning is said in one call."""


@dataclass(frozen=True, slots=True)
class WarningRules:
    """The file."""

    templates: Mapping[str, tuple[str, ...]]
    """The marks of each approved sentence."""
    longest_value: int
    longest: timedelta
    """A warning may hold."""
    calls: CallRules

    def wrong_with(self, value: str) -> str | None:
        """Why a value may not be filled in, as the key of a sentence; None for a good one."""
        return wrong_value(value, self.longest_value)


@data.cached()
def warning_rules() -> WarningRules:
    """Read once a folder of data."""
    content = yaml.safe_load((data.folder() / "sms" / "warnings.yml").read_text(encoding="utf-8"))
    calls = content["calls"]
    return WarningRules(
        templates={str(name): tuple(marks) for name, marks in content["templates"].items()},
        longest_value=int(content["longest_value"]),
        longest=timedelta(hours=float(content["longest_hours"])),
        calls=CallRules(
            tries=int(calls["tries"]),
            ring_seconds=int(calls["ring_seconds"]),
            pauses={Outcome(name): timedelta(minutes=float(value)) for name, value in calls["pause_minutes"].items()},
            said=int(calls["said"]),
        ),
    )


def warning_words() -> Wording:
    """What is written and said in warnings."""
    return wording_of(data.folder()).room("warnings")


def warning_sentence(template: str, values: Mapping[str, str], channel: Channel = Channel.SMS) -> str:
    """An approved sentence with its marks filled in, in the language of the installation."""
    return warning_words().text(default_language(), f"warning_{template}", channel, **values)
