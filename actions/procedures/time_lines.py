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
_HOURS = {TimeUnit.HOUR: 1, TimeUnit.WORKING_DAY: 34, TimeUnit.DAY: 24, TimeUnit.MONTH: 720}
"""Of the calendar, roughly, to put the shorter first."""


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
    if _are_cases(stated):
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
    if _are_cases(stated):
        return _between(telling, [time for group in stated.values() for time in group])
    return telling.by_way(
        {
            way: {
                case: _between(telling, [time for time in group if time.case == case])
                for case in dict.fromkeys(time.case for time in group)
            }
            for way, group in stated.items()
        }
    )


def _are_cases(stated: dict[Way, list[ProcessingTime]]) -> bool:
    """Whether several numbers stand bare, under one way or under different ones.

    The portal's form has one field a way, and offices put cases into these fields: mountain communes into one, others
    into the next. No law gives the desk more days than the line, so such numbers are only told as a range.
    """
    times = [time for group in stated.values() for time in group]
    bare = {(time.value, time.most, time.unit) for time in times}
    return len(bare) > 1 and all(time.case is None for time in times)


def _between(telling: Telling, times: list[ProcessingTime]) -> str:
    """The shortest to the longest; one such range a unit where publishers count in several: "6 ngày làm việc hoặc 40
    ngày".
    """
    ranges: dict[TimeUnit, tuple[float, float]] = {}
    for time in times:
        assert time.value is not None
        assert time.unit is not None
        least, most = ranges.get(time.unit, (time.value, time.value))
        ranges[time.unit] = min(least, time.value), max(most, time.most or time.value)
    by_length = sorted(ranges.items(), key=lambda one: (one[1][1] * _HOURS[one[0]], one[0]))
    counted = [_counted(telling, least, most, unit) for unit, (least, most) in by_length]
    return f" {telling.say('time_or')} ".join(counted)


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
