"""Services in and out: HSDS 3.0 as JSON or as tables, and a plain sheet for maintainers as CSV or XLSX.

All of a file comes in, or nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from referral_db.hsds import from_hsds, to_hsds
from referral_db.hsds_tables import TablesError, read_tables, write_tables
from referral_db.models import AuditEntry
from referral_db.records import (
    Record,
    all_organizations,
    all_services,
    canonical,
    differences,
    some_services,
    store,
    to_record,
)
from referral_db.sheet import RowProblem, codes_of, column_of, read_table, rows_of, table, write_sheet
from referral_db.validation import complete
from referral_db.workbook import WorkbookError, read_workbook, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import Session

MAX_BYTES = 50_000_000
MAX_ROWS = 50_000
"""The largest file that is read, and how many services it may hold."""


@dataclass(frozen=True)
class Change:
    """What an import does to one service: `outcome` is "new", "changed" or "same", `fields` are what differs."""

    slug: str
    name: str
    outcome: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contents:
    """What a file holds: the complete record of each row with its number, or the problems of its rows."""

    rows: list[tuple[int, Record]]
    problems: list[RowProblem]


@dataclass
class Import:
    """The outcome of an import. With problems nothing was stored, and `changes` is empty."""

    problems: list[RowProblem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        return Counter(change.outcome for change in self.changes)


def export_hsds(session: Session, *, everything: bool = False) -> str:
    """Gives `write_hsds` of the published services, or with `everything` of all, as for a copy to keep."""
    return write_hsds(_records(session, everything))


def write_hsds(records: Iterable[Record]) -> str:
    """Gives a JSON list of HSDS 3.0 services."""
    return json.dumps([to_hsds(record) for record in records], ensure_ascii=False, indent=1) + "\n"


def export_tables(session: Session, *, everything: bool = False) -> bytes:
    """Gives the same services as the ZIP of `referral_db.hsds_tables`."""
    return write_tables(to_hsds(record) for record in _records(session, everything))


def export_sheet(session: Session, *, everything: bool = False) -> str:
    """Gives the CSV of `referral_db.sheet`."""
    return write_sheet(_records(session, everything))


def export_workbook(session: Session, *, everything: bool = False) -> bytes:
    """Gives the same sheet as an XLSX. Raises WorkbookError as `referral_db.workbook.write_workbook`."""
    return write_workbook(table(_records(session, everything)))


def read_hsds(text: str) -> Contents:
    """Reads a JSON list as `write_hsds` makes it, or a page of an HSDS API; rows count from 1. Stores nothing."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _unreadable(f"is geen leesbare JSON: {error}")
    if isinstance(document, dict) and isinstance(document.get("contents"), list):
        document = document["contents"]  # one page of an HSDS API
    if not isinstance(document, list) or not all(isinstance(service, dict) for service in document):
        return _unreadable("moet een lijst van HSDS-diensten zijn")
    rows = [(number, from_hsds(service)) for number, service in enumerate(document, start=1)]
    return _completed(rows, [], lambda place: place)


def read_zip(data: bytes) -> Contents:
    """As `read_hsds`, for the ZIP of `referral_db.hsds_tables`; rows are those of services.csv."""
    try:
        services = read_tables(data, MAX_ROWS)
    except TablesError as error:
        return _unreadable(str(error))
    rows = [(number, from_hsds(service)) for number, service in enumerate(services, start=2)]
    return _completed(rows, [], lambda place: place)


def read_csv(session: Session, text: str, today: dt.date) -> Contents:
    """Reads the rows of a CSV as `referral_db.sheet` describes it, over the services as they are. Stores nothing."""
    try:
        rows = rows_of(text)
    except csv.Error as error:
        return _unreadable(f"is geen leesbare CSV: {error}")
    return _read_table(session, rows, today)


def read_xlsx(session: Session, data: bytes, today: dt.date) -> Contents:
    """As `read_csv`, for an XLSX with the same columns."""
    try:
        return _read_table(session, read_workbook(data, MAX_ROWS + 2), today)
    except WorkbookError as error:
        return _unreadable(str(error))


def import_hsds(session: Session, text: str, now: dt.datetime, by: str) -> Import:
    """Stores the services of a JSON list as `export_hsds` makes it. `now` and the name `by` go in the audit trail.

    Does not commit. Look at `problems` first: when there are any, nothing was stored. Services that are not in the
    list stay as they are.
    """
    return _import(session, read_hsds(text), now, by)


def import_tables(session: Session, data: bytes, now: dt.datetime, by: str) -> Import:
    """Stores the services of a ZIP as `export_tables` makes it. For the rest as `import_hsds`."""
    return _import(session, read_zip(data), now, by)


def import_sheet(session: Session, text: str, now: dt.datetime, by: str) -> Import:
    """Stores the rows of a CSV as `referral_db.sheet` describes it. For the rest as `import_hsds`."""
    return _import(session, read_csv(session, text, now.date()), now, by)


def import_workbook(session: Session, data: bytes, now: dt.datetime, by: str) -> Import:
    """Stores the rows of an XLSX with the same columns. For the rest as `import_hsds`."""
    return _import(session, read_xlsx(session, data, now.date()), now, by)


def _records(session: Session, everything: bool) -> Iterable[Record]:
    for service in all_services(session):
        if everything or service.state == "published":
            yield to_record(service)


def _read_table(session: Session, rows: list[tuple[int, list[str]]], today: dt.date) -> Contents:
    existing = {service.slug: to_record(service) for service in some_services(session, codes_of(rows))}
    return _completed(*read_table(rows, existing, today, all_organizations(session)), column_of)


def _unreadable(reason: str) -> Contents:
    return Contents([], [RowProblem(1, "", reason)])


def _completed(rows: list[tuple[int, Record]], problems: list[RowProblem], column: Callable[[str], str]) -> Contents:
    if len(rows) > MAX_ROWS:
        reason = f"een bestand mag niet meer dan {MAX_ROWS} diensten hebben"
        return Contents([], [RowProblem(MAX_ROWS + 1, "", reason)])
    records = []
    seen = {(problem.row, problem.column) for problem in problems}
    for number, raw in rows:
        record, wrong = complete(raw)
        for problem in wrong:
            place = column(problem.column)
            if (number, place) not in seen:
                problems.append(RowProblem(number, place, problem.reason))
        records.append((number, record))
    problems += _clashes(records)
    if problems:
        return Contents([], sorted(problems, key=lambda problem: problem.row))
    return Contents(records, [])


def _import(session: Session, contents: Contents, now: dt.datetime, by: str) -> Import:
    if contents.problems:
        return Import(contents.problems)
    services = some_services(session, (record["slug"] for _, record in contents.rows))  # held on to for `store`
    existing = {service.slug: to_record(service) for service in services}
    result = Import()
    for _, record in contents.rows:
        before = existing.get(record["slug"])
        outcome = store(session, record)
        fields = tuple(differences(before, record)) if before else ()
        result.changes.append(Change(record["slug"], record["name"], outcome, fields))
        if outcome != "same":
            session.add(_audit(record, before, now, by))
    session.flush()
    return result


def _clashes(records: list[tuple[int, Record]]) -> list[RowProblem]:
    """Rows that speak of the same service, or differently of the same organization or place."""
    problems = []
    services: dict[str, int] = {}
    shared: dict[tuple[str, str], tuple[int, str]] = {}
    for number, record in records:
        if record["slug"] is None or record["organization"]["slug"] is None:
            continue  # reported already
        first = min(services.setdefault(key, number) for key in (record["slug"], record["id"]))
        if first != number:
            problems.append(RowProblem(number, "code", f"staat ook in rij {first}"))
        parts = [("organisatie_code", record["organization"])] + [("plaatsen", place) for place in record["locations"]]
        for kind, part in parts:
            text = canonical(part)
            first, other = shared.setdefault((kind, str(part["slug"])), (number, text))
            if other != text:
                problems.append(RowProblem(number, kind, f"{part['slug']!r} is anders dan in rij {first}"))
    return problems


def _audit(record: Record, before: Record | None, now: dt.datetime, by: str) -> AuditEntry:
    return AuditEntry(
        at=now.astimezone(dt.UTC).replace(tzinfo=None),
        user_name=by[:80],
        entity="service",
        entity_id=record["id"],
        action="import",
        before=_json(before) if before else None,
        after=_json(record),
    )


def _json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, default=str)
