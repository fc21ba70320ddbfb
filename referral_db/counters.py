"""Counts for policy makers of what people asked for, out of which nobody can be read: not even by who holds the server.

In memory counts are exact. What leaves memory has noise in every cell, also in the empty ones, is rounded to 5 and is
left out below 10 (the "10-5 rule" of the British statistics office, with the two-sided geometric noise of Ghosh,
Roughgarden and Sundararajan, 2009). That happens once a week, or when the process stops: no two looks at the database
differ by what one person did, and no total says more than its cells, because it is their sum.
"""

from __future__ import annotations

import datetime as dt
import math
import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from referral_db.codes import NEEDS, PROVINCES, RISKS
from referral_db.models import Base

FROM = 10
"""The smallest number that is kept or shown."""
STEP = 5
EPSILON = 1.0
"""One count more makes any outcome at most e (2.7) times as likely, or as unlikely, in each table."""
KEPT_WEEKS = 260
NO_NEED, NO_PLACE = "algemeen", "onbekend"
BANDS = ("gratis", "laag", "hoog", "onbekend")
"""What a conversation may cost: nothing, at most 15 euro, more, not said."""
OUTCOMES = ("gevonden", "verruimd", "niets")
"""Help as asked for, only help that differs from it, none."""
_HERE = ((*NEEDS, NO_NEED), (*PROVINCES, NO_PLACE))
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "vraag": _HERE,
    "tekort": _HERE,
    "prijs": (BANDS, OUTCOMES),
    "gevaar": (RISKS, ("",)),
}
"""What is counted, with the codes of its rows and columns: searches, those that found nothing as asked for, their price
and outcome, dangers that were said. A danger is never crossed with a place."""

Cell = tuple[str, str, str]
"""Table, row, column."""
CELLS: tuple[Cell, ...] = tuple(
    (table, row, column) for table, (rows, columns) in TABLES.items() for row in rows for column in columns
)
_KNOWN = frozenset(CELLS)


class Counted(Base):
    """A rounded count of one week. `week` is its Monday. The database itself refuses any other number."""

    __tablename__ = "counted"
    __table_args__ = (CheckConstraint(f"count >= {FROM} AND count % {STEP} = 0", name="rounded"),)

    week: Mapped[dt.date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    row: Mapped[str] = mapped_column(String(40), primary_key=True)
    column: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True, slots=True)
class WeekCount:
    """One rounded count that may be shown."""

    week: dt.date
    cell: Cell
    count: int


class Counters:
    """Counts in memory, without who or when, until they are written as rounded totals.

    `today` is the day on which counting begins. `chance` is where the noise comes from.
    """

    def __init__(self, today: dt.date, chance: random.Random | None = None) -> None:
        self._week = week_of(today)
        self._chance = chance or random.SystemRandom()
        self._counts: Counter[Cell] = Counter()
        self._unwritten: list[tuple[dt.date, dict[Cell, int]]] = []
        self._lock = threading.Lock()

    def add(self, table: str, row: str, column: str = "") -> None:
        """Counts one. Raises ValueError for what is no cell: nothing but codes can be counted."""
        if (table, row, column) not in _KNOWN:
            raise ValueError(f"not counted: {table}")
        with self._lock:
            self._counts[table, row, column] += 1

    def close(self, today: dt.date, *, stopping: bool = False) -> None:
        """Turns the counts into rounded totals when their week is over on `today`, or when the process stops.

        What is said between midnight and this call counts in the week before.
        """
        with self._lock:
            if week_of(today) <= self._week and not stopping:
                return
            totals = rounded(self._counts, {cell: _noise(self._chance) for cell in CELLS})
            self._unwritten.append((self._week, totals))
            self._week = max(self._week, week_of(today))
            self._counts.clear()

    def write(self, session: Session) -> None:
        """Adds the totals of closed weeks to the table and commits; once written they are forgotten here.

        When the database fails they stay, and the same ones are written later: the noise is drawn only once.
        """
        with self._lock:
            if not self._unwritten:
                return
            for week, totals in self._unwritten:
                _store(session, week, totals)
            session.commit()
            self._unwritten.clear()


def week_of(day: dt.date) -> dt.date:
    """The Monday of the week of `day`."""
    return day - dt.timedelta(days=day.weekday())


def rounded(counts: Mapping[Cell, int], noise: Mapping[Cell, int]) -> dict[Cell, int]:
    """The totals that may be seen: with `noise` in every cell, rounded to 5, and only from 10 up."""
    noisy = {cell: counts.get(cell, 0) + noise[cell] for cell in CELLS}
    return {cell: (number + STEP // 2) // STEP * STEP for cell, number in noisy.items() if number >= FROM}


def week_counts(session: Session, today: dt.date) -> list[WeekCount]:
    """All rounded counts of the weeks that are over on `today`, the last week first, in the order of `TABLES`."""
    rows = session.execute(
        select(Counted.week, Counted.what, Counted.row, Counted.column, Counted.count).where(
            Counted.week < week_of(today)
        )
    )
    place = {cell: index for index, cell in enumerate(CELLS)}
    found = [
        WeekCount(week, (what, row, column), count)
        for week, what, row, column, count in rows
        if (what, row, column) in place  # a code that is no longer used
    ]
    return sorted(found, key=lambda one: (-one.week.toordinal(), place[one.cell]))


def totals(session: Session, today: dt.date, weeks: int) -> dict[Cell, int]:
    """The sum of what may be shown over the last `weeks` weeks that are over: no total knows more than its parts."""
    first = week_of(today) - dt.timedelta(weeks=weeks)
    found: Counter[Cell] = Counter()
    for one in week_counts(session, today):
        if one.week >= first:
            found[one.cell] += one.count
    return dict(found)


def _noise(chance: random.Random) -> int:
    """A whole number around 0; each next one is e**-EPSILON times as likely. No bound: everything stays possible."""
    return _geometric(chance) - _geometric(chance)


def _geometric(chance: random.Random) -> int:
    again = math.exp(-EPSILON)
    number = 0
    while chance.random() < again:
        number += 1
    return number


def _store(session: Session, week: dt.date, totals: Mapping[Cell, int]) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for (what, row, column), count in totals.items():
        # A process that stopped in the middle of this week has written already.
        new = insert(Counted).values(week=week, what=what, row=row, column=column, count=count)
        key = [Counted.week, Counted.what, Counted.row, Counted.column]
        session.execute(new.on_conflict_do_update(index_elements=key, set_={"count": Counted.count + count}))
    session.execute(delete(Counted).where(Counted.week < week - dt.timedelta(weeks=KEPT_WEEKS)))
