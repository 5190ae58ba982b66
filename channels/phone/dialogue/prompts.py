"""What each screen says, and what is expected there, with the pause that ends a caller's turn (endpointing). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from channels.phone.dialogue.carrier_protocol import Accent, Expect, KeyEntry, Language, Line
from channels.phone.dialogue.collecting import in_groups
from channels.phone.dialogue.dialogue_data import Command, DialogueData
from channels.phone.dialogue.input_meaning import ENTRY, YES_OR_NO
from channels.phone.dialogue.state import CallState, Option, Purpose, Screen, Stage
from channels.rendering.speech import spoken, spoken_choices
from channels.words import words
from contract.reply import Choice
from contract.turn import Channel
from language.languages import default_language, installed
from language.number_words import Dialect

ASPECT_KEYS: Final = {"2": "papers", "3": "fee", "4": "time", "5": "where"}
"""Keys of an answer that ask for another side of the same procedure."""

_LANGUAGE_KEYS: Final = "97654"
"""Keys of the menu for other languages, in the order they are given out."""

FIRST_WAIT_SECONDS: Final = 3.0
"""Silence after the first menu until its rest is said: who knows what to say or press has begun by then."""

END_OF_ANSWER_SECONDS: Final = 0.45
"""Pause after which a yes or no is over, also where it was not heard rightly."""
END_OF_QUESTION_SECONDS: Final = 0.75
"""Pause after which free words are over that do not tell so themselves."""

_STEERING: Final = (Command.REPEAT, Command.BACK, Command.OFFICER)
_HINTED: Final = {
    Stage.MENU: (Command.PROCEDURES, Command.DOSSIER, Command.REPORT, *_STEERING),
    Stage.ANSWER: (Command.MORE, Command.TEXT, Command.SLOWER, *_STEERING),
    Stage.VOICE: (Command.SLOWER, Command.FASTER, Command.NORTH, Command.CENTRAL, Command.SOUTH, Command.BACK),
    Stage.OFFER: (Command.CALL_BACK, Command.BACK),
}
_MOST_KEYS: Final = {Stage.LAST4: 4, Stage.ONE_TIME: 6}
"""Keys after which an entry is whole, where it ends by itself."""
_SHORT: Final = {
    Stage.MENU: "menu_short",
    Stage.ASK: "ask_short",
    Stage.FIELDS: "choices_short",
    Stage.GROUP: "choices_short",
    Stage.CHOICES: "choices_short",
    Stage.ANSWER: "answer_short",
    Stage.TALK: "say_again",
    Stage.CODE: "code_short",
    Stage.CODE_CHECK: "code_check_short",
    Stage.LAST4: "last4_short",
    Stage.LAST4_CHECK: "check_short",
    Stage.ONE_TIME: "one_time_short",
    Stage.REGISTRY_KEY: "registry_key_short",
    Stage.REGISTRY_PROOF: "registry_proof_short",
    Stage.REGISTRY_CHECK: "check_short",
    Stage.TICKET_CHECK: "check_short",
    Stage.RATING: "rating_short",
    Stage.HEARD: "heard_short",
    Stage.VOICE: "voice",
    Stage.OFFER: "offer",
    Stage.OWN_NUMBER: "own_short",
    Stage.NUMBER: "number_short",
    Stage.NUMBER_CHECK: "check_short",
}


def other_languages(language: Language) -> dict[str, Language]:
    """The other languages by the key of the menu that chooses each."""
    return dict(zip(_LANGUAGE_KEYS, installed().others(language), strict=False))


@dataclass(frozen=True, slots=True)
class Voice:
    """Makes lines in the language and accent of a call."""

    data: DialogueData
    state: CallState

    def fixed(self, key: str, **values: object) -> Line:
        """A line of the wording, in the words for keys alone where nothing listens and there are such.

        With values of the caller it is not public.
        """
        if not self.state.hears and key in self.data.told_by_keys:
            key = f"{key}_by_keys"
        text = self.data.wording.text(self.state.language, key, **values)
        return Line(self._ready(text, self.state.language), not values, self.state.language)

    def shared(self, key: str) -> Line:
        """A line of the wording all channels have."""
        text = words().text(self.state.language, key, Channel.PHONE)
        return Line(self._ready(text, self.state.language), True, self.state.language)

    def free(self, text: str, *, public: bool, language: str | None = None) -> Line:
        """A line that is no wording: an answer, a label."""
        said = installed().known(language or self.state.language)
        return Line(self._ready(text, said), public, said)

    def other_languages(self) -> tuple[Line, ...]:
        """The offers of the other languages, each in that language."""
        wording = self.data.wording
        return tuple(
            Line(self._ready(wording.text(other, "menu_offer", key=key), other), True, other)
            for key, other in other_languages(self.state.language).items()
        )

    def _ready(self, text: str, language: str) -> str:
        return spoken(text, language, Dialect.SOUTH if self.state.accent is Accent.SOUTH else Dialect.NORTH)


def first_lines_of(data: DialogueData, state: CallState) -> tuple[Line, ...]:
    """The menu as a call begins with it: heard to its end within eight seconds of the call's first."""
    return (Voice(data, state).fixed("menu_first"),)


def rest_of_first(data: DialogueData, state: CallState) -> tuple[Line, ...]:
    """What the first menu left out; said when nothing came."""
    voice = Voice(data, state)
    return (voice.fixed("menu_rest"), *voice.other_languages())


def lines_of(data: DialogueData, state: CallState, can_text: bool) -> tuple[Line, ...]:
    """What the present screen says in full."""
    voice, screen = Voice(data, state), state.screen
    match screen.stage:
        case Stage.MENU:
            return (voice.fixed("menu"),)
        case Stage.ASK:
            # Who pressed a key wants the next one; that words do as well comes last.
            invited = (voice.fixed("ask"),) if state.hears else ()
            return (*_options(voice, screen.options, public=screen.public), *invited)
        case Stage.FIELDS | Stage.GROUP:
            return (voice.fixed("group"), *_options(voice, screen.options, public=screen.public))
        case Stage.CHOICES:
            return (
                *(voice.free(chunk, public=screen.public, language=screen.language) for chunk in screen.chunks),
                *_options(voice, screen.options, public=screen.public),
                *((voice.fixed("choices_end"),) if screen.public else ()),
            )
        case Stage.ANSWER | Stage.TALK:
            return (_chunk(voice, screen), *_after_chunk(voice, screen, can_text))
        case Stage.CODE:
            return _entry_lines(voice, screen, "code", "code_part")
        case Stage.CODE_CHECK:
            shown = screen.heard or in_groups(screen.digits)
            return (voice.fixed("code_check", code=shown),)
        case Stage.TICKET_CHECK:
            return (voice.fixed("ticket_check", number=in_groups(screen.digits, 4)),)
        case Stage.RATING:
            told = (voice.free(chunk, public=False, language=screen.language) for chunk in screen.chunks)
            return (*told, voice.fixed("rating"), *_options(voice, screen.options, public=True))
        case Stage.LAST4:
            by_code = (voice.fixed("last4_by_code"),) if can_text and not screen.digits else ()
            return (*_entry_lines(voice, screen, "last4", "last4_part"), *by_code)
        case Stage.ONE_TIME:
            return _entry_lines(voice, screen, "one_time", "one_time_part")
        case Stage.REGISTRY_KEY | Stage.REGISTRY_PROOF:
            if screen.digits:
                return _entry_lines(voice, screen, "", "number_part")
            asked = tuple(voice.free(one, public=False, language=screen.language) for one in screen.chunks)
            return (*asked, *((voice.fixed("registry_keys"),) if screen.stage is Stage.REGISTRY_KEY else ()))
        case Stage.LAST4_CHECK | Stage.NUMBER_CHECK:
            return (voice.fixed(screen.stage.value, digits=in_groups(screen.digits)),)
        case Stage.REGISTRY_CHECK:
            return (voice.fixed("last4_check", digits=in_groups(screen.digits)),)
        case Stage.HEARD:
            name = data.keyed_name_of(screen.procedure, state.language) if screen.procedure is not None else None
            return (
                voice.fixed("heard", words=screen.heard) if name is None else voice.fixed("heard_about", name=name),
            )
        case Stage.OWN_NUMBER:
            return (voice.fixed(f"own_{_purpose(screen)}", ending=in_groups((state.caller or "")[-3:])),)
        case Stage.NUMBER:
            return _entry_lines(voice, screen, f"number_{_purpose(screen)}", "number_part")
        case Stage.VOICE | Stage.OFFER:
            return (voice.fixed(screen.stage.value),)


def short_lines_of(data: DialogueData, state: CallState) -> tuple[Line, ...]:
    """The present screen's question put in other words, for somebody who did not answer it."""
    return (Voice(data, state).fixed(_SHORT[state.screen.stage]),)


def keys_of(data: DialogueData, state: CallState, can_text: bool) -> tuple[Line, ...]:
    """Which keys can be pressed on the present screen."""
    voice, screen = Voice(data, state), state.screen
    if screen.stage is Stage.MENU:
        return (voice.fixed("menu_keys"), *voice.other_languages())
    if screen.stage is Stage.ANSWER:
        return (*_after_chunk(voice, screen, can_text), voice.fixed("keys_always"))
    if screen.options:
        return (*_options(voice, screen.options, public=screen.public), voice.fixed("keys_always"))
    return (voice.fixed(_SHORT[screen.stage]), voice.fixed("keys_always"))


def expectation(data: DialogueData, state: CallState, *, first: bool = False) -> Expect:
    """What to listen for on the present screen; ``first``: while the first menu's rest is still to come."""
    screen = state.screen
    if screen.stage in ENTRY:
        most = _MOST_KEYS.get(screen.stage) or max(ENTRY[screen.stage]) + 1
        # A message takes a while to arrive.
        no_input = 25.0 if screen.stage is Stage.ONE_TIME else 10.0
        # A code is a range of lengths, which its beginnings fall into as well: there a pause alone tells.
        spoken = () if screen.stage in {Stage.CODE, Stage.REGISTRY_KEY} else tuple(ENTRY[screen.stage])
        return Expect(
            KeyEntry(most, "#", 4.0),
            speech=state.hears,
            digits=spoken,
            no_input_seconds=no_input,
            end_silence_seconds=1.8,
        )
    if screen.stage is Stage.TALK:
        return Expect(speech=state.hears, no_input_seconds=8.0, end_silence_seconds=1.5)
    closed = screen.stage in YES_OR_NO
    commands = (Command.YES, Command.NO) if closed else _HINTED.get(screen.stage, _STEERING)
    phrases = [option.label for option in screen.options]
    phrases += [phrase for command in commands for phrase in data.phrases[command]]
    if screen.stage in {Stage.MENU, Stage.ASK, Stage.FIELDS}:
        phrases += [data.name_of(entry, default_language()) for field in data.fields for entry in field.procedures]
    return Expect(
        speech=state.hears,
        phrases=tuple(dict.fromkeys(phrases)),
        closed=closed,
        no_input_seconds=FIRST_WAIT_SECONDS if first else 7.0,
        end_silence_seconds=END_OF_ANSWER_SECONDS if closed else END_OF_QUESTION_SECONDS,
    )


def _purpose(screen: Screen) -> str:
    return (screen.purpose or Purpose.CALL_BACK).value


def _options(voice: Voice, options: tuple[Option, ...], *, public: bool) -> tuple[Line, ...]:
    choices = [Choice(key=option.key, label=option.label) for option in options]
    return tuple(voice.free(said, public=public) for said in spoken_choices(choices, voice.state.language))


def _chunk(voice: Voice, screen: Screen) -> Line:
    text = screen.chunks[screen.at] if screen.at < len(screen.chunks) else ""
    return voice.free(text, public=screen.public, language=screen.language)


def _after_chunk(voice: Voice, screen: Screen, can_text: bool) -> tuple[Line, ...]:
    if screen.at + 1 < len(screen.chunks):
        return (voice.fixed("answer_more"),)
    if screen.stage is Stage.TALK:
        return ()
    keys = ["answer_aspects"] if screen.procedure is not None else []
    if can_text and screen.facts:
        keys.append("answer_text")
    return tuple(voice.fixed(key) for key in (*keys, "answer_else"))


def _entry_lines(voice: Voice, screen: Screen, empty: str, part: str) -> tuple[Line, ...]:
    if not screen.digits:
        return (voice.fixed(empty),)
    return (voice.fixed(part, count=len(screen.digits), digits=in_groups(screen.digits)),)
