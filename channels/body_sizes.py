"""How many bytes each address takes; apart from Flask, since the process that accepts connections asks, too."""

from __future__ import annotations

MAX_BODY = 256 * 1024
"""Bytes; the longest text a turn takes, with its JSON around it, needs less."""

SMALL = {
    "/sms": 64 * 1024,
    "/voice": 64 * 1024,
    "/dossiers": 16 * 1024,
    "/kiosk/": 128 * 1024,
    "/healthz": 1024,
    "/readyz": 1024,
    "/metrics": 1024,
}
"""Bytes by how an address begins, where less is enough: a text of ten segments, a form of a call, a page to print."""

PHOTOS = "/open311/v2/requests"
LARGEST_WITH_PHOTO = 12 * 1024 * 1024
"""Bytes of a report with a picture; the address itself may take less."""
RECORDINGS = "/centre/recordings/"
LARGEST_RECORDING = 6 * 1024 * 1024
"""Bytes of a recorded sentence: a minute of 16-bit mono at 48 kHz."""

WITH_FILES = {
    "/exchange/v1/cases/": 10 * 1024 * 1024,
    "/centre/exchange": 48 * 1024 * 1024,
    "/phan-anh": 32 * 1024 * 1024,
    "/centre/campaigns": 8 * 1024 * 1024,
    "/centre/consents/list": 8 * 1024 * 1024,
    "/centre/warnings/register": 8 * 1024 * 1024,
}
"""Bytes of one paper of another agency; of a form with papers, or a package, of an officer; of a citizen's report,
whose photo may be larger than is taken, so that the form comes back with what was written; of lists with 50,000 lines.
"""


def most_of(path: str) -> int:
    """What an address takes, by its path."""
    if path.startswith(PHOTOS):
        return LARGEST_WITH_PHOTO
    if path.startswith(RECORDINGS):
        return LARGEST_RECORDING
    return next((most for begin, most in (WITH_FILES | SMALL).items() if path.startswith(begin)), MAX_BODY)
