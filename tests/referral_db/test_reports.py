"""What people report about a service: bounded, a task for maintainers, and nothing about who."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from referral_db.database import make_session_factory, upgrade
from referral_db.models import FieldCheck, Report, Service
from referral_db.quality import check, stats
from referral_db.reports import MAX_A_DAY, REASONS, open_reports, report, settle
from tests.referral_db.invented_services import add

TODAY = dt.date(2026, 11, 23)
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def sessions(request: pytest.FixtureRequest) -> Iterator[sessionmaker[Session]]:
    url: str = request.getfixturevalue(f"{request.param}_url")
    upgrade(url)
    factory = make_session_factory(url)
    with factory.begin() as session:
        add(session, "een", checked_on=dt.date(2026, 11, 1))
        add(session, "twee", checked_on=dt.date(2026, 11, 1))
        add(session, "schets", state="draft")
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


def test_reports_of_a_day_are_one_row_with_a_count(session: Session) -> None:
    assert report(session, "id-een", "telefoon", TODAY)
    assert report(session, "een", "telefoon", TODAY)  # the slug, as a card has it
    assert report(session, "een", "uren", TODAY)
    assert report(session, "een", "telefoon", YESTERDAY)
    rows = session.execute(select(Report.service_id, Report.reason, Report.day, Report.count)).all()
    assert sorted(map(tuple, rows)) == [
        ("id-een", "telefoon", YESTERDAY, 1),
        ("id-een", "telefoon", TODAY, 2),
        ("id-een", "uren", TODAY, 1),
    ]


def test_the_table_has_no_room_for_a_person() -> None:
    assert set(Report.__table__.columns.keys()) == {"service_id", "reason", "day", "count"}


def test_a_service_is_reported_so_often_a_day_and_no_more(session: Session) -> None:
    reasons = list(REASONS)
    counted = [report(session, "een", reasons[number % len(reasons)], TODAY) for number in range(MAX_A_DAY + 5)]
    assert counted == [True] * MAX_A_DAY + [False] * 5
    assert report(session, "twee", "weg", TODAY)
    assert report(session, "een", "weg", TODAY + dt.timedelta(days=1))
    assert session.scalar(select(func.sum(Report.count)).where(Report.day == TODAY)) == MAX_A_DAY + 1


@pytest.mark.postgresql
def test_the_bound_holds_for_many_at_once(postgresql_url: str) -> None:
    upgrade(postgresql_url)
    factory = make_session_factory(postgresql_url)
    with factory.begin() as session:
        add(session, "een")
    counted = []

    def tap() -> None:
        for _ in range(8):
            with factory.begin() as session:
                counted.append(report(session, "een", "uren", TODAY))

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with factory() as session:
        assert session.scalar(select(func.sum(Report.count))) == MAX_A_DAY == sum(counted)
    factory.kw["bind"].dispose()


@pytest.mark.parametrize("service", ["schets", "bestaat-niet", ""])
def test_what_nobody_is_shown_cannot_be_reported(session: Session, service: str) -> None:
    assert not report(session, service, "weg", TODAY)
    assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_a_reason_that_does_not_exist(session: Session) -> None:
    with pytest.raises(ValueError, match="not a reason: 'mijn naam is'"):
        report(session, "een", "mijn naam is", TODAY)


def test_an_open_report_is_a_task(session: Session) -> None:
    for _ in range(3):
        report(session, "een", "uren", TODAY)
    report(session, "een", "uren", YESTERDAY)
    report(session, "twee", "weg", TODAY)
    first, second = open_reports(session)
    assert (first.slug, first.reason, first.count, first.first, first.last) == ("een", "uren", 4, YESTERDAY, TODAY)
    assert (second.name, second.reason, second.count) == ("Testdienst twee", "weg", 1)
    found = {finding.subject: finding for finding in check(session, TODAY) if "gemeld" in finding.text}
    assert found["een"].text == "gemeld in de chat: De uren kloppen niet (4 keer, het laatst op 2026-11-23)"
    assert found["twee"].text == "gemeld in de chat: Deze hulp bestaat niet meer (1 keer, het laatst op 2026-11-23)"
    assert found["een"].level == "warning"
    assert stats(session, TODAY)["reports_open"] == 2


def test_a_check_of_the_field_since_then_closes_the_task(session: Session) -> None:
    report(session, "een", "uren", YESTERDAY)
    report(session, "een", "telefoon", YESTERDAY)
    service = session.get_one(Service, "id-een")
    row = {"method": "gebeld", "confidence": "high"}
    service.field_checks = [FieldCheck(field="hours", checked_on=TODAY, **row)]
    session.flush()
    assert [one.reason for one in open_reports(session)] == ["telefoon"]
    report(session, "een", "uren", TODAY + dt.timedelta(days=1))
    assert {one.reason for one in open_reports(session)} == {"telefoon", "uren"}


def test_a_check_of_the_whole_service_closes_what_is_about_all_of_it(session: Session) -> None:
    report(session, "een", "weg", YESTERDAY)
    session.get_one(Service, "id-een").checked_on = TODAY
    assert open_reports(session) == []


def test_a_maintainer_settles_one_reason_or_all(session: Session) -> None:
    for reason in ("uren", "weg", "anders"):
        report(session, "een", reason, TODAY)
    report(session, "twee", "weg", TODAY)
    settle(session, "id-een", "uren")
    assert {one.reason for one in open_reports(session) if one.slug == "een"} == {"weg", "anders"}
    settle(session, "id-een")
    assert [one.slug for one in open_reports(session)] == ["twee"]


def test_what_is_taken_away_takes_its_reports_along(session: Session) -> None:
    report(session, "een", "weg", TODAY)
    session.delete(session.get_one(Service, "id-een"))
    session.flush()
    assert session.scalar(select(func.count()).select_from(Report)) == 0
