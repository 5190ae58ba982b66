"""What was read once from a mapped file goes, and is there again when it is read again."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from runtime.memory import let_go_of_file

SIZE = 4 * 1024 * 1024


def resident(name: str) -> int:
    """Kilobytes of a mapped file in this process' memory."""
    found, is_wanted = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace").splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            is_wanted = rest[-1].endswith(f"/{name}")
        elif first == "Rss:" and is_wanted:
            found += int(rest[0])
    return found


def test_pages_nobody_wrote_to_go_and_come_back(tmp_path: Path) -> None:
    file = tmp_path / "weights-of-the-tests.so"
    file.write_bytes(bytes(range(256)) * (SIZE // 256))
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), SIZE, mmap.MAP_PRIVATE, mmap.PROT_READ) as mapped:
        # As a library that was installed long ago: what is not on the disk yet counts as changed.
        os.fsync(opened.fileno())
        assert sum(mapped[::4096]) == 0
        assert resident(file.name) * 1024 >= SIZE
        let_go_of_file(file.name)
        assert resident(file.name) == 0
        assert mapped[:256] == bytes(range(256))


def test_what_was_written_to_stays(tmp_path: Path) -> None:
    file = tmp_path / "written-by-the-tests.so"
    file.write_bytes(bytes(SIZE))
    both = mmap.PROT_READ | mmap.PROT_WRITE
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), SIZE, mmap.MAP_PRIVATE, both) as mapped:
        mapped[:5] = b"words"
        let_go_of_file(file.name)
        assert mapped[:5] == b"words"


def test_a_file_that_is_not_mapped_is_no_trouble() -> None:
    let_go_of_file("nothing-of-this-name.so")
