"""How long it takes: by case, never by a way of submission that the law does not know."""

from __future__ import annotations

from actions.procedures.phrases import sentence, unique, upper_first, with_case
from actions.procedures.telling import Telling
from catalogue.record import Decider, ProcessingTime, TimeUnit, Way

_UNITS = {
    TimeUnit.WORKING_DAY: "working_day",
    TimeUnit.DAY: "day",
    TimeUnit.HOUR: "hour",
    TimeUnit.MONTH: "month",
}


def time_lines(telling: Telling) -> list[str]:
    """The time of the procedure: one line with the numbers, then what is known besides."""
    ways = {
        submission.way: [time for time in submission.times if time.holds_on(telling.today)]
        for submission in telling.procedure.submissions
    }
    ways = {way: times for way, times in ways.items() if times}
    times = [time for group in ways.values() for time in group]
    stated = {way: [time for time in group if time.is_stated] for way, group in ways.items()}
    stated = {way: group for way, group in stated.items() if group}
    lines = [sentence(telling.say("time_line", items=_numbers(telling, stated)))] if stated else []
    if stated and _differ_by_way(stated):
        lines.append(telling.say("time_by_case_next", who=telling.who))
    elif any(time.who_decides is Decider.PROVINCE for time in times):
        lines.append(telling.say("time_by_province"))
    elif any(time.who_decides is Decider.OFFICE for time in times):
        lines.append(telling.say("time_by_office"))
    notes = unique(upper_first(with_case(time.note, time.case)) for time in times if time.note)
    if not stated:
        lines.append(telling.say("time_missing", who=telling.who))
    return [*lines, *map(sentence, notes)]


def _numbers(telling: Telling, stated: dict[Way, list[ProcessingTime]]) -> str:
    if _differ_by_way(stated):
        every = sorted({(time.value or 0, time.most or time.value or 0) for group in stated.values() for time in group})
        unit = next(time.unit for group in stated.values() for time in group)
        assert unit is not None
        return _counted(telling, every[0][0], max(most for _, most in every), unit)
    return telling.by_way({way: {time.case: _text(telling, time) for time in group} for way, group in stated.items()})


def _differ_by_way(stated: dict[Way, list[ProcessingTime]]) -> bool:
    """Whether bare numbers differ from way to way.

    The portal's form has one field a way, and offices put cases into these fields: mountain communes into one, others
    into the next. No law gives the desk more days than the line, so such numbers are only told as a range.
    """
    bare = {
        way: {(time.value, time.most) for time in group if time.case is None}
        for way, group in stated.items()
        if all(time.case is None for time in group)
    }
    units = {time.unit for group in stated.values() for time in group}
    return len(bare) == len(stated) > 1 and len(units) == 1 and len({frozenset(one) for one in bare.values()}) > 1


def _text(telling: Telling, time: ProcessingTime) -> str:
    assert time.value is not None
    assert time.unit is not None
    return _counted(telling, time.value, time.most or time.value, time.unit)


def _counted(telling: Telling, least: float, most: float, unit: TimeUnit) -> str:
    if most == 0:
        return telling.say("at_once")
    longest = telling.say(_UNITS[unit], count=_figure(most))
    if least == most:
        return longest
    if least == 0:
        return telling.say("time_most", most=longest)
    return telling.say("time_range", least=_figure(least), most=longest)


def _figure(value: float) -> str:
    return f"{value:g}".replace(".", ",")
