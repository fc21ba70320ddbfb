"""Records as services of the Human Services Data Specification (HSDS) 3.0, and back without loss.

`capacities` is what the 3.1 draft adds: how much room there is.

What HSDS has goes in its own field. Our additions are `attributes`: `link_type` is the name of our column, `value` its
text. A need or channel is an attribute with a taxonomy term; an online contact, field check or arrangement for people
with a disability one with JSON as value. Field checks stand in `metadata` too and those arrangements at each location,
for readers that know only HSDS.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from sqlalchemy import Boolean, Float
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from referral_db.areas import description
from referral_db.models import (
    CostOption,
    Language,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
)
from referral_db.records import columns, stable_id
from referral_db.taxonomy import CHANNELS, CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

    from referral_db.models import Base
    from referral_db.records import Record

Json = dict[str, Any]

_STATUS = {"published": "active", "draft": "inactive", "archived": "defunct"}
_NATIVE: dict[type[Base], tuple[str, ...]] = {
    Service: ("name", "description", "url", "email", "minimum_age", "maximum_age", "eligibility_description"),
    Organization: ("name", "description", "website", "email"),
    Phone: ("number", "type", "description"),
    Schedule: (
        "freq",
        "interval",
        "byday",
        "opens_at",
        "closes_at",
        "valid_from",
        "valid_to",
        "dtstart",
        "attending_type",
        "description",
    ),
    CostOption: ("option", "currency", "amount", "amount_description", "valid_from", "valid_to"),
    Language: ("code", "note"),
    RequiredDocument: ("document", "uri"),
    Location: ("name", "latitude", "longitude"),
}
_PARTS: dict[str, type[Base]] = {
    "phones": Phone,
    "schedules": Schedule,
    "cost_options": CostOption,
    "languages": Language,
    "required_documents": RequiredDocument,
}
_JSON_PARTS = {
    "online_contacts": "online_contact",
    "field_checks": "field_check",
    "accessibilities": "accessibility",
}
_PROVINCE_OF = (
    (1299, "Brussel"),
    (1999, "Vlaams-Brabant"),
    (2999, "Antwerpen"),
    (3499, "Vlaams-Brabant"),
    (3999, "Limburg"),
    (7999, ""),
    (8999, "West-Vlaanderen"),
    (9999, "Oost-Vlaanderen"),
)
"""The last postal code of each block, as bpost gives them out."""


def to_hsds(record: Record) -> Json:
    """Gives the HSDS 3.0 service of a complete record. A hidden address has no locations."""
    own = record["id"]
    service = _entity(Service, record, own) | {"status": _STATUS[record["state"]]}
    service["assured_date"] = record["checked_on"].isoformat()
    if record["wait_text"]:
        service["wait_time"] = record["wait_text"]
    service["attributes"] += _terms("need", record["needs"], own) + _terms("channel", record["channels"], own)
    for name, link_type in _JSON_PARTS.items():
        service["attributes"] += [
            _attribute(own, "service", link_type, json.dumps(row, ensure_ascii=False, default=str), number)
            for number, row in enumerate(record[name])
        ]
    service["metadata"] = [_metadata(own, check) for check in record["field_checks"]]
    organization = record["organization"]
    service["organization"] = _entity(Organization, organization, organization["id"])
    for name, model in _PARTS.items():
        rows = [_entity(model, row, stable_id(name, f"{own}/{n}")) for n, row in enumerate(record[name])]
        service[name] = [row | {"service_id": own} for row in rows]
    service["service_areas"] = [_area(own, row) for row in record["service_areas"]]
    service["capacities"] = [_capacity(own, row) for row in record["capacities"]]
    if not record["hidden_address"]:
        service["service_at_locations"] = [
            _at_location(own, row, record["accessibilities"]) for row in record["locations"]
        ]
    return {key: value for key, value in service.items() if value not in (None, [])}


def from_hsds(service: Json) -> Json:
    """Gives a record of an HSDS 3.0 service, to be checked and completed by `referral_db.validation.complete`.

    A service without our attributes gets a slug from its name. Fields that we do not keep are left out.
    """
    record = _read_entity(Service, service)
    record.setdefault("slug", slug_of(str(service.get("name", ""))))
    record["needs"] = [value for kind, value in _attributes(service) if kind == "need"]
    record["channels"] = [value for kind, value in _attributes(service) if kind == "channel"]
    for name, link_type in _JSON_PARTS.items():
        record[name] = [_read_json(value) for kind, value in _attributes(service) if kind == link_type]
    organization = service.get("organization")
    if isinstance(organization, dict):
        record["organization"] = _read_entity(Organization, organization)
        record["organization"].setdefault("slug", slug_of(str(organization.get("name", ""))))
    for name, model in _PARTS.items():
        rows = service.get(name)
        record[name] = [_read_entity(model, row, keep_id=False) for row in rows] if _is_rows(rows) else rows
    areas = service.get("service_areas")
    record["service_areas"] = (
        [{"extent_type": row.get("extent_type"), "code": row.get("extent")} for row in areas]
        if _is_rows(areas)
        else areas
    )
    capacities = service.get("capacities")
    record["capacities"] = [_read_capacity(row) for row in capacities] if _is_rows(capacities) else capacities
    places = service.get("service_at_locations")
    if _is_rows(places):
        record["locations"] = [
            _read_location(row["location"]) for row in places if isinstance(row.get("location"), dict)
        ]
        record["accessibilities"] = record["accessibilities"] or _read_accessibilities(places)
    return record


def slug_of(name: str) -> str:
    """The name in lower case without accents, words joined by hyphens, at most 100 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:100].strip("-")


def _entity(model: type[Base], values: Record, identifier: str) -> Json:
    """Native fields that have a value, and an attribute for every other column that is not at its default."""
    table = cast("Table", model.__table__)
    native = _NATIVE[model]
    entity: Json = {"id": identifier}
    entity |= {name: _plain(values[name]) for name in native if values[name] is not None}
    attributes = []
    for name in columns(model):
        default = table.columns[name].default
        usual = default.arg if isinstance(default, ScalarElementColumnDefault) else None
        if name not in native and values[name] is not None and values[name] != usual:
            attributes.append(_attribute(identifier, table.name, name, _text(values[name])))
    return entity | {"attributes": attributes}


def _read_entity(model: type[Base], entity: Json, *, keep_id: bool = True) -> Json:
    table = cast("Table", model.__table__)
    names = columns(model)
    values = {name: entity[name] for name in _NATIVE[model] if name in entity}
    for kind, value in _attributes(entity):
        if kind in names:
            values[kind] = _from_text(table.columns[kind].type, value)
    if keep_id and "id" in entity:
        values["id"] = entity["id"]
    return values


def _attributes(entity: Json) -> Iterator[tuple[str, str]]:
    rows = entity.get("attributes")
    for row in rows if _is_rows(rows) else []:
        yield str(row.get("link_type")), str(row.get("value", ""))


def _attribute(owner: str, entity: str, kind: str, value: str, number: int = 0) -> Json:
    return {
        "id": stable_id("attribute", f"{owner}/{kind}/{number}"),
        "link_id": owner,
        "link_type": kind,
        "link_entity": entity,
        "value": value,
    }


def _terms(kind: str, codes: list[str], owner: str) -> list[Json]:
    rows = []
    for number, code in enumerate(codes):
        words = CODES[code].label if code in CODES else CHANNELS[code]
        term = {
            "id": stable_id("taxonomy_term", f"{kind}/{code}"),
            "code": code,
            "name": words,
            "description": CODES[code].why if code in CODES else words,
            "taxonomy": f"nachtlicht_{kind}",
            "language": "nl",
        }
        rows.append(
            _attribute(owner, "service", kind, code, number) | {"taxonomy_term_id": term["id"], "taxonomy_term": term}
        )
    return rows


def _metadata(owner: str, check: Record) -> Json:
    return {
        "id": stable_id("metadata", f"{owner}/{check['field']}"),
        "resource_id": owner,
        "resource_type": "service",
        "last_action_date": check["checked_on"].isoformat(),
        "last_action_type": check["method"],
        "field_name": check["field"],
        "previous_value": "",
        "replacement_value": "",
        "updated_by": check["checked_by"] or "",
    }


def _area(owner: str, row: Record) -> Json:
    return {
        "id": stable_id("service_area", f"{owner}/{row['extent_type']}/{row['code']}"),
        "service_id": owner,
        "name": description(row["extent_type"], row["code"]),
        "extent": row["code"],
        "extent_type": row["extent_type"],
    }


def _capacity(owner: str, row: Record) -> Json:
    """A service_capacity of the HSDS 3.1 draft; its moment needs a zone."""
    capacity = {
        "id": stable_id("service_capacity", f"{owner}/{row['unit']}"),
        "service_id": owner,
        "unit": {"id": stable_id("unit", row["unit"]), "name": row["unit"]},
        "available": row["available"],
        "maximum": row["maximum"],
        "description": row["description"],
        "updated": row["updated"].replace(tzinfo=dt.UTC).isoformat(),
    }
    return {name: value for name, value in capacity.items() if value is not None}


def _read_capacity(row: Json) -> Json:
    unit = row.get("unit")
    values = {name: row.get(name) for name in ("available", "maximum", "description", "updated")}
    return values | {"unit": unit.get("name") if isinstance(unit, dict) else unit}


def _at_location(owner: str, values: Record, accessibilities: list[Record]) -> Json:
    location = _entity(Location, values, values["id"]) | {"location_type": "physical"}
    if accessibilities:
        location["accessibility"] = [
            {
                "id": stable_id("accessibility", f"{owner}/{values['id']}/{number}"),
                "location_id": values["id"],
                **{name: value for name, value in row.items() if value is not None},
            }
            for number, row in enumerate(accessibilities)
        ]
    if values["address_1"] and values["city"] and values["postal_code"]:
        location["addresses"] = [
            {
                "id": stable_id("address", values["id"]),
                "location_id": values["id"],
                "address_1": values["address_1"],
                "city": values["city"],
                "state_province": _province(values["postal_code"]),
                "postal_code": values["postal_code"],
                "country": "BE",
                "address_type": "physical",
            }
        ]
    return {
        "id": stable_id("service_at_location", f"{owner}/{values['id']}"),
        "service_id": owner,
        "location_id": values["id"],
        "location": location,
    }


def _read_location(location: Json) -> Json:
    values = _read_entity(Location, location)
    addresses = location.get("addresses")
    if _is_rows(addresses) and addresses:
        values |= {name: addresses[0].get(name) for name in ("address_1", "city", "postal_code")}
    values.setdefault("slug", slug_of(str(location.get("name") or location.get("id"))))
    return values


def _read_accessibilities(places: list[Json]) -> list[Json]:
    """Those that stand at the locations of somebody else's service, each once."""
    found = []
    for place in places:
        location = place.get("location")
        rows = location.get("accessibility") if isinstance(location, dict) else None
        for row in rows if _is_rows(rows) else []:
            values = {name: row.get(name) for name in ("description", "details", "url")}
            if values not in found:
                found.append(values)
    return found


def _province(postal_code: str) -> str:
    return next((name for last, name in _PROVINCE_OF if int(postal_code) <= last), "")


def _is_rows(value: Any) -> TypeGuard[list[Json]]:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(_plain(value))


def _from_text(kind: Any, value: str) -> Any:
    if isinstance(kind, Boolean):
        return {"true": True, "false": False}.get(value, value)
    if isinstance(kind, Float):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _read_json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
