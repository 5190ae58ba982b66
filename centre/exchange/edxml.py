"""edXML, the message of documents between agencies: read leniently, written cleanly.

source: QCVN 102:2016/BTTTT (form), QĐ 28/2018/QĐ-TTg (sending, receiving, states); checked_on: 2026-11-29. Files in
circulation use prefixes they never declare and leave parts out, so reading looks at local names alone, in any order; a
document type, and with it every entity, is refused. Signatures in such files are not checked: what comes from one is
entered by the officer who has it, and so it stands in the history.
"""

from __future__ import annotations

import base64
import binascii
import re
import xml.sax
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from xml.etree import ElementTree
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml import DefusedXmlException

from runtime.clock import VIETNAM
from tickets.exchange.case import Outside
from tickets.exchange.messages import LARGEST_PAPER, MOST_PAPERS, clean

NAMESPACE: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XLINK: Final = "http://www.w3.org/1999/xlink"
MOST_ELEMENTS: Final = 5_000
DEEPEST: Final = 30
_DAY: Final = "%Y/%m/%d"
_STAMP: Final = "%Y/%m/%d %H:%M:%S"
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs XML 1.0 cannot hold, not even escaped."""


class BadEdxml(ValueError):
    """The file is no edXML that can be taken; ``why`` is for programs."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Agency:
    """A sender or receiver."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper in the file."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A document that goes to other agencies."""

    sender: Agency
    receivers: tuple[Agency, ...]
    id: str
    """``OrganId,date,number/notation`` or a UUID."""
    subject: str
    at: datetime
    number: str = ""
    notation: str = ""
    kind: str = ""
    """Name of the type of document: a letter, a decision."""
    due: date | None = None
    words: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """What a receiver says of a document."""

    sender: Agency
    about: str
    """Id of the document."""
    about_agency: str
    state: Outside
    at: datetime
    words: str = ""


@dataclass(slots=True)
class _Element:
    """An element without namespace: local name, text, children."""

    name: str
    text: list[str] = field(default_factory=list)
    children: list[_Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[_Element]:
        for child in self.children:
            if child.name == name.lower():
                yield child
            yield from child.all(name)

    def first(self, *names: str) -> _Element | None:
        found: _Element | None = self
        for name in names:
            found = next(found.all(name), None) if found is not None else None
        return found

    def said(self, *names: str) -> str:
        found = self.first(*names)
        return clean("".join(found.text)) if found is not None else ""


class _Reader(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root = _Element("")
        self._open = [self.root]
        self._count = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) > DEEPEST:
            raise BadEdxml("too_large")
        element = _Element(name.rpartition(":")[2].lower())
        self._open[-1].children.append(element)
        self._open.append(element)

    def endElement(self, name: str) -> None:
        self._open.pop()

    def characters(self, content: str) -> None:
        self._open[-1].text.append(content)


def read(content: bytes, now: datetime) -> Document | Status:
    """What is in a file.

    Args:
        content: of the file.
        now: stands for a time that is missing or cannot be read.

    Raises:
        BadEdxml: no edXML, or something of it is missing: ``no_xml``, ``too_large``, ``sender``, ``document``,
            ``state``, ``subject``, ``attachment``.
    """
    reader = _Reader()
    try:
        # Without namespaces: a prefix nobody declared is no reason to refuse a document.
        defusedxml.sax.parseString(content, reader, forbid_dtd=True)
    except (xml.sax.SAXException, DefusedXmlException, UnicodeError, ValueError) as error:
        if isinstance(error, BadEdxml):
            raise
        raise BadEdxml("no_xml") from None
    root = reader.root
    header = root.first("MessageHeader")
    if root.first("edXML") is None or header is None:
        raise BadEdxml("no_xml")
    sender = _agency(header.first("From"))
    if not sender.code:
        raise BadEdxml("sender")
    if header.first("StatusCode") is not None:
        return _status(header, sender, now)
    return _document(root, header, sender, now)


def _document(root: _Element, header: _Element, sender: Agency, now: datetime) -> Document:
    number, notation = header.said("Code", "CodeNumber"), header.said("Code", "CodeNotation")
    day = _day(header.said("PromulgationInfo", "PromulgationDate"))
    id = header.said("DocumentId")
    if not id and number and day is not None:
        id = f"{sender.code},{day:{_DAY}},{number}/{notation}"
    if not id:
        raise BadEdxml("document")
    subject = header.said("Subject")
    if not subject:
        raise BadEdxml("subject")
    stamp = next((_stamp(one.said("Timestamp")) for one in root.all("TraceHeader")), None)
    return Document(
        sender=sender,
        receivers=tuple(_agency(one) for one in header.all("To")),
        id=id,
        subject=subject,
        at=stamp or (datetime(day.year, day.month, day.day, tzinfo=VIETNAM) if day is not None else now),
        number=number,
        notation=notation,
        kind=header.said("DocumentType", "TypeName"),
        due=_day(header.said("DueDate")) or _day(header.said("ResponseDate")),
        words=header.said("Content"),
        attachments=_attachments(root),
    )


def _status(header: _Element, sender: Agency, now: datetime) -> Status:
    about = header.first("ResponseFor")
    code = header.said("StatusCode").zfill(2)
    if about is None or not about.said("DocumentId"):
        raise BadEdxml("document")
    if code not in set(Outside):
        raise BadEdxml("state")
    return Status(
        sender=sender,
        about=about.said("DocumentId"),
        about_agency=about.said("OrganId"),
        state=Outside(code),
        at=_stamp(header.said("Timestamp")) or now,
        words=header.said("Description"),
    )


def _attachments(root: _Element) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for one in root.all("Attachment"):
        coded = "".join("".join(part.text) for part in one.all("ContentTransferEncoded"))
        if not coded.strip():
            continue
        try:
            content = base64.b64decode("".join(coded.split()), validate=True)
        except (binascii.Error, ValueError):
            raise BadEdxml("attachment") from None
        if len(content) > LARGEST_PAPER or len(found) == MOST_PAPERS:
            raise BadEdxml("attachment")
        found.append(Attachment(one.said("AttachmentName") or str(len(found) + 1), one.said("ContentType"), content))
    return tuple(found)


def _agency(element: _Element | None) -> Agency:
    if element is None:
        return Agency("")
    return Agency(element.said("OrganId").upper(), element.said("OrganName"))


def _day(text: str) -> date | None:
    for form in (_DAY, "%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text[:10], form).date()
        except ValueError:
            continue
    return None


def _stamp(text: str) -> datetime | None:
    for form in (_STAMP, "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.strptime(text[:19], form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    day = _day(text)
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) if day is not None else None


def write_document(document: Document) -> bytes:
    """A document as a file: every prefix declared, the elements in the order of the standard."""
    root, header = _frame()
    message = _put(header, "MessageHeader")
    _put_agency(message, "From", document.sender)
    for receiver in document.receivers:
        _put_agency(message, "To", receiver)
    _put(message, "DocumentId", document.id)
    code = _put(message, "Code")
    _put(code, "CodeNumber", document.number)
    _put(code, "CodeNotation", document.notation)
    info = _put(message, "PromulgationInfo")
    _put(info, "Place")
    _put(info, "PromulgationDate", f"{document.at.astimezone(VIETNAM):{_DAY}}")
    kind = _put(message, "DocumentType")
    _put(kind, "Type", "1")
    _put(kind, "TypeName", document.kind)
    _put(message, "Subject", document.subject)
    _put(message, "Content", document.words)
    if document.due is not None:
        _put(message, "DueDate", f"{document.due:{_DAY}}")
    other = _put(message, "OtherInfo")
    _put(other, "Priority", "0")
    _put(message, "SteeringType", "1")
    trace = _put(_put(header, "TraceHeaderList"), "TraceHeader")
    _put(trace, "OrganId", document.sender.code)
    _put(trace, "Timestamp", f"{document.at.astimezone(VIETNAM):{_STAMP}}")
    envelope = root[0]
    manifest = _put(_put(envelope, "edXMLBody"), "edXMLManifest")
    manifest.set("version", "1.0")
    attached = _put(root, "AttachmentEncoded")
    for number, one in enumerate(document.attachments, start=1):
        reference = _put(manifest, "Reference")
        reference.set(f"{{{XLINK}}}href", f"cid:{number}")
        paper = _put(attached, "Attachment")
        for place in (reference, paper):
            _put(place, "ContentId", f"cid:{number}")
            _put(place, "AttachmentName", one.name)
        _put(paper, "ContentType", one.type)
        _put(paper, "ContentTransferEncoded", base64.b64encode(one.content).decode())
    return _written(root)


def write_status(status: Status) -> bytes:
    """What we say of a document, as a file."""
    root, header = _frame()
    message = _put(header, "MessageHeader")
    _put_agency(message, "From", status.sender)
    about = _put(message, "ResponseFor")
    _put(about, "OrganId", status.about_agency)
    _put(about, "DocumentId", status.about)
    _put(message, "StatusCode", status.state)
    _put(message, "Description", status.words)
    _put(message, "Timestamp", f"{status.at.astimezone(VIETNAM):{_STAMP}}")
    return _written(root)


def _frame() -> tuple[ElementTree.Element, ElementTree.Element]:
    ElementTree.register_namespace("edXML", NAMESPACE)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.Element(f"{{{NAMESPACE}}}edXML")
    return root, _put(_put(root, "edXMLEnvelope"), "edXMLHeader")


def _put(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text:
        element.text = _NO_XML.sub("", text)
    return element


def _put_agency(parent: ElementTree.Element, name: str, agency: Agency) -> None:
    element = _put(parent, name)
    _put(element, "OrganId", agency.code)
    _put(element, "OrganName", agency.name)


def _written(root: ElementTree.Element) -> bytes:
    written: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written
