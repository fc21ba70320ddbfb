"""The services that may fit a search, narrowed by the database and read as light rows.

One statement walks the index of service areas, keeps what has the need, and cuts at `MAX_CANDIDATES` by a rough score;
one statement for each of hours, costs and locations reads what the ranking needs. There is no query per service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Executable, Label, ScalarSelect, Subquery, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from referral_db.models import (
    CostOption,
    Location,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceChannel,
    ServiceNeed,
)
from referral_db.opening_hours import Hours
from referral_db.price import Cost
from referral_db.taxonomy import JOINT_PROVIDERS

MAX_CANDIDATES = 120
"""More than any place has today; with a hundred thousand services it bounds the time and memory of one search."""
HIDDEN_AFTER = dt.timedelta(days=730)
"""Not checked for longer than this: never shown."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a service must have. `areas` gives each area code its rank (higher is nearer), None is everywhere.

    Without `needs` a service must help with `min_breadth` codes or more. `channels`: at least one; empty is any.
    """

    needs: tuple[str, ...]
    areas: Mapping[str, int] | None
    channels: frozenset[str]
    on: dt.date
    age: int | None = None
    joint_help: bool = True
    min_breadth: int = 0


_COLUMNS = (
    Service.id,
    Service.slug,
    Service.organization_id,
    Service.provider_type,
    Service.who_pays,
    Service.price_kind,
    Service.minimum_age,
    Service.maximum_age,
    Service.hidden_address,
    Service.checked_on,
)


@dataclass(slots=True)
class Candidate:
    """What the ranking reads of one service: `_COLUMNS` first.

    `area_rank` is 0 where the service does not serve the place.
    """

    id: str
    slug: str
    organization_id: str
    provider_type: str
    who_pays: str
    price_kind: str
    minimum_age: int | None
    maximum_age: int | None
    hidden_address: bool
    checked_on: dt.date
    area_rank: int
    needs: frozenset[str]
    channels: frozenset[str]
    hours: list[Hours] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    points: list[tuple[float | None, float | None, str | None]] = field(default_factory=list)
    """Latitude, longitude and postal code of each location; none for a hidden address."""


def find_candidates(session: Session, wanted: Filter) -> list[Candidate]:
    """At most `MAX_CANDIDATES` published services that pass `wanted`, with hours, costs and locations."""
    found = {}
    for row in session.execute(_statement(wanted)):
        needs, channels = (frozenset(codes.split(",")) if codes else frozenset() for codes in row[-2:])
        values: list[Any] = [*row[:-2], needs, channels]
        found[row[0]] = Candidate(*values)
    if found:
        _add_parts(session, found)
    return list(found.values())


def _statement(wanted: Filter) -> Executable:
    codes = _matching_codes(wanted.needs)
    area_rank: ColumnElement[int] = literal(0)
    best = select(Service.id)
    if wanted.areas is not None:
        areas = _areas(wanted.areas)
        area_rank = areas.c.area_rank
        best = best.join(areas, areas.c.service_id == Service.id)
    rough = (
        codes * 8
        + area_rank
        + case({"overheid": 6, "vzw": 5, "onbekend": 1}, value=Service.who_pays, else_=0)
        + case({"gratis": 6, "inkomensgerelateerd": 3, "vast": 3}, value=Service.price_kind, else_=0)
    )
    enough = codes >= (1 if wanted.needs else wanted.min_breadth)
    chosen = (
        best.add_columns(area_rank.label("area_rank"))
        .where(enough, *_conditions(wanted))
        .order_by(rough.desc(), Service.slug)
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    return select(*_COLUMNS, chosen.c.area_rank, _joined(ServiceNeed.code), _joined(ServiceChannel.channel)).join(
        chosen, chosen.c.id == Service.id
    )


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [Service.state == "published", Service.checked_on >= wanted.on - HIDDEN_AFTER]
    if not wanted.joint_help:
        conditions += [Service.couple_work.is_(False), Service.provider_type.not_in(sorted(JOINT_PROVIDERS))]
    if wanted.age is not None:
        conditions += [
            func.coalesce(Service.minimum_age, wanted.age) <= wanted.age,
            func.coalesce(Service.maximum_age, wanted.age) >= wanted.age,
        ]
    if wanted.channels:
        own = ServiceChannel.service_id == Service.id, ServiceChannel.channel.in_(sorted(wanted.channels))
        conditions.append(select(ServiceChannel.channel).where(*own).correlate(Service).exists())
    return conditions


def _areas(ranks: Mapping[str, int]) -> Subquery:
    rank = func.max(case(dict(ranks), value=ServiceArea.code, else_=0)).label("area_rank")
    return (
        select(ServiceArea.service_id, rank)
        .where(ServiceArea.code.in_(sorted(ranks)))
        .group_by(ServiceArea.service_id)
        .subquery()
    )


def _matching_codes(needs: Sequence[str]) -> ScalarSelect[int]:
    """How many of `needs` a service has; how many codes at all where `needs` is empty."""
    count = select(func.count(ServiceNeed.code)).where(ServiceNeed.service_id == Service.id)
    if needs:
        count = count.where(ServiceNeed.code.in_(needs))
    return count.correlate(Service).scalar_subquery()


def _joined(column: InstrumentedAttribute[str]) -> Label[str]:
    """The values of `column` for a service, with commas between."""
    table = column.class_
    joined = select(func.aggregate_strings(column, ",")).where(table.service_id == Service.id)
    return joined.correlate(Service).scalar_subquery().label(column.key)


def _add_parts(session: Session, found: Mapping[str, Candidate]) -> None:
    ids = sorted(found)
    for service_id, *values in session.execute(
        select(Schedule.service_id, *(getattr(Schedule, name) for name in Hours._fields))
        .where(Schedule.service_id.in_(ids))
        .order_by(Schedule.id)
    ):
        found[service_id].hours.append(Hours(*values))
    for service_id, *values in session.execute(
        select(CostOption.service_id, *(getattr(CostOption, name) for name in Cost._fields))
        .where(CostOption.service_id.in_(ids))
        .order_by(CostOption.id)
    ):
        found[service_id].costs.append(Cost(*values))
    public = [service_id for service_id in ids if not found[service_id].hidden_address]
    for service_id, latitude, longitude, postal_code in session.execute(
        select(ServiceAtLocation.service_id, Location.latitude, Location.longitude, Location.postal_code)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.service_id.in_(public))
        .order_by(Location.slug)
    ):
        found[service_id].points.append((latitude, longitude, postal_code))
