"""Wishes: their examples, their schema, and what is no wish."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from contract.turn import Turn
from contract.wishes import WISHES, LookUpDossier, Wish, example_of

WISH: TypeAdapter[Any] = TypeAdapter(Wish)


@pytest.mark.parametrize("kind", WISHES, ids=lambda kind: kind.__name__)
def test_the_example_in_the_docstring_is_that_wish(kind: type[Any]) -> None:
    example = example_of(kind)
    found = WISH.validate_python(example)
    assert type(found) is kind
    assert found.model_dump(mode="json", exclude_none=True) == example


def test_every_wish_is_listed_and_described_with_its_example() -> None:
    union, _ = get_args(Wish)
    assert set(get_args(union)) == set(WISHES)
    for kind in WISHES:
        schema = kind.model_json_schema()
        assert schema["examples"] == [example_of(kind)]
        assert schema["description"]
        assert "Example" not in schema["description"]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"do": "dance"},
        {"do": "ask"},
        {"do": "ask", "procedure": "khai sinh"},
        {"do": "ask", "procedure": "1.001193", "aspect": "colour"},
        {"do": "dossier", "code": "H15.50.05.21-261123-9101", "last4": "01"},
        {"do": "ask", "procedure": "1.001193", "aspect": "papers", "situation": 0},
        {"do": "dossier", "code": ""},
        {"do": "dossier", "code": "1" * 65},
        {"do": "choose", "key": "một"},
        {"do": "report", "words": ""},
        {"do": "switch_language", "to": "English"},
        {"do": "yes", "really": True},
        "yes",
    ],
)
def test_what_is_no_wish_is_refused(wish: object) -> None:
    with pytest.raises(ValidationError):
        Turn.model_validate({"channel": "kiosk", "conversation": "c", "wish": wish})


def test_a_turn_with_words_and_a_wish_is_none() -> None:
    with pytest.raises(ValidationError, match="exactly one of text, digits, event and wish"):
        Turn(channel="kiosk", conversation="c", text="a", wish=LookUpDossier())
