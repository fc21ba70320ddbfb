from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import FormatChecker
from jsonschema.validators import validator_for

from referral_db.hsds import from_hsds, slug_of, to_hsds
from referral_db.records import canonical
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.record_strategies import raw_records

SCHEMA = Path(__file__).parents[3] / "shared" / "hsds" / "3.0" / "schema" / "compiled" / "service.json"
RECORDS, _ = read_seed()
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
