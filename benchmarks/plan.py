"""How much is measured: enough to be believed, or just enough to see that everything works."""

from __future__ import annotations

from dataclasses import dataclass

STORED_RATE = 100
REPLIES_RATE = 30
"""Text messages a second, at which they must be stored, and answered, in time."""


@dataclass(frozen=True)
class Plan:
    """Counts of one run; each bounds what the machine is asked to do."""

    starts: int = 3
    repetitions: int = 3
    conversations: int = 16
    turns: int = 20
    """Of each of the conversations held at once."""
    single_turns: int = 60
    memory_turns: int = 500
    long_conversations: int = 3
    long_turns: int = 40
    utterances: int = 2000
    stored_seconds: int = 60
    """Text messages at :data:`STORED_RATE` for so long."""
    replies_seconds: int = 300
    """The same at :data:`REPLIES_RATE`."""
    waiting_texts: int = 6000
    """In the outbox when the provider comes."""
    memory_texts: int = 100_000
    """Text messages over which memory is watched."""

    @property
    def texts(self) -> int:
        """Text messages in all, for the progress bar."""
        arriving = self.stored_seconds * STORED_RATE + self.replies_seconds * REPLIES_RATE
        return arriving + self.repetitions * self.waiting_texts + self.memory_texts

    def steps(self, with_reference: bool) -> int:
        """Turns in all, for the progress bar."""
        at_once = self.conversations * self.turns
        ours = self.repetitions * (3 * at_once + self.single_turns) + self.memory_turns
        ours += self.long_conversations * self.long_turns
        its = self.repetitions * (at_once + self.single_turns) + self.memory_turns
        its += self.long_conversations * self.long_turns
        return ours + self.texts + (its if with_reference else 0)


QUICK = Plan(
    starts=1,
    repetitions=1,
    conversations=4,
    turns=4,
    single_turns=8,
    memory_turns=20,
    long_conversations=1,
    long_turns=12,
    utterances=60,
    stored_seconds=3,
    replies_seconds=4,
    waiting_texts=200,
    memory_texts=400,
)
