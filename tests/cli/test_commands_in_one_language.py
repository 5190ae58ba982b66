"""Commands, good and bad, in each language of the command line: no line of another language among what they print."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_system import without_settings
from test_operator_language import _ENGLISH, _VIETNAMESE, SOURCE, TRANSLATED, words_of
from typer import core, rich_utils

from cli.main import app, check_language
from runtime.messages import VARIABLE
from runtime.operator_errors import told_in_one_sentence

COMMANDS = [
    ("--help",),
    ("nix",),
    ("audit", "--help"),
    ("audit", "verify"),
    ("backup",),
    ("breach", "list"),
    ("breach", "told", "9", "authority"),
    ("catalogue", "import", "/nowhere"),
    ("catalogue", "show", "9"),
    ("centre", "kiosk", "ask", "x", "screenshot"),
    ("centre", "kiosk", "list"),
    ("centre", "officer", "remove", "nobody"),
    ("centre", "publish", "--percent", "0"),
    ("doctor",),
    ("exchange", "list"),
    ("exchange", "show"),
    ("keys", "check"),
    ("kiosk", "status"),
    ("learn", "--help"),
    ("learn", "label", "5", "x"),
    ("learn", "review"),
    ("limits",),
    ("restore", "/nowhere"),
    ("retention",),
    ("retention", "--proof"),
    ("rights", "done", "9"),
    ("rights", "list"),
    ("service", "list"),
    ("service", "off", "nix"),
    ("settings",),
    ("sms", "list", "--state", "lost"),
    ("sms", "retry"),
    ("sms", "show"),
    ("speech", "transcribe", "/nowhere.wav"),
    ("tickets", "list", "--limit", "0"),
    ("tickets", "list"),
    ("tickets", "show", "12"),
    ("tickets", "show", "12345678"),
    ("tickets", "--nonsense"),
    ("up", "--only", "nonsense"),
]

NAMES = re.compile(r"Một Cửa|NĐ-CP|QĐ-\w+|“[^”]*”|chuyển|cán bộ")
"""Of the product and of laws, and what citizens write, which is Vietnamese in an English sentence, too."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def words_of_typer() -> Iterator[None]:
    """Typer's words are set for a whole process, which here speaks more than one language."""
    before = [(module, dict(vars(module))) for module in (core, rich_utils)]
    yield
    for module, words in before:
        vars(module).update(words)


@pytest.fixture(autouse=True)
def environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in sys.modules["os"].environ.keys() - without_settings().keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(data))


def as_main_does() -> None:
    """Without the logs, which are one for the whole process."""
    with told_in_one_sentence("motcua", wrong_setting=2):
        check_language()
        app()


def said(
    language: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.setenv(VARIABLE, language)
    monkeypatch.setattr(sys, "argv", ["motcua", *command])
    with pytest.raises(SystemExit):
        as_main_does()
    printed = capsys.readouterr()
    return printed.out + printed.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_speaks_one_language(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original = said(SOURCE, command, monkeypatch, capsys)
    assert original.strip()
    assert [line for line in original.splitlines() if _VIETNAMESE.search(NAMES.sub("", line))] == []
    for language in TRANSLATED:
        told = said(language, command, monkeypatch, capsys)
        assert told.strip()
        assert [line for line in told.splitlines() if _ENGLISH.search(words_of(line))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_wrong_setting_is_told_in_the_language(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_PORT", "0")
    told = said(language, ("limits",), monkeypatch, capsys)
    assert "MOTCUA_PORT=0" in told
    assert not _ENGLISH.search(words_of(told))


def test_a_language_there_is_not_is_told_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said("xx", ("limits",), monkeypatch, capsys)
    assert told.startswith(f"motcua: {VARIABLE}=xx: there are ")
    assert SOURCE in told
