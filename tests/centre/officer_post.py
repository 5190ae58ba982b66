"""The post of officers, kept in memory."""

from __future__ import annotations

from sqlalchemy.orm import Session


class Sent:
    """Texts officers have sent; each key once, as the outbox has it."""

    def __init__(self) -> None:
        self.texts: dict[str, tuple[str, str]] = {}
        self.numbers: dict[str, str] = {}

    def add(self, session: Session, key: str, number: str, words: str) -> None:
        if not number.startswith("+849"):
            raise ValueError
        self.texts.setdefault(key, (number, words))

    def call(self) -> None:
        pass

    @property
    def words(self) -> list[str]:
        return [words for _, words in self.texts.values()]

    def takes(self, number: str) -> bool:
        return number.startswith("+849")

    def number_of(self, session: Session, person: str) -> str | None:
        return self.numbers.get(person)
