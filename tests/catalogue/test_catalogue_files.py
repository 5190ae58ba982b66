from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from catalogue_samples import PORTAL, RURAL, SUPERSEDED, changed, write_document, write_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.importers import files
from catalogue.importers.files import Item, list_files, read_items
from catalogue.wording import BAD_ENCODING, BAD_JSON, CUT_OFF, NOT_AN_OBJECT, NOT_RECORDS, TOO_LONG

SECOND = changed(PORTAL, code="9.000007")


def seen(path: Path) -> list[tuple[int, str | None]]:
    """Line and reason, or the code that was read."""
    return [(item.line, item.reason or str((item.raw or {}).get("code"))) for item in read_items(path)]


@pytest.mark.parametrize("name", ["records.jsonl", "records.jsonl.gz", "anything.txt.gz", "no_suffix"])
def test_one_record_a_line_is_read_packed_or_not(tmp_path: Path, name: str) -> None:
    assert seen(write_lines(tmp_path / name, PORTAL, SECOND)) == [(1, "9.000001"), (2, "9.000007")]


def test_a_single_line_is_read(tmp_path: Path) -> None:
    assert seen(write_lines(tmp_path / "a.jsonl", PORTAL)) == [(1, "9.000001")]


def test_a_list_is_read_with_the_lines_its_records_begin_on(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.json", [PORTAL, SECOND])
    lines = path.read_text(encoding="utf-8").splitlines()
    found = seen(path)
    assert [code for _, code in found] == ["9.000001", "9.000007"]
    assert all(lines[line - 1] == " {" for line, _ in found)


@pytest.mark.parametrize("key", ["procedures", "items"])
def test_a_list_inside_an_object_is_read(tmp_path: Path, key: str) -> None:
    path = write_document(tmp_path / "a.json", {"note": "about [brackets]", key: [RURAL, SUPERSEDED]})
    assert [item.raw for item in read_items(path)] == [RURAL, SUPERSEDED]


def test_a_list_in_one_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"procedures": [RURAL, SECOND]}), encoding="utf-8")
    assert [item.raw for item in read_items(path)] == [RURAL, SECOND]


def test_one_record_over_many_lines_is_read(tmp_path: Path) -> None:
    assert seen(write_document(tmp_path / "a.json", PORTAL)) == [(1, "9.000001")]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(PORTAL).encode() + b"\r\n")
    assert seen(path) == [(1, "9.000001")]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"code": "9.000009", "name": ', BAD_JSON),
        ("not json at all", BAD_JSON),
        (b'{"code": "\xff\xfe"}', BAD_ENCODING),
        ("[1, 2]", NOT_AN_OBJECT),
        ("17", NOT_AN_OBJECT),
        ("[" * 100_000, BAD_JSON),
        ('{"n": ' + "9" * 5_000 + "}", BAD_JSON),
    ],
)
def test_a_broken_line_costs_only_itself(tmp_path: Path, broken: str | bytes, reason: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", PORTAL, broken, SECOND)
    assert seen(path) == [(1, "9.000001"), (2, reason), (3, "9.000007")]


def test_a_broken_first_line_costs_only_itself(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", '{"code": "9.0', SECOND)
    assert seen(path) == [(1, BAD_JSON), (2, "9.000007")]


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_RECORD", 5_000)
    path = write_lines(tmp_path / "a.jsonl", changed(PORTAL, steps_text="x" * 6_000), SECOND)
    assert seen(path) == [(1, TOO_LONG), (2, "9.000007")]


def test_a_damaged_record_of_a_list_is_stepped_over(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.json", [PORTAL, changed(PORTAL, code="9.000008"), SECOND])
    text = path.read_text(encoding="utf-8").replace('"9.000008",', '"9.000008" oops', 1)
    path.write_text(text, encoding="utf-8")
    assert [reason for _, reason in seen(path)] == ["9.000001", BAD_JSON, "9.000007"]


def test_a_list_that_ends_early_is_reported(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.json", [PORTAL, SECOND])
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\n },") + 4], encoding="utf-8")
    assert [reason for _, reason in seen(path)] == ["9.000001", CUT_OFF]


def test_broken_letters_in_a_list_reach_only_their_record(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.json", [changed(PORTAL, agency="Bộ XX"), SECOND])
    path.write_bytes(path.read_bytes().replace(b"XX", b"\xff\xff"))
    first, second = read_items(path)
    assert first.raw is not None
    assert "\udcff" in str(first.raw["agency"])
    assert second.raw == SECOND


def test_a_packed_file_that_ends_early_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines = b"".join(json.dumps(changed(PORTAL, code=f"9.{i:06d}")).encode() + b"\n" for i in range(200))
    packed = gzip.compress(lines)
    path.write_bytes(packed[: len(packed) // 2])
    *read, last = read_items(path)
    assert last.reason == CUT_OFF
    assert any(item.raw for item in read)


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    (item,) = read_items(tmp_path / "absent.jsonl")
    assert item.line == 0
    assert item.reason


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\x01\x02", b'"text"', b"{", b"[", b'{"a": [1]}'])
def test_other_files_hold_no_usable_record(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    assert [item.raw for item in read_items(path) if item.raw and "code" in item.raw] == []


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"")
    assert list(read_items(path)) == [Item(line=0, position=1.0, reason=NOT_RECORDS)]


def test_a_folder_gives_its_record_files_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.json", "c.jsonl.gz", "readme.md"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in list_files(tmp_path)] == ["a.json", "b.jsonl", "c.jsonl.gz"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(content=st.binary(max_size=400))
def test_no_file_content_stops_the_reader(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "random"
    path.write_bytes(content)
    for item in read_items(path):
        assert (item.raw is None) != (item.reason is None)
        assert 0 <= item.position <= 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(cut=st.integers(0, 5_000), noise=st.binary(max_size=5), pretty=st.booleans())
def test_a_damaged_file_of_records_is_read_to_its_end(tmp_path: Path, cut: int, noise: bytes, pretty: bool) -> None:
    records = [changed(PORTAL, code=f"9.{i:06d}") for i in range(3)]
    path = tmp_path / "damaged"
    if pretty:
        write_document(path, records)
    else:
        write_lines(path, *records)
    content = path.read_bytes()
    at = cut % len(content)
    path.write_bytes(content[:at] + noise + content[at + len(noise) :])
    assert len(list(read_items(path))) >= 1
