"""The phrase index, the linear model and the made-up variants."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from places import NLU_DATA

from language.normalise import fold, normalise
from understanding import phrase_index
from understanding.features import Utterance, char_features, counted_features, word_features
from understanding.languages import language_named
from understanding.linear_model import LinearModel
from understanding.phrase_index import Phrase, PhraseIndex, first
from understanding.spread import Spreader
from understanding.vocabulary import Vocabulary


def said(text: str) -> Utterance:
    return Utterance.of(normalise(text))


BEES, DUCKS, FISH = "1.000001", "1.000002", "1.000003"
INDEX = PhraseIndex(
    [
        Phrase(BEES, said("đăng ký nuôi ong")),
        Phrase(DUCKS, said("đăng ký nuôi vịt")),
        Phrase(BEES, said("giấy phép đặt thùng ong")),
        Phrase(FISH, said("cấp giấy phép đào ao cá")),
    ]
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("đăng ký nuôi ong", BEES),
        ("dang ky nuoi vit", DUCKS),
        ("thùng ong nhà em", BEES),
        ("xin đào cái ao cá", FISH),
        ("dang ki nuoi ong", BEES),
    ],
)
def test_the_nearest_phrase_names_the_procedure(text: str, code: str) -> None:
    assert INDEX.search(said(text))[0].code == code


def test_the_phrase_itself_is_a_full_match() -> None:
    assert INDEX.search(said("đăng ký nuôi vịt"))[0].score == pytest.approx(1.0)


def test_single_precision_ranks_as_double_precision_does(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for path in sorted((NLU_DATA / "procedures").glob("*.yml"))[::4]
    ]
    ways = [(record["code"], way) for record in records for way in record["asked_as"]["plain"]]
    phrases = [Phrase(code, said(way)) for code, way in ways]
    asked = [said(f"cho hỏi {fold(way)} ở đâu") for _, way in ways[::7]]
    single = PhraseIndex(phrases)
    monkeypatch.setattr(phrase_index, "PRECISION", np.float64)
    double = PhraseIndex(phrases)

    for message in asked:
        found, exact = single.search(message), double.search(message)
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in exact], abs=1e-6)
        apart = [one for one, other in itertools.pairwise(exact) if one.score - other.score > 1e-6]
        assert [hit.code for hit in found[:1]] == [hit.code for hit in exact[:1]] or exact[0] not in apart


def test_strange_words_lower_the_match() -> None:
    whole = INDEX.search(said("nuôi ong"))[0].score
    assert INDEX.search(said("nuôi ong vũ trụ xyz"))[0].score < whole


def test_each_procedure_is_found_once_and_at_most_so_many() -> None:
    codes = [hit.code for hit in INDEX.search(said("giấy phép đăng ký nuôi ong"))]
    assert len(codes) == len(set(codes))
    assert len(INDEX.search(said("giấy phép đăng ký nuôi"), limit=2)) == 2


def test_words_of_no_phrase_find_nothing() -> None:
    assert INDEX.search(said("zzz")) == []


def test_the_index_counts_its_phrases() -> None:
    assert len(INDEX) == 4


@given(st.text(max_size=80))
def test_any_text_is_searched_with_scores_between_zero_and_one(text: str) -> None:
    hits = INDEX.search(Utterance.of(text))
    assert all(0.0 < hit.score <= 1.0 + 1e-9 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


EXAMPLES = {
    "ong": ["nuôi ong", "thùng ong", "mật ong ngon", "ong bay"],
    "vit": ["nuôi vịt", "chuồng vịt", "trứng vịt to", "vịt bơi"],
    "ca": ["nuôi cá", "ao cá", "cá to", "cá bơi"],
}


def fitted() -> LinearModel:
    pairs = [(text, label) for label, texts in EXAMPLES.items() for text in texts]
    features = [counted_features(said(text)) for text, _ in pairs]
    return LinearModel.fit(features, [label for _, label in pairs], [1.0] * len(pairs))


def test_a_fitted_model_knows_its_examples_and_its_probabilities_sum_to_one() -> None:
    model = fitted()
    for label, texts in EXAMPLES.items():
        chances = model.probabilities(counted_features(said(texts[0])))
        assert model.classes[int(np.argmax(chances))] == label
        assert chances.sum() == pytest.approx(1.0)


def test_fitting_twice_gives_the_same_model() -> None:
    first, second = fitted(), fitted()
    assert first.features == second.features
    assert np.array_equal(first.weights.values, second.weights.values)
    assert np.array_equal(first.weights.columns, second.weights.columns)
    assert np.array_equal(first.intercepts, second.intercepts)


def test_a_saved_model_says_the_same_when_loaded(tmp_path: Path) -> None:
    model = fitted()
    model.save(tmp_path)
    loaded = LinearModel.load(tmp_path)
    assert loaded.classes == model.classes
    for text in ("nuôi ong", "ca boi", "không biết gì", ""):
        features = counted_features(said(text))
        assert loaded.probabilities(features) == pytest.approx(model.probabilities(features), abs=0.02)


def test_a_models_sums_are_those_of_the_whole_matrix() -> None:
    model = fitted()
    whole = np.zeros((len(model.features), len(model.classes)))
    for row in range(len(model.features)):
        begin, end = model.weights.starts[row : row + 2]
        whole[row, model.weights.columns[begin:end]] = model.weights.values[begin:end]
    rows, factors = np.array([5, 0, 3, 3]), np.array([0.5, 2.0, 1.0, -1.0])
    assert model.weights.sums(rows, factors, len(model.classes)) == pytest.approx(factors @ whole[rows])


def test_a_vocabulary_numbers_what_it_was_made_from_and_nothing_else() -> None:
    features = [f"w:chữ {number}" for number in range(5000)]
    vocabulary = Vocabulary(features)
    assert len(vocabulary) == 5000
    assert vocabulary.numbers(features).tolist() == list(range(5000))
    assert vocabulary.numbers(["w:lạ", features[7], ""]).tolist() == [-1, 7, -1]
    assert vocabulary.numbers([]).tolist() == []
    assert Vocabulary([]).numbers(["w:lạ"]).tolist() == [-1]


def test_a_model_on_disk_holds_no_pickles(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays)


def test_features_are_words_pairs_and_letters() -> None:
    assert word_features("nuoi ong mat") == ["nuoi", "ong", "mat", "nuoi ong", "ong mat"]
    assert char_features("ong") == ["<on", "ong", "ng>", "<ong", "ong>"]


def test_letters_with_marks_count_only_when_written() -> None:
    assert not any(name.startswith("d:") for name in counted_features(said("nuoi ong")))
    assert counted_features(said("nuôi ong"))["d:nuôi"] == 1
    assert isinstance(counted_features(said("nuôi")), Counter)


def test_variants_wrap_the_phrase_and_come_out_the_same_each_time() -> None:
    def spread() -> list[str]:
        spreader = Spreader(["dạ cho em hỏi"], {"fee": ["bao nhiêu tiền"], "time": ["mấy ngày"]})
        return [variant for phrase in ("nuôi ong", "đào ao") for variant in spreader.variants(phrase)]

    first = spread()
    assert first == spread()
    assert all("nuôi ong" in variant or "đào ao" in variant for variant in first)
    assert all(variant not in ("nuôi ong", "đào ao") for variant in first)


def test_one_cue_more_leaves_nearly_every_variant_as_it_was() -> None:
    phrases = [f"đào ao số {number}" for number in range(200)]
    cues = [f"hết mấy đồng {number}" for number in range(30)]

    def spread(listed: list[str]) -> list[str]:
        spreader = Spreader(["dạ cho em hỏi"], {"fee": listed})
        return [variant for phrase in phrases for variant in spreader.variants(phrase)]

    before, after = spread(cues), spread([*cues, "tốn chừng nào"])
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    assert 0 < changed <= 30


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tiếng Việt", "vi"),
        ("anh ơi nói tiếng Việt đi", "vi"),
        ("speak English please", "en"),
        ("chuyển sang tiếng Anh", "en"),
        ("đổi ngôn ngữ", None),
        ("tiếng Việt hay tiếng Anh", None),
    ],
)
def test_the_language_named_is_read(text: str, language: str | None) -> None:
    assert language_named(fold(text.lower())) == language


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.integers(1, 12))
def test_the_first_are_the_highest_and_of_equal_ones_the_earlier(values: list[int], limit: int) -> None:
    ordered = sorted(range(len(values)), key=lambda place: -values[place])
    assert first(np.array(values, dtype=float), limit).tolist() == ordered[:limit]
