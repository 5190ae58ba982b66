"""What is paid and what is received: amounts, bounds, who pays nothing, and until when.

The first line answers; who is exempt follows; what is only announced comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from actions.procedures.phrases import lower_first, sentence, unique, upper_first
from actions.procedures.telling import Telling
from catalogue.record import Decider, Exemption, Fee, Payment, Procedure
from language.formatting import format_date, format_money

ANNOUNCED_WITHIN = timedelta(days=60)
"""How long before a day that changes an answer people hear of it: a new amount, a law, the end of a procedure."""


def fee_lines(telling: Telling) -> list[str]:
    """The fee of the procedure: one line with the amounts, then exemptions and notes."""
    every = [fee for submission in telling.procedure.submissions for fee in submission.fees]
    exempt = telling.procedure.exempt_on(telling.today)
    if not every:
        if exempt:
            return [*exempt_lines(telling, exempt), telling.say("fee_missing", who=telling.who)]
        return [telling.say("fee_missing", who=telling.who)]
    current = {
        submission.way: _current(telling, submission.fees)
        for submission in telling.procedure.submissions
        if submission.fees
    }
    current = {way: fees for way, fees in current.items() if fees}
    told = [fee for fees in current.values() for fee in fees]
    # An end is told of an amount that is told, too.
    ending = [fee for fee in told if fee.valid_until is not None and fee.certain]
    ends = {fee.valid_until for fee in ending if fee.holds_on(telling.today)}
    several = len(ending) > 1
    shared_end = ends.pop() if len(ends) == 1 and several else None
    parts = {
        way: {fee.case: _amount(telling, fee, today=True, ends=shared_end is None) for fee in fees}
        for way, fees in current.items()
    }
    lines = [sentence(telling.say("fee_line", items=telling.by_way(parts)))] if parts else []
    if shared_end is not None:
        lines.append(telling.say("fee_all_until", date=format_date(shared_end)))
    lines += exempt_lines(telling, exempt)
    notes = unique(sentence(upper_first(fee.note)) for fee in told if fee.note)
    if not notes and not exempt and any(not fee.bounded_on(telling.today) for fee in told):
        notes.append(telling.say("fee_unsure_next", who=telling.who))
    elif any(fee.who_decides is not None and fee.amount is None for fee in told):
        notes.append(telling.say("fee_exact_next", who=telling.who))
    return [*lines, *notes, *_announced(telling, every)]


def costs_nothing(procedure: Procedure, telling: Telling) -> bool:
    """Whether the procedure itself is surely free for everybody today."""
    fees = [fee for submission in procedure.submissions for fee in submission.fees if fee.holds_on(telling.today)]
    return bool(fees) and all(fee.certain and fee.amount == 0 for fee in fees)


def fee_line(telling: Telling, fee: Fee) -> str:
    """One amount of the fee with its case."""
    return sentence(telling.say("fee_line", items=_with_case(telling, fee)))


def payment_lines(telling: Telling, payments: Sequence[Payment], key: str) -> list[str]:
    """Taxes and premiums besides the fee, or what is received: one line each, notes behind."""
    lines = []
    before = None
    for payment in _current(telling, payments):
        assert isinstance(payment, Payment)
        amount = _with_case(telling, payment)
        # What is paid is named once; further cases of it follow: "Người thứ hai: 79.695 đồng".
        same = payment.what == before and payment.case is not None
        what = upper_first(amount) if same else telling.say(key, what=upper_first(payment.what), amount=amount)
        before = payment.what
        lines.append(sentence(what))
        if payment.note:
            lines.append(sentence(upper_first(payment.note)))
    return [*unique(lines), *_announced(telling, payments)]


def _current(telling: Telling, fees: Sequence[Fee]) -> list[Fee]:
    """What holds today. An amount that has ended is told of only where nothing took its place."""
    holding = [fee for fee in fees if fee.holds_on(telling.today)]
    cases = {_subject(fee) for fee in holding}
    ended = [
        fee
        for fee in fees
        if fee.valid_until is not None and telling.today > fee.valid_until and _subject(fee) not in cases
    ]
    return [fee for fee in fees if fee in holding or fee in ended]


def _announced(telling: Telling, fees: Sequence[Fee]) -> list[str]:
    """What will be paid from a day to come: "Từ 01/01/2027: đổi thẻ 50.000 đồng."."""
    soon = telling.today + ANNOUNCED_WITHIN
    coming = [fee for fee in fees if fee.valid_from is not None and telling.today < fee.valid_from <= soon]
    lines = []
    for day in sorted({fee.valid_from for fee in coming if fee.valid_from}):
        items = unique(_with_case(telling, fee, today=False) for fee in coming if fee.valid_from == day)
        lines.append(telling.say("fee_announced", date=format_date(day), items="; ".join(items)))
    return lines


def _subject(fee: Fee) -> tuple[str | None, str | None]:
    return (fee.what if isinstance(fee, Payment) else None, fee.case)


def _with_case(telling: Telling, fee: Fee, today: bool = True) -> str:
    text = _amount(telling, fee, today)
    return f"{lower_first(fee.case)}: {text}" if fee.case else text


def _amount(telling: Telling, fee: Fee, today: bool, ends: bool = True) -> str:
    """The amount in words; ``today`` asks whether it holds now, ``ends`` adds its last day."""
    if not fee.certain or (today and not fee.holds_on(telling.today)):
        return telling.say("fee_unsure")
    if fee.amount == 0:
        # A tax one owes nothing of is not "free of charge": that is said of services.
        text = telling.say("payment_none" if isinstance(fee, Payment) else "fee_free")
    elif fee.share is not None:
        text = fee.share
    elif fee.amount is not None:
        text = format_money(fee.amount)
    else:
        return _until(telling, fee, _bound(telling, fee), today and ends)
    if fee.amount and fee.per:
        text = telling.say("fee_per", amount=text, per=fee.per)
    return _until(telling, fee, text, today and ends)


def _bound(telling: Telling, fee: Fee) -> str:
    """Between what the amount lies, and who sets it."""
    if fee.least is not None and fee.most is not None:
        text = telling.say(
            "fee_usual_range" if fee.usual else "fee_range",
            least=format_money(fee.least).removesuffix(" đồng"),
            most=format_money(fee.most),
        )
    elif fee.most is not None:
        text = telling.say("fee_most", most=format_money(fee.most))
    elif fee.least is not None:
        text = telling.say("fee_least", least=format_money(fee.least))
    else:
        text = ""
    if text and fee.per:
        text = telling.say("fee_per", amount=text, per=fee.per)
    if fee.who_decides is Decider.PROVINCE:
        return telling.say("fee_by_province_range", range=text) if text else telling.say("fee_by_province")
    if fee.who_decides is Decider.OFFICE and not text:
        return telling.say("fee_by_office")
    return text or telling.say("fee_unsure")


def _until(telling: Telling, fee: Fee, text: str, today: bool) -> str:
    if fee.valid_until and today:
        return telling.say("fee_until", text=text, date=format_date(fee.valid_until))
    return text


def exempt_lines(telling: Telling, exempt: Sequence[Exemption]) -> list[str]:
    """Who pays nothing whatever the way, in one sentence; then who pays nothing by one way, and until when."""
    anyhow = [one.short or one.who for one in exempt if one.way is None]
    lines = [sentence(telling.say("fee_exempt", who="; ".join(anyhow)))] if anyhow else []
    for one in exempt:
        if one.way is None:
            continue
        way = upper_first(telling.say(f"way_{one.way}"))
        text = telling.say("fee_exempt_way", way=way, who=one.short or one.who)
        if one.valid_until is not None:
            text = telling.say("fee_until", text=text, date=format_date(one.valid_until))
        lines.append(sentence(text))
    return lines
