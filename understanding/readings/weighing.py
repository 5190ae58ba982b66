"""Lists the readings of an utterance in its conversation and weighs them. Pure.

Each reading has a score from 0 to 1, a logistic function of a few features of words and state; the weights are set on
the development dialogues (``nlu_data/eval/dialogues``), never on what is measured with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from contract.aspects import Aspect
from contract.questions import QuestionKind
from language.normalise import fold, normalise
from understanding.decision import ANSWER, ASK_PROCEDURE, OFFER, OFFER_SCORE, OUT_OF_SCOPE
from understanding.empty_words import EMPTY_WORDS, names_nothing
from understanding.readings.markers import Markers
from understanding.readings.reading import Evidence, Kind, Reading
from understanding.readings.side import side_asked
from understanding.readings.state import Form, State

CHECK_DOSSIER = "check_dossier"
REPORT = "report_problem"
CHOOSE = "choose_number"
SWITCH_LANGUAGE = "switch_language"
DENY, AFFIRM = "deny", "affirm"
TALK = frozenset({"greet", "goodbye", "thanks", AFFIRM, DENY, "complaint_about_bot"})
WISHES = frozenset({"repeat", "help", "talk_to_officer", "change_topic_back", REPORT, CHECK_DOSSIER, CHOOSE})

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "topic": {
        "bias": -2.2,
        "asks_a_side": 2.6,
        "asks_a_question": 2.0,
        "asks_plainly": 1.8,
        "names_nothing": 2.4,
        "follows": 0.9,
        "points_back": 1.6,
        "short": 0.9,
        "names_the_topic": 2.6,
        "other_matter": -5.5,
        "other_words": -0.28,
        "denies": -1.2,
    },
    "earlier": {"bias": -3.0, "says_earlier": 3.2, "names_it": 3.4, "other_matter": -3.5, "asks_a_side": 0.8},
    "listed": {"bias": -3.2, "names_one": 5.0, "picks": 1.2, "asks_a_side": 0.3, "other_words": -0.35},
    "dossier": {
        "asks_of_it": 6.0,
        "talk_went_on": -3.0,
        "bias": -2.6,
        "asks_of_dossier": 3.2,
        "says_dossier": 2.2,
        "names_nothing": 1.2,
        "short": 0.7,
        "other_matter": -4.5,
        "other_words": -0.25,
    },
    "side": {"bias": -4.6, "model": 3.6, "phrase": 6.2, "asks_a_side": -2.4, "matter": -2.2, "handed_in": 1.6},
    "knowledge": {
        "bias": -4.8,
        "evidence": 2.2,
        "phrase": 4.0,
        "ahead": 3.4,
        "matter": -1.8,
        "side": -3.2,
        "short": -4.5,
        "topic": -0.6,
    },
    "elsewhere": {"bias": -3.2, "model": 3.4, "phrase": 4.0, "matter": -3.2, "asks_a_side": -1.4},
}
"""By kind of reading."""

SURE_OF_ANOTHER = 0.85
"""Chance of a procedure from which words in the middle of a form are about that procedure."""
OFFERED, OFFERED_AT_HAND = 0.8, 0.5
"""What asking back about procedures is worth beside answering, as a share of the chance that one of them is meant."""
SURE_STRANGER, NEAR_ENTRY = 0.9, 0.5
"""Probability of something out of scope that only an entry as near as this speaks against."""
LEAST_KNOWLEDGE = 0.5
"""An entry that is likelier wrong than right is not told, even where nothing else fits."""
LEAST = 0.30
"""A reading weaker than this is none."""

_MUCH_EVIDENCE = 2.5
"""Nats from which more say no more: a few rare letters are no better proof than a whole question."""
_FAR_AHEAD = 0.8

_OF_DOSSIER = frozenset({Aspect.TIME, Aspect.WHERE, Aspect.RESULT, Aspect.FEE, Aspect.PAPERS})
_QUESTIONS_OF_DOSSIER = frozenset(
    {QuestionKind.COLLECT, QuestionKind.WHO_MAY, QuestionKind.DEADLINE, QuestionKind.WEEKEND, QuestionKind.POST}
)
_WHY_LATE = re.compile(r"(?<!\S)(?:sao (?:\S+ ){0,3}(?:lau|tre|cham)|tre hen|qua hen|lau the|lau qua|cham the)(?!\S)")
_COMPLAINS = re.compile(r"(?<!\S)(?:khieu nai|keu ai|bao ai|gap ai|hoi ai|goi ai|goi cho ai|complain)(?!\S)")
_OF_IT = re.compile(
    r"(?<!\S)(?:(?:lay|nhan)(?: \S+){0,4} (?:o dau|duoc)|o dau lay|thieu|bo sung|nop them|dem them|mang them|con can|"
    r"can them|can gi nua|(?:mat|lam mat|khong con|quen)(?: \S+){0,2} (?:giay|phieu) hen|con phai (?:nop|dong)|"
    r"(?:khi nao|bao gio)(?: \S+){0,2} (?:lay|xong|co ket qua))(?!\S)"
)
"""What is asked of a dossier on its way, and of a procedure only where none was shown."""
_NUMBER_WORDS = frozenset(
    ["mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi", "so", "nhat", "nhi", "hay"]
)


def logistic(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The score of features under weights."""
    total = weights["bias"] + sum(weights[name] * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-total))


def weigh(evidence: Evidence, state: State, markers: Markers) -> list[Reading]:
    """Every reading of an utterance, the best first; never empty."""
    found = [
        *_form(evidence, state, markers),
        *_matter(evidence, state),
        *_topic(evidence, state, markers),
        *_earlier(evidence, state, markers),
        *_listed(evidence, state, markers),
        *_dossier(evidence, state, markers),
        *_sides(evidence, state, markers),
        *_knowledge(evidence, state),
        _elsewhere(evidence, state),
    ]
    if any(reading.kind in _BEFORE_KNOWLEDGE and reading.score >= SURE_WISH for reading in found):
        # What is to be done goes before what could be told about doing it: "xem hồ sơ", "cầu gãy rồi".
        found = [reading for reading in found if reading.kind is not Kind.KNOWLEDGE]
    return sorted(found, key=lambda reading: -reading.score)


_BEFORE_KNOWLEDGE = frozenset({Kind.WISH, Kind.FORM})
SURE_WISH = 0.7
"""Score from which a wish leaves nothing to be told about it instead."""


_PLAIN = frozenset(QuestionKind) - {QuestionKind.MAY, QuestionKind.RECEIVE, QuestionKind.BESIDES, QuestionKind.ONLINE}
"""Kinds whose shapes are seldom part of something else."""
_FREE_WORDS = frozenset({"report_words", "report_place"})


def _form(evidence: Evidence, state: State, markers: Markers) -> Iterable[Reading]:
    """The value a form asked for, or that it is not at hand."""
    if state.form is Form.REPORT and state.wanted in _FREE_WORDS:
        # What is wrong, and where, is told in any words; only a plain question about a procedure is none of it.
        asks = bool(evidence.aspects or evidence.question) and evidence.sure >= SURE_OF_ANOTHER
        if not asks:
            yield Reading(Kind.FORM, REPORT, 0.8, why={"asked for": 1.0})
    if state.form is not Form.DOSSIER:
        return
    if evidence.digits is not None:
        yield Reading(Kind.FORM, CHOOSE, 0.97, why={"digits": 1.0})
    elif markers.form_help.search(evidence.utterance.folded) is not None and evidence.sure < SURE_OF_ANOTHER:
        yield Reading(Kind.FORM, "help", 0.9, why={"not at hand": 1.0})


def _matter(evidence: Evidence, state: State) -> Iterable[Reading]:
    ranked = evidence.ranked
    if not ranked or ((evidence.aspects or evidence.question) and names_nothing(evidence.residue)):
        return
    asked = evidence.intents.get(ASK_PROCEDURE, 0.0)
    # With a matter at hand, a list of far ones is worth little beside an answer about it.
    at_hand = state.procedure is not None or state.offered is not None
    score = max(evidence.sure, evidence.sure_of_three * (OFFERED_AT_HAND if at_hand else OFFERED))
    if score < OFFER:
        return
    candidates = tuple(item.code for place, item in enumerate(ranked[:5]) if place == 0 or item.score >= OFFER_SCORE)
    # Words that name nothing near are worth little however sure the model is of a question.
    yield Reading(
        Kind.MATTER,
        ASK_PROCEDURE,
        score,
        procedure=ranked[0].code,
        aspect=side_asked(evidence),
        candidates=candidates,
        why={"sure": evidence.sure, "among three": evidence.sure_of_three, "asks": asked},
    )


def _topic(evidence: Evidence, state: State, markers: Markers) -> Iterable[Reading]:
    values = {
        "asks_a_side": float(bool(evidence.aspects)),
        "asks_a_question": float(evidence.question is not None and not evidence.aspects),
        "asks_plainly": float(evidence.question is not None and evidence.question.kind in _PLAIN),
        "names_nothing": float(names_nothing(evidence.residue)),
        "follows": float(markers.follow.match(evidence.utterance.folded) is not None),
        "points_back": float(markers.anaphora.search(evidence.utterance.folded) is not None),
        "short": float(len(evidence.words) <= 6),
    }
    if state.procedure is None:
        # Nothing was talked of: a bare question is still one, and is asked back about.
        if values["names_nothing"] and (evidence.aspects or evidence.question):
            yield Reading(Kind.TOPIC, ASK_PROCEDURE, 0.75, aspect=side_asked(evidence), why=values)
        return
    named = _share_named(evidence, state.procedure)
    other = _best_code(evidence) not in (None, state.procedure)
    # What is named inside a question is no matter of its own: "có cần giấy khai sinh không".
    inside = bool(values["names_nothing"])
    values |= {
        "names_the_topic": named,
        "other_matter": _other_matter(evidence) * (1.0 - named) if other and not inside else 0.0,
        "other_words": float(len(_content(evidence.residue))),
        "denies": float(DENY in evidence.openings),
    }
    yield Reading(
        Kind.TOPIC,
        ASK_PROCEDURE,
        logistic(values, WEIGHTS["topic"]),
        procedure=state.procedure,
        aspect=side_asked(evidence),
        why=values,
    )


_OF_A_THING = frozenset(
    {QuestionKind.NEEDED, QuestionKind.COPIES, QuestionKind.MISSING, QuestionKind.WHO_MAY, QuestionKind.AGE}
)
"""Questions that name a paper or a person: "giấy chứng sinh nộp bản chính hay photo" asks for no certified copy."""


def _other_matter(evidence: Evidence) -> float:
    """How much the words speak for another procedure than the one talked of, 0 to 1."""
    of_a_thing = evidence.question is not None and evidence.question.kind in _OF_A_THING
    # Below the chance to be answered it would only be a list of guesses.
    sure = evidence.sure if evidence.sure >= ANSWER else evidence.sure * 0.4
    return sure * (0.4 if of_a_thing else 1.0)


def _earlier(evidence: Evidence, state: State, markers: Markers) -> Iterable[Reading]:
    if not state.topics:
        return
    says = float(markers.earlier.search(evidence.utterance.folded) is not None)
    first_of_all = re.search(r"(?<!\S)(?:luc dau|ban dau|hoi dau|dau tien)(?!\S)", evidence.utterance.folded)
    topics = state.topics[::-1] if first_of_all else state.topics
    best = max(topics, key=lambda code: (_share_named(evidence, code), -topics.index(code)))
    named = _share_named(evidence, best)
    if not says and named < 0.5:
        return
    other = _best_code(evidence) not in (None, *state.topics)
    values = {
        "says_earlier": says,
        "names_it": named,
        "other_matter": evidence.sure * (1.0 - named) if other else 0.0,
        "asks_a_side": float(bool(evidence.aspects or evidence.question)),
    }
    yield Reading(
        Kind.EARLIER,
        ASK_PROCEDURE,
        logistic(values, WEIGHTS["earlier"]),
        procedure=best if says or named >= 0.5 else topics[0],
        aspect=side_asked(evidence),
        why=values,
    )


def _listed(evidence: Evidence, state: State, markers: Markers) -> Iterable[Reading]:
    if state.offered is None:
        return
    folded = evidence.utterance.folded
    if markers.none_of_them.search(folded) is not None:
        yield Reading(Kind.LISTED, "none_of_them", 0.97)
        return
    if state.offered.labels:
        yield from _situation(evidence, state.offered.labels)
        return
    told_apart = _told_apart(evidence, {code: evidence.names.get(code, frozenset()) for code in state.offered.codes})
    best = max(told_apart, key=lambda code: told_apart[code])
    if told_apart[best] == 0.0:
        return
    values = {
        "names_one": told_apart[best],
        "picks": float(any(word in markers.choosing for word in evidence.words)),
        "asks_a_side": float(bool(evidence.aspects or evidence.question)),
        "other_words": float(max(0, len(_content(evidence.residue)) - 4)),
    }
    yield Reading(
        Kind.LISTED,
        ASK_PROCEDURE,
        logistic(values, WEIGHTS["listed"]),
        procedure=best,
        aspect=side_asked(evidence) or Aspect(state.offered.aspect),
        why=values,
    )


def _dossier(evidence: Evidence, state: State, markers: Markers) -> Iterable[Reading]:
    if state.dossier is None:
        return
    folded = evidence.utterance.folded
    question = evidence.question
    asks = (
        (bool(evidence.aspects) and evidence.aspects[0] in _OF_DOSSIER)
        or (question is not None and question.kind in _QUESTIONS_OF_DOSSIER)
        or _WHY_LATE.search(folded) is not None
        or _COMPLAINS.search(folded) is not None
    )
    of_it = _asks_of_it(evidence)
    if not asks and not of_it and markers.dossier.search(folded) is None:
        return
    values = {
        "asks_of_it": float(of_it),
        "talk_went_on": float(state.procedure != state.dossier.procedure),
        "asks_of_dossier": float(asks),
        "says_dossier": float(markers.dossier.search(folded) is not None),
        "names_nothing": float(names_nothing(evidence.residue)),
        "short": float(len(evidence.words) <= 7),
        "other_matter": evidence.sure
        if evidence.ranked and evidence.ranked[0].code != state.dossier.procedure
        else 0.0,
        "other_words": float(len(_content(evidence.residue))),
    }
    yield Reading(
        Kind.DOSSIER,
        "ask_about_dossier",
        logistic(values, WEIGHTS["dossier"]),
        procedure=state.dossier.procedure,
        aspect=side_asked(evidence),
        why=values,
    )


def _asks_of_it(evidence: Evidence) -> bool:
    """Whether the words ask what a dossier on its way is asked: where to collect, what is missing, why late."""
    folded = evidence.utterance.folded
    collects = evidence.question is not None and evidence.question.kind is QuestionKind.COLLECT
    return collects or any(shape.search(folded) is not None for shape in (_OF_IT, _WHY_LATE, _COMPLAINS))


def _sides(evidence: Evidence, state: State, markers: Markers) -> Iterable[Reading]:
    folded = evidence.utterance.folded
    asks = bool(evidence.aspects or evidence.question) and not evidence.alone
    matter = evidence.sure
    for intent, probability in evidence.intents.items():
        if intent in (ASK_PROCEDURE, OUT_OF_SCOPE):
            continue
        phrase = evidence.side_phrases.get(intent, 0.0)
        if probability < 0.05 and phrase < 0.5:
            continue
        guard = markers.guards.get(intent)
        speak = intent == SWITCH_LANGUAGE and markers.other_language.search(folded) is not None
        if guard is not None and not guard.names(folded) and not speak:
            continue
        if intent == CHOOSE and not _is_choice(evidence, state, markers):
            continue
        handed_in = markers.handed_in.search(folded) is not None
        if intent == CHECK_DOSSIER and asks and not handed_in:
            continue
        if intent == CHECK_DOSSIER and handed_in:
            asks = False
        values = {
            "model": probability,
            "phrase": phrase,
            "asks_a_side": float(asks and phrase < 0.85),
            "matter": matter if phrase < 0.8 else 0.0,
            "handed_in": float(intent == CHECK_DOSSIER and handed_in),
        }
        score = logistic(values, WEIGHTS["side"])
        kind = Kind.TALK if intent in TALK else Kind.WISH
        if guard is not None and folded in guard.alone:
            score = 0.99
        yield Reading(kind, intent, score, why=values)


def _knowledge(evidence: Evidence, state: State) -> Iterable[Reading]:
    if evidence.intents.get(OUT_OF_SCOPE, 0.0) >= SURE_STRANGER and evidence.knowledge:
        # "Mấy giờ rồi" shares words with opening hours and asks nothing of them.
        near = evidence.knowledge[0].phrase
        if near < max(NEAR_ENTRY, evidence.side_phrases.get(OUT_OF_SCOPE, 0.0)):
            return
    if evidence.aspects and names_nothing(evidence.residue):
        # "Có mất tiền không" asks of what is talked of, or is asked back about; it is no question of its own.
        return
    side = max((near for intent, near in evidence.side_phrases.items() if intent != OUT_OF_SCOPE), default=0.0)
    for hit in evidence.knowledge[:2]:
        values = {
            "evidence": min(hit.evidence, _MUCH_EVIDENCE),
            "phrase": hit.phrase,
            "ahead": min(hit.ahead, _FAR_AHEAD),
            "matter": evidence.sure,
            "side": side,
            "short": float(len(evidence.words) <= 2),
            "topic": float(state.procedure is not None),
        }
        score = logistic(values, WEIGHTS["knowledge"])
        if score >= LEAST_KNOWLEDGE:
            yield Reading(Kind.KNOWLEDGE, "ask_knowledge", score, knowledge=hit.entry, why=values)


def _elsewhere(evidence: Evidence, state: State) -> Reading:
    values = {
        "model": evidence.intents.get(OUT_OF_SCOPE, 0.0),
        "phrase": evidence.side_phrases.get(OUT_OF_SCOPE, 0.0),
        "matter": evidence.sure_of_three,
        "asks_a_side": float(bool(evidence.aspects) and names_nothing(evidence.residue)),
    }
    return Reading(Kind.ELSEWHERE, OUT_OF_SCOPE, max(LEAST, logistic(values, WEIGHTS["elsewhere"])), why=values)


def _is_choice(evidence: Evidence, state: State, markers: Markers) -> bool:
    """Whether a message does nothing but pick: "tôi có 2 con" tells of children, "số 2" picks."""
    known = markers.choosing | _NUMBER_WORDS | EMPTY_WORDS
    rest = [word for word in evidence.words if word not in known and not word.isdigit()]
    picks = evidence.digits is not None or any(word in markers.choosing for word in evidence.words)
    asks = (bool(evidence.aspects) or evidence.question is not None) and evidence.digits is None
    return picks and not asks and len(rest) <= 1 and len(evidence.words) <= 6


def _best_code(evidence: Evidence) -> str | None:
    return evidence.ranked[0].code if evidence.ranked else None


def _content(folded: str) -> list[str]:
    return [word for word in folded.split() if word not in EMPTY_WORDS]


def _share_named(evidence: Evidence, code: str) -> float:
    """How much of what the words name belongs to a procedure's names, 0 to 1."""
    known = evidence.names.get(code)
    content = _content(evidence.residue)
    if not known or not content:
        return 0.0
    return sum(word in known for word in content) / len(content)


def _situation(evidence: Evidence, labels: Sequence[str]) -> Iterable[Reading]:
    """One of the situations of a procedure's papers, named instead of its number: "nhà thuê ạ"."""
    names = {str(number): frozenset(fold(normalise(label)).split()) for number, label in enumerate(labels, start=1)}
    told_apart = _told_apart(evidence, names)
    best = max(told_apart, key=lambda number: told_apart[number])
    if told_apart[best] > 0.0:
        values = {
            "names_one": told_apart[best],
            "picks": 1.0,
            "asks_a_side": 0.0,
            "other_words": float(max(0, len(_content(evidence.residue)) - 4)),
        }
        yield Reading(Kind.LISTED, CHOOSE, logistic(values, WEIGHTS["listed"]), choice=best, why=values)


def _told_apart(evidence: Evidence, names: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """For each thing listed the share of the words that only it, or fewer than all, are called by."""
    shared = frozenset.intersection(*names.values()) if len(names) > 1 else frozenset()
    content = [word for word in _content(evidence.residue or evidence.utterance.folded) if word not in shared]
    if not content:
        return dict.fromkeys(names, 0.0)
    rarity = {word: 1.0 / max(1, sum(word in known for known in names.values())) for word in content}
    total = sum(rarity.values())
    found = {code: sum(rarity[word] for word in content if word in known) / total for code, known in names.items()}
    best = max(found.values())
    if sum(value == best for value in found.values()) > 1:
        return dict.fromkeys(names, 0.0)
    return found
