"""The command line speaks one language: every complete language has words for all it says."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections.abc import Iterator
from typing import Final

import pytest
import yaml

from docs.operator_texts import commands, lacking, operator_texts, program, said_in
from language.languages import read_languages
from runtime.messages import FOLDER, texts_of
from runtime.settings import PROJECT_ROOT, Settings

WORDING: Final = PROJECT_ROOT / "nlu_data" / "wording"
SOURCE: Final = Settings.model_fields["cli_language"].default
"""The language sentences are written in where they arise."""
TRANSLATED: Final = [tag for tag in read_languages(WORDING).tags if tag != SOURCE]

TOLD: Final = frozenset(
    {
        "BadBundle", "BadParameter", "BrokenIdentity", "CannotRestore", "CatalogueUnavailable", "DataFileBroken",
        "DialoguesUnreadable", "DownloadFailed", "EngineMissing", "EnrolmentFailed", "FolderInUse", "LabelRefused",
        "LineDown", "MigrationFailed", "ModelMissing", "NoSuchBreach", "NoSuchVoice", "NoSuchWish", "NotOurCentre",
        "NumberTableError", "PipelineRefused", "PortalError", "PrinterFailed", "RecognitionFailed", "RecordError",
        "RedisServerFailed", "RegistryError", "SealBroken", "SecretFileError", "SettingsError", "ShutOut",
        "StartFailed", "VoiceFailed", "WorkerDied", "WrongLimit", "WrongPluginSettings", "WrongSecret",
    }
)  # fmt: skip
"""Errors whose message a command or the start of a process prints."""
CHECKS_OF_WHAT_PEOPLE_TYPE: Final = (
    "centre/enrolment.py", "centre/kiosks.py", "centre/officers.py", "centre/publishing.py", "runtime/setting_groups/",
    "stores/out_of_service.py",
)  # fmt: skip
"""Where a plain ValueError is told to whoever typed the value."""
SAYS: Final = frozenset({"print", "echo", "prompt", "confirm", "add_column", "add_task", "status", "_fail", "_stop"})
FOR_PROGRAMS: Final = {"cli/stand_ins/": "answers of systems of agencies", "cli/accuracy_page.py": "a page in English"}

_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|^[A-Z][a-z]+\.?$")
_ENGLISH = re.compile(
    r"\b(the|is|are|was|has|have|not|this|that|there|which|with|from|of|and|each|nothing|shows|must|cannot|every|"
    r"options?|usage|error|missing|invalid|name|when)\b",
    re.IGNORECASE,
)
_VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
_AS_WRITTEN = re.compile(r"`[^`]*`|\{[^}]*\}|[A-Z][A-Z_]+[A-Z0-9]|\S*[/_=:]\S+|motcua( [a-z-]+)*|(?:^| )--?[a-z-]+")
"""Commands, marks, settings and paths: the same in every language."""


def words_of(text: str) -> str:
    return _AS_WRITTEN.sub(" ", text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_words_for_everything_the_command_line_says(language: str) -> None:
    assert lacking(language) == {}, f"python -m docs.operator_texts {language} prints what to fill in"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_stands_there_that_nobody_says(language: str) -> None:
    assert texts_of(language).keys() - operator_texts().keys() == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_marks_of_its_original(language: str) -> None:
    wrong = [text for text, said in texts_of(language).items() if marks(text) != marks(said)]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_none_of_the_other_language(language: str) -> None:
    same = [text for text, said in texts_of(language).items() if text == said and _ENGLISH.search(words_of(text))]
    assert same == []
    assert [said for said in texts_of(language).values() if unicodedata.normalize("NFC", said) != said] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_stands_in_one_file(language: str) -> None:
    seen: dict[str, str] = {}
    for path in sorted((WORDING / language / FOLDER).glob("*.yml")):
        for text in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert text not in seen, f"{text!r} stands in {seen[text]} and {path.name}"
            seen[text] = path.name


def marks(template: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}
    except ValueError:
        # A sentence without fields whose braces stand for themselves.
        return set()


def test_what_a_command_prints_is_said_in_the_language_of_the_command_line() -> None:
    assert list(bare_sentences_printed()) == []


def test_an_error_an_operator_reads_keeps_its_template() -> None:
    assert list(bare_sentences_raised()) == []


def test_every_sentence_is_a_template_and_none_was_filled_in_before() -> None:
    """``tr(f"…")`` would be looked up with its values in it, and found in no language."""
    filled = [
        f"{name}:{call.lineno}"
        for name, tree in program().items()
        for call in said_in(tree)
        if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert filled == []


def test_every_command_has_a_help() -> None:
    silent = [called for called, command in commands() if not command.help and not hasattr(command, "commands")]
    assert silent == [], "a command's help is its docstring"


def bare_sentences_printed() -> Iterator[str]:
    for name, tree in program().items():
        if not name.startswith(("cli/", "installation/doctor/")) or name.startswith(tuple(FOR_PROGRAMS)):
            continue
        for call in calls(tree):
            function = called(call)
            said = call.args[2:] if function == "Finding" else call.args if function in SAYS else ()
            for argument in said:
                yield from (f"{name}:{call.lineno}: {text}" for text in sentences(argument))


def bare_sentences_raised() -> Iterator[str]:
    for name, tree in program().items():
        told = TOLD | {"ValueError"} if name.startswith(CHECKS_OF_WHAT_PEOPLE_TYPE) else TOLD
        for call in calls(tree):
            if called(call) in told:
                # What follows the message is for programs.
                for argument in call.args[:1]:
                    yield from (f"{name}:{call.lineno}: {text}" for text in sentences(argument))


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def sentences(argument: ast.expr) -> Iterator[str]:
    """Text with words in it that stands in an argument, and not inside of a call that translates it."""
    if isinstance(argument, ast.Call | ast.Dict | ast.DictComp | ast.Subscript):
        return
    if (
        isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and _WORDS.search(words_of(argument.value))
    ):
        yield argument.value
    for child in ast.iter_child_nodes(argument):
        if isinstance(child, ast.expr):
            yield from sentences(child)


def test_the_walk_sees_a_bare_sentence() -> None:
    def found(source: str) -> list[str]:
        return list(sentences(ast.parse(source, mode="eval").body))

    assert found('"there is none" if x else tr("it is there")') == ["there is none"]
    assert found("f\"[red]{tr('not here')}[/red]\"") == []
    assert found('f"motcua kiosk enrol --centre {address}"') == []
