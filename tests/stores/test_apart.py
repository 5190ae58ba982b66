"""What is somebody's stands in a backup under that person's key, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from runtime.retention import stored_kinds
from stores import apart, redis_copy
from stores.copy_keys import CopyKey, CopyKeys, read_file, write_file
from stores.database import Database
from stores.sealing import Seal, SealBroken

FIELDS = Path(__file__).parents[2] / "docs" / "privacy" / "fields.yml"

NOT_APART = {
    "copy_keys": "the keys themselves, which are in no backup",
    "centre_snapshot": "sealed under the dossier's code and four digits, which are not here",
    "kiosk_snapshot": "the same",
    "kiosk_outgoing": "encrypted for the centre, whose key is not on the box",
    "dossier_disagreements": "code and states alone, under no number of a person; gone when the systems agree",
    "dossier_look_ups": "the law wants to know who looked; keyed hashes of keyed hashes",
    "learning_utterances": "personal data is taken out before it is written",
}
"""Tables about citizens whose rows go as they are, and why they may."""


@pytest.fixture
def keys(tmp_path: Path) -> CopyKeys:
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    database.migrate()
    return CopyKeys(database, Seal(b"a secret of the tests"))


def test_every_table_about_citizens_is_thought_of() -> None:
    tables = yaml.safe_load(FIELDS.read_text(encoding="utf-8"))["tables"]
    about_citizens = {name for name, said in tables.items() if said["about"] == "citizen"}
    assert about_citizens - NOT_APART.keys() <= apart.TABLES.keys()
    assert not NOT_APART.keys() & apart.TABLES.keys()


def test_every_kind_of_key_in_redis_that_is_copied_is_told_of() -> None:
    told = [prefix for kind in stored_kinds().values() for prefix in kind.redis]
    for copied in redis_copy.OF_PERSONS + redis_copy.OF_ALL:
        assert any(copied.startswith(prefix) for prefix in told), copied


def test_a_row_opens_with_its_key_until_the_key_is_destroyed(keys: CopyKeys, tmp_path: Path) -> None:
    mine, other = keys.subject("person", "mine"), keys.subject("person", "other")
    keys.make({mine, other})
    with apart.ApartWriter(tmp_path, keys.all(), keys) as writer:
        assert writer.put(("person", "mine"), "sms_incoming", {"sealed": "my words"})
        assert writer.put(("person", "other"), "sms_incoming", {"sealed": "other words"})
        assert not writer.put(("person", "came since"), "sms_incoming", {})
    assert b"words" not in (tmp_path / apart.FILE).read_bytes()

    def opened() -> list[str]:
        by_token = {key.token: key for key in keys.all().values()}
        return [line.content["sealed"] for line in apart.lines(tmp_path, by_token)]

    assert opened() == ["my words", "other words"]
    with keys._database.writing() as session:
        keys.destroy_within(session, "person", "mine")
    assert opened() == ["other words"]
    # The same person is met again: a new key, which opens nothing of before.
    keys.make({mine, other})
    assert opened() == ["other words"]


def test_keys_end_when_nothing_is_kept_of_somebody(keys: CopyKeys) -> None:
    keys.make({"a", "b"})
    before = keys.all()["b"]
    keys.make({"b", "c"})
    assert keys.all().keys() == {"b", "c"}
    assert keys.all()["b"] == before


def test_a_row_cannot_be_changed_or_handed_to_another() -> None:
    mine, other = CopyKey("a", "token-a", b"k" * 32), CopyKey("b", "token-b", b"k" * 32)
    sealed = mine.close(b"words")
    assert mine.open(sealed) == b"words"
    for key, changed in ((other, sealed), (mine, sealed[:-1] + bytes([sealed[-1] ^ 1])), (mine, b"")):
        with pytest.raises(SealBroken):
            key.open(changed)


def test_the_file_of_keys_opens_with_the_installation_s_secret_alone(keys: CopyKeys, tmp_path: Path) -> None:
    keys.make({"a"})
    seal = Seal(b"a secret of the tests")
    write_file(tmp_path / "person-keys", keys.all(), seal)
    assert read_file(tmp_path / "person-keys", seal) == keys.all()
    assert (tmp_path / "person-keys").stat().st_mode & 0o077 == 0
    with pytest.raises(SealBroken):
        read_file(tmp_path / "person-keys", Seal(b"another secret of the tests"))
