"""Everything the system needs, looked at from outside it: each thing that is wrong with its cure.

A look changes nothing, and each is made apart from the others: one that fails says so, and the next one is made.
"""

from __future__ import annotations

import ctypes
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import httpx

from installation.person_keys import erased_since, keys_file, last_backup
from installation.root import Installation
from installation.surroundings_health import free_bytes
from runtime import secret_key
from runtime.operator_errors import sentence_for
from runtime.settings import Settings, SettingsError

SLOWEST_CLOCK_SECONDS = 2.0
"""Leases of messages and locks of conversations are compared across hosts."""
CERTIFICATE_DAYS = 21
"""Certificates that are renewed by a program are renewed 30 days before their end."""
BACKUP_DAYS = 2
KIOSK_DAYS = 2
"""A box that was not heard of for so long is looked after; the line of a commune is away for a day now and then."""
_LOOK_SECONDS = 5.0
_NOT_SYNCHRONISED = 5
"""``TIME_ERROR`` of adjtimex(2)."""


class Level(StrEnum):
    """How urgent a finding is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    check: str
    level: Level
    said: str
    cure: str = ""

    def fields(self) -> dict[str, str]:
        """For programs."""
        return {name: str(value) for name, value in asdict(self).items()}


Look = Callable[[Installation], Iterator[Finding]]


def look_at(here: Installation) -> Iterator[Finding]:
    """Make every look."""
    for name, look in LOOKS.items():
        try:
            yield from look(here)
        except Exception as error:
            # A look must not keep the others from being made; what is away around the system has its sentence.
            said = sentence_for(error)
            if said is None:
                yield Finding(name, Level.WRONG, f"it cannot be looked at ({type(error).__name__})", _REPORT)
            else:
                fault, _, cure = said.rpartition(": ")
                yield Finding(name, Level.WRONG, fault, cure)


_REPORT = "this is a defect of the look: report it with the version (`motcua --version`)"


def settings_fit(here: Installation) -> Iterator[Finding]:
    """Settings that contradict each other, or leave a door open."""
    settings, name = here.settings, "settings"
    found = list(_contradictions(settings))
    for said, cure in found:
        yield Finding(name, Level.WRONG if not settings.is_development else Level.WARNING, said, cure)
    if not found:
        yield Finding(name, Level.OK, f"{settings.environment}, none contradicts another")


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    is_loopback = settings.host in ("127.0.0.1", "::1", "localhost")
    if settings.is_development:
        if not is_loopback:
            yield (
                f"development, and the gateway listens on {settings.host}: the simulator is open to the network",
                "set MOTCUA_ENVIRONMENT=production, or MOTCUA_HOST=127.0.0.1",
            )
        return
    if settings.dossier_source == "sandbox":
        yield (
            "production, and dossiers are the sandbox's invented ones",
            "set MOTCUA_DOSSIER_SOURCE to a source of real ones (docs/extending.md)",
        )
    if settings.public_url is None and settings.twilio_account_sid is not None:
        yield (
            "the provider signs the address it reaches us at, and none is set",
            "set MOTCUA_PUBLIC_URL to https://YOUR.ADDRESS",
        )
    if settings.public_url is not None and settings.public_url.scheme != "https":
        yield ("MOTCUA_PUBLIC_URL is not https: what people write can be read on the way", "put TLS in front")
    if is_loopback and settings.public_url is not None and not settings.trusted_proxies:
        yield (
            "a proxy stands in front, and none is trusted: its callers look like this machine itself",
            "set MOTCUA_TRUSTED_PROXIES to the proxy's address",
        )
    shares_stores = bool(settings.database_url and not settings.database_url.startswith("sqlite"))
    if shares_stores and settings.redis_url is None:
        yield (
            "the database is shared, and Redis is this machine's own: other hosts would not know its conversations",
            "set MOTCUA_REDIS_URL to the Redis all hosts use",
        )
    if shares_stores and settings.secret_key is None:
        yield (
            "the database is shared, and the secret key is this machine's own: other hosts cannot open its values",
            "give every host the same MOTCUA_SECRET_KEY (MOTCUA_SECRET_KEY_FILE names a file)",
        )
    if settings.redis_url is not None and not shares_stores:
        yield (
            "Redis is shared, and the database is a file of this machine",
            "set MOTCUA_DATABASE_URL to a PostgreSQL server, or leave MOTCUA_REDIS_URL out",
        )


def key_is_apart(here: Installation) -> Iterator[Finding]:
    """Whoever takes the disk should not have the key with it."""
    settings, name = here.settings, "key"
    beside = settings.data_path / "secrets" / "secret.key"
    if not settings.is_development and (wrong := _why_refused(settings)) is not None:
        yield Finding(name, Level.WRONG, wrong, "nothing starts in production before this is mended")
    elif settings.secret_key is not None or secret_key.credential() is not None:
        yield Finding(name, Level.OK, "the secret key is not in the data folder")
    elif beside.exists() and beside.stat().st_mode & 0o077:
        yield Finding(name, Level.WRONG, f"{beside} can be read by others", f"chmod 600 {beside}")
    else:
        yield Finding(
            name,
            Level.OK,
            "the secret key lies beside the data it seals: whoever takes the disk has both",
            "move it: MOTCUA_SECRET_KEY_FILE names a file elsewhere (systemd: LoadCredentialEncrypted), or encrypt "
            "the disk",
        )


def _why_refused(settings: Settings) -> str | None:
    try:
        settings.check_secret()
    except SettingsError as error:
        return str(error)
    return None


def folder_and_disk(here: Installation) -> Iterator[Finding]:
    """Room and rights."""
    data, name = here.settings.data_path, "disk"
    if not data.exists():
        yield Finding(name, Level.OK, f"{data} is made at the first start")
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(name, Level.WRONG, f"{data} is not writable for this user", f"chown -R USER {data}")
        return
    if data.stat().st_mode & 0o007:
        yield Finding(name, Level.WARNING, f"{data} can be read by everybody on this machine", f"chmod 700 {data}")
    free, is_little = free_bytes(data)
    yield Finding(
        name,
        Level.WRONG if is_little else Level.OK,
        f"{free / 1e9:.1f} GB free where {data} is",
        "free some space: old backups and logs first" if is_little else "",
    )


def ports(here: Installation) -> Iterator[Finding]:
    """Whether the system runs, and otherwise whether its ports are free."""
    settings = here.settings
    url = settings.effective_url
    with suppress(httpx.HTTPError, ValueError):
        ready = httpx.get(f"{url}/readyz", timeout=_LOOK_SECONDS, trust_env=False)
        yield from _readiness(ready.json(), url)
        return
    core = urlsplit(settings.effective_core_url)
    for what, host, port in (
        ("gateway", settings.host, settings.port),
        ("core", core.hostname or "127.0.0.1", core.port or 80),
    ):
        if (reason := _not_free(host, port)) is None:
            yield Finding("ports", Level.OK, f"{host}:{port} is free for the {what}; the system does not run")
        else:
            yield Finding(
                "ports",
                Level.WRONG,
                f"the {what}'s {host}:{port} cannot be used ({reason}), and nothing of ours answers there",
                "`ss -ltnp` names the program that has it; choose another with MOTCUA_PORT",
            )


def _readiness(told: Mapping[str, Any], url: str) -> Iterator[Finding]:
    parts = {**told.get("dependencies", {}), **told.get("others", {})}
    wrong = {name: state for name, state in parts.items() if state["state"] != "ok"}
    for name, state in wrong.items():
        needed = name in told.get("dependencies", {})
        reason = "; ".join(state.get("details", ())) or state.get("cause", state["state"])
        yield Finding(
            f"running: {name}",
            Level.WRONG if needed else Level.WARNING,
            reason,
            f"its log says why (journalctl -u motcua, or {name}.log in the folder of logs)",
        )
    if not wrong:
        yield Finding("running", Level.OK, f"{url} is ready: {', '.join(parts)}")


def _not_free(host: str, port: int) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror
    return None


def database(here: Installation) -> Iterator[Finding]:
    """Whether it answers, its tables are of this version, and its clock is ours."""
    from sqlalchemy import text

    from stores.database_copy import revisions_of, unknown_revisions

    store = here.database
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    revisions = revisions_of(store)
    if newer := unknown_revisions(revisions):
        yield Finding(
            "database",
            Level.WRONG,
            f"its tables are of a newer version ({', '.join(newer)})",
            "run the version that made them, or restore a backup of this one",
        )
        return
    yield Finding("database", Level.OK, f"{kind} answers{'' if revisions else '; its tables are made at the start'}")
    if not store.is_sqlite:
        with store.engine.connect() as connection:
            theirs = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
        yield from _clock_of("PostgreSQL", theirs)


def redis(here: Installation) -> Iterator[Finding]:
    """Whether it answers, keeps what it is given, and its clock is ours."""
    settings = here.settings
    if settings.redis_url is None:
        yield Finding("redis", Level.OK, "embedded: starts with the system, keeps everything in the data folder")
        return
    client = here.redis
    seconds, micros = client.time()
    yield from _clock_of("Redis", seconds + micros / 1e6)
    kept = client.info("persistence")
    memory = client.info("memory")
    if not int(kept.get("aof_enabled", 0)):
        yield Finding(
            "redis",
            Level.WARNING,
            "it does not write every change down: a crash loses conversations and counted tries of minutes",
            "CONFIG SET appendonly yes, and the same in redis.conf",
        )
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction" and int(memory.get("maxmemory", 0)):
        yield Finding(
            "redis",
            Level.WRONG,
            f"it throws away what it likes when it is full ({policy}): conversations and locks among it",
            "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf",
        )
    yield Finding("redis", Level.OK, f"version {client.info('server').get('redis_version', '?')} answers")


def clock(here: Installation) -> Iterator[Finding]:
    """Whether the kernel believes its clock."""
    state = _kernel_clock_state()
    if state == _NOT_SYNCHRONISED:
        yield Finding(
            "clock",
            Level.WARNING,
            "nobody keeps this machine's clock right: fees and opening hours go by the day",
            "timedatectl set-ntp true, or install chrony",
        )
    else:
        yield Finding("clock", Level.OK, "this machine's clock is kept right")


def _kernel_clock_state() -> int:
    # struct timex is 208 bytes on every Linux we run on; modes = 0 only asks.
    return int(ctypes.CDLL(None).adjtimex(ctypes.byref(ctypes.create_string_buffer(512))))


def _clock_of(server: str, theirs: float) -> Iterator[Finding]:
    apart = abs(theirs - time.time())
    if apart > SLOWEST_CLOCK_SECONDS:
        yield Finding(
            "clock",
            Level.WRONG,
            f"the clock of {server} and ours are {apart:.0f} s apart: leases and locks would end too early or too late",
            "keep both right with chrony or systemd-timesyncd",
        )
    else:
        yield Finding("clock", Level.OK, f"the clock of {server} agrees with ours")


def model(here: Installation) -> Iterator[Finding]:
    """Whether there is one to answer with."""
    from assistant.model import is_stale, newest_fitting

    if not is_stale(here.settings):
        yield Finding("model", Level.OK, "trained on the present data")
    elif newest_fitting(here.settings) is not None:
        yield Finding(
            "model",
            Level.WARNING,
            "older than its data; it answers while the core trains a new one",
            "wait a few minutes, or `motcua train`",
        )
    else:
        yield Finding("model", Level.WRONG, "there is none: the first start trains for minutes", "`motcua train`")


def routes(here: Installation) -> Iterator[Finding]:
    """Whether text messages have a way out."""
    from channels.sms.providers.registry import number_table, set_up

    settings = here.settings
    names = set_up(settings)
    unreachable = [name for name in names if name not in number_table(settings).names]
    if not names:
        yield Finding(
            "routes",
            Level.OK if settings.is_development or settings.kiosk_name else Level.WRONG,
            "no text message goes out: no SMS provider is set up",
            "docs/gsm-modem.md, docs/smpp-operator-link.md, or MOTCUA_TWILIO_ACCOUNT_SID",
        )
    elif unreachable:
        yield Finding(
            "routes",
            Level.WARNING,
            f"set up, and no number is written to by it: {', '.join(unreachable)}",
            "name it in the file of MOTCUA_SMS_ROUTES",
        )
    else:
        yield Finding("routes", Level.OK, f"messages go out by {', '.join(names)}")


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
            yield _certificate(parts.hostname, parts.port or 443, here.now())
    if not addresses:
        yield Finding("certificates", Level.OK, "none is needed: MOTCUA_PUBLIC_URL is not set")


def _certificate(host: str, port: int, now: datetime, context: ssl.SSLContext | None = None) -> Finding:
    name = "certificates"
    context = context or ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), _LOOK_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            shown: Any = secure.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return Finding(
            name,
            Level.WRONG,
            f"nobody believes the certificate of {host}: {error.verify_message}",
            "renew it (certbot renew), and serve the whole chain (fullchain.pem)",
        )
    except OSError as error:
        return Finding(
            name,
            Level.WARNING,
            f"{host}:{port} cannot be reached from here ({error.strerror or type(error).__name__})",
            "look at the proxy and at the name; from inside some networks the own name leads nowhere",
        )
    left = timedelta(seconds=ssl.cert_time_to_seconds(shown["notAfter"]) - now.timestamp())
    if left < timedelta(days=CERTIFICATE_DAYS):
        said = f"the certificate of {host} ends in {max(left.days, 0)} days"
        return Finding(name, Level.WARNING if left.days > 3 else Level.WRONG, said, "renew it: certbot renew")
    return Finding(name, Level.OK, f"the certificate of {host} holds for {left.days} days")


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
            f"not heard of for {KIOSK_DAYS} days: {', '.join(late)}",
            "`motcua centre kiosk list` shows each; call the commune: is the box on, has it a line?",
        )
    elif known:
        yield Finding("kiosks", Level.OK, f"{len(known)} were heard of in the last {KIOSK_DAYS} days")


def backups(here: Installation) -> Iterator[Finding]:
    """Whether there is a fresh one."""
    settings, name = here.settings, "backup"
    at = last_backup(here).get("at")
    if not isinstance(at, float):
        yield Finding(
            name,
            Level.OK if settings.is_development or settings.kiosk_name else Level.WARNING,
            "none was made on this host",
            "`motcua backup FILE` each night (deploy/server/motcua-backup.timer)",
        )
        return
    keys = keys_file(here)
    if keys is not None and not keys.exists() and (lost := erased_since(here, at)):
        yield Finding(
            name,
            Level.WARNING,
            f"{lost} persons were erased since, and the file of persons' keys is not where it was written",
            "make a backup, and replace every copy of person-keys by the new one",
        )
    age = here.now().timestamp() - at
    is_old = age > BACKUP_DAYS * 86_400
    yield Finding(
        name,
        Level.WARNING if is_old else Level.OK,
        f"the last one is {age / 3600:.0f} hours old",
        "look why `motcua backup` does not run: systemctl status motcua-backup" if is_old else "",
    )


LOOKS: Mapping[str, Look] = {
    "settings": settings_fit,
    "key": key_is_apart,
    "disk": folder_and_disk,
    "ports": ports,
    "database": database,
    "redis": redis,
    "clock": clock,
    "model": model,
    "routes": routes,
    "certificates": certificates,
    "kiosks": kiosks,
    "backup": backups,
}
