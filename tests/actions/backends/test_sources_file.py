"""The file of sources: the page's example is whole, and a mistake is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from actions.backends.sources_file import read_sources
from actions.dossiers.backend import BackendRejected

PAGE = Path(__file__).resolve().parents[3] / "docs" / "dossier-sources.md"
SANDBOX = "sources: {a: {kind: source, name: sandbox}}\n"


def test_the_example_of_the_page_is_a_whole_file(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    path = tmp_path / "sources.yml"
    path.write_text(example[1], encoding="utf-8")
    file = read_sources(path)
    assert set(file.sources) == {"national", "ministry", "province"}
    assert len(file.routes) == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (SANDBOX, "no route leads to a source"),
        (SANDBOX + "otherwise: [b]", "no source is named b"),
        (
            SANDBOX + "otherwise: [a]\nroutes: [{prefixes: [h15], ask: [a]}]",
            r"routes.0.prefixes.0: String",
        ),
        (SANDBOX + "otherwise: [a]\npassword: x", "password: Extra inputs"),
        ("sources: {a: {kind: national, url: x}}", r"sources.a.national.agency: Field required"),
        ("sources: {a: {kind: odd}}", "sources.a: Input tag 'odd'"),
        ("[", "is no YAML"),
        ("", "Input should be"),
    ],
)
def test_a_mistake_is_told_with_its_place(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BackendRejected, match=told):
        read_sources(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackendRejected, match="FileNotFoundError"):
        read_sources(tmp_path / "missing.yml")
    with pytest.raises(BackendRejected, match="MOTCUA_DOSSIER_SOURCES is not set"):
        read_sources(None)
