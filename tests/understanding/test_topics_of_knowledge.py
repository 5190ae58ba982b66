"""Topics of knowledge compete with intents and procedures in one model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from language.normalise import normalise
from understanding.classifier import IntentAndProcedureClassifier
from understanding.features import Utterance, counted_features
from understanding.linear_model import LinearModel
from understanding.readings.deciding import decide
from understanding.readings.reading import Evidence, Kind, Reading

SAID = {
    "ask_procedure/9.000001": ["đăng ký nuôi ong", "giấy nuôi ong", "làm giấy nuôi ong"],
    "ask_knowledge/desk": ["mấy giờ xã mở cửa", "thứ bảy xã mở cửa không", "xã mở cửa lúc mấy giờ"],
    "ask_knowledge/vneid": ["quên mật khẩu vneid", "mật khẩu vneid lấy lại", "khóa vneid"],
    "greet": ["xin chào", "chào cán bộ", "chào xã"],
}


def guess(text: str) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    pairs = [(said, label) for label, texts in SAID.items() for said in texts]
    examples: list[Counter[str]] = [counted_features(Utterance.of(normalise(said))) for said, _ in pairs]
    model = LinearModel.fit(examples, [label for _, label in pairs], [1.0] * len(pairs))
    classifier = IntentAndProcedureClassifier(None, None, model)  # type: ignore[arg-type]
    found = classifier.guess(Utterance.of(normalise(text)))
    return found.intents, found.procedures, found.topics


def test_an_intent_holds_the_sum_of_its_topics() -> None:
    intents, _, topics = guess("mấy giờ xã đóng cửa")
    assert abs(intents["ask_knowledge"] - sum(topics.values())) < 1e-6
    assert max(topics, key=lambda topic: topics[topic]) == "desk"


def test_a_topic_is_no_procedure() -> None:
    _, procedures, topics = guess("nuôi ong")
    assert set(procedures) == {"9.000001"}
    assert set(topics) == {"desk", "vneid"}


def taken_for(
    *entries: tuple[str, float],
    matter: float = 0.0,
    why: Mapping[str, float] | None = None,
    said: str = "nợ thuế mấy năm rồi thì sao",
) -> str | None:
    """The entry told beside a chance of 0.38 that nothing here is meant, and that of a procedure."""
    readings = [Reading(Kind.ELSEWHERE, "out_of_scope", 0.38)]
    readings += [Reading(Kind.MATTER, "ask_procedure", matter, candidates=("9.000001",))] if matter else []
    readings += [
        Reading(Kind.KNOWLEDGE, "ask_knowledge", chance, knowledge=entry, why=why or {}) for entry, chance in entries
    ]
    words = Evidence(
        utterance=Utterance.of(said), openings=frozenset(), intents={}, side_phrases={}, ranked=(),
        sure=0.0, sure_of_three=0.0, aspects=(), alone=False, residue="", question=None, knowledge=(), digits=None,
        names={},
    )  # fmt: skip
    return decide(sorted(readings, key=lambda one: -one.score), words).knowledge


def test_entries_of_one_topic_that_share_a_chance_are_no_refusal() -> None:
    assert taken_for(("tax.late", 0.37), ("tax.rates", 0.25)) == "tax.late"


def test_entries_of_two_topics_lend_each_other_nothing() -> None:
    assert taken_for(("tax.late", 0.37), ("land.gift", 0.25)) is None


def test_an_unlikely_entry_is_not_told_for_the_sake_of_its_topic() -> None:
    assert taken_for(("tax.late", 0.14), ("tax.rates", 0.13), ("tax.when", 0.13), ("tax.where", 0.1)) is None


def test_entries_that_share_a_chance_are_told_where_an_unsure_procedure_is_likelier_than_each() -> None:
    assert taken_for(("tax.late", 0.35), ("tax.rates", 0.14), matter=0.39) == "tax.late"
    assert taken_for(("tax.late", 0.2), ("tax.rates", 0.14), matter=0.39) is None


def test_an_entry_of_a_topic_the_model_is_sure_of_is_told_instead_of_a_refusal() -> None:
    plain = {"model": 0.99, "evidence": 1.5}
    assert taken_for(("tax.late", 0.1), why=plain) == "tax.late"
    assert taken_for(("tax.late", 0.1), matter=0.45, why=plain) == "tax.late"
    assert taken_for(("tax.late", 0.1), why=plain | {"model": 0.9}) is None
    assert taken_for(("tax.late", 0.1), why=plain | {"evidence": 1.2}) is None
    assert taken_for(("tax.late", 0.1), why=plain, said="nợ thuế thì sao") is None
