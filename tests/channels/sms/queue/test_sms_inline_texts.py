"""Answers that only a response can carry go out in the next one when the first could not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from channels_doubles import ScriptedCore
from flask import Flask
from flask.testing import FlaskClient
from installations import create_app
from sms_engine_doubles import Queues
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from channels.sms.queue.leases import LEASE_SECONDS
from runtime.settings import Settings
from stores.database import Database

TOKEN = "a token of the tests"


class TestWhoMayCarryThem:
    @pytest.fixture
    def queues(self, tmp_path: Path) -> Iterator[Queues]:
        database = Database(f"sqlite:///{tmp_path / 'texts.db'}")
        database.migrate()
        yield Queues(database)
        database.close()

    @pytest.fixture
    def question(self, queues: Queues) -> int:
        """An answer of two texts that the process "web" is writing into a response."""
        taken = queues.inbox.take(queues.incoming(), queues.lease("web"))
        question = queues.inbox.question(taken, queues.incoming())
        assert queues.inbox.settle(question, "web", ["one", "two"], lease=queues.lease("web"))
        return taken.id

    def carried(self, queues: Queues, question: int, *, dead: tuple[str, ...] = ()) -> list[str] | None:
        texts = queues.texts.take(question, queues.lease("other"), dead)
        return None if texts is None else [text.text for text in texts]

    def test_nobody_else_while_a_living_process_does(self, queues: Queues, question: int) -> None:
        assert self.carried(queues, question, dead=("somebody",)) is None

    def test_the_next_one_when_that_process_is_gone(self, queues: Queues, question: int) -> None:
        assert self.carried(queues, question, dead=("web",)) == ["one", "two"]
        assert self.carried(queues, question, dead=("web",)) is None

    def test_the_next_one_when_its_lease_has_run_out(self, queues: Queues, question: int) -> None:
        queues.clock.later(LEASE_SECONDS + 1)
        assert self.carried(queues, question) == ["one", "two"]

    def test_nobody_once_the_provider_has_them(self, queues: Queues, question: int) -> None:
        references = [text.reference for text in queues.texts.take(question, queues.lease("web"), ("web",)) or ()]
        queues.texts.handed(references, "web")
        assert self.carried(queues, question) == []


def bring(app: Flask, *, buffered: bool = True) -> TestResponse:
    form = {"MessageSid": "SM1", "From": "+84900000123", "To": "+84900000999", "Body": "làm giấy khai sinh cần gì"}
    signature = RequestValidator(TOKEN).compute_signature("http://localhost/sms/twilio", form)
    client: FlaskClient = app.test_client()
    return client.post("/sms/twilio", data=form, headers={"X-Twilio-Signature": signature}, buffered=buffered)


def texts(response: TestResponse) -> list[str]:
    assert response.status_code == 200, response.text
    return ["".join(message.itertext()) for message in ElementTree.fromstring(response.data)]


@pytest.mark.parametrize("breaks_off", [True, False])
def test_a_repeat_waits_for_what_becomes_of_the_first_response(
    set_up: Callable[..., Settings], core: ScriptedCore, breaks_off: bool
) -> None:
    app = create_app(set_up())
    first = bring(app, buffered=False)
    if breaks_off:
        next(first.iter_encoded())
    looked = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        repeat = pool.submit(lambda: (looked.set(), bring(app))[1])
        looked.wait(10)
        assert not repeat.done()
        if breaks_off:
            first.close()
            assert len(texts(repeat.result(20))) == 1
        else:
            assert len(texts(first)) == 1
            assert texts(repeat.result(20)) == []
    assert len(core.turns) == 1
