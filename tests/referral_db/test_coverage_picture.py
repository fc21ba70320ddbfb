from __future__ import annotations

import datetime as dt
from pathlib import Path
from xml.etree import ElementTree

from referral_db.codes import NEEDS, PROVINCES
from referral_db.coverage_picture import draw_coverage
from referral_db.quality import Coverage, coverage
from referral_db.reach import Reach, reach
from referral_db.seeding import read_seed

MONDAY = dt.date(2026, 11, 23)
SVG = "{http://www.w3.org/2000/svg}"
PICTURE = Path(__file__).parents[2] / "docs" / "coverage.svg"


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours


def test_the_picture_in_docs_is_of_the_seed_of_today() -> None:
    published = [record for record in read_seed()[0] if record["state"] == "published"]
    drawn = draw_coverage(coverage(published), reach(published, MONDAY))
    assert PICTURE.read_text(encoding="utf-8") == drawn, "run: nachtlicht db check --picture docs/coverage.svg"
    assert "Nergens tekort. Op elke minuut van de week antwoordt er iemand" in drawn


def test_it_says_in_words_what_it_shows() -> None:
    reached = [Reach("ontrouw", "Limburg", 0, 600), Reach("ontrouw", "Brussel", 120, 60, "maandag om 2.00 uur")]
    svg = draw_coverage([Coverage("ontrouw", "Limburg", 12, 4, 2), Coverage("ontrouw", "Brussel", 2, 0, 1)], reached)
    root = ElementTree.fromstring(svg)  # noqa: S314 - ours
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "Tekort: Vertrouwen geschonden in Brussel." in (description.text or "")
    assert "antwoordt er iemand: Vertrouwen geschonden (maandag om 2.00 uur)." in (description.text or "")
    texts = _texts(svg)
    assert {"166 van 168 u tekort", "maar één dienst: 1 u"} <= set(texts)
    assert {"Limburg", "Brussel", "Vertrouwen geschonden", "12", "2 tekort"} <= set(texts)
    assert "≤ € 15: 4 · afstand: 2" in texts


def test_a_shortage_shows_without_colour() -> None:
    cells = [Coverage("ontrouw", "Limburg", 9, 4, 0), Coverage("ontrouw", "Brussel", 9, 4, 1)]
    short, enough = (draw_coverage([cell]) for cell in cells)
    assert "9 tekort" in short
    assert 'stroke-width="3"' in short
    assert "tekort" not in " ".join(_texts(enough)[-2:])
    assert 'stroke-width="3"' not in enough


def test_every_need_and_region_has_its_cell() -> None:
    rows = [Coverage(need, region, 3, 1, 1) for need in NEEDS for region in PROVINCES]
    assert sum(text.startswith("≤") for text in _texts(draw_coverage(rows))) == len(NEEDS) * len(PROVINCES)


def test_an_empty_database_is_said_to_be_empty() -> None:
    assert "De gids is leeg." in draw_coverage([])
