"""News of dossiers for the core, which loads what sends text messages only when somebody asks for some."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from actions.dossiers.follow import Began, Question

if TYPE_CHECKING:
    from channels.sms.notices.following import Following
    from installation.root import Installation


class FollowWhenAsked:
    """See :class:`actions.dossiers.follow.Follow`.

    Args:
        installation: whose text messages are sent.
    """

    def __init__(self, installation: Installation) -> None:
        self._here = installation

    @cached_property
    def _following(self) -> Following:
        from installation.text_messages import TextMessageStores

        return TextMessageStores(self._here).following

    def begin(self, code: str, marks: Sequence[str], language: str, turn: str) -> Began:
        """See :class:`actions.dossiers.follow.Follow`."""
        return self._following.begin(code, marks, language, turn)

    def can_wait(self, marks: Sequence[str]) -> bool:
        """See :class:`actions.dossiers.follow.Follow`."""
        return self._following.can_wait(marks)

    def wait(self, question: Question, language: str, turn: str) -> Began:
        """See :class:`actions.dossiers.follow.Follow`."""
        return self._following.wait(question, language, turn)
