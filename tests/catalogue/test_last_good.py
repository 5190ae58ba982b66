"""A slip in a file takes no answer off the air, not even over a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_record import RECORD

from catalogue.handwritten import HandwrittenFolder
from catalogue.knowledge_base import KnowledgeBase
from catalogue.rules import RulesFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / "1.000001.yml").write_text(RECORD, encoding="utf-8")
    return tmp_path


def opened(folder: Path) -> HandwrittenFolder:
    return HandwrittenFolder(folder / "procedures", rescan_seconds=0, last_good=folder / "kept")


@pytest.mark.parametrize(
    ("broken", "line", "field"),
    [
        (RECORD.replace("short_name:", "short_nme:"), 3, "short_nme"),
        (RECORD.replace("2026-11-01", "hôm qua"), 7, "checked_on"),
        (RECORD + "levels: [province]\n", 8, "levels"),
        (RECORD + "  : :\n- x", 8, ""),
        ("", 0, ""),
    ],
    ids=["field", "value", "twice", "yaml", "emptied"],
)
def test_the_last_good_version_answers_while_a_file_is_broken(folder: Path, broken: str, line: int, field: str) -> None:
    files = opened(folder)
    assert [one.short_name for one in files.contents().procedures] == ["Nuôi ong"]
    (folder / "procedures" / "1.000001.yml").write_text(broken, encoding="utf-8")
    for reader in (files, opened(folder)):
        contents = reader.contents()
        assert [one.short_name for one in contents.procedures] == ["Nuôi ong"]
        assert contents.problems
        assert all(problem.held for problem in contents.problems)
        assert (line, field) in {(problem.line, problem.field) for problem in contents.problems}


def test_a_file_that_never_was_right_answers_nothing_and_says_so(folder: Path) -> None:
    (folder / "procedures" / "1.000002.yml").write_text("code: x", encoding="utf-8")
    contents = opened(folder).contents()
    assert [one.code for one in contents.procedures] == ["1.000001"]
    assert not any(problem.held for problem in contents.problems)


def test_a_deleted_file_is_gone(folder: Path) -> None:
    files = opened(folder)
    assert files.contents().procedures
    (folder / "procedures" / "1.000001.yml").unlink()
    assert files.contents().procedures == ()


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_answer(folder: Path) -> None:
    (folder / "kept").write_text("in the way", encoding="utf-8")
    assert opened(folder).contents().procedures


ENTRY = """entries:
  - id: bees.keep
    answer: {vi: "Nuôi ong thì báo xã."}
    asked_as: [nuôi ong báo ai, nuoi ong bao ai, keeping bees]
"""
ANSWER = """entries:
  - kind: needed
    answer: {vi: "Không cần."}
    source: Luật Mẫu
    checked_on: 2026-11-30
"""


@pytest.mark.parametrize(
    ("broken", "line", "field"),
    [
        (ENTRY.replace("asked_as", "asked"), 2, "entries[1].asked_as"),
        (ENTRY.replace('báo xã."', "báo xã."), 5, ""),
        (ENTRY.replace("{vi:", "{en:"), 3, "entries[1].answer"),
        (ENTRY + ENTRY.removeprefix("entries:\n"), 1, "entries"),
    ],
    ids=["field", "yaml", "language", "twice"],
)
def test_entries_of_knowledge_go_on_answering(tmp_path: Path, broken: str, line: int, field: str) -> None:
    file = tmp_path / "bees.yml"
    file.write_text(ENTRY, encoding="utf-8")
    known = KnowledgeBase(tmp_path, last_good=tmp_path / "kept", rescan_seconds=0)
    assert known.get("bees.keep") is not None
    file.write_text(broken, encoding="utf-8")
    for reader in (known, KnowledgeBase(tmp_path, last_good=tmp_path / "kept", rescan_seconds=0)):
        assert reader.get("bees.keep") is not None
        problems = reader.problems()
        assert (line, field) in {(one.line, one.field) for one in problems}
        assert all(one.held and one.file == "bees.yml" for one in problems)


def test_written_answers_go_on_answering_and_a_mended_file_is_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "question_answers"
    folder.mkdir()
    (folder / "things.yml").write_text("papers: {}", encoding="utf-8")
    file = folder / "bees.yml"
    file.write_text(ANSWER, encoding="utf-8")
    rules = RulesFolder(tmp_path, rescan_seconds=0, last_good=tmp_path / "kept")
    assert [one.answer["vi"] for one in rules.rules().answers] == ["Không cần."]
    file.write_text(ANSWER.replace("needed", "neded"), encoding="utf-8")
    for reader in (rules, RulesFolder(tmp_path, rescan_seconds=0, last_good=tmp_path / "kept")):
        assert [one.answer["vi"] for one in reader.rules().answers] == ["Không cần."]
        (problem,) = reader.problems()
        assert (problem.file, problem.line, problem.field, problem.held) == ("bees.yml", 2, "entries[1].kind", True)
    file.write_text(ANSWER.replace("Không cần.", "Cần."), encoding="utf-8")
    assert [one.answer["vi"] for one in rules.rules().answers] == ["Cần."]
    assert rules.problems() == ()
