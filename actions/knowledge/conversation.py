"""Answers a question about the service, the desk or the portal from an entry of knowledge."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, answer, language_of, turn_meaning
from actions.procedures.choices import NO, YES
from actions.procedures.dated_answers import lines_of
from actions.registries.conversation import FORM, OFFERED, RegistryAction
from catalogue.knowledge_base import KnowledgeEntry
from contract.reply import Choice, Reply, ReplyKind, Source
from contract.wishes import AskRegistry, No, Yes
from understanding.readings.state import with_topic


class ActionAnswerKnowledge(RegistryAction):
    """Tells an entry of knowledge; what was talked of before stays the topic, unless the entry leads to a procedure.

    Where the entry names a registry that may be asked here, whether to ask it is asked back about: its purpose is said,
    and nothing is asked before the person has agreed.
    """

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_knowledge"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer."""
        entry = self._entry(tracker)
        if entry is None:
            # Taken out of the file between understanding and answering.
            answer(dispatcher, self.say(tracker, "utter_unknown", ReplyKind.UNKNOWN))
            return []
        language = entry.language_of(language_of(tracker))
        short, *dated = lines_of(entry, self.services.wording, language, self.services.today())
        source = None
        if entry.source is not None:
            title, checked_on = entry.source.title, entry.source.checked_on
            source = Source(procedure_code=entry.procedure, decision=title, checked_on=checked_on)
        details = (*dated, *entry.details_in(language))
        told = Reply(kind=ReplyKind.ANSWER, short=short, details=details, source=source, language=language)
        told_entry = SlotSet("told_entry", entry.id)
        offer = self._offer(tracker, entry)
        answer(dispatcher, told.model_copy(update=offer))
        if offer:
            return [told_entry, SlotSet(OFFERED, entry.registry), SlotSet("offered", None)]
        if entry.procedure is None:
            return [told_entry, SlotSet(OFFERED, None)]
        topics = with_topic(tuple(tracker.get_slot("topics") or ()), tracker.get_slot("procedure"), entry.procedure)
        entered = [SlotSet("procedure", entry.procedure), SlotSet("topics", list(topics))]
        return [told_entry, *entered, SlotSet("offered", None), SlotSet(OFFERED, None)]

    def _entry(self, tracker: Tracker) -> KnowledgeEntry | None:
        meaning, knowledge = turn_meaning(tracker), self.services.knowledge
        if isinstance(meaning.wish, AskRegistry):
            return knowledge.of_registry(meaning.wish.about)
        return knowledge.get(meaning.knowledge) if meaning.knowledge is not None else None

    def _offer(self, tracker: Tracker, entry: KnowledgeEntry) -> dict[str, Any]:
        """Whether to ask the registry of an entry, as parts of a reply; nothing where none may be asked."""
        matter = (entry.registry or "").partition(".")[0]
        service = self.services.registries.get(matter)
        # In the middle of a look-up or a report only one thing is asked at a time.
        if service is None or (tracker.active_loop or {}).get("name") not in (None, FORM):
            return {}
        purpose = service.purpose(language_of(tracker))
        yes, no = (self.words(tracker, key) for key in ("offer_yes", "offer_no"))
        return {
            "question": self.words(tracker, "offer", purpose=purpose),
            "choices": (Choice(key=YES, label=yes, wish=Yes()), Choice(key=NO, label=no, wish=No())),
        }
