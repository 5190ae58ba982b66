"""``motcua centre``: what an operator types, from nothing to a kiosk that is taken off the list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from centre.kiosks import Kiosks
from cli.centre import app
from installation.centre import CentreStores
from installation.root import Installation
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Enrolment
from runtime.clock import now
from runtime.settings import load
from runtime.version import version
from stores.database import Database


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://mot-cua-cua-tinh.example.vn")
    # A narrow terminal: nothing that is copied may be broken into lines.
    monkeypatch.setenv("COLUMNS", "60")
    return tmp_path


def said(*words: str, typed: str = "", fails: bool = False) -> str:
    result = CliRunner().invoke(app, words, input=typed)
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def test_a_kiosk_from_its_code_to_the_end_of_its_days(folder: Path) -> None:
    assert "There is no kiosk yet" in said("kiosk", "list")
    told = said("kiosk", "add", "Nhà văn hóa xóm 3")
    command = re.search(
        r"^motcua kiosk enrol --centre https://mot-cua-cua-tinh\.example\.vn --code ([0-9A-Z-]{14})$", told, re.M
    )
    assert command is not None
    settings = load()
    database = Database(settings.effective_database_url)
    key, box = codes.code_key(command[1]), Keys.generate()
    CentreStores(Installation(settings)).enrolling.enrol(
        Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))
    )
    assert "already" in said("kiosk", "add", "Nhà văn hóa xóm 3", fails=True)
    said("kiosk", "block", "Nhà văn hóa xóm 3")
    assert Kiosks(database, now).all()[0].blocked_at is not None
    said("kiosk", "unblock", "Nhà văn hóa xóm 3")
    assert Kiosks(database, now).all()[0].blocked_at is None
    said("kiosk", "retire", "Nhà văn hóa xóm 3")
    assert "There is no kiosk yet" in said("kiosk", "list")
    assert "there is no kiosk" in said("kiosk", "block", "Nhà văn hóa xóm 3", fails=True)
    said("kiosk", "add", "Nhà văn hóa xóm 3")
    database.close()


def test_a_kiosk_is_told_where_it_stands_by_name_or_by_code(folder: Path) -> None:
    assert "There is no kiosk yet" in said("kiosk", "list")
    centre = CentreStores(Installation(load()))
    key, box = codes.code_key(centre.enrolling.new_code("Trạm y tế")), Keys.generate()
    centre.enrolling.enrol(
        Enrolment(lookup=codes.lookup(key), public=box.public.text, proof=codes.box_proof(key, box.public))
    )

    def stands() -> str:
        return centre.kiosks.find("Trạm y tế").commune

    assert "Xã Đa Phúc (00430)" in said("kiosk", "place", "Trạm y tế", "xa da phuc")
    assert stands() == "00430"
    # There are many of this name, and the installation is no province's.
    assert "no one commune is called" in said("kiosk", "place", "Trạm y tế", "xã Tân Lập", fails=True).replace(
        "\n", " "
    )
    assert "no one commune" in said("kiosk", "place", "Trạm y tế", "99999", fails=True)
    assert stands() == "00430"
    said("kiosk", "place", "Trạm y tế", "00004")
    assert stands() == "00004"
    assert "not known any more" in said("kiosk", "place", "Trạm y tế").replace("\n", " ")
    assert stands() == ""
    assert "there is no kiosk" in said("kiosk", "place", "Chợ", "00004", fails=True)


def test_officers_come_with_duties_and_go(folder: Path) -> None:
    password = "một mật khẩu đủ dài\n" * 2
    said("officer", "add", "lan", typed=password)
    said("officer", "add", "hoa", "--may", "tickets", typed=password)
    assert said("officer", "list").splitlines() == [
        "hoa: tickets",
        "lan: catalogue, kiosks, officers, tickets, warnings",
    ]
    said("officer", "add", "hoa", typed=password)
    assert said("officer", "list").splitlines()[0] == "hoa: tickets"
    assert "at least 10" in said("officer", "add", "minh", typed="ngắn\nngắn\n", fails=True)
    said("officer", "remove", "lan")
    assert said("officer", "list").splitlines() == ["hoa: tickets"]
    assert "no officer" in said("officer", "remove", "lan", fails=True)


def test_a_bundle_is_published_when_there_is_something_new(folder: Path) -> None:
    first = said("publish", "--no-model")
    assert first.startswith("Bundle 1: ")
    assert f"made with motcua {version()}." in " ".join(first.split())
    assert said("publish", "--no-model") == "Nothing has changed: bundle 1 stays on offer.\n"
    settings = folder / "kiosks.yml"
    settings.write_text("session_minutes: 20\n", encoding="utf-8")
    assert said("publish", "--no-model", "--settings", str(settings)).startswith("Bundle 2: ")
    # What was before is something new, too.
    assert said("publish", "--no-model").startswith("Bundle 3: ")
    forbidden = folder / "forbidden.yml"
    forbidden.write_text("secret_key: taken over\n", encoding="utf-8")
    assert "not the centre's to set" in said("publish", "--no-model", "--settings", str(forbidden), fails=True)
