"""What people looked for, beside what there is: rounded counts of weeks that are over, in words and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from referral_db.counters import BANDS, NO_NEED, NO_PLACE, OUTCOMES, Cell, WeekCount, week_counts
from referral_db.curation.site import Visit
from referral_db.taxonomy import CODES, RISKS

WEEKS = 52
"""Weeks that the page adds up."""
_PRICES = {"gratis": "gratis", "laag": "tot € 15", "hoog": "mag meer kosten", "onbekend": "niet gezegd"}
_OUTCOMES = {"gevonden": "gepaste hulp", "verruimd": "alleen iets anders", "niets": "niets"}
_WHAT = {
    "vraag": "gezocht",
    "tekort": "gezocht zonder gepaste hulp",
    "prijs": "prijs en wat er was",
    "gevaar": "gevaar",
}
_OTHER = {NO_NEED: "hulp in het algemeen", NO_PLACE: "niet gezegd", "": ""}


@dataclass(frozen=True)
class Prices:
    """What may be paid (rows) by what was found (columns), in words."""

    columns: list[str]
    rows: list[tuple[str, list[int]]]


def export(visit: Visit) -> Response:
    """All weeks that may be shown as CSV, with semicolons and a byte order mark, as spreadsheets in Belgium open it."""
    name = f"nachtlicht-tellingen-{visit.today.isoformat()}.csv"
    return Response(
        "\ufeff" + table_of(week_counts(visit.db, visit.today)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def table_of(counts: Iterable[WeekCount]) -> str:
    """The lines of the CSV; a week is named by its Monday."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(("week", "telling", "wat", "waar_of_uitkomst", "aantal"))
    for one in counts:
        what, row, column = one.cell
        lines.writerow((one.week.isoformat(), _WHAT[what], _in_words(row), _in_words(column), one.count))
    return text.getvalue()


def prices(asked: Mapping[Cell, int]) -> Prices:
    """The price bands with how often help was found; 0 stands for too little to show."""
    rows = [(_PRICES[band], [asked.get(("prijs", band, outcome), 0) for outcome in OUTCOMES]) for band in BANDS]
    return Prices([_OUTCOMES[outcome] for outcome in OUTCOMES], rows)


def dangers(asked: Mapping[Cell, int]) -> list[tuple[str, int]]:
    """The dangers with in how many conversations they were said; 0 stands for too little to show."""
    return [(words.label, asked.get(("gevaar", code, ""), 0)) for code, words in RISKS.items()]


def _in_words(code: str) -> str:
    if code in CODES:
        return CODES[code].label
    return _OTHER.get(code) or _PRICES.get(code) or _OUTCOMES.get(code) or code
