"""What can be asked with keys alone exists, and is called as its record calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.phone.dialogue.dialogue_data import dialogue_data

ROOT = Path(__file__).resolve().parents[3]
EVERY = [code for field in dialogue_data().fields for code in field.procedures]


@pytest.mark.parametrize("code", EVERY)
def test_a_procedure_on_a_key_has_a_record(code: str) -> None:
    assert (ROOT / "nlu_data" / "procedures" / f"{code}.yml").is_file()


def test_no_procedure_is_on_two_keys() -> None:
    assert len(set(EVERY)) == len(EVERY)


def test_every_procedure_with_a_name_for_menus_is_on_a_key() -> None:
    named = {key.removeprefix("procedure_") for key in dialogue_data().wording.keys if key.startswith("procedure_")}
    assert named == set(EVERY)


def test_what_is_asked_most_is_also_found_by_its_field_and_has_a_short_name() -> None:
    asked_most = dialogue_data().asked_most
    named = {key for key in dialogue_data().wording.keys if key.startswith("asked_most_")} - {"asked_most_others"}
    assert set(asked_most) <= set(EVERY)
    assert named == {f"asked_most_{code}" for code in asked_most}
