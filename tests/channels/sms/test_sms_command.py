"""``motcua sms``: what an operator sees, and does not see."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sms_engine_doubles import SECRET, Queues
from typer.testing import CliRunner

from channels.sms.queue.queued import HandedOver, NotSent
from channels.sms.queue.states import OutgoingState
from cli.sms import app
from stores.database import Database

Command = Callable[..., Result]


@pytest.fixture
def kept(tmp_path: Path, migrated_file: Path) -> Iterator[Queues]:
    """A question that was answered, and a second answer that failed."""
    shutil.copy(migrated_file, tmp_path / "motcua.db")
    queues = Queues(Database(f"sqlite:///{tmp_path / 'motcua.db'}"))
    queues.inbox.take(queues.incoming())
    (question,) = queues.questions()
    queues.inbox.settle(question, "me", ["Can to khai."])
    (claimed,) = queues.claim()
    queues.claim(HandedOver(claimed.id, "P1"))
    queues.add("failed", text="Khong den noi.")
    (failed,) = queues.claim()
    queues.claim(NotSent(failed.id, "21211", OutgoingState.FAILED, "twilio", queues.clock(), 1), most=0)
    yield queues
    queues.database.close()


@pytest.fixture
def command(kept: Queues, tmp_path: Path) -> Command:
    settings = {"MOTCUA_DATA_DIR": str(tmp_path), "MOTCUA_SECRET_KEY": SECRET.decode(), "COLUMNS": "200"}
    return lambda *arguments: CliRunner().invoke(app, list(arguments), env=settings)


def reference(kept: Queues, state: OutgoingState) -> str:
    (record,) = kept.records.outgoing(state)
    return record.reference


def test_the_list_names_messages_without_numbers_and_texts(command: Command, kept: Queues) -> None:
    shown = command("list")
    assert shown.exit_code == 0
    for words in ("answered", "handed", "21211", reference(kept, OutgoingState.FAILED)[:8]):
        assert words in shown.output
    assert "900000123" not in shown.output
    assert "to khai" not in shown.output


@pytest.mark.parametrize(
    ("arguments", "there", "not_there"),
    [
        (["--in"], ["from citizens"], ["to citizens"]),
        (["--out"], ["to citizens"], ["from citizens"]),
        (["--state", "answered"], ["answered"], ["to citizens"]),
        (["--state", "handed"], ["handed"], ["21211", "from citizens"]),
        (["--out", "--limit", "1"], ["21211"], ["handed"]),
    ],
)
def test_the_list_is_narrowed(command: Command, arguments: list[str], there: list[str], not_there: list[str]) -> None:
    shown = command("list", *arguments).output
    assert all(words in shown for words in there)
    assert not any(words in shown for words in not_there)


def test_an_unknown_state_is_told_with_the_known_ones(command: Command) -> None:
    refused = command("list", "--state", "lost")
    assert refused.exit_code == 2
    assert "delivered" in refused.output


def test_a_question_is_shown_with_what_was_sent_for_it(command: Command, kept: Queues) -> None:
    shown = command("show", "1").output
    assert reference(kept, OutgoingState.HANDED)[:8] in shown
    assert "khai sinh" not in shown
    assert "làm giấy khai sinh cần gì" in command("show", "1", "--show-text").output


def test_what_does_not_exist_is_told_with_the_way_to_find_it(command: Command) -> None:
    for arguments in (("show", "99"), ("retry", "zzz"), ("retry", "1")):
        refused = command(*arguments)
        assert refused.exit_code == 1
        assert "motcua sms list" in refused.output


def test_what_failed_is_sent_again_on_request(command: Command, kept: Queues) -> None:
    failed, handed = reference(kept, OutgoingState.FAILED), reference(kept, OutgoingState.HANDED)
    assert command("retry").exit_code == 2
    assert command("retry", handed[:8]).exit_code == 1
    assert command("retry", failed[:8]).exit_code == 0
    assert kept.record(failed).state is OutgoingState.WAITING
    assert "0 put back" in command("retry", "--failed").output
