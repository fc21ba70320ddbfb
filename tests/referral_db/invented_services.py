"""A small referral database for tests, with names that nobody takes for help, and places that are real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

import referral_db
from referral_db.geography import Geography, Place
from referral_db.models import (
    Base,
    CostOption,
    Language,
    Location,
    OnlineContact,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceChannel,
    ServiceNeed,
)

GEOGRAPHY = Geography.load(Path(referral_db.__file__).parent / "seed" / "places.csv")
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY = dt.datetime(2026, 11, 24, 14, 0, tzinfo=BRUSSELS)
NIGHT = dt.datetime(2026, 11, 24, 3, 10, tzinfo=BRUSSELS)
EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"
FLANDERS = ("gewest", "vlaanderen_brussel")
ALWAYS = {"attending_type": "telefoon", "byday": EVERY_DAY, "opens_at": "00:00", "closes_at": "24:00"}
OFFICE = {"attending_type": "telefoon", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "17:00"}


def place(text: str) -> Place:
    [found] = GEOGRAPHY.find(text)
    return found


def area(text: str) -> tuple[str, str]:
    """The service area that is one municipality."""
    return "gemeente", place(text).nis or ""


@contextmanager
def empty_database() -> Iterator[Session]:
    """A session on an empty database in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def add(
    session: Session,
    slug: str,
    *,
    needs: Sequence[str] = ("ontrouw",),
    areas: Sequence[tuple[str, str]] = (FLANDERS,),
    channels: Sequence[str] = ("telefoon",),
    at: str | None = None,
    address: str | None = "Teststraat 1",
    hours: Sequence[dict[str, Any]] = (),
    costs: Sequence[dict[str, Any]] = (),
    phones: Sequence[dict[str, Any]] | None = None,
    online: Sequence[dict[str, Any]] = (),
    languages: Sequence[str] = ("nl",),
    organization: str | None = None,
    **service: Any,
) -> Service:
    """Adds a published, free service of the government for all of Flanders and Brussels; change what the test is about.

    Each has a telephone number of its own that nobody can call. `at` is where it can be visited, with `address`.
    """
    owner = session.get(Organization, organization or f"org-{slug}")
    owner = owner or Organization(id=organization or f"org-{slug}", slug=organization or slug, name=f"Test {slug}")
    values: dict[str, Any] = {
        "id": f"id-{slug}",
        "slug": slug,
        "name": f"Testdienst {slug}",
        "description": "Alleen voor een test.",
        "url": f"https://{slug}.example/",
        "state": "published",
        "provider_type": "CAW",
        "who_pays": "overheid",
        "price_kind": "gratis",
        "source": f"https://{slug}.example/bron",
        "confidence": "high",
        "checked_on": dt.date(2026, 11, 1),
    }
    record = Service(**values | service, organization=owner)
    record.needs = [ServiceNeed(code=code) for code in needs]
    record.channels = [ServiceChannel(channel=channel) for channel in channels]
    record.service_areas = [ServiceArea(extent_type=kind, code=code) for kind, code in areas]
    record.schedules = [Schedule(**{"on_public_holidays": True} | row) for row in hours]
    record.cost_options = [CostOption(**row) for row in costs]
    own = [{"number": f"000 {crc32(slug.encode()):010}"}]
    record.phones = [Phone(**row) for row in (own if phones is None else phones)]
    record.online_contacts = [OnlineContact(**row) for row in online]
    record.languages = [Language(code=code) for code in languages]
    if at is not None:
        there = place(at)
        location = Location(
            id=f"loc-{slug}",
            slug=slug,
            address_1=address,
            postal_code=there.postal_code,
            city=there.municipality,
            latitude=there.lat,
            longitude=there.lon,
        )
        record.locations = [ServiceAtLocation(location=location)]
    session.add(record)
    session.flush()
    return record


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that the database runs meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
