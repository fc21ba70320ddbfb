from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import FormatChecker
from jsonschema.validators import validator_for

from referral_db import hsds_tables
from referral_db.hsds import from_hsds, to_hsds
from referral_db.hsds_tables import TABLES, TablesError, columns_of, put_together, read_tables, take_apart, write_tables
from referral_db.records import canonical
from referral_db.seeding import read_seed
from referral_db.validation import complete
from tests.referral_db.record_strategies import raw_records

SCHEMA = Path(__file__).parents[3] / "shared/hsds/3.0/schema/compiled/tabular.json"
DRAFT = {"service_capacity", "unit"}
RECORDS, _ = read_seed()
SERVICES = [json.loads(json.dumps(to_hsds(record))) for record in RECORDS]
with_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the HSDS 3.0 schema is not beside this checkout")


def _files(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _zip(**files: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return out.getvalue()


@given(st.lists(raw_records(), min_size=1, max_size=3, unique_by=lambda raw: raw["slug"]))
@settings(max_examples=40, deadline=None)
def test_records_survive_the_way_out_and_in(raws: list[dict[str, Any]]) -> None:
    records = [complete(raw)[0] for raw in raws]
    services = read_tables(write_tables(json.loads(json.dumps([to_hsds(record) for record in records]))), 10)
    for record, service in zip(records, services, strict=True):
        back, problems = complete(from_hsds(service))
        assert problems == []
        assert canonical(back) == canonical(record)
        assert back["id"] == record["id"]


def test_the_whole_seed_survives_the_way_out_and_in() -> None:
    back = [complete(from_hsds(service))[0] for service in read_tables(write_tables(SERVICES), 1000)]
    assert [canonical(record) for record in back] == [canonical(record) for record in RECORDS]


def test_what_services_share_is_there_once() -> None:
    tables = take_apart(SERVICES)
    assert len(tables["organization"]) == len({record["organization"]["slug"] for record in RECORDS})
    assert len(tables["location"]) == len({place["slug"] for record in RECORDS for place in record["locations"]})
    assert len(tables["taxonomy_term"]) < 40


@with_schema
def test_names_of_files_and_columns_are_those_of_hsds() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))["properties"]
    assert set(TABLES) >= DRAFT
    for name in set(TABLES) - DRAFT:
        assert TABLES[name].file == schema[name]["items"]["path"]
        assert set(columns_of(name)) <= set(schema[name]["items"]["properties"])


@with_schema
@pytest.mark.parametrize("name", sorted(set(TABLES) - DRAFT))
def test_every_row_of_the_seed_is_valid(name: str) -> None:
    schema = _schema()["properties"][name]["items"]
    validator = validator_for(schema)(schema, format_checker=FormatChecker())
    rows = take_apart(SERVICES)[name].values()
    assert [error.message for row in rows for error in validator.iter_errors(row)] == []


@cache
def _schema() -> Any:
    return json.loads(SCHEMA.read_text("utf-8"))


def test_the_package_names_every_file_and_its_columns() -> None:
    files = _files(write_tables(SERVICES[:3]))
    package = json.loads(files.pop("datapackage.json"))
    assert {row["path"] for row in package["resources"]} == set(files)
    for row in package["resources"]:
        heading = next(csv.reader(io.StringIO(files[row["path"]])))
        assert [column["name"] for column in row["schema"]["fields"]] == heading


def test_the_same_services_give_the_same_bytes() -> None:
    assert write_tables(SERVICES[:5]) == write_tables(SERVICES[:5])


def test_a_folder_around_the_files_and_columns_of_others_are_fine() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("gids/services.csv", "id,name,kleur,organization_id\n1,Een,blauw,9\n")
        archive.writestr("gids/phones.csv", "id,service_id,number\n5,1,106\n6,weg,107\n")
        archive.writestr("gids/leesmij.txt", "x")
    [service] = read_tables(out.getvalue(), 10)
    assert service == {
        "id": "1",
        "name": "Een",
        "organization_id": "9",
        "phones": [{"id": "5", "service_id": "1", "number": "106"}],
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"id,name\n", "geen leesbaar ZIP", id="no ZIP"),
        pytest.param(write_tables(SERVICES[:2])[:-40], "geen leesbaar ZIP", id="cut off"),
        pytest.param(_zip(phones="id\n"), "geen services.csv", id="no services"),
        pytest.param(_zip(services="name\nEen\n"), "services.csv, rij 2: id ontbreekt", id="no id"),
        pytest.param(_zip(services="id,name\n1,Een\n2,Twee\n3,Drie\n"), "niet meer dan 2 diensten", id="too many"),
        pytest.param(_zip(services=b"id,name\n1,\xff\n"), "is geen UTF-8", id="no UTF-8"),
        pytest.param(_zip(services="id,name\n1," + "x" * 140_000 + "\n"), "geen leesbare CSV", id="a cell without end"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(TablesError, match=reason):
        read_tables(data, 2)


def test_broken_bytes_never_crash() -> None:
    data = write_tables(SERVICES[:2])
    for place in range(30, len(data), 97):
        broken = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        with contextlib.suppress(TablesError):
            read_tables(broken, 10)


def test_a_zip_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hsds_tables, "MAX_UNPACKED", 10)
    with pytest.raises(TablesError, match="te groot"):
        read_tables(_zip(services="id,name\n1,Een\n"), 2)


def test_rubbish_in_a_number_is_left_for_the_validation() -> None:
    [service] = put_together({"service": {"1": {"id": "1", "minimum_age": "twaalf", "maximum_age": "25"}}})
    assert (service["minimum_age"], service["maximum_age"]) == ("twaalf", 25)
