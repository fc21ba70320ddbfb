"""At which minutes of a week somebody answers, for each need and region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from referral_db.areas import covers, municipalities
from referral_db.codes import NEEDS, PROVINCES
from referral_db.opening_hours import DAY, LIVE_CHANNELS, Hours, channels_of
from referral_db.records import Record

WEEK = 7 * DAY
"""Minutes."""
_ALL = (1 << WEEK) - 1
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


@dataclass(frozen=True)
class Reach:
    """How many minutes of a week nobody answers for `need` in the worst served municipality of `region`.

    `first` is the first such minute in Dutch ("maandag om 2.05 uur"), "" where there is none. `single`: how many
    minutes only one service answers: when its line is busy, nobody does.
    """

    need: str
    region: str
    silent: int
    single: int
    first: str = ""


def reach(records: Iterable[Record], monday: dt.date) -> list[Reach]:
    """Looks at every minute of the week from `monday` on, public holidays included, in wall-clock time of Brussels.

    Only help in Dutch counts, and only hours that are known. `records` are published ones.
    """
    options = [record for record in records if any(row["code"] == "nl" for row in record["languages"])]
    answered = {record["slug"]: minutes for record in options if (minutes := open_minutes(record, monday))}
    options = [record for record in options if record["slug"] in answered]
    found = {region: dict.fromkeys(NEEDS, (_ALL, 0)) for region in PROVINCES}
    for place in municipalities().values():
        own = [
            record
            for record in options
            if any(covers(area["extent_type"], area["code"], place) for area in record["service_areas"])
        ]
        for need in NEEDS:
            heard = twice = 0
            for record in own:
                if need in record["needs"]:
                    minutes = answered[record["slug"]]
                    heard, twice = heard | minutes, twice | heard & minutes
            least, single = found[place.province][need]
            found[place.province][need] = (
                min(least, heard, key=int.bit_count),
                max(single, (heard & ~twice).bit_count()),
            )
    return [_reach(need, region, *found[region][need]) for need in NEEDS for region in PROVINCES]


def open_minutes(record: Record, monday: dt.date) -> int:
    """A bit for each minute of the week from `monday` on at which somebody is sure to answer, the first for 0.00."""
    rows = [Hours(**{name: row[name] for name in Hours._fields}) for row in record["schedules"]]
    minutes = 0
    for name, channel in channels_of(rows).items():
        for number in range(-1, 7) if name in LIVE_CHANNELS else ():
            for part in channel.ranges(monday + dt.timedelta(days=number)):
                if part.known:
                    minutes |= _span(number * DAY + part.start, number * DAY + part.end)
    return minutes & _ALL


def falling_short(rows: Iterable[Reach]) -> Mapping[tuple[str, str], str]:
    """The Dutch reason for each need and region where nobody answers at some minute."""
    return {
        (row.need, row.region): f"{_hours(row.silent)} per week antwoordt er niemand, voor het eerst op {row.first}"
        for row in rows
        if row.silent
    }


def _span(start: int, end: int) -> int:
    """The bits from `start` on, before `end`; those before the week fall away."""
    start = max(start, 0)
    return ((1 << (end - start)) - 1) << start if end > start else 0


def _reach(need: str, region: str, heard: int, single: int) -> Reach:
    silent = _ALL & ~heard
    if not silent:
        return Reach(need, region, 0, single)
    day, minute = divmod((silent & -silent).bit_length() - 1, DAY)
    return Reach(need, region, silent.bit_count(), single, f"{_DAYS[day]} om {minute // 60}.{minute % 60:02d} uur")


def _hours(minutes: int) -> str:
    return f"{minutes} minuten" if minutes < 60 else f"{minutes / 60:.0f} uur"
