from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from referral_db.codes import NEEDS, PROVINCES
from referral_db.database import make_session_factory
from referral_db.models import Answer
from referral_db.quality import Finding, check, coverage, due_on, stats
from referral_db.records import all_services, store
from referral_db.seeding import read_seed
from referral_db.validation import complete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

TODAY = dt.date(2026, 11, 23)
RECORDS, _ = read_seed()
PUBLISHED = [record for record in RECORDS if record["state"] == "published"]
LUMI = next(record for record in RECORDS if record["slug"] == "lumi")


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    yield from _open(sqlite_url)


@pytest.fixture
def seeded(seeded_url: str) -> Iterator[Session]:
    yield from _open(seeded_url)


def _open(url: str) -> Iterator[Session]:
    factory = make_session_factory(url)
    with factory() as session:
        yield session
    factory.kw["bind"].dispose()


def _about(session: Session, subject: str = "lumi", today: dt.date = TODAY) -> list[Finding]:
    return [finding for finding in check(session, today) if finding.subject == subject]


def _store(session: Session, **changes: Any) -> None:
    record, problems = complete(LUMI | changes)
    assert problems == []
    store(session, record)


def test_the_seed_has_no_errors_and_is_not_late(seeded: Session) -> None:
    assert [finding for finding in check(seeded, TODAY) if finding.level == "error"] == []
    assert stats(seeded, TODAY)["fields_due"] == 0


def test_every_need_has_three_options_in_every_municipality() -> None:
    rows = coverage(PUBLISHED)
    assert len(rows) == len(NEEDS) * len(PROVINCES)
    assert [row for row in rows if row.falls_short] == []


def test_coverage_counts_what_the_worst_served_municipality_has() -> None:
    antwerp, problems = complete(LUMI | {"service_areas": [{"extent_type": "gemeente", "code": "11002"}]})
    assert problems == []
    everywhere = next(record for record in PUBLISHED if record["slug"] == "transgender-infopunt")
    rows = {(row.need, row.region): row for row in coverage([antwerp, everywhere])}
    row = rows["lhbti", "Antwerpen"]
    assert (row.options, row.affordable, row.at_a_distance, row.falls_short) == (1, 1, 1, True)
    assert rows["ontrouw", "Limburg"].options == 0


def test_help_in_another_language_only_does_not_count() -> None:
    french, _ = complete(LUMI | {"languages": [{"code": "fr"}]})
    assert all(row.options == 0 for row in coverage([french]))


@pytest.mark.parametrize(
    ("field", "days"), [("phone", 90), ("hours", 180), ("price", 365), ("address", 365), ("iets anders", 365)]
)
def test_when_a_field_must_be_checked_again(field: str, days: int) -> None:
    assert due_on({"field": field, "checked_on": TODAY}) == TODAY + dt.timedelta(days=days)


def test_an_overdue_field_is_a_warning(session: Session) -> None:
    _store(session)
    on = dt.date(2026, 11, 22) + dt.timedelta(days=91)
    assert Finding("warning", "lumi", "telefoon: 1 dagen te laat, nagekeken op 2026-11-22") in _about(session, today=on)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"source": "van horen zeggen"}, "gepubliceerd zonder bron die je kan openen"),
        ({"field_checks": []}, "telefoonnummer zonder bron"),
    ],
)
def test_what_people_should_not_see_is_an_error(session: Session, changes: dict[str, Any], text: str) -> None:
    _store(session, **changes)
    assert Finding("error", "lumi", text) in _about(session)


def test_a_record_that_a_maintainer_broke_is_an_error(session: Session) -> None:
    _store(session)
    service = all_services(session)[0]
    service.phones.clear()
    service.online_contacts.clear()
    session.flush()
    assert any("geen manier om de dienst te bereiken" in finding.text for finding in _about(session))
    service.state = "archived"
    session.flush()
    assert _about(session) == []


def test_a_draft_without_source_waits_in_peace(session: Session) -> None:
    _store(session, state="draft", source="geen bron gevonden", field_checks=[])
    assert _about(session) == []


def test_an_expired_answer_is_a_warning(session: Session) -> None:
    answer = {"code": "ontrouw", "kind": "eerste", "text": "…", "source": "…", "owner": "redactie"}
    session.add(Answer(**answer, reviewed_on=TODAY - dt.timedelta(days=400), expires_on=TODAY - dt.timedelta(days=1)))
    session.flush()
    findings = _about(session, "antwoord ontrouw/eerste/altijd")
    assert [finding.level for finding in findings] == ["warning"]
    assert stats(session, TODAY)["answers"] == {"published": 1, "expired": 1}


def test_stats_count_the_seed(seeded: Session) -> None:
    counts = stats(seeded, TODAY)
    assert counts["services"]["total"] == len(RECORDS)
    assert counts["services"]["published"] == len(PUBLISHED)
    assert counts["published"]["by_need"]["ontrouw"] == sum("ontrouw" in record["needs"] for record in PUBLISHED)
    assert sum(counts["published"]["by_price"].values()) == len(PUBLISHED)


def test_what_is_hidden_because_nobody_looked_is_an_error(session: Session) -> None:
    _store(session)
    years = TODAY + dt.timedelta(days=731)
    errors = [finding.text for finding in _about(session, today=years) if finding.level == "error"]
    assert errors == [f"wordt niet meer getoond: niet nagekeken sinds {LUMI['checked_on']}"]
    assert not [finding for finding in _about(session) if "niet meer getoond" in finding.text]
