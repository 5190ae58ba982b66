"""When the model is stale."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from assistant import model
from runtime.settings import PROJECT_ROOT, Settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of what a model is learnt from."""
    for name in ("config.yml", "assistant/domain.yml", "nlu_data/fillers.yml", "nlu_data/intents/greet.yml"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, target)
    monkeypatch.setattr(model, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(model, "MODELS", tmp_path / "models")
    (tmp_path / "models").mkdir()
    return tmp_path


def test_the_same_data_gives_the_same_fingerprint(project: Path) -> None:
    assert model.fingerprint() == model.fingerprint()


LEARNT = [
    "config.yml",
    "assistant/domain.yml",
    "nlu_data/aspects.yml",
    "nlu_data/fillers.yml",
    "nlu_data/rules.yml",
    "nlu_data/intents/greet.yml",
    "nlu_data/language/digit_words.yml",
    "understanding/classifier.py",
    "language/normalise.py",
]
NOT_LEARNT = [
    "nlu_data/aspect_patterns.yml",
    "nlu_data/dossier_answers.yml",
    "nlu_data/emergencies.yml",
    "nlu_data/sms/anything.yml",
    "nlu_data/wording/anything.yml",
    "actions/registry.py",
]


@pytest.mark.parametrize("name", LEARNT + NOT_LEARNT)
def test_only_what_is_read_while_training_counts(project: Path, name: str) -> None:
    before = model.fingerprint()
    changed = project / name
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("# changed\n", encoding="utf-8")
    assert (model.fingerprint() != before) == (name in LEARNT)


PROCEDURE = {
    "code": "1.000001",
    "official_name": "Đăng ký nuôi ong",
    "short_name": "Nuôi ong",
    "asked_as": {"plain": ["nuôi ong xin giấy gì"]},
    "summary": "Báo với xã.",
    "submissions": [{"fees": [{"amount": 20000}]}],
    "flags": [],
}


@pytest.mark.parametrize("field", PROCEDURE)
def test_of_a_procedure_only_its_code_and_what_people_call_it_count(project: Path, field: str) -> None:
    path = project / "nlu_data" / "procedures" / "1.000001.yml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(PROCEDURE, allow_unicode=True), encoding="utf-8")
    before = model.fingerprint()
    path.write_text(yaml.safe_dump(PROCEDURE | {field: "something else"}, allow_unicode=True), encoding="utf-8")
    assert (model.fingerprint() != before) == (field in {"code", "official_name", "short_name", "asked_as"})


@pytest.mark.parametrize(("field", "learnt"), [("asked_as", True), ("id", True), ("answer", False)])
def test_of_an_entry_of_knowledge_only_the_ways_of_asking_count(project: Path, field: str, learnt: bool) -> None:
    entry = {"id": "desk.bees", "answer": {"vi": "Hỏi xã."}, "asked_as": ["nuôi ong hỏi ai"]}
    path = project / "nlu_data" / "knowledge" / "desk.yml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump({"entries": [entry]}, allow_unicode=True), encoding="utf-8")
    before = model.fingerprint()
    path.write_text(yaml.safe_dump({"entries": [entry | {field: "changed"}]}, allow_unicode=True), encoding="utf-8")
    assert (model.fingerprint() != before) == learnt


def test_a_procedure_that_cannot_be_read_stops_no_fingerprint(project: Path) -> None:
    before = model.fingerprint()
    path = project / "nlu_data" / "procedures" / "1.000001.yml"
    path.parent.mkdir()
    path.write_text("code: [", encoding="utf-8")
    assert model.fingerprint() != before


def test_a_new_and_a_renamed_file_change_it(project: Path) -> None:
    before = model.fingerprint()
    added = project / "nlu_data" / "intents" / "more.yml"
    added.write_text("x", encoding="utf-8")
    with_file = model.fingerprint()
    added.rename(added.with_name("other.yml"))
    assert len({before, with_file, model.fingerprint()}) == 3


def test_a_model_of_the_data_is_not_stale(project: Path) -> None:
    assert model.is_stale()
    model.model_path().write_bytes(b"")
    assert not model.is_stale()
    assert model.latest_model(Settings()) == model.model_path()
    assert model.train() == model.model_path()


def test_an_older_model_serves_until_there_is_a_new_one(project: Path) -> None:
    for age, name in ((200, "motcua-old.tar.gz"), (100, "motcua-newer.tar.gz")):
        path = project / "models" / name
        path.write_bytes(b"")
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert model.is_stale()
    assert model.latest_model(Settings()).name == "motcua-newer.tar.gz"


def test_without_any_model_the_place_of_the_missing_one_is_named(project: Path) -> None:
    assert model.latest_model(Settings()) == model.model_path()
    assert not model.model_path().exists()


def test_two_trainings_at_once_are_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trained: list[Path] = []

    def slow_training(target: Path, settings: object) -> Path:
        (tmp_path / "half").touch(exist_ok=False)
        time.sleep(0.05)  # long enough for the other one to come in
        (tmp_path / "half").unlink()
        trained.append(target)
        target.write_bytes(b"a model")
        return target

    monkeypatch.setattr(model, "MODELS", tmp_path)
    monkeypatch.setattr(model, "_trained", slow_training)
    with ThreadPoolExecutor(4) as threads:
        paths = [found.result() for found in [threads.submit(model.train) for _ in range(4)]]
    assert len(trained) == 1
    assert set(paths) == set(trained)


def test_while_a_new_model_is_trained_only_one_of_this_program_answers(project: Path) -> None:
    assert model.newest_fitting(Settings()) is None
    model.model_path().write_bytes(b"")
    before = model.model_path()
    (project / "nlu_data" / "fillers.yml").write_text("# other words\n", encoding="utf-8")
    assert model.is_stale()
    assert model.newest_fitting(Settings()) == before
    (project / "config.yml").write_text("# another pipeline\n", encoding="utf-8")
    assert model.newest_fitting(Settings()) is None
