"""The gaps: what each need has in the municipality with the least, by region and price, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from referral_db.codes import PROVINCES
from referral_db.curation.supply import BANDS
from referral_db.taxonomy import CODES

if TYPE_CHECKING:
    from tests.referral_db.curation.site_client import SiteClient


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_page_says_it_in_numbers_and_words(reader: SiteClient) -> None:
    page = reader.get("/gaten").text
    assert page.count('<th scope="row">') == len(CODES)
    assert page.count("<td ") == len(CODES) * len(PROVINCES)
    assert "Vertrouwen geschonden" in page
    assert '<td class="few" data-label="Limburg"><b>1</b>' in page
    assert '<td class="none" data-label="Antwerpen"><b>0</b>' in page
    for query, label in (("gratis", "gratis"), ("onzin", "alle prijzen")):
        assert f"selected>{label}</option>" in reader.get(f"/gaten?prijs={query}").text


def test_the_table_to_take_along(reader: SiteClient) -> None:
    response = reader.get("/gaten.csv")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"] == 'attachment; filename="nachtlicht-gaten-2026-11-23.csv"'
    assert response.text.startswith("\ufeff")
    rows = read(response.text)
    assert len(rows) == len(CODES) * len(PROVINCES) * len(BANDS)
    one = next(r for r in rows if (r["code"], r["streek"], r["prijs"]) == ("ontrouw", "Limburg", "alle prijzen"))
    assert (one["waarvoor"], one["diensten"], one["minste"]) == ("Vertrouwen geschonden", "1", "1")
    assert {row["zoekvragen_zonder_hulp"] for row in rows} == {""}


def test_only_who_signed_in_sees_it(client: SiteClient) -> None:
    assert client.get("/gaten").status_code == client.get("/gaten.csv").status_code == 303
