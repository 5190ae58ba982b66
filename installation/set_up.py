"""What an installation still needs before citizens come, read from its settings and stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from centre.set_up import Check
from channels.sms.providers.registry import set_up
from installation.centre import CentreStores
from installation.person_keys import BACKUP_DAYS, backup_age
from installation.recognition import recognises
from installation.root import Installation

ENOUGH_OFFICERS: Final = 2
"""What one proposes another approves, and one is on leave."""


def checks_of(here: Installation) -> list[Check]:
    """The checklist, looked at now."""
    settings, stores = here.settings, CentreStores(here)
    routes = set_up(settings)
    oldest = here.today() - timedelta(days=settings.stale_after_days)
    known = here.catalogue.light()
    stale = sum(one.checked_on < oldest for one in known)
    mistakes = len(here.catalogue.problems())
    kiosks, officers = len(stores.kiosks.all()), len(stores.officers.all())
    takes_calls = settings.has_line
    takes_calls = takes_calls or (settings.twilio_account_sid is not None and settings.public_url is not None)
    is_https = settings.public_url is not None and settings.public_url.scheme == "https"
    secret = settings.data_path / "secrets"
    age = backup_age(here)
    hours = round(age.total_seconds() / 3600) if age is not None else 0
    return [
        Check("address", is_https, (("address", settings.public_url or ""),), grave=not settings.is_development),
        Check("text", bool(routes), (("routes", ", ".join(routes)),), grave=True),
        Check("telephone", takes_calls),
        Check("ears", recognises(here.settings)),
        Check("catalogue", not stale and not mistakes, (("all", len(known)), ("stale", stale), ("mistakes", mistakes))),
        Check("secret", settings.secret_key is not None, (("folder", secret),)),
        Check(
            "backup",
            age is not None and age <= BACKUP_DAYS,
            (("hours", hours),),
            grave=not settings.is_development,
        ),
        Check("officers", officers >= ENOUGH_OFFICERS, (("count", officers),)),
        Check("kiosks", kiosks > 0, (("count", kiosks),)),
    ]
