"""Utterances near the same procedure are reviewed together."""

from __future__ import annotations

from learning_examples import DAY, kept

from learning.kept import KeptUtterance, State
from learning.review import grouped


def utterance(number: int, times: int, code: str, chance: float = 0.4) -> KeptUtterance:
    said = kept(f"câu {number}", code=code)
    candidates = tuple(one.model_copy(update={"chance": chance}) for one in said.candidates)
    return KeptUtterance(
        number, said.__class__(**{**said.__dict__, "candidates": candidates}), times, DAY, State.OPEN, ""
    )


def test_groups_and_their_utterances_come_most_frequent_first() -> None:
    said = [utterance(1, 2, "1.1"), utterance(2, 3, "1.2"), utterance(3, 1, "1.1"), utterance(4, 5, "1.1")]
    groups = grouped(said)
    assert [(group.nearest, group.times) for group in groups] == [("1.1", 8), ("1.2", 3)]
    assert [one.id for one in groups[0].utterances] == [4, 1, 3]


def test_utterances_near_no_procedure_are_a_group_of_their_own() -> None:
    groups = grouped([utterance(1, 1, "1.1", chance=0.01), utterance(2, 1, "1.2", chance=0.0)])
    assert [(group.nearest, len(group.utterances)) for group in groups] == [(None, 2)]


def test_nothing_kept_gives_no_groups() -> None:
    assert grouped([]) == []
