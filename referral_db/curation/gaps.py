"""Where help is missing: need × region × price band, to look at and to take along as a table for policy makers."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import Route

from referral_db.areas import Municipality, covers, municipalities
from referral_db.codes import PROVINCES
from referral_db.counters import Cell, totals
from referral_db.curation import demand
from referral_db.curation.site import Site, Visit
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

_BROAD_FIRST = {"land": 0, "gewest": 1, "provincie": 2, "gemeente": 3}
_HEAD = (
    *("code", "waarvoor", "streek", "prijs", "diensten", "minste", "gemeente_met_minste"),
    *("zoekvragen", "zoekvragen_zonder_hulp"),
)
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


def routes(site: Site) -> list[Route]:
    return [site.get("/gaten", show), site.get("/gaten.csv", export), site.get("/tellingen.csv", demand.export)]


def show(visit: Visit) -> Response:
    band = visit.query.text("prijs")
    band = band if band in BANDS else ALL
    rows = [gap for gap in supply(visit.db, visit.today) if gap.band == band]
    asked = totals(visit.db, visit.today, demand.WEEKS)
    table: dict[str, list[Gap]] = defaultdict(list)
    for gap in rows:
        table[gap.code].append(gap)
    return visit.page(
        "gaps.html",
        "Gaten",
        band=band,
        bands=BANDS,
        regions=PROVINCES,
        labels_of={code: label.label for code, label in CODES.items()},
        table=table,
        wanted=OPTIONS_WANTED,
        short=sum(gap.fewest < OPTIONS_WANTED for gap in rows),
        total=len(rows),
        weeks=demand.WEEKS,
        asked=asked,
        prices=demand.prices(asked),
        dangers=demand.dangers(asked),
    )


def export(visit: Visit) -> Response:
    """All of it as CSV, with semicolons and a byte order mark, as spreadsheets in Belgium open it."""
    name = f"nachtlicht-gaten-{visit.today.isoformat()}.csv"
    return Response(
        "\ufeff" + table_of(supply(visit.db, visit.today), totals(visit.db, visit.today, demand.WEEKS)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def table_of(gaps: Iterable[Gap], asked: Mapping[Cell, int]) -> str:
    """The lines of the CSV. Demand stands with all prices together, and is empty below 10."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(_HEAD)
    for gap in gaps:
        row = (CODES[gap.code].label, gap.region, BANDS[gap.band], gap.services, gap.fewest, gap.where)
        tables = ("vraag", "tekort") if gap.band == ALL else ()
        sought = [asked.get((table, gap.code, gap.region), "") for table in tables] or ["", ""]
        lines.writerow((gap.code, *row, *sought))
    return text.getvalue()


def supply(db: Session, today: dt.date) -> list[Gap]:
    """Every code × region × band, in the order of the taxonomy; only published help in Dutch counts."""
    bands = _bands(db, today)
    needs = _by_service(db, select(ServiceNeed.service_id, ServiceNeed.code), bands)
    areas = _by_service(db, select(ServiceArea.service_id, ServiceArea.extent_type, ServiceArea.code), bands)
    here: dict[str, dict[tuple[str, str], int]] = {band: defaultdict(int) for band in BANDS}
    around: dict[str, dict[tuple[str, str], int]] = {band: defaultdict(int) for band in BANDS}
    keys: dict[tuple[Area, ...], tuple[list[Area], set[str]]] = {}
    for service_id, band in bands.items():
        mine = tuple(areas[service_id])
        if mine not in keys:  # many services work in the same areas
            kept = _without_parts(list(mine))
            keys[mine] = kept, {region for area in kept for region in _regions(area)}
        own, regions = keys[mine]
        for (code,) in needs[service_id]:
            for one in (band, ALL):
                for area in own:
                    here[one][code, "/".join(area)] += 1
                for region in regions:
                    around[one][code, region] += 1
    places = {region: [one for one in municipalities().values() if one.province == region] for region in PROVINCES}
    covering = {place.nis: ["/".join(area) for area in _covering(place)] for place in municipalities().values()}
    gaps = []
    for code in CODES:
        for region in PROVINCES:
            for band in BANDS:
                found = here[band]
                counts = [(sum(found.get((code, area), 0) for area in covering[p.nis]), p.name) for p in places[region]]
                fewest, where = min(counts)
                gaps.append(Gap(code, region, band, around[band].get((code, region), 0), fewest, where))
    return gaps


def _bands(db: Session, today: dt.date) -> dict[str, str]:
    """The price band of each published service in Dutch."""
    dutch = select(Language.id).where(Language.service_id == Service.id, Language.code == "nl").exists()
    kinds = db.execute(select(Service.id, Service.price_kind).where(Service.state == "published", dutch)).all()
    names = ("option", "amount", "amount_max", "amount_description", "valid_from", "valid_to")
    costs = _by_service(
        db, select(CostOption.service_id, *(getattr(CostOption, name) for name in names)), {one for one, _ in kinds}
    )
    return {one: _band(kind, [Cost(*row) for row in costs[one]], today) for one, kind in kinds}


def _band(kind: str, costs: Sequence[Cost], today: dt.date) -> str:
    price = price_for(kind, costs, Situation(), today)
    if price.max == 0:
        return "gratis"
    if price.max is not None and price.max <= AFFORDABLE:
        return "laag"
    if kind == "inkomensgerelateerd":
        return "inkomen"
    return "onbekend" if price.max is None else "hoog"


def _by_service(db: Session, statement: Any, ids: Container[str]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for service_id, *values in db.execute(statement):
        if service_id in ids:
            found[service_id].append(tuple(values))
    return found


def _without_parts(areas: list[Area]) -> list[Area]:
    """The areas without those that lie in another one, so that a service counts once in each municipality."""
    kept: list[Area] = []
    for area in sorted(set(areas), key=lambda one: _BROAD_FIRST[one[0]]):
        if not any(_holds(broader, area) for broader in kept):
            kept.append(area)
    return kept


def _holds(broader: Area, area: Area) -> bool:
    kind, code = area
    if kind == "gewest":
        return broader in (("land", "BE"), ("gewest", "vlaanderen_brussel"))
    if kind == "provincie":
        return covers(*broader, Municipality("", "", code, ""))
    return kind == "gemeente" and code in municipalities() and covers(*broader, municipalities()[code])


def _regions(area: Area) -> Iterator[str]:
    kind, code = area
    if kind == "gemeente":
        if code in municipalities():
            yield municipalities()[code].province
        return
    yield from (region for region in PROVINCES if covers(kind, code, Municipality("", "", region, "")))


def _covering(place: Municipality) -> Iterator[Area]:
    """Every area that a service may name and that includes `place`."""
    yield ("land", "BE")
    yield ("gewest", "vlaanderen_brussel")
    yield ("gewest", "brussel" if place.province == "Brussel" else "vlaanderen")
    yield ("provincie", place.province)
    yield ("gemeente", place.nis)
