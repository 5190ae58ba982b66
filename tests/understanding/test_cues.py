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
        ("đi làm giấy này giấy má ra sao", Aspect.PAPERS),
        ("hồ sơ xin vay trồng rừng", Aspect.PAPERS),
        ("sang tên hết cỡ nhiêu", Aspect.FEE),
        ("làm thẻ lâu không", Aspect.TIME),
        ("xong ngay hay phải đợi", Aspect.TIME),
        ("khai tại đâu", Aspect.WHERE),
        ("đăng ký gặp ông nào", Aspect.WHERE),
        ("làm sổ bắt đầu từ đâu", Aspect.STEPS),
        ("nộp hồ sơ kiểu gì", Aspect.STEPS),
        ("bao nhiêu mét thì được tách", Aspect.CONDITIONS),
        ("thế nào mới được coi là nghèo", Aspect.CONDITIONS),
        ("đơn này viết thế nào", Aspect.FORM),
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


TONES = CueReader({Aspect.FEE: ["tiền"], Aspect.TIME: ["mấy ngày"]}, ["dạ"])


@pytest.mark.parametrize(
    ("said", "found", "residue"),
    [
        ("đầu tiên", (), "dau tien"),
        ("mất tiền", (Aspect.FEE,), "mat"),
        ("mất tien", (Aspect.FEE,), "mat"),
        ("mat tien", (Aspect.FEE,), "mat"),
        # One syllable of a cue may have lost its diacritics, but not changed them.
        ("xong mấy ngay", (Aspect.TIME,), "xong"),
        ("xong máy ngày", (), "xong may ngay"),
    ],
)
def test_typed_diacritics_tell_a_cue_from_what_looks_like_it(
    said: str, found: tuple[Aspect, ...], residue: str
) -> None:
    cues = TONES.read(fold(said), said)
    assert (cues.aspects, cues.residue) == (found, residue)


def test_a_text_of_another_length_tells_no_diacritics() -> None:
    assert TONES.read("dau tien", "đầu tiên rồi").aspects == (Aspect.FEE,)


def test_a_spelling_the_normaliser_cannot_know_is_the_cue_it_stands_for() -> None:
    reader = CueReader({Aspect.WHERE: ["ở mô"]}, [""])
    assert reader.read("o mo", "ở mô").aspects == (Aspect.WHERE,)
    assert reader.read("nop o dau", "nộp ở đâu").aspects == (Aspect.WHERE,)


def test_fillers_and_empty_words_of_a_language_are_no_matter() -> None:
    assert TONES.read("da khai sinh").residue == "khai sinh"
    assert TONES.read("the birth of mine", empty=frozenset({"the", "of", "mine"})).residue == "birth"


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ("tien va may ngay", (Aspect.FEE, Aspect.TIME)),
        ("may ngay va tien", (Aspect.TIME, Aspect.FEE)),
        ("tien khai sinh voi nha dat va may ngay", ()),
        ("tien va tien", ()),
        ("tien may ngay", ()),
        ("tien", ()),
    ],
)
def test_two_sides_are_asked_together_where_a_word_joins_them(said: str, together: tuple[Aspect, ...]) -> None:
    assert TONES.read(said).together == together


@pytest.mark.parametrize("said", ["mất mấy ngày, hết bao nhiêu", "mat may ngay het bao nhieu"])
def test_two_questions_side_by_side_need_no_word_between(said: str) -> None:
    assert set(READER.read(Utterance.of(normalise(said)).folded).together) == {Aspect.FEE, Aspect.TIME}


def test_shapes_that_come_after_count_only_where_no_cue_says_more() -> None:
    reader = CueReader(
        {Aspect.OVERVIEW: ["như thế nào"], Aspect.FEE: ["phí"]}, [""], then=[(Aspect.STEPS, "làm … như thế nào")]
    )
    assert reader.read("lam ho khau nhu the nao").aspects == (Aspect.STEPS, Aspect.OVERVIEW)
    assert reader.read("phi lam ho khau nhu the nao").aspects == (Aspect.FEE, Aspect.OVERVIEW)


def test_a_gap_of_a_shape_is_twelve_syllables_at_most() -> None:
    reader = CueReader({Aspect.FEE: ["phí"]}, [""], first=[(Aspect.PAPERS, "^ lấy … ở đâu $")])
    few, many = " ".join(["giay"] * 12), " ".join(["giay"] * 13)
    assert reader.read(f"lay {few} o dau").aspects == (Aspect.PAPERS,)
    assert reader.read(f"lay {many} o dau").aspects == ()
    assert reader.read(f"lay {few} o dau nhi").aspects == ()


def test_the_name_of_a_side_alone_asks_for_it_whatever_is_empty_around_it() -> None:
    reader = CueReader({Aspect.PAPERS: ["giấy tờ gì"]}, ["dạ"], names={Aspect.PAPERS: ["giấy tờ"]})
    alone = reader.read("da con giay to thi sao")
    assert (alone.aspects, alone.alone, alone.residue) == ((Aspect.PAPERS,), True, "")
    assert reader.read("papers giay to", empty=frozenset({"papers"})).alone
    assert not reader.read("giay to xe").alone


def test_the_matter_is_what_is_left_unless_it_is_all_or_nothing() -> None:
    whole = Utterance.of("khai sinh mất tiền")
    assert TONES.read(whole.folded, whole.normalised).matter(whole) == Utterance("khai sinh mat", "khai sinh mat")
    bare, plain = Utterance.of("tiền"), Utterance.of("khai sinh")
    assert TONES.read(bare.folded).matter(bare) is None
    assert TONES.read(plain.folded).matter(plain) is None


def test_the_files_that_ship_give_cues_and_names() -> None:
    reader = CueReader.load(NLU_DATA)
    assert reader.read("nop o dau", "nộp ở đâu").aspects[:1] == (Aspect.WHERE,)
    assert reader.read("giay to", "giấy tờ").alone
