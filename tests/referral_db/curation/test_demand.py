"""Demand beside supply: rounded counts of weeks that are over, on the page of the gaps and as tables to take along."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from referral_db.counters import CELLS, Counted, WeekCount
from referral_db.curation.demand import _in_words, table_of
from tests.referral_db.curation.conftest import TODAY

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from tests.referral_db.curation.site_client import SiteClient

THIS_WEEK = dt.date(2026, 11, 23)
LAST_WEEK, LAST_YEAR = THIS_WEEK - dt.timedelta(weeks=1), THIS_WEEK - dt.timedelta(weeks=53)


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.fixture
def _counts(database: sessionmaker[Session]) -> None:
    rows = [
        (LAST_WEEK, "vraag", "ontrouw", "Limburg", 35),
        (LAST_WEEK - dt.timedelta(weeks=3), "vraag", "ontrouw", "Limburg", 15),
        (LAST_WEEK, "tekort", "ontrouw", "Limburg", 20),
        (LAST_WEEK, "prijs", "gratis", "verruimd", 25),
        (LAST_WEEK, "gevaar", "zelfdoding", "", 10),
        (LAST_YEAR, "gevaar", "partnergeweld", "", 75),
        (THIS_WEEK, "vraag", "conflict", "Antwerpen", 95),  # written when a process stopped
    ]
    names = ("week", "what", "row", "column", "count")
    with database.begin() as db:
        assert TODAY == THIS_WEEK
        db.execute(insert(Counted), [dict(zip(names, row, strict=True)) for row in rows])


@pytest.mark.usefixtures("_counts")
def test_demand_stands_beside_supply_and_the_running_week_does_not(reader: SiteClient) -> None:
    page = reader.get("/gaten").text
    assert "50 keer gezocht, 20 keer zonder gepaste hulp" in page
    assert "95 keer" not in page
    assert '<tr><th scope="row">gratis</th><td>–</td><td>25</td><td>–</td></tr>' in page
    assert '<tr><th scope="row">Denken aan zelfdoding</th><td>10</td></tr>' in page
    assert '<tr><th scope="row">Niet veilig bij je partner</th><td>–</td></tr>' in page


def test_without_counts_the_page_says_so(reader: SiteClient) -> None:
    page = reader.get("/gaten").text
    assert "Er zijn nog geen cijfers." in page
    assert "keer gezocht" not in page


@pytest.mark.usefixtures("_counts")
def test_the_gaps_to_take_along_have_demand_with_all_prices_together(reader: SiteClient) -> None:
    rows = read(reader.get("/gaten.csv").text)
    sought = [row for row in rows if row["zoekvragen"] or row["zoekvragen_zonder_hulp"]]
    names = ("code", "streek", "prijs", "zoekvragen", "zoekvragen_zonder_hulp")
    assert [tuple(row[name] for name in names) for row in sought] == [
        ("ontrouw", "Limburg", "alle prijzen", "50", "20")
    ]


@pytest.mark.usefixtures("_counts")
def test_all_weeks_to_take_along(reader: SiteClient) -> None:
    response = reader.get("/tellingen.csv")
    assert response.headers["content-disposition"] == 'attachment; filename="nachtlicht-tellingen-2026-11-23.csv"'
    rows = [tuple(row.values()) for row in read(response.text)]
    assert rows[0] == ("2026-11-16", "gezocht", "Vertrouwen geschonden", "Limburg", "35")
    assert ("2025-11-17", "gevaar", "Niet veilig bij je partner", "", "75") in rows
    assert len(rows) == 6
    assert "2026-11-23" not in {row[0] for row in rows}


def test_only_who_signed_in_sees_counts(client: SiteClient) -> None:
    assert client.get("/tellingen.csv").status_code == 303


def test_every_code_has_words() -> None:
    names = {_in_words(code) for _, row, column in CELLS for code in (row, column)}
    assert not {"laag", "hoog", "verruimd", "onbekend", "algemeen"} & names
    table = table_of([WeekCount(LAST_WEEK, cell, 10) for cell in CELLS])
    assert table.count("\r\n") == len(CELLS) + 1
