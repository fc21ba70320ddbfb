"""Finding services for a maintainer: words, what they are for, where, and in which state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from referral_db import codes
from referral_db.areas import municipalities
from referral_db.curation.forms import Form
from referral_db.models import Organization, Service, ServiceArea, ServiceNeed

PER_PAGE = 40
WIDE = "ruim"
"""The choice "heel Vlaanderen of België" among the provinces."""


@dataclass(frozen=True)
class Listing:
    """What was asked for; an unknown choice is none."""

    text: str = ""
    need: str = ""
    region: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Form) -> Listing:
        return cls(
            text=query.text("zoek")[:100],
            need=_known(query.text("nood"), (*codes.NEEDS, *codes.RISKS)),
            region=_known(query.text("streek"), (WIDE, *codes.PROVINCES)),
            state=_known(query.text("staat"), codes.STATES),
            page=min(max(query.number("pagina", 1), 1), 10_000),
        )


@dataclass(frozen=True)
class Found:
    """One page of services, with how many there are on all pages."""

    services: Sequence[Service]
    total: int
    pages: int


def find_services(db: Session, listing: Listing) -> Found:
    """The services of one page, by name. Every word must stand in the name, the organization or the kind of help."""
    conditions = _conditions(listing)
    joined = Service.organization_id == Organization.id
    total = db.scalar(select(func.count(Service.id)).join(Organization, joined).where(*conditions)) or 0
    statement = (
        select(Service)
        .join(Organization, joined)
        .where(*conditions)
        .options(joinedload(Service.organization))
        .order_by(func.lower(Service.name), Service.slug)
        .offset((listing.page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return Found(db.scalars(statement).all(), total, max(1, -(-total // PER_PAGE)))


def matching_slugs(db: Session, listing: Listing) -> Sequence[str]:
    """Every service that `find_services` gives over all its pages, in the same order."""
    statement = (
        select(Service.slug)
        .join(Organization, Service.organization_id == Organization.id)
        .where(*_conditions(listing))
        .order_by(func.lower(Service.name), Service.slug)
    )
    return db.scalars(statement).all()


def _conditions(listing: Listing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in listing.text.split()[:8]:
        columns = (Service.name, Organization.name, Service.provider_type, Service.description)
        conditions.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if listing.need:
        need = select(ServiceNeed.code).where(ServiceNeed.service_id == Service.id, ServiceNeed.code == listing.need)
        conditions.append(need.exists())
    if listing.region:
        area = select(ServiceArea.id).where(ServiceArea.service_id == Service.id, _serves(listing.region))
        conditions.append(area.exists())
    if listing.state:
        conditions.append(Service.state == listing.state)
    return conditions


def _serves(region: str) -> ColumnElement[bool]:
    if region == WIDE:
        return ServiceArea.extent_type.in_(("land", "gewest"))
    inside = [nis for nis, municipality in municipalities().items() if municipality.province == region]
    return or_(
        and_(ServiceArea.extent_type == "provincie", ServiceArea.code == region),
        and_(ServiceArea.extent_type == "gemeente", ServiceArea.code.in_(inside)),
    )


def _known(value: str, allowed: Sequence[str]) -> str:
    return value if value in allowed else ""
