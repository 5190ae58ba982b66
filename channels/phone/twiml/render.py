"""A move as TwiML."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from twilio.twiml.voice_response import Gather, Say, VoiceResponse

from channels.phone.dialogue.carrier_protocol import End, Expect, Language, Line, Move, Speed, Style, Transfer
from language.languages import default_language, installed

MOST_HINTS: Final = 500
LONGEST_HINT: Final = 100
"""Phrases and characters of one that the provider takes as hints."""

SLOW_RATE: Final = "80%"
"""Rate of speech, against the voice's own, for callers who asked for slower speech."""


@dataclass(frozen=True, slots=True)
class Voices:
    """The provider's voices by language. It has Vietnamese voices of one accent only.

    ``chosen`` are those an operator prefers to the ones that the languages' folders name.
    """

    chosen: Mapping[Language, str] = field(default_factory=dict)

    def name(self, language: Language) -> str:
        """The voice of a language; the default one's where it has none."""
        return self.chosen.get(language) or _provider(language)["voice"]


def _provider(language: Language) -> Mapping[str, str]:
    """What the provider calls a language and its voice."""
    languages = installed()
    return languages[languages.known(language)].twilio or languages[languages.default].twilio


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the provider's next requests go; ``base`` is empty where it may complete paths itself."""

    base: str = ""

    def turn(self, sequence: int) -> str:
        """After a ``<Gather>``. The number tells a repeated request from a new one; nothing personal stands here."""
        return f"{self.base}/voice/twilio/turn?n={sequence}"

    def dialled(self, sequence: int) -> str:
        """After a ``<Dial>``."""
        return f"{self.base}/voice/twilio/dialled?n={sequence}"

    def streamed(self) -> str:
        """After a ``<Stream>``."""
        return f"{self.base}/voice/twilio/streamed"


def render(move: Move, voices: Voices, addresses: Addresses) -> str:
    """The TwiML that carries a move out."""
    response = VoiceResponse()
    if move.expect is None:
        for say in _says(move.say, voices, move.style):
            response.append(say)
        _finish(response, move, addresses)
        return str(response.to_xml())
    before, inside = _by_interruptible(move.say)
    for say in _says(before, voices, move.style):
        response.append(say)
    gather = _gather(move.expect, _main_language(move.say), addresses.turn(move.sequence))
    for say in _says(inside, voices, move.style):
        gather.append(say)
    response.append(gather)
    # Compatible providers that do not know actionOnEmptyResult go on here when nothing came.
    response.redirect(addresses.turn(move.sequence), method="POST")
    return str(response.to_xml())


def stream(address: str, token: str, addresses: Addresses) -> str:
    """The TwiML that hands a call to the media stream; when the stream ends the provider asks what is next."""
    response = VoiceResponse()
    response.connect().stream(url=address).parameter(name="token", value=token)
    response.redirect(addresses.streamed(), method="POST")
    return str(response.to_xml())


def _gather(expect: Expect, language: Language, action: str) -> Gather:
    keys = expect.keys
    # One time limit is all a Gather has: for the first key and between keys.
    wait = expect.no_input_seconds if keys.most == 1 else max(keys.seconds_between, expect.no_input_seconds / 2)
    spoken = (
        {
            "input": "dtmf speech",
            "language": _provider(language)["tag"],
            "speech_timeout": "auto",
            "hints": hints(expect.phrases) or None,
        }
        if expect.speech
        else {"input": "dtmf"}
    )
    return Gather(
        action=action,
        method="POST",
        num_digits=keys.most,
        finish_on_key=keys.finish or "",
        timeout=math.ceil(wait),
        action_on_empty_result=True,
        barge_in=True,
        **spoken,
    )


def hints(phrases: Sequence[str]) -> str:
    """Phrases as the provider takes them: parted by commas, so none may hold one."""
    usable = (" ".join(phrase.replace(",", " ").split())[:LONGEST_HINT] for phrase in phrases)
    return ",".join(list(dict.fromkeys(filter(None, usable)))[:MOST_HINTS])


def _finish(response: VoiceResponse, move: Move, addresses: Addresses) -> None:
    match move.then:
        case Transfer(number, ring_seconds):
            response.dial(
                number,
                action=addresses.dialled(move.sequence),
                method="POST",
                timeout=ring_seconds,
                answer_on_bridge=True,
            )
        case End() | None:
            response.hangup()


def _by_interruptible(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """Lines that must be heard stand before the Gather, with all that precedes them."""
    last = max((index for index, line in enumerate(lines) if not line.interruptible), default=-1)
    return lines[: last + 1], lines[last + 1 :]


def _main_language(lines: Sequence[Line]) -> Language:
    """The language most is said in: the offer of another one is a single line."""
    languages = [line.language for line in lines]
    return max(sorted(set(languages), reverse=True), key=languages.count, default=default_language())


def _says(lines: Sequence[Line], voices: Voices, style: Style) -> Iterator[Say]:
    for line in lines:
        say = Say(
            None if style.speed is Speed.SLOW else line.text,
            voice=voices.name(line.language),
            language=_provider(line.language)["tag"],
        )
        if style.speed is Speed.SLOW:
            say.prosody(line.text, rate=SLOW_RATE)
        yield say
