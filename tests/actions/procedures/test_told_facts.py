"""A conversation notices when what it was told has been corrected."""

from __future__ import annotations

from places import NLU_DATA

from actions.procedures.told_facts import changed, told
from catalogue.record import Procedure
from catalogue.yaml_files import load_folder
from contract.aspects import Aspect

PASSPORT = next(one for one in load_folder(NLU_DATA / "procedures") if one.code == "1.001456")


def corrected() -> Procedure:
    """The same with another fee."""
    fields = PASSPORT.to_json()
    for submission in fields["submissions"]:
        submission["fees"] = [{"amount": 77_000}]
    return Procedure.model_validate(fields)


def test_a_corrected_fee_is_noticed_once_by_whoever_was_told_it() -> None:
    before = told(None, PASSPORT, Aspect.FEE)
    assert changed(before, PASSPORT) == ()
    assert changed(before, corrected()) == (Aspect.FEE,)
    assert changed(told(before, corrected(), Aspect.TIME), corrected()) == ()


def test_who_was_told_something_else_is_told_of_no_change() -> None:
    assert changed(told(None, PASSPORT, Aspect.WHERE), corrected()) == ()
    assert changed(None, corrected()) == ()
    other = corrected().model_copy(update={"code": "1.000894"})
    assert changed(told(None, PASSPORT, Aspect.FEE), other) == ()


def test_an_overview_tells_every_side_that_is_watched() -> None:
    assert changed(told(None, PASSPORT, Aspect.OVERVIEW), corrected()) == (Aspect.FEE,)


def test_what_is_kept_is_the_same_in_every_process() -> None:
    assert told(None, PASSPORT, Aspect.FEE) == told(None, PASSPORT.model_copy(deep=True), Aspect.FEE)
