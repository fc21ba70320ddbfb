from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from referral_db import interchange
from referral_db.database import make_session_factory
from referral_db.interchange import (
    Change,
    export_hsds,
    export_sheet,
    export_tables,
    export_workbook,
    import_hsds,
    import_sheet,
    import_tables,
    import_workbook,
)
from referral_db.models import AuditEntry
from referral_db.records import all_services, canonical, store, to_record
from referral_db.seeding import read_seed, seed
from referral_db.sheet import RowProblem
from referral_db.validation import complete
from referral_db.workbook import write_workbook
from tests.referral_db.record_strategies import raw_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

NOW = dt.datetime(2026, 11, 23, 3, 10, tzinfo=ZoneInfo("Europe/Brussels"))
RECORDS, _ = read_seed()


@pytest.fixture
def empty(sqlite_url: str) -> Iterator[Session]:
    yield from _open(sqlite_url)


@pytest.fixture
def session(seeded_url: str) -> Iterator[Session]:
    yield from _open(seeded_url)


def _open(url: str) -> Iterator[Session]:
    factory = make_session_factory(url)
    with factory() as session:
        yield session
    factory.kw["bind"].dispose()


def _contents(session: Session) -> list[str]:
    session.expire_all()
    return [canonical(to_record(service)) for service in all_services(session)]


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (export_hsds, import_hsds),
        (export_tables, import_tables),
        (export_sheet, import_sheet),
        (export_workbook, import_workbook),
    ],
)
def test_the_seed_goes_out_and_comes_back_without_a_change(session: Session, write: Any, read: Any) -> None:
    before = _contents(session)
    result = read(session, write(session, everything=True), NOW, "An")
    assert result.problems == []
    assert result.counts() == {"same": len(RECORDS)}
    assert _contents(session) == before


def test_hsds_fills_an_empty_database(session: Session, empty: Session) -> None:
    assert import_hsds(empty, export_hsds(session, everything=True), NOW, "An").counts() == {"new": len(RECORDS)}
    assert _contents(empty) == _contents(session)


@given(st.lists(raw_records(), min_size=1, max_size=4, unique_by=lambda raw: raw["slug"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_survives_the_way_out_and_in(empty: Session, raws: list[dict[str, Any]]) -> None:
    empty.rollback()
    for raw in raws:
        store(empty, complete(raw)[0])
    text, before = export_hsds(empty, everything=True), _contents(empty)
    empty.rollback()
    assert import_hsds(empty, text, NOW, "An").problems == []
    assert _contents(empty) == before


def test_only_what_is_published_goes_out_unless_asked(session: Session) -> None:
    published = {service["name"] for service in json.loads(export_hsds(session))}
    assert published == {record["name"] for record in RECORDS if record["state"] == "published"}
    rows = list(csv.DictReader(io.StringIO(export_sheet(session)), delimiter=";"))
    assert {row["naam"] for row in rows} == published


def test_an_import_says_what_it_changed_and_keeps_it_in_the_audit_trail(session: Session) -> None:
    result = import_sheet(session, "code;omschrijving\nlumi;Nagekeken.\ncgg;\n", NOW, "An")
    assert [change for change in result.changes if change.slug == "lumi"] == [
        Change("lumi", "Lumi", "changed", ("description",))
    ]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.after.contains('"lumi"'))).one()
    assert (entry.user_name, entry.action, entry.entity) == ("An", "import", "service")
    assert entry.at == dt.datetime(2026, 11, 23, 2, 10)
    assert json.loads(entry.after or "")["description"] == "Nagekeken."
    assert json.loads(entry.before or "")["description"] != "Nagekeken."


def test_what_an_import_changed_the_seed_leaves_alone(session: Session) -> None:
    import_sheet(session, "code;omschrijving\nlumi;Nagekeken.\n", NOW, "An")
    assert seed(session)["kept"] == 1


def test_one_bad_row_keeps_everything_out(session: Session) -> None:
    before = _contents(session)
    text = "code;omschrijving;stand;telefoon\nlumi;Nieuw;;\ncgg;Nieuw;gepubliceerd;bel ons\n"
    result = import_sheet(session, text, NOW, "An")
    assert result.changes == []
    assert {(problem.row, problem.column) for problem in result.problems} == {(2, "stand"), (3, "telefoon")}
    assert _contents(session) == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is geen leesbare JSON"),
        ('{"services": []}', "moet een lijst van HSDS-diensten zijn"),
        ("[1]", "moet een lijst van HSDS-diensten zijn"),
    ],
)
def test_what_is_not_hsds_is_refused(session: Session, text: str, reason: str) -> None:
    problems = import_hsds(session, text, NOW, "An").problems
    assert len(problems) == 1
    assert reason in problems[0].reason


def test_every_bad_service_of_a_json_list_is_named(session: Session) -> None:
    result = import_hsds(session, '[{"name": "Een"}, {"organization": {"name": "Vzw"}}]', NOW, "An")
    assert {problem.row for problem in result.problems} == {1, 2}
    assert RowProblem(1, "organization", "ontbreekt") in result.problems
    assert RowProblem(2, "name", "ontbreekt") in result.problems


def test_a_page_of_an_hsds_api_is_read(session: Session) -> None:
    page = json.dumps({"total_items": 1, "contents": json.loads(export_hsds(session))[:1]})
    assert import_hsds(session, page, NOW, "An").counts() == {"same": 1}


def test_the_same_service_twice_is_a_problem(session: Session) -> None:
    result = import_sheet(session, "code;naam\nlumi;A\ncgg;B\nlumi;C\n", NOW, "An")
    assert result.problems == [RowProblem(4, "code", "staat ook in rij 2")]


def test_two_stories_about_one_organization_are_a_problem(session: Session) -> None:
    text = "code;organisatie_website\nlumi;https://a.be\nroze-pagina;https://b.be\n"
    result = import_sheet(session, text, NOW, "An")
    assert [(problem.row, problem.column) for problem in result.problems] == [(3, "organisatie_code")]


def test_too_many_services_are_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "MAX_ROWS", 2)
    result = import_sheet(session, "code\na\nb\nc\n", NOW, "An")
    assert "niet meer dan 2 diensten" in result.problems[0].reason


def test_one_bad_row_of_a_workbook_keeps_everything_out(session: Session) -> None:
    before = _contents(session)
    rows = [["code", "naam", "stand"], ["lumi", "Lumi+", "gepubliceerd"], ["cgg", "CGG", "klaar"]]
    result = import_workbook(session, write_workbook(rows), NOW, "An")
    assert [(problem.row, problem.column) for problem in result.problems] == [(3, "stand")]
    assert result.changes == []
    assert _contents(session) == before


def test_one_bad_row_of_the_tables_keeps_everything_out(session: Session) -> None:
    before = _contents(session)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("services.csv", "id,name,minimum_age\n1,Een,\n2,Twee,twaalf\n")
    result = import_tables(session, out.getvalue(), NOW, "An")
    assert RowProblem(3, "minimum_age", "'twaalf' is geen getal") in result.problems
    assert {problem.row for problem in result.problems} == {2, 3}
    assert _contents(session) == before
    [problem] = import_tables(session, b"id", NOW, "An").problems
    assert problem.reason == "is geen leesbaar ZIP-bestand"


def test_what_is_no_workbook_is_a_problem(session: Session) -> None:
    [problem] = import_workbook(session, b"code;naam", NOW, "An").problems
    assert "geen leesbaar XLSX" in problem.reason
