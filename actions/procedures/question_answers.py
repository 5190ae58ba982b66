"""Answers the question that was asked: its first sentence settles the kind of question, the next gives the reason.

Pure functions. An answer comes from the entries written for it (:mod:`catalogue.question_answers`), else from the
record; where neither says anything, the answer says so about this question and names who knows. It never reads as yes
or no then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from actions.procedures.dated_answers import lines_of
from actions.procedures.money_lines import payment_lines
from actions.procedures.paper_lines import items, paper
from actions.procedures.passages import Words, called_by, comes_near, nearest, strange, told_of
from actions.procedures.phrases import lower_first, sentence, upper_first
from actions.procedures.telling import Telling
from catalogue.question_answers import QuestionAnswer, Thing
from catalogue.record import Paper, PaperCase, Procedure, Way
from contract.aspects import Aspect
from contract.questions import Question, QuestionKind
from contract.reply import Source
from contract.wording import Wording
from language import data, phrasings
from language.normalise import fold, normalise
from language.phrasings import either, phrasing
from language.quantities import parse_number


@dataclass(frozen=True)
class Told:
    """The lines of an answer, and where they stand when it is not the record."""

    lines: tuple[str, ...]
    source: Source | None = None


@dataclass(frozen=True)
class Asked:
    """A question in its conversation."""

    question: Question
    said: str
    """The whole message, normalised."""
    entries: Sequence[QuestionAnswer]
    things: Sequence[Thing]
    words: Words
    """What the message names besides the procedure."""
    thing: Thing | None = field(init=False)
    """What is asked about, where it is known by name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "thing", _thing(self.question.thing or self.folded, self.things))

    @cached_property
    def folded(self) -> str:
        """The whole message, folded and normalised."""
        return fold(self.said)

    @property
    def kind(self) -> QuestionKind:
        """What must be settled; whether a person is needed is a matter of who may."""
        if self.question.kind is QuestionKind.NEEDED and phrasing("goes_oneself").search(self.question.thing or ""):
            return QuestionKind.WHO_MAY
        return self.question.kind


_SURER: Mapping[Aspect, frozenset[QuestionKind]] = {
    Aspect.PAPERS: frozenset({QuestionKind.NEEDED, QuestionKind.MISSING, QuestionKind.COPIES}),
    Aspect.WHERE: frozenset({QuestionKind.ELSEWHERE, QuestionKind.POST, QuestionKind.WEEKEND, QuestionKind.COLLECT}),
    Aspect.TIME: frozenset({QuestionKind.DEADLINE, QuestionKind.VALID, QuestionKind.WEEKEND, QuestionKind.COLLECT}),
    Aspect.STEPS: frozenset({QuestionKind.AFTER}),
    Aspect.RESULT: frozenset({QuestionKind.VALID, QuestionKind.COLLECT, QuestionKind.DECIDES}),
    Aspect.FEE: frozenset({QuestionKind.DEADLINE}),  # "Nộp trễ bị phạt bao nhiêu tiền" asks no fee.
    Aspect.FORM: frozenset(),
    Aspect.LEGAL_BASIS: frozenset(),
    Aspect.RECEIVE: frozenset(),
    Aspect.BESIDES: frozenset({QuestionKind.DEADLINE}),
    Aspect.ONLINE: frozenset(),
}
"""The kinds of question that lead an answer where the words name this side, too; every kind does for the others."""


def leads(asked: Asked, aspect: Aspect | None) -> bool:
    """Whether the kind of question says more than the side that was read from the words."""
    question = asked.question
    if question.kind is QuestionKind.DEADLINE and phrasing("fined").search(asked.folded):
        return True  # "Phạt bao nhiêu" asks for no fee.
    if question.kind in (QuestionKind.RECEIVE, QuestionKind.BESIDES, QuestionKind.ONLINE):
        return False  # These are sides of the record.
    if aspect is None or aspect not in _SURER:
        return True
    of_side = _SURER[aspect]
    return question.kind in of_side or (question.kind is QuestionKind.DECIDES and aspect is Aspect.WHERE)


def written_of_sum(asked: Asked, procedure: Procedure) -> bool:
    """Whether how much one gets is written for this very case: the record's list of sums says it among others."""
    return asked.kind is QuestionKind.RECEIVE and entry_for(asked, procedure) is not None


def answer_question(telling: Telling, asked: Asked) -> Told | None:
    """The answer about one procedure; None where the side of the record answers as well."""
    told = _answered(telling, asked)
    if asked.kind is not QuestionKind.DEADLINE or not phrasing("fined").search(asked.folded):
        return told
    if told is not None and any(_TOLD_OF_FINES.search(line) for line in told.lines):
        return told
    unknown = telling.say("asked_fine_unknown", name=telling.name, who=telling.who)
    known = told.lines if told is not None and told.lines[0] not in _unknown(telling, asked) else ()
    return Told((unknown, *known), told.source if told is not None and known else None)


_TOLD_OF_FINES = re.compile(r"phạt|fine|punish|Không sao", re.IGNORECASE)


def _answered(telling: Telling, asked: Asked) -> Told | None:
    near = entry_for(asked, telling.procedure)
    if asked.kind is QuestionKind.MAY and (near is None or not near.codes):
        # "Bé 6 tuổi làm được chưa" asks from what age, where that is written.
        of_age = replace(asked, question=Question(kind=QuestionKind.AGE, thing=asked.question.thing))
        entry = entry_for(of_age, telling.procedure)
        if entry is not None and entry.codes and _by_age(telling, of_age, entry):
            asked, near = of_age, entry
    if near is not None and asked.kind is QuestionKind.COPIES and not near.codes:
        counted = _counted_in_record(telling, asked.thing)
        if counted is not None:
            # How many and of what sort stands in the record; what holds of all papers comes after it.
            general = _from_entry(near, telling)
            return Told((counted, *general.lines), general.source)
    if near is not None and (near.codes or near.about):
        told = _from_entry(near, telling)
        verdict = _by_age(telling, asked, near)
        return Told((f"{verdict} {told.lines[0]}", *told.lines[1:]), told.source) if verdict else told
    lines = _FROM_RECORD.get(asked.kind, _nothing)(telling, asked)
    if lines:
        return Told(tuple(lines))
    if near is not None:
        return _from_entry(near, telling)
    lines = _of_the_words(telling, asked)
    if lines:
        return Told(tuple(lines))
    unknown = _unknown(telling, asked)
    return Told((*unknown, *near_lines(telling, asked.words, asked.kind))) if unknown else None


def _unknown(telling: Telling, asked: Asked) -> tuple[str, ...]:
    """That nothing is known of this kind of question; empty where the side of the record answers it."""
    key = _UNKNOWN.get(asked.kind)
    return (telling.say(key, name=telling.name, who=telling.who),) if key else ()


def near_lines(telling: Telling, words: Words, kind: QuestionKind | None = None) -> list[str]:
    """What the record does say near a question that nothing settles, said to be no more than that; at most a line."""
    line = nearest(telling, words, phrasing(_SHAPES[kind]) if kind in _SHAPES else None)
    return [telling.say("asked_nearest", line=line)] if line is not None else []


_SHAPES: Mapping[QuestionKind | None, str] = {
    QuestionKind.VALID: "record_valid",
    QuestionKind.MISSING: "record_missing",
    QuestionKind.WHO_MAY: "record_who_acts",
    QuestionKind.AGE: "record_age",
    QuestionKind.POST: "record_post",
}
"""How lines of a record speak of a kind of question at all, by the name of the phrasing."""


def _of_the_words(telling: Telling, asked: Asked) -> list[str]:
    """What the record tells of the very words, whatever the kind of question."""
    return _named(telling, told_of(telling, asked.words)) if strange(asked.words) else []


@data.cached()
def _years_old() -> re.Pattern[str]:
    return re.compile(rf"(\S+(?: \S+){{0,2}}) (?:tuổi|{either('years_old')})(?!\S)")


def _by_age(telling: Telling, asked: Asked, entry: QuestionAnswer) -> str | None:
    """Whether the one age that was said is enough; None where none is asked of, or several are."""
    said = [age for match in _years_old().finditer(asked.said) if (age := _last_number(match[1])) is not None]
    if entry.from_age is None or len(said) != 1:
        return None
    least = entry.some_from_age or entry.from_age
    key = "age_enough" if said[0] >= entry.from_age else "age_for_some" if said[0] >= least else "age_too_young"
    return telling.say(key, age=said[0])


def _last_number(words: str) -> int | None:
    """The number that the words end with; "bố tôi 72" and "bảy mươi hai" are 72."""
    parts = words.split()
    if parts[-1].isdigit():
        # Without diacritics "ba em 72" is a grandmother, no three.
        return int(parts[-1])
    for start in range(len(parts)):
        number = parse_number(" ".join(parts[start:]))
        if number is not None:
            return number
    return None


def _from_entry(entry: QuestionAnswer, telling: Telling) -> Told:
    return from_entry(entry, telling.wording, telling.language, telling.today)


def from_entry(entry: QuestionAnswer, wording: Wording, language: str, today: date) -> Told:
    """An entry as it is told on a day."""
    lines = lines_of(entry, wording, language, today)
    return Told(lines, Source(decision=entry.source, checked_on=entry.checked_on))


def entry_for(asked: Asked, procedure: Procedure) -> QuestionAnswer | None:
    """The nearest entry: first by what is asked about, then by procedure, field, and for all."""
    fitting = []
    for entry in asked.entries:
        if entry.kind is QuestionKind.DIFFERENCE or not _settles(entry, asked) or not entry.is_about(procedure):
            continue
        named = entry.named(asked.folded)
        if entry.about and not named:
            continue
        fitting.append((bool(entry.codes), named, bool(entry.fields), entry))
    return max(fitting, key=lambda found: found[:3])[3] if fitting else None


def _settles(entry: QuestionAnswer, asked: Asked) -> bool:
    """Whether an entry is of the kind that was asked; a duty that is no paper is written of as what may be."""
    if entry.kind is asked.kind:
        return True
    duty = asked.kind is QuestionKind.NEEDED and asked.thing is None
    return duty and entry.kind is QuestionKind.MAY and bool(entry.about)


def difference(asked: Asked, topic: str | None, before: str | None = None) -> QuestionAnswer | None:
    """What two things differ in: both named, or one named and the other talked of, or both talked of.

    Args:
        asked: the question.
        topic: code of the procedure being talked of.
        before: code of the one talked of before that.
    """
    fitting = []
    for entry in asked.entries:
        if entry.kind is not QuestionKind.DIFFERENCE:
            continue
        named = entry.named(asked.folded)
        of_topic = topic in entry.codes
        if named >= 2 or (of_topic and (named == 1 or before in entry.codes)):
            fitting.append((named, of_topic, entry))
    return max(fitting, key=lambda found: found[:2])[2] if fitting else None


def _thing(folded: str, things: Sequence[Thing]) -> Thing | None:
    """The thing with the longest name in a text."""
    found = [(len(match[0]), thing) for thing in things if (match := thing.called.search(folded)) is not None]
    return max(found, key=lambda one: one[0])[1] if found else None


def _folded(text: str) -> str:
    return fold(normalise(text))


def _cases(telling: Telling) -> Iterator[tuple[PaperCase, PaperCase]]:
    """Each situation of the papers, as it stands in the record and as it is told; that of everybody first."""
    pairs = zip(telling.record.papers, telling.procedure.papers, strict=True)
    return iter(sorted(pairs, key=lambda pair: pair[0].case is not None))


def _papers(telling: Telling, thing: Thing) -> Iterator[tuple[PaperCase, Paper]]:
    """The papers that are this thing, those of everybody first."""
    for case, told in _cases(telling):
        for one, as_told in zip(case.items, told.items, strict=True):
            if thing.called.search(_folded(one.text)):
                yield told, as_told


def _everybody(telling: Telling) -> list[str]:
    return [
        telling.say("papers_everybody", items=items(telling, case))
        for case in telling.procedure.papers
        if case.case is None
    ]


def _needed(telling: Telling, asked: Asked) -> list[str]:
    procedure, thing = telling.procedure, asked.thing
    if procedure.conditions and _is_asked_of_itself(asked, procedure):
        return _may(telling, asked) if asked.words.any else _rules_of_duty(telling)
    if thing is None and (lines := _of_the_words(telling, asked)):
        return lines
    if not procedure.papers or thing is None or thing.is_person:
        must = _must(asked)
        unknown = telling.say("asked_must_unknown" if must else "asked_unknown", name=telling.name, who=telling.who)
        return [unknown, *(near_lines(telling, asked.words) if must else _everybody(telling))]
    found = next(_papers(telling, thing), None)
    if found is None:
        return [telling.say("asked_not_listed", thing=thing.name, name=telling.name), *_everybody(telling)]
    case, one = found
    told = lower_first(paper(telling, one))
    if case.case is not None:
        return [telling.say("asked_needed_case", case=lower_first(case.case), paper=told)]
    return [sentence(telling.say("asked_needed", paper=told))]


def _is_asked_of_itself(asked: Asked, procedure: Procedure) -> bool:
    """Whether what may be needed is the procedure's own paper: "quán nhỏ có cần giấy an toàn thực phẩm không"."""
    named = set(_folded(asked.question.thing or "").split()) - phrasings.words("says_nothing")
    return len(named) >= _NAMES_A_PAPER and named <= called_by(procedure)


_NAMES_A_PAPER = 3
"""Syllables that name a procedure's own paper; with fewer, another paper may be meant."""


def _rules_of_duty(telling: Telling) -> list[str]:
    return [telling.say("asked_must_if", name=telling.name), *_every_rule(telling)]


def _missing(telling: Telling, asked: Asked) -> list[str]:
    procedure, thing = telling.procedure, asked.thing
    if thing is None:
        return _of_the_words(telling, asked)
    for case, as_told in _cases(telling):
        said = _folded(case.case or "")
        if re.match(r"(?:khong|chua|mat)(?!\S)", said) and thing.called.search(said):
            return [telling.say("asked_missing_instead", papers=lower_first(items(telling, as_told)))]
    found = next(_papers(telling, thing), None)
    if found is None:
        if not procedure.papers:
            return []
        return [telling.say("asked_not_listed", thing=thing.name, name=telling.name)]
    case, one = found
    if one.when or case.case is not None:
        told = lower_first(paper(telling, one))
        if case.case is not None:
            return [telling.say("asked_needed_case", case=lower_first(case.case), paper=told)]
        return [sentence(telling.say("asked_missing_listed", paper=told)), telling.say("asked_ask", who=telling.who)]
    if _is_one_of_several(thing, one, asked.things):
        told = lower_first(paper(telling, one))
        return [sentence(telling.say("asked_missing_another", thing=thing.name, paper=told))]
    return [telling.say("asked_missing_needed", thing=thing.name, who=telling.who)]


def _is_one_of_several(thing: Thing, one: Paper, things: Sequence[Thing]) -> bool:
    """Whether a paper is handed in as this thing or as another: "thông tin cư trú, sổ đỏ hoặc hợp đồng thuê nhà"."""
    said = _folded(one.text)
    if not phrasing("one_of_several").search(said):
        return False
    # "Giấy khai sinh của cha hoặc mẹ" is one thing.
    others = (other for other in things if not other.is_person and other.name not in (thing.name, _ORIGINAL))
    return any(other.called.search(said) for other in others)


_ORIGINAL = "bản chính"
"""Among the things people ask of, what is no paper of its own."""


def _copies(telling: Telling, asked: Asked) -> list[str]:
    procedure, thing = telling.procedure, asked.thing
    if not procedure.papers:
        return [telling.say("asked_unknown", name=telling.name, who=telling.who)]
    if thing is not None and not thing.is_person and thing.name != _ORIGINAL:
        found = next(_papers(telling, thing), None)
        if found is None:
            return [telling.say("asked_not_listed", thing=thing.name, name=telling.name)]
        return [sentence(_counted(telling, found[1]))]
    papers = [one for case in procedure.papers if case.case is None for one in case.items]
    if not papers:
        return []
    originals = [one for one in papers if one.originals or one.show_only]
    copied = [one for one in papers if one.copies]
    lines = []
    if originals and all(one.originals <= 1 for one in originals):
        key = "asked_one_original_each" if not copied else "asked_originals"
        lines.append(telling.say(key, name=telling.name, papers=_listed(originals)))
    else:
        lines += [sentence(_counted(telling, one)) for one in originals]
    return lines + [sentence(_counted(telling, one)) for one in copied]


def _counted_in_record(telling: Telling, thing: Thing | None) -> str | None:
    """A paper asked about with how many originals and copies are handed in; None where the record says nothing."""
    if thing is None or thing.is_person:
        return None
    found = next((one for _, one in _papers(telling, thing) if one.originals or one.copies), None)
    return sentence(_counted(telling, found)) if found is not None else None


def _listed(papers: Sequence[Paper]) -> str:
    return "; ".join(lower_first(one.text.rstrip(".; ")) for one in papers)


def _counted(telling: Telling, one: Paper) -> str:
    counts = [
        telling.say(key, count=count) for key, count in (("originals", one.originals), ("copies", one.copies)) if count
    ]
    text = one.text.rstrip(".; ")
    return f"{upper_first(text)}: {', '.join(counts)}" if counts else upper_first(text)


def _who_may(telling: Telling, asked: Asked) -> list[str]:
    rules = _rules(telling, phrasing("record_for_others"))
    if rules:
        return [f"{telling.name}. {rules[0]}", *rules[1:2]]
    for case, as_told in _cases(telling):
        if case.case is not None and phrasing("record_for_others").search(_folded(case.case)):
            return [telling.say("asked_who_may_with", papers=lower_first(items(telling, as_told)))]
    return []


def _elsewhere(telling: Telling, asked: Asked) -> list[str]:
    place = telling.procedure.where
    if place is None:
        return []
    known = sentence(telling.say("where_line", where=place.rstrip(".")))
    if phrasing("record_anywhere").search(_folded(telling.record.where or "")):
        return [telling.say("asked_elsewhere_yes"), known]
    here = phrasing("named_place").search(asked.folded)
    place = here[0].partition(" ")[2] if here is not None else None
    if place and re.search(rf"(?<!\S){place}(?!\S)", _folded(telling.record.where or "")):
        return [telling.say("asked_elsewhere_listed"), known]
    return [telling.say("asked_elsewhere_unknown", name=telling.name, who=telling.who), known]


def _post(telling: Telling, asked: Asked) -> list[str]:
    sent = [way for way in telling.procedure.submissions if way.way is Way.POSTAL]
    if not sent:
        return []
    papers = [
        telling.say("papers_case", case=as_told.case, items=items(telling, as_told))
        for case, as_told in _cases(telling)
        if case.case is not None and "buu dien" in _folded(case.case)
    ]
    notes = [sentence(way.note) for way in sent if way.note]
    return [telling.say("asked_post_yes", name=telling.name), *papers, *notes]


def _rules(telling: Telling, shape: re.Pattern[str], *, steps: bool = False) -> list[str]:
    """The conditions of the record, and its steps, that hold such words."""
    record, told = telling.record, telling.procedure
    found = _like(shape, record.conditions, told.conditions)
    if steps and not found:
        found = _like(shape, record.steps, told.steps)
    return [sentence(upper_first(rule)) for rule in found]


def _like(shape: re.Pattern[str], lines: Sequence[str], told: Sequence[str]) -> list[str]:
    """The lines of a record that hold such words, as they are told."""
    return [as_told for line, as_told in zip(lines, told, strict=True) if shape.search(_folded(line))]


def _named(telling: Telling, lines: list[str]) -> list[str]:
    return [f"{telling.name}. {lines[0]}", *lines[1:]] if lines else []


def _deadline(telling: Telling, asked: Asked) -> list[str]:
    rules = _rules(telling, phrasing("record_deadline"))
    if not rules:
        # Most days in the steps are the office's; "chậm nhất" is said of who hands in.
        latest = _like(phrasing("record_latest"), telling.record.steps, telling.procedure.steps)
        rules = [sentence(upper_first(step)) for step in latest]
    return _named(telling, rules)


def _after(telling: Telling, asked: Asked) -> list[str]:
    last = telling.procedure.steps[-1:] or ()
    return [telling.say("asked_after", step=sentence(lower_first(step)), who=telling.who) for step in last]


def _collect(telling: Telling, asked: Asked) -> list[str]:
    told = _rules(telling, phrasing("record_handed_out"), steps=True)[-1:]
    # "Nhận tiền." says neither where nor when.
    return [line for line in told if len(line.split()) > _TOO_SHORT]


_TOO_SHORT = 4
"""Words of a step that only names what is handed out."""


def _may(telling: Telling, asked: Asked) -> list[str]:
    rules = telling.procedure.conditions
    if lines := _of_the_words(telling, asked):
        return lines
    sums = payment_lines(telling, telling.procedure.receive, "receive_line")
    if sums[_SOME_SUMS:]:
        sums = [*sums[:_SOME_SUMS], telling.say("asked_more_sums")]
    if sums and not _must(asked):
        return _may_receive(telling, asked, sums)
    if _must(asked) and (not rules or strange(asked.words)):
        return _unsettled(telling, asked, "asked_must_unknown")
    if not rules:
        return []
    if strange(asked.words):
        return _may_in_this_case(telling, asked)
    duty = _must(asked) or asked.kind is QuestionKind.NEEDED
    return [
        telling.say("asked_must_if" if duty else "asked_may_if", name=telling.name),
        *_every_rule(telling),
    ]


def _may_receive(telling: Telling, asked: Asked, sums: Sequence[str]) -> list[str]:
    """Whether one gets something: how much it is, too, and where a case is told, the rules that come near it."""
    rules = telling.procedure.conditions
    if strange(asked.words):
        first, *told = _may_in_this_case(telling, asked)
        return [first, *sums, *told]
    return [
        telling.say("asked_receive_if" if rules else "asked_receive", name=telling.name),
        *sums,
        # Only all of them together make it so.
        *[sentence(upper_first(rule)) for rule in rules],
    ]


def _may_in_this_case(telling: Telling, asked: Asked) -> list[str]:
    """Whether a case is let in that no rule names whole: by the rules that come near it, else nobody knows."""
    pairs = zip(telling.record.conditions, telling.procedure.conditions, strict=True)
    near = [told for rule, told in pairs if comes_near(_folded(rule), asked.words)]
    if near:
        rules = [sentence(upper_first(rule)) for rule in near[:_SOME_RULES]]
        unsettled = telling.say("asked_may_unsettled", who=telling.who)
        return [telling.say("asked_may_if", name=telling.name), *rules, unsettled]
    return _unsettled(telling, asked, "asked_may_unknown")


def _unsettled(telling: Telling, asked: Asked, key: str) -> list[str]:
    """That nothing is known of a case, and what comes nearest to it, else the first of the rules."""
    known = near_lines(telling, asked.words)
    if not known and (rules := _first_rules(telling)):
        known = [telling.say("asked_may_known"), *rules]
    return [telling.say(key, name=telling.name, who=telling.who), *known]


def _must(asked: Asked) -> bool:
    """Whether it is asked of a duty: "có phải báo không" is not answered by who is allowed to."""
    return phrasing("must").search(asked.folded) is not None


_SOME_SUMS = 4
"""Amounts told where it is asked whether one gets something; the whole list is another question."""
_SOME_RULES = 3
"""Conditions told where none of them names the case that was asked of."""


def _every_rule(telling: Telling) -> list[str]:
    return [f"{number}. {sentence(rule)}" for number, rule in enumerate(telling.procedure.conditions, start=1)]


def _first_rules(telling: Telling) -> list[str]:
    return [sentence(upper_first(rule)) for rule in telling.procedure.conditions[:_SOME_RULES]]


def _nothing(telling: Telling, asked: Asked) -> list[str]:
    return []


_FROM_RECORD: Mapping[QuestionKind, Callable[[Telling, Asked], list[str]]] = {
    QuestionKind.NEEDED: _needed,
    QuestionKind.MISSING: _missing,
    QuestionKind.COPIES: _copies,
    QuestionKind.WHO_MAY: _who_may,
    QuestionKind.ELSEWHERE: _elsewhere,
    QuestionKind.POST: _post,
    QuestionKind.AGE: lambda telling, _: _named(telling, _rules(telling, phrasing("record_age"))),
    QuestionKind.DEADLINE: _deadline,
    QuestionKind.DECIDES: lambda telling, _: _named(
        telling, _rules(telling, phrasing("record_decides"), steps=True)[:2]
    ),
    QuestionKind.AFTER: _after,
    QuestionKind.COLLECT: _collect,
    QuestionKind.MAY: _may,
}
_UNKNOWN: Mapping[QuestionKind, str] = {
    QuestionKind.WHO_MAY: "asked_who_may_unknown",
    QuestionKind.ELSEWHERE: "asked_elsewhere_unknown",
    QuestionKind.POST: "asked_post_unknown",
    QuestionKind.AGE: "asked_age_unknown",
    QuestionKind.DEADLINE: "asked_deadline_unknown",
    QuestionKind.VALID: "asked_valid_unknown",
    QuestionKind.DECIDES: "asked_decides_unknown",
    QuestionKind.AFTER: "asked_after_unknown",
    QuestionKind.MISSING: "asked_missing_unknown",
    QuestionKind.COPIES: "asked_unknown",
    QuestionKind.MAY: "asked_may_unknown",
    QuestionKind.DIFFERENCE: "asked_difference_unknown",
}
"""What is said where nothing is known, by kind; the others are answered by the side of the record."""
