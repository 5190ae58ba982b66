"""Two whole installations in one process: each answers from its own procedures, in its own words."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assistant.lean_rasa  # isort: skip  # noqa: F401  (before rasa)

import pytest
from places import NLU_DATA

from assistant.model import latest_model
from assistant.turns import Turns
from contract.turn import Turn, TurnResult
from installation.core import load_turns
from installation.root import Installation
from installation.tables import migrate
from runtime.settings import Settings
from stores.redis_server import RedisServer

BIRTH, MARRIAGE = "1.001193", "1.000894"
ROUNDS = 3
HELLO, HELLO_ELSEWHERE = "Xin chào. Hãy hỏi", "Bản Lũng xin chào. Hãy hỏi"


FIRST = "default: true\n"


@dataclass(frozen=True)
class Two:
    """Both cores, whose turns are answered at once in one event loop."""

    here: Turns
    elsewhere: Turns
    runner: asyncio.Runner

    def both(self, **turn: Any) -> tuple[TurnResult, TurnResult]:
        """The same turn in either, more than once, so that they come between each other."""

        async def asked() -> list[TurnResult]:
            conversations = [secrets.token_hex(8) for _ in range(ROUNDS)]
            return await asyncio.gather(
                *(
                    core.answer(Turn(channel="sms", conversation=conversation, **turn))
                    for conversation in conversations
                    for core in (self.here, self.elsewhere)
                )
            )

        results = self.runner.run(asked())
        for side in (results[::2], results[1::2]):
            assert all(result == side[0] for result in side)
        return results[0], results[1]


def another_province(folder: Path) -> Path:
    """Data in which people are greeted otherwise, birth registration has another name, and marriage is missing."""
    data = shutil.copytree(NLU_DATA, folder, ignore=shutil.ignore_patterns("eval"))
    wording = data / "wording" / "vi" / "core.yml"
    text = wording.read_text(encoding="utf-8")
    assert HELLO in text
    wording.write_text(text.replace(HELLO, HELLO_ELSEWHERE), encoding="utf-8")
    birth = data / "procedures" / f"{BIRTH}.yml"
    renamed = birth.read_text(encoding="utf-8").replace("short_name: Làm giấy khai sinh", "short_name: Làm giấy mới đẻ")
    birth.write_text(renamed, encoding="utf-8")
    (data / "procedures" / f"{MARRIAGE}.yml").unlink()
    return data


def another_country(folder: Path) -> Path:
    """Data of a country that speaks English unless somebody asks for Vietnamese."""
    data = shutil.copytree(NLU_DATA, folder, ignore=shutil.ignore_patterns("eval"))
    vietnamese, english = (data / "wording" / tag / "language.yml" for tag in ("vi", "en"))
    vietnamese.write_text(vietnamese.read_text(encoding="utf-8").replace(FIRST, ""), encoding="utf-8")
    english.write_text(FIRST + english.read_text(encoding="utf-8"), encoding="utf-8")
    return data


def cores(folder: Path, data_elsewhere: Path) -> Iterator[Two]:
    """Both cores, each with stores of its own; ended afterwards."""
    with (
        RedisServer(folder / "redis-here") as redis_here,
        RedisServer(folder / "redis-elsewhere") as redis_elsewhere,
        asyncio.Runner() as runner,
    ):
        secret = "a secret of the tests"
        here = Settings(data_dir=folder / "here", redis_url=redis_here.url, secret_key=secret)
        elsewhere = Settings(
            data_dir=folder / "elsewhere",
            redis_url=redis_elsewhere.url,
            secret_key=secret,
            nlu_data=data_elsewhere,
            model=latest_model(here),
        )
        for settings in (here, elsewhere):
            settings.data_path.mkdir()
            migrate(settings.effective_database_url)
        loaded = [load_turns(Installation(settings)) for settings in (here, elsewhere)]
        yield Two(*loaded, runner)
        for turns in loaded:
            runner.run(turns.retire())


@pytest.fixture(scope="module")
def two(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    yield from cores(folder, another_province(folder / "nlu_data"))


def test_each_greets_in_its_own_words(two: Two) -> None:
    here, elsewhere = two.both(text="xin chào")
    assert here.replies[-1].short.startswith(HELLO)
    assert elsewhere.replies[-1].short.startswith(HELLO_ELSEWHERE)


def test_each_names_a_procedure_as_its_own_record_does(two: Two) -> None:
    here, elsewhere = two.both(text="đăng ký khai sinh cần giấy tờ gì")
    assert here.understanding.procedure == elsewhere.understanding.procedure == BIRTH
    assert here.replies[-1].short.startswith("Làm giấy khai sinh")
    assert elsewhere.replies[-1].short.startswith("Làm giấy mới đẻ")


def test_a_procedure_only_one_of_them_has_is_told_only_there(two: Two) -> None:
    wish = {"do": "ask", "procedure": MARRIAGE, "aspect": "papers"}
    here, elsewhere = two.both(wish=wish)
    assert here.refused is None
    assert elsewhere.refused == "unknown_procedure"


@pytest.fixture(scope="module")
def abroad(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """A Vietnamese installation beside one of another country."""
    folder = tmp_path_factory.mktemp("abroad")
    yield from cores(folder, another_country(folder / "nlu_data"))


def test_an_installation_of_another_country_speaks_its_own_language_beside_a_vietnamese_one(abroad: Two) -> None:
    here, elsewhere = abroad.both(event="start")
    assert (here.replies[-1].language, elsewhere.replies[-1].language) == ("vi", "en")
    here, elsewhere = abroad.both(text="1.2.3")
    assert (here.replies[-1].language, elsewhere.replies[-1].language) == ("vi", "en")
