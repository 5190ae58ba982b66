"""What was given to the installation: settings, key, files of data, model."""

from __future__ import annotations

from collections.abc import Iterator

from installation.doctor.finding import Finding, Level
from installation.root import Installation
from runtime import secret_key
from runtime.data_files import broken_files
from runtime.messages import tr, translated
from runtime.settings import Settings, SettingsError


def settings_fit(here: Installation) -> Iterator[Finding]:
    """Settings that contradict each other, or leave a door open."""
    from kiosk.centre_link.identity import check_name, identity_of

    settings, name = here.settings, "settings"
    found = list(_contradictions(settings))
    try:
        check_name(settings, identity_of(settings))
    except SettingsError as error:
        yield Finding(name, Level.WRONG, *translated(error).rsplit(": ", 1))
    for said, cure in found:
        yield Finding(name, Level.WRONG if not settings.is_development else Level.WARNING, said, cure)
    if not found:
        yield Finding(name, Level.OK, tr("{environment}, none contradicts another", environment=settings.environment))


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    is_loopback = settings.host in ("127.0.0.1", "::1", "localhost")
    if settings.is_development:
        if not is_loopback:
            yield (
                tr(
                    "development, and the gateway listens on {host}: the simulator is open to the network",
                    host=settings.host,
                ),
                tr("set MOTCUA_ENVIRONMENT=production, or MOTCUA_HOST=127.0.0.1"),
            )
        return
    if settings.dossier_source == "sandbox":
        yield (
            tr("production, and dossiers are the sandbox's invented ones"),
            tr("set MOTCUA_DOSSIER_SOURCE to a source of real ones (docs/extending.md)"),
        )
    if settings.public_url is None and settings.twilio_account_sid is not None:
        yield (
            tr("the provider signs the address it reaches us at, and none is set"),
            tr("set MOTCUA_PUBLIC_URL to https://YOUR.ADDRESS"),
        )
    if settings.public_url is not None and settings.public_url.scheme != "https":
        yield (tr("MOTCUA_PUBLIC_URL is not https: what people write can be read on the way"), tr("put TLS in front"))
    if is_loopback and settings.public_url is not None and not settings.trusted_proxies:
        yield (
            tr("a proxy stands in front, and none is trusted: its callers look like this machine itself"),
            tr("set MOTCUA_TRUSTED_PROXIES to the proxy's address"),
        )
    shares_stores = bool(settings.database_url and not settings.database_url.startswith("sqlite"))
    if shares_stores and settings.redis_url is None:
        yield (
            tr("the database is shared, and Redis is this machine's own: other hosts would not know its conversations"),
            tr("set MOTCUA_REDIS_URL to the Redis all hosts use"),
        )
    if shares_stores and settings.secret_key is None:
        yield (
            tr("the database is shared, and the secret key is this machine's own: other hosts cannot open its values"),
            tr("give every host the same MOTCUA_SECRET_KEY (MOTCUA_SECRET_KEY_FILE names a file)"),
        )
    if settings.redis_url is not None and not shares_stores:
        yield (
            tr("Redis is shared, and the database is a file of this machine"),
            tr("set MOTCUA_DATABASE_URL to a PostgreSQL server, or leave MOTCUA_REDIS_URL out"),
        )


def key_is_apart(here: Installation) -> Iterator[Finding]:
    """Whoever takes the disk should not have the key with it."""
    settings, name = here.settings, "key"
    beside = settings.data_path / "secrets" / "secret.key"
    if not settings.is_development and (wrong := _why_refused(settings)) is not None:
        yield Finding(name, Level.WRONG, wrong, tr("nothing starts in production before this is mended"))
    elif settings.secret_key is not None or secret_key.credential() is not None:
        yield Finding(name, Level.OK, tr("the secret key is not in the data folder"))
    elif beside.exists() and beside.stat().st_mode & 0o077:
        yield Finding(
            name,
            Level.WRONG,
            tr("{beside} can be read by others", beside=beside),
            tr("chmod 600 {beside}", beside=beside),
        )
    else:
        yield Finding(
            name,
            Level.OK,
            tr("the secret key lies beside the data it seals: whoever takes the disk has both"),
            tr(
                "move it: MOTCUA_SECRET_KEY_FILE names a file elsewhere (systemd: LoadCredentialEncrypted), or "
                "encrypt the disk"
            ),
        )


def _why_refused(settings: Settings) -> str | None:
    try:
        settings.check_secret()
    except SettingsError as error:
        return str(error)
    return None


def files_of_data(here: Installation) -> Iterator[Finding]:
    """Files an editor left unreadable, without which nothing starts; `motcua catalogue check` looks at procedures."""
    broken = broken_files(here.settings.nlu_data_path)
    for file in broken:
        yield Finding("data", Level.WRONG, str(file), tr("mend it: `git diff` shows what was changed"))
    if not broken:
        yield Finding("data", Level.OK, tr("every file of the data can be read"))


def model(here: Installation) -> Iterator[Finding]:
    """Whether there is one to answer with."""
    from assistant.model import is_stale, newest_fitting

    if not is_stale(here.settings):
        yield Finding("model", Level.OK, tr("trained on the present data"))
    elif newest_fitting(here.settings) is not None:
        yield Finding(
            "model",
            Level.WARNING,
            tr("older than its data; it answers while the core trains a new one"),
            tr("wait a few minutes, or `motcua train`"),
        )
    else:
        yield Finding(
            "model", Level.WRONG, tr("there is none: the first start trains for minutes"), tr("`motcua train`")
        )
