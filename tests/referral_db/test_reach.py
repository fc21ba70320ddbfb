from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.codes import NEEDS, PROVINCES
from referral_db.opening_hours import BRUSSELS, DAY, LIVE_CHANNELS, Hours, channel_states
from referral_db.reach import WEEK, Reach, falling_short, open_minutes, reach
from referral_db.records import Record
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.record_strategies import schedules

MONDAY = dt.date(2026, 11, 23)
CHRISTMAS_WEEK = dt.date(2026, 12, 21)
PUBLISHED = [record for record in read_seed()[0] if record["state"] == "published"]
LUMI = next(record for record in PUBLISHED if record["slug"] == "lumi")
ALL_DAY: dict[str, Any] = {
    "attending_type": "telefoon",
    "byday": "MO,TU,WE,TH,FR,SA,SU",
    "opens_at": "00:00",
    "closes_at": "24:00",
    "on_public_holidays": True,
}


def _record(slug: str, *rows: dict[str, Any], **changes: Any) -> Record:
    areas = [{"extent_type": "land", "code": "BE"}]
    record, problems = complete(LUMI | {"slug": slug, "schedules": list(rows), "service_areas": areas} | changes)
    assert problems == []
    return record


def _of(rows: list[Reach], need: str = "lhbti", region: str = "Limburg") -> Reach:
    return next(row for row in rows if (row.need, row.region) == (need, region))


@pytest.mark.parametrize("monday", [MONDAY, CHRISTMAS_WEEK], ids=["a usual week", "Christmas"])
def test_at_every_minute_of_the_week_somebody_answers_for_every_need_in_every_region(monday: dt.date) -> None:
    rows = reach(PUBLISHED, monday)
    assert [(row.need, row.region) for row in rows] == [(need, region) for need in NEEDS for region in PROVINCES]
    assert falling_short(rows) == {}


@pytest.mark.parametrize("need", NEEDS)
def test_at_night_it_is_one_line_for_every_need(need: str) -> None:
    """What the guide depends on: without Tele-Onthaal nobody would answer at some minute."""
    others = [record for record in PUBLISHED if record["slug"] != "tele-onthaal-106"]
    without = falling_short(reach(others, MONDAY))
    assert {(need, region) for region in PROVINCES} <= set(without)
    assert _of(reach(PUBLISHED, MONDAY), need).single > 8 * 60 * 7


@settings(max_examples=25, deadline=None)
@given(st.lists(schedules, max_size=3), st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 1)))
def test_the_minutes_are_those_at_which_the_state_is_open(rows: list[dict[str, Any]], day: dt.date) -> None:
    monday = day - dt.timedelta(days=day.weekday())
    record = _record("een", *rows)
    found = open_minutes(record, monday)
    hours = [Hours(**{name: row[name] for name in Hours._fields}) for row in record["schedules"]]
    for minute in range(0, WEEK, 61):
        at = dt.datetime.combine(monday, dt.time(), BRUSSELS) + dt.timedelta(minutes=minute)  # wall clock
        if at.astimezone(dt.UTC).astimezone(BRUSSELS).replace(fold=0) != at.replace(fold=0):
            continue  # a minute that the clock skips
        states = channel_states(hours, at)
        is_open = any(state == "open" for channel, state in states.items() if channel in LIVE_CHANNELS)
        assert bool(found >> minute & 1) == is_open, at


def test_a_gap_is_named_with_its_first_minute() -> None:
    short = ALL_DAY | {"byday": "MO", "opens_at": "02:05", "closes_at": "03:00"}
    rows = reach([_record("een", ALL_DAY | {"byday": "TU,WE,TH,FR,SA,SU"}), _record("twee", short)], MONDAY)
    row = _of(rows)
    assert (row.silent, row.single, row.first) == (DAY - 55, WEEK - DAY + 55, "maandag om 0.00 uur")
    assert (
        falling_short(rows)["lhbti", "Limburg"]
        == "23 uur per week antwoordt er niemand, voor het eerst op " + row.first
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"languages": [{"code": "fr"}]},
        {"schedules": [ALL_DAY | {"attending_type": "mail"}]},
        {"schedules": []},
        {"service_areas": [{"extent_type": "gemeente", "code": "11002"}]},
        {"needs": ["ontrouw"]},
    ],
    ids=["another language", "no live channel", "hours unknown", "elsewhere", "another need"],
)
def test_what_does_not_count(changes: dict[str, Any]) -> None:
    record = _record("een", ALL_DAY)
    assert _of(reach([record], MONDAY)).silent == 0
    assert _of(reach([complete(record | changes)[0]], MONDAY)).silent == WEEK


def test_the_worst_served_municipality_counts_and_two_lines_are_not_one() -> None:
    antwerp = [{"extent_type": "gemeente", "code": "11002"}]
    everywhere, there = _record("een", ALL_DAY), _record("twee", ALL_DAY, service_areas=antwerp)
    assert _of(reach([everywhere, there], MONDAY), region="Antwerpen") == Reach("lhbti", "Antwerpen", 0, WEEK)
    two = [everywhere, _record("drie", ALL_DAY)]
    assert _of(reach(two, MONDAY)) == Reach("lhbti", "Limburg", 0, 0)
