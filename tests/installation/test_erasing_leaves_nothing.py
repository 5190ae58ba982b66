"""After XOA nobody who has every file and the installation's key finds the number: the whole system, running."""

from __future__ import annotations

import base64
import json
import re
import tarfile
from pathlib import Path

import pytest
from running_system import RunningSystem

from stores import apart
from stores.copy_keys import CopyKey, CopyKeys, read_file
from stores.database import Database
from stores.keyring import Keyring
from stores.sealing import Seal, SealBroken

pytestmark = pytest.mark.xdist_group("system")

NUMBER = "+84900000481"
OTHER = "+84900000482"
_SEALED = re.compile(rb"gAAAA[A-Za-z0-9_=-]{60,}")


def seal_of(data: Path) -> Seal:
    secret = (data / "secrets" / "secret.key").read_text().strip().encode()
    return Seal(secret, Keyring(data / "secrets" / "keyring", secret))


def keys_left(data: Path, *files: Path) -> dict[str, CopyKey]:
    """Every key of a person that is still somewhere: in the database, and in files of keys."""
    database = Database(f"sqlite:///{data / 'motcua.db'}")
    found = list(CopyKeys(database, seal_of(data)).all().values())
    database.close()
    for file in files:
        found += read_file(file, seal_of(data)).values()
    return {key.token: key for key in found}


def unpacked(backup: Path, folder: Path, keys: dict[str, CopyKey]) -> Path:
    """Everything a backup holds, and beside it what all keys that are left open of it."""
    with tarfile.open(backup) as archive:
        archive.extractall(folder, filter="data")
    with (folder / "opened").open("wb") as file:
        for line in apart.lines(folder, keys):
            file.write(json.dumps(line.content).encode() + b"\n")
            if line.what == apart.REDIS:
                file.write(b"\n".join(base64.b64decode(part) for part in line.content[:2]))
        for line in (folder / "redis.jsonl").read_text().splitlines():
            file.write(b"\n".join(base64.b64decode(part) for part in json.loads(line)[:2]))
    return folder


def found_with_the_key(data: Path, number: str, where: Path | None = None) -> list[str]:
    """Files that hold the number in clear, sealed, or as the keyed hash rows stand under."""
    seal = seal_of(data)
    wanted = [number.encode(), number.removeprefix("+84").encode(), seal.hash("sms", number).encode()]
    found = []
    for path in (where or data).rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        opened = b" ".join(_opened(seal, token) for token in _SEALED.findall(content))
        if any(one in content or one in opened for one in wanted):
            found.append(str(path.relative_to(where or data)))
    return found


def _opened(seal: Seal, token: bytes) -> bytes:
    # In a file other letters may follow directly.
    for end in range(len(token), max(len(token) - 8, 0), -1):
        try:
            return seal.open(token[:end].decode()).encode()
        except (SealBroken, ValueError):
            continue
    return b""


def test_nothing_of_a_number_is_found_after_it_was_erased(system: RunningSystem) -> None:
    system.text_message("Làm giấy khai sinh cần gì", OTHER)
    system.text_message("Tôi muốn phản ánh: đường thôn Đông hỏng nặng, gọi tôi số 0900 000 481", NUMBER)
    system.text_message("ở đầu thôn Đông, cạnh đình làng", NUMBER)
    system.text_message("1", NUMBER)
    (kept,) = system.text_message("XEM", NUMBER)
    assert "phan anh, yeu cau da gui: 1" in kept
    assert len(found_with_the_key(system.data, NUMBER)) > 1

    code = re.findall(r"XOA (\d{4})", system.text_message("XOA", NUMBER)[0])[0]
    (erased,) = system.text_message(f"XOA {code}", NUMBER)
    assert "can bo khong xu ly nua" in erased

    done = system.cli("retention", "--now")
    assert done.returncode == 0, done.stderr
    left = [name for name in found_with_the_key(system.data, NUMBER) if not name.startswith("redis/")]
    assert left == []
    # For a day Redis counts how much a number asks for: a number and a time, no words.
    assert found_with_the_key(system.data, OTHER)
    (wish, *_) = json.loads(system.cli("retention", "--proof", "--json").stdout)["wishes"]
    assert wish["rows_gone_at"]
    assert wish["traces_gone_at"]


def test_a_backup_made_before_holds_nothing_that_any_key_opens(system: RunningSystem, tmp_path: Path) -> None:
    mine, other = "+84900000484", "+84900000485"
    for number in (mine, other):
        system.text_message(f"Tôi muốn phản ánh: kè bờ sông sạt lở, gọi tôi số {number}", number)
        system.text_message("cuối thôn Nam", number)
        system.text_message("1", number)
    backup, folder = tmp_path / "old.tar.gz", tmp_path / "apart"
    made = system.cli("backup", str(backup), "--without-secrets", "--person-keys", str(folder / "person-keys"))
    assert made.returncode == 0, made.stderr
    before = unpacked(backup, tmp_path / "before", keys_left(system.data, folder / "person-keys"))
    assert found_with_the_key(system.data, mine, before) == found_with_the_key(system.data, other, before) == ["opened"]

    code = re.findall(r"XOA (\d{4})", system.text_message("XOA", mine)[0])[0]
    system.text_message(f"XOA {code}", mine)
    done = system.cli("retention", "--now")
    assert done.returncode == 0, done.stderr

    # Every file of the old backup, with the secret, the key in force, and every person's key that is left anywhere.
    after = unpacked(backup, tmp_path / "after", keys_left(system.data, folder / "person-keys"))
    assert found_with_the_key(system.data, mine, after) == []
    assert found_with_the_key(system.data, other, after) == ["opened"]


def test_keys_change_while_the_system_runs_and_nothing_is_lost(system: RunningSystem) -> None:
    number = "+84900000483"
    system.text_message("Tôi muốn phản ánh: cầu thôn Tây gãy lan can", number)
    rotated = system.cli("keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr
    assert b" 0 cannot be opened" in rotated.stdout
    # The conversation goes on where it stood, and what comes now is sealed with the new key.
    system.text_message("đầu thôn Tây", number)
    system.text_message("1", number)
    (kept,) = system.text_message("XEM", number)
    assert "phan anh, yeu cau da gui: 1" in kept
    checked = system.cli("keys", "check")
    assert checked.returncode == 0, checked.stdout
