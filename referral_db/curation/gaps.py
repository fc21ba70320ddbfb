"""Where help is missing: need × region × price band, to look at and to take along as a table for policy makers."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping

from starlette.responses import Response
from starlette.routing import Route

from referral_db.codes import PROVINCES
from referral_db.counters import Cell, totals
from referral_db.curation import demand
from referral_db.curation.site import Site, Visit
from referral_db.curation.supply import ALL, BANDS, Gap, supply
from referral_db.quality import OPTIONS_WANTED
from referral_db.taxonomy import CODES

_HEAD = (
    *("code", "waarvoor", "streek", "prijs", "diensten", "minste", "gemeente_met_minste"),
    *("zoekvragen", "zoekvragen_zonder_hulp"),
)


def routes(site: Site) -> list[Route]:
    return [site.get("/gaten", show), site.get("/gaten.csv", export), site.get("/tellingen.csv", demand.export)]


def show(visit: Visit) -> Response:
    band = visit.query.text("prijs")
    band = band if band in BANDS else ALL
    rows = supply(visit.db, visit.today, [band])
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
