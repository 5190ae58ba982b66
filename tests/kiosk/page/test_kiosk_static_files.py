"""The page's modules and styles as one file each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.page import static_files
from kiosk.page.static_files import APART, NotOneScript, script, style


def test_every_module_stands_in_the_one_script_after_those_it_needs() -> None:
    whole = script()
    files = [path for path in static_files.STATIC.rglob("*.js") if path.name not in APART]
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        program = [line for line in lines if line.strip() and not line.startswith(("//", "import "))]
        assert program[0].removeprefix("export ") in whole, f"{path.name} is missing"
    assert not re.search(r"^(import|export) ", whole, re.MULTILINE)
    assert whole.index("export const h" if "export const h" in whole else "function h(") < whole.index("start();")


def test_every_style_stands_in_the_one_sheet() -> None:
    whole = style().splitlines()
    for path in static_files.STATIC.glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert {line.rstrip() for line in rules.splitlines()} <= {line.rstrip() for line in whole} | {""}, path.name


def test_what_is_said_to_a_styles_readers_is_not_sent() -> None:
    assert "/*" not in style()
    assert style().count("{") == style().count("}")


def test_what_is_said_to_a_modules_readers_is_not_sent_and_all_else_is() -> None:
    sent = script().splitlines()
    assert not [line for line in sent if line.lstrip().startswith("//")]
    for path in static_files.STATIC.rglob("*.js"):
        if path.name in APART:
            continue
        lines = [line.removeprefix("export ") for line in path.read_text(encoding="utf-8").splitlines()]
        program = {line for line in lines if not line.lstrip().startswith(("//", "import "))}
        assert program <= {*sent, ""}, path.name


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("const one = 2;\n", "one stands in"),
        ('import * as all from "/kiosk/static/b.js";\n', "in a way of its own"),
        ("export default 3;\n", "in a way of its own"),
    ],
)
def test_what_cannot_stand_together_is_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str, told: str
) -> None:
    (tmp_path / "app.js").write_text('import { two } from "/kiosk/static/b.js";\nconst one = two;\n', encoding="utf-8")
    (tmp_path / "b.js").write_text("export const two = 2;\n" + other, encoding="utf-8")
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    with pytest.raises(NotOneScript, match=told):
        script()
