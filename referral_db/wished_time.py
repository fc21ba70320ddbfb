"""When somebody wants help, on the clock, and whether a service is open then.

A wish is a code of `bot.nlu.wished_time`: "nu", "altijd", or a day and whole hours ("morgen 8-12"; "vandaag 22-7" ends
on the next morning). Days count from the moment that is asked, in Europe/Brussels. Until 5:00 the night belongs to the
evening before, for who is awake: "morgen" said at 2:00 is the day that is about to begin.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from referral_db.opening_hours import BRUSSELS, LIVE_CHANNELS, Channel, State, clock_words, day_words

NOW = "nu"
ANY_TIME = "altijd"
_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_RELATIVE = {"vandaag": 0, "morgen": 1, "overmorgen": 2}
_SETS = {"elke": range(7), "werkdag": range(5), "weekend": range(5, 7)}
_CODE = re.compile(r"([a-z]+) (\d{1,2})-(\d{1,2})")

DAY_BEGINS = 5
"""The hour at which a new day begins for who is awake at night."""
NIGHT_ENDS = 7
DAYS_AHEAD = 7
MOMENT = dt.timedelta(minutes=1)
"""How long "nu" lasts."""
SOON = dt.timedelta(hours=1)
"""What is left of a time that is over: "vanavond" said at 23:30."""
LONG_ENOUGH = dt.timedelta(minutes=30)
"""Who is open for less of the time that was asked does not count as open then."""

Window = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class OpenThen:
    """Whether a service is open in the time that was asked; `text` says when, empty unless it is open."""

    state: State
    text: str = ""


def windows(code: str, at: dt.datetime) -> tuple[Window, ...]:
    """The times of `code` within the next week, in order, as aware datetimes; none for "altijd".

    What is over is left out; when nothing is left the next hour counts. Raises ValueError for what is no code.
    """
    local = at.astimezone(BRUSSELS)
    if code == ANY_TIME:
        return ()
    if code == NOW:
        return ((local, local + MOMENT),)
    found = _CODE.fullmatch(code)
    first, last = (int(found[2]), int(found[3])) if found else (0, 0)
    if not found or not (0 <= first < 24 and 0 < last <= 24) or found[1] not in (*_RELATIVE, *_SETS, *_WEEKDAYS):
        raise ValueError(f"not a code of a time: {code!r}")
    spans = [_span(day, first, last) for day in _days(found[1], local, night=last <= first)]
    return tuple((max(start, local), end) for start, end in spans if end > local) or ((local, local + SOON),)


def time_in_words(code: str) -> str:
    """What a code asks for, for who wants to know what is kept: "morgen 8-12u"."""
    found = _CODE.fullmatch(code)
    if not found:
        return code
    day = {"elke": "elke dag", "werkdag": "in de week", "weekend": "in het weekend"}.get(found[1], found[1])
    return f"{day} {found[2]}-{found[3]}u"


def open_then(
    opening: Mapping[str, Channel], asked: frozenset[str], times: tuple[Window, ...], at: dt.datetime
) -> OpenThen:
    """Whether one of the `asked` channels (empty for any that answers) is open for a while in one of `times`.

    `text` gives the hours of the first day on which it is: "open morgen van 9 tot 12u".
    """
    hours = [opening[name] for name in sorted(opening) if name in LIVE_CHANNELS and (not asked or name in asked)]
    if not hours:
        return OpenThen("unknown")
    local, unknown = at.astimezone(BRUSSELS), False
    for start, end in times:
        best: dict[Window, bool] = {}
        for channel in hours:
            best |= dict(_ranges(channel, start, end))
        known = sorted(span for span, sure in best.items() if sure)
        if known:
            return OpenThen("open", "nu bereikbaar" if end - start <= MOMENT else _words(known, local))
        unknown = unknown or bool(best)
    return OpenThen("unknown" if unknown else "closed")


def _days(name: str, local: dt.datetime, *, night: bool) -> Iterable[dt.date]:
    today = local.date()
    # What is left of this night began on the evening before.
    awake = today - dt.timedelta(days=1) if night and local.hour < NIGHT_ENDS else today
    if name in _RELATIVE:
        apart = _RELATIVE[name]
        early = apart and local.hour < DAY_BEGINS
        return [(awake if apart == 0 else today) + dt.timedelta(days=apart - bool(early))]
    wanted = _SETS.get(name) or [_WEEKDAYS.index(name)]
    days = (awake + dt.timedelta(days=apart) for apart in range(DAYS_AHEAD + 1))
    return [day for day in days if day.weekday() in wanted]


def _span(day: dt.date, first: int, last: int) -> Window:
    midnight = dt.datetime.combine(day, dt.time())
    end = midnight + dt.timedelta(hours=last, days=1 if last <= first else 0)
    return (midnight + dt.timedelta(hours=first)).replace(tzinfo=BRUSSELS), end.replace(tzinfo=BRUSSELS)


def _ranges(channel: Channel, start: dt.datetime, end: dt.datetime) -> Iterable[tuple[Window, bool]]:
    """The opening hours that lie for a while within `start` and `end`, and whether they are known for sure."""
    enough = min(LONG_ENOUGH, end - start)
    for day in {start.date() - dt.timedelta(days=1), start.date(), end.date()}:
        midnight = dt.datetime.combine(day, dt.time(), tzinfo=BRUSSELS)
        for part in channel.ranges(day):
            opens, closes = midnight + dt.timedelta(minutes=part.start), midnight + dt.timedelta(minutes=part.end)
            if min(closes, end) - max(opens, start) >= enough:
                yield (opens, closes), part.known


def _words(hours: list[Window], local: dt.datetime) -> str:
    """ "open morgen van 9 tot 12u en van 13 tot 17u", of the first day; day and night when there is no end to it."""
    opens, closes = hours[0]
    if closes - opens >= dt.timedelta(days=1):
        return "dag en nacht open"
    that_day = [span for span in hours if span[0].date() == opens.date()]
    times = " en ".join(
        dict.fromkeys(
            f"van {clock_words(start).removesuffix('u')} tot {clock_words(end)}" for start, end in that_day[:2]
        )
    )
    return f"open {day_words(opens, local)} {times}"
