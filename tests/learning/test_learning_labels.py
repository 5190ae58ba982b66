"""A label becomes training data, or is refused with the way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from learning_examples import DAY, kept
from places import NLU_DATA
from rasa.shared.nlu.training_data.training_data import TrainingData

from catalogue.store import CatalogueStore
from learning.kept import State
from learning.labels import LabelRefused, Labels, as_phrase, same_words
from learning.store import LearningStore
from stores.database import Database
from understanding.catalogue_importer import PROCEDURE, CatalogueImporter
from understanding.knowledge import Knowledge, using
from understanding.learned_phrases import LearnedPhrases, as_understood
from understanding.search import CatalogueSearch

BIRTH, MARRIAGE = "1.001193", "1.000894"


@dataclass
class Desk:
    """Everything somebody who labels works with."""

    store: LearningStore
    catalogue: CatalogueStore
    folder: Path
    labels: Labels

    def heard(self, text: str) -> int:
        self.store.add(kept(text))
        return next(one.id for one in self.store.open() if one.kept.text == text)

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*.yml"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'learning.db'}")
    database.migrate()
    catalogue = CatalogueStore(database, NLU_DATA / "procedures")
    store, folder = LearningStore(database), tmp_path / "learned"
    labels = Labels(
        store=store,
        catalogue=catalogue,
        intents=("goodbye", "greet"),
        measured=("Con tôi chuyển trường cần giấy gì?",),
        learned=LearnedPhrases([folder]),
        folder=folder,
        today=lambda: DAY,
    )
    yield Desk(store, catalogue, folder, labels)
    catalogue.close()


def test_a_labelled_phrase_leads_to_its_procedure_at_once(desk: Desk) -> None:
    learned = LearnedPhrases([desk.folder])
    search = CatalogueSearch(desk.catalogue, learned)
    said = as_understood("cho xin tờ bông lau")
    assert search.labelled(said) is None
    number = desk.heard("cho xin tờ bông lau, [tên]")
    done = desk.labels.label(number, BIRTH)
    assert (done.phrase, done.label, done.at_once) == ("cho xin tờ bông lau", BIRTH, True)
    assert search.labelled(said) == BIRTH
    assert search.index(wait=True).search(as_understood("tờ bông lau"))[0].code == BIRTH


def test_a_labelled_utterance_leaves_the_list(desk: Desk) -> None:
    number = desk.heard("tờ bông lau")
    desk.labels.label(number, BIRTH)
    found = desk.store.get(number)
    assert found is not None
    assert (found.state, found.label, desk.store.open()) == (State.LABELLED, BIRTH, [])


def learnt_from(folder: Path) -> TrainingData:
    """What a training takes from a folder of labelled phrases."""
    with using(Knowledge(NLU_DATA, folder.parent, lambda: pytest.fail("training opens no catalogue"), lambda: DAY)):
        return CatalogueImporter(training_data_paths=[str(folder)]).get_nlu_data()


def test_the_next_training_learns_the_phrase_with_its_procedure(desk: Desk) -> None:
    desk.labels.label(desk.heard("tờ bông lau"), BIRTH)
    desk.labels.label(desk.heard("thôi em về"), "goodbye")
    data = learnt_from(desk.folder)
    learnt = {one.get("text"): (one.get("intent"), one.get(PROCEDURE)) for one in data.intent_examples}
    assert learnt["tờ bông lau"] == ("ask_procedure", BIRTH)
    assert learnt["thôi em về"] == ("goodbye", None)


def test_phrases_of_imported_procedures_are_left_to_the_index(desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / "9.000001.yml").write_text(
        'code: "9.000001"\nphrases: [{text: tờ bông lau, learned_on: 2026-11-23}]', encoding="utf-8"
    )
    data = learnt_from(desk.folder)
    assert "tờ bông lau" not in {one.get("text") for one in data.intent_examples}


def test_an_intent_has_to_be_trained(desk: Desk) -> None:
    done = desk.labels.label(desk.heard("thôi em về"), "goodbye")
    assert not done.at_once
    assert desk.files() == ["intents/goodbye.yml"]


@pytest.mark.parametrize(
    ("said", "label", "cure"),
    [
        ("con tôi chuyển trường cần giấy gì", BIRTH, "motcua learn drop"),
        ("con toi chuyen truong can giay gi", "goodbye", "nlu_data/eval"),
        ("Đăng ký kết hôn", BIRTH, f"label it {MARRIAGE}"),
        ("dang ky ket hon", BIRTH, f"nlu_data/procedures/{MARRIAGE}.yml"),
        ("tờ bông lau", "9.099999", "motcua catalogue list"),
        ("tờ bông lau", "good_bye", "the intents are goodbye, greet"),
    ],
)
def test_a_wrong_label_is_refused_with_the_way_out(desk: Desk, said: str, label: str, cure: str) -> None:
    number = desk.heard(said)
    with pytest.raises(LabelRefused, match=cure):
        desk.labels.label(number, label)
    assert desk.files() == []
    assert [one.id for one in desk.store.open()] == [number]


def test_a_phrase_learnt_for_one_procedure_is_refused_for_another(desk: Desk) -> None:
    desk.labels.label(desk.heard("tờ bông lau"), BIRTH)
    with pytest.raises(LabelRefused, match=f"already a phrase of {BIRTH}"):
        desk.labels.label(desk.heard("to bong lau"), MARRIAGE)


def test_a_known_phrase_may_be_labelled_with_its_own_procedure(desk: Desk) -> None:
    assert desk.labels.label(desk.heard("đăng ký kết hôn"), MARRIAGE).label == MARRIAGE


@pytest.mark.parametrize(("state", "told"), [("labelled", f"already labelled {BIRTH}"), ("dropped", "is dropped")])
def test_only_open_utterances_can_be_labelled(desk: Desk, state: str, told: str) -> None:
    number = desk.heard("tờ bông lau")
    if state == "labelled":
        desk.labels.label(number, BIRTH)
    else:
        desk.store.drop(number)
    with pytest.raises(LabelRefused, match=told):
        desk.labels.label(number, BIRTH)


def test_an_id_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(LabelRefused, match="motcua learn review"):
        desk.labels.label(7, BIRTH)


@pytest.mark.parametrize(
    ("redacted", "phrase"),
    [
        ("xin tờ bông lau, tôi là [tên], [số điện thoại]", "xin tờ bông lau, tôi là"),
        ("[tên], tờ bông lau?", "tờ bông lau?"),
        ("- tờ [bông](lau) {x}", "tờ bông lau x"),
        ("hộ [tên] , [tên] : tờ bông lau", "hộ: tờ bông lau"),
    ],
)
def test_a_phrase_is_what_is_left_without_the_tags(redacted: str, phrase: str) -> None:
    assert as_phrase(redacted) == phrase


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bán nhà!", "bán nhà", True),
        ("ban nha", "bán nhà", True),
        ("bàn nhà", "bán nhà", False),
        ("bán nhà", "bán đất", False),
    ],
)
def test_diacritics_count_where_both_texts_have_them(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same
