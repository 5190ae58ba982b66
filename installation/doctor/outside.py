"""What leads out, and what must come back: routes of messages, certificates, kiosks, backups."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from installation.doctor.finding import LOOK_SECONDS, Finding, Level
from installation.person_keys import BACKUP_DAYS, backup_age, erased_since, keys_file
from installation.root import Installation
from runtime import core_tls
from runtime.messages import reason_of, tr

CERTIFICATE_DAYS = 21
"""Certificates that are renewed by a program are renewed 30 days before their end."""
KIOSK_DAYS = 2
"""A box that was not heard of for so long is looked after; the line of a commune is away for a day now and then."""


def routes(here: Installation) -> Iterator[Finding]:
    """Whether text messages have a way out."""
    from channels.sms.providers.registry import number_table, set_up

    settings = here.settings
    names = set_up(settings)
    unreachable = [name for name in names if name not in number_table(settings).names]
    if not names:
        yield Finding(
            "routes",
            Level.OK if settings.is_development or _is_box(here) else Level.WRONG,
            tr("no text message goes out: no SMS provider is set up"),
            tr("docs/gsm-modem.md, docs/smpp-operator-link.md, or MOTCUA_TWILIO_ACCOUNT_SID"),
        )
    elif unreachable:
        yield Finding(
            "routes",
            Level.WARNING,
            tr("set up, and no number is written to by it: {unreachable}", unreachable=", ".join(unreachable)),
            tr("name it in the file of MOTCUA_SMS_ROUTES"),
        )
    else:
        yield Finding("routes", Level.OK, tr("messages go out by {names}", names=", ".join(names)))


def certificates(here: Installation) -> Iterator[Finding]:
    """How long the certificates last that others see, and that we see."""
    from kiosk.centre_link.identity import identity_of

    addresses = []
    if here.settings.public_url is not None:
        addresses.append(str(here.settings.public_url))
    identity = identity_of(here.settings)
    if identity is not None:
        addresses.append(identity.url)
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme == "https" and parts.hostname:
            yield certificate(parts.hostname, parts.port or 443, here.now())
    if core_tls.is_used(here.settings):
        addresses.append(here.settings.effective_core_url)
        core = urlsplit(here.settings.effective_core_url)
        port = core.port or core_tls.PORTS["https"]
        yield certificate(core.hostname or "", port, here.now(), core_tls.opening(here.settings))
    if not addresses:
        yield Finding("certificates", Level.OK, tr("none is needed: MOTCUA_PUBLIC_URL is not set"))


def certificate(host: str, port: int, now: datetime, context: ssl.SSLContext | None = None) -> Finding:
    """How long the certificate lasts that a host shows."""
    name = "certificates"
    context = context or ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), LOOK_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown: Any = secure.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return Finding(
            name,
            Level.WRONG,
            tr("nobody believes the certificate of {host}: {reason}", host=host, reason=error.verify_message),
            tr("renew it (certbot renew), and serve the whole chain (fullchain.pem)"),
        )
    except OSError as error:
        return Finding(
            name,
            Level.WARNING,
            tr("{host}:{port} cannot be reached from here ({reason})", host=host, port=port, reason=reason_of(error)),
            tr("look at the proxy and at the name; from inside some networks the own name leads nowhere"),
        )
    left = timedelta(seconds=ssl.cert_time_to_seconds(shown["notAfter"]) - now.timestamp())
    if left < timedelta(days=CERTIFICATE_DAYS):
        said = tr("the certificate of {host} ends in {days} days", host=host, days=max(left.days, 0))
        return Finding(name, Level.WARNING if left.days > 3 else Level.WRONG, said, tr("renew it: certbot renew"))
    return Finding(name, Level.OK, tr("the certificate of {host} holds for {days} days", host=host, days=left.days))


def kiosks(here: Installation) -> Iterator[Finding]:
    """Boxes this centre has not heard of."""
    from installation.centre import CentreStores
    from stores.database_copy import revisions_of

    if not revisions_of(here.database):
        return
    known = [
        kiosk for kiosk in CentreStores(here).kiosks.all() if kiosk.heard_at is not None and kiosk.blocked_at is None
    ]
    earliest = here.now() - timedelta(days=KIOSK_DAYS)
    late = [kiosk.name for kiosk in known if kiosk.heard_at is not None and kiosk.heard_at < earliest]
    if late:
        yield Finding(
            "kiosks",
            Level.WARNING,
            tr("not heard of for {days} days: {late}", days=KIOSK_DAYS, late=", ".join(late)),
            tr("`motcua centre kiosk list` shows each; call the commune: is the box on, has it a line?"),
        )
    elif known:
        yield Finding(
            "kiosks", Level.OK, tr("{count} were heard of in the last {days} days", count=len(known), days=KIOSK_DAYS)
        )


def backups(here: Installation) -> Iterator[Finding]:
    """Whether there is a fresh one."""
    settings, name = here.settings, "backup"
    age = backup_age(here)
    if age is None:
        yield Finding(
            name,
            Level.OK if settings.is_development or _is_box(here) else Level.WARNING,
            tr("none was made on this host"),
            tr("`motcua backup FILE` each night (deploy/server/motcua-backup.timer)"),
        )
        return
    keys = keys_file(here)
    if keys is not None and not keys.exists() and (lost := erased_since(here, here.now() - age)):
        yield Finding(
            name,
            Level.WARNING,
            tr(
                "{lost} persons were erased since, and the file of persons' keys is not where it was written", lost=lost
            ),
            tr("make a backup, and replace every copy of person-keys by the new one"),
        )
    is_old = age > BACKUP_DAYS
    yield Finding(
        name,
        Level.WARNING if is_old else Level.OK,
        tr("the last one is {hours:.0f} hours old", hours=age.total_seconds() / 3600),
        tr("look why `motcua backup` does not run: systemctl status motcua-backup") if is_old else "",
    )


def _is_box(here: Installation) -> bool:
    """Whether this machine is a box of a centre: that has the routes, and what must be kept."""
    from kiosk.centre_link.identity import identity_of

    return identity_of(here.settings) is not None
