"""The hours of a service as a week, exceptions and what is neither: nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_db.curation import week_form
from referral_db.curation.forms import Form
from referral_db.curation.service_form import form_of, raw_record
from referral_db.opening_hours import Hours, channel_states
from referral_db.records import differences
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.curation.conftest import NOW, service
from tests.referral_db.curation.site_client import Page, changed
from tests.referral_db.record_strategies import schedules

if TYPE_CHECKING:
    from referral_db.records import Problem, Record
    from tests.referral_db.curation.site_client import SiteClient

DRAFT = "/diensten/schets"
WEEK = "schedules-week-telefoon"


def record(*rows: Record) -> Record:
    complete_record, problems = complete(service("lamp", schedules=list(rows)))
    assert not problems
    return complete_record


def usual(byday: str, opens: str | None, closes: str | None, **more: object) -> Record:
    return {"attending_type": "telefoon", "byday": byday, "opens_at": opens, "closes_at": closes, **more}


def saved(base: Record, **typed: str | list[str]) -> tuple[list[Record], list[Problem]]:
    """The rows that come of the form of `base` with some fields typed over."""
    raw, problems = raw_record(Form(changed(form_of(base).pairs, **typed)), base, NOW)
    after, wrong = complete(raw)
    return after["schedules"], problems + wrong


def test_the_week_of_every_service_of_the_seed_is_shown_in_the_grid_and_comes_back_the_same() -> None:
    records, _ = read_seed()
    with_hours = [one for one in records if one["schedules"]]
    assert len(with_hours) > 30
    for one in with_hours:
        parts = week_form.parts_of(one["schedules"])
        assert (parts.special, parts.kept) == ([], []), one["slug"]
        rows, problems = saved(one)
        assert not problems
        assert rows == one["schedules"] or differences({"schedules": one["schedules"]}, {"schedules": rows}) == []


@settings(deadline=None, max_examples=150)
@given(st.lists(schedules, max_size=6))
def test_whatever_the_model_can_say_comes_back_unchanged(rows: list[Record]) -> None:
    base = record(*rows)
    after, problems = saved(base)
    assert not problems
    assert differences({"schedules": base["schedules"]}, {"schedules": after}) == []


@settings(deadline=None, max_examples=50)
@given(st.lists(schedules, max_size=4), st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31)))
def test_a_change_to_one_channel_leaves_the_others_as_they_were(rows: list[Record], at: dt.datetime) -> None:
    base = record(*(row for row in rows if row["attending_type"] != "chat"))
    after, problems = saved(base, **{"schedules-week-chat-SU-van-1": "9u", "schedules-week-chat-SU-tot-1": "12"})
    assert not problems
    moment = at.replace(tzinfo=NOW.tzinfo)
    before = channel_states([Hours(**_without_words(row)) for row in base["schedules"]], moment)
    now = channel_states([Hours(**_without_words(row)) for row in after], moment)
    assert {name: state for name, state in now.items() if name != "chat"} == before
    assert "chat" in now


def _without_words(row: Record) -> Record:
    return {name: value for name, value in row.items() if name != "description"}


def test_what_no_field_can_say_is_kept_as_text_until_it_is_taken_away() -> None:
    base = record(usual("MO,TU", "09:00", "17:00"))
    odd = base["schedules"][0] | {"byday": "TU,MO"}
    base["schedules"].append(odd)
    form = form_of(base)
    assert [text for _, text in week_form.shown_kept(form)] == ["telefoon · di ma · 09:00 – 17:00"]
    assert odd in saved(base)[0]
    assert odd not in saved(base, **{"schedules-blijft-0-wis": "ja"})[0]
    problems = saved(base, **{"schedules-blijft-0-rij": '{"byday": "MO"}'})[1]
    assert [problem.column for problem in problems] == ["schedules-blijft-0"]


def test_a_form_without_hours_changes_no_hours() -> None:
    special = usual("SA", "10:00", "12:00", interval=2, dtstart="2026-11-07")
    holiday = usual("FR", None, None, closed=True, valid_from="2026-12-25", valid_to="2026-12-25")
    base = record(usual("MO", "09:00", "17:00"), special, holiday)
    form = Form((name, value) for name, value in form_of(base).pairs if not name.startswith("schedules-"))
    raw, problems = raw_record(form, base, NOW)
    assert not problems
    assert differences({"schedules": base["schedules"]}, {"schedules": complete(raw)[0]["schedules"]}) == []


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ({"MO-van-1": "9u", "MO-tot-1": "12", "MO-van-2": "13.30", "MO-tot-2": "17u30"},
         [("MO", "09:00", "12:00"), ("MO", "13:30", "17:30")]),
        ({"MO-van-1": "22", "MO-tot-1": "2u"}, [("MO", "22:00", "02:00")]),
        ({"MO-soort": "dag_en_nacht", "WE-soort": "dag_en_nacht"}, [("MO,WE", "00:00", "24:00")]),
        ({"SU-soort": "niet_bekend", "MO-van-1": "9", "MO-tot-1": "10"},
         [("SU", None, None), ("MO", "09:00", "10:00")]),
        ({}, []),
    ],
)  # fmt: skip
def test_days_as_they_are_typed(typed: dict[str, str], rows: list[tuple[str, str | None, str | None]]) -> None:
    after, problems = saved(record(), **{f"{WEEK}-{name}": value for name, value in typed.items()})
    assert not problems
    assert [(row["byday"], row["opens_at"], row["closes_at"]) for row in after] == rows


@pytest.mark.parametrize(
    ("typed", "place", "words"),
    [
        ({"MO-van-1": "straks", "MO-tot-1": "12"}, "MO-van-1", "is geen uur"),
        ({"MO-van-1": "9"}, "MO-tot-1", "Dit uur ontbreekt"),
        ({"MO-van-2": "24:00", "MO-tot-2": "2"}, "MO-van-2", "is geen uur"),
        ({"TU-soort": "uren"}, "TU-van-1", "Vul in van wanneer"),
        ({"TU-soort": "gesloten", "TU-van-1": "9", "TU-tot-1": "12"}, "TU-soort", "Wis de uren"),
        ({"TU-soort": "gesloten"}, "MO-soort", "Geen enkele dag is open"),
        ({"uitleg": "na afspraak"}, "uitleg", "hoort bij uren"),
        ({"MO-soort": "dag_en_nacht", "uitleg": "x" * 201}, "uitleg", "langer dan 200"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(typed: dict[str, str], place: str, words: str) -> None:
    _, problems = saved(record(), **{f"{WEEK}-{name}": value for name, value in typed.items()})
    assert [problem.column for problem in problems] == [f"{WEEK}-{place}"]
    assert words in problems[0].reason


def test_an_exception_is_a_day_or_a_period_for_one_channel_or_all() -> None:
    line = {"valid_from": "2026-12-25", "soort": "gesloten", "attending_type": "alle"}
    typed = {f"schedules-uitzonderingen-0-{name}": value for name, value in line.items()}
    after, problems = saved(record(), **{"schedules-uitzonderingen-aantal": "1"}, **typed)
    assert not problems
    day = dt.date(2026, 12, 25)
    assert [(row["attending_type"], row["valid_from"], row["valid_to"], row["closed"]) for row in after] == [
        ("telefoon", day, day, True),
        ("ter_plaatse", day, day, True),
    ]
    assert len(week_form.parts_of(after).exceptions) == 2


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"valid_from": "2026-12-25", "soort": "uren"}, ["opens_at", "closes_at"]),
        ({"valid_from": "2026-12-25", "soort": "gesloten", "opens_at": "9"}, ["soort"]),
        ({"valid_from": "2026-12-25", "valid_to": "2026-12-24", "soort": "gesloten"}, ["valid_to"]),
        ({"valid_from": "kerst", "soort": "gesloten"}, ["valid_from"]),
        ({"opens_at": "9", "closes_at": "10", "soort": "uren"}, ["valid_from"]),
    ],
)
def test_what_is_wrong_with_an_exception_is_said_once(line: dict[str, str], place: list[str]) -> None:
    fields = {"schedules-uitzonderingen-aantal": "1", "schedules-uitzonderingen-0-attending_type": "alle"}
    fields |= {f"schedules-uitzonderingen-0-{name}": value for name, value in line.items()}
    _, problems = saved(record(), **fields)
    assert [problem.column.rpartition("-")[2] for problem in problems][: len(place)] == place


def test_monday_is_copied_and_a_third_time_is_given_without_javascript(editor: SiteClient) -> None:
    copied = editor.change(DRAFT, button={"neem_over": "telefoon/werkdagen"})
    pairs = Page(copied.text).form(DRAFT)
    assert {(f"{WEEK}-{day}-van-1", "09:00") for day in ("MO", "TU", "WE", "TH", "FR")} <= set(pairs)
    assert (f"{WEEK}-SA-van-1", "") in pairs
    more = editor.send(DRAFT, [*pairs, ("meer", WEEK)])
    assert f'name="{WEEK}-MO-van-3"' in more.text
    assert (f"{WEEK}-FR-van-1", "09:00") in Page(more.text).form(DRAFT)  # what was copied is still there
    assert "open" in more.text.split(f'id="{WEEK}"')[1][:10]


def test_every_cell_says_its_channel_and_day(editor: SiteClient) -> None:
    page = editor.get(DRAFT).text
    assert 'aria-label="telefoon, zondag: tot (2e keer)"' in page
    assert 'aria-label="chat, maandag: open of niet"' in page
    assert "Chat: uren niet bekend" in page


def test_a_channel_with_special_hours_alone_is_not_called_unknown() -> None:
    base = record(usual("SA", "10:00", "12:00", interval=2, dtstart="2026-11-07"))
    shown = {one.code: one for one in week_form.shown_weeks(form_of(base), ())}
    assert (shown["telefoon"].has_hours, shown["telefoon"].has_others) == (False, True)
    assert (shown["chat"].has_hours, shown["chat"].has_others) == (False, False)
