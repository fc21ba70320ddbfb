""" "Dit klopt niet meer": what people in the chat say about a service, counted a day, and nothing about who says it.

A report is a task for the maintainers until the field is checked on that day or later, or until it is settled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral_db.models import FieldCheck, Report, Service

MAX_A_DAY = 20
"""Reports of one service that are counted in a day, of all reasons together: one person cannot fill the list."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`label` stands on a button; `field` is that of the field check, None where it is about the whole service."""

    label: str
    field: str | None = None


REASONS = {
    "telefoon": Reason("Het nummer klopt niet", "phone"),
    "uren": Reason("De uren kloppen niet", "hours"),
    "prijs": Reason("De prijs klopt niet", "price"),
    "adres": Reason("Het adres klopt niet", "address"),
    "weg": Reason("Deze hulp bestaat niet meer"),
    "anders": Reason("Iets anders klopt niet"),
}


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What is said about one service for one reason and not yet looked at: how often, and on which days."""

    service_id: str
    slug: str
    name: str
    reason: str
    count: int
    first: dt.date
    last: dt.date


def report(session: Session, service_id: str, reason: str, on: dt.date) -> bool:
    """Counts one report on a day; does not commit. `service_id` is the id or the slug, as a card has it.

    False, and nothing is stored, for a service that nobody is shown, and once `MAX_A_DAY` is reached. Raises
    ValueError for a reason that is not one of `REASONS`.
    """
    if reason not in REASONS:
        raise ValueError(f"not a reason: {reason!r}; use one of {', '.join(REASONS)}")
    shown = select(Service.id).where(
        or_(Service.id == service_id, Service.slug == service_id), Service.state == "published"
    )
    # The lock makes two reports at one moment wait for each other, so that the bound holds.
    found = session.scalar(shown.with_for_update())
    if found is None:
        return False
    today = select(func.coalesce(func.sum(Report.count), 0)).where(Report.service_id == found, Report.day == on)
    if session.scalars(today).one() >= MAX_A_DAY:
        return False
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Report).values(service_id=found, reason=reason, day=on, count=1)
    again = row.on_conflict_do_update(
        index_elements=[Report.service_id, Report.reason, Report.day], set_={"count": Report.count + 1}
    )
    session.execute(again)
    return True


def open_reports(session: Session) -> Sequence[OpenReport]:
    """The reports of published services that nobody has looked at, the most frequent first."""
    field = case({code: reason.field for code, reason in REASONS.items() if reason.field}, value=Report.reason)
    own = and_(FieldCheck.service_id == Report.service_id, FieldCheck.field == field)
    checked_on = func.coalesce(FieldCheck.checked_on, Service.checked_on)
    count = func.sum(Report.count)
    rows = session.execute(
        select(Service.id, Service.slug, Service.name, Report.reason, count, func.min(Report.day), func.max(Report.day))
        .join(Service, Service.id == Report.service_id)
        .outerjoin(FieldCheck, own)
        .where(Service.state == "published", Report.day > checked_on)
        .group_by(Service.id, Service.slug, Service.name, Report.reason)
        .order_by(count.desc(), Service.slug, Report.reason)
    )
    return [OpenReport(*row) for row in rows]


def settle(session: Session, service_id: str, reason: str | None = None) -> None:
    """Removes the reports of a service, of one reason or of all: a maintainer has looked. Does not commit."""
    done = delete(Report).where(Report.service_id == service_id)
    session.execute(done if reason is None else done.where(Report.reason == reason))
