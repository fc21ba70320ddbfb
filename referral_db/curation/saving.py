"""Writes what a maintainer changed: all of it or nothing, with who, when and what it was before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from referral_db.curation.people import Person
from referral_db.models import Answer, AuditEntry, Service
from referral_db.records import Record, columns, differences, store, to_record

METHOD = "nagekeken"
METHODS = {"nagekeken": "Nagekeken: klopt", "gebeld": "Gebeld: klopt"}
"""How somebody checked a field, with what stands on the button."""
BY_PROVIDER = "door de dienst"
"""How a field was checked that the service itself looked at, with a link."""
YEAR = dt.timedelta(days=365)

CHECKED_TOGETHER = {
    "phones": "phone",
    "schedules": "hours",
    "price_kind": "price",
    "cost_options": "price",
    "locations": "address",
    "online_contacts": "contact",
}
"""Columns and lists of a service whose check has a name of its own; the others are checked under their own name."""
NOT_CHECKED = frozenset({"state", "draft_reason", "field_checks", "checked_on", "confidence", "source"})


class Conflict(Exception):
    """Somebody else saved first."""


@dataclass(frozen=True)
class Stamp:
    """Who looked at what changed, and at `fields` besides, on which day and how."""

    name: str
    day: dt.date
    fields: frozenset[str] = frozenset()
    method: str = METHOD


@contextmanager
def all_or_conflict(db: Session) -> Iterator[None]:
    """Commits what happens inside as one, or nothing of it. Raises Conflict when somebody else saved first."""
    try:
        yield
        db.commit()
    except (StaleDataError, IntegrityError):
        db.rollback()
        raise Conflict from None
    except Conflict:
        db.rollback()
        raise


def save_service(
    db: Session,
    person: Person,
    record: Record,
    version: int | None,
    today: dt.date,
    *,
    all_checked: bool = False,
) -> Service:
    """Stores a complete record and commits; a new service where `version` is None.

    What changed counts as checked today by `person`; with `all_checked` everything does. Raises Conflict when the
    service is not at `version` any more; nothing is stored then.
    """
    service = find_service(db, record["slug"])
    if (service.version if service else None) != version:
        raise Conflict
    fields = everything(record) if all_checked or service is None else frozenset()
    with all_or_conflict(db):
        put_service(db, record, by=person.name, stamp=Stamp(person.name, today, fields))
    saved = find_service(db, record["slug"])
    assert saved is not None  # noqa: S101 – stored just now
    return saved


def put_service(
    db: Session, record: Record, *, by: str, stamp: Stamp | None, action: str | None = None
) -> AuditEntry | None:
    """Stores a complete record and logs it; does not commit. None when there was nothing to store.

    Without a stamp the dates of the checks are taken as they stand in the record.
    """
    service = find_service(db, record["slug"])
    before = to_record(service) if service else None
    if record["state"] == "published":
        record["draft_reason"] = None
    changed = differences(before or {}, record)
    fields: set[str] = set()
    if stamp is not None:
        fields = {CHECKED_TOGETHER.get(name, name) for name in changed if name not in NOT_CHECKED} | stamp.fields
        checks = before["field_checks"] if before else []
        record["field_checks"] = stamped(checks, fields, stamp, record["source"])
        record["checked_on"] = _checked_on(record, before["checked_on"]) if before else stamp.day
    if not changed and not fields:
        return None
    stays = before is not None and before["organization"]["slug"] == record["organization"]["slug"]
    store(db, record, update_organization=stays)  # for another organization its own data are as they are stored
    return record_change(db, by, "service", record["id"], action or _action(before, record), before or {}, record)


def find_service(db: Session, slug: str) -> Service | None:
    return db.scalars(select(Service).where(Service.slug == slug)).one_or_none()


def check_field(
    db: Session, person: Person, service: Service, name: str, version: int, today: dt.date, method: str = METHOD
) -> None:
    """Marks one field of a service as checked today, and commits. Raises Conflict when it is not at `version`."""
    if service.version != version:
        raise Conflict
    with all_or_conflict(db):
        stamp = Stamp(person.name, today, frozenset({name}), method)
        put_service(db, to_record(service), by=person.name, stamp=stamp, action=METHOD)


def save_answer(db: Session, person: Person, answer: Answer, values: Record, version: int | None) -> None:
    """Stores an answer and commits; a new one where `version` is None. Raises Conflict as `save_service`."""
    if version is not None and answer.version != version:
        raise Conflict
    with all_or_conflict(db):
        put_answer(db, answer, values, by=person.name, new=version is None)


def put_answer(
    db: Session, answer: Answer, values: Record, *, by: str, action: str | None = None, new: bool = False
) -> AuditEntry:
    """Sets the values of an answer and logs it; does not commit."""
    before = {} if new else answer_values(answer)
    for name, value in values.items():
        setattr(answer, name, value)
    if new:
        db.add(answer)
    return record_change(
        db, by, "answer", answer_key(answer), action or _action(before or None, values), before, values
    )


def record_change(
    db: Session,
    user_name: str,
    entity: str,
    entity_id: str,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> AuditEntry:
    """Adds a line to the log with the fields that differ; does not commit. The time is UTC without a zone."""
    changed = differences(dict(before), dict(after))
    entry = AuditEntry(
        at=dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0),
        user_name=user_name,
        entity=entity,
        entity_id=entity_id,
        action=action,
        before=_json({name: before[name] for name in changed if name in before}) if before else None,
        after=_json({name: after[name] for name in changed}) if changed else None,
    )
    db.add(entry)
    return entry


def stamped(checks: list[Record], fields: set[str], stamp: Stamp, source: str) -> list[Record]:
    """The field checks, with those of `fields` stamped."""
    kept = [check for check in checks if check["field"] not in fields]
    old = {check["field"]: check for check in checks}
    for field in sorted(fields):
        kept.append(
            {
                "field": field,
                "checked_on": stamp.day,
                "method": stamp.method,
                "source": old[field]["source"] if field in old else source,
                "confidence": "high",
                "checked_by": stamp.name,
            }
        )
    return kept


def key_fields(record: Record) -> list[str]:
    """The fields of a service that grow old: those that it has, and the price always."""
    has = {"phone": bool(record["phones"]), "hours": bool(record["schedules"]), "price": True}
    return [name for name, there in has.items() if there]


def everything(record: Record) -> frozenset[str]:
    """What counts as checked when somebody looked at the whole service."""
    return frozenset({*key_fields(record), *(["address"] if record["locations"] else [])})


def answer_key(answer: Answer) -> str:
    return f"{answer.code}/{answer.kind}/{answer.moment}"


def answer_values(answer: Answer) -> Record:
    return {name: getattr(answer, name) for name in columns(Answer)}


def _checked_on(record: Record, before: dt.date) -> dt.date:
    """A service is as fresh as the oldest of its fields that grow old; its date never goes back."""
    dates: dict[str, dt.date] = {check["field"]: check["checked_on"] for check in record["field_checks"]}
    return max(before, min(dates.get(name, before) for name in key_fields(record)))


def _action(before: Record | None, after: Record) -> str:
    if before is None:
        return "nieuw"
    if after["state"] == before["state"]:
        return "gewijzigd"
    return {"published": "gepubliceerd", "draft": "ontwerp", "archived": "uit gebruik"}[after["state"]]


def _json(values: Record) -> str:
    return json.dumps(values, ensure_ascii=False, default=str)
