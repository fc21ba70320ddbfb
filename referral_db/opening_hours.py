"""When a service can be reached: the state of its schedules at one moment, and the words for it.

The rules, in wall-clock time of Europe/Brussels:

- A row with `valid_from` and `valid_to` that does not close is an exception: on its days it replaces the other rows of
  its channel. A row with one of the two is a usual row that begins or ends on that date.
- A `closed` row without hours closes its days; with hours it takes these hours away. A range belongs to the day on
  which it begins: the tail after midnight of an open day stays when the next day is closed.
- On a Belgian public holiday a row holds when `on_public_holidays` is True, falls away when it is False, and is
  unknown when it is None. A row for that one date, and a channel that is open day and night all week, hold.
- `freq` WEEKLY takes `byday` ("MO,TU", empty for every day), MONTHLY takes days with an ordinal ("1TU,-1FR").
  `interval` counts weeks or months from `dtstart`; without `dtstart` nobody knows which week it is: unknown.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import holidays

BRUSSELS = ZoneInfo("Europe/Brussels")
LIVE_CHANNELS = frozenset({"telefoon", "chat", "sms", "ter_plaatse", "videogesprek", "groep"})
"""Channels where somebody answers at that moment; mail and website wait."""

DAY = 24 * 60
HORIZON_DAYS = 35
"""How far ahead the next opening is looked for: four weeks is the longest interval in use, and a summer closing."""
DAYS_KEPT = 10
"""Of each set of hours, the days whose ranges stay in memory."""
ALWAYS_DAYS = 8
"""Open this long without a break, and the words are "dag en nacht open"."""

State = Literal["open", "closed", "unknown"]

_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_DAY_NAMES = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
MIDNIGHT = "middernacht"
_CHANNEL_NAMES = {"ter_plaatse": "ter plaatse"}


class HoursRow(Protocol):
    """What is read of a schedule row; `referral_db.models.Schedule` and `Hours` have it."""

    @property
    def attending_type(self) -> str: ...
    @property
    def freq(self) -> str: ...
    @property
    def interval(self) -> int: ...
    @property
    def byday(self) -> str: ...
    @property
    def opens_at(self) -> str | None: ...
    @property
    def closes_at(self) -> str | None: ...
    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_to(self) -> dt.date | None: ...
    @property
    def dtstart(self) -> dt.date | None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def on_public_holidays(self) -> bool | None: ...


class Hours(NamedTuple):
    """A schedule row without a database; the fields are those of `referral_db.models.Schedule`."""

    attending_type: str
    freq: str = "WEEKLY"
    interval: int = 1
    byday: str = "MO,TU,WE,TH,FR,SA,SU"
    opens_at: str | None = None
    closes_at: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    dtstart: dt.date | None = None
    closed: bool = False
    on_public_holidays: bool | None = None


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a service can be reached, with Dutch words.

    `channel` is the channel that the state is about, None where no hours are stored. `until` (open) and `opens`
    (closed) are aware datetimes in Europe/Brussels, None where not known or not within the horizon.
    """

    state: State
    text: str
    channel: str | None = None
    until: dt.datetime | None = None
    opens: dt.datetime | None = None


UNKNOWN = OpenState("unknown", "uren niet bekend")


def channel_states(rows: Iterable[HoursRow], at: dt.datetime) -> dict[str, State]:
    """The state of every channel that has a row, at the aware datetime `at`. Cheap: looks at two days only."""
    return states_in(channels_of(rows), at.astimezone(BRUSSELS))


def states_in(channels: Mapping[str, Channel], local: dt.datetime) -> dict[str, State]:
    """As `channel_states`, for hours that were worked out and a moment in Europe/Brussels."""
    return {name: channel.state_in(local) for name, channel in channels.items()}


def channels_of(rows: Iterable[HoursRow]) -> Mapping[str, Channel]:
    """The hours of each channel. What cannot change is worked out once: many services keep the same hours."""
    return {
        channel: _shared_channel(tuple(own)) if all(isinstance(row, Hours) for row in own) else Channel(own)
        for channel, own in _by_channel(rows).items()
    }


def opening_state(rows: Iterable[HoursRow], at: dt.datetime, channels: Iterable[str] = LIVE_CHANNELS) -> OpenState:
    """The best state among `channels` at the aware datetime `at`: open, then unknown, then closed.

    The words name the channel when another channel that is asked for differs. Without hours: unknown.
    """
    asked = set(channels)
    own = {channel: hours for channel, hours in channels_of(rows).items() if channel in asked}
    found = [_channel_state(channel, hours, at) for channel, hours in sorted(own.items())]
    if not found:
        return UNKNOWN
    best = min(found, key=lambda state: _order(state, at))
    if best.state != "unknown" and any((other.state, other.text) != (best.state, best.text) for other in found):
        name = _CHANNEL_NAMES.get(best.channel or "", best.channel)
        return OpenState(best.state, f"{best.text} ({name})", best.channel, best.until, best.opens)
    return best


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[dt.date]:
    """The ten legal holidays of Belgium in `year`, and Easter and Whit Sunday."""
    return frozenset(holidays.country_holidays("BE", years=year))


class _Range(NamedTuple):
    """Minutes from 00:00 of the day on which the range begins; `end` may be on the next day."""

    start: int
    end: int
    known: bool


class Channel:
    """The rows of one channel of one service; the ranges of the days that were asked for last stay in memory."""

    def __init__(self, rows: Sequence[HoursRow]) -> None:
        self._rows = rows
        self._always = _all_week_all_day(rows)
        self._ranges: dict[dt.date, list[_Range]] = {}
        self._last: tuple[dt.date, int, State] = (dt.date.min, 0, "unknown")

    def state(self, at: dt.datetime) -> State:
        return self.state_in(at.astimezone(BRUSSELS))

    def state_in(self, local: dt.datetime) -> State:
        """The state at a moment in Europe/Brussels."""
        day, minute = local.date(), local.hour * 60 + local.minute
        last = self._last
        if last[0] != day or last[1] != minute:
            last = self._last = (day, minute, self._state(day, minute))
        return last[2]

    def _state(self, day: dt.date, minute: int) -> State:
        here = [part for part in self.ranges(day) if part.start <= minute < part.end]
        minute += DAY
        here += [part for part in self.ranges(day - dt.timedelta(days=1)) if part.start <= minute < part.end]
        if not here:
            return "closed"
        return "open" if any(part.known for part in here) else "unknown"

    def ranges(self, day: dt.date) -> list[_Range]:
        """The ranges that begin on `day`."""
        found = self._ranges.get(day)
        if found is None:
            if len(self._ranges) >= DAYS_KEPT:
                self._ranges = {}
            found = self._ranges[day] = self._compute(day)
        return found

    def changes(self, at: dt.datetime) -> Iterator[dt.datetime]:
        """Every later moment within the horizon at which the state may change, in order, in UTC."""
        today = at.astimezone(BRUSSELS).date()
        for offset in range(HORIZON_DAYS + 1):
            # In UTC: two times of one zone compare by the wall clock, which goes back in October.
            yield from (moment for moment in self._changes_on(today + dt.timedelta(days=offset)) if moment > at)

    def _changes_on(self, day: dt.date) -> list[dt.datetime]:
        minutes = {edge for part in self.ranges(day) for edge in part[:2] if edge < DAY}
        yesterday = day - dt.timedelta(days=1)
        minutes |= {edge - DAY for part in self.ranges(yesterday) for edge in part[:2] if edge >= DAY}
        midnight = dt.datetime.combine(day, dt.time())
        walls = [midnight + dt.timedelta(minutes=minute) for minute in minutes]
        # An hour that comes twice in October gives two moments; one that is skipped in March gives none of use, but
        # the clock change itself, at 01:00 UTC, may open or close.
        moments = {wall.replace(tzinfo=BRUSSELS, fold=fold).astimezone(dt.UTC) for wall in walls for fold in (0, 1)}
        if _clock_changes(day):
            moments.add(dt.datetime.combine(day, dt.time(1), tzinfo=dt.UTC))
        return sorted(moments)

    def _compute(self, day: dt.date) -> list[_Range]:
        found: list[_Range] = []
        exceptions = [row for row in self._rows if _is_exception(row) and _covers(row, day) is not False]
        usual = exceptions or [row for row in self._rows if not row.closed and not _is_exception(row)]
        for row in usual:
            covers = _covers(row, day)
            if covers is False:
                continue
            holds = covers and self._holds_on_holiday(row, day)
            if holds is not False:
                start, end, known = _minutes_of(row)
                found.append(_Range(start, end, known and holds is True))
        for row in self._rows:
            if row.closed and (covers := _covers(row, day)) is not False:
                found = _without(found, row, known=covers is True)
        return found

    def _holds_on_holiday(self, row: HoursRow, day: dt.date) -> bool | None:
        if day not in public_holidays(day.year):
            return True
        if row.on_public_holidays is None and (self._always or _is_for_one_date(row)):
            return True
        return row.on_public_holidays


@lru_cache(maxsize=2048)
def _shared_channel(rows: tuple[HoursRow, ...]) -> Channel:
    return Channel(rows)


def _by_channel(rows: Iterable[HoursRow]) -> dict[str, list[HoursRow]]:
    channels: dict[str, list[HoursRow]] = defaultdict(list)
    for row in rows:
        channels[row.attending_type].append(row)
    return channels


def _is_exception(row: HoursRow) -> bool:
    return not row.closed and row.valid_from is not None and row.valid_to is not None


def _is_for_one_date(row: HoursRow) -> bool:
    return row.valid_from is not None and row.valid_from == row.valid_to


def _covers(row: HoursRow, day: dt.date) -> bool | None:
    """Whether the rule of `row` holds on `day`; None where that cannot be known."""
    if (row.valid_from and day < row.valid_from) or (row.valid_to and day > row.valid_to):
        return False
    if row.dtstart and day < row.dtstart:
        return False
    days = _days(row.byday)
    if days is None or row.freq not in ("WEEKLY", "MONTHLY"):
        return None
    ordinals = [0]
    if row.freq == "MONTHLY":
        last = calendar.monthrange(day.year, day.month)[1]
        ordinals += [(day.day - 1) // 7 + 1, -((last - day.day) // 7) - 1]
    if days and not any((ordinal, day.weekday()) in days for ordinal in ordinals):
        return False
    if row.interval <= 1:
        return True
    if row.dtstart is None:
        return None
    if row.freq == "WEEKLY":
        monday = row.dtstart - dt.timedelta(days=row.dtstart.weekday())
        return (day - monday).days // 7 % row.interval == 0
    return ((day.year - row.dtstart.year) * 12 + day.month - row.dtstart.month) % row.interval == 0


@lru_cache(maxsize=1024)
def _days(byday: str) -> frozenset[tuple[int, int]] | None:
    """RRULE days as (ordinal, weekday), ordinal 0 where there is none; None where a day cannot be read."""
    found = set()
    for word in byday.replace(" ", "").upper().split(","):
        if not word:
            continue
        ordinal, weekday = word[:-2], _WEEKDAYS.get(word[-2:])
        if weekday is None or not (ordinal == "" or ordinal.lstrip("+-").isdigit()):
            return None
        found.add((int(ordinal or 0), weekday))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _minute(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes or 0)


def _minutes_of(row: HoursRow) -> _Range:
    if row.opens_at is None:
        return _Range(0, DAY, known=False)
    start = _minute(row.opens_at)
    if row.closes_at is None:
        return _Range(start, DAY, known=False)
    end = _minute(row.closes_at)
    return _Range(start, end if end > start else end + DAY, known=True)


def _without(ranges: list[_Range], row: HoursRow, *, known: bool) -> list[_Range]:
    """Takes the hours of a `closed` row out of `ranges`; where it is not known whether it holds, makes them unknown."""
    away = _Range(0, 2 * DAY, known=True) if row.opens_at is None or row.closes_at is None else _minutes_of(row)
    left: list[_Range] = []
    for part in ranges:
        start, end = max(part.start, away.start), min(part.end, away.end)
        if start >= end:
            left.append(part)
            continue
        left.append(_Range(part.start, start, part.known))
        left.append(_Range(end, part.end, part.known))
        if not known:
            left.append(_Range(start, end, known=False))
    return [part for part in left if part.start < part.end]


def _all_week_all_day(rows: Iterable[HoursRow]) -> bool:
    days: set[int] = set()
    for row in rows:
        usual = not row.closed and row.freq == "WEEKLY" and row.interval <= 1 and row.opens_at and row.closes_at
        if usual and _minutes_of(row) == (0, DAY, True) and not (row.valid_from or row.valid_to):
            days |= {weekday for _, weekday in _days(row.byday) or ()} or set(range(7) if row.byday == "" else ())
    return len(days) == 7


@lru_cache(maxsize=512)
def _clock_changes(day: dt.date) -> bool:
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=BRUSSELS)
    next_midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=BRUSSELS)
    return midnight.utcoffset() != next_midnight.utcoffset()


def _channel_state(channel: str, hours: Channel, at: dt.datetime) -> OpenState:
    local, now = at.astimezone(BRUSSELS), at.astimezone(dt.UTC)
    state = hours.state(now)
    if state == "unknown":
        holiday = local.date() in public_holidays(local.year)
        return OpenState("unknown", "uren op deze feestdag niet bekend" if holiday else UNKNOWN.text, channel)
    if state == "open":
        last = now + dt.timedelta(days=ALWAYS_DAYS)
        until = next((moment for moment in hours.changes(now) if moment > last or hours.state(moment) != "open"), last)
        if until >= last:
            return OpenState("open", "dag en nacht open", channel)
        words = _until_words(until.astimezone(BRUSSELS), local, until - now)
        return OpenState("open", f"open tot {words}", channel, until=until.astimezone(BRUSSELS))
    perhaps: dt.datetime | None = None
    for moment in hours.changes(now):
        later = hours.state(moment)
        if later == "open":
            opens = moment.astimezone(BRUSSELS)
            return OpenState("closed", f"opent {_opens_words(opens, local)}", channel, opens=opens)
        if later == "unknown" and perhaps is None:
            perhaps = moment.astimezone(BRUSSELS)
    if perhaps is not None:
        return OpenState("closed", f"open {day_words(perhaps, local)}, uur niet bekend", channel)
    return OpenState("closed", "nu gesloten", channel)


def _order(state: OpenState, at: dt.datetime) -> tuple[int, float]:
    """Open the longest, then unknown, then the one that opens first."""
    now, far = at.timestamp(), HORIZON_DAYS * 86400.0
    if state.state == "open":
        return 0, -(state.until.timestamp() - now if state.until else far)
    if state.state == "unknown":
        return 1, 0.0
    return 2, state.opens.timestamp() - now if state.opens else far


def _until_words(until: dt.datetime, local: dt.datetime, left: dt.timedelta) -> str:
    clock = clock_words(until)
    if left < dt.timedelta(hours=12) or (clock == MIDNIGHT and _days_apart(until, local) == 1):
        return clock
    if clock == MIDNIGHT:
        return f"{day_words(until - dt.timedelta(days=1), local).removeprefix('op ')} {clock}"
    return f"{day_words(until, local).removeprefix('op ')} {clock}"


def _opens_words(opens: dt.datetime, local: dt.datetime) -> str:
    clock = clock_words(opens)
    if clock == MIDNIGHT:
        return f"om {clock}" if _days_apart(opens, local) == 1 else f"{day_words(opens, local)} om 0u"
    return f"{day_words(opens, local)} om {clock}"


def clock_words(moment: dt.datetime) -> str:
    """ "9u", "9u30" or "middernacht"."""
    if moment.hour == 0 and moment.minute == 0:
        return MIDNIGHT
    return f"{moment.hour}u{moment.minute:02d}" if moment.minute else f"{moment.hour}u"


def day_words(moment: dt.datetime, local: dt.datetime) -> str:
    """The day of `moment` as seen from `local`: "vandaag", "morgen", "zaterdag" or "op 5 december"."""
    apart = _days_apart(moment, local)
    if apart == 0:
        return "vandaag"
    if apart == 1:
        return "morgen"
    if apart < 7:
        return _DAY_NAMES[moment.weekday()]
    return f"op {moment.day} {_MONTHS[moment.month - 1]}"


def _days_apart(moment: dt.datetime, local: dt.datetime) -> int:
    return (moment.date() - local.date()).days
