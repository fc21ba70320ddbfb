"""The time that somebody asked for, against opening hours."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.nlu import wished_time as understood
from referral_db.opening_hours import BRUSSELS, Hours, channels_of
from referral_db.wished_time import ANY_TIME, NOW, OpenThen, open_then, time_in_words, windows

NIGHT = dt.datetime(2026, 11, 23, 3, 10, tzinfo=BRUSSELS)
"""A Monday."""
DAY = dt.datetime(2026, 11, 24, 14, 10, tzinfo=BRUSSELS)
OFFICE = [
    Hours("telefoon", byday="MO,TU,WE,TH,FR", opens_at="09:00", closes_at="12:00"),
    Hours("telefoon", byday="MO,TU,WE,TH,FR", opens_at="13:00", closes_at="17:30"),
    Hours("chat", byday="WE", opens_at="20:00", closes_at="23:00"),
]
ALWAYS = [Hours("telefoon", opens_at="00:00", closes_at="24:00", on_public_holidays=True)]


def _spans(code: str, at: dt.datetime) -> list[str]:
    return [f"{start:%a %H:%M}-{end:%a %H:%M}" for start, end in windows(code, at)]


@pytest.mark.parametrize(
    ("code", "at", "expected"),
    [
        pytest.param("nu", DAY, ["Tue 14:10-Tue 14:11"], id="now"),
        pytest.param("altijd", DAY, [], id="any time"),
        pytest.param("morgen 8-12", DAY, ["Wed 08:00-Wed 12:00"], id="tomorrow"),
        pytest.param("morgen 8-12", NIGHT, ["Mon 08:00-Mon 12:00"], id="tomorrow, said at night"),
        pytest.param("overmorgen 8-12", NIGHT, ["Tue 08:00-Tue 12:00"], id="the day after, said at night"),
        pytest.param("vandaag 13-18", DAY, ["Tue 14:10-Tue 18:00"], id="what is left of it"),
        pytest.param("vandaag 8-12", DAY, ["Tue 14:10-Tue 15:10"], id="over: the next hour"),
        pytest.param("vandaag 22-7", NIGHT, ["Mon 03:10-Mon 07:00"], id="this night, at night"),
        pytest.param("vandaag 22-7", DAY, ["Tue 22:00-Wed 07:00"], id="this night, by day"),
        pytest.param("weekend 8-22", DAY, ["Sat 08:00-Sat 22:00", "Sun 08:00-Sun 22:00"], id="weekend"),
        pytest.param(
            "dinsdag 17-22", DAY, ["Tue 17:00-Tue 22:00", "Tue 17:00-Tue 22:00"], id="today's name: also next"
        ),
    ],
)
def test_a_code_on_the_clock(code: str, at: dt.datetime, expected: list[str]) -> None:
    assert _spans(code, at) == expected


@pytest.mark.parametrize("code", ["morgen", "morgen 8-25", "ooit 8-12", "nu 8-12", "morgen 24-3", ""])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not a code of a time"):
        windows(code, DAY)


def test_every_day_that_is_understood_has_a_meaning() -> None:
    for day in understood.DAYS:
        assert windows(f"{day} 8-22", DAY)
        assert time_in_words(f"{day} 8-22").endswith(" 8-22u")
    assert (understood.NOW, understood.ANY_TIME) == (NOW, ANY_TIME)


@pytest.mark.parametrize(
    ("hours", "asked", "code", "at", "expected"),
    [
        pytest.param(
            OFFICE, "", "morgen 8-12", DAY, OpenThen("open", "open morgen van 9 tot 12u"), id="tomorrow morning"
        ),
        pytest.param(
            OFFICE,
            "",
            "morgen 9-17",
            DAY,
            OpenThen("open", "open morgen van 9 tot 12u en van 13 tot 17u30"),
            id="two ranges",
        ),
        pytest.param(
            OFFICE, "", "elke 17-22", DAY, OpenThen("open", "open vandaag van 13 tot 17u30"), id="half an hour"
        ),
        pytest.param(OFFICE, "chat", "elke 20-23", DAY, OpenThen("open", "open morgen van 20 tot 23u"), id="by chat"),
        pytest.param(OFFICE, "chat", "morgen 8-12", DAY, OpenThen("closed"), id="not by chat"),
        pytest.param(OFFICE, "", "weekend 8-22", DAY, OpenThen("closed"), id="weekend"),
        pytest.param(OFFICE, "", "nu", DAY, OpenThen("open", "nu bereikbaar"), id="now"),
        pytest.param(OFFICE, "", "nu", NIGHT, OpenThen("closed"), id="now, at night"),
        pytest.param(ALWAYS, "", "vandaag 22-7", NIGHT, OpenThen("open", "dag en nacht open"), id="day and night"),
        pytest.param([], "", "morgen 8-12", DAY, OpenThen("unknown"), id="no hours known"),
        pytest.param(
            [Hours("telefoon")], "", "morgen 8-12", DAY, OpenThen("unknown"), id="open that day, hours not known"
        ),
    ],
)
def test_who_is_open_then(hours: list[Hours], asked: str, code: str, at: dt.datetime, expected: OpenThen) -> None:
    channels = frozenset({asked} if asked else ())
    assert open_then(channels_of(hours), channels, windows(code, at), at) == expected


def test_a_day_whose_clock_changes() -> None:
    before = dt.datetime(2026, 10, 24, 22, 0, tzinfo=BRUSSELS)
    assert open_then(channels_of(ALWAYS), frozenset(), windows("vandaag 22-7", before), before).state == "open"
