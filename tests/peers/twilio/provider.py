"""A Twilio-compatible provider that remembers what it was handed, and fails as it is told.

As a process of its own, for figures and fault tests:

    python tests/peers/twilio/provider.py --port 9080 --journal FILE

``GET /control`` then gives its figures, ``POST /control`` takes a :class:`Behaviour` as JSON, or a list of them for
the next requests, ``POST /control/connections`` resets every connection. What it has taken stands in the journal, a
line of JSON each, and outlives a kill: a provider that falls over does not forget what it has answered for.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree

import aiohttp
from small_http import Connection, Request, Response, Silence, as_json
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "a token of the provider"
NUMBER = "+84900000999"
"""The number the account has."""

LONGEST = 1600

ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    21211: (400, "Invalid 'To' Phone Number"),
    21910: (400, "Invalid 'From' and 'To' pair"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid message-capable phone number for your account."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
}
"""Code: HTTP status and words. Source: https://www.twilio.com/docs/api/errors."""


@dataclass(frozen=True)
class Behaviour:
    """How the next requests to send are treated."""

    answer: str = "ok"
    """``ok``, a status such as ``429``, ``hang``, ``drop``, ``garbage`` (a page of HTML), ``other`` (JSON, no message),
    ``endless`` (a body that is far too long)."""
    takes: bool = True
    """Whether the message is taken before the answer goes wrong."""
    times: int | None = None
    """For so many requests, then ``ok`` again; None for all."""
    retry_after: str | None = None
    code: int | None = None
    """Error code in the answer to a status."""
    receipts: tuple[str, ...] = ()
    """Statuses reported after the answer."""
    receipts_first: tuple[str, ...] = ()
    """Statuses reported before the answer."""


@dataclass(slots=True)
class Message:
    """What the account's log shows."""

    sid: str
    to: str
    sender: str
    body: str
    service: str | None
    callback: str | None
    validity: str | None
    created: datetime
    status: str = "queued"
    error_code: int | None = None

    @property
    def reference(self) -> str | None:
        """What our side put into the callback's address."""
        return parse_qs(urlsplit(self.callback or "").query).get("message", [None])[0]

    def as_resource(self, account: str) -> dict[str, Any]:
        uri = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}.json"
        moment = format_datetime(self.created)
        return {
            "sid": self.sid,
            "account_sid": account,
            "to": self.to,
            "from": self.sender or None,
            "body": self.body,
            "messaging_service_sid": self.service,
            "status": self.status,
            "direction": "outbound-api",
            "num_segments": "0" if self.service else str(-(-len(self.body) // 153)),
            "num_media": "0",
            "date_created": moment,
            "date_updated": moment,
            "date_sent": None,
            "price": None,
            "price_unit": "USD",
            "error_code": self.error_code,
            "error_message": None,
            "api_version": "2010-04-01",
            "uri": uri,
            "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        }


@dataclass
class Provider:
    """One account at the provider."""

    account: str = ACCOUNT
    token: str = TOKEN
    numbers: frozenset[str] = frozenset()
    """Numbers of the account; empty lets it send from any."""
    opted_out: set[str] = field(default_factory=set)
    behaviour: Behaviour = Behaviour()
    messages: dict[str, Message] = field(default_factory=dict)
    ahead: deque[Behaviour] = field(default_factory=deque)
    """One for each of the next requests, before ``behaviour`` counts."""
    listing: Behaviour = Behaviour()
    """How questions for the account's messages are treated."""
    requests: int = 0
    """Requests to send, taken or not."""
    callback_statuses: list[int] = field(default_factory=list)
    """What our side answered to receipts."""
    journal: Path | None = None
    """Where messages that were taken are written before they are answered for."""

    def __post_init__(self) -> None:
        self._by_recipient: defaultdict[str, list[Message]] = defaultdict(list)
        self._ids = itertools.count(1)
        self._authorization = "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        self._validator = RequestValidator(self.token)
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._client: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._journal = self._opened_journal()
        self._collection = f"/2010-04-01/Accounts/{self.account}/Messages.json"

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> Provider:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self.answer, self._connections), host, port, backlog=512
        )
        self._client = aiohttp.ClientSession(trust_env=False, timeout=aiohttp.ClientTimeout(total=20))
        return self

    async def stop(self) -> None:
        assert self._server is not None
        assert self._client is not None
        for task in self._tasks:
            task.cancel()
        self._server.close()
        for connection in tuple(self._connections):
            connection.close()
        await self._client.close()

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    async def settle(self) -> None:
        """Wait until every receipt is out."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def figures(self) -> dict[str, Any]:
        """Counts, and how many messages were taken more than once."""
        references = Counter(message.reference for message in self.messages.values() if message.reference)
        same = Counter((message.to, message.body) for message in self.messages.values())
        return {
            "requests": self.requests,
            "behaviours_ahead": len(self.ahead),
            "taken": len(self.messages),
            "references": len(references),
            "references_twice": sum(count - 1 for count in references.values()),
            "recipient_and_body_twice": sum(count - 1 for count in same.values()),
        }

    async def answer(self, request: Request) -> Response | Silence:
        """Answer one request."""
        if request.path == "/control":
            return self._control(request)
        if request.path == "/control/connections":
            for connection in tuple(self._connections):
                connection.close()
            return Silence.DROP
        if request.authorization != self._authorization:
            return _error(20003)
        if request.path == self._collection:
            if request.method == "POST":
                return await self._create(request)
            return self._list(request) if self.listing.answer == "ok" else _gone_wrong(self.listing)
        sid = request.path.rpartition("/")[2].removesuffix(".json")
        if sid in self.messages and request.method == "GET":
            return as_json(200, self.messages[sid].as_resource(self.account))
        return _error(20404)

    async def deliver(
        self, webhook: str, sender: str, body: str, *, sid: str | None = None, token: str | None = None, **fields: str
    ) -> tuple[int, tuple[str, ...]]:
        """Bring a citizen's message to our webhook. Returns the status and the texts of the answer."""
        form = {
            "MessageSid": sid or f"SM{uuid.uuid4().hex}",
            "AccountSid": self.account,
            "From": sender,
            "To": NUMBER,
            "Body": body,
            "NumMedia": "0",
            **fields,
        }
        status, answer = await self._post(webhook, form, token)
        texts = ("".join(message.itertext()) for message in ElementTree.fromstring(answer)) if status == 200 else ()
        return status, tuple(texts)

    async def report(self, message: Message, status: str, *, token: str | None = None, **fields: str) -> int | None:
        """Send one receipt; None when the message wants none."""
        message.status = status
        if message.callback is None:
            return None
        form = {
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "AccountSid": self.account,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
            **fields,
        }
        answered, _ = await self._post(message.callback, form, token)
        self.callback_statuses.append(answered)
        return answered

    async def _create(self, request: Request) -> Response | Silence:
        self.requests += 1
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        behaviour = self._next_behaviour()
        if behaviour.answer == "ok" and (code := self._refusal(form)):
            return _error(code)
        if behaviour.answer != "ok" and not behaviour.takes:
            return _gone_wrong(behaviour)
        message = self._taken(form)
        for status in behaviour.receipts_first:
            await self.report(message, status)
        if behaviour.receipts:
            task = asyncio.get_running_loop().create_task(self._report_all(message, behaviour.receipts))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if behaviour.answer != "ok":
            return _gone_wrong(behaviour)
        return as_json(201, message.as_resource(self.account))

    def _next_behaviour(self) -> Behaviour:
        if self.ahead:
            return self.ahead.popleft()
        behaviour = self.behaviour
        if behaviour.times is not None:
            left = behaviour.times - 1
            self.behaviour = Behaviour(**{**vars(behaviour), "times": left}) if left else Behaviour()
        return behaviour

    def _refusal(self, form: Mapping[str, str]) -> int | None:
        to, sender = form.get("To", ""), form.get("From", "")
        messenger, _, number = to.rpartition(":")
        if not (number.startswith("+") and number[1:].isdigit() and 8 <= len(number) <= 16):
            return 21211
        if messenger != sender.rpartition(":")[0]:
            # Both sides of a conversation are addresses of the same messenger.
            return 21910
        if not sender and not form.get("MessagingServiceSid"):
            return 21603
        if sender and self.numbers and sender not in self.numbers:
            return 21606
        if to in self.opted_out:
            return 21610
        if not form.get("Body"):
            return 21602
        return 21617 if len(form["Body"]) > LONGEST else None

    def _taken(self, form: Mapping[str, str]) -> Message:
        service = form.get("MessagingServiceSid")
        message = Message(
            sid=f"SM{next(self._ids):032x}",
            to=form.get("To", ""),
            sender=form.get("From", ""),
            body=form.get("Body", ""),
            service=service,
            callback=form.get("StatusCallback"),
            validity=form.get("ValidityPeriod"),
            created=datetime.now(UTC).replace(microsecond=0),
            status="accepted" if service else "queued",
        )
        if self._journal is not None:
            self._journal.write(
                json.dumps({**asdict(message), "created": message.created.isoformat(), "at": time.time()}) + "\n"
            )
            self._journal.flush()
        self._keep(message)
        return message

    def _keep(self, message: Message) -> None:
        self.messages[message.sid] = message
        self._by_recipient[message.to].append(message)

    def _opened_journal(self) -> TextIO | None:
        if self.journal is None:
            return None
        for line in self.journal.read_text(encoding="utf-8").splitlines() if self.journal.exists() else ():
            fields = json.loads(line)
            del fields["at"]
            self._keep(Message(**{**fields, "created": datetime.fromisoformat(fields["created"])}))
        self._ids = itertools.count(len(self.messages) + 1)
        return self.journal.open("a", encoding="utf-8")

    def _list(self, request: Request) -> Response:
        query = dict(parse_qsl(request.query))
        size = int(query.get("PageSize", "50"))
        found = self._by_recipient[query["To"]] if "To" in query else list(self.messages.values())
        # Whole addresses, as the description's schema demands, though its own examples have only paths.
        first = f"https://api.twilio.com{self._collection}?{request.query}"
        return as_json(
            200,
            {
                "messages": [message.as_resource(self.account) for message in reversed(found[-size:])],
                "page": 0,
                "page_size": size,
                "start": 0,
                "end": max(min(size, len(found)) - 1, 0),
                "first_page_uri": first,
                "next_page_uri": None,
                "previous_page_uri": None,
                "uri": first,
            },
        )

    async def _report_all(self, message: Message, statuses: tuple[str, ...]) -> None:
        for status in statuses:
            await self.report(message, status)

    async def _post(self, address: str, form: Mapping[str, str], token: str | None) -> tuple[int, bytes]:
        assert self._client is not None
        validator = self._validator if token is None else RequestValidator(token)
        signature = validator.compute_signature(address, dict(form))
        async with self._client.post(address, data=form, headers={"X-Twilio-Signature": signature}) as response:
            return response.status, await response.read()

    def _control(self, request: Request) -> Response:
        if request.method == "POST":
            wanted = json.loads(request.body)
            if isinstance(wanted, list):
                self.ahead.extend(_behaviour(one) for one in wanted)
            else:
                self.behaviour = _behaviour(wanted)
        return as_json(200, self.figures())


def _error(code: int) -> Response:
    status, words = ERRORS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return as_json(status, {"code": code, "message": words, "more_info": more, "status": status})


def _gone_wrong(behaviour: Behaviour) -> Response | Silence:
    if behaviour.answer in {"hang", "drop"}:
        return Silence(behaviour.answer)
    if behaviour.answer == "garbage":
        return Response(200, "<html><body>Đăng nhập Wi-Fi</body></html>".encode(), "text/html")
    if behaviour.answer == "other":
        return as_json(201, ["accepted"])
    if behaviour.answer == "endless":
        return Response(201, b" " * 2_000_000)
    status = int(behaviour.answer)
    headers = (("Retry-After", behaviour.retry_after),) if behaviour.retry_after else ()
    code = {"code": behaviour.code} if behaviour.code else {}
    return as_json(status, {**code, "message": "not now", "status": status}, *headers)


def _behaviour(wanted: Mapping[str, Any]) -> Behaviour:
    return Behaviour(**{key: tuple(value) if isinstance(value, list) else value for key, value in wanted.items()})


async def _main(provider: Provider, port: int, host: str) -> None:
    await provider.start(port, host)
    print(provider.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="a Twilio-compatible provider for figures and fault tests")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--journal", type=Path)
    given = parser.parse_args()
    asyncio.run(_main(Provider(given.account, given.token, journal=given.journal), given.port, given.host))
