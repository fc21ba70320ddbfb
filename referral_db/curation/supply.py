"""How much help there is, by need × region × price band: what each municipality has, counted in one go over all."""

from __future__ import annotations

import datetime as dt
import sys
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from sqlalchemy import Connection, SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from referral_db.areas import Municipality, covers, municipalities
from referral_db.codes import PROVINCES
from referral_db.models import CostOption, Language, Service, ServiceArea, ServiceNeed
from referral_db.price import Cost, Situation, price_for
from referral_db.quality import AFFORDABLE, OPTIONS_WANTED
from referral_db.taxonomy import CODES

ALL = "alle"
BANDS = {
    ALL: "alle prijzen",
    "gratis": "gratis",
    "laag": "tot € 15",
    "inkomen": "volgens inkomen",
    "hoog": "meer dan € 15",
    "onbekend": "prijs niet bekend",
}
"""Price bands for one conversation of one person in the usual situation. Unknown is a band of its own, never free."""

Area = tuple[str, str]


@dataclass(frozen=True)
class Gap:
    """What there is for one code in one region and price band.

    `services` work somewhere in the region; `fewest` of them serve the municipality `where`, which has the least.
    """

    code: str
    region: str
    band: str
    services: int
    fewest: int
    where: str

    @property
    def shade(self) -> str:
        """The class of the cell: none, too few, enough, plenty."""
        if self.fewest == 0:
            return "none"
        return "few" if self.fewest < OPTIONS_WANTED else "enough" if self.fewest < 2 * OPTIONS_WANTED else "plenty"


def supply(db: Session, today: dt.date, bands: Collection[str] = tuple(BANDS)) -> list[Gap]:
    """Every code × region × band, in the order of the taxonomy; only published help in Dutch counts."""
    here, around = _counts(db, today)
    served = {
        region: [(_unpacked(sum(here[area] for area in areas)), name) for areas, name in _places(region)]
        for region in PROVINCES
    }
    somewhere = {region: _unpacked(around[region]) for region in PROVINCES}
    rows = []
    for code in CODES:
        for region in PROVINCES:
            for band in bands:
                n = _NUMBER[code, band]
                fewest, where = min((counts[n], name) for counts, name in served[region])
                rows.append(Gap(code, region, band, somewhere[region][n], fewest, where))
    return rows


_NUMBER = {key: number for number, key in enumerate(product(CODES, BANDS))}
_BITS = 32
"""A count for each code and band, packed in one whole number: two such numbers are added in one go."""


@lru_cache(maxsize=4096)
def _packed(needs: str | None, band: str) -> int:
    """One service, which counts in its band and in all."""
    codes = needs.split(",") if needs else []
    return sum(1 << _BITS * _NUMBER[code, one] for code in codes for one in (band, ALL) if code in CODES)


def _unpacked(counts: int) -> array[int]:
    """The counts by `_NUMBER`."""
    found = array("I", counts.to_bytes(_BITS // 8 * len(_NUMBER), sys.byteorder))
    if sys.byteorder == "big":
        found.reverse()
    return found


def _counts(db: Session, today: dt.date) -> tuple[dict[Area, int], dict[str, int]]:
    """The packed counts of the services that name an area, and of those that work somewhere in a region."""
    alike: dict[str | None, int] = defaultdict(int)  # many services work in the same areas
    for needs, areas, band in _published(db, today):
        alike[areas] += _packed(needs, band)
    here: dict[Area, int] = defaultdict(int)
    around: dict[str, int] = defaultdict(int)
    for areas, counts in alike.items():
        own = _without_parts(_areas(areas))
        for area in own:
            here[area] += counts
        for region in {region for area in own for region in _regions(area)}:
            around[region] += counts
    return here, around


def _published(db: Session, today: dt.date) -> Iterator[tuple[str | None, str | None, str]]:
    """Codes and areas of each published service in Dutch, as the database joins them, and its price band."""
    dutch = select(Language.id).where(Language.service_id == Service.id, Language.code == "nl").exists()
    shown = select(Service.id).where(Service.state == "published", dutch)
    rows = db.connection()  # plain rows: no object of the mapper is needed
    kinds = rows.execute(shown.add_columns(Service.price_kind)).all()
    needs = _joined(rows, ServiceNeed.service_id, ServiceNeed.code)
    areas = _joined(rows, ServiceArea.service_id, ServiceArea.extent_type + "/" + ServiceArea.code)
    names = ("option", "amount", "amount_max", "amount_description", "valid_from", "valid_to")
    costs: dict[str, list[Cost]] = defaultdict(list)
    for service_id, *values in rows.execute(
        select(CostOption.service_id, *(getattr(CostOption, name) for name in names)).order_by(CostOption.id)
    ):
        costs[service_id].append(Cost(*values))
    for service_id, kind in kinds:
        band = _band(kind, tuple(costs.get(service_id, ())), today)
        yield needs.get(service_id), areas.get(service_id), band


def _joined(
    rows: Connection, service_id: InstrumentedAttribute[str], value: SQLColumnExpression[str]
) -> dict[str, str]:
    """The values of each service with commas between, put together by the database: few rows instead of very many."""
    statement = select(service_id, func.aggregate_strings(value, ",")).group_by(service_id)
    return {row[0]: row[1] for row in rows.execute(statement)}


@lru_cache(maxsize=4096)
def _band(kind: str, costs: tuple[Cost, ...], today: dt.date) -> str:
    price = price_for(kind, costs, Situation(), today)
    if price.max == 0:
        return "gratis"
    if price.max is not None and price.max <= AFFORDABLE:
        return "laag"
    if kind == "inkomensgerelateerd":
        return "inkomen"
    return "onbekend" if price.max is None else "hoog"


def _areas(joined: str | None) -> list[Area]:
    pairs = (one.partition("/") for one in joined.split(",")) if joined else ()
    return [(kind, code) for kind, _, code in pairs]


def _without_parts(areas: Iterable[Area]) -> list[Area]:
    """The areas without those that lie in another one, so that a service counts once in each municipality."""
    given = set(areas)
    broad = sorted(area for area in given if area[0] != "gemeente")
    return [area for area in given if not any(other != area and _holds(other, area) for other in broad)]


@lru_cache(maxsize=4096)
def _holds(broader: Area, area: Area) -> bool:
    kind, code = area
    if kind == "gewest":
        return broader in (("land", "BE"), ("gewest", "vlaanderen_brussel"))
    if kind == "provincie":
        return covers(*broader, Municipality("", "", code, ""))
    return kind == "gemeente" and code in municipalities() and covers(*broader, municipalities()[code])


@lru_cache(maxsize=4096)
def _regions(area: Area) -> frozenset[str]:
    kind, code = area
    if kind == "gemeente":
        return frozenset({municipalities()[code].province} if code in municipalities() else ())
    return frozenset(region for region in PROVINCES if covers(kind, code, Municipality("", "", region, "")))


@cache
def _places(region: str) -> list[tuple[list[Area], str]]:
    """The municipalities of a region, each with the areas that hold it."""
    own = (place for place in municipalities().values() if place.province == region)
    return [(list(_covering(place)), place.name) for place in own]


def _covering(place: Municipality) -> Iterator[Area]:
    """Every area that a service may name and that includes `place`."""
    yield ("land", "BE")
    yield ("gewest", "vlaanderen_brussel")
    yield ("gewest", "brussel" if place.province == "Brussel" else "vlaanderen")
    yield ("provincie", place.province)
    yield ("gemeente", place.nis)
