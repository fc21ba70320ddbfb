from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from referral_db.hsds import from_hsds, slug_of, to_hsds
from referral_db.records import canonical
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.record_strategies import raw_records

SCHEMA = Path(__file__).parents[3] / "shared" / "hsds" / "3.0" / "schema" / "compiled" / "service.json"
DRAFT = SCHEMA.parents[3] / "3.1-draft"
RECORDS, _ = read_seed()
ROOM = {"unit": "plaats", "available": 3, "maximum": 12, "updated": "2026-11-23T10:00:00"}
with_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the HSDS 3.0 schema is not beside this checkout")


@cache
def _validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return validator_for(schema)(schema, format_checker=FormatChecker())


def _errors(service: dict[str, Any]) -> list[str]:
    return [f"{list(error.path)}: {error.message}" for error in _validator().iter_errors(service)]


@with_schema
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record["slug"]))
def test_the_export_of_the_seed_is_valid_hsds(record: dict[str, Any]) -> None:
    assert _errors(json.loads(json.dumps(to_hsds(record)))) == []


@with_schema
@given(raw_records())
@settings(max_examples=40, deadline=None)
def test_every_export_is_valid_hsds(raw: dict[str, Any]) -> None:
    assert _errors(json.loads(json.dumps(to_hsds(complete(raw)[0])))) == []


@with_schema
def test_the_schema_would_refuse_a_wrong_export() -> None:
    assert _errors(to_hsds(RECORDS[0]) | {"status": "gepubliceerd"})


@cache
def _capacity_validator() -> Any:
    """The 3.1 draft is not compiled: its parts point to each other by name."""
    schemas = {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for folder in (SCHEMA.parents[1], DRAFT)
        for path in folder.glob("*.json")
    }
    resources = [(name, Resource(schema, DRAFT202012)) for name, schema in schemas.items()]
    return Draft202012Validator(
        schemas["service_capacity.json"], registry=Registry().with_resources(resources), format_checker=FormatChecker()
    )


@pytest.mark.skipif(not DRAFT.exists(), reason="the HSDS 3.1 draft is not beside this checkout")
@given(raw_records())
@settings(max_examples=40, deadline=None)
def test_every_capacity_is_valid_in_the_draft_of_hsds_3_1(raw: dict[str, Any]) -> None:
    service = json.loads(json.dumps(to_hsds(complete(raw)[0])))
    for capacity in service.get("capacities", []):
        assert [error.message for error in _capacity_validator().iter_errors(capacity)] == []
        assert dt.datetime.fromisoformat(capacity["updated"]).tzinfo is not None
    assert len(service.get("capacities", [])) == len(raw["capacities"])


@pytest.mark.skipif(not DRAFT.exists(), reason="the HSDS 3.1 draft is not beside this checkout")
@pytest.mark.parametrize("wrong", [{"unit": "bed"}, {"available": "drie"}, {"unit": {"name": "bed"}}])
def test_the_draft_would_refuse_a_wrong_capacity(wrong: dict[str, Any]) -> None:
    right = to_hsds(complete(RECORDS[0] | {"capacities": [ROOM]})[0])["capacities"][0]
    assert list(_capacity_validator().iter_errors(right)) == []
    assert list(_capacity_validator().iter_errors(right | wrong))


def test_a_capacity_of_somebody_else_is_read() -> None:
    theirs = {"id": "x", "unit": {"id": "y", "name": "bed"}, "available": 2, "updated": "2026-11-23T03:10:00.5+01:00"}
    record, problems = complete(RECORDS[0] | {"capacities": from_hsds({"capacities": [theirs]})["capacities"]})
    assert problems == []
    [room] = record["capacities"]
    assert (room["unit"], room["available"], room["maximum"]) == ("bed", 2, None)
    assert room["updated"] == dt.datetime(2026, 11, 23, 2, 10, 0, 500_000)


def test_accessibility_stands_at_each_location_too_as_others_write_it() -> None:
    place = {"slug": "huis", "city": "Gent", "postal_code": "9000", "address_1": "Straat 1"}
    ramp = {"description": "rolstoel", "details": "lift", "url": "https://lift.be"}
    mine, _ = complete(RECORDS[0] | {"locations": [place], "accessibilities": [ramp]})
    service = to_hsds(mine)
    theirs = service | {"attributes": [row for row in service["attributes"] if row["link_type"] != "accessibility"]}
    assert len(theirs["attributes"]) == len(service["attributes"]) - 1
    assert from_hsds(theirs)["accessibilities"] == [ramp]


@given(raw_records())
@settings(max_examples=80, deadline=None)
def test_a_record_survives_the_way_out_and_in(raw: dict[str, Any]) -> None:
    record, _ = complete(raw)
    back, problems = complete(from_hsds(json.loads(json.dumps(to_hsds(record)))))
    assert problems == []
    assert canonical(back) == canonical(record)
    assert back["id"] == record["id"]


def test_a_hidden_address_does_not_go_out() -> None:
    record = next(record for record in RECORDS if record["locations"])
    assert "service_at_locations" in to_hsds(record)
    assert "service_at_locations" not in to_hsds(record | {"hidden_address": True})


def test_a_need_is_a_taxonomy_term_with_words() -> None:
    record = next(record for record in RECORDS if record["slug"] == "tele-onthaal-106")
    terms = [row["taxonomy_term"] for row in to_hsds(record)["attributes"] if row["link_type"] == "need"]
    assert {"code": "ontrouw", "taxonomy": "nachtlicht_need"}.items() <= next(
        t for t in terms if t["code"] == "ontrouw"
    ).items()
    assert all(term["name"] and term["description"] for term in terms)


def test_a_service_of_somebody_else_gets_a_slug_and_says_what_it_lacks() -> None:
    record, problems = complete(
        from_hsds({"name": "Café Één", "organization": {"name": "Vzw Één"}, "status": "active"})
    )
    assert record["slug"] == "cafe-een"
    assert record["organization"]["slug"] == "vzw-een"
    assert {problem.column for problem in problems} == {"provider_type", "source", "confidence", "checked_on"}


@pytest.mark.parametrize(
    "service",
    [
        {"attributes": "x", "phones": "106", "service_areas": [1], "organization": []},
        {"capacities": [{"unit": 3, "available": "x", "updated": "gisteren"}]},
        {"capacities": "veel"},
        {"attributes": [{"link_type": "needs", "value": 3}, {"link_type": "field_check", "value": "{"}]},
        {
            "service_at_locations": [
                {"location": {"addresses": [{}], "attributes": [{"link_type": "latitude", "value": "x"}]}}
            ]
        },
    ],
)
def test_rubbish_is_a_problem_and_never_a_crash(service: dict[str, Any]) -> None:
    assert complete(from_hsds(service))[1]


@pytest.mark.parametrize(
    ("name", "slug"), [("Café Één!", "cafe-een"), ("  A / B ", "a-b"), ("", ""), ("x" * 300, "x" * 100)]
)
def test_slug_of(name: str, slug: str) -> None:
    assert slug_of(name) == slug
