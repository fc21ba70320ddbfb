"""Services as the tables of HSDS 3.0: a ZIP with a CSV for each table and a datapackage.json, and back without loss.

The nested services of `referral_db.hsds` are taken apart into rows that point to each other by id. The names of files
and columns are those of the HSDS tabular profile, with service_capacity and unit of the 3.1 draft.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Tables = dict[str, dict[str, Json]]
"""Rows by table and id, in order."""

MAX_UNPACKED = 200_000_000
"""Bytes of all files of a ZIP together."""
PACKAGE = "datapackage.json"
_NUMBERS = frozenset(
    {"minimum_age", "maximum_age", "interval", "latitude", "longitude", "amount", "available", "maximum"}
)
_BEFORE_ZIP = (1980, 1, 1, 0, 0, 0)


class TablesError(ValueError):
    """Why a file cannot be read, in Dutch."""


@dataclass(frozen=True)
class Table:
    """How one entity is a table. `owner` is the column with the id of what holds a list of it.

    `lists` gives the table of each list that it holds; `ones` the table and the column of each single entity.
    """

    file: str
    columns: tuple[str, ...]
    owner: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)
    ones: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_ABOUT = {"attributes": "attribute", "metadata": "metadata"}
TABLES = {
    "organization": Table("organizations.csv", ("name", "description", "email", "website"), lists=_ABOUT),
    "service": Table(
        "services.csv",
        (
            *("name", "description", "url", "email", "status", "wait_time", "eligibility_description"),
            *("minimum_age", "maximum_age", "assured_date"),
        ),
        lists=_ABOUT
        | {
            "phones": "phone",
            "schedules": "schedule",
            "service_areas": "service_area",
            "service_at_locations": "service_at_location",
            "languages": "language",
            "cost_options": "cost_option",
            "required_documents": "required_document",
            "capacities": "service_capacity",
        },
        ones={"organization": ("organization", "organization_id")},
    ),
    "phone": Table("phones.csv", ("number", "type", "description"), "service_id", _ABOUT),
    "schedule": Table(
        "schedules.csv",
        (
            *("valid_from", "valid_to", "dtstart", "freq", "interval", "byday", "description", "opens_at", "closes_at"),
            "attending_type",
        ),
        "service_id",
        _ABOUT,
    ),
    "service_area": Table("service_areas.csv", ("name", "extent", "extent_type"), "service_id", _ABOUT),
    "service_at_location": Table(
        "service_at_location.csv", (), "service_id", _ABOUT, {"location": ("location", "location_id")}
    ),
    "location": Table(
        "locations.csv",
        ("location_type", "name", "latitude", "longitude"),
        lists=_ABOUT | {"addresses": "address", "accessibility": "accessibility"},
    ),
    "address": Table(
        "addresses.csv",
        ("address_1", "city", "state_province", "postal_code", "country", "address_type"),
        "location_id",
        _ABOUT,
    ),
    "accessibility": Table("accessibility.csv", ("description", "details", "url"), "location_id", _ABOUT),
    "language": Table("languages.csv", ("code", "note"), "service_id", _ABOUT),
    "cost_option": Table(
        "cost_options.csv",
        ("valid_from", "valid_to", "option", "currency", "amount", "amount_description"),
        "service_id",
        _ABOUT,
    ),
    "required_document": Table("required_documents.csv", ("document", "uri"), "service_id", _ABOUT),
    "service_capacity": Table(
        "service_capacity.csv",
        ("available", "maximum", "description", "updated"),
        "service_id",
        _ABOUT,
        {"unit": ("unit", "unit_id")},
    ),
    "unit": Table("units.csv", ("name",)),
    "attribute": Table(
        "attributes.csv",
        ("link_type", "link_entity", "value"),
        "link_id",
        ones={"taxonomy_term": ("taxonomy_term", "taxonomy_term_id")},
    ),
    "taxonomy_term": Table("taxonomy_terms.csv", ("code", "name", "description", "taxonomy", "language")),
    "metadata": Table(
        "metadata.csv",
        (
            *("resource_type", "last_action_date", "last_action_type", "field_name", "previous_value"),
            *("replacement_value", "updated_by"),
        ),
        "resource_id",
    ),
}


def columns_of(name: str) -> list[str]:
    """Every column of a table: its id, what it belongs to, its own, and what it points to."""
    table = TABLES[name]
    return ["id", *filter(None, [table.owner]), *table.columns, *(column for _, column in table.ones.values())]


def take_apart(services: Iterable[Json]) -> Tables:
    """The rows of nested services. What several services share is there once."""
    tables: Tables = {name: {} for name in TABLES}
    for service in services:
        _take_apart(service, "service", "", tables)
    return tables


def put_together(tables: Mapping[str, Mapping[str, Json]]) -> list[Json]:
    """The nested services of rows, in the order of the services. A row that points to nothing is left out."""
    owned: dict[str, dict[str, list[Json]]] = {name: defaultdict(list) for name in TABLES}
    for name, table in TABLES.items():
        for row in tables.get(name, {}).values() if table.owner else ():
            owned[name][row.get(table.owner, "")].append(row)
    return [_put_together(row, "service", tables, owned) for row in tables.get("service", {}).values()]


def write_tables(services: Iterable[Json]) -> bytes:
    """Gives the ZIP of nested services: the same bytes for the same services."""
    tables = take_apart(services)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(PACKAGE, _BEFORE_ZIP), json.dumps(_package(), indent=1) + "\n")
        for name, table in TABLES.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, columns_of(name), lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(tables[name].values())
            info = zipfile.ZipInfo(table.file, _BEFORE_ZIP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.getvalue().encode())
    return out.getvalue()


def read_tables(data: bytes, max_rows: int) -> list[Json]:
    """Gives the nested services of such a ZIP. Raises TablesError; there may be no more services than `max_rows`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # A folder around the files is fine.
            entries = {info.filename.rpartition("/")[2]: info for info in archive.infolist() if not info.is_dir()}
            known = {name: entries[table.file] for name, table in TABLES.items() if table.file in entries}
            if "service" not in known:
                raise TablesError("heeft geen services.csv")
            if sum(info.file_size for info in known.values()) > MAX_UNPACKED:
                raise TablesError("is uitgepakt te groot")
            tables = {name: dict(_rows(archive.read(info), info.filename)) for name, info in known.items()}
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise TablesError("is geen leesbaar ZIP-bestand") from error
    if len(tables["service"]) > max_rows:
        raise TablesError(f"mag niet meer dan {max_rows} diensten hebben")
    return put_together(tables)


def _take_apart(entity: Json, name: str, owner: str, tables: Tables) -> None:
    table = TABLES[name]
    row = {column: entity[column] for column in ("id", *table.columns) if column in entity}
    if table.owner:
        row[table.owner] = owner
    for own, child in table.lists.items():
        for item in entity.get(own, []):
            _take_apart(item, child, entity["id"], tables)
    for own, (child, column) in table.ones.items():
        if own in entity:
            row[column] = entity[own]["id"]
            _take_apart(entity[own], child, "", tables)
    tables[name].setdefault(row["id"], row)


def _put_together(
    row: Json, name: str, tables: Mapping[str, Mapping[str, Json]], owned: Mapping[str, Mapping[str, list[Json]]]
) -> Json:
    table = TABLES[name]
    entity: Json = {column: _value(column, row[column]) for column in columns_of(name) if row.get(column, "") != ""}
    for own, child in table.lists.items():
        if rows := owned[child].get(row["id"]):
            entity[own] = [_put_together(one, child, tables, owned) for one in rows]
    for own, (child, column) in table.ones.items():
        found = tables.get(child, {}).get(row.get(column, ""))
        if found is not None:
            entity[own] = _put_together(found, child, tables, owned)
    return entity


def _rows(data: bytes, file: str) -> Iterator[tuple[str, Json]]:
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")), start=2):
            if not row.get("id"):
                raise TablesError(f"{file}, rij {number}: id ontbreekt")
            yield row["id"], row
    except UnicodeDecodeError as error:
        raise TablesError(f"{file} is geen UTF-8") from error
    except csv.Error as error:
        raise TablesError(f"{file} is geen leesbare CSV: {error}") from error


def _value(column: str, text: Any) -> Any:
    """A number where the column holds one; a text that is none is left for the validation to refuse."""
    if column not in _NUMBERS or not isinstance(text, str):
        return text
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text


def _package() -> Json:
    return {
        "name": "nachtlicht",
        "title": "Services in HSDS 3.0, with service_capacity of the 3.1 draft",
        "profile": "tabular-data-package",
        "resources": [
            {
                "name": name,
                "path": table.file,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        {"name": column, "type": "number" if column in _NUMBERS else "string"}
                        for column in columns_of(name)
                    ]
                },
            }
            for name, table in TABLES.items()
        ],
    }
