"""What a record tells of the very words of a question: "trẻ em thì sao", "chủ nhà không đồng ý thì làm sao".

Pure. A question that names neither a side nor a kind is not answered with the whole procedure once more: the lines
that hold its words are told, else that nothing is known of them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.procedures.money_lines import exempt_lines, fee_line, payment_lines
from actions.procedures.paper_lines import items, paper
from actions.procedures.phrases import lower_first, sentence, upper_first
from actions.procedures.telling import Telling
from catalogue.question_answers import Circumstance
from catalogue.record import Procedure
from contract.aspects import Aspect
from language import data, phrasings
from language.normalise import fold, normalise
from understanding.empty_words import empty_words

ENOUGH = 0.65
"""Share of the words that name something from which a line is about them."""
MOST_LINES = 2
LONGEST = 9
"""Words that name something up to which a message may be a question about what was told; more tell a story."""
SHORT_NAME = 6
"""Words of a way to ask for a procedure that names it; a longer one tells of a life."""


@dataclass(frozen=True)
class Words:
    """The words of a question that are looked for in a record."""

    single: tuple[str, ...]
    """Normalised, with the diacritics that were typed."""
    pairs: frozenset[tuple[str, str]]
    """Those that stood side by side, folded: two syllables are one Vietnamese word oftener than not."""
    circumstances: tuple[Circumstance, ...]
    """What they say of somebody's case, however it was put."""

    @property
    def any(self) -> bool:
        """Whether something is named."""
        return bool(self.single or self.circumstances)


@dataclass(frozen=True)
class _Passage:
    side: Aspect
    searched: str
    """The line of the record, in its own language and in that of the answer."""
    told: str


def words_of(text: str, about: str, procedure: Procedure, circumstances: Sequence[Circumstance]) -> Words:
    """What a message names besides the procedure itself.

    Args:
        text: as it was said.
        about: its folded words without the cues of a side and the frame of a question.
        procedure: being talked of; the words it is called by say nothing.
        circumstances: those that are known.
    """
    said = normalise(text).split()
    folded = fold(" ".join(said))
    told_of = tuple(one for one in circumstances if one.called.search(folded))
    taken = {word for one in told_of for found in one.called.finditer(folded) for word in found[0].split()}
    called = called_by(procedure)
    left = set(about.split()) - empty_words() - phrasings.words("says_nothing") - called - taken
    single = tuple(dict.fromkeys(word for word in said if fold(word) in left and not word.isdigit()))
    bare = folded.split()
    pairs = frozenset(pair for pair in itertools.pairwise(bare) if not left.isdisjoint(pair))
    return Words(single, pairs, told_of)


def strange(words: Words) -> bool:
    """Whether a message asks of something besides the procedure, and is no story."""
    return words.any and len(words.single) <= LONGEST


def corrects(text: str) -> bool:
    """Whether a message begins with a denial: it names the matter anew and asks nothing further of it."""
    return phrasings.phrasing("corrects").match(fold(normalise(text))) is not None


def told_of(telling: Telling, words: Words, first: Aspect | None = None) -> list[str]:
    """The lines of a record that hold the words of a question, the nearest first; empty where none does.

    Args:
        telling: of the procedure.
        words: of :func:`words_of`.
        first: the side answered last, which "trẻ em thì sao" asks again.
    """
    found = []
    for place, passage in enumerate(_passages(telling)):
        share = _share(passage.searched, words)
        if share >= ENOUGH:
            found.append((share, passage.side is first, -place, passage.told))
    best = sorted(found, reverse=True)
    near = [told for share, *_, told in best if share >= best[0][0] - 0.2]
    return list(dict.fromkeys(near))[:MOST_LINES]


def comes_near(folded: str, words: Words) -> bool:
    """Whether a folded line shares a circumstance or a word that names something with a question."""
    return _tells_case(folded, words) or not set(folded.split()).isdisjoint(map(fold, words.single))


def nearest(telling: Telling, words: Words, shape: re.Pattern[str] | None = None) -> str | None:
    """The line of a record that comes nearest to a question no line settles; None where none is near.

    It is told behind the word that nothing settles it: what the source does say may be enough for whoever knows the
    rest of the case. A word counts the more, the fewer lines hold it.

    Args:
        telling: of the procedure.
        words: of :func:`words_of`.
        shape: of lines that speak of such questions at all, in folded text; they come first.
    """
    passages = [*_passages(telling), *_of_everybody(telling)]
    lines = [(fold(passage.searched), _held(passage.searched, words)) for passage in passages]
    holders = Counter(word for _, held in lines for word in held)
    found = []
    for place, (folded, held) in enumerate(lines):
        paired = bool(words.pairs & set(itertools.pairwise(folded.split())))
        of_case = _tells_case(folded, words)
        shaped = shape is not None and shape.search(folded) is not None
        if shaped or of_case or (paired and held) or len(held) >= _HELD_TOGETHER:
            rare = sum(math.log(1 + len(passages) / holders[word]) for word in held)
            found.append((rare + _OF_CASE * of_case + _OF_SHAPE * shaped + paired, -place))
    return passages[-max(found)[1]].told if found else None


_HELD_TOGETHER = 2
"""Words that name something and stand apart in one line from which it is near; one syllable alone meets by chance."""
_OF_CASE = 3.0
_OF_SHAPE = 2.0


def _tells_case(folded: str, words: Words) -> bool:
    """Whether a folded line tells of a circumstance of the question."""
    return any(one.called.search(folded) for one in words.circumstances)


def _held(line: str, words: Words) -> list[str]:
    """The single words of a question that a line holds; their diacritics count where they were typed."""
    known, plain = set(line.split()), set(fold(line).split())
    return [word for word in words.single if word in (known if fold(word) != word else plain)]


def _of_everybody(telling: Telling) -> Iterator[_Passage]:
    """What a record tells of everybody, too: a paper that is always handed in, what it is for, what one gets."""
    record, as_told = telling.record, telling.procedure
    for case, told_case in zip(record.papers, as_told.papers, strict=True):
        for one, told_one in zip(case.items, told_case.items, strict=True):
            if not one.when:
                text = telling.say("told_paper", paper=lower_first(paper(telling, told_one)))
                yield _Passage(Aspect.PAPERS, _plain(one.text), sentence(text))
    if record.summary and as_told.summary:
        yield _Passage(Aspect.OVERVIEW, _plain(record.summary), sentence(upper_first(as_told.summary)))


def case_of(telling: Telling, words: Words) -> int | None:
    """Which situation of the papers the words tell of, counted from 0; None where they tell of none or of several."""
    special = [case for case in telling.record.papers if case.case is not None]
    # Where a circumstance is told, nothing else of the words chooses.
    told = Words((), frozenset(), words.circumstances) if words.circumstances else words
    shares = [_share(_plain(f"{case.case} {case.choice or ''}"), told) for case in special]
    best = max(shares, default=0.0)
    return shares.index(best) if best >= ENOUGH and shares.count(best) == 1 else None


def called_by(procedure: Procedure) -> frozenset[str]:
    """The folded words a procedure is called by."""
    names = (procedure.short_name, procedure.official_name, procedure.english_name or "")
    return _words_of_names(names, tuple(procedure.asked_as.all))


@data.cached(maxsize=256)
def _words_of_names(names: tuple[str, ...], phrases: tuple[str, ...]) -> frozenset[str]:
    short = [phrase for phrase in phrases if len(phrase.split()) <= SHORT_NAME]
    return frozenset(word for name in (*names, *short) for word in fold(normalise(name)).split())


def _share(line: str, words: Words) -> float:
    """How much of what is named a line holds, 0 to 1."""
    total = len(words.single) + 2 * len(words.circumstances)
    if not total:
        return 0.0
    folded = fold(line)
    held = 2.0 * sum(one.called.search(folded) is not None for one in words.circumstances)
    singles = _held(line, words)
    held += len(singles)
    if not words.circumstances:
        # Single syllables meet by chance, "chứng chỉ" in "chứng thực"; two that stood side by side do not.
        pairs = words.pairs & set(itertools.pairwise(folded.split()))
        if not pairs:
            return 0.0
    elif held == len(singles):
        return 0.0
    return held / total


@data.cached(maxsize=1024)
def _plain(text: str) -> str:
    """A line of a record; the words of citizens never come here."""
    return re.sub(r"\s+", " ", normalise(text))


def _passages(telling: Telling) -> Iterator[_Passage]:
    """Every line of a record that can be told alone, with the words it is found by."""
    for side, searched, told in _lines(telling):
        yield _Passage(side, f"{_plain(searched)} {_plain(told)}" if searched != told else _plain(told), told)


def _lines(telling: Telling) -> Iterator[tuple[Aspect, str, str]]:
    record, as_told = telling.record, telling.procedure
    for line, told in zip(record.conditions, as_told.conditions, strict=True):
        yield Aspect.CONDITIONS, line, sentence(upper_first(told))
    for case, told_case in zip(record.papers, as_told.papers, strict=True):
        if case.case is not None:
            text = telling.say("papers_case", case=upper_first(told_case.case or ""), items=items(telling, told_case))
            yield Aspect.PAPERS, f"{case.case} {case.choice or ''}", text
        for one, told_one in zip(case.items, told_case.items, strict=True):
            if one.when:
                text = telling.say("told_paper", paper=lower_first(paper(telling, told_one)))
                yield Aspect.PAPERS, f"{one.text} {one.when}", sentence(text)
    for way, told_way in zip(record.submissions, as_told.submissions, strict=True):
        for fee, told_fee in zip(way.fees, told_way.fees, strict=True):
            if fee.case and fee.holds_on(telling.today):
                yield Aspect.FEE, fee.case, fee_line(telling, told_fee)
        for time in told_way.times:
            if time.note:
                yield Aspect.TIME, time.note, sentence(upper_first(time.note))
    for exempt in as_told.exempt_on(telling.today):
        yield from ((Aspect.FEE, exempt.who, line) for line in exempt_lines(telling, [exempt]))
    for kind, side in (("besides", Aspect.BESIDES), ("receive", Aspect.RECEIVE)):
        for paid, told_paid in zip(getattr(record, kind), getattr(as_told, kind), strict=True):
            for line in payment_lines(telling, [told_paid], f"{kind}_line"):
                yield side, f"{paid.what} {paid.case or ''}", line
    for line, told in zip(record.steps, as_told.steps, strict=True):
        yield Aspect.STEPS, line, sentence(upper_first(told))
