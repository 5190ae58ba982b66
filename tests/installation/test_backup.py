"""The drill: an installation is backed up while it is written to, lost, and put back."""

from __future__ import annotations

import json
import os
import tarfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exchange_places import COMMUNE, DEPARTMENT, PDF, Agency, Clock
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from pydantic import SecretStr
from sqlalchemy import func, select

from channels.sms.queue.states import IncomingState, OutgoingState
from channels.sms.queue.tables import incoming, outgoing
from installation.backup import FORMAT, MANIFEST, back_up, restore
from installation.exchange import outbox_of
from installation.opening import opened
from runtime.settings import Settings
from stores.database_copy import CannotRestore
from tickets.exchange.book import NewCase, Upload
from tickets.exchange.case import Step

PASSPHRASE = "a passphrase of the tests"
NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Settings]:
    """Settings of an installation in a data folder of the test; both kinds of database in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None

    def made(name: str, **more: object) -> Settings:
        return Settings(data_dir=tmp_path / name, database_url=url, **more)

    return made


def message(number: int, state: str = "answered") -> dict[str, object]:
    return {
        "key": f"key-{number}",
        "route": "gsm",
        "person": "hash",
        "sealed": "sealed",
        "media": 0,
        "received_at": float(number),
        "stored_at": float(number),
        "state": state,
        "next_try_at": 0.0,
        "attempts": 1,
        "cause": "",
    }


def text_out(reference: str, state: str) -> dict[str, object]:
    empty = {"person": "hash", "sealed": "sealed", "route": "gsm", "refused_by": "", "code": "", "kind": "answer"}
    numbers = {"priority": 1, "segments": 1, "attempts": 0, "attempts_in_all": 0, "maybe_twice": 0}
    moments = {"next_try_at": 0.0, "created_at": 0.0, "expires_at": 1e12}
    return {**empty, **numbers, **moments, "reference": reference, "state": state}


def filled(settings: Settings) -> str:
    """Something in every store; returns a value sealed with the installation's key."""
    with opened(settings, with_redis=True) as here:
        with here.database.writing() as session:
            session.execute(incoming.insert(), [message(1), message(2, "waiting")])
            session.execute(outgoing.insert(), [text_out("sent", "delivered"), text_out("open", "sending")])
        here.redis.set("motcua:conversation:sms:abc", "said so far", ex=3600)
        here.redis.set("motcua:dossier:counts", "2")
        here.redis.set("motcua:conversation:phone:abc", "a call that is over", ex=3600)
        here.redis.set("motcua:lock:abc", "a process that is gone", ex=60)
        learned = settings.data_path / "learned" / "phrases.yml"
        learned.parent.mkdir(parents=True)
        learned.write_text("ờ thì", encoding="utf-8")
        (settings.data_path / "logs").mkdir()
        (settings.data_path / "logs" / "web.log").write_text("a line")
        return here.seal.close("the words")


def backed_up(settings: Settings, file: Path, passphrase: str | None = PASSPHRASE) -> None:
    with opened(settings, with_redis=True) as here:
        back_up(here, file, passphrase)


def test_everything_comes_back_in_an_empty_place(make: Callable[..., Settings], tmp_path: Path) -> None:
    settings = make("first")
    sealed = filled(settings)
    file = tmp_path / "backup.tar.gz"
    backed_up(settings, file)
    # On PostgreSQL the same server is filled again: the backup replaces what is there.
    second = make("second")
    done = restore(
        second, file, tmp_path / "backup.tar.gz.secrets", PASSPHRASE, replace=second.database_url is not None, now=NOW
    )
    assert (done.keys, done.files, done.held_in, done.held_out) == (2, 1, 1, 1)
    with opened(second, with_redis=True) as here:
        assert here.seal.open(sealed) == "the words"
        assert here.redis.get("motcua:conversation:sms:abc") == "said so far"
        assert 3000 < here.redis.ttl("motcua:conversation:sms:abc") <= 3600
        assert here.redis.get("motcua:dossier:counts") == "2"
        assert here.redis.get("motcua:lock:abc") is None
        assert here.redis.get("motcua:conversation:phone:abc") is None
        with here.database.reading() as session:
            assert session.scalars(select(incoming.c.key).order_by(incoming.c.id)).all() == ["key-1", "key-2"]
        # Numbers an operator has seen never come to mean another message.
        with here.database.writing() as session:
            assert session.execute(incoming.insert().values(message(3))).inserted_primary_key == (3,)
    assert (second.data_path / "learned" / "phrases.yml").read_text(encoding="utf-8") == "ờ thì"
    assert not (second.data_path / "logs").exists()


def test_an_open_case_comes_back_with_its_papers_and_goes_on(make: Callable[..., Settings], tmp_path: Path) -> None:
    agency = {"exchange_agency": COMMUNE, "exchange_name": "Xã mẫu"}
    file, first = tmp_path / "backup.tar.gz", make("first", **agency)
    (tmp_path / "department").mkdir()
    department = Agency(tmp_path / "department", DEPARTMENT, Clock())
    with opened(first, with_redis=True) as here:
        keys = here.partners.public_keys()
        here.partners.put(DEPARTMENT, "Sở mẫu", "", department.partners.public_keys(), "lan")
        book = here.exchange()
        new = NewCase(DEPARTMENT, "Xác minh giấy tờ đất", "Đề nghị xác minh.", 5, "1.012345", "", None)
        case = book.send(new, book.ready([Upload("giấy.pdf", PDF)]), "lan", "form 1")
        back_up(here, file, PASSPHRASE)
    second = make("second", **agency)
    secrets = tmp_path / "backup.tar.gz.secrets"
    restore(second, file, secrets, PASSPHRASE, replace=second.database_url is not None, now=NOW)
    with opened(second, with_redis=True) as here:
        book = here.exchange()
        assert here.partners.public_keys() == keys
        assert book.case(case).subject == "Xác minh giấy tờ đất"
        assert [book.content(one) for one in book.papers(case)] == [PDF]
        book.act(case, Step.ASK_BACK, "lan", "Gửi nhầm", book.ready([]), "form 2")
        assert outbox_of(here).waiting().messages == 2


def test_what_was_open_is_held_and_what_ended_stays(make: Callable[..., Settings], tmp_path: Path) -> None:
    settings = make("first")
    filled(settings)
    backed_up(settings, tmp_path / "b")
    restore(settings, tmp_path / "b", None, None, replace=True, now=NOW)
    with opened(settings) as here, here.database.reading() as session:
        assert dict(session.execute(select(incoming.c.key, incoming.c.state)).all()) == {
            "key-1": IncomingState.ANSWERED,
            "key-2": IncomingState.FAILED,
        }
        rows = session.execute(select(outgoing.c.reference, outgoing.c.state, outgoing.c.code)).all()
    assert sorted(rows) == [("open", OutgoingState.FAILED, "restored"), ("sent", OutgoingState.DELIVERED, "")]


def test_a_backup_of_a_busy_system_is_one_moment(make: Callable[..., Settings], tmp_path: Path) -> None:
    settings = make("busy")
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        with opened(settings) as here:
            while not stop.is_set():
                number = len(written)
                # Two rows in one transaction: a copy has both or none.
                with here.database.writing() as session:
                    session.execute(incoming.insert(), [message(2 * number), message(2 * number + 1)])
                written.append(number)

    with opened(settings, with_redis=True) as here:
        writer = threading.Thread(target=write)
        writer.start()
        try:
            deadline = time.monotonic() + 30
            while len(written) < 20:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            before = len(written)
            back_up(here, tmp_path / "b", None)
            after = len(written)
        finally:
            stop.set()
            writer.join()
    restore(settings, tmp_path / "b", None, None, replace=True, now=NOW)
    with opened(settings) as here, here.database.reading() as session:
        kept = session.scalar(select(func.count()).select_from(incoming)) or 0
    assert kept % 2 == 0
    assert 2 * before <= kept <= 2 * after + 2


@pytest.fixture
def simple(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path / "here")
    filled(settings)
    backed_up(settings, tmp_path / "b")
    return settings


def test_what_is_there_is_not_replaced_by_accident_and_is_kept_when_it_is(simple: Settings, tmp_path: Path) -> None:
    with pytest.raises(CannotRestore, match="--replace"):
        restore(simple, tmp_path / "b", None, None, replace=False, now=NOW)
    (simple.data_path / "learned" / "phrases.yml").write_text("newer", encoding="utf-8")
    done = restore(simple, tmp_path / "b", None, None, replace=True, now=NOW)
    assert done.before is not None
    assert (done.before / "learned" / "phrases.yml").read_text(encoding="utf-8") == "newer"
    assert (done.before / "motcua.db").exists()


def test_a_key_that_does_not_fit_is_told_before_anything_is_touched(simple: Settings, tmp_path: Path) -> None:
    elsewhere = Settings(data_dir=tmp_path / "elsewhere")
    with pytest.raises(CannotRestore, match="--secrets"):
        restore(elsewhere, tmp_path / "b", None, None, replace=False, now=NOW)
    other = Settings(data_dir=tmp_path / "other", secret_key="another secret of the tests")
    with pytest.raises(CannotRestore, match="another key"):
        restore(other, tmp_path / "b", tmp_path / "b.secrets", PASSPHRASE, replace=False, now=NOW)
    with pytest.raises(CannotRestore, match="passphrase is another one"):
        restore(elsewhere, tmp_path / "b", tmp_path / "b.secrets", "a wrong passphrase", replace=False, now=NOW)
    assert [path.name for path in elsewhere.data_path.iterdir()] == []


@pytest.mark.parametrize("cut", [0, 40, 0.5, 0.99])
def test_a_cut_backup_is_told_and_changes_nothing(simple: Settings, tmp_path: Path, cut: float) -> None:
    content = (tmp_path / "b").read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(cut * len(content)) if cut < 1 else int(cut)])
    before = sorted(path.name for path in simple.data_path.iterdir())
    with pytest.raises(CannotRestore, match=r"cut is (no backup|damaged)"):
        restore(simple, tmp_path / "cut", None, None, replace=True, now=NOW)
    assert sorted(path.name for path in simple.data_path.iterdir()) == before


def test_a_backup_of_a_newer_version_is_refused(simple: Settings, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b") as archive:
        archive.extractall(tmp_path / "open", filter="data")
    manifest = tmp_path / "open" / MANIFEST
    fields = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**fields, "revisions": ["messages_9999"], "version": "9.0.0"}))
    with tarfile.open(tmp_path / "newer", "w:gz") as archive:
        archive.add(tmp_path / "open", ".")
    with pytest.raises(CannotRestore, match=r"version 9\.0\.0, a newer one"):
        restore(simple, tmp_path / "newer", None, None, replace=True, now=NOW)


def test_neither_file_shows_a_key_or_can_be_read_by_others(simple: Settings, tmp_path: Path) -> None:
    key = (simple.data_path / "secrets" / "secret.key").read_bytes().strip()
    with tarfile.open(tmp_path / "b") as archive:
        assert not [name for name in archive.getnames() if "secret" in name]
        contents = [archive.extractfile(member) for member in archive.getmembers() if member.isfile()]
        assert all(key not in content.read() for content in contents if content is not None)
    assert key not in (tmp_path / "b.secrets").read_bytes()
    for name in ("b", "b.secrets"):
        assert os.stat(tmp_path / name).st_mode & 0o077 == 0


def test_a_key_given_by_the_environment_comes_back_from_the_secrets(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "here", secret_key="a secret key of the tests")
    sealed = filled(settings)
    backed_up(settings, tmp_path / "b")
    there = Settings(data_dir=tmp_path / "there")
    restore(there, tmp_path / "b", tmp_path / "b.secrets", PASSPHRASE, replace=False, now=NOW)
    with opened(there) as here:
        assert here.seal.open(sealed) == "the words"


def test_what_would_have_ended_meanwhile_does_not_come_back(simple: Settings, tmp_path: Path) -> None:
    from stores import redis_copy
    from stores.redis_server import RedisServer

    with tarfile.open(tmp_path / "b") as archive:
        archive.extract("redis.jsonl", tmp_path, filter="data")
    with RedisServer(tmp_path / "redis") as server:
        from redis import Redis

        client = Redis.from_url(server.url)
        assert redis_copy.copy_in(client, tmp_path / "redis.jsonl", (), clock=lambda: time.time() + 7200) == 1
        assert client.keys() == [b"motcua:dossier:counts"]
        client.close()


def test_a_backup_of_the_format_before_comes_back(tmp_path: Path) -> None:
    """``backups/format-1.tar.gz`` was made by the program as it was before persons' rows had keys of their own."""
    settings = Settings(data_dir=tmp_path / "data", secret_key=SecretStr("a secret key of a backup of format 1"))
    file = Path(__file__).parent / "backups" / "format-1.tar.gz"
    done = restore(settings, file, None, None, replace=False, now=NOW)
    assert (done.files, done.held_in, done.held_out, done.shredded) == (1, 1, 1, 0)
    with opened(settings, with_redis=True) as here:
        ticket = here.tickets.get("42770243")
        assert (ticket.draft.contact, ticket.draft.words) == ("+84900000123", "đèn đường hỏng ở ngã ba")
        assert here.redis.get("motcua:dossier:tries:abc") == "2"
        # It goes on with keys of persons: the next backup has the ticket under one, and an erasure destroys it.
        again = tmp_path / "again.tar.gz"
        back_up(here, again, None)
    with tarfile.open(again) as archive:
        assert json.loads(archive.extractfile(MANIFEST).read())["format"] == FORMAT  # type: ignore[union-attr]


def test_a_backup_of_the_format_before_is_refused_with_another_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", secret_key=SecretStr("a secret key of somebody else's data"))
    with pytest.raises(CannotRestore, match="another key"):
        restore(settings, Path(__file__).parent / "backups" / "format-1.tar.gz", None, None, replace=False, now=NOW)
