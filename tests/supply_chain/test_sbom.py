"""The bill of materials is whole, true to the lock, and of CycloneDX's form."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import cyclonedx.schema
import jsonschema
import pytest

from deploy.supply_chain.locked import LOCK, ROOT, Locked, locked
from deploy.supply_chain.sbom import as_json, bill

MOMENT = dt.datetime(2026, 11, 30, 3, 0, tzinfo=dt.UTC)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SCHEMAS = Path(cyclonedx.schema.__file__).parent / "_res"


@pytest.fixture(scope="module")
def packages() -> tuple[Locked, ...]:
    return locked(LOCK.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written(packages: tuple[Locked, ...]) -> str:
    return as_json(bill(packages, PROJECT, "1.2.3", MOMENT))


@pytest.fixture(scope="module")
def told(written: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written)
    return found


def validator() -> jsonschema.Draft7Validator:
    """Of the standard's own schema; what it refers to lies beside it."""
    schema = json.loads((SCHEMAS / "bom-1.6.SNAPSHOT.schema.json").read_text(encoding="utf-8"))
    store = {}
    for name in ("spdx", "jsf-0.82", "cryptography-defs"):
        path = SCHEMAS / f"{name}.SNAPSHOT.schema.json"
        if path.exists():
            part = json.loads(path.read_text(encoding="utf-8"))
            store[f"http://cyclonedx.org/schema/{path.name}"] = part
            store[part["$id"]] = part
    return jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver(schema["$id"], schema, store))


def test_it_is_of_the_standards_form(told: dict[str, Any]) -> None:
    assert [error.message for error in validator().iter_errors(told)] == []


def test_the_standards_schema_would_find_a_fault(told: dict[str, Any]) -> None:
    assert list(validator().iter_errors({**told, "components": [{"type": "library"}]}))


def test_every_locked_package_is_in_it_with_the_hashes_that_may_be_installed(
    told: dict[str, Any], packages: tuple[Locked, ...]
) -> None:
    in_it = {
        (component["name"], component["version"]): {
            digest["content"] for reference in component["externalReferences"] for digest in reference["hashes"]
        }
        for component in told["components"]
    }
    assert in_it == {(package.name, package.version): set(package.hashes) for package in packages}


def test_nearly_all_say_under_which_licence_they_come(told: dict[str, Any]) -> None:
    without = {component["name"] for component in told["components"] if not component.get("licenses")}
    assert len(without) <= 3


def test_every_package_is_there_because_somebody_needs_it(told: dict[str, Any]) -> None:
    needed = {ref for entry in told["dependencies"] for ref in entry.get("dependsOn", [])}
    assert {component["bom-ref"] for component in told["components"]} - needed == set()


def test_the_same_tree_makes_the_same_bytes(written: str, packages: tuple[Locked, ...]) -> None:
    assert as_json(bill(packages, PROJECT, "1.2.3", MOMENT)) == written
    assert as_json(bill(packages[1:], PROJECT, "1.2.3", MOMENT)) != written


def test_it_names_no_index_and_no_place_of_this_machine(written: str) -> None:
    assert "://" not in written.replace("http://cyclonedx.org/schema/", "")
    assert str(ROOT) not in written


@pytest.mark.parametrize("text", ["", "# nothing\n", "flask==3.1.3\n"])
def test_a_lock_that_pins_nothing_or_without_hash_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the lock file"):
        locked(text)
