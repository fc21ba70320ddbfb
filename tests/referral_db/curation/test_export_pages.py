"""Out: the list as a file in three shapes, and on paper."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from referral_db.curation import export_pages
from referral_db.models import Service
from referral_db.workbook import read_workbook

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from tests.referral_db.curation.site_client import SiteClient


def codes(text: str) -> list[str]:
    return [row["code"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")]


def test_a_list_goes_out_with_the_filters_it_was_found_with(reader: SiteClient) -> None:
    everything = reader.get("/gids.csv")
    assert everything.headers["content-disposition"] == 'attachment; filename="nachtlicht-gids-2026-11-23.csv"'
    assert codes(everything.text) == ["lamp", "schets", "schuilplek"]
    assert codes(reader.get("/gids.csv?staat=published&nood=ontrouw").text) == ["lamp"]
    assert codes(reader.get("/gids.csv?zoek=bestaat+niet").text) == []


def test_the_three_shapes_hold_the_same_services(reader: SiteClient) -> None:
    rows = read_workbook(reader.get("/gids.xlsx").content, 10)
    assert [row[0] for _, row in rows] == ["code", "lamp", "schets", "schuilplek"]
    assert [one["name"] for one in json.loads(reader.get("/gids.json").text)] == [
        "Dienst lamp",
        "Dienst schets",
        "Dienst schuilplek",
    ]
    assert reader.get("/gids.pdf").status_code == 404


def test_the_list_page_leads_to_its_own_export(reader: SiteClient) -> None:
    page = reader.get("/diensten?nood=ontrouw&staat=published").text
    assert 'href="/gids.xlsx?nood=ontrouw&amp;staat=published"' in page
    assert 'href="/afdruk?nood=ontrouw&amp;staat=published"' in page


def test_a_cell_that_excel_would_cut_is_said_kindly(reader: SiteClient, database: sessionmaker[Session]) -> None:
    with database() as db:
        db.query(Service).filter_by(slug="lamp").one().description = "a" * 40_000
        db.commit()
    page = reader.get("/gids.xlsx")
    assert page.status_code == 422
    assert "neem CSV" in page.text


def test_a_service_and_a_list_can_be_printed(reader: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    one = reader.get("/afdruk/lamp").text
    assert "0470 00 00 00" in one
    assert "Proefstraat 1" in one
    assert "Dienst schets" not in one
    assert "Proefstraat" not in reader.get("/afdruk/schuilplek").text
    assert reader.get("/afdruk/bestaat-niet").status_code == 404
    assert reader.get("/afdruk").text.count('class="card sheet"') == 3
    monkeypatch.setattr(export_pages, "PRINTED", 2)
    assert "Hier staan de eerste 2." in reader.get("/afdruk").text


def test_nothing_goes_out_without_signing_in(client: SiteClient) -> None:
    for path in ("/gids.csv", "/afdruk", "/afdruk/lamp", "/in-en-uit"):
        assert client.get(path).status_code == 303
