"""Writes what a maintainer changed: all of it or nothing, with who, when and what it was before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from referral_db.curation.people import Person
from referral_db.models import Answer, AuditEntry, Service
from referral_db.records import Record, columns, differences, store, to_record

METHOD = "nagekeken"
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
_NOT_CHECKED = frozenset({"state", "draft_reason", "field_checks", "checked_on", "confidence", "source"})


class Conflict(Exception):
    """Somebody else saved first."""


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
    before = to_record(service) if service else None
    if record["state"] == "published":
        record["draft_reason"] = None
    changed = differences(before or {}, record)
    fields = {CHECKED_TOGETHER.get(name, name) for name in changed if name not in _NOT_CHECKED}
    if before is None or all_checked:
        fields |= set(key_fields(record)) | ({"address"} if record["locations"] else set())
    checks = stamped(before["field_checks"] if before else [], fields, person, today, record["source"])
    record["field_checks"] = checks
    record["checked_on"] = today if all_checked or before is None else _checked_on(record, before["checked_on"])
    try:
        store(db, record, update_organization=False)
        if changed or all_checked:
            record_change(db, person.name, "service", record["id"], _action(before, record), before or {}, record)
        db.commit()
    except (StaleDataError, IntegrityError):
        db.rollback()
        raise Conflict from None
    saved = find_service(db, record["slug"])
    assert saved is not None  # noqa: S101 – stored just now
    return saved


def find_service(db: Session, slug: str) -> Service | None:
    return db.scalars(select(Service).where(Service.slug == slug)).one_or_none()


def check_field(db: Session, person: Person, service: Service, name: str, version: int, today: dt.date) -> None:
    """Marks one field of a service as checked today, and commits. Raises Conflict when it is not at `version`."""
    if service.version != version:
        raise Conflict
    record = to_record(service)
    record["field_checks"] = stamped(record["field_checks"], {name}, person, today, service.source)
    record["checked_on"] = _checked_on(record, service.checked_on)
    before = to_record(service)
    try:
        store(db, record, update_organization=False)
        record_change(db, person.name, "service", service.id, METHOD, before, record)
        db.commit()
    except StaleDataError:
        db.rollback()
        raise Conflict from None


def save_answer(db: Session, person: Person, answer: Answer, values: Record, version: int | None) -> None:
    """Stores an answer and commits; a new one where `version` is None. Raises Conflict as `save_service`."""
    new = version is None
    if not new and answer.version != version:
        raise Conflict
    before = {} if new else answer_values(answer)
    for name, value in values.items():
        setattr(answer, name, value)
    try:
        if new:
            db.add(answer)
        record_change(db, person.name, "answer", answer_key(answer), _action(before or None, values), before, values)
        db.commit()
    except (StaleDataError, IntegrityError):
        db.rollback()
        raise Conflict from None


def record_change(
    db: Session,
    user_name: str,
    entity: str,
    entity_id: str,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
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


def stamped(checks: list[Record], fields: set[str], person: Person, today: dt.date, source: str) -> list[Record]:
    """The field checks, with those of `fields` dated today and done by `person`."""
    kept = [check for check in checks if check["field"] not in fields]
    old = {check["field"]: check for check in checks}
    for name in sorted(fields):
        kept.append(
            {
                "field": name,
                "checked_on": today,
                "method": METHOD,
                "source": old[name]["source"] if name in old else source,
                "confidence": "high",
                "checked_by": person.name,
            }
        )
    return kept


def key_fields(record: Record) -> list[str]:
    """The fields of a service that grow old: those that it has, and the price always."""
    has = {"phone": bool(record["phones"]), "hours": bool(record["schedules"]), "price": True}
    return [name for name, there in has.items() if there]


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
