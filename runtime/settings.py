"""Every setting of the system, read once from ``MOTCUA_…`` environment variables.

There is one settings object. Processes build it at start with :func:`load`; everything below takes what it needs
by constructor, so that tests hand in their own.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from runtime import seams, secret_files, secret_key
from runtime.messages import Message, joined
from runtime.plugin_settings import PREFIX as PREFIX
from runtime.plugin_settings import WrongPluginSettings, not_of_plugins, own_settings, problems
from runtime.registry import Factories, RegistryError
from runtime.setting_groups.catalogue import CatalogueSettings
from runtime.setting_groups.dossiers import DossierSettings
from runtime.setting_groups.exchange import ExchangeSettings
from runtime.setting_groups.group import Group, names_in
from runtime.setting_groups.kiosk import KioskSettings
from runtime.setting_groups.mail import MailSettings
from runtime.setting_groups.open311 import Open311Settings
from runtime.setting_groups.providers import ProviderSettings
from runtime.setting_groups.retention import RetentionSettings
from runtime.setting_groups.server import Environment as Environment
from runtime.setting_groups.server import ServerSettings
from runtime.setting_groups.sign_in import SignInSettings
from runtime.setting_groups.speech import WITHOUT_ENGINE, SpeechSettings
from runtime.setting_groups.stores import PROJECT_ROOT as PROJECT_ROOT
from runtime.setting_groups.stores import StoreSettings
from runtime.setting_groups.telephone import TelephoneSettings
from runtime.setting_groups.text_messages import TextMessageSettings

MOST_RECOGNISERS = 4
"""Recognition processes where nobody says how many: each holds a model of its own."""


class SettingsError(ValueError):
    """A setting is wrong; the message names it, its value and what is allowed."""


class Settings(
    RetentionSettings,
    Open311Settings,
    ExchangeSettings,
    MailSettings,
    SignInSettings,
    KioskSettings,
    CatalogueSettings,
    DossierSettings,
    SpeechSettings,
    TelephoneSettings,
    TextMessageSettings,
    ProviderSettings,
    StoreSettings,
    ServerSettings,
):
    """What an operator can set, in the groups of :data:`GROUPS`. ``motcua settings`` prints this list."""

    @property
    def nlu_data_path(self) -> Path:
        """Procedures, wording and language data: the project's, a province's, or those of the bundle a kiosk uses."""
        return self.nlu_data or PROJECT_ROOT / "nlu_data"

    @property
    def recognisers(self) -> int:
        """How many recognition processes: calls overlap, visits to a kiosk do not."""
        takes_calls = (
            self.voice_stream
            or self.sip_port is not None
            or self.sip_tls_port is not None
            or self.audiosocket_port is not None
        )
        usual = min(MOST_RECOGNISERS, os.cpu_count() or 1) if takes_calls else 1
        return self.recogniser_workers or usual

    @property
    def speech_models_path(self) -> Path:
        """Where recognition models are kept."""
        return self.data_path / "speech" / "models"

    @property
    def voice_prompts_path(self) -> Path:
        """Where recorded sentences are looked for."""
        return self.voice_prompts or self.data_path / "speech" / "prompts"

    @property
    def effective_database_url(self) -> str:
        """The database address in use."""
        return self.database_url or f"sqlite:///{self.data_path / 'motcua.db'}"

    @property
    def effective_kannel_callback_url(self) -> str:
        """The address Kannel reports deliveries to, without trailing slash."""
        return str(self.kannel_callback_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def takes_calls(self) -> bool:
        """Whether calls with sound can come in at all: by a provider's streams, SIP, AudioSocket or the simulator."""
        simulated = self.is_development and self.simulator_calls
        return (
            simulated
            or self.voice_stream
            or self.sip_port is not None
            or self.sip_tls_port is not None
            or self.audiosocket_port is not None
        )

    def secret(self) -> bytes:
        """The secret key; in development made once in the data folder when none is set.

        Raises:
            SettingsError: in production there is none.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        if (credential := secret_key.credential()) is not None:
            return credential.encode()
        if not self.is_development:
            raise SettingsError(
                Message(
                    "{prefix}SECRET_KEY is not set, and production makes none by itself: {cure}",
                    prefix=PREFIX,
                    cure=secret_key.CURE,
                )
            )
        return _kept_secret(self.data_path / "secrets" / "secret.key").encode()

    def check_secret(self) -> None:
        """Refuse to start with a secret that protects nothing.

        Raises:
            SettingsError: in production it is missing, weak, or lies beside what it protects.
        """
        secret = self.secret()
        if self.is_development:
            return
        if (wrong := secret_key.weakness(secret.decode("utf-8", "replace"))) is not None:
            raise SettingsError(
                Message("{prefix}SECRET_KEY {wrong}: {cure}", prefix=PREFIX, wrong=wrong, cure=secret_key.CURE)
            )
        file = os.environ.get(PREFIX + "SECRET_KEY" + secret_files.SUFFIX)
        if secret_key.lies_in(self.data_path, file):
            raise SettingsError(
                Message(
                    "{prefix}SECRET_KEY_FILE={file}: the key lies beside what it protects; {cure}",
                    prefix=PREFIX,
                    file=file,
                    cure=secret_key.CURE,
                )
            )

    def twilio_token(self) -> str | None:
        """The webhook token; in development one is made once, in production it must be set."""
        if self.twilio_auth_token is not None:
            return self.twilio_auth_token.get_secret_value()
        if self.is_development:
            return _kept_secret(self.data_path / "secrets" / "twilio.token")
        return None


GROUPS: Final[tuple[type[Group], ...]] = cast("tuple[type[Group], ...]", Settings.__bases__[::-1])
"""In the order they are told."""


def _kept_secret(path: Path) -> str:
    """Read a secret file, or make it; two processes starting at once end with the same secret."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        candidate = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(candidate, path)
        except FileExistsError:
            pass
        finally:
            candidate.unlink()
    return path.read_text().strip()


def load(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` (from command-line options) win over the environment.

    Raises:
        SettingsError: naming each wrong setting, its value and what is allowed.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= secret_files.names_of_files(PREFIX, Settings.model_fields)
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    unknown = [name for name in unknown if not name.startswith((PREFIX + "TEST_", PREFIX + "SHARED"))]
    if unknown := not_of_plugins(unknown):
        raise SettingsError(
            Message("unknown setting {unknown}: `motcua settings` lists the known ones", unknown=", ".join(unknown))
        )
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**secret_files.read(PREFIX, Settings.model_fields, given), **given)
    except secret_files.SecretFileError as error:
        raise SettingsError(str(error)) from None
    except ValidationError as error:
        raise SettingsError(joined("\n", problems(PREFIX, error))) from None
    _check_own_settings(settings)
    return settings


def registries(settings: Settings) -> list[str]:
    """The registries that may be asked."""
    return names_in(settings.registries)


def chosen_plugins(settings: Settings) -> list[tuple[Factories, str]]:
    """What is set for each seam and is none of the project's own."""
    chosen = [
        (seams.DOSSIER_SOURCES, settings.dossier_source),
        *((seams.REGISTRIES, name) for name in registries(settings)),
        (seams.RECOGNISERS, settings.speech_engine),
        (seams.VOICES, settings.voice),
        (seams.PRINTERS, (settings.kiosk_printer or "").partition(":")[0]),
    ]
    return [(seam, name) for seam, name in chosen if name not in ("", *WITHOUT_ENGINE) and not seam.brings(name)]


def _check_own_settings(settings: Settings) -> None:
    for seam, name in chosen_plugins(settings):
        try:
            own_settings(seam, name)
        except WrongPluginSettings as error:
            raise SettingsError(str(error)) from None
        except RegistryError:
            # Told where it is used: the rest of the system serves without it.
            continue
