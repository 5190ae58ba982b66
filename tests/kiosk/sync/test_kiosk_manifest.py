from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.protocol.manifest import (
    LARGEST_PIECE,
    BadBundle,
    FileEntry,
    cut,
    name_of,
    read_index,
    read_list,
    write_index,
)

NAME = "0123456789abcdef" * 4


@given(st.binary(max_size=5000), st.integers(1, 200))
def test_pieces_put_together_are_the_file(content: bytes, times: int) -> None:
    pieces = list(cut(content * times))
    assert b"".join(pieces) == content * times
    assert all(0 < len(piece) <= LARGEST_PIECE for piece in pieces)


def test_a_line_put_in_changes_one_piece_or_two() -> None:
    lines = [f'{{"code": "{number}", "body": "{"nội dung " * (number % 90)}"}}\n'.encode() for number in range(3000)]
    before = {name_of(piece) for piece in cut(b"".join(lines))}
    lines.insert(1500, b'{"code": "new"}\n')
    after = {name_of(piece) for piece in cut(b"".join(lines))}
    assert len(before) > 50
    assert len(after - before) <= 2


def test_an_index_is_read_as_it_was_written() -> None:
    files = (FileEntry("nlu_data/a.yml", 3, NAME, (NAME,)), FileEntry("model/x", 0, NAME, ()))
    assert read_index(write_index(files)) == files


@pytest.mark.parametrize(
    "path", ["../etc/passwd", "/etc/passwd", "a/../../b", "a/./..", "..", "", "a b/c", "a\\..\\b", "~/x", "a//../b"]
)
def test_no_file_leaves_the_folder_of_the_bundle(path: str) -> None:
    with pytest.raises(BadBundle):
        read_index(f"file 1 {NAME} {path}\n".encode())


@given(st.binary(max_size=300))
def test_anything_else_is_refused_by_name(content: bytes) -> None:
    for read in (read_index, read_list):
        try:
            read(content)
        except BadBundle:
            continue
