"""Which side of a procedure is asked for."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from contract.aspects import Aspect
from contract.wording import wording_of
from language.normalise import fold, normalise
from understanding.cues import CueReader
from understanding.empty_words import names_nothing
from understanding.features import Utterance

READER = CueReader.load(NLU_DATA)


def aspects(text: str) -> tuple[Aspect, ...]:
    return READER.read(Utterance.of(normalise(text)).folded).aspects


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("làm khai sinh cần giấy tờ gì", Aspect.PAPERS),
        ("lam khai sinh can giay to gi", Aspect.PAPERS),
        ("còn lệ phí?", Aspect.FEE),
        ("hết bao nhiêu tiền", Aspect.FEE),
        ("làm online thì mất bao nhiêu tiền", Aspect.FEE),
        ("mất bao lâu", Aspect.TIME),
        ("bao giờ thì xong", Aspect.TIME),
        ("nộp ở đâu", Aspect.WHERE),
        ("nộp ở mô", Aspect.WHERE),
        ("nop o mo", Aspect.WHERE),
        ("làm qua mạng được không", Aspect.ONLINE),
        ("các bước làm thế nào", Aspect.STEPS),
        ("điều kiện gì", Aspect.CONDITIONS),
        ("căn cứ vào luật nào", Aspect.LEGAL_BASIS),
    ],
)
def test_the_side_asked_for_is_found(text: str, aspect: Aspect) -> None:
    assert aspects(text)[:1] == (aspect,)


@pytest.mark.parametrize("text", ["đăng ký kết hôn", "", "xin chào", "phim hay", "thời tiết"])
def test_no_side_is_read_into_words_that_name_none(text: str) -> None:
    assert aspects(text) == ()


def test_cues_match_whole_syllables_only() -> None:
    reader = CueReader({Aspect.FEE: ["phí"]}, ["dạ"])
    assert reader.read("phim dao").aspects == ()
    assert reader.read("da phi dao").residue == "dao"


def test_longer_cues_are_surer() -> None:
    reader = CueReader({Aspect.FEE: ["phí"], Aspect.WHERE: ["nộp ở đâu"]}, [""])
    assert reader.read("phi nop o dau").aspects == (Aspect.WHERE, Aspect.FEE)


def test_a_side_mentioned_in_passing_gives_way() -> None:
    reader = CueReader({Aspect.ONLINE: ["làm qua mạng"], Aspect.FEE: ["phí"]}, [""])
    assert reader.read("lam qua mang phi").aspects == (Aspect.FEE, Aspect.ONLINE)


def test_a_question_shape_wins_over_a_cue() -> None:
    reader = CueReader({Aspect.WHERE: ["ở đâu"]}, [""], first=[(Aspect.PAPERS, "lấy … ở đâu")])
    assert reader.read("lay mau don o dau").aspects[0] is Aspect.PAPERS


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("side", [Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.STEPS])
def test_a_side_is_understood_by_the_name_answers_offer_it_under(language: str, side: Aspect) -> None:
    offered = wording_of(NLU_DATA).room("core").text(language, f"aspect_{side.value}")
    for written in (offered, fold(offered), offered.upper(), f"{offered}?", f"{offered} ạ", f"còn {offered} thì sao"):
        cues = READER.read(Utterance.of(normalise(written)).folded)
        assert (cues.aspects[:1], names_nothing(cues.residue)) == ((side,), True), written
    assert READER.read(Utterance.of(normalise(offered)).folded).alone


@pytest.mark.parametrize("text", ["giấy tờ xe", "thời gian thử việc", "điều kiện kết hôn", "mất giấy tờ"])
def test_the_name_of_a_side_within_a_matter_is_no_follow_up(text: str) -> None:
    assert not READER.read(Utterance.of(normalise(text)).folded).alone
