""" "Vandaag": what waits for a maintainer, each one click from done: reports first, then what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session, selectinload
from starlette.responses import Response
from starlette.routing import Route

from referral_db.curation import batches, proposals, words
from referral_db.curation.answers import SOON
from referral_db.curation.saving import METHODS, everything
from referral_db.curation.site import Site, Visit
from referral_db.models import Answer, FieldCheck, Phone, Schedule, Service
from referral_db.price import Situation, price_for
from referral_db.quality import DUE_AFTER, DUE_AFTER_ELSE
from referral_db.records import all_services, to_record
from referral_db.reports import REASONS, open_reports

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


@dataclass(frozen=True)
class Reported:
    """What the chat was told is wrong. `field` is the field to check, None where the report is settled as it is."""

    service: Service
    reason: str
    label: str
    count: int
    last: dt.date
    field: str | None
    value: str


def routes(site: Site) -> list[Route]:
    return [site.get("/", show)]


def show(visit: Visit) -> Response:
    drafts = select(Service).where(Service.state == "draft").order_by(func.lower(Service.name))
    return visit.page(
        "due.html",
        "Vandaag",
        reports=reports(visit.db, visit.today),
        report_count=len(open_reports(visit.db)),
        proposals=proposals.for_today(visit.db, visit.user, SHOWN),
        proposal_count=proposals.count_open(visit.db, but_of=visit.user) if visit.user.may("publisher") else 0,
        batches=batches.waiting_batches(visit.db, but_of=visit.user) if visit.user.may("publisher") else [],
        sent_back=proposals.sent_back(visit.db, visit.user, SHOWN),
        methods=METHODS,
        due=due_services(visit.db, visit.today),
        due_count=count_due(visit.db, visit.today),
        answers=due_answers(visit.db, visit.today),
        drafts=visit.db.scalars(drafts.options(selectinload(Service.organization)).limit(SHOWN)).all(),
        draft_count=visit.db.scalar(select(func.count(Service.id)).where(Service.state == "draft")) or 0,
    )


def reports(db: Session, today: dt.date) -> list[Reported]:
    """The reports that nobody has looked at, the most frequent first, at most `SHOWN`."""
    shown = open_reports(db)[:SHOWN]
    services = _whole(db, [one.service_id for one in shown])
    found = []
    for one in shown:
        service = services[one.service_id]
        name = REASONS[one.reason].field
        name = name if name in everything(to_record(service)) else None
        value = _value(service, name, today) if name else ""
        found.append(Reported(service, one.reason, REASONS[one.reason].label, one.count, one.last, name, value))
    return found


def due_services(db: Session, today: dt.date) -> list[DueService]:
    """The published services with fields past their date, the longest overdue first, at most `SHOWN`."""
    found: dict[str, DueService] = {}
    overdue: list[tuple[dt.date, str, Service, dt.date]] = []
    for name in _HAS:
        after = DUE_AFTER.get(name, DUE_AFTER_ELSE)
        rows = db.execute(_due(name, today).order_by(_last()).limit(SHOWN))
        overdue += [(checked_on + after, name, service, checked_on) for service, checked_on in rows]
    _whole(db, [service.id for _, _, service, _ in overdue])
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


def _whole(db: Session, ids: Sequence[str]) -> dict[str, Service]:
    """These services with all that belongs to them, in as many statements for twelve as for one."""
    return {service.id: service for service in all_services(db, ids)}


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
    if name in ("hours", "address"):
        part = {"hours": "schedules", "address": "locations"}[name]
        return words.in_words(to_record(service)[part], part)
    return price_for(service.price_kind, service.cost_options, Situation(), today).full_text
