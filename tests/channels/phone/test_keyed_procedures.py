"""What can be asked with keys alone exists, and is called as its record calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.phone.dialogue.dialogue_data import KeyedProcedure, dialogue_data

ROOT = Path(__file__).resolve().parents[3]
EVERY = [procedure for field in dialogue_data().fields for procedure in field.procedures]


@pytest.mark.parametrize("procedure", EVERY, ids=lambda procedure: procedure.code)
def test_a_procedure_on_a_key_has_a_record(procedure: KeyedProcedure) -> None:
    assert (ROOT / "nlu_data" / "procedures" / f"{procedure.code}.yml").is_file()


def test_no_procedure_is_on_two_keys() -> None:
    assert len({procedure.code for procedure in EVERY}) == len(EVERY)
