"""Ways to be let in, exchangeable apart from what is then asked: by law links move to the national platform until
31/12/2026 (NĐ 278/2025/NĐ-CP, article 24), each province at its own time.

Secrets stand in files and are read whenever they are used, so that a new one holds at once.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeVar

from actions.backends.https import Https, NotAuthorised
from actions.dossiers.backend import BackendRejected, BackendUnavailable
from runtime.messages import Message

T = TypeVar("T")
_MARGIN: Final = 30.0
"""Seconds before its end at which a token is no longer used."""
_SHORTEST: Final = 10.0


def secret(path: Path) -> str:
    """The first line of a file.

    Raises:
        BackendRejected: it cannot be read, or is empty.
    """
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BackendRejected(
            Message("the secret in {name} cannot be read ({kind})", name=path.name, kind=type(error).__name__)
        ) from None
    if not found:
        raise BackendRejected(Message("the secret in {name} is empty", name=path.name))
    return found


class Access(Protocol):
    """What a request carries to be let in."""

    def headers(self, *, anew: bool = False) -> Mapping[str, str]:
        """Header fields; ``anew``: what was given before was not taken. Raises ``BackendError``."""
        ...


class NoAccess:
    """Nothing is asked of us: the network itself is closed."""

    def headers(self, *, anew: bool = False) -> Mapping[str, str]:
        """See :class:`Access`."""
        return {}


class HeaderAccess:
    """Provincial LGSP of the "lgspaccesstoken" family: a lasting secret in a header, base64 of a JSON object.

    Args:
        parts: names as the province spells them (``AccessKey``, ``SecretKey``, ``AppName``, ``PartnerCode``), and
            the file of each.
    """

    def __init__(self, parts: Mapping[str, Path]) -> None:
        self._parts = parts

    def headers(self, *, anew: bool = False) -> Mapping[str, str]:
        """See :class:`Access`."""
        plain = json.dumps({name: secret(path) for name, path in self._parts.items()})
        return {"lgspaccesstoken": base64.b64encode(plain.encode()).decode()}


class TokenAccess:
    """OAuth 2: a token for a form, used until shortly before its end. Safe to share between threads.

    Args:
        https: the server of tokens.
        path: of it.
        form: what is posted; called each time.
        basic: id and secret for Basic authentication, where the server wants them there.
    """

    def __init__(
        self,
        https: Https,
        path: str,
        form: Callable[[], Mapping[str, str]],
        basic: Callable[[], tuple[str, str]] | None = None,
    ) -> None:
        self._https = https
        self._path = path
        self._form = form
        self._basic = basic
        self._fetching = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def headers(self, *, anew: bool = False) -> Mapping[str, str]:
        """See :class:`Access`."""
        refused = self._token if anew else None
        with self._fetching:
            # Another thread may have fetched one while this one waited.
            if time.monotonic() >= self._ends or self._token == refused:
                self._fetch()
            return {"Authorization": f"Bearer {self._token}"}

    def _fetch(self) -> None:
        headers = {}
        if self._basic is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(self._basic()).encode()).decode()
        answer = self._https.exchange("POST", self._path, headers=headers, form=self._form())
        token = answer.get("access_token") if isinstance(answer, Mapping) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise BackendUnavailable("the server of tokens answered without one")
        life = answer.get("expires_in")
        seconds = float(life) if isinstance(life, int | float) and not isinstance(life, bool) else 0.0
        self._token = token
        self._ends = time.monotonic() + max(_SHORTEST, seconds - _MARGIN)


def client_credentials(https: Https, path: str, id_file: Path, secret_file: Path) -> TokenAccess:
    """National bus (NDXP, NGSP) and ministries: consumer key and secret."""
    return TokenAccess(
        https, path, lambda: {"grant_type": "client_credentials"}, lambda: (secret(id_file), secret(secret_file))
    )


def keycloak(https: Https, path: str, client_id: str, username_file: Path, password_file: Path) -> TokenAccess:
    """VNPT iGate 2: the service account a province gives; tokens live 300 seconds."""

    def form() -> Mapping[str, str]:
        who = {"username": secret(username_file), "password": secret(password_file)}
        return {"grant_type": "password", "client_id": client_id, **who}

    return TokenAccess(https, path, form)


def let_in(access: Access, ask: Callable[[Mapping[str, str]], T]) -> T:
    """Ask with header fields; once more with new ones where the first were not taken."""
    try:
        return ask(access.headers())
    except NotAuthorised:
        return ask(access.headers(anew=True))
