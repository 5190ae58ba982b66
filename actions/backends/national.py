"""The national portal's adapter: log in, then ask the service ``TraCuuHoSo`` with the session."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from actions.backends.access import Access, let_in, secret
from actions.backends.answers import rows, the_one
from actions.backends.https import Https, NotAuthorised
from actions.backends.synchronised import is_of, synchronised
from actions.dossiers.backend import BackendUnavailable, ProvableDossier
from actions.dossiers.model import Clock

_FINE: Final = frozenset({"0", "00"})


class NationalSource:
    """The adapter of the National Public Service Portal (Văn phòng Chính phủ).

    Args:
        https: the adapter.
        access: what its transport wants beside the session.
        agency: ``madonvi``: who asks.
        target: ``dstcode``: the system behind the adapter.
        username: file of the account's name.
        password: file of its password.
        clock: the time.
        login: path of the log-in.
        share: path of the questions.
    """

    def __init__(
        self,
        https: Https,
        access: Access,
        clock: Clock,
        *,
        agency: str,
        target: str,
        username: Path,
        password: Path,
        login: str,
        share: str,
    ) -> None:
        self._https = https
        self._access = access
        self._clock = clock
        self._agency = agency
        self._target = target
        self._username = username
        self._password = password
        self._login = login
        self._share = share
        self._entering = threading.Lock()
        self._session: str | None = None

    def find(self, code: str) -> ProvableDossier | None:
        """See :class:`actions.dossiers.backend.DossierBackend`."""
        session = self._open(None)
        try:
            answer = self._ask(session, code)
        except NotAuthorised:
            # No code says that a session is over: one refusal is answered by a new log-in.
            answer = self._ask(self._open(session), code)
        return parse(answer, code, self._clock())

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """It cannot tell."""
        return ()

    def _ask(self, session: str, code: str) -> Any:
        question = {"session": session, "madonvi": self._agency, "service": "TraCuuHoSo", "mahoso": code}

        def ask(headers: Mapping[str, str]) -> Any:
            return self._https.exchange("POST", self._share, headers=headers, body=question)

        answer = let_in(self._access, ask)
        if isinstance(answer, Mapping) and "result" not in answer and _error(answer) not in _FINE:
            raise NotAuthorised("the adapter refused the question")
        return answer

    def _open(self, refused: str | None) -> str:
        with self._entering:
            # Another thread may have logged in while this one waited.
            if self._session is None or self._session == refused:
                self._session = self._logged_in()
            return self._session

    def _logged_in(self) -> str:
        account = {"username": secret(self._username), "password": secret(self._password)}

        def ask(headers: Mapping[str, str]) -> Any:
            return self._https.exchange("POST", self._login, headers={**headers, "dstcode": self._target}, body=account)

        answer = let_in(self._access, ask)
        session = answer.get("session") if isinstance(answer, Mapping) else None
        if not isinstance(session, str) or not session or _error(answer) not in _FINE:
            raise NotAuthorised("the adapter does not take the account")
        return session


def parse(answer: Any, code: str, asked_at: datetime) -> ProvableDossier | None:
    """What an answer of ``TraCuuHoSo`` says of one code; pure.

    Raises:
        BackendError: it says nothing that can be used.
    """
    if isinstance(answer, Mapping) and "error_code" in answer and _error(answer) not in _FINE:
        raise BackendUnavailable("the adapter answered with an error inside")
    found = [record for record in rows(answer, "result") if is_of(record, code)]
    return the_one(found, lambda record: synchronised(record, code, asked_at))


def _error(answer: Mapping[str, Any]) -> str:
    return str(answer.get("error_code", "")).strip()
