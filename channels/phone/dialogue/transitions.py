"""What happens at each screen. Takes an input, gives the call after it and what is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from channels.phone.dialogue.asking import Asked, Asking, answer_screen, choice_screen
from channels.phone.dialogue.carrier_protocol import Accent, End, Language, Speed
from channels.phone.dialogue.collecting import CODE_DIGITS, Collected, can_be_code
from channels.phone.dialogue.dialogue_data import Command, DialogueData
from channels.phone.dialogue.input_meaning import (
    DOSSIER_KEY,
    ENTRY,
    YES_OR_NO,
    Do,
    Entered,
    Meant,
    Pick,
    SendCode,
    SpeakIn,
    StartOver,
    Unusable,
    WholeCode,
    WholeTicket,
    Words,
)
from channels.phone.dialogue.prompts import ASPECT_KEYS, Voice, other_languages
from channels.phone.dialogue.reprompts import missed
from channels.phone.dialogue.state import CallState, Option, Screen, Stage
from channels.phone.dialogue.step_result import Ask, Next
from channels.phone.dialogue.ticket_screens import TicketScreens, ticket_check
from channels.phone.dialogue.transfers import Reaching
from contract.aspects import Aspect
from contract.reply import Detail, ReplyKind
from contract.wishes import AskRegistry, AskSide, Choose, LookUpDossier, No, Report, Wish, Yes
from language.languages import default_language, installed
from tickets.numbers import is_number

CODE: Final = Screen(stage=Stage.CODE)
VOICE: Final = Screen(stage=Stage.VOICE)

_SPEEDS: Final = {Command.SLOWER: (Speed.SLOW, "slow_set"), Command.FASTER: (Speed.NORMAL, "normal_set")}
_ACCENTS: Final = {
    Command.NORTH: (Accent.NORTH, "north_set"),
    Command.CENTRAL: (Accent.CENTRAL, "central_set"),
    Command.SOUTH: (Accent.SOUTH, "south_set"),
}
_MENU_KEYS: Final = {"1": Command.PROCEDURES, DOSSIER_KEY: Command.DOSSIER, "3": Command.REPORT, "8": Command.VOICE}
_VOICE_KEYS: Final = dict(
    zip(
        "123456",
        (Command.SLOWER, Command.FASTER, Command.NORTH, Command.CENTRAL, Command.SOUTH, Command.OWN_DATA),
        strict=True,
    )
)
_OTHERS_KEY: Final = "9"
"""Key for procedures that are not among those asked most."""
_OWN_KEY: Final = "9"
"""Key among the fields for what public registries know of the caller."""
_FEW_WORDS: Final = 3
"""Syllables up to which words may be a name, a noise or a television: nothing is begun on them unasked."""
_WORDS_OF_A_SENTENCE: Final = 8
"""Syllables from which somebody who asks has said so: a television tells a whole sentence, and asks nothing."""
_ANSWERS: Final[dict[Command | None, Wish]] = {Command.YES: Yes(), Command.NO: No()}
_PROVING: Final = frozenset({Stage.CODE, Stage.LAST4, Stage.ONE_TIME})
"""Where the digits are asked for by which a dossier is told."""
_REGISTRY: Final = frozenset({Stage.REGISTRY_KEY, Stage.REGISTRY_PROOF})
"""Where the core waits for the digits a public registry is asked with."""
_REGISTRY_DETAIL: Final = {
    Detail.REGISTRY_KEY: Stage.REGISTRY_KEY,
    Detail.REGISTRY_PROOF: Stage.REGISTRY_PROOF,
}
REGISTRIES: Final = ("insurance", "insurance.months", "population", "land", "business", "vehicle")
"""What a caller can ask of themselves with keys alone, by key."""
_STAYING: Final = frozenset({Command.REPEAT, Command.MORE, *_SPEEDS, *_ACCENTS})
"""Commands that leave the caller at the same question."""


class Steps:
    """The screens of a call.

    Args:
        danger_in: the kind of danger words tell of, if any; who is in danger is answered without asking back.
        today: the day in Vietnam.
        tickets: what follows a ticket's number.
    """

    def __init__(
        self,
        data: DialogueData,
        asking: Asking,
        reaching: Reaching,
        danger_in: Callable[[str], str | None],
        today: Callable[[], date],
        tickets: TicketScreens,
    ) -> None:
        self._tickets = tickets
        self._data = data
        self._asking = asking
        self._reaching = reaching
        self._danger_in = danger_in
        self._today = today

    def take(self, state: CallState, meant: Meant) -> Next:
        """Do what the caller wants.

        Raises:
            CoreError: the core gave no answer.
        """
        match meant:
            case Unusable(why):
                return missed(self._data, self._reaching, state, why)
            case Do(command):
                return self._do(state.heard_well(), command)
            case SpeakIn(language):
                return self._speak(state.heard_well(), language)
            case Pick(key):
                return self._pick(state, key)
            case StartOver():
                return Next(state.heard_well().instead(state.screen.model_copy(update={"digits": ""})))
            case SendCode():
                return self._code_wanted(state.heard_well())
            case Entered(collected, sure):
                return self._entered(state, collected, sure=sure)
            case WholeTicket(number):
                return ticket_check(state.heard_well(), number)
            case WholeCode(digits):
                return Next(state.heard_well().show(Screen(stage=Stage.CODE_CHECK, digits=digits)))
            case Words(text, sure):
                danger = self._danger_in(text)
                # What the core has asked for in free words it reads back itself.
                if not sure and not _waits_for_answer(state.screen) and danger is None:
                    return Next(state.heard_well().show(Screen(stage=Stage.HEARD, heard=text)))
                return self._words(state, text, danger)

    def _do(self, state: CallState, command: Command) -> Next:
        if _waits_for_answer(state.screen) and command not in _STAYING:
            # What the core waits for is given up; else it would take the next question for the answer.
            state = self._asking.afresh(state)
        voice = Voice(self._data, state)
        match command:
            case Command.REPEAT:
                return Next(state)
            case Command.BACK:
                return Next(state.back())
            case Command.MENU:
                return Next(state.at_menu())
            case Command.OFFICER:
                return self._reaching.officer(state)
            case Command.CALL_BACK:
                return self._reaching.call_back(state)
            case Command.TEXT:
                return self._reaching.text(state)
            case Command.GOODBYE:
                return Next(state, (voice.fixed("goodbye"),), End())
            case Command.PROCEDURES:
                return Next(state.show(self._asked_most(state)))
            case Command.DOSSIER | Command.TICKET:
                return Next(state.show(CODE))
            case Command.REPORT if not state.hears:
                # What is wrong, and where, has to be told in words: a person takes them where no recogniser does.
                reached = self._reaching.officer(state)
                return Next(reached.state, (voice.fixed("report_by_keys"), *reached.before), reached.then, reached.ask)
            case Command.REPORT:
                return self._wished(state, Report())
            case Command.VOICE:
                return Next(state.show(VOICE))
            case Command.OWN_DATA:
                # What was said in this call goes at once, whoever calls.
                return self._reaching.own_data(self._asking.afresh(state))
            case Command.MORE:
                return self._more(state)
            case Command.SLOWER | Command.FASTER:
                speed, said = _SPEEDS[command]
                return self._styled(state.changed(speed=speed), said)
            case Command.NORTH | Command.CENTRAL | Command.SOUTH:
                accent, said = _ACCENTS[command]
                return self._styled(state.changed(accent=accent), said)
            case Command.YES | Command.NO:
                return self._wished(state, _ANSWERS[command])

    def _styled(self, state: CallState, said: str) -> Next:
        """The change is heard at once, on an answer by saying it again in the new voice; a menu is not said again."""
        after = state.back() if state.screen.stage is Stage.VOICE else state
        ask = Ask.FULL if after.screen.stage in {Stage.ANSWER, Stage.TALK} else Ask.SHORT
        return Next(after, (Voice(self._data, after).fixed(said),), ask=ask)

    def _speak(self, state: CallState, language: Language) -> Next:
        if _waits_for_answer(state.screen):
            state = self._asking.afresh(state)
        state = self._asking.switch_language(state.changed(language=language))
        # What was offered or answered before was in the other language.
        return Next(state.at_menu(), (Voice(self._data, state).fixed("language_set"),))

    def _more(self, state: CallState) -> Next:
        screen = state.screen
        if screen.at + 1 < len(screen.chunks):
            return Next(state.instead(screen.model_copy(update={"at": screen.at + 1})))
        return Next(state, (Voice(self._data, state).fixed("answer_ended"),))

    def _asked_most(self, state: CallState) -> Screen:
        options = [
            Option(key=str(key), label=self._data.short_name_of(code, state.language), wish=AskSide(procedure=code))
            for key, code in enumerate(self._data.asked_most, start=1)
        ]
        others = Option(key=_OTHERS_KEY, label=self._data.wording.text(state.language, "asked_most_others"))
        return Screen(stage=Stage.ASK, options=(*options, others), public=True)

    def _fields(self, state: CallState) -> Screen:
        options = (
            Option(key=str(number), label=self._data.wording.text(state.language, f"field_{field.key}"))
            for number, field in enumerate(self._data.fields, start=1)
        )
        own = Option(key=_OWN_KEY, label=self._data.wording.text(state.language, "field_registries"))
        return Screen(stage=Stage.FIELDS, options=(*options, own), public=True)

    def _own(self, state: CallState) -> Screen:
        options = (
            Option(
                key=str(key),
                label=self._data.wording.text(state.language, f"registry_{about.replace('.', '_')}"),
                wish=AskRegistry(about=about),
            )
            for key, about in enumerate(REGISTRIES, start=1)
        )
        return Screen(stage=Stage.GROUP, options=tuple(options), public=True)

    def _field(self, state: CallState, number: int) -> Screen:
        options = (
            Option(key=str(key), label=self._data.name_of(code, state.language), wish=AskSide(procedure=code))
            for key, code in enumerate(self._data.fields[number - 1].procedures, start=1)
        )
        return Screen(stage=Stage.GROUP, group=number, options=tuple(options), public=True)

    def _pick(self, state: CallState, key: str) -> Next:
        """One key with the meaning it has here."""
        screen, well = state.screen, state.heard_well()
        match screen.stage:
            case Stage.MENU if key in _MENU_KEYS:
                return self._do(well, _MENU_KEYS[key])
            case Stage.MENU if key in (languages := other_languages(state.language)):
                return self._speak(well, languages[key])
            case Stage.VOICE if key in _VOICE_KEYS:
                return self._do(well, _VOICE_KEYS[key])
            case Stage.OFFER if key == "1":
                return self._reaching.call_back(well)
            case Stage.ANSWER if key in "1679":
                keys = {"1": Command.MORE, "6": Command.TEXT, "7": Command.SLOWER, "9": Command.MENU}
                return self._do(well, keys[key])
            case Stage.ANSWER if key in ASPECT_KEYS and screen.procedure is not None:
                return self._wished(state, AskSide(procedure=screen.procedure, aspect=Aspect(ASPECT_KEYS[key])))
            case Stage.RATING if key in {option.key for option in screen.options}:
                return self._tickets.rated(well, key)
            case Stage.ASK | Stage.FIELDS | Stage.GROUP | Stage.CHOICES:
                option = next((option for option in screen.options if option.key == key), None)
                if option is not None:
                    return self._option(state, option)
            case stage if stage in YES_OR_NO and key in "12":
                return self._confirmed(well, right=key == "1")
        return missed(self._data, self._reaching, state, "wrong_key")

    def _option(self, state: CallState, option: Option) -> Next:
        match state.screen.stage:
            case Stage.ASK if option.key == _OTHERS_KEY:
                return Next(state.heard_well().show(self._fields(state)))
            case Stage.FIELDS if option.key == _OWN_KEY:
                return Next(state.heard_well().show(self._own(state)))
            case Stage.FIELDS:
                return Next(state.heard_well().show(self._field(state, int(option.key))))
            case _:
                return self._wished(state, option.wish or Choose(key=option.key))

    def _confirmed(self, state: CallState, *, right: bool) -> Next:
        """Yes or no to what was read back."""
        screen = state.screen
        match screen.stage:
            case Stage.CODE_CHECK:
                if not right:
                    return Next(state.instead(CODE))
                return self._code_given(state, screen)
            case Stage.TICKET_CHECK:
                return self._tickets.told(state) if right else Next(state.back())
            case Stage.LAST4_CHECK:
                return self._last4_given(state.back(), screen.digits) if right else Next(state.back())
            case Stage.REGISTRY_CHECK:
                return self._for_registry(state.back(), screen.digits) if right else Next(state.back())
            case Stage.HEARD:
                if right:
                    # No danger was found in it, or nobody would have been asked.
                    return self._words(state, screen.heard, None, confirmed=True)
                return Next(state.back(), (Voice(self._data, state).fixed("say_again"),))
            case _:
                return self._reaching.number_answered(state, right=right)

    def _entered(self, state: CallState, collected: Collected, *, sure: bool) -> Next:
        """Digits for the entry under way: all of them, or a part."""
        stage = state.screen.stage
        lengths = ENTRY[stage]
        if collected.is_too_long(lengths):
            empty = state.instead(state.screen.model_copy(update={"digits": ""}))
            why = "code_too_long" if stage is Stage.CODE else "number_wrong"
            return missed(self._data, self._reaching, empty, why)
        state = state if stage is Stage.NUMBER else state.heard_well()
        if stage is Stage.CODE and collected.code is None and is_number(collected.digits):
            # With the length and check digit of a ticket's number; where it is the beginning of a code, it goes on.
            return ticket_check(
                state.instead(state.screen.model_copy(update={"digits": collected.digits})), collected.digits
            )
        if not collected.is_whole(lengths, self._today(), sure=sure):
            if stage is Stage.CODE and collected.finished and len(collected.digits) >= min(lengths):
                # As long as a code, and none: a digit is missing or too many, and it is not said which.
                empty = state.instead(state.screen.model_copy(update={"digits": ""}))
                return missed(self._data, self._reaching, empty, "code_wrong")
            return Next(state.instead(state.screen.model_copy(update={"digits": collected.digits})))
        match stage:
            case Stage.CODE:
                check = Screen(stage=Stage.CODE_CHECK, digits=collected.digits, heard=collected.code or "")
                return Next(state.instead(check))
            case Stage.REGISTRY_KEY | Stage.REGISTRY_PROOF if sure:
                return self._for_registry(state, collected.digits)
            case Stage.REGISTRY_KEY | Stage.REGISTRY_PROOF:
                empty = state.instead(state.screen.model_copy(update={"digits": ""}))
                return Next(empty.show(Screen(stage=Stage.REGISTRY_CHECK, digits=collected.digits)))
            case Stage.LAST4 | Stage.ONE_TIME if sure:
                return self._last4_given(state, collected.digits)
            case Stage.LAST4 | Stage.ONE_TIME:
                empty = state.instead(state.screen.model_copy(update={"digits": ""}))
                return Next(empty.show(Screen(stage=Stage.LAST4_CHECK, digits=collected.digits)))
            case _ if self._reaching.is_number(state.screen.purpose, collected.digits):
                check = Screen(stage=Stage.NUMBER_CHECK, purpose=state.screen.purpose, digits=collected.digits)
                return Next(state.heard_well().instead(check))
            case _:
                empty = state.instead(state.screen.model_copy(update={"digits": ""}))
                return missed(self._data, self._reaching, empty, "number_wrong")

    def _for_registry(self, state: CallState, digits: str) -> Next:
        """Digits the core asked for; it knows what they are for."""
        return self._answered(self._asking.words(state, digits, None))

    def _code_given(self, state: CallState, screen: Screen) -> Next:
        # "*" at the four digits leads to the code again. The core is asked when both are there.
        return Next(state.instead(CODE).show(Screen(stage=Stage.LAST4, code=screen.heard or screen.digits)))

    def _code_wanted(self, state: CallState) -> Next:
        if state.screen.stage is Stage.REGISTRY_PROOF:
            return self._answered(self._asking.wish(state, AskRegistry(send_code=True)))
        return self._proof_asked(self._asking.wish(state, LookUpDossier(code=state.screen.code, send_code=True)))

    def _proof_asked(self, asked: Asked) -> Next:
        """What the core still asks for: the code, its four digits, or those that were sent."""
        state, last = asked.state, asked.result.replies[-1]
        voice = Voice(self._data, state)
        if last.asks is Detail.DOSSIER_CODE:
            said = tuple(voice.free(text, public=False) for text in (last.short, last.next_step) if text)
            return Next(_without_proof(state).show(CODE), said)
        wanted = Screen(stage=Stage.LAST4, code=state.screen.code)
        at_four = _without_proof(state).show(CODE).show(wanted)
        sent = last.asks is Detail.ONE_TIME_CODE
        # "*" at the code that was sent leads to the four digits, and from there to the code of the dossier.
        after = at_four.show(wanted.model_copy(update={"stage": Stage.ONE_TIME})) if sent else at_four
        return Next(after, (voice.free(last.short, public=False),))

    def _last4_given(self, state: CallState, digits: str) -> Next:
        asked = self._asking.wish(state, LookUpDossier(code=state.screen.code, last4=digits))
        if asked.asks_for_detail:
            return self._proof_asked(asked)
        last = asked.result.replies[-1]
        if last.choices:
            return Next(_without_proof(asked.state).show(choice_screen(last, asked.result.replies[:-1], public=False)))
        # Code and digits are done with: "*" after the answer leads to where the dossier was asked for.
        before = tuple(screen for screen in asked.state.history if screen.stage not in _PROVING)
        shown = asked.state.changed(history=before, screen=answer_screen(asked.result.replies))
        return Next(shown)

    def _wished(self, state: CallState, wish: Wish) -> Next:
        """What a key stands for; where it cannot be done, the core asks again."""
        asked = self._asking.wish(state, wish)
        return Next(asked.state) if asked.result.refused is not None else self._answered(asked)

    def _words(self, state: CallState, text: str, danger: str | None, *, confirmed: bool = False) -> Next:
        """Words for the core; ``confirmed`` when the caller has said that they are what was said."""
        if state.screen.stage is Stage.HEARD:
            # Said differently instead of being confirmed: an answer to the question before.
            state = state.back()
        command = self._data.command(text)
        if command in _ANSWERS:
            return self._wished(state, _ANSWERS[command])
        if state.screen.stage in _PROVING:
            # The core is told what is being asked for, so that "không nhớ mã" is answered with where the code stands.
            state = self._asking.wish(state, LookUpDossier(code=state.screen.code or None)).state
        asked = self._asking.words(state, text, danger)
        if not asked.understood and danger is None:
            why = "only_about" if asked.intent == "out_of_scope" else "not_understood"
            return missed(self._data, self._reaching, asked.state, why)
        if danger is None and not confirmed and not _waits_for_answer(state.screen) and _begun_on_little(asked, text):
            unbegun = self._asking.afresh(asked.state)
            return Next(unbegun.heard_well().show(Screen(stage=Stage.HEARD, heard=text)))
        if danger is None and not confirmed and not _waits_for_answer(state.screen) and self._is_told(asked, text):
            unbegun, about = self._asking.afresh(asked.state), asked.result.understanding.procedure
            return Next(unbegun.heard_well().show(Screen(stage=Stage.HEARD, heard=text, procedure=about)))
        return self._answered(asked)

    def _is_told(self, asked: Asked, text: str) -> bool:
        """Whether facts were found for a sentence in which nobody asks anything."""
        if not asked.answered or asked.state.language != default_language():
            return False
        return len(text.split()) >= _WORDS_OF_A_SENTENCE and not self._data.asks(text)

    def _answered(self, asked: Asked) -> Next:
        """The screen the core's answer makes."""
        state, replies = asked.state.heard_well(), asked.result.replies
        if not replies:
            return missed(self._data, self._reaching, asked.state, "not_understood")
        if asked.asks_for_detail and replies[-1].asks is Detail.ONE_TIME_CODE and state.screen.code:
            return self._proof_asked(asked)
        if asked.asks_for_detail and state.screen.stage in _PROVING:
            # What was said is no code; the core tells where it is found.
            return Next(state, (Voice(self._data, state).free(replies[-1].short, public=False),), ask=Ask.SHORT)
        code = asked.result.understanding.dossier_code
        last = replies[-1]
        match asked.intent:
            case "talk_to_officer":
                return self._reaching.officer(state)
            case "repeat" if not asked.answered:
                return Next(state)
            case "delete_my_data" if not last.choices and last.kind is not ReplyKind.ASK_BACK:
                # The call is forgotten; what stands under the number needs its proof.
                said = tuple(Voice(self._data, state).free(reply.short, public=True) for reply in replies)
                return self._reaching.own_data(state, said)
            case "goodbye":
                voice = Voice(self._data, state)
                return Next(state, tuple(voice.free(reply.short, public=True) for reply in replies), End())
            case "switch_language" if last.language in installed().offered:
                state = state.changed(language=last.language)
            case _ if asked.asks_for_detail and code is not None:
                digits = "".join(sign for sign in code if sign.isdigit())
                if len(digits) in CODE_DIGITS and not can_be_code(digits, self._today()):
                    return missed(self._data, self._reaching, state.show(CODE), "code_wrong")
                return Next(state.show(Screen(stage=Stage.CODE_CHECK, digits=digits, heard=code)))
            case "check_dossier" if asked.asks_for_detail:
                return Next(state.show(CODE))
        if last.choices:
            public = asked.intent == "ask_procedure" and last.kind is ReplyKind.ASK_BACK
            return Next(state.show(choice_screen(last, replies[:-1], public=public)))
        stage = Stage.ANSWER
        if asked.asks_for_detail:
            stage = _REGISTRY_DETAIL.get(last.asks or Detail.WORDS, Stage.TALK)
        if state.screen.stage in {Stage.TALK, *_REGISTRY}:
            return Next(state.instead(answer_screen(replies, stage)))
        return Next(state.show(answer_screen(replies, stage)))


def _begun_on_little(asked: Asked, text: str) -> bool:
    """Whether a word or two, which a recogniser easily mishears, made the core begin something such as a report."""
    return (
        asked.asks_for_detail
        and asked.intent not in {"ask_procedure", "check_dossier"}
        and len(text.split()) <= _FEW_WORDS
    )


def _without_proof(state: CallState) -> CallState:
    """The call before a dossier was asked for."""
    while state.screen.stage in _PROVING:
        state = state.back()
    return state


def _waits_for_answer(screen: Screen) -> bool:
    """Whether the core is in the middle of something, such as a report, and takes whatever comes as its answer."""
    return screen.stage in {Stage.TALK, *_REGISTRY} or (screen.stage is Stage.CHOICES and not screen.public)
