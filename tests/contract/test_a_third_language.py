"""A language is a folder: one invented here is seen and heard on every channel, and no line of code knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from places import NLU_DATA

from catalogue.translations import FACTS
from contract.wording import FOLDER
from runtime.settings import PROJECT_ROOT

TAG = "qaa"
"""Of the private use range of ISO 639-2: nobody's language."""

LANGUAGE = {
    "name": "Kwanu",
    "complete": True,
    "asked_for": ["tieng kwanu", "kwanu"],
    "asked_aloud": ["tiếng kwanu", "kwanu"],
    "words_a_minute": 150,
    "espeak": "gmw/en-us",
    "twilio": {"tag": "en-GB", "voice": "Google.en-GB-Standard-A"},
}
SPEECH = {
    "signs": {"%": "kwaprocen"},
    "short_forms": {"đồng": "kwadong"},
    "own_words": "kwa",
    "months": " ".join(f"kwamonat{number}" for number in "abcdefghijkl"),
    "between": {"dot": "kwadot", "dash": "kwadash", "span": "kwato", "choice": "kwaor"},
}
WORDS = {"grammar": "kwi kwu", "pairs": ["kwo to"], "names": "kwagiay kwaphi", "neutral": "ok", "empty": "kwi"}

SEEN_AND_HEARD = """
import json
from datetime import date, timedelta

from actions.procedures.answers import Answers
from catalogue.yaml_files import load_folder
from channels.phone.dialogue.carrier_protocol import Keys, Said
from channels.phone.dialogue.dialogue_data import dialogue_data
from channels.phone.dialogue.input_meaning import meant_by_words
from channels.phone.dialogue.prompts import first_lines_of, rest_of_first
from channels.phone.dialogue.state import CallState
from channels.phone.twiml.render import Addresses, Voices, render as twiml
from channels.phone.dialogue.carrier_protocol import Expect, Move
from channels.rendering.render import render
from contract.aspects import Aspect
from contract.turn import Channel
from contract.wording import wording_of
from kiosk.page.requests import LanguageBody
from kiosk.page.situations import read_situations
from kiosk.printing.slip import Letterhead, slip_of_text
from kiosk.words import words
from language.data import serve
from runtime.settings import Settings
from speech.voices.passages import passages
from speech.voices.voice import Style
from understanding.languages import language_named

NLU_DATA = Settings().nlu_data_path
serve(NLU_DATA)
store, data = wording_of(NLU_DATA), dialogue_data()
procedure = next(one for one in load_folder(NLU_DATA / "procedures") if one.code == "1.001193")
answers = Answers(store.room("core"), lambda: date(2026, 11, 29), timedelta(days=180))
answer = answers.reply(procedure, Aspect.PAPERS, "qaa")
state = CallState(conversation="c", language="qaa")
menu = (*first_lines_of(data, state), *rest_of_first(data, state))
print(json.dumps({
    "offered": store.languages.offered,
    "named": language_named("noi tieng kwanu di"),
    "asked_aloud": str(meant_by_words(state.screen, Said("kwanu"), data, date(2026, 11, 29))),
    "vietnamese_menu": [line.text for line in rest_of_first(data, CallState(conversation="c"))],
    "menu": [(line.language, line.text) for line in menu],
    "twiml": twiml(Move(menu, Expect()), Voices(), Addresses()),
    "answer": [line for line in (answer.short, *answer.details, answer.next_step) if line],
    "sms": render(answer, Channel.SMS, Settings()).text,
    "phone": render(answer, Channel.PHONE, Settings()).speech,
    "screen": render(answer, Channel.KIOSK, Settings()).text,
    "passages": [(one.language, one.text) for one in passages(
        "Kwa 20/07/2026, 50%, 3-5, 50.000 đồng, 1.001193. Kwa: Tờ khai đăng ký khai sinh.", Style("qaa"))],
    "tile": read_situations()[0].label("qaa"),
    "slip": slip_of_text("Kwa", Letterhead("", date(2026, 11, 29)), words(), "qaa").title,
    "home": words().text("qaa", "home_title"),
    "taken": LanguageBody(visit="0" * 32, language="qaa").language,
}))
"""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process says whose data hold the language."""
    data = tmp_path_factory.mktemp("data")
    for part in NLU_DATA.iterdir():
        if part.name != FOLDER:
            (data / part.name).symlink_to(part)
    shutil.copytree(NLU_DATA / FOLDER, data / FOLDER)
    folder = data / FOLDER / TAG
    folder.mkdir()
    for path in (NLU_DATA / FOLDER / "en").glob("*.yml"):
        if path.name == FACTS:
            continue  # Facts of procedures need not be translated.
        (folder / path.name).write_text(_in_kwanu(path), encoding="utf-8")
    environment = {**os.environ, "MOTCUA_NLU_DATA": str(data), "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SEEN_AND_HEARD], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _in_kwanu(path: Path) -> str:
    own = {"language.yml": LANGUAGE, "speech.yml": SPEECH, "words.yml": WORDS}.get(path.name)
    texts = own or {key: _kwa(value) for key, value in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
    return yaml.safe_dump(texts, allow_unicode=True)


def _kwa(value: Any) -> Any:
    return {name: _kwa(words) for name, words in value.items()} if isinstance(value, dict) else f"Kwa {value}"


def test_it_is_offered_and_understood_when_asked_for(heard: dict[str, Any]) -> None:
    assert heard["offered"] == ["vi", "en", TAG]
    assert heard["named"] == TAG
    assert heard["asked_aloud"] == f"SpeakIn(language='{TAG}')"
    assert any("Kwa" in line for line in heard["vietnamese_menu"])
    assert heard["taken"] == TAG


def test_the_telephone_speaks_it_and_offers_the_others(heard: dict[str, Any]) -> None:
    languages = [language for language, _ in heard["menu"]]
    assert languages == [TAG, TAG, "vi", "en"]
    assert heard["menu"][0][1].startswith("Kwa ")
    assert "phím chín" in heard["menu"][2][1]
    assert "press 7" in heard["menu"][3][1]
    assert 'language="en-GB" voice="Google.en-GB-Standard-A">Kwa' in heard["twiml"]


def test_an_answer_has_its_frame_on_every_channel(heard: dict[str, Any]) -> None:
    assert all("Kwa" in line for line in heard["answer"])
    for channel in ("sms", "phone", "screen"):
        assert heard[channel].startswith("Kwa "), channel
        assert "khai" in heard[channel], channel


def test_numbers_dates_and_codes_are_said_in_it_and_facts_in_vietnamese(heard: dict[str, Any]) -> None:
    own = " ".join(text for language, text in heard["passages"] if language == TAG)
    for said in ("20 kwamonatg 2026", "50 kwaprocen", "3 kwato 5", "50000 kwadong", "1, kwadot, 0 0 1"):
        assert said in own
    assert ("vi", "Tờ khai đăng ký khai sinh.") in [tuple(one) for one in heard["passages"]]


def test_the_kiosk_shows_it(heard: dict[str, Any]) -> None:
    for place in ("tile", "slip", "home"):
        assert heard[place].startswith("Kwa "), place
