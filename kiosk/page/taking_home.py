"""An answer to take home: on paper, as a text message, as a code for the telephone's camera."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, jsonify

from channels.errors import Problem
from channels.openapi import JSON, described
from channels.rendering.pages import paginate
from channels.rendering.sms import SmsStyle
from channels.words import words as channel_words
from kiosk.page import requests
from kiosk.page.contacting import usable_number
from kiosk.page.parts import PageParts
from kiosk.printing.printers import PrinterFailed
from kiosk.printing.slip import Letterhead, Slip, slip_of_card, slip_of_text, slip_of_ticket
from kiosk.words import words
from runtime import logs
from tickets.numbers import grouped

MOST_SEGMENTS: Final = 2
"""Of a procedure sent home; the rest is a text message away."""

_log = logs.get(__name__)


def add_taking_home(page: Blueprint, parts: PageParts) -> None:
    """Add the addresses."""

    @page.post("/api/print")
    @described("A procedure or a text of ours on paper.", requests.PrintBody, media=JSON)
    def put_on_paper() -> Response:
        slip = _slip(parts, requests.read(requests.PrintBody).document)
        if parts.printer is None:
            raise Problem(503, "no_printer", "this machine has no printer")
        try:
            parts.printer.put_out(slip)
        except PrinterFailed as error:
            _log.error("nothing was printed", cause=str(error))
            raise Problem(503, "printer_failed", "the printer did not print") from None
        return jsonify(printed=True)

    @page.post("/api/text-message")
    @described("The same as a text message.", requests.MessageBody, media=JSON)
    def text_message() -> Response:
        body = requests.read(requests.MessageBody)
        if parts.is_shut_out():
            raise Problem(403, "shut_out", "this machine takes nothing personal any more")
        found = usable_number(body.number, for_text=True, beginnings=parts.settings.number_beginnings)
        if found is None or found.e164 is None:
            raise Problem(400, "bad_number", "number: must be a mobile number")
        parts.within("kiosk_texts_visit", body.visit, body.key)
        parts.within("kiosk_texts_box", parts.origin, body.key)
        if parts.texts is None or not parts.texts.send(f"kiosk:{body.key}", found.e164, _text(parts, body.document)):
            raise Problem(503, "no_texts", "no text message can be sent at the moment")
        return jsonify(sent=True)

    @page.get("/api/qr/<code>.svg")
    @described("A procedure as a QR code: a text message that asks us for it, or its address.", media="image/svg+xml")
    def qr(code: str) -> Response:
        drawn = parts.cards.qr(code, parts.settings.service_number)
        if drawn is None:
            raise Problem(404, "not_found", "there is no such procedure")
        return Response(drawn, mimetype="image/svg+xml")


def _slip(parts: PageParts, wanted: requests.Document) -> Slip:
    head = Letterhead(parts.settings.office, parts.printed_on())
    if wanted.ticket is not None:
        return slip_of_ticket(
            _telling_of(parts, wanted, wanted.ticket),
            wanted.ticket,
            parts.settings.service_number,
            head,
            words(),
            wanted.language,
        )
    if wanted.code is None:
        return slip_of_text(_signed(parts, wanted), head, words(), wanted.language)
    card = parts.cards.card(wanted.code, wanted.language)
    if card is None:
        raise Problem(404, "not_found", "there is no such procedure")
    return slip_of_card(card, head, words(), wanted.language)


def _text(parts: PageParts, wanted: requests.Document) -> str:
    """As a text message: the papers, since they are what is looked up at home."""
    if wanted.own_data:
        # Told to, and erased for, whoever answers from that number: who stands here may be anybody.
        return channel_words().text(wanted.language, "own_data_by_text")
    if wanted.code is None:
        return _signed(parts, wanted)
    more = words().text(wanted.language, "text_more", code=wanted.code)
    return as_text(_slip(parts, wanted), SmsStyle.from_settings(parts.settings), more)


def as_text(slip: Slip, style: SmsStyle, more: str) -> str:
    """A procedure's slip as the text of at most :data:`MOST_SEGMENTS` segments.

    Args:
        slip: of a card.
        style: how messages are written here.
        more: last line where something is left out, telling how to get it.
    """
    lines = [slip.title + "."]
    needed = [section for section in slip.sections if not section.optional]
    for section in needed[:-1] if len(needed) > 1 else needed:
        lines.append(f"{section.heading}: " + "; ".join(line.rstrip(".;") for line in section.lines) + ".")
    return paginate([*lines, *slip.foot[:1]], replace(style, segments=MOST_SEGMENTS).fits, more)[0]


def _telling_of(parts: PageParts, wanted: requests.Document, number: str) -> str:
    """The signed text, which must name the ticket: no code is printed for a number nobody was given here."""
    text = _signed(parts, wanted)
    if grouped(number) not in text:
        raise Problem(403, "not_ours", "the text tells of another ticket")
    return text


def _signed(parts: PageParts, wanted: requests.Document) -> str:
    if not wanted.text or not parts.signing.is_ours(wanted.text, wanted.token):
        raise Problem(403, "not_ours", "only answers of this server are printed or sent")
    return wanted.text
