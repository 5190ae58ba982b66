"""Asks a public registry in a conversation: after the person agreed, for the key and the proof.

The question itself is :mod:`actions.registries.service`; the offer comes with an answer of knowledge
(:mod:`actions.knowledge.conversation`), which tells where one sees it oneself.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, marks_of, turn_meaning
from actions.dossiers.conversation import (
    INTERRUPTING,
    already_asked,
    intent_of,
    off_the_loop,
    second_factor,
    wants_code,
)
from actions.dossiers.one_time import CannotSend, CodeSent, CodeWrong, NoMoreCodes, Sending
from actions.dossiers.service import Ambiguous, Locked, NotFoundOrMismatch, Unavailable
from actions.registries.kind import IDENTITY_NUMBER
from actions.registries.service import AskedRegistry, Asker, ConsentNeeded, RegistryOutcome, Told
from contract.reply import Detail, Reply, ReplyKind
from contract.wishes import AskRegistry

OFFERED: Final = "registry_offered"
"""Slot with what may be asked for once the person agrees: ``insurance.card``."""
ASKED, KEY, PROOF = "registry", "registry_key", "registry_proof"
"""Slots of a question under way: what is asked for, the key, four digits or a one-time code."""
FORM: Final = "registry_form"
_GAPS = re.compile(r"[\s.\-]+")


class RegistryAction(MotcuaAction):
    """Shared by the actions around one registry."""

    def registry_of(self, tracker: Tracker, slot: str = ASKED) -> tuple[AskedRegistry, str | None] | None:
        """The registry in a slot, and the part of it that was asked for; None where it may not be asked here."""
        matter, _, part = (tracker.get_slot(slot) or "").partition(".")
        service = self.services.registries.get(matter)
        return (service, part or None) if service is not None else None

    def words(self, tracker: Tracker, key: str, **values: object) -> str:
        """A sentence of the room ``registries``."""
        channel = tracker.get_latest_input_channel()
        return self.services.registry_wording.text(language_of(tracker), key, channel, **values)

    def asker(self, tracker: Tracker) -> Asker:
        """Who asks."""
        return Asker(
            tracker.sender_id, tracker.get_latest_input_channel() or "", marks_of(tracker), language_of(tracker)
        )

    def tell(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        *lines: str,
        kind: ReplyKind = ReplyKind.NOTICE,
        asks: Detail | None = None,
        next_step: str | None = None,
    ) -> None:
        """Answer in some sentences."""
        answer(
            dispatcher,
            Reply(
                kind=kind,
                short=lines[0],
                details=lines[1:],
                asks=asks,
                next_step=next_step,
                language=language_of(tracker),
            ),
        )

    def ask_again(self, dispatcher: CollectingDispatcher, tracker: Tracker, asks: Detail, *lines: str) -> None:
        """Say why an answer did not do, or what is wanted."""
        self.tell(dispatcher, tracker, *lines, kind=ReplyKind.ASK_DETAIL, asks=asks)


def _forgotten() -> Events:
    return [SlotSet(slot, None) for slot in (OFFERED, ASKED, KEY, PROOF)]


class ActionStartRegistry(RegistryAction):
    """The person has agreed: what was offered is asked for."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_registry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Note the consent, then ask for the key."""
        found = self.registry_of(tracker, OFFERED)
        if found is None:
            self.tell(dispatcher, tracker, self.words(tracker, "not_here"))
            return [*_forgotten(), FollowupAction("action_listen")]
        await off_the_loop(partial(found[0].agreed, self.asker(tracker), yes=True))
        return [
            *_forgotten(),
            SlotSet(ASKED, tracker.get_slot(OFFERED)),
            SlotSet("offered", None),
            FollowupAction(FORM),
        ]


class ActionDropRegistry(RegistryAction):
    """The person does not agree, or calls it off."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_drop_registry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say that nothing is looked up."""
        found = self.registry_of(tracker, OFFERED)
        if found is not None:
            await off_the_loop(partial(found[0].agreed, self.asker(tracker), yes=False))
        self.tell(dispatcher, tracker, self.words(tracker, "dropped"))
        in_form = (tracker.active_loop or {}).get("name") == FORM
        # Inside the form a rule goes on; after an offer nobody has said what comes next.
        return _forgotten() if in_form else [*_forgotten(), FollowupAction("action_listen")]


class ActionAskRegistryKey(RegistryAction):
    """Asks for the key."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_registry_key"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, unless this turn has just said why the answer did not do."""
        found = self.registry_of(tracker)
        if found is not None and not already_asked(tracker):
            self.ask_again(dispatcher, tracker, Detail.REGISTRY_KEY, found[0].asks_key(language_of(tracker)))
        return []


class ActionAskRegistryProof(RegistryAction):
    """Asks for the last four digits, or sends a one-time code in their place."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_registry_proof"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, unless this turn has just said why the answer did not do."""
        found, key = self.registry_of(tracker), tracker.get_slot(KEY)
        if found is None or already_asked(tracker):
            return []
        service = found[0]
        if key is not None and _wants_code(tracker):
            sent = await off_the_loop(partial(service.send_code, key, self.asker(tracker)))
            self.ask_again(dispatcher, tracker, Detail.REGISTRY_PROOF, *self._sending(tracker, sent))
            return []
        lines = [self.words(tracker, "ask_proof")]
        if await off_the_loop(lambda: service.sends_codes):
            lines.append(self.words(tracker, "proof_or_code"))
        self.ask_again(dispatcher, tracker, Detail.REGISTRY_PROOF, *lines)
        return []

    def _sending(self, tracker: Tracker, sent: Sending | Unavailable) -> list[str]:
        match sent:
            case CodeSent():
                return [self.words(tracker, "code_sent"), self.words(tracker, "code_sent_next")]
            case NoMoreCodes(until):
                return [self.words(tracker, "no_more_codes", time=f"{until:%H:%M}", date=f"{until:%d/%m/%Y}")]
            case CannotSend():
                return [self.words(tracker, "cannot_send_code")]
            case Unavailable():
                return [self.words(tracker, "code_not_now")]


class ValidateRegistryForm(RegistryAction):
    """Reads the answer to the form's question."""

    def name(self) -> str:
        """Name Rasa derives from the form's."""
        return "validate_registry_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Slots found in the message; an empty list when it is not an answer, which lets the rules decide."""
        requested, found = tracker.get_slot("requested_slot"), self.registry_of(tracker)
        if requested is None or found is None:
            return []
        meaning = turn_meaning(tracker)
        if meaning.wish is not None:
            return [SlotSet(PROOF, None)] if requested == PROOF and _wants_code(tracker) else []
        text = str(tracker.latest_message.get("text") or "")
        said = _GAPS.sub("", text)
        if requested == KEY:
            today = self.services.today()
            key = found[0].read_key(text, today) or found[0].read_key(meaning.digits or "", today)
            if key is not None:
                return [SlotSet(KEY, key)]
            if IDENTITY_NUMBER.search(said):
                self.ask_again(
                    dispatcher,
                    tracker,
                    Detail.REGISTRY_KEY,
                    self.words(tracker, "no_identity_number"),
                    found[0].asks_key(language_of(tracker)),
                )
                return [SlotSet(KEY, None)]
        else:
            proof = second_factor(meaning.digits) or second_factor(said if said.isdigit() else None)
            if proof is not None:
                return [SlotSet(PROOF, proof)]
            if _wants_code(tracker):
                # Sent by the question that follows.
                return [SlotSet(PROOF, None)]
        if intent_of(tracker) in INTERRUPTING or meaning.dossier_code is not None:
            return []
        tried = any(sign.isdigit() for sign in text) or meaning.digits
        lines = [self.words(tracker, "not_a_key" if requested == KEY else "not_a_proof")] if tried else []
        lines.append(found[0].asks_key(language_of(tracker)) if requested == KEY else self.words(tracker, "help_proof"))
        asks = Detail.REGISTRY_KEY if requested == KEY else Detail.REGISTRY_PROOF
        self.ask_again(dispatcher, tracker, asks, *lines)
        return [SlotSet(requested, None)]


class ActionRegistryHelp(RegistryAction):
    """Says where the key stands, and what the digits are."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_registry_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Explain what is asked for."""
        found = self.registry_of(tracker)
        if found is None:
            return []
        if tracker.get_slot("requested_slot") == PROOF:
            self.ask_again(dispatcher, tracker, Detail.REGISTRY_PROOF, self.words(tracker, "help_proof"))
        else:
            help_key = [found[0].asks_key(language_of(tracker)), self.words(tracker, "help_key")]
            self.ask_again(dispatcher, tracker, Detail.REGISTRY_KEY, *help_key)
        return []


class ActionAskRegistry(RegistryAction):
    """Puts the question to the registry and tells the answer."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_registry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tell; keep key and proof only when they are still needed."""
        found, key, proof = self.registry_of(tracker), tracker.get_slot(KEY), tracker.get_slot(PROOF)
        if found is None or key is None or proof is None:
            self.tell(dispatcher, tracker, self.words(tracker, "not_here"))
            return _forgotten()
        service, part = found
        asker = self.asker(tracker)

        def asked() -> tuple[RegistryOutcome, bool]:
            return service.ask(key, proof, asker, has_agreed=True, part=part), service.sends_codes

        outcome, by_code = await off_the_loop(asked)
        match outcome:
            case Told(lines):
                self.tell(dispatcher, tracker, *lines, kind=ReplyKind.ANSWER)
            case NotFoundOrMismatch(tries_left=tries):
                self._proof_again(dispatcher, tracker, by_code, self.words(tracker, "mismatch", tries=tries))
                return self._once_more(PROOF)
            case CodeWrong():
                self._proof_again(dispatcher, tracker, by_code, self.words(tracker, "code_wrong"))
                return self._once_more(PROOF)
            case Ambiguous():
                self.ask_again(dispatcher, tracker, Detail.REGISTRY_KEY, self.words(tracker, "ambiguous"))
                return self._once_more(KEY, PROOF)
            case Locked(until):
                locked = self.words(tracker, "locked", time=f"{until:%H:%M}", date=f"{until:%d/%m/%Y}")
                if by_code:
                    # Four digits are shut; a one-time code is not.
                    self._proof_again(dispatcher, tracker, by_code, locked)
                    return self._once_more(PROOF)
                self.tell(dispatcher, tracker, locked, *self._oneself(tracker))
            case Unavailable() | ConsentNeeded():
                self.tell(
                    dispatcher,
                    tracker,
                    self.words(tracker, "unavailable"),
                    *self._oneself(tracker),
                    kind=ReplyKind.TROUBLE,
                )
        return _forgotten()

    def _proof_again(self, dispatcher: CollectingDispatcher, tracker: Tracker, by_code: bool, why: str) -> None:
        """Why it did not do, and what is wanted."""
        lines = [why, self.words(tracker, "help_proof")]
        if by_code:
            lines.append(self.words(tracker, "proof_or_code"))
        self.ask_again(dispatcher, tracker, Detail.REGISTRY_PROOF, *lines)

    def _once_more(self, *slots: str) -> Events:
        return [*(SlotSet(slot, None) for slot in slots), FollowupAction(FORM)]

    def _oneself(self, tracker: Tracker) -> list[str]:
        """Where one sees it oneself: what the entry of knowledge tells that led here."""
        asked = tracker.get_slot(ASKED)
        entry = self.services.knowledge.of_registry(asked)
        return [entry.told_on(language_of(tracker), self.services.today())] if entry is not None else []


def _wants_code(tracker: Tracker) -> bool:
    """Whether a one-time code is asked for, by a button or in words."""
    wish = turn_meaning(tracker).wish
    return wish.send_code is True if isinstance(wish, AskRegistry) else wants_code(tracker)
