"""A worker that is killed in the middle of a campaign: the next one goes on, and nobody is told twice or left out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from channels.sms.campaigns.audience import Recipient
from channels.sms.campaigns.campaigns import Campaigns, RecipientState, State
from channels.sms.campaigns.rules import rules, sentence
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Manner
from channels.sms.notices.notice_rule import notice_hours
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.tables import outgoing
from channels.sms.routes.number_table import NumberTable
from runtime.clock import VIETNAM
from runtime.settings import PROJECT_ROOT
from stores.database import Database
from stores.sealing import Seal

SECRET = "a secret of the tests"
PEOPLE = 150
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=VIETNAM)
FEEDER = """
import sys
from test_campaign_killed import feeding
feeding(sys.argv[1])
"""


class Office:
    """A campaign fed a few people at a time, with a clock that goes on by a minute each time."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.seal = Seal(SECRET.encode())
        self.now = NOON
        self.consents = Consents(self.database, lambda: self.now)
        self.campaigns = Campaigns(
            self.database,
            self.seal,
            Outbox(self.database, self.seal, NumberTable({"": ["gsm"]})),
            self.consents,
            lambda template, values, _person: (sentence(template, values),),
            rules(),
            notice_hours(),
            lambda: self.now,
        )

    def step(self) -> None:
        self.campaigns.step()
        self.now += timedelta(minutes=1)

    def queued(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(outgoing)) or 0


def feeding(url: str) -> None:
    """What the worker that is killed does."""
    office = Office(url)
    while True:
        office.step()


def test_nobody_is_told_twice_or_left_out_when_a_worker_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    office = Office(url)
    office.database.migrate()
    numbers = [f"+8490{place:07d}" for place in range(PEOPLE)]
    for number in numbers:
        citizen = Citizen.of(number, office.seal)
        assert citizen is not None
        office.consents.grant(citizen.person, Manner.KEYWORD, "w", number)
    people = [Recipient(number, {"date": "01/12/2026"}) for number in numbers]
    campaign = office.campaigns.draft("c", "identity_card", people, "lan", lambda text: 1)
    # Three people at a time, so that the kill falls somewhere into the middle.
    office.campaigns.start(campaign, per_hour=180)
    places = {"PYTHONPATH": os.pathsep.join((str(PROJECT_ROOT), str(Path(__file__).parent)))}
    worker = subprocess.Popen([sys.executable, "-c", FEEDER, url], env={**os.environ, **places})
    try:
        deadline = time.monotonic() + 60
        while office.queued() < PEOPLE // 8:
            assert worker.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert office.queued() < PEOPLE
    office.now += timedelta(hours=2)
    while (found := office.campaigns.get(campaign)) is not None and found.state is State.RUNNING:
        office.now += timedelta(minutes=1)
        office.step()
    with office.database.reading() as session:
        told = Counter(session.scalars(select(outgoing.c.person)))
    assert set(told.values()) == {1}
    assert len(told) == PEOPLE
    assert office.campaigns.counts(campaign) == {RecipientState.QUEUED: PEOPLE}
    office.database.close()
