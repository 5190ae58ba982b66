"""Asks for a dossier's code and four digits, looks it up and tells the status.

The look-up itself is :mod:`actions.dossiers.service`; here is only what a conversation needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import Any, Final, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, marks_of, replies_of_this_turn, turn_meaning
from actions.dossiers.asked import SIDE_OF, About, kept, shown, what_is_asked
from actions.dossiers.expected import with_expected_day
from actions.dossiers.follow import Question
from actions.dossiers.model import DossierView
from actions.dossiers.one_time import DIGITS as ONE_TIME_DIGITS
from actions.dossiers.one_time import CodeWrong
from actions.dossiers.service import Ambiguous, Found, Locked, NotFoundOrMismatch, Outcome, Unavailable
from actions.procedures.answers import display_name
from actions.procedures.phrases import lower_first
from actions.procedures.procedure_action import BESIDE_DOSSIER, CHOICE_LENGTH, WAIT_KEY, ProcedureAction
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.reply import Choice, Detail, Reply, ReplyKind
from contract.wishes import LookUpDossier
from language import data
from language.dossier_code import find_dossier_code
from language.normalise import fold, normalise
from understanding.readings.listing import CHOOSE
from understanding.readings.markers import markers_of

T = TypeVar("T")

INTERRUPTING = frozenset(
    {
        "ask_procedure",
        "ask_about_dossier",
        "ask_knowledge",
        "help",
        "talk_to_officer",
        "goodbye",
        "deny",
        "delete_my_data",
        "greet",
        "thanks",
        "switch_language",
        "complaint_about_bot",
        "report_problem",
        "change_topic_back",
        "start_over",
        "opt_out",
        "opt_in",
        "event_no_input",
        "event_idle",
        "event_empty",
    }
)
"""Intents that are no answer to the form's question; rules say what happens then."""

MOST_LOOK_UPS: Final = 128
"""Look-ups under way in one process."""

KEYED_CODE = range(13, 25)
"""How many digits a dossier code has on a telephone's keys; phone and identity numbers have twelve at most."""


def second_factor(digits: str | None) -> str | None:
    """Four digits, the end of a whole phone or identity number, or the six of a one-time code."""
    digits = digits or ""
    if len(digits) == ONE_TIME_DIGITS:
        return digits
    return digits[-4:] if len(digits) == 4 or len(digits) in (9, 10, 11, 12) else None


def wants_code(tracker: Tracker) -> bool:
    """Whether a one-time code is asked for, by a button or in words."""
    wish = turn_meaning(tracker).wish
    if isinstance(wish, LookUpDossier):
        return wish.send_code is True
    words = fold(normalise(tracker.latest_message.get("text") or ""))
    return wish is None and markers_of(data.folder()).sends_code.search(words) is not None


def code_wished(wish: LookUpDossier, today: date) -> str | None:
    """The code of a wish in canonical form, or its digits alone where only they were keyed; None when it is neither."""
    if wish.code is None:
        return None
    if wish.code.isascii() and wish.code.isdigit():
        return wish.code if len(wish.code) in KEYED_CODE else None
    found = find_dossier_code(wish.code, today)
    return found.text if found is not None else None


class DossierFormAction(MotcuaAction):
    """Shared by the actions that ask for code and digits."""

    def ask(self, dispatcher: CollectingDispatcher, tracker: Tracker, key: str, slot: str) -> None:
        """Ask for one of the two."""
        answer(dispatcher, self.say(tracker, key, ReplyKind.ASK_DETAIL, asks=Detail(slot)))

    def begin_as_wished(self, dispatcher: CollectingDispatcher, tracker: Tracker, wish: LookUpDossier) -> Events:
        """What the wish names and nothing of a look-up before; a code that is none is asked for again."""
        code = code_wished(wish, self.services.today())
        given_before = tracker.get_slot("dossier_code")
        if wish.code is None and (wish.last4 is not None or wish.send_code) and given_before is not None:
            return [SlotSet("last4", second_factor(wish.last4))]
        if code is None and wish.code is not None:
            self.ask(dispatcher, tracker, "not_a_dossier_code", "dossier_code")
        last4 = second_factor(wish.last4) if code is not None else None
        return [SlotSet("dossier_code", code), SlotSet("last4", last4)]


class ActionStartDossier(DossierFormAction):
    """Takes what the first message already holds, so that nothing is asked twice."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_dossier"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Fill the form's slots from the message."""
        meaning = turn_meaning(tracker)
        events = [SlotSet("topic", "dossier"), SlotSet("offered", None)]
        if isinstance(meaning.wish, LookUpDossier):
            return events + self.begin_as_wished(dispatcher, tracker, meaning.wish)
        if meaning.dossier_code is not None:
            events.append(SlotSet("dossier_code", meaning.dossier_code))
            if meaning.dossier_code != tracker.get_slot("dossier_code"):
                events.append(SlotSet("last4", second_factor(meaning.digits)))
        return events


class ValidateDossierForm(DossierFormAction):
    """Reads the answer to the form's question."""

    def name(self) -> str:
        """Name Rasa derives from the form's."""
        return "validate_dossier_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Slots found in the message; an empty list when it is not an answer, which lets the rules decide."""
        meaning = turn_meaning(tracker)
        requested = tracker.get_slot("requested_slot")
        if isinstance(meaning.wish, LookUpDossier):
            # Asked nothing yet: the form has just been started with what the wish holds.
            return self.begin_as_wished(dispatcher, tracker, meaning.wish) if requested is not None else []
        events: Events = []
        if meaning.dossier_code is not None and meaning.dossier_code != tracker.get_slot("dossier_code"):
            events.append(SlotSet("dossier_code", meaning.dossier_code))
        if requested is None:
            return events
        four = second_factor(meaning.digits)
        if requested == "last4" and four is not None:
            events.append(SlotSet("last4", four))
        if requested == "dossier_code" and not events and len(meaning.digits or "") in KEYED_CODE:
            events.append(SlotSet("dossier_code", meaning.digits))
        if not events and requested == "last4" and wants_code(tracker):
            # Sent by the question that follows.
            return [SlotSet("last4", None)]
        if events or intent_of(tracker) in INTERRUPTING:
            return events
        # Who sends no digit at all did not mistype: "không nhớ mã" needs to know where it stands.
        tried = any(sign.isdigit() for sign in tracker.latest_message.get("text") or "") or meaning.digits
        key = f"not_a_{requested}" if tried else f"help_{requested}"
        self.ask(dispatcher, tracker, key, requested)
        return [SlotSet(requested, None)]


class ActionAskDossierCode(DossierFormAction):
    """Asks for the code."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_dossier_code"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, unless this turn has just said why the answer did not do."""
        if not already_asked(tracker):
            self.ask(dispatcher, tracker, "ask_dossier_code", "dossier_code")
        return []


class ActionAskLast4(DossierFormAction):
    """Asks for the last four digits of the phone or identity number, or sends a one-time code in their place."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_last4"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, unless this turn has just said why the answer did not do."""
        if already_asked(tracker):
            return []
        code = tracker.get_slot("dossier_code")
        if code is None or not wants_code(tracker):
            self.ask(dispatcher, tracker, "ask_last4", "last4")
            return []
        send = partial(
            self.services.dossiers.send_code,
            code,
            tracker.sender_id,
            channel=tracker.get_latest_input_channel(),
            marks=marks_of(tracker),
            language=language_of(tracker),
        )
        answer(dispatcher, self.services.dossier_wording.sending(await off_the_loop(send), language_of(tracker)))
        return []


class ActionDossierHelp(DossierFormAction):
    """Says where the code and the digits are found."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_dossier_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Explain what is asked for."""
        requested = tracker.get_slot("requested_slot") or "dossier_code"
        self.ask(dispatcher, tracker, f"help_{requested}", requested)
        return []


@cache
def _threads() -> ThreadPoolExecutor:
    """Made with the first look-up, after the last fork: 30 a second that take three seconds each, and some."""
    return ThreadPoolExecutor(MOST_LOOK_UPS, thread_name_prefix="look-up")


async def off_the_loop(call: Callable[[], T]) -> T:
    """While one person's dossier is asked for, everybody else is answered."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), copy_context().run, call)


class ActionDropDossier(MotcuaAction):
    """The look-up is called off; its code stays, so that this can be undone."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_drop_dossier"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say what was dropped and how it is taken up again."""
        answer(dispatcher, self.say(tracker, "dossier_dropped"))
        return []


class DossierAction(MotcuaAction):
    """Shared by the actions that look a dossier up."""

    async def tell_status(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer; keep code and digits only when they are still needed."""
        code, last4 = tracker.get_slot("dossier_code"), tracker.get_slot("last4")
        if code is None or last4 is None:
            return [FollowupAction("dossier_form")]
        look_up = partial(
            self.services.dossiers.look_up,
            code,
            last4,
            tracker.sender_id,
            channel=tracker.get_latest_input_channel(),
            marks=marks_of(tracker),
        )
        if turn_meaning(tracker).digits == WAIT_KEY and intent_of(tracker) == "choose_number":
            return await self._wait(dispatcher, tracker, code, last4)

        def asked() -> tuple[Outcome, bool, bool]:
            outcome = look_up()
            can_wait = isinstance(outcome, Unavailable) and self.services.follow.can_wait(marks_of(tracker))
            return outcome, self.services.dossiers.sends_codes, can_wait

        outcome, by_code, can_wait = await off_the_loop(asked)
        if isinstance(outcome, Found):
            outcome = replace(outcome, view=with_expected_day(outcome.view, self.services.catalogue.current))
        told = self.services.dossier_wording.reply(
            outcome, language_of(tracker), by_code=by_code, wait_key=WAIT_KEY if can_wait else None
        )
        answer(dispatcher, told)
        match outcome:
            case Unavailable():
                # Kept, sealed, so that after the outage nothing is asked twice.
                return [SlotSet("offered", None)] if told.choices else []
            case NotFoundOrMismatch() | CodeWrong():
                return [SlotSet("last4", None), FollowupAction("dossier_form")]
            case Locked() if by_code:
                # Four digits are shut; a one-time code is not.
                return [SlotSet("last4", None), FollowupAction("dossier_form")]
            case Ambiguous():
                return [SlotSet("dossier_code", None), SlotSet("last4", None), FollowupAction("dossier_form")]
            case Found(view):
                forget = [SlotSet("dossier_code", None), SlotSet("last4", None)]
                return [
                    *forget,
                    SlotSet("topic", None),
                    SlotSet("procedure", view.procedure_code),
                    SlotSet("shown_dossier", kept(code, view)),
                ]
        return [SlotSet("dossier_code", None), SlotSet("last4", None), SlotSet("topic", None)]

    async def _wait(self, dispatcher: CollectingDispatcher, tracker: Tracker, code: str, last4: str) -> Events:
        """Look it up when it can be."""
        channel, language = tracker.get_latest_input_channel(), language_of(tracker)
        question = Question(code, last4, tracker.sender_id, channel, marks_of(tracker))
        turn = str(tracker.latest_message.get("message_id") or "")
        began = await off_the_loop(partial(self.services.follow.wait, question, language, turn))
        answer(dispatcher, self.services.dossier_wording.notice(f"follow_{began}", language))
        return [SlotSet("dossier_code", None), SlotSet("last4", None), SlotSet("topic", None)]


class ActionDossierStatus(DossierAction):
    """Looks the dossier up and tells how far it is."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_dossier_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tell the status, then listen: whoever asked for this by a follow-up has no rule that says so."""
        events = await self.tell_status(dispatcher, tracker)
        goes_on = any(event["event"] == "followup" for event in events)
        return events if goes_on else [*events, FollowupAction("action_listen")]


class ActionAnswerDossier(ProcedureAction):
    """A question about the dossier shown last: from that dossier, else from its procedure."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_dossier"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer."""
        meaning = turn_meaning(tracker)
        view = shown(tracker.get_slot("shown_dossier"))
        if view is None:
            answer(dispatcher, self.say(tracker, "utter_unknown", ReplyKind.UNKNOWN))
            return []
        if meaning.intent == CHOOSE:
            # It was asked back whether the dossier is meant, and it is: what was asked then is answered now.
            offered = tracker.get_slot("offered")
            asked = About(offered["about"]) if offered["about"] else None
            events = await self._tell(dispatcher, tracker, view, asked, Aspect(offered["aspect"]))
            gone_back = [SlotSet("procedure", view.procedure_code), SlotSet("offered", None)]
            return [*events, *gone_back, FollowupAction("action_listen")]
        aspect = Aspect(meaning.aspect) if meaning.aspect else None
        folded = fold(normalise(tracker.latest_message.get("text") or ""))
        asked = what_is_asked(folded, meaning.question, aspect)
        other = self.services.catalogue.current(meaning.rival) if meaning.rival is not None else None
        if other is not None:
            side = SIDE_OF.get(asked, Aspect.OVERVIEW) if asked is not None else Aspect.OVERVIEW
            return self._ask_which(dispatcher, tracker, view, other, asked, aspect or side)
        return await self._tell(dispatcher, tracker, view, asked, aspect or Aspect.OVERVIEW)

    async def _tell(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        view: DossierView,
        asked: About | None,
        aspect: Aspect,
    ) -> Events:
        language = language_of(tracker)
        if asked is About.FOLLOW:
            await self._follow(dispatcher, tracker, language)
            return []
        if asked is not None:
            answer(dispatcher, self.services.dossier_wording.about(view, asked, language))
            return []
        return self.answer_about(dispatcher, tracker, view.procedure_code, aspect)

    def _ask_which(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        view: DossierView,
        other: Procedure,
        asked: About | None,
        aspect: Aspect,
    ) -> Events:
        """Ask back between the dossier just shown and another matter, in the words of the two."""
        language, text = language_of(tracker), self.services.wording.text
        own = self.services.catalogue.current(view.procedure_code)
        known = other.code in (tracker.get_slot("procedure"), *(tracker.get_slot("topics") or ()))
        named = lower_first(display_name(own, language, CHOICE_LENGTH)) if own is not None else ""
        labels = (
            text(language, "beside_dossier_shown", name=named),
            text(
                language,
                "beside_dossier_other" if known else "beside_dossier_new",
                name=lower_first(display_name(other, language, CHOICE_LENGTH)),
            ),
        )
        choices = tuple(Choice(key=str(number), label=label) for number, label in enumerate(labels, start=1))
        short = text(language, "beside_dossier")
        answer(dispatcher, Reply(kind=ReplyKind.ASK_BACK, short=short, choices=choices, language=language))
        offered = {
            "codes": [view.procedure_code, other.code],
            "aspect": aspect,
            "labels": list(labels),
            "about": asked,
            BESIDE_DOSSIER: True,
        }
        return [SlotSet("offered", offered)]

    async def _follow(self, dispatcher: CollectingDispatcher, tracker: Tracker, language: str) -> None:
        code, turn = tracker.get_slot("shown_dossier")["code"], tracker.latest_message.get("message_id") or ""
        begin = partial(self.services.follow.begin, code, marks_of(tracker), language, str(turn))
        began = await off_the_loop(begin)
        answer(dispatcher, self.services.dossier_wording.notice(f"follow_{began}", language))


def already_asked(tracker: Tracker) -> bool:
    """Whether this turn has said why the last answer did not do, which asks again by itself."""
    return any(reply.kind is ReplyKind.ASK_DETAIL for reply in replies_of_this_turn(tracker))


def intent_of(tracker: Tracker) -> str | None:
    """The intent of the turn; events of a channel have one, too, though they mean no words."""
    intent: str | None = (tracker.latest_message.get("intent") or {}).get("name")
    return intent
