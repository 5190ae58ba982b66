"""Words that name no matter: what is left of "thế còn lệ phí thì sao" after its cue."""

from __future__ import annotations

_EMPTY_WORDS = """
a ah anh ay bac ban ca can cai chi chu co con cung dau day di do duoc e em gi ha he hoi kia la lam may mot nay nhi nhe
no nua o oi qua roi sao the thi toi va vay ve viec voi xin
"""
EMPTY_WORDS = frozenset(_EMPTY_WORDS.split())
"""Folded."""


def names_nothing(folded: str) -> bool:
    """Whether a folded text holds only such words, or none at all."""
    return all(word in EMPTY_WORDS for word in folded.split())
