"""``motcua understand``: lines in, lines out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running_system import ROOT, run_cli, without_settings

pytestmark = pytest.mark.xdist_group("core")

FIELDS = {"id", "intent", "confidence", "procedure", "candidates", "aspect", "dossier_code", "digits"}
LINES: list[tuple[bytes, str | None]] = [
    (b'{"id": 1, "text": "lam giay khai sinh can giay to gi", "channel": "sms"}', None),
    (b"not json", "not valid JSON"),
    (b'{"id": "two"}', '"text" is missing'),
    (b'{"id": 3, "text": 5}', '"text" is missing'),
    (b'["a list"]', "must be an object"),
    (b'{"id": 4, "text": "\xff\xfe"}', "not valid JSON in UTF-8"),
    (b'{"id": null, "text": "h\xe1\xbb\x93 s\xc6\xa1 H15.50.05.21-261120-9114"}', None),
    (b'{"id": {"any": "thing"}, "text": ""}', None),
    (b'{"id": 7, "text": "khong mot hai ba"}', None),
    (b'{"id": 8, "text": "' + b"khai sinh " * 5_000 + b'"}', None),
    (b'{"id": 9, "text": "\\ud800 lone"}', None),
]


def test_bad_lines_give_their_error_and_the_order_is_kept(trained: None, tmp_path: Path) -> None:
    environment = {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(tmp_path)}
    done = run_cli("understand", environment=environment, given=b"\n".join(line for line, _ in LINES) + b"\n\n")
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(LINES)
    for (line, error), answer in zip(LINES, answers, strict=True):
        if error is None:
            assert answer.keys() == FIELDS, line
        else:
            assert answer.keys() == {"id", "error"}, line
            assert error in answer["error"]
    assert [answer["id"] for answer in answers] == [
        1,
        None,
        "two",
        3,
        None,
        None,
        None,
        {"any": "thing"},
        7,
        8,
        9,
    ]
    assert (answers[0]["procedure"], answers[0]["aspect"]) == ("1.001193", "papers")
    assert answers[6]["dossier_code"] == "H15.50.05.21-261120-9114"
    assert answers[7]["intent"] is None
    assert answers[8]["digits"] == "0123"
