"""``python -m benchmarks.campaigns``: a campaign to 20,000 who agreed, and a warning, through the real outbox.

A list of 20,000 numbers is read, those who agreed are kept, and the campaign is fed into the outbox as fast as it lets
itself be fed, while the dispatcher hands over to a provider of its own process on loopback. The same number of plain
answers goes through the same outbox in turns with it: what asking for consent, cap and hour costs is the ratio. The
campaign's clock runs ahead, since the pace officers may set is far below what the outbox bears; everything else is as
in a worker.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from datetime import time as hour
from pathlib import Path
from typing import Annotated, Final

import typer
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select

from benchmarks import machine
from benchmarks.processes import memory
from benchmarks.sms_arrivals import OURS, phone
from benchmarks.sms_provider import SmsProvider
from channels.rendering.segments import size
from channels.sms.campaigns.audience import PHONE, read_audience
from channels.sms.campaigns.campaigns import Campaigns, State
from channels.sms.campaigns.rules import rules, sentence
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Manner
from channels.sms.delivery.dispatcher import Sending
from channels.sms.figures import SmsFigures
from channels.sms.notices.notice_rule import Hours, NoticeRule
from channels.sms.providers.twilio.send import TwilioRoute
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.states import OPEN_OUTGOING, OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from channels.warnings.given import Warnings
from channels.warnings.register import Entry, WarningRegister
from channels.warnings.rules import warning_rules, warning_sentence
from runtime import clock
from stores.database import Database
from stores.sealing import Seal

RESULTS: Final = Path(__file__).parent / "results"
WHOLE_DAY: Final = Hours(hour.min, hour.max)
OUTBOX_RATE: Final = 300.0
"""Messages a second that are promised of the outbox."""
PIECE: Final = 1_000


@dataclass(frozen=True)
class Measured:
    """One run."""

    recipients: int
    list_read_seconds: float
    drafted_seconds: float
    plain_rate: tuple[float, ...]
    """Messages a second from the first the provider took to the last: answers, as the outbox alone bears them."""
    campaign_rate: tuple[float, ...]
    ratio: float
    """Of the campaign to the plain ones, the middle of the pairs."""
    warning_rate: float
    sent_twice: int
    not_sent: int
    megabytes: float
    """PSS of this process at the end: outbox, campaigns, dispatcher and route."""
    grown_megabytes: float
    """Since before the first message."""


class Office:
    """Everything a campaign needs, over a database of its own."""

    def __init__(self, folder: Path, provider: SmsProvider, token: str) -> None:
        self.database = Database(f"sqlite:///{folder / 'motcua.db'}")
        self.database.migrate()
        self.seal = Seal(secrets.token_bytes(32))
        self.consents = Consents(self.database, clock.now)
        self.ahead = timedelta()
        table = NumberTable({"": ["twilio"]})
        self.outbox = Outbox(self.database, self.seal, table, NoticeRule(self.consents, WHOLE_DAY))
        self.table = table
        self._provider, self._token = provider, token
        usual = rules()
        self.campaigns = Campaigns(
            self.database,
            self.seal,
            self.outbox,
            self.consents,
            lambda template, values, _person: (sentence(template, values),),
            # One campaign follows the other here; the cap is looked up all the same.
            replace(usual, per_hour=10_000_000, most_per_hour=10_000_000, person_a_day=1_000),
            WHOLE_DAY,
            lambda: clock.now() + self.ahead,
        )
        self.register = WarningRegister(self.database, self.seal, self.consents, clock.now)
        self.warnings = Warnings(
            self.database,
            self.seal,
            self.outbox,
            self.register,
            lambda template, values, _person: (warning_sentence(template, values),),
            warning_rules(),
            clock.now,
        )

    def agree(self, count: int) -> None:
        """So many ask for notices, and to be warned."""
        for at in range(count):
            citizen = Citizen.of(phone(at), self.seal)
            assert citizen is not None
            self.consents.grant(citizen.person, Manner.KEYWORD, "bench", f"turn {at}")
        self.register.take([Entry(phone(at), "xã Ví Dụ", f"P{at}") for at in range(count)], "bench", "bench")

    def add_plain(self, count: int, name: str) -> None:
        """So many answers, as a citizen's question gets one."""
        for start in range(0, count, PIECE):
            self.outbox.add(
                [
                    NewMessage(f"{name}:{at}", phone(at), f"Cau tra loi {at}.", Kind.ANSWER, "bench", sender=OURS)
                    for at in range(start, min(count, start + PIECE))
                ]
            )

    def feed(self, number: int) -> None:
        """Feed a campaign until everybody is queued."""
        while (found := self.campaigns.get(number)) is not None and found.state is State.RUNNING:
            self.ahead += timedelta(minutes=1)
            self.campaigns.step()

    def open_rows(self) -> int:
        """Messages that are still to be sent."""
        with self.database.reading() as session:
            query = select(func.count()).select_from(outgoing).where(outgoing.c.state.in_(OPEN_OUTGOING))
            return session.scalar(query) or 0

    def not_handed(self) -> int:
        """Messages that came to a bad end."""
        with self.database.reading() as session:
            query = select(func.count()).select_from(outgoing).where(outgoing.c.state != OutgoingState.HANDED)
            return session.scalar(query) or 0

    async def sent(self, queue: Callable[[], object]) -> list[tuple[float, str]]:
        """When the provider took each of the messages ``queue`` queues, and for which number."""
        list(self._provider.taken())
        route = TwilioRoute(
            self._provider.account, self._token, api_url=self._provider.url, number=OURS, per_second=10_000.0
        )
        sending = Sending(self.outbox, {"twilio": route}, self.table, SmsFigures(CollectorRegistry()), "bench")
        running = asyncio.create_task(sending.run())
        try:
            await asyncio.to_thread(queue)
            sending.call()
            while await asyncio.to_thread(self.open_rows):
                await asyncio.sleep(0.2)
        finally:
            await sending.stop()
            await running
            await route.close()
        return sorted((text.at, text.phone) for text in self._provider.taken())


def measure(count: int, pairs: int, folder: Path, say: Callable[[str], None]) -> Measured:
    """One run."""
    token = secrets.token_hex(16)
    provider = SmsProvider(folder, token)
    try:
        office = Office(folder, provider, token)
        say(f"{count} people agree")
        office.agree(count)
        content = "phone;date\n" + "".join(f"{phone(at)};01/12/2026\n" for at in range(count))
        began = time.monotonic()
        read = read_audience(content.encode(), ("date",), {PHONE: ("phone",)}, rules())
        read_at = time.monotonic()
        before = memory([os.getpid()])[0]
        plain, campaign, twice, drafted = [], [], 0, 0.0
        for pair in range(pairs):
            say("plain answers")
            plain.append(_rate(asyncio.run(office.sent(lambda pair=pair: office.add_plain(count, f"p{pair}")))))  # type: ignore[misc]
            say("the campaign")
            drafting = time.monotonic()
            number = office.campaigns.draft(
                f"c{pair}", "identity_card", read.recipients, "bench", lambda text: size(text).segments
            )
            drafted = time.monotonic() - drafting
            office.campaigns.start(number)
            taken = asyncio.run(office.sent(lambda number=number: office.feed(number)))  # type: ignore[misc]
            twice += len(taken) - len({to for _, to in taken})
            campaign.append(_rate(taken))
        say("a warning")
        warning = office.warnings.draft(
            "storm",
            {"place": "xã Ví Dụ", "time": "20 giờ"},
            ["xã Ví Dụ"],
            clock.now() + timedelta(hours=5),
            "bench",
            by_call=False,
        )
        office.warnings.give(warning, "bench")
        warned = asyncio.run(office.sent(office.warnings.step))
        ratios = [ours / alone for ours, alone in zip(campaign, plain, strict=True)]
        after = memory([os.getpid()])[0]
        return Measured(
            recipients=count,
            list_read_seconds=round(read_at - began, 2),
            drafted_seconds=round(drafted, 2),
            plain_rate=tuple(round(rate, 1) for rate in plain),
            campaign_rate=tuple(round(rate, 1) for rate in campaign),
            ratio=round(statistics.median(ratios), 3),
            warning_rate=round(_rate(warned), 1),
            sent_twice=twice + len(warned) - len({to for _, to in warned}),
            not_sent=office.not_handed(),
            megabytes=round(after, 1),
            grown_megabytes=round(after - before, 1),
        )
    finally:
        provider.stop()


def kept(measured: Measured) -> dict[str, bool]:
    """What is promised, and whether this run kept it."""
    return {
        "the outbox's 300 messages a second, of a campaign": max(measured.campaign_rate) >= OUTBOX_RATE,
        "and of a warning": measured.warning_rate >= OUTBOX_RATE,
        "nobody told twice, everybody told once": measured.sent_twice == 0 and measured.not_sent == 0,
    }


def _rate(taken: list[tuple[float, str]]) -> float:
    return (len(taken) - 1) / (taken[-1][0] - taken[0][0])


def main(
    recipients: Annotated[int, typer.Option(help="Of the campaign.", min=2)] = 20_000,
    pairs: Annotated[int, typer.Option(help="Campaigns, each in turn with as many answers.", min=1)] = 2,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure a campaign, and a warning, against the outbox alone."""
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as scratch:
        measured = measure(recipients, pairs, Path(scratch), print)
    promises = kept(measured)
    print(json.dumps({**asdict(measured), "kept": promises, "machine": facts}, indent=1))
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"campaigns-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({"machine": facts, **asdict(measured), "kept": promises}, indent=1), encoding="utf-8")
    if not all(promises.values()):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
