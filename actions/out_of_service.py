"""What citizens hear instead of an answer while everything, a channel or a procedure is out of service."""

from __future__ import annotations

from contract.reply import Reply, ReplyKind
from contract.wording import Wording
from language.languages import default_language
from stores.out_of_service import EVERYTHING, Off, OutOfService, channel_scope, procedure_scope


class Notices:
    """Looks up what is out of service, and says so.

    Args:
        switches: what officers have switched off.
        wording: of the core.
    """

    def __init__(self, switches: OutOfService, wording: Wording) -> None:
        self._switches = switches
        self._wording = wording

    def instead_of_a_turn(self, channel: str, language: str) -> Reply | None:
        """The only reply while the assistant or this channel is off; None while both work."""
        off = self._switches.first_of(EVERYTHING, channel_scope(channel))
        if off is None:
            return None
        words = _own(off, language) or self._wording.text(language, "out_of_service", channel)
        return Reply(kind=ReplyKind.TROUBLE, short=words, language=language)

    def instead_of_a_procedure(self, code: str, language: str, **values: object) -> str | None:
        """The sentence instead of any fact of a procedure that is off; None while it is told.

        Args:
            code: of the record.
            language: of the answer.
            values: for the usual sentence: the procedure's name, and who advises.
        """
        off = self._switches.first_of(procedure_scope(code))
        if off is None:
            return None
        return _own(off, language) or self._wording.text(language, "procedure_out_of_service", **values)


def _own(off: Off, language: str) -> str:
    """An officer writes in the language of the installation; whoever speaks another gets the usual sentence."""
    return off.words if language == default_language() else ""
