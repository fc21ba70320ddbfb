"""Makes services that do not exist, in the proportions of real ones, to measure how the search grows.

Nothing in them can be mistaken for help: names begin with "Voorbeeld", addresses end in ".example", and there are no
telephone numbers.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from referral_db.geography import PROVINCES, Geography, Place
from referral_db.models import (
    Base,
    CostOption,
    Language,
    Location,
    OnlineContact,
    Organization,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceChannel,
    ServiceNeed,
    sort_name_of,
)
from referral_db.taxonomy import NEEDS, RISKS

BATCH = 2000
"""Services held in memory at once."""
_WORKDAYS = "MO,TU,WE,TH,FR"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of service: its share of all, and the ranges to draw from."""

    share: float
    provider_type: str
    who_pays: str
    price_kind: str
    channels: tuple[str, ...]
    area: str
    needs: tuple[int, int]
    couple_work: bool = False


_KINDS = (
    _Kind(0.50, "therapeut", "prive", "vork", ("ter_plaatse", "videogesprek"), "gemeente", (3, 9)),
    _Kind(0.12, "relatietherapeut", "prive", "vork", ("ter_plaatse",), "gemeente", (4, 10), couple_work=True),
    _Kind(0.12, "psycholoog", "overheid", "vast", ("ter_plaatse", "groep"), "gemeente", (3, 8)),
    _Kind(0.08, "CAW", "overheid", "gratis", ("telefoon", "chat", "ter_plaatse"), "streek", (8, 16)),
    _Kind(0.05, "bemiddelaar", "prive", "onbekend", ("ter_plaatse",), "streek", (1, 3), couple_work=True),
    _Kind(0.05, "groep", "vzw", "onbekend", ("groep",), "provincie", (2, 5)),
    _Kind(0.04, "CGG", "overheid", "vast", ("ter_plaatse",), "streek", (2, 5)),
    _Kind(0.025, "vorming", "vzw", "vast", ("groep",), "provincie", (2, 4)),
    _Kind(0.01, "website", "vzw", "gratis", ("website",), "gewest", (1, 6)),
    _Kind(0.005, "hulplijn", "overheid", "gratis", ("telefoon", "chat"), "gewest", (3, 12)),
)


def generate(session: Session, geography: Geography, count: int, *, seed: int = 1, on: dt.date) -> None:
    """Adds `count` published services and commits. The same `seed` gives the same services.

    `on` is the day of the measurement: services were checked in the year and a bit before it.
    """
    draw = random.Random(seed)  # noqa: S311 - nothing here is a secret
    places = [place for province in (*PROVINCES, "Brussel") for place in geography.municipalities(province)]
    for start in range(0, count, BATCH):
        rows: dict[type[Base], list[dict[str, Any]]] = {}
        for number in range(start, min(start + BATCH, count)):
            for model, row in _service(draw, number, places, on):
                rows.setdefault(model, []).append(row)
        for model in _ORDER:
            if model in rows:
                session.execute(insert(model), rows[model])
        session.commit()


_ORDER: Sequence[type[Base]] = (
    Organization,
    Service,
    ServiceNeed,
    ServiceChannel,
    OnlineContact,
    Schedule,
    CostOption,
    ServiceArea,
    Language,
    Location,
    ServiceAtLocation,
)


def _service(
    draw: random.Random, number: int, places: Sequence[Place], on: dt.date
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    kind = draw.choices(_KINDS, [kind.share for kind in _KINDS])[0]
    place = draw.choice(places)
    slug = f"voorbeeld-{number}"
    url = f"https://{slug}.example/"
    name = f"Voorbeeld {kind.provider_type} {number}"
    service_id, organization_id = (str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(2))
    yield Organization, {"id": organization_id, "slug": slug, "name": f"Voorbeeld {number}", "website": url}
    yield (
        Service,
        {
            "id": service_id,
            "slug": slug,
            "organization_id": organization_id,
            "name": name,
            "sort_name": sort_name_of(name),
            "description": "Deze dienst bestaat niet. Hij dient om te meten.",
            "url": url,
            "state": "published",
            "provider_type": kind.provider_type,
            "who_pays": kind.who_pays,
            "price_kind": kind.price_kind,
            "couple_work": kind.couple_work,
            "source": url,
            "confidence": "medium",
            "checked_on": on - dt.timedelta(days=draw.randrange(420)),
        },
    )
    yield OnlineContact, {"service_id": service_id, "channel": "website", "value": url}
    yield Language, {"service_id": service_id, "code": "nl"}
    codes = draw.sample(sorted(NEEDS), draw.randint(*kind.needs))
    if kind.provider_type in ("CAW", "hulplijn"):
        codes.append(draw.choice(sorted(RISKS)))
    yield from ((ServiceNeed, {"service_id": service_id, "code": code}) for code in codes)
    yield from ((ServiceChannel, {"service_id": service_id, "channel": channel}) for channel in kind.channels)
    for area in _AREAS[kind.area](draw, place, places):
        yield ServiceArea, {"service_id": service_id, "extent_type": area[0], "code": area[1]}
    yield from ((Schedule, {"service_id": service_id} | row) for row in _hours(draw, kind))
    yield from ((CostOption, {"service_id": service_id} | row) for row in _costs(draw, kind))
    if "ter_plaatse" in kind.channels or "groep" in kind.channels:
        location_id = str(uuid.UUID(int=draw.getrandbits(128)))
        yield (
            Location,
            {
                "id": location_id,
                "slug": slug,
                "postal_code": place.postal_code,
                "city": place.municipality,
                "latitude": place.lat,
                "longitude": place.lon,
            },
        )
        yield ServiceAtLocation, {"service_id": service_id, "location_id": location_id}


def _streek(draw: random.Random, place: Place, places: Sequence[Place]) -> list[tuple[str, str]]:
    """From 5 to 25 municipalities of one province, as the area of a CAW is stored."""
    near = [other.nis or "" for other in places if other.province == place.province]
    return [("gemeente", nis) for nis in draw.sample(near, min(len(near), draw.randint(5, 25)))]


_AREAS: dict[str, Callable[[random.Random, Place, Sequence[Place]], list[tuple[str, str]]]] = {
    "gemeente": lambda _draw, place, _places: [("gemeente", place.nis or "")],
    "streek": _streek,
    "provincie": lambda _draw, place, _places: [("provincie", place.province)],
    "gewest": lambda _draw, _place, _places: [("gewest", "vlaanderen_brussel")],
}


def _hours(draw: random.Random, kind: _Kind) -> Iterator[dict[str, Any]]:
    for channel in kind.channels:
        if channel == "website" or draw.random() < 0.3:
            continue
        night = kind.provider_type == "hulplijn" and draw.random() < 0.1
        yield {
            "attending_type": channel,
            "byday": "MO,TU,WE,TH,FR,SA,SU" if night else _WORKDAYS,
            "opens_at": "00:00" if night else draw.choice(["08:30", "09:00", "10:00", "13:00"]),
            "closes_at": "24:00" if night else draw.choice(["17:00", "18:00", "20:00", "21:30"]),
            "on_public_holidays": True if night else draw.choice([None, False]),
        }


def _costs(draw: random.Random, kind: _Kind) -> Iterator[dict[str, Any]]:
    if kind.price_kind == "vast":
        yield {"option": "standaard", "amount": 11.0, "amount_max": None}
        yield {"option": "verhoogde_tegemoetkoming", "amount": 4.0, "amount_max": None}
    elif kind.price_kind == "vork":
        low = float(draw.randrange(50, 90, 5))
        yield {"option": "standaard", "amount": low, "amount_max": low + draw.randrange(0, 50, 10)}
