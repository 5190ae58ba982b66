"""The national portal's data service, as an agency with an agreement and an account asks it (``LayThuTuc``).

Two addresses: one logs in and gives a session, the other answers. Both take and give JSON; ``error_code`` "0" is well.
No official text of it is public: fields are those that callers in public code send and read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

import httpx

from runtime.backoff import Backoff
from runtime.messages import Message

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of one answer; the longest published record has 110 thousand."""
TRIES = 4
PATIENCE_SECONDS = 30.0
LONGEST_WAIT = 120.0
"""Seconds; a service that asks for a longer pause is left alone until the command is given again."""
_BACKOFF = Backoff(first=2.0, longest=60.0)
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_WELL = frozenset({"0", "00", ""})


class PortalError(RuntimeError):
    """The service gave no usable answer; the message names the cure and never an account or a session."""


class RecordError(PortalError):
    """One record could not be had; the next one may."""


@dataclass(frozen=True)
class Account:
    """Where the service is, and who asks."""

    url: str
    login_url: str | None = None
    """None where a gateway before the service knows the caller."""
    user: str = ""
    password: str = ""
    unit: str = ""
    """``madonvi``: the agency's code."""
    target: str = ""
    """``dstcode``: the system the gateway passes the log-in on to."""


@dataclass(frozen=True)
class Validators:
    """What a server gave with its last answer, to be asked whether anything has changed since."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """As a conditional request carries them (RFC 9110, 13.1)."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Answer:
    """What the service says about one code."""

    records: tuple[dict[str, Any], ...]
    validators: Validators


class PortalLink:
    """Asks one record after another; use as a context manager.

    Args:
        account: where and as whom.
        client: for tests and proxies; default: one that follows the usual proxy variables.
        sleep: waits so many seconds.
    """

    def __init__(
        self, account: Account, client: httpx.Client | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._account = account
        self._client = client or httpx.Client(timeout=PATIENCE_SECONDS)
        self._sleep = sleep
        self._session: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, code: str, known: Validators) -> Answer | None:
        """The records of a code, none where the portal has none; None where nothing changed since ``known``.

        Raises:
            RecordError: for this code alone.
            PortalError: the service is away, or refuses us.
        """
        for fresh in (False, True):
            session = self._logged_in(fresh)
            body = {"session": session, "madonvi": self._account.unit, "service": "LayThuTuc", "maTTHC": code}
            answer = self._post(self._account.url, body, known.headers())
            if answer.status_code == HTTPStatus.NOT_MODIFIED:
                return None
            content = _content(answer)
            if str(content.get("error_code", "0")) in _WELL:
                return Answer(_records(content, code), _validators(answer))
            # "-1" stands for every failure; a session that ended is the usual one, so one new log-in is tried.
            if self._account.login_url is None:
                break
        raise RecordError(
            Message(
                "the portal answers error_code {answered!s:.20} for {code}",
                answered=content.get("error_code"),
                code=code,
            )
        )

    def _logged_in(self, fresh: bool) -> str:
        if self._account.login_url is None:
            return ""
        if self._session is None or fresh:
            asked = {"username": self._account.user, "password": self._account.password}
            answer = self._post(self._account.login_url, asked, {"dstcode": self._account.target})
            content = _content(answer)
            session = content.get("session")
            if str(content.get("error_code", "0")) not in _WELL or not isinstance(session, str) or not session:
                raise PortalError(
                    Message(
                        "the portal refuses the log-in; check MOTCUA_PORTAL_USER, MOTCUA_PORTAL_PASSWORD and "
                        "MOTCUA_PORTAL_TARGET"
                    )
                )
            self._session = session
        return self._session

    def _post(self, url: str, body: Mapping[str, str], headers: Mapping[str, str]) -> httpx.Response:
        """One request; tried again while the service is busy or the line fails."""
        said = Message()
        for failures in range(1, TRIES + 1):
            wait = _BACKOFF.pause(failures)
            try:
                with self._client.stream("POST", url, json=dict(body), headers=dict(headers)) as answer:
                    if answer.status_code not in _BUSY and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                        return _whole(answer)
                    said = Message("answers {status}", status=answer.status_code)
                    wait = max(wait, _asked_to_wait(answer))
            except httpx.HTTPError as error:
                said = Message("does not answer ({kind})", kind=type(error).__name__)
            if wait > LONGEST_WAIT:
                raise PortalError(
                    Message("the portal asks for a pause of {wait:.0f} seconds; run the command again later", wait=wait)
                )
            if failures < TRIES:
                self._sleep(wait)
        raise PortalError(
            Message("the portal {said}; what was fetched is kept, and the same command goes on from here", said=said)
        )


def _whole(answer: httpx.Response) -> httpx.Response:
    """The answer with its body, as long as that has a sensible size."""
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > MAX_ANSWER:
            raise RecordError(Message("the portal's answer is longer than 4 MiB"))
    headers = {name: value for name, value in answer.headers.items() if name in ("etag", "last-modified")}
    return httpx.Response(answer.status_code, headers=headers, content=bytes(content))


def _content(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise PortalError(
            Message(
                "the portal refuses us ({status}); check the account and MOTCUA_PORTAL_UNIT", status=answer.status_code
            )
        )
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise RecordError(Message("the portal answers {status}", status=answer.status_code))
    try:
        content = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise RecordError(
            Message("the portal's answer is no JSON; is MOTCUA_PORTAL_URL the address of the service?")
        ) from None
    if not isinstance(content, dict):
        raise RecordError(Message("the portal's answer is no JSON object"))
    return content


def _records(content: Mapping[str, Any], code: str) -> tuple[dict[str, Any], ...]:
    found = content.get("result") or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RecordError(Message("the portal's answer for {code} holds no list of records", code=code))
    return tuple(found)


def _validators(answer: httpx.Response) -> Validators:
    return Validators(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))


def _asked_to_wait(answer: httpx.Response) -> float:
    """Seconds of Retry-After; its other form, a date, is too rare to be worth a clock."""
    said = answer.headers.get("Retry-After", "").strip()
    return float(said) if said.isdecimal() else 0.0
