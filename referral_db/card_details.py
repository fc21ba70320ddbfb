"""What a card needs of a service beside what the ranking read: its texts and how to reach it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from referral_db.candidates import padded
from referral_db.models import (
    Accessibility,
    Base,
    Location,
    OnlineContact,
    Organization,
    Phone,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
)


class ServiceFacts(NamedTuple):
    """What only a card needs of a service and its organization; the names are those of `referral_db.models.Service`."""

    id: str
    name: str
    description: str
    url: str | None
    email: str | None
    who_pays: str
    minimum_age: int | None
    maximum_age: int | None
    eligibility_description: str | None
    admission: str | None
    philosophy: str | None
    referral_needed: bool | None
    both_partners: bool | None
    group_talk: bool | None
    anonymous: bool | None
    on_phone_bill: bool | None
    calls_back: bool | None
    letter_home: bool | None
    account_needed: bool | None
    hidden_address: bool
    wait_band: str | None
    wait_text: str | None
    wait_observed_on: dt.date | None
    wait_known_by: str | None
    source: str
    checked_on: dt.date
    organization_website: str | None
    organization_email: str | None


class PhoneFacts(NamedTuple):
    number: str
    type: str
    trace: str | None


class OnlineFacts(NamedTuple):
    channel: str
    value: str
    trace: str | None


class AreaFacts(NamedTuple):
    extent_type: str
    code: str


class LocationFacts(NamedTuple):
    slug: str
    address_1: str | None
    postal_code: str | None
    city: str | None
    latitude: float | None
    longitude: float | None


class RoomFacts(NamedTuple):
    unit: str
    available: int
    maximum: int | None
    updated: dt.datetime


@dataclass(slots=True)
class Details:
    """What only a card needs, out of the tables around the service. A hidden address has no locations."""

    service: ServiceFacts
    documents: list[str] = field(default_factory=list)
    accessibilities: list[str] = field(default_factory=list)
    rooms: list[RoomFacts] = field(default_factory=list)
    phones: list[PhoneFacts] = field(default_factory=list)
    online: list[OnlineFacts] = field(default_factory=list)
    areas: list[AreaFacts] = field(default_factory=list)
    locations: list[LocationFacts] = field(default_factory=list)


def read_details(session: Session, ids: Sequence[str]) -> dict[str, Details]:
    """The details of these services by id. Reads each table once."""
    if not ids:
        return {}
    own = {"ids": padded(ids)}
    details = {row[0]: _details_of(row) for row in session.execute(_SERVICES, own)}
    for service_id, *values in session.execute(_PHONES, own):
        details[service_id].phones.append(PhoneFacts(*values))
    for service_id, *values in session.execute(_ONLINE, own):
        details[service_id].online.append(OnlineFacts(*values))
    for service_id, *values in session.execute(_AREAS, own):
        details[service_id].areas.append(AreaFacts(*values))
    for service_id, *values in session.execute(_LOCATIONS, own):
        if not details[service_id].service.hidden_address:
            details[service_id].locations.append(LocationFacts(*values))
    return details


def _details_of(row: Sequence[Any]) -> Details:
    *facts, documents, accessibilities, rooms = row
    return Details(
        ServiceFacts._make(facts),
        documents=[name for (name,) in _rows(documents)],
        accessibilities=[" – ".join(filter(None, row)) for row in _rows(accessibilities)],
        rooms=[
            RoomFacts(unit, int(available), int(maximum) if maximum else None, dt.datetime.fromisoformat(updated))
            for unit, available, maximum, updated in _rows(rooms)
        ],
    )


_BETWEEN_ROWS, _BETWEEN_VALUES = "\x1e", "\x1f"


def _rows(joined: str | None) -> list[list[str]]:
    """The rows of `_joined`, in the order of their texts."""
    return [row.split(_BETWEEN_VALUES) for row in sorted(joined.split(_BETWEEN_ROWS))] if joined else []


def _joined(model: type[Base], *names: str) -> ColumnElement[str | None]:
    """The values of the rows that few services have, in one text: most ask the database for nothing more."""
    values: list[ColumnElement[str]] = [func.coalesce(cast(getattr(model, name), String), "") for name in names]
    text = reduce(lambda before, value: before + _BETWEEN_VALUES + value, values[1:], values[0])
    owner: ColumnElement[str] = model.__table__.c.service_id
    joined = select(func.aggregate_strings(text, _BETWEEN_ROWS)).where(owner == Service.id)
    return joined.correlate(Service).scalar_subquery().label(model.__tablename__)


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _columns(model: type[Base], names: Sequence[str]) -> list[ColumnElement[Any]]:
    return [getattr(model, name) for name in names]


_SERVICES = (
    select(
        *_columns(Service, ServiceFacts._fields[:-2]),
        Organization.website,
        Organization.email,
        _joined(RequiredDocument, "document"),
        _joined(Accessibility, "description", "details"),
        _joined(ServiceCapacity, "unit", "available", "maximum", "updated"),
    )
    .join(Service.organization)
    .where(Service.id.in_(_IDS))
)
_PHONES = (
    select(Phone.service_id, *_columns(Phone, PhoneFacts._fields)).where(Phone.service_id.in_(_IDS)).order_by(Phone.id)
)
_ONLINE = (
    select(OnlineContact.service_id, *_columns(OnlineContact, OnlineFacts._fields))
    .where(OnlineContact.service_id.in_(_IDS))
    .order_by(OnlineContact.id)
)
_AREAS = (
    select(ServiceArea.service_id, *_columns(ServiceArea, AreaFacts._fields))
    .where(ServiceArea.service_id.in_(_IDS))
    .order_by(ServiceArea.id)
)
_LOCATIONS = (
    select(ServiceAtLocation.service_id, *_columns(Location, LocationFacts._fields))
    .join(Location, Location.id == ServiceAtLocation.location_id)
    .where(ServiceAtLocation.service_id.in_(_IDS))
    .order_by(Location.slug)
)
