"""Pages made from the code are as the code is; what is said of a procedure's fields is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from catalogue import record
from catalogue.record import Procedure
from docs.reference.pages import DOCS, pages
from docs.reference.procedure import procedure_schema, words

ROOT = DOCS.parent
PROCEDURES = sorted((ROOT / "nlu_data" / "procedures").glob("*.yml"))
HOLDERS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}


class PlainDates(yaml.SafeLoader):
    """Reads dates as an editor does: as text."""


PlainDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("name", pages())
def test_a_page_is_as_the_code_is(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run `make docs` and commit what it writes"


def test_every_figure_of_the_code_is_on_the_page_of_metrics() -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    shown = {name.removesuffix("_total") for name in re.findall(r"^\| `(\w+)`", page, re.MULTILINE)}
    assert shown == {name.removesuffix("_total") for name in figures_in_the_code()}


def figures_in_the_code() -> set[str]:
    found: set[str] = set()
    for path in ROOT.glob("[a-z]*/**/*.py"):
        if path.relative_to(ROOT).parts[0] in {"tests", "benchmarks", "docs", "var", "models"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(figure)), *_]) if name in HOLDERS:
                    found.add(figure)
    return found


def test_every_field_and_every_choice_has_its_words_and_no_other_has() -> None:
    models = {
        name: set(found.__annotations__) & set(found.model_fields)
        for name, found in vars(record).items()
        if isinstance(found, type) and issubclass(found, BaseModel) and found.__module__ == record.__name__
    }
    models = {name: fields for name, fields in models.items() if not name.startswith("_") and fields}
    said = words()
    assert {name: set(group["fields"]) for name, group in said["groups"].items()} == models
    choices = {name: {value.value for value in getattr(record, name)} for name in said["choices"]}
    assert {name: set(meanings) for name, meanings in said["choices"].items()} == choices


def validator() -> jsonschema.Draft202012Validator:
    schema = procedure_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", PROCEDURES[::10], ids=lambda path: path.stem)
def test_what_editors_check_takes_the_records_there_are(path: Path) -> None:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=PlainDates)
    assert [error.message for error in validator().iter_errors(content)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shortname": "Làm giấy"}, "shortname"),
        ({"levels": ["village"]}, "village"),
        ({"code": "1.1193"}, "1.1193"),
        ({"submissions": [{"way": "direct", "fees": [{"amount": -1}]}]}, "-1"),
        ({"checked_on": None}, "None"),
    ],
)
def test_what_editors_check_finds_what_the_catalogue_would_refuse(change: dict[str, Any], message: str) -> None:
    content = yaml.load(PROCEDURES[0].read_text(encoding="utf-8"), Loader=PlainDates) | change
    with pytest.raises(ValueError, match="validation error"):
        Procedure.model_validate(content)
    assert any(message in str(error.message) for error in validator().iter_errors(content))
