"""Every setting of the system, read once from ``MOTCUA_…`` environment variables.

There is one settings object. Processes build it at start with :func:`load`; everything below takes what it needs
by constructor, so that tests hand in their own.
"""

from __future__ import annotations

import os
import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime import seams, secret_files, secret_key
from runtime.plugin_settings import PREFIX as PREFIX
from runtime.plugin_settings import WrongPluginSettings, not_of_plugins, own_settings, problems
from runtime.registry import Factories, RegistryError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
MOST_RECOGNISERS = 4
"""Recognition processes where nobody says how many: each holds a model of its own."""


WITHOUT_ENGINE = ("auto", "none")
"""Speech engines that name no recogniser: the best one there is, and none at all."""

_PRINTER_ADDRESSES = {
    "cups": r"cups(:[^\s/]+)?",
    "tcp": r"tcp://[^\s/:]+:\d+",
    "file": r"file:/\S+",
    "usb": r"usb:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}",
}
"""How the printers the project brings are written; one that was added checks its address itself."""


class SettingsError(ValueError):
    """A setting is wrong; the message names it, its value and what is allowed."""


class Environment(StrEnum):
    """Development trusts loopback callers; production asks every caller for a key."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What an operator can set. ``motcua settings`` prints this list."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development: loopback callers need no key; production: everybody does"
    )
    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8080, ge=1, le=65534, description="port of the gateway; the core takes the next one")
    url: AnyHttpUrl | None = Field(None, description="address commands talk to; default: loopback on the port above")
    public_url: AnyHttpUrl | None = Field(
        None, description="address providers reach us at; part of what webhook signatures cover"
    )
    trusted_proxies: str = Field(
        "", description="addresses of reverse proxies whose Host and X-Forwarded-Proto are believed, comma-separated"
    )
    host_names: str = Field(
        "",
        description="further names this server is reached by, comma-separated; beside addresses and the public URL's",
    )
    limits: str = Field(
        "",
        description="limits other than those of stores/limits.yml, as name=most,…; 0 takes one away: `motcua limits`",
    )
    numbers_from: str = Field(
        "+84",
        pattern=r"^\+[0-9]{1,6}(,\+[0-9]{1,6})*$",
        description="beginnings of numbers that get texts and call-backs asked for at a kiosk or by telephone",
    )
    data_dir: Path = Field(Path("var"), description="folder for databases, sockets, secrets and logs")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL (sqlite, postgresql+psycopg); default: a SQLite file in the data folder"
    )
    redis_url: str | None = Field(
        None,
        description="redis://, rediss:// or unix:// address, or redis+sentinel://HOST,HOST,HOST/NAME; default: an "
        "embedded server in the data folder",
    )
    core_url: AnyHttpUrl | None = Field(None, description="address of the core; default: loopback on port + 1")
    api_key: SecretStr | None = Field(None, description="bearer key of /api/v1; in production there is no API without")
    security_contact: str | None = Field(
        None,
        pattern=r"^(mailto:|https://|tel:)\S+$",
        description="where weaknesses are reported, shown at /.well-known/security.txt: mailto:…, https://… or tel:…",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="key for hashing phone numbers and sealing words; production needs one from outside the data "
        "folder, or the systemd credential motcua_secret_key; development makes one in the data folder",
    )
    backup_passphrase: SecretStr | None = Field(
        None, min_length=12, description="seals the secrets `motcua backup` writes beside a backup"
    )
    twilio_account_sid: str | None = Field(None, description="account of the Twilio-compatible provider")
    twilio_auth_token: SecretStr | None = Field(
        None, description="token that signs the provider's webhooks; default in development: made once"
    )
    twilio_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.twilio.com"), description="REST address of the Twilio-compatible provider"
    )
    twilio_number: str | None = Field(
        None, description="number answers go from when the provider does not know the one written to; or MG… service"
    )
    twilio_per_second: float = Field(
        300.0, gt=0, le=10_000, description="messages a second handed to the Twilio-compatible provider at most"
    )
    smpp_url: SecretStr | None = Field(
        None,
        description="an operator's message centre: smpp://SYSTEM_ID:PASSWORD@HOST:2775?number=OURS&binds=1&window=10 "
        "(smpps for TLS); several, with spaces between",
    )
    smpp_longest: int = Field(
        459, ge=70, le=1530, description="characters the operator takes in one message, parts joined"
    )
    smpp_per_second: float = Field(
        30.0, gt=0, le=5000, description="messages a second handed to the operators' centres at most"
    )
    kannel_url: AnyHttpUrl | None = Field(
        None, description="address of Kannel's sendsms service; without it nothing goes out by an operator's SMPP link"
    )
    kannel_user: str = Field("motcua", min_length=1, description="username of Kannel's sendsms-user")
    kannel_password: SecretStr | None = Field(None, description="password of Kannel's sendsms-user")
    kannel_secret: SecretStr | None = Field(
        None, description="password Kannel shows our webhooks; in production they are closed without"
    )
    kannel_number: str | None = Field(
        None, description="our number or short code at the operator, for messages that answer none"
    )
    kannel_callback_url: AnyHttpUrl | None = Field(
        None, description="address Kannel reports deliveries to; default: loopback on the port above"
    )
    kannel_longest: int = Field(
        459, ge=70, le=1530, description="characters the operator takes in one message, parts joined"
    )
    kannel_per_second: float = Field(30.0, gt=0, le=1000, description="messages a second handed to Kannel at most")
    gsm_device: Path | None = Field(None, description="serial port of a GSM modem: /dev/ttyUSB0; needs gammu-smsd")
    gsm_connection: str = Field(
        "at115200", description="gammu's name for the modem's connection: at, at19200, at115200"
    )
    gsm_pin: SecretStr | None = Field(None, description="PIN of the modem's SIM card, when it asks for one")
    gsm_number: str = Field("", description="number of the modem's SIM card, as citizens dial it")
    gsm_per_second: float = Field(
        0.25, gt=0, le=10, description="messages a second given to the modem at most; each part takes it 3 to 6 seconds"
    )
    officer_number: str | None = Field(
        None,
        pattern=r"^\+?[0-9]{3,15}$",
        description="what calls are transferred to in office hours; without it callers are offered a call back",
    )
    voice_stream: bool = Field(
        False, description="true: calls of the Twilio-compatible provider become media streams with our own recogniser"
    )
    simulator_calls: bool = Field(
        True, description="development: whether the simulator's telephone can call; `motcua kiosk` says false"
    )
    voice_calls: int = Field(60, ge=1, le=1000, description="calls with sound held at once; more are turned away")
    sip_port: int | None = Field(
        None, ge=1, le=65535, description="UDP port SIP calls of an exchange are taken on; without it there are none"
    )
    sip_address: str = Field(
        "127.0.0.1", description="address of this machine exchanges reach; where SIP and sound are taken"
    )
    sip_peers: str = Field("127.0.0.1", description="addresses of the exchanges whose SIP is taken, comma-separated")
    sip_rtp_ports: str = Field(
        "20000-20399", description="UDP ports for the sound of SIP calls, first-last; a call takes two"
    )
    audiosocket_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="TCP port of Asterisk's AudioSocket calls; without it there are none",
    )
    audiosocket_address: str = Field("127.0.0.1", description="address AudioSocket calls are taken on")
    audiosocket_peers: str = Field(
        "127.0.0.1", description="addresses of the exchanges whose AudioSocket calls are taken, comma-separated"
    )
    twilio_voices: str = Field(
        "", description="the provider's voices by language, as vi=NAME,en=NAME; default: those the languages name"
    )
    sms_diacritics: bool = Field(
        False, description="true: SMS keep Vietnamese diacritics, at more than twice the segments"
    )
    sms_segments: int = Field(3, ge=1, le=6, description="segments of one SMS answer before it is paged")
    sms_reply_in_webhook_seconds: float = Field(
        2.0, ge=0, le=10, description="seconds a provider's webhook waits for the answer; 0: it always goes out later"
    )
    sms_trouble_seconds: int = Field(
        120, ge=10, le=86_400, description="seconds without answer after which a citizen is told that it takes longer"
    )
    sms_answer_hours: int = Field(24, ge=1, le=168, description="hours after which an SMS is no longer answered")
    sms_answer_threads: int = Field(4, ge=1, le=64, description="SMS answered at once by each worker")
    sms_segment_price: float = Field(
        0.0, ge=0, description="dong (VND) an operator takes for one segment, for the figures; 0: not known"
    )
    sms_month_budget: float = Field(
        0.0,
        ge=0,
        description="dong (VND) text messages may cost in a month before figures and alerts warn; 0: no budget",
    )
    sms_days: int = Field(30, ge=1, le=3650, description="days numbers and texts of SMS are kept")
    sms_routes: Path | None = Field(
        None, description="YAML file of routes by number; default: nlu_data/sms/routes.yml explains itself"
    )
    sms_limit_short: int = Field(20, ge=0, description="messages of one number answered in 10 minutes; 0: no limit")
    sms_limit_day: int = Field(100, ge=0, description="messages of one number answered in 24 hours; 0: no limit")
    sms_limit_look_ups: int = Field(
        10, ge=0, description="dossier look-ups by text message of one number in 24 hours; 0: no limit"
    )
    sms_ignore_machines: bool = Field(
        True, description="true: automatic replies and repeated texts get no answer; false: for load tests"
    )
    dossier_source: str = Field(
        "sandbox",
        description="where dossiers are looked up: sandbox (invented ones), routed (the systems of agencies that "
        "MOTCUA_DOSSIER_SOURCES names), or one that was added",
    )
    dossier_sources: Path | None = Field(
        None, description="YAML file of the systems dossiers are looked up in and their routes: docs/dossier-sources.md"
    )
    look_up_seconds_phone: float = Field(
        3.0, gt=0, le=10, description="seconds a caller waits for a dossier; after that what is known of before is told"
    )
    look_up_seconds_sms: float = Field(
        20.0, gt=0, le=60, description="seconds the answer to a text message waits for a dossier"
    )
    look_up_seconds_kiosk: float = Field(
        8.0, gt=0, le=30, description="seconds somebody at a kiosk waits for a dossier"
    )
    registries: str = Field(
        "sandbox-health-card",
        description="public registries that may be asked, comma-separated: sandbox-health-card (invented cards), or "
        "ones that were added; empty: none",
    )
    speech_engine: str = Field(
        "auto",
        description="recognises speech: vosk, viet-asr, whisper, none, or one that was added; auto: vosk if its model "
        "is there, else viet-asr if installed, else none",
    )
    vosk_model: str = Field(
        "vosk-model-small-vn-0.4", description="folder of a Vosk model, or the name of one in speech/models of the data"
    )
    vosk_model_sha256: str | None = Field(
        None, pattern="^[0-9a-fA-F]{64}$", description="SHA-256 the zip file of the Vosk model must have"
    )
    whisper_model: str = Field("base", description="folder or cached name of a Whisper model for faster-whisper")
    recogniser_workers: int | None = Field(
        None,
        ge=1,
        le=16,
        description="recognition processes, each with a model; one follows about four who speak at once. Default: 1, "
        "and where calls with sound are taken one for each processor core, 4 at most",
    )
    voice: str = Field(
        "pyttsx3",
        description="synthetic voice: pyttsx3 (espeak-ng of the system, else of the wheel), pyttsx3-system, "
        "pyttsx3-wheel, or one that was added",
    )
    voice_accent: Literal["north", "central", "south"] = Field(
        "north", description="accent of the synthetic voice and of the recordings: north, central or south"
    )
    voice_speed: float = Field(
        1.0, ge=0.6, le=2.0, description="pace of the synthetic voice; 1: 14 characters a second"
    )
    voice_prompts: Path | None = Field(
        None, description="folder of recorded sentences; default: speech/prompts in the data folder"
    )
    voice_workers: int = Field(1, ge=1, le=8, description="processes of the synthetic voice; one serves 50 calls")
    voice_cache_mb: int = Field(
        64, ge=0, le=4096, description="megabytes of spoken sentences kept in memory, and of public ones on disk"
    )
    nlu_data: Path | None = Field(
        None, description="folder of procedures, wording and language data; default: the project's; set from bundles"
    )
    model: Path | None = Field(None, description="trained model to run; default: the newest; set from bundles")
    catalogue_url: str | None = Field(
        None, description="SQLAlchemy URL of the imported procedures; default: the database; set from bundles"
    )
    province: str = Field(
        "",
        pattern=r"^(\d{2})?$",
        description="two-digit code of the province served: what it has set is then told; empty: none",
    )
    office: str = Field(
        "",
        max_length=90,
        description="name of the office served with its commune, as it stands over printed sheets",
    )
    kiosk_name: str = Field("", max_length=60, description="name of this kiosk on its tickets; set by enrolment")
    kiosk_from: str = Field(
        "",
        description="addresses or networks whose browsers may use /kiosk in production, beside this machine; "
        "comma-separated",
    )
    kiosk_sync_minutes: int = Field(
        60, ge=1, le=1440, description="minutes between a kiosk's signs of life; what waits goes up at once"
    )
    kiosk_idle_seconds: int = Field(
        60,
        ge=5,
        le=900,
        description="seconds without touch or voice after which the kiosk asks who is there",
    )
    kiosk_warning_seconds: int = Field(
        20, ge=5, le=120, description="seconds the kiosk then counts down before it forgets everything"
    )
    kiosk_printer: str | None = Field(
        None,
        description="cups, cups:QUEUE, or a receipt printer: tcp://HOST:PORT, file:/dev/usb/lp0, usb:VENDOR:PRODUCT, "
        "or one that was added: NAME or NAME:ADDRESS; without it the kiosk shows no button for paper",
    )
    kiosk_paper_dots: int = Field(
        576, ge=256, le=1024, description="dots a receipt printer prints in a line: 576 on 80 mm, 384 on 58 mm paper"
    )
    open311_keys: SecretStr | None = Field(
        None, description="api_keys of systems that hand reports in by Open311, comma-separated; nobody may without"
    )
    open311_jurisdictions: str = Field(
        "", description="jurisdiction_ids served by Open311, comma-separated; empty: one, whatever it is called"
    )
    open311_agency: str = Field("", max_length=120, description="agency responsible for reports, as others read it")
    open311_contact: str = Field("", max_length=200, description="whom Open311's discovery tells others to ask")
    open311_exact_xml_type: bool = Field(
        False, description="true: discovery.xml is text/xml to the letter, as SeeClickFix' validator wants it"
    )
    session_minutes: int = Field(30, ge=1, le=1440, description="silence after which a conversation starts afresh")
    conversation_days: int = Field(7, ge=1, le=90, description="days after which a conversation is forgotten")
    ticket_days: int = Field(90, ge=1, le=3650, description="days after which a ticket that is done is erased")
    open_ticket_days: int = Field(
        365, ge=30, le=3650, description="days after which a ticket nobody has touched is erased though it is open"
    )
    learning_days: int = Field(
        180, ge=1, le=3650, description="days a question that was not understood is kept, without personal data"
    )
    second_factor_tries: int = Field(3, ge=1, le=10, description="wrong last-four digits before a look-up is locked")
    lock_minutes: int = Field(15, ge=1, le=1440, description="how long a locked look-up stays locked")
    guesses_person_day: int = Field(
        10, ge=1, le=1000, description="wrong last-four digits of one telephone number in 24 hours"
    )
    guesses_place_hour: int = Field(
        30, ge=1, le=10_000, description="wrong last-four digits from one address or enrolled kiosk in an hour"
    )
    guesses_dossier_day: int = Field(
        9, ge=1, le=1000, description="wrong last-four digits of everybody at one dossier in 24 hours"
    )
    guesses_installation_hour: int = Field(
        300, ge=1, le=1_000_000, description="wrong last-four digits of everybody in an hour; then there is an alarm"
    )
    look_up_log_days: int = Field(365, ge=30, le=3650, description="days the access log of dossiers is kept")
    core_workers: int = Field(1, ge=1, le=16, description="core processes")
    web_threads: int = Field(16, ge=1, le=256, description="threads of each gateway process")
    web_workers: int = Field(1, ge=1, le=32, description="gateway processes")
    turn_timeout: float = Field(12.0, gt=0, le=60, description="seconds the gateway waits for the core")
    stale_after_days: int = Field(180, ge=1, description="age at which `motcua catalogue check` reports a record")
    portal_url: AnyHttpUrl | None = Field(
        None, description="address of the national portal's data service, which `motcua catalogue fetch` asks"
    )
    portal_login_url: AnyHttpUrl | None = Field(
        None, description="address that gives the data service's session; empty: a gateway knows us"
    )
    portal_user: str = Field("", description="account at the data service")
    portal_password: SecretStr | None = Field(None, description="password of that account")
    portal_unit: str = Field("", description="our agency's code at the data service (madonvi)")
    portal_target: str = Field("", description="system the gateway passes the log-in on to (dstcode)")
    portal_pause: float = Field(1.0, ge=0.1, le=60, description="seconds between two questions to the data service")
    cli_language: str = Field(
        "en", description="language of the command line's tables and reports, as in nlu_data/wording"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("dossier_source")
    @classmethod
    def _known_source(cls, value: str) -> str:
        return _registered(seams.DOSSIER_SOURCES, value)

    @field_validator("registries")
    @classmethod
    def _known_registries(cls, value: str) -> str:
        return ",".join(_registered(seams.REGISTRIES, name) for name in _names(value))

    @field_validator("speech_engine")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        return value if value in WITHOUT_ENGINE else _registered(seams.RECOGNISERS, value, *WITHOUT_ENGINE)

    @field_validator("voice")
    @classmethod
    def _known_voice(cls, value: str) -> str:
        return _registered(seams.VOICES, value)

    @field_validator("kiosk_printer")
    @classmethod
    def _known_printer(cls, value: str | None) -> str | None:
        if value is None:
            return None
        kind = _registered(seams.PRINTERS, value.partition(":")[0])
        if (form := _PRINTER_ADDRESSES.get(kind)) is not None and not re.fullmatch(form, value):
            raise ValueError("must be cups, cups:QUEUE, tcp://HOST:PORT, file:/PATH or usb:VENDOR:PRODUCT")
        return value

    @field_validator("kannel_secret")
    @classmethod
    def _fits_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        # Kannel takes it as part of an address, where other signs would end it.
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,}", value.get_secret_value()):
            raise ValueError("must be at least 16 letters, digits, - or _")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite:", "postgresql")):
            raise ValueError("must start with sqlite: or postgresql")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://", "redis+sentinel://")):
            raise ValueError("must start with redis://, rediss:// or unix://, or be redis+sentinel://HOST,HOST/NAME")
        return value

    @field_validator("twilio_voices")
    @classmethod
    def _names_by_language(cls, value: str) -> str:
        if not all(re.fullmatch(r"\s*[a-z]{2,3}=\S+\s*", entry) for entry in value.split(",") if entry.strip()):
            raise ValueError("must be languages with the provider's names, as in vi=Google.vi-VN-Standard-A")
        return value

    @field_validator("sip_rtp_ports")
    @classmethod
    def _a_range_of_ports(cls, value: str) -> str:
        first, _, last = value.partition("-")
        if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
            raise ValueError("must be two ports from 1024 to 65535, as in 20000-20399")
        return value

    @property
    def twilio_voice_names(self) -> dict[str, str]:
        """The provider's voices by language, where they were chosen."""
        return dict(entry.strip().split("=", 1) for entry in self.twilio_voices.split(",") if entry.strip())

    @property
    def sip_rtp_port_range(self) -> tuple[int, int]:
        """First and last port for the sound of SIP calls."""
        first, _, last = self.sip_rtp_ports.partition("-")
        return int(first), int(last)

    @property
    def number_beginnings(self) -> tuple[str, ...]:
        """Beginnings of numbers, in E.164, that may be written to or called at a wish."""
        return tuple(self.numbers_from.split(","))

    @property
    def data_path(self) -> Path:
        """Absolute data folder; a relative one is taken from the project root, wherever a command is started."""
        return self.data_dir if self.data_dir.is_absolute() else PROJECT_ROOT / self.data_dir

    @property
    def nlu_data_path(self) -> Path:
        """Procedures, wording and language data: the project's, a province's, or those of the bundle a kiosk uses."""
        return self.nlu_data or PROJECT_ROOT / "nlu_data"

    @property
    def recognisers(self) -> int:
        """How many recognition processes: calls overlap, visits to a kiosk do not."""
        takes_calls = self.voice_stream or self.sip_port is not None or self.audiosocket_port is not None
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
        # A kiosk is switched off at the wall, and what was reported on it must still be there.
        durable = "?durable=1" if self.kiosk_name else ""
        return self.database_url or f"sqlite:///{self.data_path / 'motcua.db'}{durable}"

    @property
    def effective_core_url(self) -> str:
        """The core's address without trailing slash."""
        return str(self.core_url or f"http://127.0.0.1:{self.port + 1}").rstrip("/")

    @property
    def effective_url(self) -> str:
        """The address of a running system for commands, without trailing slash."""
        return str(self.url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def effective_kannel_callback_url(self) -> str:
        """The address Kannel reports deliveries to, without trailing slash."""
        return str(self.kannel_callback_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def takes_calls(self) -> bool:
        """Whether calls with sound can come in at all: by a provider's streams, SIP, AudioSocket or the simulator."""
        simulated = self.is_development and self.simulator_calls
        return simulated or self.voice_stream or self.sip_port is not None or self.audiosocket_port is not None

    @property
    def is_development(self) -> bool:
        """Whether conveniences for one machine are allowed."""
        return self.environment is Environment.DEVELOPMENT

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
                f"{PREFIX}SECRET_KEY is not set, and production makes none by itself: {secret_key.CURE}"
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
            raise SettingsError(f"{PREFIX}SECRET_KEY {wrong}: {secret_key.CURE}")
        file = os.environ.get(PREFIX + "SECRET_KEY" + secret_files.SUFFIX)
        if secret_key.lies_in(self.data_path, file):
            raise SettingsError(
                f"{PREFIX}SECRET_KEY_FILE={file}: the key lies beside what it protects; {secret_key.CURE}"
            )

    def twilio_token(self) -> str | None:
        """The webhook token; in development one is made once, in production it must be set."""
        if self.twilio_auth_token is not None:
            return self.twilio_auth_token.get_secret_value()
        if self.is_development:
            return _kept_secret(self.data_path / "secrets" / "twilio.token")
        return None


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
        raise SettingsError(f"unknown setting {', '.join(unknown)}: `motcua settings` lists the known ones")
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**secret_files.read(PREFIX, Settings.model_fields, given), **given)
    except secret_files.SecretFileError as error:
        raise SettingsError(str(error)) from None
    except ValidationError as error:
        raise SettingsError("\n".join(problems(PREFIX, error))) from None
    _check_own_settings(settings)
    return settings


def registries(settings: Settings) -> list[str]:
    """The registries that may be asked."""
    return _names(settings.registries)


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


def _registered(seam: Factories, name: str, *also: str) -> str:
    if not seam.knows(name):
        raise ValueError(seam.unknown(name, *also))
    return name


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]
