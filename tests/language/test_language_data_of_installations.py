"""Two folders of data in one process: each installation reads its own words."""

from __future__ import annotations

import threading
from contextvars import copy_context
from pathlib import Path

import pytest

from language import data
from language.normalise import normalise


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """Data that knows one abbreviation more than the project's, and no other list of its own."""
    lists = tmp_path / "language"
    lists.mkdir()
    written = (data.folder() / "language" / "abbreviations.yml").read_text(encoding="utf-8")
    (lists / "abbreviations.yml").write_text(
        written.replace("abbreviations:\n", "abbreviations:\n  qzx: quy hoạch xã\n", 1), encoding="utf-8"
    )
    return tmp_path


def test_each_folder_has_its_own_abbreviations_whichever_is_asked_first(province: Path) -> None:
    assert normalise("xem qzx") == "xem qzx"
    with data.using(province):
        assert normalise("xem qzx") == "xem quy hoạch xã"
    assert normalise("xem qzx") == "xem qzx"


def test_a_list_the_folder_lacks_is_the_projects(province: Path) -> None:
    with data.using(province):
        assert normalise("0975 ko dc") == normalise("0975 không được")


def test_a_thread_reads_what_its_process_serves_unless_it_is_given_a_context(province: Path) -> None:
    found: list[str] = []
    with data.using(province):
        apart = threading.Thread(target=lambda: found.append(normalise("qzx")))
        apart.start()
        apart.join()
        given = threading.Thread(target=copy_context().run, args=(lambda: found.append(normalise("qzx")),))
        given.start()
        given.join()
    assert found == ["qzx", "quy hoạch xã"]
