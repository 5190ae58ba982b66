from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.registry import Registry, RegistryError

GROUP = "motcua.numbers_of_the_tests"
OWN = {"pi": "math:pi", "e": "math:e"}

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a distribution with entry points of the group on the search path."""

    def build(distribution: str = "outside", **points: str) -> None:
        folder = tmp_path / distribution
        about = folder / f"{distribution}-1.2.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        lines = [f"{name} = {value}" for name, value in points.items()]
        (about / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]) + "\n")
        monkeypatch.syspath_prepend(folder)

    return build


@pytest.fixture
def registry() -> Registry[float]:
    return Registry(GROUP, "number", float, OWN)


def test_the_projects_own_come_in_their_order(registry: Registry[float]) -> None:
    assert registry.names == ("pi", "e")
    assert registry.get("pi") == pytest.approx(3.14159, abs=1e-5)


def test_one_from_outside_comes_after_them(registry: Registry[float], install: Install) -> None:
    install(tau="math:tau", inf="math:inf")
    assert registry.names == ("pi", "e", "inf", "tau")
    assert registry.all()["tau"] == pytest.approx(6.28318, abs=1e-5)


def test_what_was_installed_after_the_first_look_is_found(registry: Registry[float], install: Install) -> None:
    assert "tau" not in registry.names
    install(tau="math:tau")
    assert "tau" in registry.names


def test_an_unknown_name_is_told_with_the_known_ones(registry: Registry[float]) -> None:
    with pytest.raises(RegistryError, match=r"no number 'ten': known are pi, e; docs/extending.md"):
        registry.get("ten")


def test_nobody_takes_the_place_of_another(registry: Registry[float], install: Install) -> None:
    install(pi="math:tau")
    with pytest.raises(RegistryError, match=r"'pi' is there twice: from this project and from outside 1\.2"):
        registry.get("e")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("nowhere_at_all:x", r"'bad' of outside 1\.2 cannot be imported \(ModuleNotFoundError"),
        ("math:nothing", r"cannot be imported \(AttributeError"),
        ("math:floor", r"'bad' of outside 1\.2 is a builtin_function_or_method, not a float"),
    ],
)
def test_a_broken_one_harms_only_who_asks_for_it(
    registry: Registry[float], install: Install, value: str, told: str
) -> None:
    install(bad=value)
    assert registry.get("pi")
    with pytest.raises(RegistryError, match=told):
        registry.get("bad")
