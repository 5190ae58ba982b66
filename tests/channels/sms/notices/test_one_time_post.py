"""A one-time code as a text message: to mobile numbers, at once, for ten minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from places import NLU_DATA
from sqlalchemy import select, text

from actions.dossiers.backend import BackendUnavailable
from actions.dossiers.wording import DossierWording
from channels.rendering import SmsStyle
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Manner
from channels.sms.notices.one_time_post import OneTimePost
from channels.sms.queue.content import Content
from channels.sms.queue.tables import outgoing
from contract.wording import wording_of
from installation.root import Installation
from installation.text_messages import TextMessageStores
from runtime.clock import VIETNAM
from runtime.settings import Settings

PHONE = "0900000124"
NIGHT = datetime(2026, 11, 16, 2, 0, tzinfo=VIETNAM)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    here = Installation(Settings(data_dir=tmp_path, secret_key="a secret of the tests"), now=lambda: NIGHT)
    here.make_tables()
    yield here
    here.close()


class NobodyWakes:
    def outgoing(self) -> None:
        return


@pytest.fixture
def post(here: Installation) -> OneTimePost:
    stores = TextMessageStores(here)
    wording = DossierWording(wording_of(NLU_DATA).room("dossiers"), here.now)
    style = SmsStyle.from_settings(here.settings, None)
    return OneTimePost(
        stores.outbox,
        NobodyWakes(),  # type: ignore[arg-type]
        stores.consents,
        stores.preferences,
        here.seal,
        style,
        wording.one_time_code,
        here.now,
    )


def sent(here: Installation) -> list[tuple[Content, float]]:
    with here.database.reading() as session:
        rows = session.execute(select(outgoing.c.sealed, outgoing.c.expires_at).order_by(outgoing.c.id)).all()
    return [(Content.opened(sealed, here.seal), ends) for sealed, ends in rows]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_it_goes_out_at_night_too_and_dies_with_the_code(post: OneTimePost, here: Installation, language: str) -> None:
    post.send(PHONE, "482913", language, asked_for=False)
    [(content, ends)] = sent(here)
    assert content.citizen == "+84900000124"
    assert "482913" in content.text
    assert ends == NIGHT.timestamp() + 600


def test_two_codes_are_two_messages(post: OneTimePost, here: Installation) -> None:
    post.send(PHONE, "482913", "vi", asked_for=False)
    post.send(PHONE, "482913", "vi", asked_for=False)
    assert len(sent(here)) == 2


@pytest.mark.parametrize("phone", ["02438250000", "113", "unknown", ""])
def test_what_takes_no_text_messages_gets_none(post: OneTimePost, here: Installation, phone: str) -> None:
    assert post.mark_of(phone) is None
    post.send(phone, "482913", "vi", asked_for=False)
    assert sent(here) == []


def test_a_number_that_refused_messages_gets_a_code_only_where_it_asks_itself(
    post: OneTimePost, here: Installation
) -> None:
    citizen = Citizen.of(PHONE, here.seal)
    assert citizen is not None
    assert post.mark_of(PHONE) == f"person:{citizen.person}"
    TextMessageStores(here).consents.refuse(citizen.person, Manner.KEYWORD, "wording 1", "turn 1")
    post.send(PHONE, "482913", "vi", asked_for=False)
    assert sent(here) == []
    post.send(PHONE, "482913", "vi", asked_for=True)
    assert len(sent(here)) == 1


def test_a_database_that_is_away_is_an_outage(post: OneTimePost, here: Installation) -> None:
    with here.database.writing() as session:
        session.execute(text(f"DROP TABLE {outgoing.name}"))
    with pytest.raises(BackendUnavailable):
        post.send(PHONE, "482913", "vi", asked_for=True)
