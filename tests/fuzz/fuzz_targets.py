"""Every parser of bytes from outside, as a function of bytes.

A target returns, or raises one of the refusals its parser's docstring names; anything else that is raised is a defect.
`corpus/` holds what each begins from, `fuzz_run.py` feeds them for as long as one likes, and `test_fuzz_targets.py` for
a moment in every run of the tests.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from aiortp.dtmf import DtmfEvent
from aiortp.packet import RtcpPacket, RtpPacket
from aiosipua import SdpMessage, SipMessage, parse_sdp
from smpplib import smpp
from werkzeug.datastructures import Headers, MultiDict

from actions.backends import igate, lgsp, national
from actions.backends.pushing import Sender, sender_of
from actions.dossiers.backend import BackendError
from actions.registries import kind as registry_kind
from actions.registries.kinds import KINDS
from catalogue.importers import answered, files, portal
from catalogue.yaml_files import read_file
from centre.exchange import edxml, package
from centre.open311 import asking
from centre.photos import NoPhoto, Photos
from channels.api import ConverseRequest
from channels.phone.calls import audiosocket, srtp, stream_messages
from channels.phone.calls.rtp import NoCommonSound, agree
from channels.phone.calls.sip_line import caller_of, key_of, unknown_requirements
from channels.phone.twiml import form as call_form
from channels.sms.campaigns.audience import PHONE, WrongList, read_audience
from channels.sms.campaigns.rules import rules
from channels.sms.notices.opt_outs import read_numbers
from channels.sms.providers.gsm import joining
from channels.sms.providers.provider import FormError
from channels.sms.providers.smpp import form as kannel_form
from channels.sms.providers.smpp_link import form as link_form
from channels.sms.providers.twilio import form as twilio_form
from channels.try_page.calls import twiml
from contract.wording import wording_of
from installation import backup
from kiosk.page.requests import TurnBody
from kiosk.printing.cups_printer import read_lpstat
from kiosk.protocol import manifest, signing
from kiosk.protocol.keys import BadSignature, Keys, PublicKeys
from kiosk.protocol.messages import Enrolment, Exchange, ExchangeAnswer, SealedMessage
from kiosk.protocol.snapshot import Record
from language.dates import find_lunar_date
from language.dossier_code import find_dossier_code
from language.normalise import normalise
from language.phone_number import InvalidPhoneNumber, PhoneNumber
from language.procedure_code import find_procedure_code
from language.redaction.personal_data import redact
from language.said_in import said_in
from language.spoken import speakable
from runtime.data_files import broken_files
from speech.audio import BadAudio, read_wav
from speech.decoding import decoded
from stores.standard_webhooks import NotTaken, Signed, read_public
from tickets.exchange.messages import Message as CaseMessage
from tickets.exchange.papers import BadPaper, checked

NOW = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)
NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
CODE = "000.00.16.H15-260930-0004"


@dataclass(frozen=True, slots=True)
class Target:
    """One parser."""

    feed: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()

    def __call__(self, data: bytes) -> None:
        """Feed it; what it may raise is an answer."""
        try:
            self.feed(data)
        except self.refusals:
            return


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _form(data: bytes) -> dict[str, str]:
    return dict(parse_qsl(_text(data), keep_blank_values=True, max_num_fields=None))


def _sip(data: bytes) -> None:
    message = SipMessage.parse(data)
    if hasattr(message, "method"):
        caller_of(message)
        key_of(message)
        unknown_requirements(message)


def _sdp(data: bytes) -> object:
    offer: SdpMessage = parse_sdp(_text(data))
    return agree(offer, "127.0.0.1", 40000)


def _rtp(data: bytes) -> None:
    packet = RtpPacket.parse(data)
    DtmfEvent.parse(packet.payload)


def _audiosocket(data: bytes) -> None:
    async def read_all() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        while await audiosocket.read(reader) is not None:
            pass

    asyncio.run(read_all())


def _stream_message(data: bytes) -> None:
    message = stream_messages.read(_text(data))
    if isinstance(message, stream_messages.Media):
        stream_messages.sound_of(message.media)


def _pdu(data: bytes) -> None:
    client = SimpleNamespace(next_sequence=lambda: 1)
    try:
        pdu = smpp.parse_pdu(data, client=client, allow_unknown_opt_params=True)
    except Exception:
        # The library raises whatever it meets, and the session of the link takes all of it.
        return
    if pdu is not None and pdu.command == "deliver_sm":
        link_form.read_receipt(pdu)
        link_form.read_message(pdu)


def _modem(data: bytes) -> None:
    header, _, text = _text(data).partition("|")
    piece = joining.Piece(1, "0900000123", "2026-11-30 01:00:00", 0.0, text, False, header)
    joining.place_of(header)
    if not piece.is_damaged:
        joining.join([piece], 100.0, 10.0)


def _kannel(data: bytes) -> None:
    query = _form(data.partition(b"\n")[0])
    headers = Headers(
        [(name, value) for name, value in query.items() if "\n" not in value + name and "\r" not in value + name]
    )
    kannel_form.read_message(headers, query, data.partition(b"\n")[2], NOW)


def _call(data: bytes) -> None:
    form = _form(data)
    for read in (call_form.read_call, call_form.read_input, call_form.read_dialled):
        try:
            read(form)
        except call_form.FormError:
            continue


def _open311(data: bytes) -> None:
    fields: MultiDict[str, str] = MultiDict(parse_qsl(_text(data), keep_blank_values=True))
    for ask in (
        asking.phone,
        asking.description,
        asking.media_urls,
        asking.paging,
        lambda given: asking.wanted(given, NOW, "vn", False),
    ):
        try:
            ask(fields)
        except asking.Fault:
            continue


def _dossier(parse: Callable[[Any], object]) -> Callable[[bytes], None]:
    def feed(data: bytes) -> None:
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError):
            return
        parse(answer)

    return feed


def _published(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.json"
        path.write_bytes(data)
        for item in files.read_items(path):
            if item.raw is None:
                continue
            for reader in (answered, portal):
                if reader.recognises(item.raw):
                    reader.code_of(item.raw)
                    reader.read(item.raw)


def _record_file(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "1.001193.yml"
        path.write_bytes(data)
        read_file(path)
        broken_files(Path(folder))


def _photo(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Photos(Path(folder)).keep(data)


def _backup(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backup.tar.gz"
        # Packed here: a fuzzer does not find its way through a checksum.
        path.write_bytes(data if data.startswith(b"\x1f\x8b") else gzip.compress(data, 1))
        backup._unpacked(path, Path(folder) / "work")


def _push(data: bytes) -> None:
    head, _, body = data.partition(b"\n")
    sender_of([Sender("tests", ("H15",), b"k" * 32)], _form(head), body, NOW)


def _srtp(data: bytes) -> None:
    """The line that agrees on a key, and behind the first line's end a packet under a known one."""
    line, _, packet = data.partition(b"\n")
    srtp.usable([_text(line)])
    for opens in (srtp.Opening(_SDES).sound, srtp.Opening(_SDES).report):
        try:
            opens(packet)
        except srtp.BadPacket:
            continue


def _registry(data: bytes) -> None:
    answer = json.loads(data)
    for kind in KINDS.values():
        try:
            registry_kind.parse(kind, answer, "000000000001", wording_of(NLU_DATA).room("registries"), NOW.date())
        except BackendError:
            continue


def _audience(data: bytes) -> None:
    read_audience(data, ("ngay",), {PHONE: ("so dien thoai",), "ngay": ("ngay",)}, rules())


def _citizen(data: bytes) -> None:
    text = _text(data)
    normalise(text)
    find_dossier_code(text, NOW.date())
    find_procedure_code(text)
    find_lunar_date(text)
    said_in(text)
    assert "\n" not in speakable(text)


def _hidden(data: bytes) -> None:
    once = redact(_text(data))
    assert redact(once) == once


_KEYS = Keys.generate()
_SDES = srtp.Sdes("1", "AES_CM_128_HMAC_SHA1_80", bytes(range(30)))

TARGETS: dict[str, Target] = {
    "sip": Target(_sip, (ValueError,)),
    "sdp": Target(_sdp, (ValueError, NoCommonSound)),
    "rtp": Target(_rtp, (ValueError,)),
    "rtcp": Target(RtcpPacket.parse, (ValueError,)),
    "audiosocket": Target(_audiosocket, (audiosocket.ProtocolError,)),
    "media_stream": Target(_stream_message, (stream_messages.StreamError,)),
    "smpp_pdu": Target(_pdu),
    "modem": Target(_modem),
    "twilio_message": Target(lambda data: twilio_form.read_message(_form(data), NOW), (FormError,)),
    "twilio_receipt": Target(lambda data: twilio_form.read_receipt(_form(data), _form(data)), (FormError,)),
    "kannel_message": Target(_kannel, (FormError,)),
    "kannel_receipt": Target(lambda data: kannel_form.read_receipt(_form(data)), (FormError,)),
    "call_form": Target(_call),
    "twiml": Target(twiml.read, (ElementTree.ParseError,)),
    "api": Target(lambda data: ConverseRequest.model_validate(json.loads(data)), (ValueError, RecursionError)),
    "open311": Target(_open311),
    "case_package": Target(package.unpack, (package.BadPackage,)),
    "kiosk_exchange": Target(Exchange.from_packed, (ValueError,)),
    "kiosk_answer": Target(ExchangeAnswer.from_packed, (ValueError,)),
    "kiosk_enrolment": Target(Enrolment.from_bytes, (ValueError,)),
    "kiosk_sealed": Target(SealedMessage.from_bytes, (ValueError,)),
    "kiosk_record": Target(Record.from_bytes, (ValueError,)),
    "kiosk_claim": Target(lambda data: signing.read_claim(_text(data)), (BadSignature,)),
    "kiosk_keys": Target(lambda data: PublicKeys.from_text(_text(data)), (ValueError,)),
    "bundle_head": Target(
        lambda data: manifest.read_head(_text(data), PublicKeys.from_text(_KEYS.public.text)), (manifest.BadBundle,)
    ),
    "bundle_index": Target(manifest.read_index, (manifest.BadBundle,)),
    "bundle_list": Target(manifest.read_list, (manifest.BadBundle,)),
    "backup": Target(_backup, (backup.CannotRestore,)),
    "dossier_national": Target(_dossier(lambda answer: national.parse(answer, CODE, NOW)), (BackendError,)),
    "dossier_lgsp": Target(_dossier(lambda answer: lgsp.parse(answer, CODE, NOW)), (BackendError,)),
    "dossier_igate": Target(
        _dossier(lambda answer: igate.parse(answer, CODE, igate.states_of({}), NOW)), (BackendError,)
    ),
    "dossier_push": Target(_push, (NotTaken,)),
    "published_records": Target(_published),
    "record_file": Target(_record_file),
    "phone_number": Target(lambda data: PhoneNumber.parse(_text(data)), (InvalidPhoneNumber,)),
    "citizen_text": Target(_citizen),
    "redaction": Target(_hidden),
    "photo": Target(_photo, (NoPhoto,)),
    "wav": Target(read_wav, (BadAudio,)),
    "voice_note": Target(decoded, (BadAudio,)),
    "srtp": Target(_srtp),
    "registry": Target(_registry, (ValueError, RecursionError)),
    "edxml": Target(lambda data: edxml.read(data, NOW), (edxml.BadEdxml,)),
    "case_message": Target(CaseMessage.model_validate_json, (ValueError,)),
    "case_paper": Target(checked, (BadPaper,)),
    "signed_head": Target(lambda data: Signed.read(_form(data)), (NotTaken,)),
    "public_key": Target(lambda data: read_public(_text(data)), (ValueError,)),
    "audience": Target(_audience, (WrongList,)),
    "opt_outs": Target(lambda data: read_numbers(_text(data).splitlines()), (ValueError,)),
    "kiosk_turn": Target(TurnBody.model_validate_json, (ValueError,)),
    "printer_state": Target(lambda data: read_lpstat(_text(data))),
}
