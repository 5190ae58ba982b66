"""No bytes from outside make a parser raise what it does not promise: a moment of fuzzing in every run.

`make fuzz` does the same for an hour, led by coverage. Here Hypothesis draws bytes and changes what the corpus keeps.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CORPUS = Path(__file__).with_name("corpus")
SLOW = {"photo", "backup", "citizen_text", "redaction", "published_records", "record_file"}
LARGEST = 64 * 1024


def kept(name: str) -> list[bytes]:
    """What is kept for a target."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


@st.composite
def changed(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A seed with a few places overwritten, cut out, doubled or filled."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 16))
        match draw(st.sampled_from(("over", "cut", "double", "in"))):
            case "over":
                new = draw(st.binary(min_size=1, max_size=8))
                data[at : at + len(new)] = new
            case "cut":
                del data[at : at + length]
            case "double":
                data[at:at] = bytes(data[at : at + length]) * draw(st.integers(1, 40))
            case _:
                data[at:at] = draw(st.sampled_from(STRANGE))
    return bytes(data[:LARGEST])


STRANGE = (
    b"\x00", b"\xff" * 8, b"\r\n\r\n", b"99999999999999999999", b"-1", b"%00", b"\xed\xa0\x80", "\u202e".encode(),
    b"9" * 5000, b"[" * 2000, b"NaN", b"1e999", b"\xd9\xa3", b"null", b"{}", b"../",
)  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept_is_answered(name: str) -> None:
    seeds = kept(name)
    assert seeds
    for data in seeds:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_answered(name: str) -> None:
    target, seeds = TARGETS[name], kept(name)

    @settings(
        max_examples=20 if name in SLOW else 60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.binary(max_size=300) | changed(seeds))
    def feed(data: bytes) -> None:
        target(data)

    feed()


def test_every_folder_of_the_corpus_is_a_targets_and_small() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 200_000
