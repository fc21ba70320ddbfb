"""Finding services for a maintainer: words, what they are for, where, and in which state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
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
    start = (listing.page - 1) * PER_PAGE
    matching = _matching(select(Service.id), listing)  # only ids: no row of an earlier page is read
    if listing.text:
        found = db.scalars(matching).all()  # every text is looked at: once will do
        total, ids = len(found), found[start : start + PER_PAGE]
    else:
        total = db.scalar(select(func.count(Service.id)).where(*_conditions(listing))) or 0
        ids = db.scalars(matching.offset(start).limit(PER_PAGE)).all()
    shown = select(Service).where(Service.id.in_(ids)).options(joinedload(Service.organization))
    services = sorted(db.scalars(shown), key=lambda service: ids.index(service.id))
    return Found(services, total, max(1, -(-total // PER_PAGE)))


def matching_slugs(db: Session, listing: Listing) -> Sequence[str]:
    """Every service that `find_services` gives over all its pages, in the same order."""
    return db.scalars(_matching(select(Service.slug), listing)).all()


def _matching(statement: Select[str], listing: Listing) -> Select[str]:
    return statement.where(*_conditions(listing)).order_by(Service.sort_name, Service.slug)


def _conditions(listing: Listing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in listing.text.split()[:8]:
        text = Service.name + "\n" + Service.provider_type + "\n" + Service.description
        organizations = select(Organization.id).where(Organization.name.icontains(word, autoescape=True))
        conditions.append(or_(text.icontains(word, autoescape=True), Service.organization_id.in_(organizations)))
    # A list of ids from an index: the database looks at no service that has not the need or does not work there.
    if listing.need:
        conditions.append(Service.id.in_(select(ServiceNeed.service_id).where(ServiceNeed.code == listing.need)))
    if listing.region:
        conditions.append(Service.id.in_(select(ServiceArea.service_id).where(_serves(listing.region))))
    if listing.state:
        conditions.append(Service.state == listing.state)
    return conditions


def _serves(region: str) -> ColumnElement[bool]:
    if region == WIDE:
        # The index is that of the codes.
        wide = ServiceArea.code.in_(("BE", *codes.GEWESTEN))
        return and_(wide, ServiceArea.extent_type.in_(("land", "gewest")))
    inside = [nis for nis, municipality in municipalities().items() if municipality.province == region]
    # A code says by itself of which kind it is: "Limburg" is a province, a number a municipality.
    return ServiceArea.code.in_([region, *inside])


def _known(value: str, allowed: Sequence[str]) -> str:
    return value if value in allowed else ""
