"""The second factor of officers: codes of an app on their telephone (TOTP, RFC 6238), and recovery codes for its loss.

Pure but for randomness; :class:`centre.officers.Officers` keeps what belongs to whom.
"""

from __future__ import annotations

import hmac
import io
import re
import secrets
from datetime import datetime
from typing import Final

ISSUER: Final = "Một Cửa"
"""What the app shows beside the officer's name."""
AROUND: Final = 1
"""Steps of thirty seconds a telephone's clock may be off."""
RECOVERY_CODES: Final = 8
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read as another."""
_SECRET: Final = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    """160 bits in base 32, as apps take them."""
    import pyotp

    return pyotp.random_base32()


def is_secret(given: str) -> bool:
    """Whether a form brings back something :func:`new_secret` may have made."""
    return _SECRET.fullmatch(given) is not None


def address(secret: str, officer: str) -> str:
    """What the app reads from the picture (``otpauth://totp/…``)."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=officer, issuer_name=ISSUER)


def picture(secret: str, officer: str) -> str:
    """The QR code as an SVG element."""
    import segno

    drawn = io.BytesIO()
    segno.make(address(secret, officer), error="m").save(
        drawn, kind="svg", scale=5, xmldecl=False, svgns=False, border=4, light="#fff"
    )
    return drawn.getvalue().decode()


def step_of(secret: str, given: str, now: datetime, used: int) -> int | None:
    """The step of thirty seconds whose code was given; None where it is none of this moment, or was used before.

    Args:
        secret: of the officer.
        given: as it was typed, blanks and all.
        now: the time, with zone.
        used: the last step a code was taken of: each code signs in once.
    """
    import pyotp

    code = re.sub(r"\D", "", given)
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // totp.interval
    for step in range(present - AROUND, present + AROUND + 1):
        if step > used and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Codes of ten letters and digits (49 bits) that each sign in once without the telephone."""
    return tuple(_grouped("".join(secrets.choice(_LETTERS) for _ in range(10))) for _ in range(RECOVERY_CODES))


def plain_recovery_code(given: str) -> str:
    """A code as it is hashed, however it was typed."""
    return re.sub(r"[^a-z0-9]", "", given.lower())


def _grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"
