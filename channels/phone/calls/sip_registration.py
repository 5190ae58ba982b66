"""Registering at a trunk: an operator that sends calls only to who has signed in (RFC 3261, 10, with digest)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from aiosipua import Registration, SipDigestAuth, SipResponse, SipTransport, SipUAC

from runtime import logs

SECONDS: Final = 300
"""For which a registration is asked."""
RENEWED_AT: Final = 0.6
"""Share of what was granted after which it is renewed: one that gets lost leaves time for the next."""
ANSWER_SECONDS: Final = 8.0
RETRY_SECONDS: Final = (5.0, 15.0, 30.0, 60.0)
"""Pauses after failures in turn, the last one from then on: a wrong password must not look like an attack."""

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where to sign in, and as whom."""

    address: tuple[str, int]
    user: str
    password: str = field(repr=False)
    domain: str = ""
    """Of the account; the address where it is empty."""

    @property
    def account(self) -> str:
        """The address of record."""
        return f"sip:{self.user}@{self.domain or self.address[0]}"


class TrunkRegistration:
    """Keeps one account signed in while it runs.

    Args:
        transport: of the line calls come in on; started.
        trunk: where and as whom.
        retry_seconds: see :data:`RETRY_SECONDS`.
    """

    def __init__(self, transport: SipTransport, trunk: Trunk, retry_seconds: tuple[float, ...] = RETRY_SECONDS) -> None:
        self._uac = SipUAC(transport)
        self._retry_seconds = retry_seconds
        self._registration = Registration(
            self._uac, trunk.account, trunk.address, expires=SECONDS, auth=SipDigestAuth(trunk.user, trunk.password)
        )
        self._ended: asyncio.Future[str] | None = None
        """What became of the request on its way: empty when it was granted, else why not."""
        self._registration.on_registered = lambda _registration: self._end("")
        self._registration.on_failed = lambda _registration, status, _reason: self._end(f"status {status}")
        self._task: asyncio.Task[None] | None = None
        self.is_registered = False

    def start(self) -> None:
        """Sign in, and stay so."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    def handle(self, response: SipResponse, sender: tuple[str, int]) -> None:
        """Take an answer of the trunk; those to other requests are left alone."""
        if response.call_id == self._registration.call_id:
            self._uac.handle_response(response, sender)

    async def stop(self) -> None:
        """Sign out, as far as the trunk still listens."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self.is_registered:
            self._registration.unregister()
        self._uac.close()

    def _end(self, why: str) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(why)

    async def _keep(self) -> None:
        failures = 0
        while True:
            why = await self._try()
            if why:
                _log.warning("the trunk does not register this line; calls from it may not come", cause=why)
                self.is_registered = False
                await asyncio.sleep(self._retry_seconds[min(failures, len(self._retry_seconds) - 1)])
                failures += 1
                continue
            if not self.is_registered:
                _log.info("registered at the trunk", seconds=self._registration.granted_expires)
            self.is_registered, failures = True, 0
            await asyncio.sleep(max(1.0, RENEWED_AT * self._registration.granted_expires))

    async def _try(self) -> str:
        """Send one request; why it failed, empty when it did not."""
        self._ended = asyncio.get_running_loop().create_future()
        try:
            self._registration.register()
            return await asyncio.wait_for(self._ended, ANSWER_SECONDS)
        except TimeoutError:
            return "no answer"
        except Exception as error:
            # Whatever an answer holds that the library cannot read: the next try comes.
            return type(error).__name__
