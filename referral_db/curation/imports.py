"""What a file of services would change here, and the same as proposals: all of it or nothing.

As with the form: a draft is stored as it is, whatever is or will be published waits for a second person. A new service
is stored as a draft, with a proposal to publish it where the file says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from referral_db.curation import proposals, saving, subjects
from referral_db.curation.forms import Upload
from referral_db.curation.history import differences_in_words
from referral_db.curation.people import Person
from referral_db.curation.sessions import new_token
from referral_db.interchange import Contents, read_csv, read_hsds, read_xlsx
from referral_db.models import Service
from referral_db.records import Record, canonical, some_services, to_record
from referral_db.sheet import RowProblem, column_of

KINDS = {".csv": "csv", ".xlsx": "xlsx", ".json": "hsds"}
MAX_CHANGES = 250
"""Services that one file may change here, so that approving it keeps no other save waiting; more goes on the server."""

_NOT_SHOWN = frozenset({"field_checks", "checked_on", "slug"})


@dataclass(frozen=True)
class Planned:
    """One service that a file changes. `before` is None for a new one; `rows` are the differences in words."""

    record: Record
    before: Record | None
    version: int
    rows: list[tuple[str, str, str]]

    @property
    def outcome(self) -> str:
        """ "new", "draft" (stored at once) or "proposal" (waits for a second person)."""
        if self.before is None:
            return "new"
        return "draft" if self.before["state"] == self.record["state"] == "draft" else "proposal"

    @property
    def publishes(self) -> bool:
        """Whether something waits for a second person."""
        return self.record["state"] != "draft" or self.outcome == "proposal"


@dataclass
class Plan:
    """What a file would change, or what is wrong with it; `same` services are as they are here."""

    problems: list[RowProblem] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    same: int = 0

    def count(self, outcome: str) -> int:
        return sum(one.outcome == outcome for one in self.planned)

    @property
    def fingerprint(self) -> str:
        """Differs when the file would do something else, or to something else, than what was seen."""
        seen = [f"{one.version} {canonical(one.record)}" for one in self.planned]
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What an import left: the name of its proposals together, and how many there are of each."""

    batch: str
    proposed: int
    drafts: int


def kind_of(name: str) -> str | None:
    """ "csv", "xlsx" or "hsds" by the end of a file's name; None for any other."""
    return KINDS.get(PurePath(name).suffix.lower())


def plan(db: Session, upload: Upload, today: dt.date) -> Plan:
    """Reads a file and lays it beside what is stored; stores nothing."""
    kind = kind_of(upload.name)
    if kind is None:
        return Plan([RowProblem(1, "", "moet een bestand .csv, .xlsx of .json zijn")])
    contents = _read(db, upload, kind, today)
    if contents.problems:
        return Plan(contents.problems)
    services = {one.slug: one for one in some_services(db, (record["slug"] for _, record in contents.rows))}
    new = [record["id"] for _, record in contents.rows if record["slug"] not in services]
    named = db.execute(select(Service.id, Service.slug).where(Service.id.in_(new)))
    other_names = {row.id: row.slug for row in named}
    found = Plan()
    for number, record in contents.rows:
        service = services.get(record["slug"])
        if record["id"] in other_names:
            reason = f"{record['slug']!r} hoort bij een dienst die hier {other_names[record['id']]!r} heet"
            found.problems.append(RowProblem(number, "slug" if kind == "hsds" else column_of("slug"), reason))
            continue
        _add(found, service, record)
    if len(found.planned) > MAX_CHANGES:
        reason = (
            f"wijzigt {len(found.planned)} diensten; hier kunnen er {MAX_CHANGES} in één keer. Deel het bestand op."
        )
        found.problems.append(RowProblem(1, "", reason))
    return Plan(found.problems) if found.problems else found


def keep(
    db: Session, person: Person, planned: Sequence[Planned], file_name: str, why: str, moment: dt.datetime
) -> Outcome:
    """Stores the drafts and adds the proposals, as one, and commits. Raises Conflict when somebody was first."""
    batch = new_token()[:32]
    proposed = drafts = 0
    held = some_services(db, (one.record["slug"] for one in planned))
    with saving.all_or_conflict(db):
        for one in planned:
            if one.outcome != "proposal":
                drafts += 1
                saving.put_service(db, _as_draft(one, file_name), by=person.name, stamp=None, action="ingelezen")
            if one.publishes:
                proposed += _propose(db, person, one, batch, why, moment)
    del held  # until here each of them is found loaded
    return Outcome(batch, proposed, drafts)


def _read(db: Session, upload: Upload, kind: str, today: dt.date) -> Contents:
    if kind == "xlsx":
        return read_xlsx(db, upload.data, today)
    try:
        text = upload.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Contents([], [RowProblem(1, "", "is geen UTF-8: bewaar het als “CSV UTF-8”")])
    return read_hsds(text) if kind == "hsds" else read_csv(db, text, today)


def _add(found: Plan, service: Service | None, record: Record) -> None:
    before = to_record(service) if service else None
    if before is not None and not set(subjects.differing(before, record)) - _NOT_SHOWN:
        found.same += 1
        return
    if record["state"] == "published":
        record["draft_reason"] = None
    shown = {name: value for name, value in record.items() if name not in _NOT_SHOWN and (before or value)}
    rows = differences_in_words(before or {}, shown)
    found.planned.append(Planned(record, before, service.version if service else 0, rows))


def _as_draft(one: Planned, file_name: str) -> Record:
    if one.record["state"] == "draft":
        return dict(one.record)
    return one.record | {"state": "draft", "draft_reason": f"Ingelezen uit {file_name}: wacht op een tweede persoon."}


def _propose(db: Session, person: Person, one: Planned, batch: str, why: str, moment: dt.datetime) -> int:
    service = saving.find_service(db, one.record["slug"])
    if service is None or (one.before is not None and service.version != one.version):
        raise saving.Conflict
    proposal = proposals.prepared(person, subjects.of_service(service), dict(one.record), moment, why=why)
    if proposal is None:
        return 0
    proposal.batch = batch
    proposals.add(db, proposal)
    return 1
