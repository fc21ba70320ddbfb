"""What the database narrows a search to, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from referral_db.candidates import MAX_CANDIDATES, Filter, find_candidates
from referral_db.database import make_session_factory, upgrade
from referral_db.generate import generate
from referral_db.models import Base
from referral_db.ranking import area_ranks
from referral_db.search import Query, search
from referral_db.taxonomy import NEEDS
from tests.referral_db.invented_services import ALWAYS, DAY, GEOGRAPHY, add, counted, empty_database, place

GENT = Filter(("ontrouw",), area_ranks(place("9000"), GEOGRAPHY), frozenset(), DAY.date())
SHAPES = [
    pytest.param(GENT, id="need and place"),
    pytest.param(replace(GENT, needs=("ontrouw", "familie")), id="two needs"),
    pytest.param(replace(GENT, channels=frozenset({"chat", "ter_plaatse"})), id="channels"),
    pytest.param(replace(GENT, age=30, joint_help=False), id="age and no joint help"),
    pytest.param(replace(GENT, areas=area_ranks(place("West-Vlaanderen"), GEOGRAPHY)), id="province"),
    pytest.param(replace(GENT, areas=area_ranks(None, GEOGRAPHY)), id="no place"),
    pytest.param(replace(GENT, everywhere=True), id="everywhere"),
    pytest.param(replace(GENT, general_from=6), id="any question"),
]


@pytest.fixture(scope="module")
def many() -> Iterator[Session]:
    with empty_database() as session:
        generate(session, GEOGRAPHY, 10_000, on=DAY.date())
        session.execute(text("ANALYZE"))
        yield session


@pytest.mark.parametrize("wanted", SHAPES)
def test_no_table_is_read_from_end_to_end(many: Session, wanted: Filter) -> None:
    with counted(many) as statements:
        assert find_candidates(many, wanted)
    assert len(statements) == 4
    for statement in statements:
        plan = many.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", tuple("x" for _ in range(statement.count("?")))
        )
        steps = [row[3] for row in plan]
        assert not {step.split()[1] for step in steps if step.startswith("SCAN")} & set(Base.metadata.tables)


@pytest.mark.parametrize(
    "wanted",
    [
        replace(GENT, everywhere=True),
        replace(GENT, needs=(), general_from=1),
        replace(GENT, everywhere=True, general_from=1),
    ],
    ids=["everywhere", "general", "everything"],
)
def test_the_number_of_candidates_is_bounded(many: Session, wanted: Filter) -> None:
    assert len(find_candidates(many, wanted)) == MAX_CANDIDATES


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(Query(("ontrouw",), place("9000"), DAY), id="municipality"),
        pytest.param(Query(("ontrouw", "familie"), place("Limburg"), DAY, 20.0), id="province and budget"),
        pytest.param(Query(("ontrouw",), None, DAY, channel="chat"), id="no place"),
        pytest.param(Query(("familie",), place("9000"), DAY, risk="partnergeweld"), id="risk"),
    ],
)
def test_a_search_among_ten_thousand_asks_nine_statements(many: Session, query: Query) -> None:
    with counted(many) as statements:
        assert len(search(many, GEOGRAPHY, query).cards) == 3
    assert len(statements) <= 9  # four for the candidates, five for the cards


def test_elsewhere_is_bounded_and_the_own_place_is_not() -> None:
    with empty_database() as session:
        generate(session, GEOGRAPHY, 600, on=DAY.date())
        for number in range(3):
            add(session, f"zz-{number}", areas=[("gemeente", place("9000").nis or "")])
        found = {one.slug for one in find_candidates(session, replace(GENT, everywhere=True))}
        assert {"zz-0", "zz-1", "zz-2"} <= found


def test_the_parts_of_a_candidate() -> None:
    with empty_database() as session:
        add(session, "one", needs=["ontrouw", "familie"], hours=[ALWAYS], costs=[{"amount": 5}], at="9000")
        add(session, "secret", at="9000", hidden_address=True, channels=["ter_plaatse", "chat"], languages=[])
        one, secret = sorted(find_candidates(session, GENT), key=lambda candidate: candidate.slug)
        assert (one.needs, one.languages) == ({"ontrouw", "familie"}, {"nl"})
        assert (len(one.hours), one.costs[0].amount, one.points[0][2]) == (1, 5, "9000")
        assert (secret.points, secret.channels, secret.languages) == ((), {"ter_plaatse", "chat"}, frozenset())


@pytest.mark.postgresql
def test_postgresql_finds_the_same(postgresql_url: str) -> None:
    upgrade(postgresql_url)
    factory = make_session_factory(postgresql_url)
    queries = [
        Query((need,), place(where) if where else None, DAY + dt.timedelta(hours=hour), budget, channel, silent=silent)
        for need in sorted(NEEDS)[:6]
        for where, hour, budget, channel, silent in [
            ("9000", 0, None, None, False),
            ("Limburg", 12, 0.0, "chat", False),
            ("Brussel", 13, 20.0, None, True),
            (None, 3, 80.0, "groep", False),
        ]
    ]
    queries.append(Query((), place("9000"), DAY))
    with empty_database() as small, factory() as large:
        for session in (small, large):
            generate(session, GEOGRAPHY, 300, on=DAY.date())
        found = [[search(session, GEOGRAPHY, query) for query in queries] for session in (small, large)]
    factory.kw["bind"].dispose()
    assert found[0] == found[1]
    assert any(result.cards for result in found[0])
