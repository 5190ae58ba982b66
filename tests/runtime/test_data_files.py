"""A slip in a file that nothing starts without is told in one sentence with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.data_files import DataFileBroken, broken_files, check_data_files
from runtime.operator_errors import sentence_for

GREET = "nlu:\n  - intent: greet\n    examples:\n      - chào\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ((GREET + "    - chào trợ lý\n").encode(), 5),
        (b"nlu: [greet", 1),
        (b'say: "hello\nnlu: x\n', 2),
        (b"say: ch\xe0o\n", 0),
    ],
    ids=["indented otherwise", "a bracket left open", "a quote left open", "another encoding"],
)
def test_the_file_and_its_line_are_named(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "intents" / "greet.yml"
    path.parent.mkdir()
    path.write_bytes(content)
    (broken,) = broken_files(tmp_path)
    assert (broken.path, broken.line) == (path, line)
    with pytest.raises(DataFileBroken) as caught:
        check_data_files(tmp_path)
    sentence = sentence_for(caught.value)
    assert sentence is not None
    assert sentence.startswith(f"{path}{f', line {line}' if line else ''}: ")
    assert "mend it" in sentence


def test_an_answer_with_a_slip_is_no_reason_not_to_start(tmp_path: Path) -> None:
    for held in ("procedures/1.000001.yml", "knowledge/bees.yml", "question_answers/bees.yml"):
        (tmp_path / held).parent.mkdir()
        (tmp_path / held).write_text("code: [", encoding="utf-8")
    (tmp_path / "intents.yml").write_text(GREET, encoding="utf-8")
    check_data_files(tmp_path)
    (tmp_path / "question_answers" / "things.yml").write_text("papers: [", encoding="utf-8")
    with pytest.raises(DataFileBroken, match=r"things\.yml"):
        check_data_files(tmp_path)
