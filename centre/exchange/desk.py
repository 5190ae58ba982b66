"""What officers do with exchanged cases beside a page: files that go out, files that come in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from centre.exchange import sheet
from centre.exchange.edxml import Agency, Attachment, BadEdxml, Document, Status, write_document, write_status
from centre.exchange.edxml import read as read_edxml
from centre.exchange.package import AgencyPart, BadPackage, Enclosed, MessagePart, manifest_of, pack, unpack
from contract.wording import Wording
from runtime.clock import VIETNAM
from runtime.working_time import working_time
from stores.standard_webhooks import NotTaken, Signed
from tickets.exchange.book import Book, Refused
from tickets.exchange.case import Outside, Side
from tickets.exchange.messages import Kind, Message, Paper
from tickets.exchange.outbox import Outbox
from tickets.exchange.papers import BadPaper, checked
from tickets.exchange.partners import Partner, PartnerOff
from tickets.exchange.records import Case, Event, KeptPaper

ZIP: Final = b"PK\x03\x04"


class NotTakenIn(Exception):
    """A file that cannot be taken in; nothing of it was kept, or what was is the same when it comes again.

    Args:
        why: a code, for which the wording has a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file."""

    case: str
    new: int
    """Messages that were not known yet."""


class ExchangeDesk:
    """Safe to share between threads.

    Args:
        book: of cases.
        outbox: what waits for other agencies.
        name: of this agency.
        wording: the room ``exchange``.
        clock: the time.
    """

    def __init__(self, book: Book, outbox: Outbox, name: str, wording: Wording, clock: Callable[[], datetime]) -> None:
        self.book = book
        self.outbox = outbox
        self.name = name
        self._wording = wording
        self._clock = clock

    def say(self, key: str, **values: object) -> str:
        """A sentence of the room, in the installation's language."""
        return self._wording.text(self._wording.default, key, **values)

    def package(self, id: str) -> bytes:
        """A case as a file for an agency without a line: every message of ours, signed now, and our papers.

        Raises:
            NoSuchCase: there is none.
            OSError, SealBroken: a paper cannot be read.
        """
        case = self.book.case(id)
        papers = self._enclosed(case, self.book.papers(id))
        drawn = self.sheet(id)
        sender, receiver = self._ends(case)
        messages = [self._signed(message, body) for message, body in self.outbox.of_case(id)]
        manifest = manifest_of(
            id, case.subject, sender, receiver, self._clock().astimezone(VIETNAM), drawn, papers, messages
        )
        return pack(manifest, drawn, papers)

    def sheet(self, id: str) -> bytes:
        """The case as a PDF with its manifest inside.

        Raises:
            NoSuchCase: there is none.
        """
        case = self.book.case(id)
        events, papers = self.book.events(id), self.book.papers(id)
        sender, receiver = self._ends(case)
        due, days = case.standing.due(working_time()), case.standing.working_days
        rows = [
            (self.say("sheet_number"), id[:8].upper()),
            (self.say("sheet_from"), f"{sender.name} ({sender.code})"),
            (self.say("sheet_to"), f"{receiver.name} ({receiver.code})"),
            (self.say("sheet_made"), f"{case.made_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"),
            (self.say("state"), self.state(case)),
            (self.say("due"), f"{due:%d/%m/%Y}" if due is not None else self.say("due_days", count=days)),
        ]
        if case.procedure:
            rows.append((self.say("procedure"), case.procedure))
        if case.dossier:
            rows.append((self.say("dossier"), case.dossier))
        said = [f"{one.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. {self.told(one)} {one.words}".strip() for one in events]
        about = sheet.Sheet(
            title=self.say("sheet_title"),
            subject=case.subject or self.say("erased_subject"),
            language=self._wording.default,
            rows=rows,
            words="\n\n".join([case.words, *said]),
            papers_title=self.say("papers"),
            papers=[f"{one.name} ({one.size:,} B)\nSHA-256 {one.sha256}" for one in papers],
            foot=self.say("sheet_foot", case=id),
        )
        inside = manifest_of(
            id,
            case.subject,
            sender,
            receiver,
            self._clock().astimezone(VIETNAM),
            b"",
            (),
            [self._signed(message, body) for message, body in self.outbox.of_case(id)],
        )
        return sheet.pdf(about, inside.model_dump_json(by_alias=True, indent=1).encode())

    def edxml(self, id: str) -> bytes:
        """The case as edXML: of its sender the document, of its receiver the state.

        Raises:
            NoSuchCase: there is none.
            OSError, SealBroken: a paper cannot be read.
        """
        case = self.book.case(id)
        own = Agency(self.book.own, self.name)
        partner = self.book.partners.get(case.partner)
        other = Agency(case.partner, partner.name if partner is not None else "")
        if case.side is Side.RECEIVER:
            ours = [one for one in self.book.events(id) if one.side is Side.RECEIVER and one.state is not None]
            last = ours[-1] if ours else None
            state = last.state if last is not None and last.state is not None else Outside.ARRIVED
            words = (last.words or self.told(last)) if last is not None else ""
            at = last.at if last is not None else case.made_at
            return write_status(Status(own, self._document_id(case), case.partner, state, at, words))
        papers = [Attachment(one.name, one.type, one.content) for one in self._enclosed(case, self.book.papers(id))]
        due = working_time().due(case.made_at, case.standing.working_days)
        return write_document(
            Document(
                sender=own,
                receivers=(other,),
                id=str(uuid.UUID(id)),
                subject=case.subject,
                number=id[:8].upper(),
                kind=self.say("document_kind"),
                at=case.made_at,
                due=case.standing.due(working_time()) or due,
                words=case.words,
                attachments=tuple(papers),
            )
        )

    def take_in(self, content: bytes, officer: str, working_days: int | None = None) -> TakenIn:
        """Take a file in: a package with signed messages, or edXML an officer answers for.

        Args:
            content: of the file.
            officer: who hands it in.
            working_days: time limit of an edXML document that names none.

        Raises:
            NotTakenIn: it cannot be.
            NotScanned: the scanner is away.
            OSError: the disk does not take a paper.
        """
        if not self.book.own:
            raise NotTakenIn("not_set_up")
        if content.startswith(ZIP):
            return self._package_in(content)
        if content.startswith(b"%PDF-"):
            raise NotTakenIn("pdf_alone")
        try:
            found = read_edxml(content, self._clock())
        except BadEdxml as error:
            raise NotTakenIn(f"edxml_{error.why}") from None
        partner = self.book.partners.get(found.sender.code)
        if partner is None or not partner.is_on:
            raise NotTakenIn("no_partner")
        if isinstance(found, Status):
            return self._status_in(found, partner, officer)
        return self._document_in(found, partner, officer, working_days)

    def state(self, case: Case) -> str:
        """How a case stands, in an officer's words."""
        if case.erased_at is not None:
            return self.say("state_erased")
        if case.standing.awaiting_since is not None:
            return self.say("state_awaiting")
        outside = case.standing.outside
        return self.say(f"state_{outside.value}") if outside is not None else self.say("state_way")

    def told(self, event: Event) -> str:
        """What a message did, in an officer's words."""
        if event.state is not None:
            return self.say(f"did_{event.state.value}")
        return self.say(f"did_{event.kind.value.removeprefix('case.')}")

    def _package_in(self, content: bytes) -> TakenIn:
        try:
            unpacked = unpack(content)
        except BadPackage:
            raise NotTakenIn("no_package") from None
        new, case = 0, unpacked.manifest.case
        for part in unpacked.manifest.messages:
            body = part.body.encode()
            signed = Signed(part.id, part.timestamp, tuple(part.signature.split(" ")))
            try:
                partner = self.book.partners.signer(signed, body)
                message = Message.model_validate_json(body)
            except (NotTaken, PartnerOff, ValidationError):
                raise NotTakenIn("not_signed") from None
            if message.id != part.id or message.case != case:
                raise NotTakenIn("no_package")
            new += self._message_in(message, partner, unpacked.papers, f"{part.timestamp} {part.signature}")
        return TakenIn(case, new)

    def _message_in(
        self, message: Message, partner: Partner, papers: dict[str, bytes], proof: str, officer: str = ""
    ) -> bool:
        if message.receiver != self.book.own or message.sender != partner.code:
            raise NotTakenIn("wrong_agency")
        try:
            for paper in message.papers:
                if (content := papers.get(paper.sha256)) is not None:
                    self.book.take_paper(partner, message.case, paper.sha256, content)
            return not self.book.take(message, partner, proof, officer).repeated
        except Refused as refused:
            raise NotTakenIn(refused.code) from None

    def _document_in(self, found: Document, partner: Partner, officer: str, working_days: int | None) -> TakenIn:
        if self.book.own not in {one.code for one in found.receivers}:
            raise NotTakenIn("wrong_agency")
        now = self._clock()
        calendar = working_time()
        if found.due is not None:
            received = calendar.received(now)
            working_days = max(1, calendar.between(received, found.due))
        if working_days is None:
            raise NotTakenIn("no_due")
        papers, contents = [], {}
        for one in found.attachments:
            sha256 = hashlib.sha256(one.content).hexdigest()
            if sha256 in contents:
                continue
            contents[sha256] = one.content
            try:
                made = checked(one.content)
            except BadPaper as error:
                raise NotTakenIn(f"paper_{error.why}") from None
            papers.append(Paper(sha256=sha256, name=one.name[:120], type=made.type, size=len(one.content)))
        case = case_id(found.id)
        message = Message(
            id=f"edxml_{case}",
            kind=Kind.SENT,
            sender=partner.code,
            receiver=self.book.own,
            case=case,
            number=1,
            at=found.at,
            subject=found.subject[:200],
            words=found.words,
            document=found.id[:120],
            working_days=min(working_days, 250),
            papers=tuple(papers),
        )
        return TakenIn(case, self._message_in(message, partner, contents, "", officer))

    def _status_in(self, found: Status, partner: Partner, officer: str) -> TakenIn:
        case = case_id(found.about)
        mark = hashlib.sha256(f"{case} {found.state} {found.at.isoformat()}".encode()).hexdigest()[:32]
        try:
            last_in, ours = self.book.last_messages(case)
        except LookupError:
            raise NotTakenIn("no_such_case") from None
        message = Message(
            id=f"edxml_{mark}",
            kind=Kind.STATE,
            sender=partner.code,
            receiver=self.book.own,
            case=case,
            number=last_in + 1,
            # Whoever tells a state of it has it.
            seen=ours,
            at=found.at,
            words=found.words or self.say(f"did_{found.state.value}"),
            state=found.state,
        )
        return TakenIn(case, self._message_in(message, partner, {}, "", officer))

    def _ends(self, case: Case) -> tuple[AgencyPart, AgencyPart]:
        """Who sends a file about a case, and who gets it: its first sender is not always us."""
        partner = self.book.partners.get(case.partner)
        own = AgencyPart(code=self.book.own, name=self.name)
        return own, AgencyPart(code=case.partner, name=partner.name if partner is not None else case.partner)

    def _enclosed(self, case: Case, papers: Sequence[KeptPaper]) -> list[Enclosed]:
        return [Enclosed(one.name, one.type.value, self.book.content(one)) for one in papers if one.side is case.side]

    def _signed(self, id: str, body: bytes) -> MessagePart:
        headers = self.book.partners.signatures(id, body)
        return MessagePart(
            id=id,
            timestamp=int(headers["webhook-timestamp"]),
            signature=headers["webhook-signature"],
            body=body.decode(),
        )

    def _document_id(self, case: Case) -> str:
        return self.book.document_of(case.id) or str(uuid.UUID(case.id))


def case_id(document: str) -> str:
    """The id of the case a document of the axis is: its UUID, or what its name comes to."""
    try:
        return uuid.UUID(document).hex
    except ValueError:
        return hashlib.sha256(document.encode()).hexdigest()[:32]
