"""Writing out what only neighbouring words decide: ``k`` after a number is thousand, elsewhere it is "no"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from language import data
from language.characters import fold

_NUMBER_ENDINGS = frozenset({"mươi", "muoi", "trăm", "tram", "chục", "chuc"})
_MAX_PASSES = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ``ambiguous.yml``; a condition left out is None or empty and always holds."""

    meaning: tuple[str, ...]
    """Empty: the word stays as typed."""
    before: frozenset[str]
    after: frozenset[str]
    after_number: bool
    after_hour: bool
    before_number: bool
    first: bool | None
    last: bool | None
    alone: bool | None

    def holds(self, words: list[str], at: int) -> bool:
        """Tell whether every condition holds for the word at this place."""
        previous = words[at - 1] if at else ""
        following = words[at + 1] if at + 1 < len(words) else ""
        return (
            (not self.before or fold(previous) in self.before)
            and (not self.after or fold(following) in self.after)
            and (not self.after_number or _is_number(previous))
            and (not self.after_hour or (previous.isdecimal() and len(previous) <= 2))
            and (not self.before_number or following[:1].isdecimal())
            and (self.first is None or self.first == (at == 0))
            and (self.last is None or self.last == (at == len(words) - 1))
            and (self.alone is None or self.alone == (len(words) == 1))
        )


@dataclass(frozen=True, slots=True)
class CompanyTable:
    """Rules by short form, and phrases by their first word, longest first."""

    rules: dict[str, tuple[Rule, ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]


@data.cached()
def table() -> CompanyTable:
    """Return the rules and phrases, read on first use."""
    rules = {}
    for short, entry in data.load("ambiguous")["short_forms"].items():
        listed = [_rule(line) for line in entry.get("rules", ())]
        rules[short] = (*listed, _rule({"to": entry.get("default", "")}))
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for typed, meant in data.load("chat")["phrases"].items():
        words = tuple(typed.split())
        phrases.setdefault(words[0], []).append((words, tuple(meant.split())))
    by_length = {first: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for first, found in phrases.items()}
    return CompanyTable(rules, by_length)


def settle(words: list[str]) -> list[str]:
    """Replace short forms and phrases until nothing changes; a word no rule decides stays as typed.

    One decision can make the next one possible ("tt hn": tình trạng hôn nhân), hence the passes.
    """
    known = table()
    for _ in range(_MAX_PASSES):
        if known.rules.keys().isdisjoint(words) and known.phrases.keys().isdisjoint(words):
            break
        settled = _replace_phrases(_apply_rules(words, known), known)
        if settled == words:
            break
        words = settled
    return words


def _apply_rules(words: list[str], known: CompanyTable) -> list[str]:
    settled: list[str] = []
    for at, word in enumerate(words):
        meaning: tuple[str, ...] = ()
        for rule in known.rules.get(word, ()):
            if rule.holds(words, at):
                meaning = rule.meaning
                break
        settled.extend(meaning or (word,))
    return settled


def _replace_phrases(words: list[str], known: CompanyTable) -> list[str]:
    replaced: list[str] = []
    at = 0
    while at < len(words):
        for phrase, meaning in known.phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                replaced.extend(meaning)
                at += len(phrase)
                break
        else:
            replaced.append(words[at])
            at += 1
    return replaced


def _is_number(word: str) -> bool:
    return word[:1].isdecimal() or word in _NUMBER_ENDINGS


def _rule(line: dict[str, Any]) -> Rule:
    def flag(name: str) -> bool | None:
        return None if name not in line else line[name] == "true"

    return Rule(
        meaning=tuple(line["to"].split()),
        before=frozenset(line.get("before", "").split()),
        after=frozenset(line.get("after", "").split()),
        after_number=bool(flag("after_number")),
        after_hour=bool(flag("after_hour")),
        before_number=bool(flag("before_number")),
        first=flag("first"),
        last=flag("last"),
        alone=flag("alone"),
    )
