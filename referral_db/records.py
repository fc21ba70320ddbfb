"""A service as one plain dict: the shape that seed files, imports, exports and comparisons share.

A record has the columns of `Service` (without id, organization and version) and `organization` (a dict), `needs` and
`channels` (lists of codes), `phones`, `online_contacts`, `schedules`, `cost_options`, `service_areas`, `languages`,
`locations`, `field_checks`, `capacities`, `accessibilities` and `required_documents` (lists of dicts with the columns
of their table). Dates are `datetime.date`; the moment of a capacity is in UTC, without a zone.
`id`, also of the organization and of a location, may be left out: it is then made from the slug.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from referral_db.models import (
    Accessibility,
    CostOption,
    FieldCheck,
    Language,
    Location,
    OnlineContact,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceChannel,
    ServiceNeed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from referral_db.models import Base

Record = dict[str, Any]
Outcome = Literal["new", "changed", "same"]

PARTS: dict[str, type[Base]] = {
    "phones": Phone,
    "online_contacts": OnlineContact,
    "schedules": Schedule,
    "cost_options": CostOption,
    "service_areas": ServiceArea,
    "languages": Language,
    "field_checks": FieldCheck,
    "capacities": ServiceCapacity,
    "accessibilities": Accessibility,
    "required_documents": RequiredDocument,
}
"""The lists of a record whose rows belong to one service."""
LISTS = (*PARTS, "needs", "channels", "locations")

_CAME_LATER = frozenset(
    {
        *("capacities", "accessibilities", "required_documents", "referral_needed", "both_partners", "group_talk"),
        *("philosophy", "on_phone_bill", "calls_back", "letter_home", "account_needed", "wait_band", "wait_known_by"),
    }
)
"""Fields that earlier seeds did not know."""

_NAMESPACE = uuid.UUID("8f0f1a6e-6f0b-5a53-9f3b-6b1d1f1f2c55")
_Named = TypeVar("_Named", Organization, Service, Location)
_AT_ONCE = 1000
"""Slugs in one query: a database takes a bounded number of values."""
_KEYS = ("id", "service_id", "organization_id", "version", "sort_name")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a record. `column` is its place ("phones.1.number"), `reason` Dutch."""

    column: str
    reason: str


def stable_id(kind: str, slug: str) -> str:
    """The UUID of an organization, service or location: the same for the same slug, everywhere and for ever."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{slug}"))


def columns(model: type[Base]) -> list[str]:
    """The names of the columns that a record holds of `model`: all but its keys and what follows from another."""
    return [column.name for column in model.__table__.columns if column.name not in _KEYS]


def all_services(session: Session, ids: Sequence[str] | None = None) -> Sequence[Service]:
    """Every service, or those with these `ids`, with all that belongs to it, by slug, in a fixed number of queries."""
    parts = [getattr(Service, name) for name in (*PARTS, "needs", "channels", "organization")]
    wanted = select(Service) if ids is None else select(Service).where(Service.id.in_(ids))
    return session.scalars(
        wanted.options(
            *(selectinload(part) for part in parts),
            selectinload(Service.locations).selectinload(ServiceAtLocation.location),
        ).order_by(Service.slug)
    ).all()


def some_services(session: Session, slugs: Iterable[str]) -> list[Service]:
    """As `all_services`, for those of these slugs that there are. While they are held, `store` finds them loaded."""
    wanted = sorted(set(slugs))
    found: list[Service] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = Service.slug.in_(wanted[start : start + _AT_ONCE])
        found += all_services(session, session.scalars(select(Service.id).where(some)).all())
    return found


def all_organizations(session: Session) -> dict[str, Record]:
    """Every organization by slug, as it stands in a record."""
    return {row.slug: _values(row) | {"id": row.id} for row in session.scalars(select(Organization))}


def to_record(service: Service) -> Record:
    """Gives the complete record of `service`."""
    record = _values(service) | {"id": service.id}
    record["organization"] = _values(service.organization) | {"id": service.organization.id}
    record["needs"] = sorted(need.code for need in service.needs)
    record["channels"] = sorted(channel.channel for channel in service.channels)
    for name in PARTS:
        record[name] = [_values(row) for row in sorted(getattr(service, name), key=lambda row: row.id)]
    places = sorted((link.location for link in service.locations), key=lambda location: location.slug)
    record["locations"] = [_values(location) | {"id": location.id} for location in places]
    return record


def store(session: Session, record: Record, *, update_organization: bool = True) -> Outcome:
    """Puts a complete record (see `referral_db.validation.complete`) in the database; does not commit.

    A service, organization or location is recognised by its slug, else by its id. What is equal is not touched;
    a service of which anything changed gets the next version. `update_organization=False` leaves an organization
    that is there as it is.
    """
    organization = _find(session, Organization, record["organization"])
    outcome: Outcome = "same"
    if organization is None:
        organization = Organization(**record["organization"])
        session.add(organization)
    elif update_organization and _assign(organization, record["organization"]):
        outcome = "changed"
    service = _find(session, Service, record)
    if service is None:
        service = Service(id=record["id"], **{name: record[name] for name in columns(Service)})
        service.organization = organization
        session.add(service)
        _fill(session, service, record, LISTS)
        session.flush()
        return "new"
    before = to_record(service)
    changed = [name for name in LISTS if not _equal(before[name], record[name])]
    moved = service.organization is not organization
    if _assign(service, record) or changed or moved:
        outcome = "changed"
        service.organization = organization
        flag_modified(service, "name")  # the version counts every change, also one of a phone alone
        _empty(session, service, changed)
        _fill(session, service, record, changed)
        session.flush()
    return outcome


def differences(before: Record, after: Record) -> list[str]:
    """The names of the fields in which two complete records differ, ids left out."""
    return [name for name in after if name != "id" and not _equal(before.get(name), after[name])]


def canonical(record: Record) -> str:
    """The record as text that is equal for equal records, whatever the order of their lists; ids left out."""
    # A field that came later counts when it holds something: the fingerprints of earlier seeds stay what they are.
    known = {name: value for name, value in record.items() if name not in _CAME_LATER or value not in (None, [])}
    return json.dumps(_plain(known), ensure_ascii=False, sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != "id"}
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return value


def _equal(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _values(row: Base) -> Record:
    return {name: getattr(row, name) for name in columns(type(row))}


def _find(session: Session, model: type[_Named], values: Record) -> _Named | None:
    found = session.scalars(select(model).where(model.slug == values["slug"])).one_or_none()
    return found or session.get(model, values["id"])


def _assign(row: Base, values: Record) -> bool:
    """Sets what differs, and tells whether anything did."""
    changed = [name for name in columns(type(row)) if getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    return bool(changed)


def _empty(session: Session, service: Service, names: Iterable[str]) -> None:
    """Removes the rows of these lists first: new ones may have the same unique key."""
    places = [link.location for link in service.locations] if "locations" in names else []
    for name in names:
        getattr(service, name).clear()
    session.flush()
    for location in places:
        session.refresh(location, ["services"])
        if not location.services:
            session.delete(location)
    session.flush()


def _fill(session: Session, service: Service, record: Record, names: Iterable[str]) -> None:
    for name in names:
        if name in PARTS:
            getattr(service, name).extend(PARTS[name](**row) for row in record[name])
    if "needs" in names:
        service.needs.extend(ServiceNeed(code=code) for code in record["needs"])
    if "channels" in names:
        service.channels.extend(ServiceChannel(channel=channel) for channel in record["channels"])
    if "locations" in names:
        for values in record["locations"]:
            location = _find(session, Location, values)
            if location is None:
                location = Location(**values)
                session.add(location)
                session.flush()
            else:
                _assign(location, values)
            service.locations.append(ServiceAtLocation(location=location))
