"""How the inbox shows tickets: the lists to choose from, what a form looks for, and a ticket in an officer's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from centre.digest import Waiting
from centre.page.fleet import Mood, moment
from centre.page.words import say
from language import data
from language.communes.register import communes, plain_name
from language.phone_number import InvalidPhoneNumber, PhoneNumber
from tickets.desk import Deed
from tickets.numbers import grouped, is_number
from tickets.store import TicketStore, Wanted
from tickets.ticket import OPENED, Rating, Ticket, TicketEvent, TicketKind, TicketState

TO_DO: Final = (TicketState.OPEN, TicketState.TAKEN)
LISTS: Final = ("", "mine", "overdue", "open", "taken", "passed", "unhappy", "done")
"""Saved views, by what stands in the address."""
CHANNELS: Final = ("sms", "phone", "kiosk", "web", "open311", "letter")
SOON: Final = 3600.0
"""Seconds before a promise from which its row stands out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer looks for."""

    list: str
    words: str
    kind: str
    channel: str
    commune: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Read from an address; what nobody offers counts as not given."""
        chosen = given.get("state", "")
        kind, channel = given.get("kind", ""), given.get("channel", "")
        return cls(
            chosen if chosen in LISTS else "",
            given.get("q", "").replace("\0", "").strip()[:100],
            kind if kind in set(TicketKind) else "",
            channel if channel in CHANNELS else "",
            given.get("commune", "") if given.get("commune", "") in communes() else "",
        )

    @property
    def address(self) -> dict[str, str]:
        """What stands in the address of this view."""
        every = {
            "state": self.list,
            "q": self.words,
            "kind": self.kind,
            "channel": self.channel,
            "commune": self.commune,
        }
        return {name: value for name, value in every.items() if value}

    def wanted(self, officer: str) -> Wanted:
        """As the store looks for it. A ticket's number and a telephone number find theirs in every list."""
        digits = "".join(self.words.split())
        if is_number(digits):
            return Wanted(number=digits)
        if phone := _phone(self.words):
            return Wanted(phone=phone)
        filtered = Wanted(
            kind=TicketKind(self.kind) if self.kind else None,
            channel=self.channel or None,
            words=self.words,
            commune=self.commune or None,
        )
        return _in_list(self.list, filtered, officer)


def list_wanted(name: str, officer: str) -> Wanted:
    """Everything of one list, to be counted."""
    return _in_list(name, Wanted(), officer)


def _in_list(name: str, wanted: Wanted, officer: str) -> Wanted:
    match name:
        case "mine":
            return replace(wanted, officer=officer, states=TO_DO)
        case "overdue":
            return replace(wanted, overdue=True)
        case "unhappy":
            return replace(wanted, states=(TicketState.DONE,), rating=Rating.BAD)
        case "":
            return replace(wanted, states=TO_DO)
        case _:
            return replace(wanted, states=(TicketState(name),))


def _phone(words: str) -> str | None:
    if sum(sign.isdigit() for sign in words) < 9:
        return None
    try:
        return PhoneNumber.parse(words).e164
    except InvalidPhoneNumber:
        return None


def waiting_for(tickets: TicketStore, address: str, officer: str) -> Waiting:
    """What a digest tells an officer: how many tickets of each list wait; nothing of any of them.

    Args:
        tickets: of the installation.
        address: of the inbox; empty where this server does not know its own.
        officer: whom it is for.
    """
    counts = tickets.counts({name: list_wanted(name, officer) for name in ("overdue", "open", "mine", "unhappy")})
    lines = [say(f"digest_{name}", count=count) for name, count in counts.items() if count]
    if lines and address:
        lines.append(say("digest_link", address=address))
    return Waiting(say("digest_subject", count=counts["open"] + counts["mine"]), lines)


def row(ticket: Ticket, now: datetime) -> dict[str, object]:
    """One line of the table; nothing of what was said."""
    draft = ticket.draft
    return {
        "number": ticket.number,
        "shown": grouped(ticket.number),
        "kind": say(f"kind_{draft.kind.value}"),
        "state": say(f"state_{ticket.state.value}"),
        "officer": ticket.officer or "",
        "at": moment(ticket.created_at),
        "origin": draft.origin or say("from_centre", channel=say(f"channel_{draft.channel}")),
        "language": draft.language,
        "procedure": draft.procedure or "",
        "commune": commune_name(draft.commune),
        "due": due_words(ticket, now),
        "mood": due_mood(ticket, now).value,
        "live": ticket.live_until is not None and ticket.live_until > now,
    }


def communes_of(province: str, chosen: str = "") -> list[tuple[str, str]]:
    """Codes and names to choose from: of a province's communes by name, and of the one that is chosen already."""
    here = _in_province(province) if province else []
    known = chosen in {"", *(code for code, _ in here)}
    return here if known else [*here, (chosen, commune_name(chosen) or chosen)]


@data.cached()
def _in_province(province: str) -> list[tuple[str, str]]:
    here = (one for one in communes().values() if one.province == province)
    return [(one.code, one.name) for one in sorted(here, key=lambda one: plain_name(one.name).split(" ", 1)[1:])]


def commune_name(code: str | None) -> str:
    """What a commune is called; empty where none is known."""
    found = communes().get(code or "")
    return found.name if found is not None else ""


def due_mood(ticket: Ticket, now: datetime) -> Mood:
    """How urgent the first answer is."""
    if ticket.is_overdue(now):
        return Mood.BAD
    waits = ticket.answered_at is None and ticket.state in TO_DO and ticket.due_at is not None
    return Mood.WATCH if waits and (ticket.due_at - now).total_seconds() < SOON else Mood.GOOD  # type: ignore[operator]


def due_words(ticket: Ticket, now: datetime) -> str:
    """The promise, and what became of it."""
    if ticket.due_at is None:
        return ""
    if ticket.answered_at is not None:
        when = moment(ticket.answered_at)
        return say("answered_late", when=when) if ticket.first_answer_late else say("answered_in_time", when=when)
    if ticket.state not in TO_DO:
        return ""
    by = moment(ticket.due_at)
    minutes = int(abs((ticket.due_at - now).total_seconds()) // 60)
    length = say("minutes", count=minutes) if minutes < 120 else say("hours", count=minutes // 60)
    return say("due_over", by=by, length=length) if ticket.is_overdue(now) else say("due_in", by=by, length=length)


def told(events: list[TicketEvent]) -> list[dict[str, str]]:
    """The last deeds; whoever looks again and again is named once, at the last time."""
    kept: list[TicketEvent] = []
    for event in events:
        if kept and kept[-1].what == event.what == OPENED and kept[-1].officer == event.officer:
            kept.pop()
        kept.append(event)
    return [
        {"at": moment(event.at), "officer": event.officer or say("citizen"), "did": _did(event.what)}
        for event in kept[-30:]
    ]


def _did(what: str) -> str:
    deed, _, more = what.partition(":")
    if deed == TicketState.DONE and more:
        return say("did_closed", why=say(f"outcome_{more}"))
    if deed == Deed.RATED:
        return say("did_rated", how=say(f"rating_{more}"))
    return f"{say(f'did_{deed}')} {more}".strip()


def dial(contact: str | None) -> str:
    """As people write it: ``0900 000 123``; a number from abroad stays as it is."""
    if not contact or not contact.startswith("+84"):
        return contact or ""
    national = "0" + contact.removeprefix("+84")
    return f"{national[:4]} {national[4:7]} {national[7:]}".strip()
