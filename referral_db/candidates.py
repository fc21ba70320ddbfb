"""The services that may fit a search, narrowed by the database and read as light rows.

One statement walks the index of service areas, keeps what has the need, and cuts at `MAX_CANDIDATES` by a rough score;
one statement for each of hours, costs and locations reads what the ranking needs. There is no query per service.
This is the rule of which services these are. A search takes them from `referral_db.search_index`, which holds the same
in memory, and comes here while that is not up to date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    Label,
    String,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from referral_db.freshness import DUE_AFTER, HIDDEN_AFTER, due_on
from referral_db.models import (
    CostOption,
    FieldCheck,
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
from referral_db.opening_hours import Channel, Hours, channels_of
from referral_db.price import Cost
from referral_db.taxonomy import JOINT_PROVIDERS

_T = TypeVar("_T")

MAX_CANDIDATES = 40
"""More than any place has today; with a hundred thousand services it bounds the time and memory of one search."""
MAX_LOOSE = 2000
"""Pairs of a need and an area that are looked at for a part of the place or for elsewhere; today there are fewer."""
PART_OF_PLACE, COUNTRY, REGION, PROVINCE, MUNICIPALITY = AREA_RANKS = (3, 4, 6, 8, 10)
"""How near an area code is to a place, see `referral_db.ranking.area_ranks`; 0 is not near."""
WHO_PAYS_POINTS = {"overheid": 6, "vzw": 5, "onbekend": 1}
PRICE_POINTS = {"gratis": 6, "inkomensgerelateerd": 3, "vast": 3}
"""Of the rough score; the real one is that of `referral_db.ranking`."""


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

Point = tuple[float | None, float | None, str | None]
"""Latitude, longitude and postal code."""


@dataclass(slots=True)
class Candidate:
    """What the ranking reads of one service: `_COLUMNS` first, `_LISTS` and `_CHECKS` after its area.

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
    checks: Mapping[str, dt.date]
    """When its telephone, hours and price were last checked, where that is known of the field itself."""
    hours: tuple[Hours, ...] = ()
    opening: Mapping[str, Channel] = field(default_factory=dict)
    """The same hours, worked out by channel."""
    costs: tuple[Cost, ...] = ()
    points: tuple[Point, ...] = ()
    """Of each location; none for a hidden address."""

    def late_fields(self, on: dt.date) -> list[str]:
        """Which of "phone", "hours" and "price" it has, and should have been checked again before `on`."""
        there = {"phone": self.numbers, "hours": self.hours, "price": self.price_kind != "onbekend"}
        return [
            name
            for name, has_it in there.items()
            if has_it and due_on(name, self.checks.get(name, self.checked_on)) < on
        ]

    def at_rank(self, area_rank: int) -> Candidate:
        """The same service for another place."""
        return Candidate(
            self.id,
            self.slug,
            self.organization_id,
            self.provider_type,
            self.who_pays,
            self.price_kind,
            self.minimum_age,
            self.maximum_age,
            self.hidden_address,
            self.checked_on,
            self.couple_work,
            area_rank,
            self.needs,
            self.channels,
            self.languages,
            self.numbers,
            self.checks,
            self.hours,
            self.opening,
            self.costs,
            self.points,
        )


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
    return list(_read(session, session.execute(_statement(shape), _parameters(wanted))).values())


def read_candidates(session: Session, ids: Sequence[str]) -> dict[str, Candidate]:
    """These services by id, for no place yet; those that are not there any more are left out."""
    return _read(session, session.execute(_BY_ID, {"ids": padded(ids)}))


def padded(ids: Sequence[str]) -> list[str]:
    """With the last one repeated until there are 1, 2, 4, 8, …: the database then prepares a few statements only."""
    return [*ids, *[ids[-1]] * ((1 << (len(ids) - 1).bit_length()) - len(ids))]


def _read(session: Session, rows: Iterable[Sequence[Any]]) -> dict[str, Candidate]:
    found = {}
    for row in rows:
        *columns, checks = row
        lists = [_codes(joined) for joined in columns[-len(_LISTS) :]]
        values: list[Any] = [*columns[: -len(_LISTS)], *lists, _dates(checks)]
        found[row[0]] = Candidate(*values)
    if found:
        _add_parts(session, found)
    return found


@lru_cache(maxsize=4096)
def _codes(joined: str | None) -> frozenset[str]:
    """Many services have the same ones: one object for all of them."""
    return frozenset(joined.split(",")) if joined else frozenset()


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


@lru_cache(maxsize=4096)
def _dates(joined: str | None) -> Mapping[str, dt.date]:
    pairs = (pair.split("=") for pair in joined.split(",")) if joined else ()
    return {field: dt.date.fromisoformat(on) for field, on in pairs}


@lru_cache(maxsize=32)
def _statement(shape: _Shape) -> Executable:
    fitting = _fitting(shape)
    rough = (
        fitting.c.hits * 8
        + fitting.c.area_rank
        + case(WHO_PAYS_POINTS, value=Service.who_pays, else_=0)
        + case(PRICE_POINTS, value=Service.price_kind, else_=0)
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
    return select(*_COLUMNS, chosen.c.area_rank, *lists, _CHECKS).join(chosen, chosen.c.id == Service.id)


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
        loose = own.where(ServiceArea.code.in_(_values("loose"))).order_by(
            ServiceArea.code, ServiceArea.service_id, ServiceNeed.code
        )
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


_CHECKS = (
    select(func.aggregate_strings(FieldCheck.field + "=" + cast(FieldCheck.checked_on, String), ","))
    .where(FieldCheck.service_id == Service.id, FieldCheck.field.in_(DUE_AFTER))
    .correlate(Service)
    .scalar_subquery()
    .label("all_checks")
)
_BY_ID = select(*_COLUMNS, literal(0), *(_joined(column) for column in _LISTS), _CHECKS).where(
    Service.id.in_(_values("ids"))
)
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
    ids = {"ids": padded(sorted(found))}
    hours: dict[str, list[Hours]] = {}
    costs: dict[str, list[Cost]] = {}
    points: dict[str, list[Point]] = {}
    for service_id, *values in session.execute(_HOURS, ids):
        hours.setdefault(service_id, []).append(Hours(*values))
    for service_id, *values in session.execute(_COSTS, ids):
        costs.setdefault(service_id, []).append(Cost(*values))
    for service_id, latitude, longitude, postal_code in session.execute(_POINTS, ids):
        if not found[service_id].hidden_address:
            points.setdefault(service_id, []).append((latitude, longitude, postal_code))
    for service_id, candidate in found.items():
        candidate.hours = _shared(tuple(hours.get(service_id, ())))
        candidate.opening = channels_of(candidate.hours)
        candidate.costs = _shared(tuple(costs.get(service_id, ())))
        candidate.points = tuple(points.get(service_id, ()))


@lru_cache(maxsize=4096)
def _shared(rows: tuple[_T, ...]) -> tuple[_T, ...]:
    """Many services have the same hours or rates: one object for all of them."""
    return rows
