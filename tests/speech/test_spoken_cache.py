"""Sound that was made before is found again, within its bounds, and nothing personal is on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speech.voices.cache import SpokenCache, cache_key


def test_what_was_kept_is_found_and_the_longest_unused_goes_first() -> None:
    cache = SpokenCache(300)
    for key in ("a", "b", "c"):
        cache.put(key, bytes(100), is_public=False)
    assert cache.get("a") is not None
    cache.put("d", bytes(100), is_public=False)
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.used_bytes == 300


def test_a_sound_larger_than_the_cache_is_not_kept_and_drops_nothing() -> None:
    cache = SpokenCache(300)
    cache.put("a", bytes(100), is_public=False)
    cache.put("large", bytes(301), is_public=False)
    assert cache.get("large") is None
    assert cache.get("a") is not None


def test_the_same_key_twice_is_counted_once() -> None:
    cache = SpokenCache(300)
    cache.put("a", bytes(100), is_public=False)
    cache.put("a", bytes(120), is_public=False)
    assert cache.used_bytes == 120


def test_only_public_texts_are_on_disk_and_survive_a_restart(tmp_path: Path) -> None:
    cache = SpokenCache(1000, tmp_path, 1000)
    cache.put("menu", b"ab", is_public=True)
    cache.put("dossier", b"cd", is_public=False)
    again = SpokenCache(1000, tmp_path, 1000)
    assert again.get("menu") == b"ab"
    assert again.get("dossier") is None
    assert [path.name for path in tmp_path.iterdir()] == ["menu.pcm"]


def test_what_was_for_one_person_can_be_forgotten_and_the_rest_stays(tmp_path: Path) -> None:
    cache = SpokenCache(300, tmp_path, 1000)
    cache.put("menu", bytes(100), is_public=True)
    cache.put("dossier", bytes(100), is_public=False)
    cache.put("ticket", bytes(100), is_public=False)
    cache.put("other", bytes(100), is_public=False)
    cache.forget_private()
    assert [cache.get(key) is not None for key in ("menu", "dossier", "ticket", "other")] == [True, False, False, False]
    assert cache.used_bytes == 100


def test_the_folder_stays_within_its_bound_and_drops_the_longest_unused(tmp_path: Path) -> None:
    cache = SpokenCache(0, tmp_path, 1000)
    for number in range(40):
        cache.put(f"{number:02}", bytes(100), is_public=True)
        os.utime(tmp_path / f"{number:02}.pcm", (number, number)) if (tmp_path / f"{number:02}.pcm").exists() else None
    left = sorted(path.stem for path in tmp_path.iterdir())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1500
    assert "39" in left
    assert "00" not in left


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    cache = SpokenCache(1000, occupied, 1000)
    cache.put("a", b"ab", is_public=True)
    assert cache.get("a") == b"ab"


@pytest.mark.parametrize(
    "other",
    [
        ("xin chao", "espeak-1", "vi-north", 1.0, 8000),
        ("xin chào", "espeak-2", "vi-north", 1.0, 8000),
        ("xin chào", "espeak-1", "vi-south", 1.0, 8000),
        ("xin chào", "espeak-1", "vi-north", 1.1, 8000),
        ("xin chào", "espeak-1", "vi-north", 1.0, 16000),
    ],
)
def test_whatever_changes_the_sound_changes_the_key(other: tuple[str, str, str, float, int]) -> None:
    one = ("xin chào", "espeak-1", "vi-north", 1.0, 8000)
    assert cache_key(*one) == cache_key(*one)
    assert cache_key(*one) != cache_key(*other)
    assert "xin" not in cache_key(*one)
