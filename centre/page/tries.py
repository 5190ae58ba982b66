"""How often somebody may try a password: counted by address, so that nobody can lock an officer out by trying its name.

A browser in which the officer has signed in before has a count of its own: whatever strangers do, also behind the same
address, it is let in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from werkzeug.wrappers import Response

from centre.page import cookies
from centre.page.access import CentreParts
from stores.limiter import Limiter

KNOWN: Final = "motcua_known"
KNOWN_FOR: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Tries:
    """The limits that hold for one attempt, each with what it is counted by."""

    limiter: Limiter
    counted: tuple[tuple[str, str], ...]

    def are_used_up(self) -> bool:
        """Whether no password is looked at for now."""
        return any(self.limiter.is_over(limit, subject) for limit, subject in self.counted)

    def count(self) -> None:
        """A password was wrong."""
        for limit, subject in self.counted:
            self.limiter.allows(limit, subject)


def tries_of(parts: CentreParts, name: str) -> Tries:
    """For the request being answered, which names an officer."""
    address, kept = parts.address_of(), cookies.read(KNOWN, parts.secure)
    if kept and parts.officers.knows_browser(name, kept):
        return Tries(parts.limiter, (("sign_ins_name", f"known {kept} {name}"),))
    return Tries(parts.limiter, (("sign_ins_name", f"{address} {name}"), ("sign_ins_address", address)))


def tries_of_provider(parts: CentreParts, issuer: str) -> Tries:
    """For a browser that comes back from the OpenID provider."""
    kept = cookies.read(KNOWN, parts.secure)
    who = f"known {kept}" if kept and parts.officers.knows_browser(issuer, kept) else parts.address_of()
    return Tries(parts.limiter, (("sign_ins_provider", who),))


def remember_browser(parts: CentreParts, response: Response, name: str) -> None:
    """Let strangers' wrong tries hold this browser up no more.

    Args:
        name: the officer's, or the provider's issuer.
    """
    known = parts.officers.known_browser(name)
    cookies.keep(response, KNOWN, known, int(KNOWN_FOR.total_seconds()), parts.secure, comes_back=True)
