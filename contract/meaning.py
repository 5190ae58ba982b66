"""What one message means, as the pipeline hands it to the actions."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from contract.carried import Carried, read_carried
from contract.questions import Question
from contract.turn import Understanding
from contract.wishes import Wish

MEANING = "meaning"
"""Name of the message property that carries a :class:`Meaning` as JSON."""


class Candidate(BaseModel):
    """A procedure that may be meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    chance: float
    """Of being the right one, 0 to 1."""


class Meaning(Understanding):
    """An understanding with what only the actions need."""

    follow_up: bool = False
    """The message names no matter of its own: "còn lệ phí?" is about what was talked of before."""
    also_asked: str | None = None
    """A second side asked for in the same breath."""
    asked_code: str | None = None
    """The superseded code or name the citizen asked for, when ``procedure`` has taken its place."""
    language: str | None = None
    """The language asked for by a switch_language message."""
    spoken: str | None = None
    """The language the words are in; None where they do not tell, and for buttons."""
    wish: Wish | None = None
    """What was asked for by a button instead of in words; the other fields then follow from it."""
    danger: str | None = None
    """The kind of danger the words tell of, or go on telling of, a key of ``emergencies.yml``."""
    since_danger: int = 0
    """Messages since that danger was told; 0: these words tell of it."""
    question: Question | None = None
    """The kind of question, where its words tell: is this needed, may somebody else do it."""
    knowledge: str | None = None
    """Id of the entry that answers, where the question is about the service, the desk or the portal."""
    reading: str | None = None
    """What the message was taken for in its conversation; see :class:`understanding.readings.reading.Kind`."""
    about: str = ""
    """Its folded words that name something, without the cues of a side and the frame of the question."""
    compared: tuple[str, ...] = ()
    """Codes of two procedures to hold against each other."""
    second: str | None = None
    """Code of another procedure that the same message asks for, to be told of next."""
    rival: str | None = None
    """Code of the other matter that a question about the dossier just shown may as well be about."""
    considered: tuple[Candidate, ...] = ()
    """The nearest procedures of a question, also of a refused one: whoever labels it chooses from them."""

    def understanding(self) -> Understanding:
        """Only the public part."""
        return Understanding(**{name: getattr(self, name) for name in Understanding.model_fields})

    def as_data(self) -> Carried:
        """As it goes through Rasa."""
        return Carried.of(self)


def meaning_of(parse_data: dict[str, Any]) -> Meaning:
    """The meaning in Rasa's parse data; messages the pipeline never saw have only an intent."""
    known = parse_data.get(MEANING)
    if known is not None:
        return read_carried(known, Meaning)
    intent = parse_data.get("intent") or {}
    return Meaning(intent=intent.get("name"), confidence=intent.get("confidence") or 0.0)
