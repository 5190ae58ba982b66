"""Recording the sentences callers hear most: one after the other, in the browser or from a WAV file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.words import language, say
from channels.phone.recording_script import most_heard
from speech.errors import BadAudio
from speech.prompts.recordings import ANY
from speech.prompts.script import Line
from speech.prompts.studio import ACCENTS, Studio, Take, style_of
from stores.audit import Deed


@dataclass(frozen=True, slots=True)
class _Shown:
    """One sentence in a list."""

    take: Take
    address: str


def add_recordings(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/recordings``."""

    @pages.get("/recordings")
    def recordings() -> AnyResponse:
        officer, studio = signed_in(parts, Duty.OFFICERS), _studio(parts)
        accent = _accent(request.args.get("accent", ANY))
        groups = {
            group: [_Shown(take, _address(accent, take.line)) for take in studio.takes(language(), accent, lines)]
            for group, lines in most_heard(style_of(language(), accent)).items()
        }
        every = list(chain.from_iterable(groups.values()))
        return page(
            parts,
            "recordings.html",
            officer,
            groups=groups,
            group_name=lambda one: say(f"recordings_group_{one}"),
            accent_name=_accent_name,
            accent=accent,
            accents=ACCENTS,
            done=sum(one.take.seconds is not None for one in every),
            count=len(every),
            next=next((one.address for one in every if one.take.seconds is None), None),
        )

    @pages.get("/recordings/<accent>/<file>")
    def recording(accent: str, file: str) -> AnyResponse:
        return _one(parts, signed_in(parts, Duty.OFFICERS), accent, file)

    @pages.get("/recordings/<accent>/<file>/sound")
    def recorded_sound(accent: str, file: str) -> AnyResponse:
        officer = signed_in(parts, Duty.OFFICERS)
        sound = _studio(parts).sound(language(), _accent(accent), _line(parts, officer, accent, file))
        if sound is None:
            turn_away(parts, officer, "not_found", 404)
        return Response(sound, mimetype="audio/wav")

    @pages.post("/recordings/<accent>/<file>")
    def record(accent: str, file: str) -> AnyResponse:
        officer, studio = with_form(parts, Duty.OFFICERS), _studio(parts)
        line = _line(parts, officer, accent, file)
        if request.form.get("do") == "remove":
            studio.remove(language(), accent, line)
            parts.officers.note(Deed.RECORDED, officer.name, f"{accent}/{file}: removed")
            return redirected("recording", accent=accent, file=file)
        sent = request.files.get("sound")
        try:
            studio.keep(language(), accent, line, sent.read() if sent is not None else b"")
        except BadAudio as error:
            return make_response(_one(parts, officer, accent, file, problem=say(f"recording_{error.fault}")), 400)
        parts.officers.note(Deed.RECORDED, officer.name, f"{accent}/{file}")
        return redirected("recording", accent=accent, file=file, kept="yes")


def _one(parts: CentreParts, officer: Officer, accent: str, file: str, problem: str = "") -> Response:
    line = _line(parts, officer, accent, file)
    lines = list(chain.from_iterable(most_heard(style_of(language(), accent)).values()))
    at = lines.index(line)
    around = [_address(accent, lines[to]) if 0 <= to < len(lines) else None for to in (at - 1, at + 1)]
    (take,) = _studio(parts).takes(language(), accent, [line])
    return page(
        parts,
        "recording.html",
        officer,
        take=take,
        accent=accent,
        accent_name=_accent_name,
        number=at + 1,
        count=len(lines),
        before=around[0],
        after=around[1],
        problem=problem or (say("recording_old_problem") if take.problem else ""),
        kept=request.args.get("kept") == "yes",
    )


def _studio(parts: CentreParts) -> Studio:
    return Studio(parts.recordings)


def _accent(given: str) -> str:
    return given if given in ACCENTS else ANY


def _line(parts: CentreParts, officer: Officer, accent: str, file: str) -> Line:
    """The sentence a file is for; only files of the script exist for this page, whatever an address says."""
    lines = chain.from_iterable(most_heard(style_of(language(), accent)).values()) if accent in ACCENTS else ()
    found = next((line for line in lines if line.file == file), None)
    if found is None:
        turn_away(parts, officer, "not_found", 404)
    return found


def _address(accent: str, line: Line) -> str:
    return url_for("centre.recording", accent=accent, file=line.file)


def _accent_name(accent: str) -> str:
    return say(f"recordings_accent_{accent}")
