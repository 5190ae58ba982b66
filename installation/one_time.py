"""One-time codes for the core, which loads what sends text messages only when somebody asks for one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channels.sms.notices.one_time_post import OneTimePost
    from installation.root import Installation


class PostWhenAsked:
    """See :class:`actions.dossiers.one_time.Post`.

    Args:
        installation: whose text messages are sent.
    """

    def __init__(self, installation: Installation) -> None:
        self._here = installation

    @property
    def works(self) -> bool:
        """Whether a provider of text messages is set up."""
        from channels.sms.providers.registry import set_up

        return bool(set_up(self._here.settings))

    def mark_of(self, phone: str) -> str | None:
        """See :class:`actions.dossiers.one_time.Post`."""
        return self._post.mark_of(phone)

    def send(self, phone: str, digits: str, language: str, *, asked_for: bool) -> None:
        """See :class:`actions.dossiers.one_time.Post`."""
        self._post.send(phone, digits, language, asked_for=asked_for)

    @cached_property
    def _post(self) -> OneTimePost:
        from installation.text_messages import TextMessageStores

        return TextMessageStores(self._here).one_time_post
