"""The line to partners: hands over what waits, papers before their message, and understands the answers."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from runtime import logs
from stores.sealing import SealBroken
from tickets.exchange.outbox import Outbox, Outgoing
from tickets.exchange.papers import PaperFiles
from tickets.exchange.partners import BadPartner, Partners, checked_address

SECONDS: Final = 20.0
"""For one request; a paper of 10 MB over a line of a commune takes as long."""
MOST_ANSWER: Final = 64 * 1024
LOOK_SECONDS: Final = 2.0
"""How often is looked for what is due."""
ROUND_SECONDS: Final = 10.0
"""After which no other message is begun: whoever stops the worker waits no longer than for one."""
_CODE: Final = re.compile(r"[a-z_]{1,40}")
_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partner said."""

    status: int
    content: dict[str, Any]

    @property
    def code(self) -> str:
        """Of its error, as far as it is one; for the officer's page."""
        error = self.content.get("error")
        told = error.get("code") if isinstance(error, dict) else None
        return told if isinstance(told, str) and _CODE.fullmatch(told) else f"http_{self.status}"


class NoAnswer(Exception):
    """Nobody answered; the message is a code: ``no_connection``, ``no_answer``, ``certificate``."""


class Line:
    """Hands over what waits; one per process.

    Args:
        outbox: what waits.
        partners: sign with our keys.
        files: of papers.
        client: asks; made by :func:`client` unless a test brings its own.
    """

    def __init__(
        self, outbox: Outbox, partners: Partners, files: PaperFiles, client: Callable[[], httpx.Client] | None = None
    ) -> None:
        self._outbox = outbox
        self._partners = partners
        self._files = files
        self._client = client or make_client

    def step(self) -> int:
        """Hand over what is due; returns how many messages were taken."""
        taken = 0
        message = self._outbox.claim()
        if message is None:
            return 0
        ends = time.monotonic() + ROUND_SECONDS
        with self._client() as client:
            while message is not None:
                taken += self._hand_over(client, message)
                message = self._outbox.claim() if time.monotonic() < ends else None
        return taken

    def _hand_over(self, client: httpx.Client, message: Outgoing) -> bool:
        try:
            trouble = self._papers(client, message) or self._message(client, message)
        except NoAnswer as error:
            trouble = str(error)
        except (OSError, SealBroken) as error:
            _log.error("a paper of ours cannot be read", cause=type(error).__name__)
            trouble = "paper_unreadable"
        if trouble:
            self._outbox.later(message.id, trouble)
            _log.warning("a message was not taken", partner=message.partner, why=trouble)
        else:
            self._outbox.taken(message.id)
        return not trouble

    def _papers(self, client: httpx.Client, message: Outgoing) -> str:
        """Put those that are not there; why it came to nothing, or empty."""
        for paper in message.papers:
            id = f"{message.case}.{paper.sha256}"
            content = self._files.read(paper.file, paper.key)
            headers = {**self._partners.signatures(id, content), "Content-Type": paper.type.value}
            address = f"{message.address}/exchange/v1/cases/{message.case}/papers/{paper.sha256}"
            answer = ask(client, "PUT", address, headers, content)
            if answer.status != 200:
                return answer.code
            self._outbox.paper_there(message.case, paper.sha256)
        return ""

    def _message(self, client: httpx.Client, message: Outgoing) -> str:
        headers = {**self._partners.signatures(message.id, message.body), "Content-Type": "application/json"}
        answer = ask(client, "POST", f"{message.address}/exchange/v1/messages", headers, message.body)
        if answer.status == 200:
            return ""
        expected, papers = answer.content.get("expected"), answer.content.get("papers")
        if answer.code == "out_of_order" and isinstance(expected, int) and 0 < expected < 100_000:
            self._outbox.expects(message.id, expected)
        elif answer.code == "papers_missing" and isinstance(papers, list):
            self._outbox.papers_missing(message.id, [one for one in papers if isinstance(one, str)])
        elif answer.code == "no_such_case":
            # It was restored from a backup made before the case: everything of ours goes again.
            self._outbox.expects(message.id, 1)
        return answer.code


def ask(client: httpx.Client, method: str, address: str, headers: dict[str, str], body: bytes) -> Answer:
    """One request.

    Raises:
        NoAnswer: nobody answered.
    """
    try:
        with client.stream(method, address, headers=headers, content=body) as answer:
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MOST_ANSWER:
                    raise NoAnswer("no_answer")
            status = answer.status_code
    except httpx.ConnectError as error:
        raise NoAnswer("certificate" if "CERTIFICATE_VERIFY" in str(error) else "no_connection") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer("no_answer" if isinstance(error, httpx.TimeoutException) else "no_connection") from None
    try:
        found = json.loads(bytes(content))
    except (ValueError, RecursionError):
        found = {}
    return Answer(status, found if isinstance(found, dict) else {})


def make_client() -> httpx.Client:
    """A client that goes nowhere but where it is told: no redirects, no proxy of the machine."""
    return httpx.Client(timeout=httpx.Timeout(SECONDS, connect=5.0), follow_redirects=False, trust_env=False)


def who_is(address: str, client: Callable[[], httpx.Client] = make_client) -> tuple[str, str, list[str]]:
    """Code, name and keys of the agency at an address; whoever asks compares the fingerprints by telephone.

    Raises:
        BadPartner: the address cannot be used, or no agency answers there.
    """
    address = checked_address(address)
    if not address:
        raise BadPartner("address")
    try:
        with client() as asked:
            answer = ask(asked, "GET", f"{address}/exchange/v1/agency", {}, b"")
    except NoAnswer:
        raise BadPartner("away") from None
    found = answer.content
    code, name, keys = found.get("code"), found.get("name"), found.get("keys")
    if answer.status != 200 or not isinstance(code, str) or not isinstance(name, str) or not isinstance(keys, list):
        raise BadPartner("away")
    return code, name, [key for key in keys if isinstance(key, str)]
