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
