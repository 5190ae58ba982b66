"""The wording store: complete in every language, each sentence once, fit for the channel that says it."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from places import NLU_DATA

from contract.turn import Channel
from contract.wording import FOLDER, WordingError, WordingStore, wording_of
from language import data
from language.languages import installed
from runtime.settings import PROJECT_ROOT

STORE = wording_of(NLU_DATA)
ROOMS = STORE.rooms
COMPLETE = STORE.languages.offered
PROGRAM = [
    path
    for folder in PROJECT_ROOT.glob("[a-z]*/")
    if folder.name not in {"tests", "benchmarks", "docs", "models", "var"}
    for path in folder.rglob("*")
    if path.suffix in {".py", ".js", ".html"}
]
A_SENTENCE = 4
"""Words from which a text must not stand twice: short labels of two screens may be the same word."""


def folder(tmp_path: Path, **texts: str) -> Path:
    """A store with a room ``talk`` in each named language; the first is the default."""
    for number, (tag, content) in enumerate(texts.items()):
        (tmp_path / tag).mkdir()
        (tmp_path / tag / "talk.yml").write_text(content, encoding="utf-8")
        default = "default: true\n" if number == 0 else ""
        (tmp_path / tag / "language.yml").write_text(f"name: {tag}\ncomplete: true\n{default}", encoding="utf-8")
    (tmp_path / "contacts.yml").write_text(
        "hotline: {value: '1800', source: the portal, checked_on: 2026-11-23}", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("room", ROOMS)
def test_every_complete_language_has_every_text(room: str) -> None:
    assert STORE.room(room).languages >= set(COMPLETE)


@pytest.mark.parametrize(
    ("english", "problem"),
    [
        ("hello: Hello", "keys differ"),
        ("hello: Hello {name}\nmore: More\nextra: Extra", "keys differ"),
        ("hello: Hello {who}\nmore: More", "other marks"),
        ("hello: Hello\nmore: More", "other marks"),
        ("hello: {text: 'Hello {name}', phone: 'Hello {name}'}\nmore: More", "variants"),
        ("hello: {phone: 'Hello {name}'}\nmore: More", "no text"),
        ("hello: {text: 'Hello {name}', fax: 'Hello {name}'}\nmore: More", "no channel"),
        ("hello: Hello {name}\nmore: 1", "no text"),
        ("hello: 'Hello {name'\nmore: More", "stray brace"),
        ("- hello", "named texts"),
    ],
)
def test_a_language_that_does_not_fit_is_refused(tmp_path: Path, english: str, problem: str) -> None:
    store = WordingStore(folder(tmp_path, vi="hello: Chào {name}\nmore: Thêm", en=english))
    with pytest.raises(WordingError, match=problem):
        store.room("talk")


def test_a_complete_language_without_a_room_is_refused(tmp_path: Path) -> None:
    store = WordingStore(folder(tmp_path, vi="hello: Chào", en="hello: Hello"))
    (tmp_path / "en" / "talk.yml").unlink()
    with pytest.raises(WordingError, match=r"en/talk\.yml"):
        store.room("talk")


def test_an_unknown_language_falls_back_to_the_default_one(tmp_path: Path) -> None:
    store = WordingStore(folder(tmp_path, vi="hello: Chào {name}"))
    assert store.room("talk").text("km", "hello", name="bạn") == "Chào bạn"


def test_a_language_that_is_not_complete_lends_what_it_has(tmp_path: Path) -> None:
    made = folder(tmp_path, vi="hello: Chào\nmore: Thêm", km="hello: សួស្តី")
    (made / "km" / "language.yml").write_text("name: ខ្មែរ", encoding="utf-8")
    store = WordingStore(made)
    assert [store.room("talk").text("km", key) for key in ("hello", "more")] == ["សួស្តី", "Thêm"]
    assert store.languages.offered == ("vi",)


def test_what_an_older_folder_lacks_or_marks_otherwise_is_said_in_the_words_beneath(tmp_path: Path) -> None:
    for name in ("project", "older"):
        (tmp_path / name).mkdir()
    newer = "ask: Hỏi {what}\nbye: Tạm biệt\nnew: Mới", "ask: Ask {what}\nbye: Bye\nnew: New"
    beneath = WordingStore(folder(tmp_path / "project", vi=newer[0], en=newer[1]))
    own = "ask: Hỏi {whom}\nbye: Hẹn gặp lại\ngone: Xưa", "ask: Ask {whom}\nbye: See you\ngone: Old"
    room = WordingStore(folder(tmp_path / "older", vi=own[0], en=own[1]), beneath).room("talk")
    assert [room.text("vi", key, what="gì") for key in ("ask", "bye", "new")] == ["Hỏi gì", "Hẹn gặp lại", "Mới"]
    assert [room.text("en", key, what="it") for key in ("ask", "bye", "new")] == ["Ask it", "See you", "New"]


@pytest.mark.parametrize("flat", [True, False], ids=["files of an old form", "no folder at all"])
def test_a_bundle_made_before_there_were_folders_of_languages_speaks_the_project_s_words(
    tmp_path: Path, flat: bool
) -> None:
    if flat:
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "vi.yml").write_text("hello: Chào", encoding="utf-8")
    with data.using(tmp_path):
        assert installed().offered == COMPLETE
        store = wording_of(tmp_path)
        assert (store.rooms, store.contacts, store.languages.offered) == (ROOMS, STORE.contacts, COMPLETE)
        assert {room: store.room(room).texts(COMPLETE[0]) for room in ROOMS} == {
            room: STORE.room(room).texts(COMPLETE[0]) for room in ROOMS
        }


def test_a_channel_says_its_own_words(tmp_path: Path) -> None:
    room = WordingStore(folder(tmp_path, vi="ask: {text: Gõ câu hỏi, phone: Nói câu hỏi}")).room("talk")
    assert [room.text("vi", "ask", channel) for channel in (*Channel, None)] == [
        "Gõ câu hỏi",
        "Nói câu hỏi",
        "Gõ câu hỏi",
        "Gõ câu hỏi",
    ]


def test_contacts_are_filled_in_from_their_one_place(tmp_path: Path) -> None:
    room = WordingStore(folder(tmp_path, vi="call: 'Gọi {hotline}, {name}'")).room("talk")
    assert room.texts("vi") == {"call": "Gọi 1800, {name}"}
    assert room.text("vi", "call", name="nhé") == "Gọi 1800, nhé"


def test_a_contact_without_its_source_is_refused(tmp_path: Path) -> None:
    made = folder(tmp_path, vi="call: Gọi")
    (made / "contacts.yml").write_text("hotline: {value: '1800'}", encoding="utf-8")
    with pytest.raises(WordingError, match="hotline has no source"):
        WordingStore(made)


def test_texts_are_composed_whatever_the_file_holds(tmp_path: Path) -> None:
    store = WordingStore(folder(tmp_path, vi=unicodedata.normalize("NFD", "hello: Thủ tục")))
    assert store.room("talk").text("vi", "hello") == "Thủ tục"


@pytest.mark.parametrize("path", sorted((NLU_DATA / FOLDER).glob("*/*.yml")), ids=lambda path: path.parent.name)
def test_the_files_are_composed_and_name_no_key_twice(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", content)
    keys = [key.value for key, _ in yaml.compose(content).value]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_stands_twice(language: str) -> None:
    """The same words under two keys are one node of YAML (an alias), or one key."""
    places: dict[str, str] = {}
    twins = []
    for room in ROOMS:
        path = NLU_DATA / FOLDER / language / f"{room}.yml"
        for where, text in _sentences(yaml.compose(path.read_text(encoding="utf-8")), room):
            bare = " ".join(re.findall(r"[^\W_]+|\{\w+\}", text.lower()))
            if len(bare.split()) >= A_SENTENCE and places.setdefault(bare, where) != where:
                twins.append((places[bare], where))
    assert twins == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_text_is_there_that_nobody_says(room: str) -> None:
    named, shapes = _names()
    unused = {
        key for key in STORE.room(room).keys if key not in named and not any(shape.fullmatch(key) for shape in shapes)
    }
    assert unused == set()


TYPED = re.compile(r"(?i)\b(?:gõ|type|typed|chạm|touch|màn hình|screen)\b")
PRESSED = re.compile(r"(?i)\b(?:bấm|phím|press|chạm|touch|màn hình|screen)\b")


@pytest.mark.parametrize("language", COMPLETE)
@pytest.mark.parametrize("room", [room for room in ROOMS if room in {"core", "channels", "phone"}])
def test_the_telephone_never_says_type(room: str, language: str) -> None:
    said = [text for text in STORE.room(room).every(language, on=Channel.PHONE) if TYPED.search(text)]
    assert said == []


@pytest.mark.parametrize("language", COMPLETE)
@pytest.mark.parametrize("room", [room for room in ROOMS if room == "core"])
def test_a_text_message_never_says_press(room: str, language: str) -> None:
    said = [text for text in STORE.room(room).every(language, on=Channel.SMS) if PRESSED.search(text)]
    assert said == []


@pytest.mark.parametrize("language", COMPLETE)
@pytest.mark.parametrize("name", sorted(key for key in STORE.room("core").keys if key.startswith("utter_")))
def test_what_the_assistant_says_of_itself_is_short(name: str, language: str) -> None:
    for channel in Channel:
        text = STORE.room("core").text(language, name, channel)
        assert all(len(sentence.split()) <= 32 for sentence in text.replace("?", ".").split(". ")), text


def test_the_domain_names_the_responses_the_store_holds() -> None:
    domain = yaml.safe_load((PROJECT_ROOT / "assistant" / "domain.yml").read_text(encoding="utf-8"))
    assert domain["responses"] == {name: [{"text": name}] for name in domain["responses"]}
    assert domain["responses"].keys() == {key for key in STORE.room("core").keys if key.startswith("utter_")}


def test_the_hotline_stands_in_one_place() -> None:
    number = STORE.contacts["hotline"]
    files = [path for path in PROGRAM if path.suffix in {".js", ".html"}]
    files += [path for path in NLU_DATA.rglob("*.yml") if "procedures" not in path.parts and "eval" not in path.parts]
    assert [path.name for path in files if number in path.read_text(encoding="utf-8")] == ["contacts.yml"]


def _sentences(node: yaml.Node, where: str) -> Iterator[tuple[str, str]]:
    """Each text of a file with the node it stands at; an alias is the node it names."""
    for key, value in node.value:
        if isinstance(value, yaml.MappingNode):
            yield from _sentences(value, f"{where}.{key.value}")
        else:
            yield f"{where}:{value.start_mark.line + 1}", value.value


@cache
def _names() -> tuple[set[str], list[re.Pattern[str]]]:
    """Words in the program's strings, and the shapes of names put together there."""
    named: set[str] = set()
    shapes = []
    for path in PROGRAM:
        content = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            named |= set(re.findall(r"\w+", content))
            shapes += [re.compile(begin + r"\w+") for begin in re.findall(r"`(\w+_)\$\{", content)]
            shapes += [re.compile(r"\w+" + end) for end in re.findall(r'~ "(_\w+)"', content)]
            continue
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+" for part in node.values]
                if re.search(r"[a-z]{2}", "".join(part for part in parts if part != r"[\w.]+")):
                    shapes.append(re.compile("".join(parts)))
    choices = (PROJECT_ROOT / "kiosk/page/static/preferences.js").read_text(encoding="utf-8")
    for name, values in re.findall(r"(\w+): \[(.+)\]", choices):
        shapes.append(re.compile(f"{name}_(?:{'|'.join(re.findall('[a-z]+', values))})"))
    domain = yaml.safe_load((PROJECT_ROOT / "assistant" / "domain.yml").read_text(encoding="utf-8"))
    dangers = yaml.safe_load((NLU_DATA / "emergencies.yml").read_text(encoding="utf-8"))
    return named | domain["responses"].keys() | dangers.keys(), shapes
