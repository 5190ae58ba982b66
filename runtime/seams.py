"""The seams that a setting chooses from, and what the project brings for each: one line a part.

Here, and not where each is used, because the settings must know the allowed names; the parts are named, not imported.
Each group names what makes a part: a class or function whose first argument is the part's own settings
(:mod:`runtime.plugin_settings`). The room that uses a seam says what else it is given and what it makes.
"""

from __future__ import annotations

from runtime.messages import Message
from runtime.registry import Factories

DOSSIER_SOURCES = Factories(
    "motcua.dossier_sources",
    Message("dossier source"),
    {"sandbox": "actions.dossiers.sandbox:open_sandbox", "routed": "actions.backends.routed:open_routed"},
)
REGISTRIES = Factories(
    "motcua.registries",
    Message("registry"),
    {
        f"{sandbox}{matter}": f"actions.registries.{module}:{matter}"
        for sandbox, module in (("sandbox-", "sandbox"), ("", "remote"))
        for matter in ("population", "insurance", "land", "business", "vehicle")
    },
)
RECOGNISERS = Factories(
    "motcua.recognisers",
    Message("recognition engine"),
    {
        "vosk": "speech.recognition.vosk_engine:VoskEngine",
        "viet-asr": "speech.recognition.viet_asr_engine:VietAsrEngine",
        "whisper": "speech.recognition.whisper_engine:WhisperEngine",
    },
)
VOICES = Factories(
    "motcua.voices",
    Message("voice"),
    {
        "pyttsx3": "speech.voices.pyttsx3_voice:any_library",
        "pyttsx3-system": "speech.voices.pyttsx3_voice:system_library",
        "pyttsx3-wheel": "speech.voices.pyttsx3_voice:wheel_library",
        "piper": "speech.voices.piper_voice:voice_in",
    },
)
PRINTERS = Factories(
    "motcua.printers",
    Message("printer"),
    {
        "cups": "kiosk.printing.cups_printer:cups_printer",
        "tcp": "kiosk.printing.receipt_printer:network_printer",
        "file": "kiosk.printing.receipt_printer:file_printer",
        "usb": "kiosk.printing.receipt_printer:usb_printer",
    },
)
