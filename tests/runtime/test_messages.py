"""What operators read stays English where it is carried, and is put into another language where it is said."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from language import data
from runtime.messages import VARIABLE, Message, joined, reason_of, tr, translated


@pytest.fixture(autouse=True)
def kwanu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An invented language with words for three sentences, in a folder of data beside the project's."""
    folder = tmp_path / "wording" / "qaa" / "operators"
    folder.mkdir(parents=True)
    (folder / "all.yml").write_text(
        '"{count} kept": "kwakept {count:.1f}"\n"not kept: {why}": "kwanot ({why})"\n"on": "kwaon"\n'
    )
    monkeypatch.setenv(VARIABLE, "qaa")
    with data.using(tmp_path):
        yield


def test_a_message_is_english_for_logs_and_programs() -> None:
    message = Message("{count} kept", count=3)
    assert f"{message}!" == "3 kept!"
    assert message == "3 kept"


def test_it_is_said_by_its_template_with_the_formats_of_the_other_language() -> None:
    assert tr("{count} kept", count=3) == "kwakept 3.0"


def test_an_error_carries_it_through_whoever_takes_its_text() -> None:
    inner = ValueError(Message("{count} kept", count=2))
    outer = RuntimeError(Message("not kept: {why}", why=inner))
    assert translated(outer) == translated(str(outer)) == "kwanot (kwakept 2.0)"
    assert repr(str(outer)) == repr("not kept: 2 kept")


def test_it_crosses_from_one_process_to_another() -> None:
    error = pickle.loads(pickle.dumps(ValueError(Message("{count} kept", count=2))))
    assert translated(error) == "kwakept 2.0"


def test_several_are_said_in_the_same_language() -> None:
    assert translated(joined("; ", [Message("on"), "as it stands", Message("{count} kept", count=1)])) == (
        "kwaon; as it stands; kwakept 1.0"
    )


def test_what_a_language_has_no_words_for_is_said_in_english() -> None:
    assert tr("nobody has translated this {much}", much=1) == "nobody has translated this 1"


def test_a_text_of_somebody_else_is_left_alone() -> None:
    assert translated("on") == "on"
    assert translated(KeyError("x")) == "'x'"


def test_braces_stand_for_themselves_where_there_are_no_fields() -> None:
    assert tr('no JSON object {"key"}') == 'no JSON object {"key"}'


def test_without_the_setting_everything_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    assert tr("{count} kept", count=3) == "3 kept"


def test_the_systems_own_reason_is_a_message() -> None:
    assert reason_of(OSError(13, "Permission denied")).template == "Permission denied"
    assert reason_of(OSError()) == "OSError"
