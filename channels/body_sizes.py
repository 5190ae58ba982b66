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
CITIZENS_REPORTS = "/phan-anh"
LARGEST_WITH_PHOTO = 12 * 1024 * 1024
"""Bytes of a report with a picture, at the address of citizens' reports and not below it; how many of them one network
address may send is counted before they are read (``photos_address`` in ``stores/limits.yml``)."""
RECORDINGS = "/centre/recordings/"
LARGEST_RECORDING = 6 * 1024 * 1024
"""Bytes of a recorded sentence: a minute of 16-bit mono at 48 kHz."""

WITH_FILES = {
    "/exchange/v1/cases/": 10 * 1024 * 1024,
    "/centre/exchange": 48 * 1024 * 1024,
    "/centre/campaigns": 8 * 1024 * 1024,
    "/centre/consents/list": 8 * 1024 * 1024,
    "/centre/warnings/register": 8 * 1024 * 1024,
}
"""Bytes of one paper of another agency; of a form with papers, or a package, of an officer; of lists with 50,000
lines."""


def most_of(path: str, *, announced: bool = True) -> int:
    """What an address takes.

    Args:
        path: with or without what is asked behind it.
        announced: whether the body's length stands in the head; of strangers nothing large is taken without.
    """
    if path.startswith(PHOTOS) or path.partition("?")[0] == CITIZENS_REPORTS:
        return LARGEST_WITH_PHOTO if announced else MAX_BODY
    if path.startswith(RECORDINGS):
        return LARGEST_RECORDING
    return next((most for begin, most in (WITH_FILES | SMALL).items() if path.startswith(begin)), MAX_BODY)
