"""The supply: what each need has in the municipality with the least, by region and price."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from referral_db.areas import covers, municipalities
from referral_db.codes import PROVINCES
from referral_db.curation.supply import ALL, BANDS, Gap, supply
from referral_db.quality import coverage
from referral_db.records import all_services, store, to_record
from referral_db.taxonomy import NEEDS
from referral_db.validation import complete
from tests.referral_db.curation.conftest import TODAY, service

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker


def add(database: sessionmaker[Session], slug: str, **changes: Any) -> None:
    with database() as db:
        record, problems = complete(service(slug, locations=[], **changes))
        assert not problems
        store(db, record)
        db.commit()


def gap(database: sessionmaker[Session], code: str, region: str, band: str = ALL) -> Gap:
    with database() as db:
        return next(one for one in supply(db, TODAY) if (one.code, one.region, one.band) == (code, region, band))


def test_it_counts_where_the_least_is(empty_database: sessionmaker[Session]) -> None:
    add(empty_database, "een", needs=["jongeren"], service_areas=[{"extent_type": "provincie", "code": "Limburg"}])
    add(empty_database, "twee", needs=["jongeren"], service_areas=[{"extent_type": "gemeente", "code": "71016"}])
    found = gap(empty_database, "jongeren", "Limburg")
    assert (found.services, found.fewest) == (2, 1)
    assert found.where != "Genk"
    assert gap(empty_database, "jongeren", "Antwerpen").services == 0
    assert gap(empty_database, "conflict", "Limburg").fewest == 0


def test_drafts_and_other_languages_do_not_count(empty_database: sessionmaker[Session]) -> None:
    everywhere = [{"extent_type": "land", "code": "BE"}]
    add(empty_database, "ontwerp", needs=["jongeren"], service_areas=everywhere, state="draft")
    add(empty_database, "frans", needs=["jongeren"], service_areas=everywhere, languages=[{"code": "fr"}])
    assert gap(empty_database, "jongeren", "Brussel").services == 0


@pytest.mark.parametrize(
    ("kind", "costs", "band"),
    [
        ("gratis", [], "gratis"),
        ("vast", [{"option": "standaard", "amount": 15}], "laag"),
        ("vork", [{"option": "standaard", "amount": 10, "amount_max": 60}], "hoog"),
        ("vast", [{"option": "standaard", "amount": 60}], "hoog"),
        ("inkomensgerelateerd", [], "inkomen"),
        ("onbekend", [], "onbekend"),
        ("vast", [{"option": "standaard", "amount": 5, "valid_to": "2020-01-01"}], "onbekend"),
    ],
)
def test_the_price_bands(
    empty_database: sessionmaker[Session], kind: str, costs: list[dict[str, Any]], band: str
) -> None:
    everywhere = [{"extent_type": "gewest", "code": "vlaanderen_brussel"}]
    add(empty_database, "een", needs=["lhbti"], service_areas=everywhere, price_kind=kind, cost_options=costs)
    found = {one: gap(empty_database, "lhbti", "Brussel", one).fewest for one in BANDS}
    assert found == {one: int(one in (ALL, band)) for one in BANDS}


def test_it_agrees_with_the_slow_count(empty_database: sessionmaker[Session]) -> None:
    """Random areas that overlap: each service counts once in each municipality, as `quality.coverage` counts."""
    chance = random.Random(7)
    choices = [("land", "BE"), ("gewest", "vlaanderen"), ("gewest", "brussel"), ("gewest", "vlaanderen_brussel")]
    choices += [("provincie", name) for name in PROVINCES]
    choices += [("gemeente", nis) for nis in list(municipalities())[::10]]
    for number in range(40):
        areas = [{"extent_type": kind, "code": code} for kind, code in chance.sample(choices, chance.randint(1, 4))]
        add(empty_database, f"dienst-{number}", needs=chance.sample(list(NEEDS), 3), service_areas=areas)
    with empty_database() as db:
        records = [to_record(one) for one in all_services(db)]
        found = {(one.code, one.region): one for one in supply(db, TODAY) if one.band == ALL}
    for row in coverage(records):
        assert found[row.need, row.region].fewest == row.options
    for (code, region), one in found.items():
        places = [place for place in municipalities().values() if place.province == region]
        serving = [
            record
            for record in records
            if code in record["needs"]
            and any(covers(a["extent_type"], a["code"], place) for a in record["service_areas"] for place in places)
        ]
        assert one.services == len(serving)
