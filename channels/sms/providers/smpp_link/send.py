"""The route: several binds to one or more operators; out by the one with the least to do, in when it is stored."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from channels.sms.providers.smpp_link.address import LinkAddress
from channels.sms.providers.smpp_link.form import read_receipt
from channels.sms.providers.smpp_link.links import links_of
from channels.sms.providers.smpp_link.numbers import address_of
from channels.sms.providers.smpp_link.parts import PartStore
from channels.sms.providers.smpp_link.receive import Receiving
from channels.sms.providers.smpp_link.session import TEMPORARY, LinkLost, Session
from channels.sms.providers.smpp_link.status import Statuses
from channels.sms.providers.smpp_link.tables import ROUTE
from channels.sms.providers.smpp_link.text import HEADER, parts_of
from channels.sms.routes.messages import Handed, OutgoingMessage
from channels.sms.routes.route import Arrivals, Fault, Limits, SendFailed
from runtime import logs
from runtime.backoff import Backoff
from runtime.settings import Settings
from stores.sealing import Seal

BACKOFF = Backoff(first=1.0, longest=60.0)
"""Between tries to bind. Operators lock who tries without pause."""
STEADY_SECONDS = 60.0
"""A link that held so long is healthy: its next end is a first one."""
SWEEP_SECONDS = 60.0
PART_TRIES = 30
"""A later part of a message that the operator wants slower is tried again so often, a second apart: the parts that went
before must not stay alone."""
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_NAME = re.compile(r"[A-Za-z0-9 _.&-]{1,11}")

_log = logs.get(__name__)


class SmppLinkRoute:
    """The links of one route: a named one, or all that have no name.

    Args:
        addresses: of the operators' centres.
        limits: what they bear together.
        parts: keeps parts of long messages.
        now: the clock.
        name: of the route.
    """

    def __init__(
        self,
        addresses: tuple[LinkAddress, ...],
        limits: Limits,
        parts: PartStore,
        now: Callable[[], datetime],
        name: str = ROUTE,
    ) -> None:
        self._name = name
        self._limits = limits
        self._receiving = Receiving(name, parts, now)
        self._statuses = Statuses(name)
        self._arrivals: Arrivals | None = None
        self._sessions = [Session(address, self._deliver) for address in addresses for _ in range(address.binds)]
        self._reference = random.randrange(256)

    @classmethod
    def all_of(cls, settings: Settings, seal: Seal, now: Callable[[], datetime]) -> list[SmppLinkRoute]:
        """As the settings say: a route for each link with a name, and one for those without.

        Raises:
            SettingsError: an address is wrong.
        """
        made: list[SmppLinkRoute] = []
        for route, addresses in links_of(settings).items():
            first = addresses[0]
            limits = Limits(
                per_second=first.per_second,
                window=sum(address.window * address.binds for address in addresses),
                longest=settings.smpp_longest,
                idempotent=False,
                per_day=first.per_day,
            )
            parts = PartStore(settings.data_path / "smpp" / first.name / "parts", seal)
            made.append(cls(addresses, limits, parts, now, route))
        return made

    @property
    def name(self) -> str:
        """``smpp_link``, or ``smpp_link_NAME``."""
        return self._name

    @property
    def limits(self) -> Limits:
        """What the operators bear."""
        return self._limits

    async def send(self, message: OutgoingMessage) -> Handed:
        """Hand a message over, part by part.

        Raises:
            SendFailed: the operator did not, or may not, have taken it.
        """
        session = self._session_for(message)
        fields = self._fields(message, session)
        self._reference = (self._reference + 1) % 256
        parts = parts_of(message.text, self._reference)
        ids: list[str] = []
        for part in parts:
            coded = {"data_coding": part.data_coding, "esm_class": HEADER if part.has_header else 0}
            whole = {**fields, **coded, "short_message": part.octets, "sm_length": len(part.octets)}
            ids.append(await self._submit(session, whole, is_first=not ids))
        self._statuses.sent(ids)
        return Handed(ids[-1], len(parts))

    async def look_up(self, message: OutgoingMessage) -> Handed | None:
        """None: centres answer ``query_sm`` by an id we do not have where an answer was lost."""
        return None

    async def run(self, arrivals: Arrivals) -> None:
        """Keep every link bound, and bring in what comes."""
        self._arrivals = arrivals
        async with asyncio.TaskGroup() as group:
            for session in self._sessions:
                group.create_task(self._keep_bound(session))
            group.create_task(self._sweep(arrivals))

    async def close(self) -> None:
        """Unbind everywhere."""
        await asyncio.gather(*(session.close() for session in self._sessions), return_exceptions=True)

    async def _submit(self, session: Session, fields: dict[str, Any], *, is_first: bool) -> str:
        for tries in range(1, PART_TRIES + 1):
            try:
                return await session.submit(fields)
            except SendFailed as failed:
                if is_first or failed.fault is not Fault.THROTTLED or tries == PART_TRIES:
                    raise
                await asyncio.sleep(1.0)
        raise AssertionError("unreachable")

    async def _keep_bound(self, session: Session) -> None:
        loop = asyncio.get_running_loop()
        tries = 0
        while True:
            began = loop.time()
            try:
                await session.run()
            except LinkLost as lost:
                tries = 1 if loop.time() - began >= STEADY_SECONDS else tries + 1
                pause = BACKOFF.pause(tries, random.random())
                _log.warning("link down", host=session.address.host, cause=str(lost), again_in=round(pause, 1))
                await asyncio.sleep(pause)

    async def _sweep(self, arrivals: Arrivals) -> None:
        while True:
            try:
                await asyncio.to_thread(self._receiving.bring_overdue, arrivals)
            except (OSError, SQLAlchemyError) as error:
                _log.error("parts of messages cannot be brought in", cause=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    def _session_for(self, message: OutgoingMessage) -> Session:
        own = [one for one in self._sessions if one.address.number and one.address.number == message.sender]
        bound = [one for one in own or self._sessions if one.is_bound]
        if not bound:
            raise SendFailed(Fault.RETRYABLE, "not_bound", "the link to the operator is down: see the worker's log")
        return min(bound, key=lambda session: session.in_flight)

    def _fields(self, message: OutgoingMessage, session: Session) -> dict[str, Any]:
        sender = message.sender or session.address.number
        if not _NUMBER.fullmatch(message.recipient):
            raise SendFailed(Fault.PERMANENT, "bad_recipient", "the recipient is no telephone number")
        if sender and not (_NUMBER.fullmatch(sender) or _NAME.fullmatch(sender)):
            # A number of another kind, as of a messenger.
            sender = session.address.number
        if len(message.text) > self._limits.longest:
            cure = f"more than {self._limits.longest} characters: see MOTCUA_SMPP_LONGEST"
            raise SendFailed(Fault.PERMANENT, "too_long", cure, elsewhere=True)
        source, target = address_of(sender), address_of(message.recipient)
        return {
            "source_addr_ton": source.ton,
            "source_addr_npi": source.npi,
            "source_addr": source.digits,
            "dest_addr_ton": target.ton,
            "dest_addr_npi": target.npi,
            "destination_addr": target.digits,
            # A receipt for success and failure. SMPP 3.4, 5.2.17.
            "registered_delivery": 1,
            **({"validity_period": _relative(message.valid_seconds)} if message.valid_seconds else {}),
        }

    async def _deliver(self, pdu: Any) -> int:
        if self._arrivals is None:
            return TEMPORARY
        return await asyncio.to_thread(self._take, self._arrivals, pdu)

    def _take(self, arrivals: Arrivals, pdu: Any) -> int:
        """Store what came; blocking. Returns the status to answer with: 0 only for what is stored."""
        reported = read_receipt(pdu)
        if reported is not None:
            self._statuses.take(arrivals, reported)
        else:
            self._receiving.take(arrivals, pdu)
        return 0


def _relative(seconds: int) -> str:
    """``validity_period`` in the relative form ``YYMMDDhhmmss000R``. SMPP 3.4, 7.1.1.2."""
    days, rest = divmod(max(60, seconds), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    return f"0000{min(days, 30):02d}{hours:02d}{minutes:02d}{left:02d}000R"
