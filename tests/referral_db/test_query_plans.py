"""Every statement of a search and of the maintainers' list is answered out of an index, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from referral_db.curation.listing import Listing, find_services
from referral_db.database import make_session_factory, upgrade
from referral_db.generate import generate
from referral_db.models import Base
from referral_db.search import Query, search
from tests.referral_db.invented_services import DAY, GEOGRAPHY, place

SERVICES = 1_500
Statement = tuple[str, Any]

SEARCHES = {
    "municipality": Query(("ontrouw",), place("9000"), DAY),
    "province and budget": Query(("ontrouw", "familie"), place("Limburg"), DAY, 20.0),
    "no place": Query(("ontrouw",), None, DAY, channel="chat"),
    "any question": Query((), place("9000"), DAY),
    "after violence": Query(("familie",), place("9000"), DAY, risk="partnergeweld"),
}
LISTS = {
    "everything": Listing(),
    "need": Listing(need="ontrouw"),
    "region": Listing(region="Limburg"),
    "wide": Listing(region="ruim"),
    "state": Listing(state="published"),
    "all three": Listing(need="ontrouw", region="Limburg", state="published", page=2),
}


@pytest.fixture(scope="module")
def sqlite_many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    yield from _filled(f"sqlite:///{tmp_path_factory.mktemp('plans')}/many.db")


@pytest.fixture
def postgresql_many(postgresql_url: str) -> Iterator[Session]:
    yield from _filled(postgresql_url)


def _filled(url: str) -> Iterator[Session]:
    upgrade(url)
    factory = make_session_factory(url)
    with factory() as session:
        generate(session, GEOGRAPHY, SERVICES, on=DAY.date())
        session.commit()
        yield session
    factory.kw["bind"].dispose()


def _statements(session: Session, run: Callable[[], object]) -> list[Statement]:
    """What the database is asked meanwhile, with the values."""
    asked: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    assert asked
    return asked


def _runs(session: Session) -> Iterator[tuple[str, list[Statement]]]:
    for name, query in SEARCHES.items():
        yield f"search: {name}", _statements(session, lambda q=query: search(session, GEOGRAPHY, q, once=True))
    for name, listing in LISTS.items():
        yield f"list: {name}", _statements(session, lambda asked=listing: find_services(session, asked))


def _sqlite_steps(session: Session, statement: Statement) -> list[str]:
    return [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])]


def _without_index(step: str) -> bool:
    words = step.split()
    return words[0] == "SCAN" and words[1] in Base.metadata.tables and "INDEX" not in words


def test_sqlite_reads_no_table_without_an_index(sqlite_many: Session) -> None:
    slow = [
        (name, step, statement[0])
        for name, statements in _runs(sqlite_many)
        for statement in statements
        for step in _sqlite_steps(sqlite_many, statement)
        if _without_index(step)
    ]
    assert slow == []


def test_sqlite_gives_a_page_of_the_list_in_the_order_of_its_index(sqlite_many: Session) -> None:
    _count, page, _rows = _statements(sqlite_many, lambda: find_services(sqlite_many, LISTS["everything"]))
    steps = _sqlite_steps(sqlite_many, page)
    assert any("ix_service_sort_name_slug" in step for step in steps)
    assert not any("ORDER BY" in step for step in steps)


def test_a_table_without_an_index_would_be_found(sqlite_many: Session) -> None:
    steps = _sqlite_steps(sqlite_many, ("SELECT * FROM service WHERE description = ?", ("x",)))
    assert any(map(_without_index, steps))


@pytest.mark.postgresql
def test_postgresql_has_an_index_for_everything(postgresql_many: Session) -> None:
    runs = list(_runs(postgresql_many))
    # A small table is read faster whole: what counts is that it need not be.
    postgresql_many.execute(text("SET LOCAL enable_seqscan = off"))
    slow = [
        (name, row[0], statement[0])
        for name, statements in runs
        for statement in statements
        for row in postgresql_many.connection().exec_driver_sql(f"EXPLAIN {statement[0]}", statement[1])
        if "Seq Scan" in row[0]
    ]
    assert slow == []
    missing = postgresql_many.execute(text("EXPLAIN SELECT * FROM service WHERE description = 'x'")).scalars().all()
    assert any("Seq Scan" in row for row in missing)
