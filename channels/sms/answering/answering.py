"""One citizen's message in, the texts to send back out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from textwrap import shorten

from redis import Redis

from channels.cleaning import clean_text
from channels.conversing import ConverseAnswer, Conversing
from channels.core_client import CoreError
from channels.rendering import SmsStyle
from channels.sms.answering.answered import Answered, Reason
from channels.sms.answering.incoming import Incoming
from channels.sms.answering.keywords import Answers, Keyword, Order, keywords
from channels.sms.answering.own_data import OwnData
from channels.sms.answering.own_words import own_text, under_line, with_line, wording_version
from channels.sms.answering.talk import LastWord, Talk
from channels.sms.answering.to_officers import ToOfficers
from channels.sms.answering.voice_notes import VoiceNotes
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Manner
from channels.sms.citizens.personal_records import PersonalRecords
from channels.sms.citizens.preferences import Preferences
from channels.sms.citizens.proof import NumberProof
from channels.sms.citizens.sender import Sender
from channels.sms.limits.guard import Guard, Verdict
from channels.sms.limits.rate_limits import Allowed, Limits
from channels.sms.routes.messages import IncomingMessage
from channels.words import words
from contract.turn import NO_DANGER, Channel, Turn, Understanding
from language import data
from runtime import logs
from runtime.settings import Settings
from stores.erasures import Erasures
from stores.limiter import Limiter, rules_of
from stores.sealing import Seal
from understanding.emergencies import Emergencies

_STOP_WORDS = ("sms_stopped",)
_RESUME_WORDS = ("sms_resumed",)

_RIGHTS = (Keyword.SHOW, Keyword.ERASE)

_SECOND_FACTORS = frozenset({4, 9, 10, 11, 12})
"""Lengths of what the core takes for the second factor of a dossier."""

MOST_TOLD = 90
"""Characters of what was heard that are told back; the beginning shows whether it was heard."""

_log = logs.get(__name__)


class Answering:
    """Answers text messages; blocking, safe to share between threads.

    Messages of one citizen must come one after the other. A message answered again under the same turn id, after
    a crash, gets the same answer and changes nothing twice.

    Args:
        conversing: the way to the core.
        redis: a client that decodes its answers.
        seal: hashes numbers and texts.
        settings: of this installation.
        records: further stores that keep something about a person.
        longest: characters the narrowest provider takes in one message.
        consents: who asked for notices, and who refused everything.
        preferences: who wants diacritics.
        erasures: the record of wishes to be forgotten.
        emergencies: finds people in danger.
        now: the clock.
        officers: the people behind the assistant; None where there are none.
        voice_notes: listens to recordings; None where speech is not recognised.
    """

    def __init__(
        self,
        conversing: Conversing,
        redis: Redis,
        seal: Seal,
        settings: Settings,
        records: Sequence[PersonalRecords] = (),
        longest: int | None = None,
        *,
        consents: Consents,
        preferences: Preferences,
        erasures: Erasures,
        emergencies: Emergencies,
        now: Callable[[], datetime],
        officers: ToOfficers | None = None,
        voice_notes: VoiceNotes | None = None,
    ) -> None:
        self._voice_notes = voice_notes
        self._officers = officers
        self._conversing = conversing
        self._nlu_data = settings.nlu_data_path
        self._usual_style = SmsStyle.from_settings(settings, longest)
        self._emergencies = emergencies
        self._limits = Limits(Limiter(redis, seal, rules_of(settings)))
        self._guard = Guard(redis, seal, self._limits, settings.sms_ignore_machines, now=now)
        self._talk = Talk(redis, settings.session_minutes * 60)
        self._consents = consents
        self._preferences = preferences
        self._own_data = OwnData(
            conversing,
            self._consents,
            self._preferences,
            self._talk,
            self._guard,
            tuple(records),
            settings,
            erasures,
            NumberProof(seal, now),
        )

    def answer(self, message: IncomingMessage, turn_id: str, sender: Sender) -> Answered:
        """The texts to send back.

        Args:
            message: what came in.
            turn_id: the same for every try of this message; letters and digits.
            sender: whoever sent it, read when it came in.

        Raises:
            CoreError: there is no answer at the moment; try again later under the same id.
        """
        with data.using(self._nlu_data):
            return self._answer_to(message, turn_id, sender)

    def _answer_to(self, message: IncomingMessage, turn_id: str, sender: Sender) -> Answered:
        citizen = Citizen.behind(sender)
        if citizen is None:
            # Answering a short code or a brand name may start two machines talking to each other.
            _log.info("no answer to a sender that is no telephone")
            return Answered((), Reason.NO_TELEPHONE)
        text = clean_text(message.body)
        incoming = Incoming(
            citizen,
            text,
            message.received_at,
            turn_id,
            self._style_of(citizen),
            self._talk.last(citizen.person, turn_id),
            self._emergencies.kind_in(text),
        )
        answered = self._answer(incoming, message)
        if answered.reason is not Reason.ERASED:
            self._guard.said(citizen.person, answered.texts)
        return answered

    def _style_of(self, citizen: Citizen) -> SmsStyle:
        return self._usual_style.with_diacritics(self._preferences.diacritics(citizen.person))

    def _answer(self, incoming: Incoming, message: IncomingMessage) -> Answered:
        urgent = incoming.danger is not None
        order = keywords().find(incoming.text)
        if order is not None and order.keyword is Keyword.STOP:
            # Before any limit: a refusal counts whoever sends it, however often.
            return self._stop(incoming, order)
        if order is not None and order.keyword in _RIGHTS:
            # A right has no end where the day's messages have; a count of its own keeps machines and guesses away.
            return self._right(incoming, order)
        verdict = self._guard.judge(
            incoming.person,
            # Two recordings are not the same words again because neither has any.
            incoming.text or message.voice,
            incoming.received_at.timestamp(),
            incoming.turn,
            urgent=urgent,
        )
        if verdict is Verdict.LOOP:
            return Answered((), Reason.LOOP)
        if order is not None:
            obeyed = self._obey(incoming, order)
            # Obeyed in any case; only its confirmation counts as a message.
            return Answered((), Reason.OVER_LIMIT) if verdict is Verdict.OVER_LIMIT else obeyed
        if self._officers is not None and self._officers.hear(incoming) and not urgent:
            # Somebody writes with this citizen: the assistant keeps still until it is handed back.
            return Answered((), Reason.OFFICER)
        if verdict is not Verdict.ANSWER:
            return self._over_limit(incoming, verdict.value)
        if message.is_media_only and message.voice and self._voice_notes is not None:
            return self._spoken(incoming, self._voice_notes, message.voice)
        if message.is_media_only:
            return Answered(self._own(incoming, "media_only", "media_only_next"), Reason.MEDIA)
        if urgent:
            return self._emergency(incoming)
        if self._officers is not None and (rated := self._officers.rated_bare(incoming)):
            return Answered(rated, Reason.ORDER)
        return self._ask_core(incoming)

    def _spoken(self, incoming: Incoming, notes: VoiceNotes, address: str) -> Answered:
        """A recording: what was heard is told with the answer, so that what was misheard is seen."""
        note = notes.listen(address)
        if not note.text:
            key = "voice_too_long" if note.is_too_long else "voice_not_heard"
            return Answered(self._own(incoming, key, "voice_next"), Reason.MEDIA)
        text = clean_text(note.text)
        spoken = replace(incoming, text=text, danger=self._emergencies.kind_in(text))
        answered = self._emergency(spoken) if spoken.danger is not None else self._ask_core(spoken, is_heard=True)
        told = shorten(note.text, MOST_TOLD, placeholder=" …")
        line = words().text(incoming.last.language, "voice_heard", words=told)
        return Answered(under_line(answered.texts, line, incoming.style), answered.reason)

    def _stop(self, incoming: Incoming, order: Order) -> Answered:
        """No more notices; a word that answers the open question as well is also handed to the core."""
        if order.answers is None or not incoming.last.is_question:
            return self._refuse(incoming, Manner.KEYWORD)
        version = wording_version(*_STOP_WORDS)
        if order.answers is Answers.YES:
            # "dung" for "đúng": without a consent there is nothing to stop, and nothing to confirm.
            news = self._consents.withdraw(incoming.person, version, incoming.turn)
        else:
            news = self._consents.refuse(incoming.person, Manner.KEYWORD, version, incoming.turn)
        try:
            texts = self._texts(self._converse(incoming, order.heard))
        except CoreError:
            if news:
                return Answered(self._own(incoming, *_STOP_WORDS), Reason.ORDER)
            raise
        if news:
            texts = with_line(texts, words().text(incoming.last.language, "sms_stopped_also"), incoming.style)
        return Answered(texts, Reason.ANSWERED)

    def _right(self, incoming: Incoming, order: Order) -> Answered:
        """Show what is kept, or erase it."""
        if self._limits.take_right(incoming.person, incoming.turn) is not Allowed.YES:
            return Answered((), Reason.OVER_LIMIT)
        if order.keyword is Keyword.SHOW:
            return Answered(self._own_data.shown(incoming), Reason.ORDER)
        return Answered(self._own_data.erased(incoming, order.code), Reason.ERASED)

    def _refuse(self, incoming: Incoming, manner: Manner) -> Answered:
        news = self._consents.refuse(incoming.person, manner, wording_version(*_STOP_WORDS), incoming.turn)
        # A sentence may have been misunderstood: whoever says another gets to know it.
        if news or manner is Manner.SENTENCE:
            return Answered(self._own(incoming, *_STOP_WORDS), Reason.ORDER)
        return Answered((), Reason.ORDER_AGAIN)

    def _grant(self, incoming: Incoming) -> Answered:
        self._consents.grant(incoming.person, Manner.KEYWORD, wording_version(*_RESUME_WORDS), incoming.turn)
        return Answered(self._own(incoming, *_RESUME_WORDS), Reason.ORDER)

    def _obey(self, incoming: Incoming, order: Order) -> Answered:
        keyword = order.keyword
        if keyword is Keyword.RESUME:
            return self._grant(incoming)
        if keyword is Keyword.CALL_BACK:
            return self._call_back(incoming)
        if keyword is Keyword.TICKET:
            return self._ticket(incoming, order.code)
        if keyword is Keyword.RATE:
            return self._rated(incoming, order)
        wanted = keyword is Keyword.DIACRITICS
        self._preferences.choose_diacritics(incoming.person, wanted)
        style = self._usual_style.with_diacritics(wanted)
        return Answered(own_text(style, incoming.last.language, f"sms_{keyword}"), Reason.ORDER)

    def _call_back(self, incoming: Incoming) -> Answered:
        if self._officers is None:
            return self._ask_core(incoming)
        return Answered(
            self._officers.call_back(incoming, self._conversing.tried(incoming.citizen.conversation)), Reason.ORDER
        )

    def _ticket(self, incoming: Incoming, number: str) -> Answered:
        if self._officers is None:
            return self._ask_core(incoming)
        return Answered(self._officers.state_of(incoming, number), Reason.ORDER)

    def _rated(self, incoming: Incoming, order: Order) -> Answered:
        if self._officers is None:
            return self._ask_core(incoming)
        return Answered(self._officers.rated(incoming, order.rating, order.code), Reason.ORDER)

    def _over_limit(self, incoming: Incoming, verdict: str) -> Answered:
        if verdict == Verdict.TELL_SHORT:
            return Answered(self._own(incoming, "sms_limit_short"), Reason.LIMIT_TOLD)
        if verdict == Verdict.TELL_DAY:
            return Answered(self._own(incoming, "sms_limit_day"), Reason.LIMIT_TOLD)
        return Answered((), Reason.OVER_LIMIT)

    def _emergency(self, incoming: Incoming) -> Answered:
        """The number to call, with or without the core; and that nobody reads this."""
        reason = Reason.ANSWERED
        try:
            texts = self._texts(self._converse(incoming, incoming.text))
        except CoreError:
            reply = self._emergencies.reply_for(incoming.danger, incoming.last.language)
            texts = (incoming.style.write(reply.short),) if reply is not None else ()
            reason = Reason.EMERGENCY
        line = words().text(incoming.last.language, "sms_nobody_reads")
        return Answered(with_line(texts, line, incoming.style), reason)

    def _ask_core(self, incoming: Incoming, *, is_heard: bool = False) -> Answered:
        answer = self._converse(incoming, incoming.text)
        understood = answer.understanding
        if _is_look_up(understood, incoming.last):
            allowed = self._limits.take_look_up(incoming.person, incoming.turn)
            if allowed is not Allowed.YES:
                # What was found is not told: whoever guesses digits learns nothing any more.
                told = self._own(incoming, "sms_limit_look_ups") if allowed is Allowed.TELL_LOOK_UPS else ()
                return Answered(told, Reason.LIMIT_TOLD if told else Reason.OVER_LIMIT)
        if understood.intent == "opt_out" and is_heard:
            # A recogniser may have misheard it: it is done by its word, which is told.
            return Answered(self._own(incoming, "sms_orders"), Reason.ANSWERED)
        if understood.intent == "opt_out":
            return self._refuse(incoming, Manner.SENTENCE)
        # What needs a consent, or cannot be undone, is not done on a guess.
        if understood.intent == "opt_in":
            return Answered(self._own(incoming, "sms_resume_how"), Reason.ANSWERED)
        if understood.intent == "delete_my_data":
            return Answered(self._own(incoming, "sms_erase_how"), Reason.ANSWERED)
        texts = self._texts(answer)
        if understood.intent == "talk_to_officer" and self._officers is not None:
            # Asked for, not guessed: nobody is called because a sentence was misunderstood.
            texts = with_line(texts, words().text(incoming.last.language, "sms_call_back_how"), incoming.style)
        if understood.intent == "help" and answer.last is not None:
            texts = with_line(texts, words().text(answer.last.language, "sms_orders"), incoming.style)
        return Answered(texts, Reason.ANSWERED)

    def _converse(self, incoming: Incoming, said: str) -> ConverseAnswer:
        turn = Turn(
            channel=Channel.SMS,
            conversation=incoming.citizen.conversation,
            marks=(f"person:{incoming.person}",),
            text=said,
            danger=incoming.danger or NO_DANGER,
            id=incoming.turn,
        )
        answer = self._conversing.turn(turn, incoming.style)
        if answer.last is not None:
            self._talk.keep(incoming.person, answer.last, incoming.last, incoming.turn)
        return answer

    @staticmethod
    def _texts(answer: ConverseAnswer) -> tuple[str, ...]:
        return tuple(reply.text for reply in answer.replies if reply.text.strip())

    @staticmethod
    def _own(incoming: Incoming, *keys: str) -> tuple[str, ...]:
        return own_text(incoming.style, incoming.last.language, *keys)


def _is_look_up(understood: Understanding, last: LastWord) -> bool:
    """Whether a turn may have tried a second factor: four digits, or a whole phone or identity number."""
    if len(understood.digits or "") not in _SECOND_FACTORS:
        return False
    return last.asks_detail or understood.dossier_code is not None
