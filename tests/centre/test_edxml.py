"""edXML: what we write is read back whole; what others write is read although it keeps to nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.exchange.desk import case_id
from centre.exchange.edxml import (
    NAMESPACE,
    Agency,
    Attachment,
    BadEdxml,
    Document,
    Status,
    read,
    write_document,
    write_status,
)
from runtime.clock import VIETNAM
from tickets.exchange.case import Outside
from tickets.exchange.messages import clean

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
TEXT = (
    st.text(max_size=60)
    .map(lambda text: clean(text.replace("\ufffe", "").replace("\uffff", "")))
    .filter(lambda text: all(ord(sign) >= 32 or sign == "\n" for sign in text))
)
NAMED = TEXT.filter(bool)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=VIETNAM)
)
AGENCIES = st.builds(Agency, st.sampled_from(["H15.50.05.13", "H15.07", "G09"]), TEXT)
DOCUMENTS = st.builds(
    Document,
    sender=AGENCIES,
    receivers=st.lists(AGENCIES, min_size=1, max_size=3).map(tuple),
    id=NAMED,
    subject=NAMED,
    at=MOMENTS,
    number=TEXT,
    notation=TEXT,
    kind=TEXT,
    due=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    words=TEXT,
    attachments=st.lists(
        st.builds(Attachment, NAMED, st.just("application/pdf"), st.binary(min_size=1, max_size=80)), max_size=3
    ).map(tuple),
)


@given(DOCUMENTS)
@settings(max_examples=60)
def test_a_document_is_read_as_it_was_written(document: Document) -> None:
    assert read(write_document(document), NOW) == document


@given(st.builds(Status, AGENCIES, NAMED, TEXT, st.sampled_from(Outside), MOMENTS, TEXT))
@settings(max_examples=60)
def test_a_state_is_read_as_it_was_written(status: Status) -> None:
    assert read(write_status(status), NOW) == status


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(BadEdxml):
        read(content, NOW)


def test_what_we_write_declares_its_prefixes_and_keeps_the_order_of_the_standard() -> None:
    import xml.etree.ElementTree as ElementTree

    document = Document(Agency("H15"), (Agency("H15.07"),), "1", "Việc", NOW, attachments=(Attachment("a", "b", b"c"),))
    root = ElementTree.fromstring(write_document(document))
    assert [one.tag for one in root] == [f"{{{NAMESPACE}}}edXMLEnvelope", f"{{{NAMESPACE}}}AttachmentEncoded"]
    header = root.find(f".//{{{NAMESPACE}}}MessageHeader")
    assert header is not None
    names = [one.tag.rpartition("}")[2] for one in header]
    assert names[:7] == ["From", "To", "DocumentId", "Code", "PromulgationInfo", "DocumentType", "Subject"]


LENIENT = """<?xml version="1.0"?>
<edXML:edXML><edXMLEnvelope><edXMLHeader><x:MessageHeader>
<SUBJECT>V/v đèn đường</SUBJECT><To><OrganId>h15.07</OrganId></To>
<Code><CodeNotation>UBND-VP</CodeNotation><CodeNumber>42</CodeNumber></Code>
<PromulgationInfo><PromulgationDate>29/11/2026</PromulgationDate></PromulgationInfo>
<From xlink:href="nothing"><OrganName>Xã mẫu</OrganName><OrganId> H15.50.05.13 </OrganId></From>
<DueDate>2026-12-03</DueDate></x:MessageHeader></edXMLHeader></edXMLEnvelope>
<edXML:AttachmentEncoded><Attachment><AttachmentName>cv.pdf</AttachmentName>
<ContentTransferEncoded>JVBE
 Ri0xLjQK</ContentTransferEncoded></Attachment></edXML:AttachmentEncoded></edXML:edXML>"""


def test_prefixes_nobody_declared_and_another_order_are_no_reason_to_refuse() -> None:
    found = read(LENIENT.encode(), NOW)
    assert isinstance(found, Document)
    assert (found.sender.code, found.receivers[0].code, found.subject) == ("H15.50.05.13", "H15.07", "V/v đèn đường")
    assert (found.id, found.due) == ("H15.50.05.13,2026/11/29,42/UBND-VP", date(2026, 12, 3))
    assert found.attachments[0].content == b"%PDF-1.4\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<edXML/>", "no_xml"),
        ("<html><MessageHeader/></html>", "no_xml"),
        (LENIENT.replace("<OrganId> H15.50.05.13 </OrganId>", ""), "sender"),
        (LENIENT.replace("V/v đèn đường", " "), "subject"),
        (LENIENT.replace("42", ""), "document"),
        (LENIENT.replace("JVBE", "J*BE"), "attachment"),
        (LENIENT.replace("<SUBJECT>", "<StatusCode>99</StatusCode><SUBJECT>"), "document"),
        ("<edXML>" + "<a>" * 40, "too_large"),
        ("<edXML>" + "<a/>" * 6_000, "too_large"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><edXML>&b;</edXML>', "no_xml"),
        ('<!DOCTYPE a [<!ENTITY b "bbbb">]><edXML>&b;&b;</edXML>', "no_xml"),
    ],
)
def test_what_cannot_be_taken_says_why(content: str, why: str) -> None:
    with pytest.raises(BadEdxml) as error:
        read(content.encode(), NOW)
    assert error.value.why == why


def test_a_document_of_the_axis_is_the_same_case_however_it_is_called() -> None:
    uuid = "8f6e0000-0000-4000-8000-000000000001"
    assert case_id(uuid) == case_id(uuid.upper()) == uuid.replace("-", "")
    assert case_id("H15.50.05.13,2026/11/29,42/UBND-VP") == case_id("H15.50.05.13,2026/11/29,42/UBND-VP")


def test_a_state_tells_which_document_it_is_about_and_codes_of_one_digit_count() -> None:
    status = Status(Agency("H15.07"), "8f6e0000", "H15", Outside.ACCEPTED, NOW, "Tiếp nhận")
    written = write_status(status).replace(b">03<", b">3<")
    assert read(written, NOW) == status
