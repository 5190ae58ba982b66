"""Repeating, going back, changing language, forgetting, and the notice at the start."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, FollowupAction, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from actions.dossiers.asked import About, shown
from actions.dossiers.conversation import DossierAction
from actions.procedures.choices import NO, YES
from actions.procedures.procedure_action import ProcedureAction, intent_before
from actions.reports.conversation import taken_up_again
from contract.aspects import Aspect
from contract.carried import read_carried
from contract.reply import Choice, Reply, ReplyKind
from contract.turn import Channel
from contract.wishes import No, Yes
from language import data
from language.languages import installed
from language.normalise import fold, normalise
from language.phrasings import phrasing
from understanding.readings.guards import forgets_at_once
from understanding.readings.reading import Kind

DROPS_A_REPORT = frozenset({"deny", "goodbye", "choose_number", "report_problem"})
"""Intents after which a report may have been dropped, so that going back means that report."""


class ActionSessionStart(MotcuaAction):
    """Begins a conversation with saying that a machine answers (law 134/2025/QH15, article 11).

    By text message once, as long as the conversation is kept: a telephone that texts again an hour later knows,
    and every word costs. At a kiosk or on the telephone the next session may be another person.
    """

    def name(self) -> str:
        """Name Rasa gives the start of a session."""
        return "action_session_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so and listen; nothing of an earlier session is taken over."""
        if not _has_texted_before(tracker):
            dispatcher.utter_message(response="utter_notice")
        return [SessionStarted(), ActionExecuted("action_listen")]


class ActionRepeat(DossierAction):
    """Says the last answer again; after an outage it tries the look-up again instead."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Repeat."""
        if tracker.get_slot("dossier_code") and tracker.get_slot("last4"):
            return await self.tell_status(dispatcher, tracker)
        replies = _last_replies(tracker)
        if not replies:
            answer(dispatcher, self.say(tracker, "nothing_to_repeat"))
        for reply in replies:
            answer(dispatcher, reply)
        return []


class ActionChangeTopicBack(ProcedureAction):
    """Goes back to what was talked of before."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_change_topic_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Resume the dossier that waits, or the procedure before."""
        if turn_meaning(tracker).reading == Kind.CROSSING:
            return [FollowupAction("action_cross")]
        view = shown(tracker.get_slot("shown_dossier"))
        if view is not None and phrasing("says_dossier").search(
            fold(normalise(tracker.latest_message.get("text") or ""))
        ):
            answer(dispatcher, self.services.dossier_wording.about(view, About.STATE, language_of(tracker)))
            return [SlotSet("procedure", view.procedure_code)]
        report = taken_up_again(tracker)
        if report and intent_before(tracker) in DROPS_A_REPORT:
            return [*report, FollowupAction("report_form")]
        if tracker.get_slot("dossier_code") or tracker.get_slot("topic") == "dossier":
            return [FollowupAction("dossier_form")]
        topics = tracker.get_slot("topics") or [tracker.get_slot("procedure")]
        code = topics[0]
        if code is None:
            answer(dispatcher, self.say(tracker, "nothing_before"))
            return []
        return self.answer_about(dispatcher, tracker, code, Aspect.OVERVIEW)


class ActionStartOver(MotcuaAction):
    """Asks whether what was talked of is to be dropped; the yes to it does it."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask back: nothing is dropped on a guess."""
        language = language_of(tracker)
        labels = [self.services.wording.text(language, key) for key in ("start_over_yes", "start_over_no")]
        choices = (Choice(key=YES, label=labels[0], wish=Yes()), Choice(key=NO, label=labels[1], wish=No()))
        asked = self.say(tracker, "start_over_sure", ReplyKind.ASK_BACK)
        answer(dispatcher, asked.model_copy(update={"choices": choices}))
        return []


class ActionSwitchLanguage(MotcuaAction):
    """Switches between the languages of the installation."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_switch_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Take the language named, or the other one."""
        language = turn_meaning(tracker).language or _next_language(language_of(tracker))
        text = self.services.wording.text(language, "language_set")
        answer(dispatcher, Reply(kind=ReplyKind.NOTICE, short=text, language=language))
        return [SlotSet("language", language)]


class ActionForgetConversation(MotcuaAction):
    """Tells that the conversation is deleted; :mod:`assistant.turns` does it when this answer is out.

    What was not asked for by its own name is asked back about: nothing is erased on a guess.
    """

    def name(self) -> str:
        """Name in the domain."""
        return "action_forget_conversation"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so, or ask back."""
        text = tracker.latest_message.get("text") or ""
        if forgets_at_once(turn_meaning(tracker), text, data.folder()):
            answer(dispatcher, self.say(tracker, "forgotten"))
        else:
            answer(dispatcher, self.say(tracker, "forget_sure", ReplyKind.ASK_BACK))
        return []


def _next_language(language: str) -> str:
    """The one that comes after a language in menus; for two, the other."""
    offered = installed().offered
    return offered[(offered.index(installed().known(language)) + 1) % len(offered)]


def _has_texted_before(tracker: Tracker) -> bool:
    """Whether the session before this one, still kept, was by text message."""
    said = [event for event in tracker.events if event["event"] == "user"]
    return bool(said) and said[-1].get("input_channel") == Channel.SMS


def _last_replies(tracker: Tracker) -> list[Reply]:
    """The replies to the last message of this session that got one, oldest first; its opening notice is none."""
    found: list[Reply] = []
    for event in reversed(tracker.events):
        if event["event"] == "session_started" or (event["event"] == "user" and found):
            break
        custom = (event.get("data") or {}).get("custom") if event["event"] == "bot" else None
        if custom:
            found.append(read_carried(custom, Reply))
    return found[::-1]
