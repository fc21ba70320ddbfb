"""Counts out of which nobody can be read.

What may be seen is compared for two worlds that differ by one person. For each noise in the one world there is a noise
in the other, hardly less likely, that gives the same to see: so nothing that can be seen is proof of that person.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from referral_db import counters
from referral_db.codes import NEEDS, PROVINCES, RISKS
from referral_db.counters import CELLS, EPSILON, FROM, KEPT_WEEKS, STEP, TABLES, Cell, Counted, Counters, rounded
from referral_db.database import make_session_factory, upgrade

MONDAY = dt.date(2026, 11, 23)
SILENCE = dict.fromkeys(CELLS, 0)

cells = st.sampled_from(CELLS)
worlds = st.lists(st.dictionaries(cells, st.integers(0, 40), max_size=12), min_size=1, max_size=4)
"""Exact counts, week after week."""
people = st.lists(st.tuples(st.integers(0, 3), cells), min_size=1, max_size=6)
"""What one person does: in which week, in which cell."""
noises = st.dictionaries(cells, st.integers(-12, 12), max_size=30)


class Still(random.Random):
    """Chance that always says stop: no noise."""

    def random(self) -> float:
        return 1.0


def seen(weeks: list[Counter[Cell]], noise: list[dict[Cell, int]]) -> list[dict[Cell, int]]:
    """All that ever leaves memory: a table for each week. Pages, sums and comparisons are made out of it."""
    return [rounded(counts, SILENCE | noise[week]) for week, counts in enumerate(weeks)]


@given(worlds, people, st.lists(noises, min_size=4, max_size=4))
@settings(max_examples=200, deadline=None)
def test_one_person_more_or_less_can_never_be_seen_with_certainty(
    world: list[dict[Cell, int]], person: list[tuple[int, Cell]], noise: list[dict[Cell, int]]
) -> None:
    without = [Counter(counts) for counts in world]
    with_them = [Counter(counts) for counts in world]
    other_noise = [dict(one) for one in noise]
    unlikelier = 0
    for week, cell in person:
        if week < len(world):
            with_them[week][cell] += 1
            before = other_noise[week].get(cell, 0)
            other_noise[week][cell] = before - 1
            unlikelier += abs(before - 1) - abs(before)
    assert seen(without, noise) == seen(with_them, other_noise)
    # How much less likely that noise is: a factor e**EPSILON for each thing that the person did, at most.
    assert math.exp(-EPSILON * unlikelier) >= math.exp(-EPSILON * len(person)) > 0


@given(worlds, st.lists(noises, min_size=4, max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_is_seen_is_rounded_to_5_and_starts_at_10(
    world: list[dict[Cell, int]], noise: list[dict[Cell, int]]
) -> None:
    for week, table in enumerate(seen([Counter(counts) for counts in world], noise)):
        for cell, count in table.items():
            assert count >= FROM
            assert count % STEP == 0
            assert abs(count - world[week].get(cell, 0) - noise[week].get(cell, 0)) <= STEP // 2


def test_the_same_rule_without_noise_would_give_a_person_away() -> None:
    """Why there is noise: who knows of nine people sees a tenth one."""
    cell = CELLS[0]
    assert rounded({cell: 9}, SILENCE) == {}
    assert rounded({cell: 10}, SILENCE) == {cell: 10}


def test_the_noise_falls_by_e_with_each_step_and_has_no_bound() -> None:
    chance = random.Random(1)
    drawn = Counter(counters._noise(chance) for _ in range(60_000))
    for size in range(4):
        for sign in (-1, 1):
            ratio = drawn[sign * (size + 1)] / drawn[sign * size]
            assert ratio == pytest.approx(math.exp(-EPSILON), rel=0.15)
    assert min(drawn) <= -8
    assert max(drawn) >= 8


def test_every_cell_has_noise_also_an_empty_one() -> None:
    class Loud(random.Random):
        """Twelve steps up and none down, for every cell."""

        def __init__(self) -> None:
            super().__init__()
            self._next = [0.0] * 12 + [1.0, 1.0]
            self._at = -1

        def random(self) -> float:
            self._at = (self._at + 1) % len(self._next)
            return self._next[self._at]

    counting = Counters(MONDAY, Loud())
    counting.close(MONDAY, stopping=True)
    assert counting._unwritten == [(MONDAY, dict.fromkeys(CELLS, 10))]


def test_a_danger_is_never_crossed_with_anything() -> None:
    assert TABLES["gevaar"] == (RISKS, ("",))
    assert {row for table in ("vraag", "tekort") for row in TABLES[table][0]} == {*NEEDS, counters.NO_NEED}
    assert set(TABLES["vraag"][1]) == {*PROVINCES, counters.NO_PLACE}


@pytest.mark.parametrize("cell", [("vraag", "9000 Gent", "Limburg"), ("mijn man", ""), ("gevaar", "ruzie met Jan")])
def test_only_codes_are_counted(cell: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not counted"):
        Counters(MONDAY).add(*cell)


def test_the_table_has_no_room_for_a_person_or_a_moment() -> None:
    assert set(Counted.__table__.columns.keys()) == {"week", "what", "row", "column", "count"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def sessions(request: pytest.FixtureRequest) -> Iterator[sessionmaker[Session]]:
    url: str = request.getfixturevalue(f"{request.param}_url")
    upgrade(url)
    factory = make_session_factory(url)
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


def rows(session: Session) -> list[tuple[Any, ...]]:
    statement = select(Counted.week, Counted.what, Counted.row, Counted.column, Counted.count)
    return [tuple(row) for row in session.execute(statement.order_by(Counted.week, Counted.what))]


def counted(times: int, today: dt.date = MONDAY) -> Counters:
    counting = Counters(today, Still())
    for _ in range(times):
        counting.add("vraag", "ontrouw", "Oost-Vlaanderen")
        counting.add("gevaar", "partnergeweld")
    return counting


def test_nothing_is_written_while_the_week_runs(session: Session) -> None:
    counting = counted(40)
    for day in range(7):
        counting.close(MONDAY + dt.timedelta(days=day))
        counting.write(session)
    assert rows(session) == []


def test_a_week_that_is_over_is_written_once(session: Session) -> None:
    counting = counted(13)
    counting.add("vraag", "conflict", "Limburg")
    for day in (7, 8, 13):
        counting.close(MONDAY + dt.timedelta(days=day))
        counting.write(session)
    assert rows(session) == [
        (MONDAY, "gevaar", "partnergeweld", "", 15),
        (MONDAY, "vraag", "ontrouw", "Oost-Vlaanderen", 15),
    ]


def test_a_process_that_stops_in_the_middle_adds_to_its_week_and_nobody_sees_it_yet(session: Session) -> None:
    for times in (12, 21):
        counting = counted(times, MONDAY + dt.timedelta(days=2))
        counting.close(MONDAY + dt.timedelta(days=3), stopping=True)
        counting.write(session)
    assert [row[-1] for row in rows(session)] == [30, 30]
    assert counters.week_counts(session, MONDAY + dt.timedelta(days=6)) == []
    assert len(counters.week_counts(session, MONDAY + dt.timedelta(days=7))) == 2


@pytest.mark.parametrize("count", [1, 9, 11, 0, 5])
def test_the_database_itself_refuses_a_number_that_is_not_rounded(session: Session, count: int) -> None:
    with pytest.raises(IntegrityError):
        session.execute(insert(Counted).values(week=MONDAY, what="vraag", row="conflict", column="", count=count))


def test_a_total_is_the_sum_of_the_cells_that_are_shown(session: Session) -> None:
    for week in range(5):
        counting = counted(8 + 2 * week, MONDAY + dt.timedelta(weeks=week))
        counting.close(MONDAY + dt.timedelta(weeks=week + 1))
        counting.write(session)
    later = MONDAY + dt.timedelta(weeks=5)
    shown = counters.week_counts(session, later)
    assert [one.count for one in shown if one.cell[0] == "gevaar"] == [15, 15, 10, 10]
    assert counters.totals(session, later, 52)["gevaar", "partnergeweld", ""] == 50
    assert counters.totals(session, later, 2) == {
        ("vraag", "ontrouw", "Oost-Vlaanderen"): 30,
        ("gevaar", "partnergeweld", ""): 30,
    }


def test_when_the_database_is_away_the_same_totals_are_written_later(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = counted(30)
    counting.close(MONDAY + dt.timedelta(days=7))

    def away() -> None:
        raise OperationalError("commit", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(session, "commit", away)
        with pytest.raises(OperationalError):
            counting.write(session)
    session.rollback()
    assert rows(session) == []
    counting.write(session)
    counting.write(session)
    assert [row[-1] for row in rows(session)] == [30, 30]


def test_what_is_older_than_five_years_goes(session: Session) -> None:
    for weeks in (0, 1, KEPT_WEEKS + 1):
        counting = counted(10, MONDAY + dt.timedelta(weeks=weeks))
        counting.close(MONDAY, stopping=True)
        counting.write(session)
    assert {row[0] for row in rows(session)} == {MONDAY + dt.timedelta(weeks=weeks) for weeks in (1, KEPT_WEEKS + 1)}
