"""When a service can be reached, against a slow reading of the same rules, minute by minute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.opening_hours import (
    BRUSSELS,
    Hours,
    channel_states,
    channels_of,
    opening_state,
    public_holidays,
    states_in,
)

WORKDAYS = "MO,TU,WE,TH,FR"
DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def at(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BRUSSELS, fold=fold)


def words(rows: Sequence[Hours], moment: str) -> str:
    return opening_state(rows, at(moment)).text


OFFICE = Hours("telefoon", byday=WORKDAYS, opens_at="09:00", closes_at="17:30", on_public_holidays=False)
EVENING = Hours("telefoon", opens_at="20:00", closes_at="02:00", on_public_holidays=True)
ALWAYS = Hours("telefoon", opens_at="00:00", closes_at="24:00")


@pytest.mark.parametrize(
    ("row", "moment", "expected"),
    [
        pytest.param(OFFICE, "2026-11-23T10:00", "open tot 17u30", id="open"),
        pytest.param(OFFICE, "2026-11-23T17:29", "open tot 17u30", id="last minute"),
        pytest.param(OFFICE, "2026-11-23T17:30", "opent morgen om 9u", id="closed at the minute"),
        pytest.param(OFFICE, "2026-11-23T03:10", "opent vandaag om 9u", id="at night, the same date"),
        pytest.param(OFFICE, "2026-11-27T18:00", "opent maandag om 9u", id="over the weekend"),
        pytest.param(OFFICE, "2026-12-24T18:00", "opent maandag om 9u", id="over Christmas and the weekend"),
        pytest.param(OFFICE._replace(closes_at="24:00"), "2026-11-23T10:00", "open tot middernacht", id="24:00"),
        pytest.param(EVENING, "2026-11-23T23:00", "open tot 2u", id="past midnight, before it"),
        pytest.param(EVENING, "2026-11-23T01:59", "open tot 2u", id="past midnight, after it"),
        pytest.param(EVENING, "2026-11-23T02:00", "opent vandaag om 20u", id="past midnight, over"),
        pytest.param(
            EVENING._replace(opens_at="00:00"), "2026-11-23T23:00", "opent om middernacht", id="opens at 0:00"
        ),
        pytest.param(ALWAYS, "2026-11-23T03:10", "dag en nacht open", id="always"),
        pytest.param(ALWAYS, "2026-12-25T03:10", "dag en nacht open", id="always, and on Christmas"),
        pytest.param(ALWAYS._replace(closes_at="00:00"), "2026-11-23T03:10", "dag en nacht open", id="0:00 to 0:00"),
        pytest.param(
            ALWAYS._replace(byday="FR,SA,SU"), "2026-11-27T22:00", "open tot zondag middernacht", id="all weekend"
        ),
        pytest.param(
            OFFICE._replace(opens_at=None, closes_at=None), "2026-11-23T10:00", "uren niet bekend", id="hour not known"
        ),
        pytest.param(
            OFFICE._replace(opens_at=None, closes_at=None),
            "2026-11-28T10:00",
            "open maandag, uur niet bekend",
            id="only the day known",
        ),
        pytest.param(
            OFFICE._replace(on_public_holidays=None),
            "2026-11-11T10:00",
            "uren op deze feestdag niet bekend",
            id="holiday, not known",
        ),
        pytest.param(
            OFFICE._replace(on_public_holidays=True), "2026-11-11T10:00", "open tot 17u30", id="holiday, open"
        ),
        pytest.param(OFFICE, "2026-11-11T10:00", "opent morgen om 9u", id="holiday, closed"),
        pytest.param(OFFICE._replace(valid_to=dt.date(2026, 1, 1)), "2026-11-23T10:00", "nu gesloten", id="ended"),
        pytest.param(
            OFFICE._replace(valid_from=dt.date(2026, 12, 7)),
            "2026-11-23T10:00",
            "opent op 7 december om 9u",
            id="later",
        ),
        pytest.param(
            OFFICE._replace(interval=2, dtstart=dt.date(2026, 11, 17)),
            "2026-11-23T10:00",
            "opent op 30 november om 9u",
            id="every second week",
        ),
        pytest.param(OFFICE._replace(interval=2), "2026-11-23T10:00", "uren niet bekend", id="which week, not known"),
        pytest.param(
            OFFICE._replace(freq="MONTHLY", byday="1TU,-1MO"),
            "2026-11-28T10:00",
            "opent maandag om 9u",
            id="last Monday",
        ),
        pytest.param(
            OFFICE._replace(freq="MONTHLY", byday="1TU,-1MO"),
            "2026-11-30T18:00",
            "opent morgen om 9u",
            id="first Tuesday",
        ),
        pytest.param(OFFICE._replace(byday="XX"), "2026-11-23T10:00", "uren niet bekend", id="unreadable day"),
    ],
)
def test_the_words_for_one_row(row: Hours, moment: str, expected: str) -> None:
    assert words([row], moment) == expected


def test_without_hours_the_state_is_unknown() -> None:
    assert opening_state([], at("2026-11-23T10:00")).text == "uren niet bekend"


def test_an_exception_replaces_the_usual_hours_on_its_days() -> None:
    half_day = OFFICE._replace(closes_at="12:00", valid_from=dt.date(2026, 12, 24), valid_to=dt.date(2026, 12, 24))
    assert words([OFFICE, half_day], "2026-12-24T13:00") == "opent maandag om 9u"
    assert words([OFFICE, half_day], "2026-12-24T11:00") == "open tot 12u"
    assert words([OFFICE, half_day], "2026-12-23T13:00") == "open tot 17u30"


def test_an_exception_for_one_date_holds_on_a_holiday() -> None:
    on_christmas = Hours(
        "telefoon",
        opens_at="10:00",
        closes_at="12:00",
        valid_from=dt.date(2026, 12, 25),
        valid_to=dt.date(2026, 12, 25),
    )
    assert words([OFFICE, on_christmas], "2026-12-25T11:00") == "open tot 12u"


def test_a_closed_row_closes_its_days_or_its_hours() -> None:
    days = Hours("telefoon", closed=True, valid_from=dt.date(2026, 11, 23), valid_to=dt.date(2026, 11, 29))
    assert words([OFFICE, days], "2026-11-24T10:00") == "opent maandag om 9u"
    lunch = Hours("telefoon", byday=WORKDAYS, opens_at="12:00", closes_at="13:00", closed=True)
    assert words([OFFICE, lunch], "2026-11-24T10:00") == "open tot 12u"
    assert words([OFFICE, lunch], "2026-11-24T12:30") == "opent vandaag om 13u"


def test_a_closed_day_keeps_the_night_that_began_before_it() -> None:
    closed = Hours("telefoon", closed=True, valid_from=dt.date(2026, 11, 24), valid_to=dt.date(2026, 11, 24))
    assert words([EVENING, closed], "2026-11-24T01:00") == "open tot 2u"
    assert words([EVENING, closed], "2026-11-24T21:00") == "opent morgen om 20u"


def test_the_words_name_the_channel_where_channels_differ() -> None:
    chat = Hours("chat", opens_at="18:00", closes_at="23:00", on_public_holidays=True)
    assert words([OFFICE, chat], "2026-11-23T19:00") == "open tot 23u (chat)"
    assert words([OFFICE, chat], "2026-11-23T10:00") == "open tot 17u30 (telefoon)"
    assert words([OFFICE, OFFICE._replace(attending_type="chat")], "2026-11-23T10:00") == "open tot 17u30"
    assert opening_state([OFFICE, chat], at("2026-11-23T19:00"), ["telefoon"]).text == "opent morgen om 9u"


def test_a_website_answers_nobody() -> None:
    site = Hours("website", opens_at="00:00", closes_at="24:00")
    assert opening_state([site], at("2026-11-23T10:00")).state == "unknown"


@pytest.mark.parametrize(
    ("opens", "moment", "until"),
    [
        pytest.param("2026-03-28T22:00", at("2026-03-29T01:59"), at("2026-03-29T05:00"), id="night of 23 hours"),
        pytest.param("2026-10-24T22:00", at("2026-10-25T02:30"), at("2026-10-25T05:00"), id="night of 25, first 02:30"),
        pytest.param("2026-10-24T22:00", at("2026-10-25T02:30", 1), at("2026-10-25T05:00"), id="second 02:30"),
    ],
)
def test_both_clock_changes(opens: str, moment: dt.datetime, until: dt.datetime) -> None:
    night = Hours("telefoon", opens_at=opens[-5:], closes_at="05:00", on_public_holidays=True)
    state = opening_state([night], moment)
    assert state.text == "open tot 5u"
    assert state.until is not None
    assert state.until.timestamp() == until.timestamp()


def test_the_legal_holidays_of_2026() -> None:
    legal = ["01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"]
    assert {dt.date.fromisoformat(f"2026-{day}") for day in legal} <= public_holidays(2026)


# The oracle: the rules of the module read for one minute of one day, without ranges and without arithmetic on time.


def oracle(rows: Sequence[Hours], moment: dt.datetime) -> str:
    local = moment.astimezone(BRUSSELS)
    day, minute = local.date(), local.hour * 60 + local.minute
    marks = oracle_day(rows, day, minute) | oracle_day(rows, day - dt.timedelta(days=1), minute + 24 * 60)
    return "open" if "open" in marks else "unknown" if "unknown" in marks else "closed"


def oracle_day(rows: Sequence[Hours], day: dt.date, minute: int) -> set[str]:
    replacing = [row for row in rows if row.valid_from and row.valid_to and not row.closed and rule(row, day) != "no"]
    marks: set[str] = set()
    for row in rows:
        if row.closed or (row not in replacing and (replacing or (row.valid_from and row.valid_to))):
            continue
        if rule(row, day) == "no" or not within(row, minute):
            continue
        holiday = day in public_holidays(day.year) and not (row.valid_from and row.valid_from == row.valid_to)
        if holiday and row.on_public_holidays is False and rule(row, day) == "yes":
            continue
        sure = rule(row, day) == "yes" and bool(row.opens_at and row.closes_at)
        marks.add("open" if sure and (not holiday or row.on_public_holidays) else "unknown")
    for row in rows:
        if row.closed and rule(row, day) != "no" and (not (row.opens_at and row.closes_at) or within(row, minute)):
            marks = set() if rule(row, day) == "yes" else {"unknown"} if marks else set()
    return marks


def within(row: Hours, minute: int) -> bool:
    if not row.opens_at:
        return minute < 24 * 60
    start = int(row.opens_at[:2]) * 60 + int(row.opens_at[3:])
    if not row.closes_at:
        return start <= minute < 24 * 60
    end = int(row.closes_at[:2]) * 60 + int(row.closes_at[3:])
    return start <= minute < (end if end > start else end + 24 * 60)


def rule(row: Hours, day: dt.date) -> str:
    first = max([d for d in (row.valid_from, row.dtstart) if d], default=dt.date.min)
    if not first <= day <= (row.valid_to or dt.date.max) or DAY_NAMES[day.weekday()] not in row.byday.split(","):
        return "no"
    if row.interval == 1:
        return "yes"
    if not row.dtstart:
        return "perhaps"
    first_week = row.dtstart.toordinal() - row.dtstart.weekday()
    return "yes" if (day.toordinal() - day.weekday() - first_week) % (7 * row.interval) == 0 else "no"


FIRST_DAY = dt.date(2026, 1, 1)
# Around both clock changes, a holiday on a weekday, Christmas and New Year, and anywhere in two years.
INTERESTING = [dt.date(2026, 3, 28), dt.date(2026, 10, 24), dt.date(2026, 11, 10), dt.date(2026, 12, 24)]
days = st.sampled_from([*INTERESTING, dt.date(2026, 12, 31), dt.date(2027, 3, 27)]) | st.dates(
    FIRST_DAY, dt.date(2027, 12, 25)
)
clocks = st.builds(lambda h, m: f"{h:02d}:{m:02d}", st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@st.composite
def hours(draw: st.DrawFn, around: dt.date) -> Hours:
    byday = ",".join(draw(st.lists(st.sampled_from(DAY_NAMES), min_size=1, max_size=6, unique=True)))
    near = st.dates(around - dt.timedelta(days=4), around + dt.timedelta(days=4))
    opens = draw(st.none() | clocks | clocks | clocks)
    return Hours(
        "telefoon",
        interval=draw(st.sampled_from([1, 1, 1, 2, 3])),
        byday=byday,
        opens_at=opens,
        closes_at=draw(st.none() | clocks | clocks | clocks | st.just("24:00")) if opens else None,
        valid_from=draw(st.none() | near),
        valid_to=draw(st.none() | near),
        dtstart=draw(st.none() | near),
        closed=draw(st.sampled_from([False, False, False, True])),
        on_public_holidays=draw(st.sampled_from([True, False, None])),
    )


@st.composite
def schedules(draw: st.DrawFn) -> tuple[list[Hours], dt.date]:
    around = draw(days)
    return draw(st.lists(hours(around), min_size=1, max_size=4)), around


@settings(max_examples=40, deadline=None)
@given(schedules())
def test_every_minute_of_three_days_agrees_with_the_oracle(case: tuple[list[Hours], dt.date]) -> None:
    rows, first = case
    midnight = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC)
    minutes = [midnight + dt.timedelta(minutes=minute) for minute in range(0, 3 * 24 * 60, 7)]
    assert [channel_states(rows, m)["telefoon"] for m in minutes] == [oracle(rows, m) for m in minutes]


@settings(max_examples=4, deadline=None)
@given(schedules())
def test_two_years_agree_with_the_oracle_at_every_minute_at_which_anything_may_change(
    case: tuple[list[Hours], dt.date],
) -> None:
    rows, _ = case
    clocks = {row.opens_at for row in rows} | {row.closes_at for row in rows if row.closes_at != "24:00"} | {"00:00"}
    turns = [int(clock[:2]) * 60 + int(clock[3:]) for clock in clocks if clock]
    minutes = sorted({(turn + step) % (24 * 60) for turn in turns for step in (-1, 0)})
    midnights = (dt.datetime.combine(FIRST_DAY + dt.timedelta(days=n), dt.time(), BRUSSELS) for n in range(730))
    moments = [day + dt.timedelta(minutes=minute) for day in midnights for minute in minutes]  # on the wall clock
    hours = channels_of(rows)
    # Between two of these minutes no rule turns, so that they stand for all of the two years.
    assert [states_in(hours, moment)["telefoon"] for moment in moments] == [oracle(rows, moment) for moment in moments]


@settings(max_examples=60, deadline=None)
@given(schedules(), st.integers(0, 2 * 24 * 60))
def test_the_next_change_agrees_with_the_oracle(case: tuple[list[Hours], dt.date], offset: int) -> None:
    rows, first = case
    now = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC) + dt.timedelta(minutes=offset)
    state = opening_state(rows, now)
    assert state.state == oracle(rows, now)
    change = state.until or state.opens
    if change is None or state.state == "unknown":
        return
    change = change.astimezone(dt.UTC)
    wanted = oracle(rows, change)
    assert (wanted == "open") if state.opens else (wanted != "open")
    minutes = min(int((change - now).total_seconds()) // 60, 4 * 24 * 60)
    before = {oracle(rows, now + dt.timedelta(minutes=minute)) for minute in range(minutes)}
    assert before == {"open"} if state.until else "open" not in before


def test_two_years_of_a_line_with_two_shifts_agree_with_the_oracle() -> None:
    rows = [
        Hours("telefoon", byday=WORKDAYS, opens_at="22:30", closes_at="03:15"),
        Hours("telefoon", byday="SA,SU", opens_at="13:00", closes_at="24:00", on_public_holidays=False),
        Hours("telefoon", closed=True, valid_from=dt.date(2026, 7, 20), valid_to=dt.date(2026, 7, 26)),
    ]
    start = dt.datetime.combine(FIRST_DAY, dt.time(), tzinfo=dt.UTC)
    moments = [start + dt.timedelta(minutes=15 * step) for step in range(730 * 24 * 4)]
    expected = [oracle(rows, moment) for moment in moments]
    assert [channel_states(rows, moment)["telefoon"] for moment in moments] == expected
    assert sum(one != other for one, other in pairwise(expected)) > 1000
