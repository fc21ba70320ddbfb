""" "Vandaag": what waits for a maintainer, the oldest first, each one click from done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session, selectinload
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import words
from referral_db.curation.answers import SOON
from referral_db.curation.site import Site, Visit
from referral_db.models import Answer, FieldCheck, Phone, Schedule, Service
from referral_db.price import Situation, price_for
from referral_db.quality import DUE_AFTER, DUE_AFTER_ELSE
from referral_db.records import to_record

SHOWN = 12
"""Services, answers or drafts on the page; the rest is a count with a way to the whole list."""

_HAS: dict[str, ColumnElement[bool]] = {
    "phone": select(Phone.id).where(Phone.service_id == Service.id).exists(),
    "hours": select(Schedule.id).where(Schedule.service_id == Service.id).exists(),
    "price": true(),
}


@dataclass(frozen=True)
class DueField:
    """A field whose last check is too long ago. `value` is what stands there now, in words."""

    name: str
    checked_on: dt.date
    value: str


@dataclass
class DueService:
    service: Service
    fields: list[DueField] = field(default_factory=list)


def routes(site: Site) -> list[Route]:
    return [site.get("/", show)]


def show(visit: Visit) -> Response:
    drafts = select(Service).where(Service.state == "draft").order_by(func.lower(Service.name))
    return visit.page(
        "due.html",
        "Vandaag",
        due=due_services(visit.db, visit.today),
        due_count=count_due(visit.db, visit.today),
        answers=due_answers(visit.db, visit.today),
        drafts=visit.db.scalars(drafts.options(selectinload(Service.organization)).limit(SHOWN)).all(),
        draft_count=visit.db.scalar(select(func.count(Service.id)).where(Service.state == "draft")) or 0,
    )


def due_services(db: Session, today: dt.date) -> list[DueService]:
    """The published services with fields past their date, the longest overdue first, at most `SHOWN`."""
    found: dict[str, DueService] = {}
    overdue: list[tuple[dt.date, str, Service, dt.date]] = []
    for name in _HAS:
        after = DUE_AFTER.get(name, DUE_AFTER_ELSE)
        rows = db.execute(_due(name, today).order_by(_last()).limit(SHOWN))
        overdue += [(checked_on + after, name, service, checked_on) for service, checked_on in rows]
    for _, name, service, checked_on in sorted(overdue, key=lambda row: (row[0], row[2].slug)):
        entry = found.setdefault(service.id, DueService(service))
        entry.fields.append(DueField(name, checked_on, _value(service, name, today)))
    return list(found.values())[:SHOWN]


def count_due(db: Session, today: dt.date) -> int:
    """How many fields of published services are past their date."""
    return sum(
        db.scalar(select(func.count()).select_from(_due(name, today).with_only_columns(Service.id).subquery())) or 0
        for name in _HAS
    )


def due_answers(db: Session, today: dt.date) -> Sequence[Answer]:
    """Answers that expire within thirty days or did already, the first to expire first."""
    soon = Answer.expires_on <= today + SOON
    return db.scalars(select(Answer).where(Answer.state != "archived", soon).order_by(Answer.expires_on)).all()


def _due(name: str, today: dt.date) -> Select[Service, dt.date]:
    limit = today - DUE_AFTER.get(name, DUE_AFTER_ELSE)
    own = and_(FieldCheck.service_id == Service.id, FieldCheck.field == name)
    return (
        select(Service, _last())
        .outerjoin(FieldCheck, own)
        .where(Service.state == "published", _HAS[name], _last() < limit)
    )


def _last() -> ColumnElement[dt.date]:
    """The date of the check; of the whole service where the field has none."""
    return func.coalesce(FieldCheck.checked_on, Service.checked_on)


def _value(service: Service, name: str, today: dt.date) -> str:
    if name == "phone":
        return ", ".join(phone.number for phone in service.phones)
    if name == "hours":
        return words.in_words(to_record(service)["schedules"], "schedules")
    return price_for(service.price_kind, service.cost_options, Situation(), today).full_text
