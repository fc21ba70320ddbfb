"""The services that may fit a search, narrowed by the database and read as light rows.

One statement walks the index of service areas, keeps what has the need, and cuts at `MAX_CANDIDATES` by a rough score;
one statement for each of hours, costs and locations reads what the ranking needs. There is no query per service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    Label,
    Subquery,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from referral_db.models import (
    CostOption,
    Language,
    Location,
    Phone,
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

MAX_CANDIDATES = 40
"""More than any place has today; with a hundred thousand services it bounds the time and memory of one search."""
MAX_LOOSE = 2000
"""Pairs of a need and an area that are looked at for a part of the place or for elsewhere; today there are fewer."""
PART_OF_PLACE, COUNTRY, REGION, PROVINCE, MUNICIPALITY = AREA_RANKS = (3, 4, 6, 8, 10)
"""How near an area code is to a place, see `referral_db.ranking.area_ranks`; 0 is not near."""
HIDDEN_AFTER = dt.timedelta(days=730)
"""Not checked for longer than this: never shown."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a service must have.

    `areas` gives each area code its rank, higher is nearer; `everywhere` lets other areas in, with rank 0.
    `channels`: at least one; empty is any. `general_from`: a service for that many codes will do without the need.
    """

    needs: tuple[str, ...]
    areas: Mapping[str, int]
    channels: frozenset[str]
    on: dt.date
    age: int | None = None
    joint_help: bool = True
    everywhere: bool = False
    general_from: int | None = None


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
    Service.couple_work,
)
_LISTS = (ServiceNeed.code, ServiceChannel.channel, Language.code, Phone.number)


@dataclass(slots=True)
class Candidate:
    """What the ranking reads of one service: `_COLUMNS` first, `_LISTS` after its area.

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
    couple_work: bool
    area_rank: int
    needs: frozenset[str]
    channels: frozenset[str]
    languages: frozenset[str]
    numbers: frozenset[str]
    hours: list[Hours] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    points: list[tuple[float | None, float | None, str | None]] = field(default_factory=list)
    """Latitude, longitude and postal code of each location; none for a hidden address."""


def find_candidates(session: Session, wanted: Filter) -> list[Candidate]:
    """At most `MAX_CANDIDATES` published services that pass `wanted`, with hours, costs and locations."""
    shape = _Shape(
        loose=any(rank <= PART_OF_PLACE for rank in wanted.areas.values()),
        everywhere=wanted.everywhere,
        several=len(wanted.needs) > 1 or wanted.general_from is not None,
        general=wanted.general_from is not None,
        channels=bool(wanted.channels),
        age=wanted.age is not None,
        joint_help=wanted.joint_help,
    )
    found = {}
    for row in session.execute(_statement(shape), _parameters(wanted)):
        lists = [frozenset(codes.split(",")) if codes else frozenset() for codes in row[-len(_LISTS) :]]
        values: list[Any] = [*row[: -len(_LISTS)], *lists]
        found[row[0]] = Candidate(*values)
    if found:
        _add_parts(session, found)
    return list(found.values())


class _Shape(NamedTuple):
    """Which conditions a statement has; their values are its parameters, so that each shape is built once."""

    loose: bool
    everywhere: bool
    several: bool
    general: bool
    channels: bool
    age: bool
    joint_help: bool


def _parameters(wanted: Filter) -> dict[str, Any]:
    # No area has an empty code, elsewhere is "*"; an empty list would become a subquery that runs for every row.
    by_rank = {rank: [code for code, own in wanted.areas.items() if own == rank] or [""] for rank in AREA_RANKS}
    return {f"rank_{rank}": codes for rank, codes in by_rank.items()} | {
        "near": [code for code, rank in wanted.areas.items() if rank > PART_OF_PLACE] or [""],
        "loose": [code for code, rank in wanted.areas.items() if rank <= PART_OF_PLACE],
        "needs": list(wanted.needs),
        "general_from": wanted.general_from,
        "channels": sorted(wanted.channels),
        "age": wanted.age,
        "not_before": wanted.on - HIDDEN_AFTER,
    }


@lru_cache(maxsize=32)
def _statement(shape: _Shape) -> Executable:
    fitting = _fitting(shape)
    rough = (
        fitting.c.hits * 8
        + fitting.c.area_rank
        + case({"overheid": 6, "vzw": 5, "onbekend": 1}, value=Service.who_pays, else_=0)
        + case({"gratis": 6, "inkomensgerelateerd": 3, "vast": 3}, value=Service.price_kind, else_=0)
    )
    chosen = (
        select(Service.id, fitting.c.area_rank)
        .join(fitting, fitting.c.service_id == Service.id)
        .where(*_conditions(shape))
        .order_by(rough.desc(), Service.slug)
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    lists = (_joined(column) for column in _LISTS)
    return select(*_COLUMNS, chosen.c.area_rank, *lists).join(chosen, chosen.c.id == Service.id)


def _fitting(shape: _Shape) -> Subquery:
    """The services with a need in an area: two sorted indexes that walk side by side, no table is read.

    Those for the whole place are all looked at; of those for a part of it, or for elsewhere, the first `MAX_LOOSE`
    pairs of a need and an area.
    """
    has_need = ServiceNeed.code.in_(_values("needs"))
    own = select(ServiceNeed.service_id, ServiceNeed.code.label("need"), ServiceArea.code.label("area")).join(
        ServiceArea, ServiceArea.service_id == ServiceNeed.service_id
    )
    parts = [own.where(ServiceArea.code.in_(_values("near")))]
    if shape.loose:
        loose = own.where(ServiceArea.code.in_(_values("loose"))).order_by(ServiceArea.code, ServiceArea.service_id)
        parts.append(loose)
    if shape.everywhere:
        anywhere = select(ServiceNeed.service_id, ServiceNeed.code.label("need"), literal("*").label("area"))
        parts.append(anywhere.order_by(ServiceNeed.code, ServiceNeed.service_id))
    if not shape.general:
        parts = [part.where(has_need) for part in parts]
    bounded = [part.limit(MAX_LOOSE).subquery() for part in parts[1:]]
    pairs = union_all(parts[0], *(select(part.c.service_id, part.c.need, part.c.area) for part in bounded)).subquery()
    ranks = [(pairs.c.area.in_(_values(f"rank_{rank}")), rank) for rank in AREA_RANKS]
    hit = case((pairs.c.need.in_(_values("needs")), pairs.c.need))
    # One need is there or is not: nothing to count.
    hits = func.count(hit.distinct()) if shape.several else literal(1)
    found = select(pairs.c.service_id, func.max(case(*ranks, else_=0)).label("area_rank"), hits.label("hits")).group_by(
        pairs.c.service_id
    )
    if shape.general:
        breadth = func.count(pairs.c.need.distinct())
        found = found.having(or_(hits > 0, breadth >= bindparam("general_from", type_=Integer)))
    return found.subquery()


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions = [Service.state == "published", Service.checked_on >= bindparam("not_before")]
    if not shape.joint_help:
        conditions += [Service.couple_work.is_(False), Service.provider_type.not_in(sorted(JOINT_PROVIDERS))]
    if shape.age:
        age = bindparam("age", type_=Integer)
        conditions += [
            or_(Service.minimum_age.is_(None), Service.minimum_age <= age),
            or_(Service.maximum_age.is_(None), Service.maximum_age >= age),
        ]
    if shape.channels:
        own = ServiceChannel.service_id == Service.id, ServiceChannel.channel.in_(_values("channels"))
        conditions.append(select(ServiceChannel.channel).where(*own).correlate(Service).exists())
    return conditions


def _values(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


def _joined(column: InstrumentedAttribute[str]) -> Label[str]:
    """The values of `column` for a service, with commas between."""
    table = column.class_
    joined = select(func.aggregate_strings(column, ",")).where(table.service_id == Service.id)
    return joined.correlate(Service).scalar_subquery().label(f"all_{table.__tablename__}")


_HOURS = (
    select(Schedule.service_id, *(getattr(Schedule, name) for name in Hours._fields))
    .where(Schedule.service_id.in_(_values("ids")))
    .order_by(Schedule.id)
)
_COSTS = (
    select(CostOption.service_id, *(getattr(CostOption, name) for name in Cost._fields))
    .where(CostOption.service_id.in_(_values("ids")))
    .order_by(CostOption.id)
)
_POINTS = (
    select(ServiceAtLocation.service_id, Location.latitude, Location.longitude, Location.postal_code)
    .join(Location, Location.id == ServiceAtLocation.location_id)
    .where(ServiceAtLocation.service_id.in_(_values("ids")))
    .order_by(Location.slug)
)


def _add_parts(session: Session, found: Mapping[str, Candidate]) -> None:
    ids = {"ids": sorted(found)}
    for service_id, *values in session.execute(_HOURS, ids):
        found[service_id].hours.append(Hours(*values))
    for service_id, *values in session.execute(_COSTS, ids):
        found[service_id].costs.append(Cost(*values))
    for service_id, latitude, longitude, postal_code in session.execute(_POINTS, ids):
        if not found[service_id].hidden_address:
            found[service_id].points.append((latitude, longitude, postal_code))
