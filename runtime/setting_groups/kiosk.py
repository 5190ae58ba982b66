"""A box in a community centre."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, field_validator

from runtime import seams
from runtime.messages import Message
from runtime.setting_groups.group import Group, registered

_PRINTER_ADDRESSES = {
    "cups": r"cups(:[^\s/]+)?",
    "tcp": r"tcp://[^\s/:]+:\d+",
    "file": r"file:/\S+",
    "usb": r"usb:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}",
}
"""How the printers the project brings are written; one that was added checks its address itself."""


class KioskSettings(Group):
    """A box in a community centre."""

    kiosk_name: str = Field("", max_length=60, description="name of this kiosk on its tickets; set by enrolment")
    kiosk_from: str = Field(
        "",
        description="addresses or networks whose browsers may use /kiosk in production, beside this machine; "
        "comma-separated",
    )
    kiosk_sync_minutes: int = Field(
        60, ge=1, le=1440, description="minutes between a kiosk's signs of life; what waits goes up at once"
    )
    kiosk_beat_seconds: int = Field(
        60,
        ge=0,
        le=3600,
        description="seconds between a kiosk's signs of life while its line is good; what the centre corrects is told "
        "that soon; 0: only as often as MOTCUA_KIOSK_SYNC_MINUTES says",
    )
    kiosk_idle_seconds: int = Field(
        60,
        ge=5,
        le=900,
        description="seconds without touch or voice after which the kiosk asks who is there",
    )
    kiosk_warning_seconds: int = Field(
        20, ge=5, le=120, description="seconds the kiosk then counts down before it forgets everything"
    )
    kiosk_printer: str | None = Field(
        None,
        description="cups, cups:QUEUE, or a receipt printer: tcp://HOST:PORT, file:/dev/usb/lp0, usb:VENDOR:PRODUCT, "
        "or one that was added: NAME or NAME:ADDRESS; without it the kiosk shows no button for paper",
    )
    kiosk_paper_dots: int = Field(
        576, ge=256, le=1024, description="dots a receipt printer prints in a line: 576 on 80 mm, 384 on 58 mm paper"
    )

    kiosk_sign_videos: Path | None = Field(
        None,
        description="folder of videos in sign language, each named by its procedure: 1.001193.webm or .mp4; the kiosk "
        "offers one beside the procedure",
    )

    @field_validator("kiosk_printer")
    @classmethod
    def _known_printer(cls, value: str | None) -> str | None:
        if value is None:
            return None
        kind = registered(seams.PRINTERS, value.partition(":")[0])
        if (form := _PRINTER_ADDRESSES.get(kind)) is not None and not re.fullmatch(form, value):
            raise ValueError(Message("must be cups, cups:QUEUE, tcp://HOST:PORT, file:/PATH or usb:VENDOR:PRODUCT"))
        return value
