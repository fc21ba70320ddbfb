"""docs/inclusion.md says which help of the policy study is in the guide, and what the guide still lacks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from referral_db.opening_hours import LIVE_CHANNELS
from referral_db.quality import coverage
from referral_db.seeding import read_seed

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs/inclusion.md").read_text("utf-8")
GUIDE = HOME.parent / "shared/research/answers_guide.md"
RECORDS = {record["slug"]: record for record in read_seed()[0]}
PUBLISHED = [record for record in RECORDS.values() if record["state"] == "published"]
ROWS = re.findall(r"^\| (\d+[a-d]?) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
NO_OFFER = {
    *(
        "1",
        "4",
        "5",
        "6",
        "7",
        "8",
        "10",
        "11",
        "12",
        "13",
        "14",
        "15",
        "23",
        "37d",
        "38",
        "39",
        "40",
        "42",
        "43",
        "44",
    ),
    *("45", "47", "48", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59", "60", "61", "62"),
}
"""Rows of the summary of the study with a figure, an idea or another country, and no help in Flanders."""


@pytest.mark.parametrize(("number", "name", "where"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_what_the_study_names_has_its_record_or_a_reason(number: str, name: str, where: str) -> None:
    slugs = re.findall(r"`([a-z0-9-]+)`", where)
    assert [slug for slug in slugs if slug not in RECORDS] == []
    drafts = re.findall(r"\*`([a-z0-9-]+)`\*", where)
    assert {slug for slug in slugs if RECORDS[slug]["state"] == "draft"} == set(drafts)
    without = re.sub(r"[*`,]|`[a-z0-9-]+`", "", where).strip()
    assert slugs or (without.endswith(".") and len(without.split()) >= 6), name


@pytest.mark.skipif(not GUIDE.exists(), reason="the summary of the study is not beside this checkout")
def test_every_row_of_the_study_is_accounted_for() -> None:
    first_table = GUIDE.read_text("utf-8").split("## 2.")[0]
    numbers = re.findall(r"^\| (\d+[a-d]?) \|", first_table, re.MULTILINE)
    assert len(numbers) > 60
    named = [number for number, _, _ in ROWS]
    assert sorted([*named, *NO_OFFER]) == sorted(numbers)


def test_what_falls_short_is_said_with_the_figures_of_today() -> None:
    languages = Counter(row["code"] for record in PUBLISHED for row in record["languages"])
    hours = sum(bool(set(record["channels"]) & LIVE_CHANNELS) and not record["schedules"] for record in PUBLISHED)
    price = sum(record["price_kind"] == "onbekend" for record in PUBLISHED)
    wait = sum(not (record["wait_text"] or record["wait_band"]) for record in PUBLISHED)
    known = f"kennen we bij {hours} de uren niet, bij {price} de prijs niet, en bij {wait} de wachttijd niet."
    assert f"Van de {len(PUBLISHED)} gepubliceerde diensten {known}" in PAGE
    assert f"In het Frans {languages['fr']}, in het Engels {languages['en']}, in het Duits {languages['de']}." in PAGE
    assert not languages["tr"] + languages["ar"]
    assert f"{len(RECORDS) - len(PUBLISHED)} records zijn nog een concept" in PAGE
    stronger = [row for row in coverage(PUBLISHED) if row.need == "investeren"]
    assert {(row.options, row.at_a_distance) for row in stronger} == {(5, 1)}
