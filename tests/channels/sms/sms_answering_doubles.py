"""What tests of answering share: a core that answers as the test says, and a citizen who texts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from channels_doubles import answer
from redis import Redis

from channels.conversing import Conversing
from channels.core_client import CoreUnavailable
from channels.paging import Paging
from channels.sms.answering import Answered, Answering
from channels.sms.answering.to_officers import ToOfficers
from channels.sms.answering.voice_notes import VoiceNotes
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents
from channels.sms.citizens.personal_records import Holding, PersonalRecords
from channels.sms.citizens.preferences import Preferences
from channels.sms.citizens.sender import Sender
from channels.sms.routes.messages import IncomingMessage
from contract.reply import Choice, Reply, ReplyKind
from contract.tried import Step, Tried
from contract.turn import Event, Turn, TurnResult, Understanding
from runtime.settings import Settings
from stores.database import Database
from stores.erasures import Erasures
from stores.sealing import Seal
from understanding.emergencies import Emergencies

PHONE = "+84900000123"

ASK_WHICH = answer(
    Reply(
        kind=ReplyKind.ASK_BACK,
        short="Cần việc nào?",
        choices=(Choice(key="1", label="Đăng ký khai sinh"), Choice(key="2", label="Đăng ký kết hôn")),
    )
)
ASK_DIGITS = answer(Reply(kind=ReplyKind.ASK_DETAIL, short="Hãy gửi 4 số cuối."), intent="check_dossier")
PAPERS = answer(Reply(kind=ReplyKind.ANSWER, short="Cần tờ khai và giấy chứng sinh."))


class SaidCore:
    """A core in the same process; gives the same turn the same result, as the real one does."""

    def __init__(self) -> None:
        self.script: Callable[[Turn], TurnResult] = lambda turn: PAPERS
        self.turns: list[Turn] = []
        self.is_down = False
        self._given: dict[str, TurnResult] = {}

    def converse(self, turn: Turn) -> TurnResult:
        if self.is_down:
            raise CoreUnavailable("nobody listens there")
        if turn.id in self._given:
            return self._given[turn.id]
        self.turns.append(turn)
        if turn.event is Event.HANGUP:
            return TurnResult(replies=(), understanding=Understanding(intent=None))
        result = self.script(turn)
        if turn.id is not None:
            self._given[turn.id] = result
        return result

    def tried(self, conversation: str) -> Tried:
        if self.is_down:
            raise CoreUnavailable("nobody listens there")
        return tuple(Step(said=turn.text or "", taken_for="ask_procedure") for turn in self.turns[-2:])

    @property
    def texts(self) -> list[str | None]:
        """What it heard, events left out."""
        return [turn.text for turn in self.turns if turn.event is None]


class KeptMessages:
    """A store of somebody's messages, or of another kind of thing."""

    def __init__(self, entries: int = 0, until: datetime | None = None, kind: str = "messages") -> None:
        self.kind = kind
        self.needs_proof = kind == "tickets"
        self.entries = entries
        self.until = until
        self.erased: list[str] = []

    def holding(self, citizen: Citizen) -> Holding:
        return Holding(self.kind, self.entries, self.until.date() if self.until else None)

    def erase(self, citizen: Citizen) -> None:
        self.erased.append(citizen.phone)
        self.entries = 0


class Texting:
    """A citizen who texts, each message a minute after the one before unless said otherwise."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        redis: Redis,
        core: SaidCore | None = None,
        records: tuple[PersonalRecords, ...] = (),
        longest: int | None = None,
        officers: ToOfficers | None = None,
        voice_notes: VoiceNotes | None = None,
    ) -> None:
        seal = self._seal = Seal(settings.secret())
        self.core = core or SaidCore()
        conversing = Conversing(self.core, Paging(redis, seal), settings)
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.answering = Answering(
            conversing,
            redis,
            seal,
            settings,
            records,
            longest,
            consents=Consents(database, lambda: self.at),
            preferences=Preferences(database),
            erasures=Erasures(database, lambda: self.at),
            emergencies=Emergencies.load(settings.nlu_data_path),
            now=lambda: self.at,
            officers=officers,
            voice_notes=voice_notes,
        )
        self._numbers = itertools.count(1)

    def send(
        self,
        body: str,
        *,
        sender: str = PHONE,
        turn: str | None = None,
        media: int = 0,
        voice: str = "",
        after: float = 60.0,
    ) -> Answered:
        self.at += timedelta(seconds=after)
        message = IncomingMessage("twilio", sender, "+84900000999", body, self.at, media=media, voice=voice)
        return self.answering.answer(message, turn or f"turn{next(self._numbers)}", Sender.of(sender, self._seal))

    def says(self, body: str, **how: object) -> list[str]:
        """The texts that come back."""
        return list(self.send(body, **how).texts)  # type: ignore[arg-type]
