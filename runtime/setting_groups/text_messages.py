"""Text messages, whoever carries them: answers, limits, cost."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from runtime.messages import Message
from runtime.setting_groups.group import Group


class TextMessageSettings(Group):
    """Text messages, whoever carries them: answers, limits, cost."""

    sms_diacritics: bool = Field(
        False, description="true: SMS keep Vietnamese diacritics, at more than twice the segments"
    )
    sms_segments: int = Field(3, ge=1, le=6, description="segments of one SMS answer before it is paged")
    sms_reply_in_webhook_seconds: float = Field(
        2.0, ge=0, le=10, description="seconds a provider's webhook waits for the answer; 0: it always goes out later"
    )
    sms_trouble_seconds: int = Field(
        120, ge=10, le=86_400, description="seconds without answer after which a citizen is told that it takes longer"
    )
    sms_answer_hours: int = Field(24, ge=1, le=168, description="hours after which an SMS is no longer answered")
    sms_answer_threads: int = Field(4, ge=1, le=64, description="SMS answered at once by each worker")
    sms_segment_price: float = Field(
        0.0, ge=0, description="dong (VND) an operator takes for one segment, for the figures; 0: not known"
    )
    sms_month_budget: float = Field(
        0.0,
        ge=0,
        description="dong (VND) text messages may cost in a month before figures and alerts warn; 0: no budget",
    )
    sms_days: int = Field(30, ge=1, le=3650, description="days numbers and texts of SMS are kept")
    sms_row_days: int = Field(
        400, ge=31, le=3650, description="days states and times of SMS are kept, without numbers and texts"
    )
    sms_routes: Path | None = Field(
        None, description="YAML file of routes by number; default: nlu_data/sms/routes.yml explains itself"
    )
    sms_answers_by_other_numbers: bool = Field(
        False,
        description="true: an answer whose route fails may come from another of our numbers; false: it waits for the "
        "number that was written to",
    )
    service_number: str | None = Field(
        None,
        pattern=r"^\+?[0-9]{3,15}$",
        description="number citizens text to, as on posters; slips of a kiosk's printer hold a code that writes to it",
    )
    sms_brand: str = Field(
        "",
        pattern=r"^([A-Za-z0-9][A-Za-z0-9 ._-]{1,9}[A-Za-z0-9])?$",
        description="brand name notices and warnings are sent under, as registered at the operator, of 3 to 11 signs; "
        "needs MOTCUA_SERVICE_NUMBER, since nobody can answer a name",
    )
    sms_limit_short: int = Field(20, ge=0, description="messages of one number answered in 10 minutes; 0: no limit")
    sms_limit_day: int = Field(100, ge=0, description="messages of one number answered in 24 hours; 0: no limit")
    sms_limit_look_ups: int = Field(
        10, ge=0, description="dossier look-ups by text message of one number in 24 hours; 0: no limit"
    )
    sms_ignore_machines: bool = Field(
        True, description="true: automatic replies and repeated texts get no answer; false: for load tests"
    )

    @model_validator(mode="after")
    def _can_be_stopped(self) -> Self:
        if self.sms_brand and not self.service_number:
            raise ValueError(Message("MOTCUA_SMS_BRAND needs MOTCUA_SERVICE_NUMBER: the number people stop notices at"))
        return self
