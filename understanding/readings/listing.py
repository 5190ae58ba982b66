"""Lists what an utterance can be in its conversation, each reading with the features it is weighed by. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalogue.knowledge_base import topic_of
from contract.aspects import Aspect
from contract.questions import QuestionKind
from language import data
from language.normalise import fold, normalise
from language.phrasings import phrasing, words
from understanding.decision import ANSWER, ASK_PROCEDURE, OFFER, OFFER_SCORE, OUT_OF_SCOPE
from understanding.empty_words import empty_words
from understanding.readings.markers import Markers
from understanding.readings.reading import Evidence, Kind
from understanding.readings.seen import DENY, TALK, Seen, odds, told_apart
from understanding.readings.state import Form, Offered

ASK_KNOWLEDGE = "ask_knowledge"
CHECK_DOSSIER = "check_dossier"
REPORT = "report_problem"
CHOOSE = "choose_number"
SWITCH_LANGUAGE = "switch_language"
CHANGE_TOPIC_BACK = "change_topic_back"
GOODBYE, LONGEST_GOODBYE = "goodbye", 12
"""Syllables up to which somebody takes leave; who says more tells of somebody else's leaving."""
AFFIRM = "affirm"

SATISFIED, DISSATISFIED = "satisfied", "dissatisfied"
RATING_KEYS = {"1": SATISFIED, "2": DISSATISFIED}
"""What the keys mean where it was asked whether the answers helped."""
_RATING_BY_KEY = 3
"""Syllables of a message that only gives a key: "số 1", "chọn 2 nhé"."""

A_WHOLE_EXAMPLE = 0.99
LONG_TALK, LIKE_AN_EXAMPLE = 6, 0.85
"""Words that name something from which on it is no small talk any more, unless it is like an example of it."""

LAST_DIGITS = frozenset({4, 6})
"""Digits that say that a dossier is one's own."""

EITHER = "either"
"""Shown beside the features of the dossier's reading: the words fit the matter talked of since just as well."""
FEW_WORDS = 3
"""Words that name something up to which a question about collecting says nothing of what is collected."""
NARROWED_AMONG, OWN_WORDS = 5, 0.2
"""Procedures among which the one told apart is looked for, and how much it counts that the words are its own alone."""
IN_LIST = 0.1
"""How much it counts that it was listed."""
LEAD = "lead"
"""Weights of the first of the things listed, when what follows names none of them."""
LED_ON = "led_on"
"""Weights of entries of knowledge that further words lead on to from the one told last."""
SIDE = "side"
"""Weights of wishes and small talk."""

_MUCH_EVIDENCE = 2.5
"""Nats from which more say no more: a few rare letters are no better proof than a whole question."""
_FAR_AHEAD = 0.8
_FAR_PHRASE, _STRANGE_TOPIC = 0.3, 0.1
"""Similarity of the nearest way of asking, and probability of the topic, below both of which an entry is no reading. No
development question that an entry answers lies there."""
_OF_DOSSIER = frozenset({Aspect.TIME, Aspect.WHERE, Aspect.RESULT, Aspect.FEE, Aspect.PAPERS})
_QUESTIONS_OF_DOSSIER = frozenset(
    {QuestionKind.COLLECT, QuestionKind.WHO_MAY, QuestionKind.DEADLINE, QuestionKind.WEEKEND, QuestionKind.POST}
)
A_CASE_OF_IT = 0.5
"""Share of the words of somebody's case that a record tells of, from which it is a case of what is talked of."""
_OF_SERVICE = frozenset({"service", "rights", "languages"})
"""Topics of knowledge that are about this service."""
_FREE_WORDS = frozenset({"report_words", "report_place"})


@dataclass(frozen=True)
class Listed:
    """One thing an utterance can be, not yet weighed."""

    kind: Kind
    intent: str
    features: Mapping[str, float]
    weights: str
    """Which weights its features have; the kind's own where it is not said otherwise."""
    procedure: str | None = None
    aspect: Aspect | None = None
    knowledge: str | None = None
    choice: str | None = None
    candidates: tuple[str, ...] = ()
    told: Mapping[str, float] = field(default_factory=dict)
    """What is shown beside the features to whoever asks why."""


def listed(seen: Seen) -> list[Listed]:
    """Every reading; the last is always that nothing here is meant."""
    return [
        *_form(seen),
        *_rating(seen),
        *_crossing(seen),
        *_matter(seen),
        *_topic(seen),
        *_earlier(seen),
        *_narrowed(seen),
        *_listed(seen),
        *_dossier(seen),
        *_sides(seen),
        *_knowledge(seen),
        _elsewhere(seen),
    ]


def _form(seen: Seen) -> Iterable[Listed]:
    """The value a form asked for, or that it is not at hand."""
    evidence, state = seen.evidence, seen.state
    if state.form is not None and seen.found(seen.markers.calls_off):
        yield Listed(Kind.TALK, DENY, {"calls_off": 1.0, "sure": seen.sure}, "form")
    if state.form is Form.REPORT and state.wanted == "report_place" and seen.skips:
        yield Listed(Kind.FORM, REPORT, {"skips": 1.0}, "form")
    if state.form is None and state.dossier_waits and len(evidence.digits or "") in LAST_DIGITS:
        # A question came between; these are the digits the look-up still waits for.
        yield Listed(Kind.FORM, CHOOSE, {"digits_awaited": 1.0}, "form")
    if state.form is Form.REPORT and state.wanted in _FREE_WORDS:
        # What is wrong, and where, is told in any words; only a plain question, or calling it off, is none of it.
        values = {
            "free_words": 1.0,
            "asks": float(seen.asks),
            "sure": seen.sure,
            "denies": max(seen.denies, evidence.intents.get(DENY, 0.0)),
        }
        yield Listed(Kind.FORM, REPORT, values, "form")
    if state.form not in (Form.DOSSIER, Form.REGISTRY):
        return
    if evidence.digits is not None:
        yield Listed(Kind.FORM, CHOOSE, {"digits": 1.0}, "form")
    elif state.wanted in ("last4", "registry_proof") and seen.found(seen.markers.sends_code):
        yield Listed(Kind.FORM, CHECK_DOSSIER, {"sends_code": 1.0, "sure": seen.sure}, "form")
    elif seen.found(seen.markers.form_help):
        yield Listed(Kind.FORM, "help", {"not_at_hand": 1.0, "sure": seen.sure}, "form")


def _rating(seen: Seen) -> Iterable[Listed]:
    """Whether it helped: by key, by yes and no, or in words; anything else goes its own way."""
    if not seen.state.rating_asked:
        return
    evidence = seen.evidence
    folded, markers = evidence.utterance.folded, seen.markers
    no = max(seen.found(markers.not_helped), float(folded in markers.no_alone))
    yes = max(seen.found(markers.helped), float(folded in markers.yes_alone))
    says = {SATISFIED: yes * (1.0 - no), DISSATISFIED: no}
    for key, intent in RATING_KEYS.items():
        near = evidence.side_phrases.get(AFFIRM if intent == SATISFIED else DENY, 0.0)
        values = {
            "key": float(evidence.digits == key and len(evidence.words) <= _RATING_BY_KEY),
            "says": says[intent],
            "like_yes_or_no": float(near >= A_WHOLE_EXAMPLE),
            "asks": float(seen.asks and not says[intent]),
            "sure": seen.sure,
        }
        if any(values[name] for name in ("key", "says", "like_yes_or_no")):
            yield Listed(Kind.RATING, intent, values, "rating")


def _crossing(seen: Seen) -> Iterable[Listed]:
    """Going on with what was talked of by another channel: "em nhắn tin hồi nãy rồi, giờ gọi hỏi tiếp"."""
    other, kiosk = seen.found(seen.markers.other_channel), seen.found(seen.markers.to_kiosk)
    goes_on = max(seen.found(seen.markers.goes_on), float(seen.says_earlier))
    if not goes_on or not (other or kiosk):
        return
    values = {"other_channel": other, "to_kiosk": kiosk, "sure": seen.sure, "words": seen.words}
    yield Listed(Kind.CROSSING, CHANGE_TOPIC_BACK, values, "crossing", aspect=seen.side)


def _matter(seen: Seen) -> Iterable[Listed]:
    evidence = seen.evidence
    ranked = evidence.ranked
    if not ranked or (seen.asks and seen.bare):
        return
    if max(evidence.sure, evidence.sure_of_three) < OFFER:
        return
    tells_case = bool(seen.states_case) and bool(seen.found(seen.markers.tells_of_oneself))
    if tells_case and seen.topic is not None and seen.told(seen.topic) >= A_CASE_OF_IT:
        return
    topic = float(seen.topic is not None)
    own = seen.named(seen.topic) if seen.topic is not None and ranked[0].code != seen.topic else 0.0
    only_listed = float(evidence.sure < ANSWER)
    values = {
        "sure": odds(evidence.sure),
        "sure_of_three": odds(evidence.sure_of_three),
        "asked": evidence.intents.get(ASK_PROCEDURE, 0.0),
        "only_listed": only_listed,
        "words": seen.words,
        "short": seen.short,
        "talked": topic,
        "talked_only_listed": topic * only_listed,
        "talked_asks": topic * float(seen.asks),
        "talked_of_a_thing": topic * float(seen.of_a_thing),
        "talked_follows": topic * float(seen.follows),
        "talked_denies": topic * seen.denies,
        "talked_told": topic * seen.told(seen.topic or "") if ranked[0].code != seen.topic else 0.0,
        "talked_named": own,
        "talked_exempt": topic * seen.says("exempt"),
        "talked_states_case": topic * seen.states_case * seen.told(seen.topic or ""),
        "talked_only_its": topic * seen.only_its,
        "talked_points_at_it": topic * seen.points_at_topic,
        "talked_lacks_told": topic * seen.lacks * seen.told(seen.topic or ""),
        "talked_and_that_one": topic * seen.says("and_that_one") * float(evidence.sure >= ANSWER),
        "entry_told": float(seen.state.knowledge is not None),
        "entry_told_only_listed": float(seen.state.knowledge is not None) * only_listed,
        "similar": ranked[0].similarity,
        "same": float(ranked[0].code == seen.topic),
        "points_back": float(seen.points_back),
        "says_earlier": float(seen.says_earlier) * float(bool(seen.state.topics)),
        "list_shown": float(seen.state.offered is not None),
        "form": float(seen.state.form is not None),
    }
    candidates = tuple(item.code for place, item in enumerate(ranked[:5]) if place == 0 or item.score >= OFFER_SCORE)
    yield Listed(
        Kind.MATTER,
        ASK_PROCEDURE,
        values,
        "matter",
        procedure=ranked[0].code,
        aspect=seen.side_of_another,
        candidates=candidates,
        told={"chance": evidence.sure, "chance_of_three": evidence.sure_of_three},
    )


def _topic(seen: Seen) -> Iterable[Listed]:
    evidence = seen.evidence
    asks_question = evidence.question is not None and not evidence.aspects
    if seen.topic is None:
        # Nothing was talked of: a bare question is still one, and is asked back about.
        listed_last = seen.state.offered is not None and not seen.state.offered.labels
        if seen.bare and seen.asks and not listed_last:
            yield Listed(Kind.TOPIC, ASK_PROCEDURE, {"nothing_yet": 1.0}, "topic", aspect=seen.side)
        return
    named = seen.named(seen.topic)
    exempt = seen.says("exempt")
    values = {
        "asks_a_side": float(bool(evidence.aspects)),
        "asks_a_question": float(asks_question),
        "asks_plainly": float(seen.plainly),
        "names_nothing": float(seen.bare),
        "bare_question": float(seen.bare and seen.asks),
        "follows": float(seen.follows),
        "points_back": float(seen.points_back),
        "short": seen.short,
        "names_the_topic": named,
        "told": seen.told(seen.topic),
        "told_thing": seen.told(seen.topic) * float(seen.of_a_thing),
        "other_matter": seen.of_other * (1.0 - named),
        "other_inside": seen.of_other * (1.0 - named) * float(seen.of_a_thing),
        "other_only": seen.only_its * float(seen.of_other > 0.0),
        "exempt": exempt,
        "states_case": seen.states_case * seen.told(seen.topic),
        "known_beside": seen.known_beside,
        "of_service": seen.of_service,
        "about_age": float(evidence.question is not None and evidence.question.kind is QuestionKind.AGE),
        "other_words": seen.words,
        "strange_words": seen.strange_to(seen.topic),
        "denies": seen.denies,
        "points_at_it": seen.points_at_topic,
        "talk": seen.talk,
        "lacks_told": seen.lacks * seen.told(seen.topic),
        "list_shown": float(seen.state.offered is not None),
        "says_earlier": float(seen.says_earlier) * float(bool(seen.state.topics)),
        "form": float(seen.state.form is not None),
    }
    yield Listed(Kind.TOPIC, ASK_PROCEDURE, values, "topic", procedure=seen.topic, aspect=seen.side)


def _earlier(seen: Seen) -> Iterable[Listed]:
    topics = seen.state.topics
    if not topics:
        return
    folded = seen.evidence.utterance.folded
    ordered = topics[::-1] if phrasing("first_of_all").search(folded) else topics
    now = seen.evidence.names.get(seen.topic or "", frozenset())
    # What the present matter is called by, too, tells nothing: "lệ phí khai tử" after "khai sinh".
    alone = {code: seen.share(seen.evidence.names.get(code, frozenset()) - now) for code in ordered}
    best = max(ordered, key=lambda code: (alone[code], seen.named(code)))
    named = seen.named(best)
    # With nothing listed, "cái đầu" counts what was talked of: two matters of one message.
    says_earlier = seen.says_earlier or _counts_talked_of(seen)
    if not says_earlier and named < 0.5:
        return
    nearest = seen.evidence.ranked[0].code if seen.evidence.ranked else None
    values = {
        "says_earlier": float(says_earlier),
        "counts_it": float(_counts_talked_of(seen)),
        "names_it": named,
        "only_its": alone[best],
        "nearest": seen.sure if nearest == best else 0.0,
        "other_matter": seen.sure * (1.0 - named) if nearest not in (None, *topics) else 0.0,
        "asks_a_side": float(seen.asks),
        "of_a_thing": float(seen.of_a_thing and not says_earlier),
    }
    yield Listed(Kind.EARLIER, ASK_PROCEDURE, values, "earlier", procedure=best, aspect=seen.side_of_another)


def _counts_talked_of(seen: Seen) -> bool:
    """Whether words count what was talked of, where nothing was listed: "cái đầu", "việc kia"."""
    return seen.state.offered is None and bool(seen.says("first_talked_of") or seen.says("other_talked_of"))


def _narrowed(seen: Seen) -> Iterable[Listed]:
    """What was talked of, or listed, with other words: "cái bị mất ấy", "không, xe cũ mua lại cơ mà"."""
    joined = seen.evidence.joined
    if not joined or (seen.asks and seen.bare):
        return
    offered = seen.state.offered
    # What is said now has to be its own: "rồi bảo hiểm" after a birth names no copy of the birth certificate.
    own = [(one, only) for one in joined[:NARROWED_AMONG] if (only := seen.only_of(one.code)) > 0.0]
    if not own:
        return
    codes = offered.codes if offered is not None else ()
    best, only = max(own, key=lambda found: found[0].score + OWN_WORDS * found[1] + IN_LIST * (found[0].code in codes))
    alone = next((one.similarity for one in seen.evidence.ranked if one.code == best.code), 0.0)
    rival = max((one.similarity for one in joined if one is not best), default=0.0)
    listed_there = float(offered is not None and best.code in offered.codes)
    other_sure = seen.sure if seen.evidence.ranked and seen.evidence.ranked[0].code != best.code else 0.0
    values = {
        "similar": best.similarity,
        "ahead": best.similarity - rival,
        "alone": alone,
        "only_its": only,
        "in_list": listed_there,
        "list_shown": float(offered is not None),
        "denies": seen.denies,
        "denies_only_its": seen.denies * only,
        "follows": float(seen.follows),
        "points": seen.says("points_at"),
        "points_in_list": seen.says("points_at") * float(offered is not None),
        "asks": float(seen.asks),
        "short": seen.short,
        "strange_words": seen.strange_to(best.code),
        "of_a_thing": float(seen.of_a_thing),
        "states_case": seen.states_case,
        "known_beside": seen.known_beside,
        "other_sure": other_sure,
        "other_answered": float(other_sure >= ANSWER),
        "points_at_topic": seen.points_at_topic,
        "talked_lacks_told": seen.lacks * seen.told(seen.topic or ""),
        "nearest": seen.sure if seen.evidence.ranked and seen.evidence.ranked[0].code == best.code else 0.0,
        "talk": seen.talk,
    }
    yield Listed(Kind.NARROWED, ASK_PROCEDURE, values, "narrowed", procedure=best.code, aspect=seen.side_of_another)


def _listed(seen: Seen) -> Iterable[Listed]:
    offered = seen.state.offered
    if seen.says("none_of_them"):
        # Also where nothing was listed: what was told was not what is wanted.
        yield Listed(Kind.LISTED, "none_of_them", {"none": 1.0, "unlisted": float(offered is None)}, "listed")
        return
    if offered is None:
        return
    if offered.labels:
        yield from _situation(seen, offered)
        return
    evidence = seen.evidence
    said = evidence.residue or evidence.utterance.folded
    apart = told_apart(said, {code: evidence.names.get(code, frozenset()) for code in offered.codes})
    best = max(apart, key=lambda code: apart[code])
    by_told = float(apart[best] == 0.0)
    if by_told:
        # None of them is called so; what their records tell may tell them apart: "thuê nhà một năm".
        apart = told_apart(said, {code: evidence.told.get(code, frozenset()) for code in offered.codes})
        best = max(apart, key=lambda code: apart[code])
    if apart[best] > 0.0:
        yield Listed(
            Kind.LISTED,
            ASK_PROCEDURE,
            _naming(seen, apart[best], named=seen.named(best)) | {"by_told": by_told * apart[best]},
            "listed",
            procedure=best,
            aspect=seen.side or Aspect(offered.aspect),
        )
    nearest = evidence.ranked[0].code if evidence.ranked else None
    if nearest in offered.codes and not seen.bare and evidence.sure >= OFFER:
        values = _naming(seen, apart[nearest], named=seen.named(nearest)) | {"nearest": evidence.sure}
        yield Listed(Kind.LISTED, ASK_PROCEDURE, values, "listed", procedure=nearest, aspect=seen.side)
    counted = _counted(seen) if seen.asks and not seen.evidence.digits else None
    if counted is not None:
        # "Lệ phí cái thứ hai": picked and asked in one.
        yield Listed(
            Kind.LISTED,
            ASK_PROCEDURE,
            _naming(seen, 1.0, named=1.0) | {"other_words": 0.0, "picks": 1.0},
            "listed",
            procedure=offered.codes[int(counted) - 1],
            aspect=seen.side,
        )
    if seen.asks and seen.topic not in offered.codes and not seen.names_another_whole(offered.codes):
        # The list is passed over, and something is asked all the same: of the likeliest of it by all that was said.
        together = {one.code: one.score for one in evidence.joined}
        first = max(offered.codes, key=lambda code: together.get(code, 0.0))
        values = {
            "chance": odds(offered.chance),
            "bare": float(seen.bare),
            "plainly": float(seen.plainly),
            "follows": float(seen.follows),
            "talked": float(seen.topic is not None),
            "of_other": seen.sure if evidence.ranked and evidence.ranked[0].code not in offered.codes else 0.0,
            "told": seen.told(first),
            "words": seen.words,
        }
        yield Listed(
            Kind.LISTED,
            ASK_PROCEDURE,
            values,
            LEAD,
            procedure=first,
            aspect=seen.side,
            candidates=(first, *(code for code in offered.codes if code != first)),
        )


def _naming(seen: Seen, apart: float, named: float) -> dict[str, float]:
    return {
        "names_one": apart,
        "share_named": named,
        "picks": float(any(word in seen.markers.choosing for word in seen.evidence.words)),
        "asks_a_side": float(seen.asks),
        "of_other": seen.of_other,
        "other_words": float(max(0, len(seen.content) - 4)),
    }


@data.cached(maxsize=1024)
def _folded_words(label: str) -> frozenset[str]:
    return frozenset(fold(normalise(label)).split())


def _situation(seen: Seen, offered: Offered) -> Iterable[Listed]:
    """One of the situations of a procedure's papers, or the dossier just shown and another matter, named instead of its
    number: "nhà thuê ạ", "hồ sơ vừa xem ấy".
    """
    if offered.beside_dossier and _counts(seen.evidence, seen.markers):
        # "Cái thứ nhất" holds a syllable of "thủ tục".
        return
    names = {str(number): _folded_words(label) for number, label in enumerate(offered.labels, start=1)}
    evidence = seen.evidence
    apart = told_apart(evidence.residue or evidence.utterance.folded, names)
    best = max(apart, key=lambda number: apart[number])
    if apart[best] > 0.0:
        values = _naming(seen, apart[best], named=seen.share(names[best])) | {
            "situation": 1.0,
            "beside_dossier": float(offered.beside_dossier and _only_names(seen)),
        }
        yield Listed(Kind.LISTED, CHOOSE, values, "listed", choice=best)


def _only_names(seen: Seen) -> bool:
    """Whether nothing is asked beside the name: "hồ sơ" asks for papers elsewhere, and names a dossier here."""
    few = len(seen.content) <= FEW_WORDS and bool(seen.says("names_the_dossier"))
    return seen.evidence.question is None and (seen.side in (None, Aspect.OVERVIEW) or few)


def _dossier(seen: Seen) -> Iterable[Listed]:
    evidence, dossier = seen.evidence, seen.state.dossier
    if dossier is None:
        return
    question = evidence.question
    surely = seen.says("surely_of_dossier")
    asks = (
        bool(surely)
        or (bool(evidence.aspects) and evidence.aspects[0] in _OF_DOSSIER)
        or (question is not None and question.kind in _QUESTIONS_OF_DOSSIER)
        or seen.says("why_late")
        or seen.says("complains")
        or seen.says("wants_news")
    )
    collects = question is not None and question.kind is QuestionKind.COLLECT
    of_it = collects or bool(surely) or any(map(seen.says, ("of_dossier", "why_late", "complains", "wants_news")))
    says = seen.found(seen.markers.dossier)
    if not asks and not of_it and not says:
        return
    nearest = evidence.ranked[0].code if evidence.ranked else None
    values = {
        "asks_of_it": float(of_it),
        "goes_back": says * float(seen.says_earlier),
        "talk_went_on": float(seen.topic != dossier.procedure),
        "asks_of_dossier": float(asks),
        "says_dossier": says,
        "names_nothing": float(seen.bare),
        "short": float(len(evidence.words) <= 7),
        "other_matter": seen.sure if nearest != dossier.procedure else 0.0,
        "other_words": seen.words,
    }
    of_it_alone = ("names_the_dossier", "why_late", "complains", "wants_news")
    surely_it = seen.says_earlier or any(map(seen.says, of_it_alone))
    went_on = bool(values["talk_went_on"])
    # "Bao giờ lấy được" after something else was asked, "đăng ký khai sinh cần gì" after a dossier of that.
    of_either = went_on and of_it and len(seen.content) <= FEW_WORDS and seen.sure < ANSWER
    either = not surely_it and (of_either or (not went_on and not of_it and seen.names_it_anew))
    yield Listed(
        Kind.DOSSIER,
        "ask_about_dossier",
        values,
        "dossier",
        procedure=dossier.procedure,
        aspect=seen.side,
        told={EITHER: float(either)},
    )


def _sides(seen: Seen) -> Iterable[Listed]:
    evidence, markers = seen.evidence, seen.markers
    folded = evidence.utterance.folded
    asks_who_or_why = phrasing("asks_who_or_why").search(folded) is not None
    for intent, probability in evidence.intents.items():
        phrase = evidence.side_phrases.get(intent, 0.0)
        if probability < 0.05 and phrase < 0.5:
            continue
        if intent in (ASK_PROCEDURE, ASK_KNOWLEDGE, OUT_OF_SCOPE):
            continue
        offered = seen.state.offered
        if intent == CHECK_DOSSIER and offered is not None and offered.beside_dossier:
            # "Hồ sơ" answers which of the two is meant; another one comes with its code.
            continue
        shown = seen.state.dossier is not None and not seen.says("another_dossier")
        if intent == CHECK_DOSSIER and shown and seen.says("of_dossier"):
            # "Xong chưa vậy" asks of the one just shown.
            continue
        guard = markers.guards.get(intent)
        speak = intent == SWITCH_LANGUAGE and bool(seen.found(markers.other_language))
        if guard is not None and not guard.names(folded) and not speak:
            continue
        if guard is not None and _says_yes(evidence, phrase):
            continue
        if intent == AFFIRM and phrase < A_WHOLE_EXAMPLE and phrasing("asks").search(folded) is not None:
            # "Cần ai đồng ý" asks who agrees.
            continue
        if intent == GOODBYE and len(evidence.words) > LONGEST_GOODBYE:
            continue
        if intent == CHOOSE and (not _is_choice(evidence, markers) or (seen.state.topics and _counts_talked_of(seen))):
            continue
        handed_in = intent == CHECK_DOSSIER and bool(seen.found(markers.handed_in))
        # "Xóa giúp tôi được không" is a wish put politely.
        polite = guard is not None and phrasing("asks_politely").search(folded) is not None
        asks = seen.asks and not evidence.alone and not handed_in and not polite
        if intent == CHECK_DOSSIER and asks:
            continue
        values = {
            "model": probability,
            "phrase": phrase,
            "asks_a_side": float(asks and phrase < 0.85),
            "matter": seen.sure if phrase < 0.8 else 0.0,
            "handed_in": float(handed_in),
            "alone": float(guard is not None and folded in guard.alone),
            "guarded": float(guard is not None),
            "words": seen.words,
            "many_words": float(len(seen.content) > LONG_TALK and phrase < LIKE_AN_EXAMPLE),
            "question_word": float(asks_who_or_why and phrase < LIKE_AN_EXAMPLE),
            "talked": float(seen.topic is not None),
            f"is_{intent}": 1.0,
        }
        if intent == CHANGE_TOPIC_BACK:
            to_dossier = seen.state.dossier_waits and bool(seen.found(markers.dossier))
            values |= {"says_earlier": float(seen.says_earlier), "back_to_dossier": float(to_dossier)}
        counted = _counted(seen) if intent == CHOOSE and evidence.digits is None else None
        yield Listed(Kind.TALK if intent in TALK else Kind.WISH, intent, values, SIDE, choice=counted)


def _says_yes(evidence: Evidence, phrase: float) -> bool:
    """Whether the words are a whole yes as well: "dung" is "đúng" as much as "dừng", and no wish is done on a guess."""
    yes = evidence.side_phrases.get(AFFIRM, 0.0)
    return yes >= A_WHOLE_EXAMPLE and yes >= phrase


def _counted(seen: Seen) -> str | None:
    """The key of the thing listed that the words count: "cái thứ nhất", "cái cuối"; None where they count none."""
    offered = seen.state.offered
    if offered is None:
        return None
    last = len(offered.labels or offered.codes)
    places = {"counts_first": 1, "counts_second": 2, "counts_third": 3, "counts_last": last}
    return next((str(place) for name, place in places.items() if place <= last and seen.says(name)), None)


def _counts(evidence: Evidence, markers: Markers) -> bool:
    """Whether words count one of the things listed: "cái đầu" does, "cái đổi ấy" names it."""
    counts = markers.choosing - words("pointing_words")
    numbers = words("number_words")
    return any(word in counts or word in numbers or word.isdigit() for word in evidence.words)


def _is_choice(evidence: Evidence, markers: Markers) -> bool:
    """Whether a message does nothing but pick: "tôi có 2 con" tells of children, "số 2" picks."""
    numbers = words("number_words")
    known = markers.choosing | numbers | empty_words()
    rest = [word for word in evidence.words if word not in known and not word.isdigit()]
    picks = evidence.digits is not None or _counts(evidence, markers)
    asks = (bool(evidence.aspects) or evidence.question is not None) and evidence.digits is None
    return picks and not asks and len(rest) <= 1 and len(evidence.words) <= 6


def _knowledge(seen: Seen) -> Iterable[Listed]:
    evidence = seen.evidence
    if evidence.aspects and seen.bare:
        # "Có mất tiền không" asks of what is talked of, or is asked back about; it is no question of its own.
        return
    side = max((near for intent, near in evidence.side_phrases.items() if intent != OUT_OF_SCOPE), default=0.0)
    talked = float(seen.topic is not None or seen.state.offered is not None)
    nearest = evidence.ranked[0].similarity if evidence.ranked else 0.0
    what_to_do = seen.found(seen.markers.what_to_do)
    near = {hit.entry for hit in evidence.knowledge[:2]}
    for hit in evidence.joined_knowledge[:2]:
        if hit.entry in near:
            continue
        same = float(hit.entry == seen.state.knowledge)
        values = {
            "what_to_do": what_to_do,
            "again": same,
            "again_what_to_do": same * what_to_do,
            "evidence": min(hit.evidence, _MUCH_EVIDENCE),
            "ahead": min(hit.ahead, _FAR_AHEAD),
            "model": evidence.topics.get(topic_of(hit.entry), 0.0),
            "named": seen.known_beside,
            "short": seen.short,
            "follows": float(seen.follows),
            "asks_a_side": float(bool(evidence.aspects)),
            "talked": float(seen.topic is not None),
            "matter": seen.sure,
            "stranger": evidence.intents.get(OUT_OF_SCOPE, 0.0),
            "side": max((near for intent, near in evidence.side_phrases.items() if intent in TALK), default=0.0),
        }
        yield Listed(Kind.KNOWLEDGE, ASK_KNOWLEDGE, values, LED_ON, knowledge=hit.entry)
    for hit in evidence.knowledge[:2]:
        if hit.phrase < _FAR_PHRASE and evidence.topics.get(topic_of(hit.entry), 0.0) < _STRANGE_TOPIC:
            # One rare word in common is no question: "somebody stole my motorbike papers" asks of no prisoner.
            continue
        values = {
            "model": evidence.topics.get(topic_of(hit.entry), 0.0),
            "nearer_matter": max(0.0, nearest - hit.phrase),
            "nearer_than_matter": max(0.0, hit.phrase - nearest),
            "evidence": min(hit.evidence, _MUCH_EVIDENCE),
            "phrase": hit.phrase,
            "ahead": min(hit.ahead, _FAR_AHEAD),
            "matter": seen.sure,
            "side": side,
            "very_short": float(len(evidence.words) <= 2),
            "stranger": evidence.intents.get(OUT_OF_SCOPE, 0.0),
            "nearer_stranger": max(0.0, evidence.side_phrases.get(OUT_OF_SCOPE, 0.0) - hit.phrase),
            "words": seen.words,
            "asks_a_side": float(bool(evidence.aspects)),
            "talked": talked,
            "talked_asks": talked * float(seen.asks),
            "talked_few_words": talked * float(len(seen.content) <= 2),
            "talked_told": talked * (seen.told(seen.topic) if seen.topic else 0.0),
            "strange_words": seen.strange_to(seen.topic) if seen.topic else 0.0,
            "form": float(seen.state.form is not None),
            "dossier_shown": float(seen.state.dossier is not None),
            "of_service": seen.of_service * float(topic_of(hit.entry) in _OF_SERVICE),
            "same_topic": float(
                seen.state.knowledge is not None and topic_of(seen.state.knowledge) == topic_of(hit.entry)
            ),
        }
        yield Listed(Kind.KNOWLEDGE, ASK_KNOWLEDGE, values, "knowledge", knowledge=hit.entry)


def _elsewhere(seen: Seen) -> Listed:
    evidence = seen.evidence
    talked = float(seen.topic is not None or seen.state.offered is not None)
    values = {
        "model": evidence.intents.get(OUT_OF_SCOPE, 0.0),
        "phrase": evidence.side_phrases.get(OUT_OF_SCOPE, 0.0),
        "matter": evidence.sure_of_three,
        "asks_bare": float(seen.asks and seen.bare),
        "talked": talked,
        "talked_asks": talked * float(seen.asks),
        "words": seen.words,
    }
    return Listed(Kind.ELSEWHERE, OUT_OF_SCOPE, values, "elsewhere")
