"""Checks a record before it is stored, and completes what it leaves out. Every reason is Dutch, for a maintainer."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Boolean, Date, DateTime, Float, Integer
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from referral_db import codes
from referral_db.areas import municipalities
from referral_db.models import Location, Organization, Service
from referral_db.records import PARTS, Problem, Record, columns, stable_id
from referral_db.taxonomy import JOINT_PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from sqlalchemy import Column, Table

    from referral_db.models import Base

_LISTS_OF_CODES = {"needs": (*codes.NEEDS, *codes.RISKS), "channels": codes.CHANNELS}

_ALLOWED = {
    "service.state": codes.STATES,
    "service.who_pays": codes.WHO_PAYS,
    "service.price_kind": codes.PRICE_KINDS,
    "service.confidence": codes.CONFIDENCES,
    "service.philosophy": codes.PHILOSOPHIES,
    "service.wait_band": codes.WAIT_BANDS,
    "service.wait_known_by": codes.WAIT_KNOWN_BY,
    "field_check.confidence": codes.CONFIDENCES,
    "phone.type": ("voice", "sms"),
    "online_contact.channel": ("chat", "mail", "videogesprek", "website"),
    "schedule.attending_type": codes.CHANNELS,
    "schedule.freq": ("WEEKLY",),
    "cost_option.option": codes.COST_CONDITIONS,
    "cost_option.currency": ("EUR",),
    "service_area.extent_type": codes.EXTENT_TYPES,
}

_LARGEST = 1_000_000
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_PATTERNS = {
    "slug": (r"[a-z0-9]+(?:-[a-z0-9]+)*", "mag enkel kleine letters, cijfers en koppeltekens hebben"),
    "url": (r"https?://[^\s/]+\S*", "is geen webadres (https://…)"),
    "uri": (r"https?://[^\s/]+\S*", "is geen webadres (https://…)"),
    "website": (r"https?://[^\s/]+\S*", "is geen webadres (https://…)"),
    "email": (r"[^\s@]+@[^\s@]+\.[^\s@]+", "is geen e-mailadres"),
    "number": (r"\+?[0-9][0-9 ()./-]{1,38}", "is geen telefoonnummer"),
    "byday": (rf"{_DAY}(?:,{_DAY})*", "moet dagen hebben zoals MO,TU"),
    "opens_at": (_TIME, "moet een uur zijn zoals 09:00"),
    "closes_at": (rf"{_TIME}|24:00", "moet een uur zijn zoals 17:30 (24:00 is middernacht)"),
    "postal_code": (r"[1-9][0-9]{3}", "is geen Belgische postcode"),
}
_WEB = re.compile(_PATTERNS["url"][0])
_MAIL = re.compile(_PATTERNS["email"][0])


def complete(raw: Mapping[str, Any]) -> tuple[Record, list[Problem]]:
    """Gives the whole record of `raw` with defaults filled in, and every problem found. Use it only without problems.

    Dates may be ISO texts. An empty text counts as not given. Unknown fields are a problem.
    """
    checker = _Checker()
    record = checker.row(Service, raw, "", extra=("id", "organization", "locations", *PARTS, *_LISTS_OF_CODES))
    organization = raw.get("organization")
    if not isinstance(organization, dict):
        checker.add("organization", "ontbreekt")
        organization = {}
    record["organization"] = checker.row(Organization, organization, "organization.", extra=("id",))
    for name, allowed in _LISTS_OF_CODES.items():
        record[name] = checker.codes(name, raw.get(name), allowed)
    for name, model in PARTS.items():
        record[name] = [
            checker.row(model, row, f"{name}.{number}.") for number, row in checker.rows(name, raw.get(name))
        ]
    record["locations"] = [
        checker.row(Location, row, f"locations.{number}.", extra=("id",))
        for number, row in checker.rows("locations", raw.get("locations"))
    ]
    if not checker.problems:
        _check_rules(record, checker.add)
    _add_ids(record, raw, checker.add)
    return record, checker.problems


def complete_row(model: type[Base], raw: Mapping[str, Any]) -> tuple[Record, list[Problem]]:
    """As `complete`, for one row of one table, such as an answer."""
    checker = _Checker()
    return checker.row(model, raw, ""), checker.problems


def missing_for_publication(record: Record) -> list[str]:
    """Says in Dutch what a complete record lacks to be shown to people; empty when it may be published."""
    lacks = []
    if not (record["phones"] or record["online_contacts"] or any(place["address_1"] for place in record["locations"])):
        lacks.append("geen manier om de dienst te bereiken")
    if not record["needs"]:
        lacks.append("geen nood of risico waarvoor de dienst er is")
    if not record["channels"]:
        lacks.append("geen kanaal")
    if not record["service_areas"]:
        lacks.append("geen gebied")
    if record["confidence"] == "low":
        lacks.append("de zekerheid is laag")
    if str(record["provider_type"]).casefold() in JOINT_PROVIDERS and not record["couple_work"]:
        lacks.append(f"{record['provider_type']} werkt met twee partners samen, en dat staat er niet bij")
    return lacks


class _Checker:
    """Gathers problems while values are read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, column: str, reason: str) -> None:
        self.problems.append(Problem(column, reason))

    def row(self, model: type[Base], raw: Mapping[str, Any], prefix: str, extra: tuple[str, ...] = ()) -> Record:
        names = columns(model)
        for unknown in sorted(map(str, set(raw) - {*names, *extra})):
            self.add(f"{prefix}{unknown}", "is geen bekend veld")
        table = cast("Table", model.__table__)
        return {name: self._value(table.name, table.columns[name], raw.get(name), prefix + name) for name in names}

    def rows(self, name: str, raw: Any) -> list[tuple[int, Mapping[str, Any]]]:
        if raw is None:
            return []
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            self.add(name, "moet een lijst zijn")
            return []
        return list(enumerate(raw, start=1))

    def codes(self, name: str, raw: Any, allowed: tuple[str, ...]) -> list[str]:
        values = raw if isinstance(raw, list) else [] if raw is None else [raw]
        for value in values:
            if value not in allowed:
                self.add(name, f"{value!r} is geen bekende code")
        return sorted({value for value in values if value in allowed})

    def _value(self, table: str, column: Column[Any], raw: Any, place: str) -> Any:
        value = raw.strip() if isinstance(raw, str) else raw
        default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        if value is None or value == "":
            if column.nullable or default is not None:
                return default
            self.add(place, "ontbreekt")
            return None
        value, reason = _read(column, value)
        if reason is None and isinstance(value, str):
            allowed = _ALLOWED.get(f"{table}.{column.name}")
            pattern = _PATTERNS.get(column.name)
            if allowed and value not in allowed:
                reason = f"{value!r} is niet een van: {', '.join(allowed)}"
            elif pattern and not re.fullmatch(pattern[0], value):
                reason = f"{value!r} {pattern[1]}"
        if reason:
            self.add(place, reason)
        return value


def _read(column: Column[Any], value: Any) -> tuple[Any, str | None]:
    """Gives the value as the type of its column, and what is wrong with it."""
    match column.type:
        case Date():
            return _read_date(value)
        case DateTime():
            return _read_moment(value)
        case Boolean():
            return value, None if isinstance(value, bool) else "moet waar of onwaar zijn"
        case Integer() | Float():
            return _read_number(value, whole=isinstance(column.type, Integer))
        case _:
            return value, _wrong_with_text(value, getattr(column.type, "length", None))


def _read_date(value: Any) -> tuple[dt.date | None, str | None]:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value, None
    try:
        return dt.date.fromisoformat(value), None
    except (ValueError, TypeError):
        return None, f"{value!r} is geen datum zoals 2026-11-22"


def _read_moment(value: Any) -> tuple[dt.datetime | None, str | None]:
    """In UTC, without a zone, as it is stored; a text without a zone is UTC already."""
    try:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None), None
    except (ValueError, TypeError, OverflowError):
        return None, f"{value!r} is geen tijdstip zoals 2026-11-22T14:30:00+01:00"


def _read_number(value: Any, *, whole: bool) -> tuple[float | None, str | None]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None, f"{value!r} is geen getal"
    if whole and value != int(value):
        return None, f"{value!r} is geen geheel getal"
    if abs(value) > _LARGEST:
        return None, "is te groot"
    return int(value) if whole else float(value), None


def _wrong_with_text(value: Any, length: int | None) -> str | None:
    if not isinstance(value, str):
        return "moet tekst zijn"
    if "\x00" in value:
        return "heeft een teken dat niet mag"
    return f"is langer dan {length} tekens" if length and len(value) > length else None


def _check_rules(record: Record, add: Callable[[str, str], None]) -> None:
    """Rules between fields, for a record of which each field is right by itself."""
    _check_contacts(record, add)
    _check_areas(record, add)
    _check_unique(record, add)
    _check_schedules(record, add)
    _check_costs(record, add)
    _check_capacities(record, add)
    _check_order(record, "minimum_age", "maximum_age", "service", add)
    # A shelter keeps people safe because nobody knows where it is: its address may not even be stored.
    if record["hidden_address"] and record["locations"]:
        add("locations", "een dienst met een geheim adres mag geen adres hebben")
    if record["state"] == "published":
        for lack in missing_for_publication(record):
            add("state", f"kan niet gepubliceerd worden: {lack}")


def _check_contacts(record: Record, add: Callable[[str, str], None]) -> None:
    for number, contact in enumerate(record["online_contacts"], start=1):
        pattern = _MAIL if contact["channel"] == "mail" else _WEB
        if not pattern.fullmatch(contact["value"]):
            add(
                f"online_contacts.{number}.value", f"{contact['value']!r} past niet bij het kanaal {contact['channel']}"
            )


def _check_areas(record: Record, add: Callable[[str, str], None]) -> None:
    known: dict[str, Collection[str]] = {
        "land": ("BE",),
        "gewest": codes.GEWESTEN,
        "provincie": codes.PROVINCES,
        "gemeente": municipalities(),
    }
    for number, area in enumerate(record["service_areas"], start=1):
        if area["code"] not in known[area["extent_type"]]:
            add(f"service_areas.{number}.code", f"{area['code']!r} is geen bekend gebied ({area['extent_type']})")


def _check_unique(record: Record, add: Callable[[str, str], None]) -> None:
    for name, keys in (
        ("service_areas", ("extent_type", "code")),
        ("languages", ("code",)),
        ("field_checks", ("field",)),
        ("capacities", ("unit",)),
        ("locations", ("slug",)),
    ):
        seen = [tuple(row[key] for key in keys) for row in record[name]]
        if len(set(seen)) < len(seen):
            add(name, "heeft twee keer hetzelfde")


def _check_schedules(record: Record, add: Callable[[str, str], None]) -> None:
    for number, schedule in enumerate(record["schedules"], start=1):
        for field, reason in wrong_hours(schedule):
            add(f"schedules.{number}.{field}" if field else f"schedules.{number}", reason)


def wrong_hours(schedule: Record) -> Iterator[tuple[str, str]]:
    """What is wrong between the fields of a complete schedule row: the field ("" for the row) and the reason."""
    if (schedule["opens_at"] is None) != (schedule["closes_at"] is None):
        yield "", "heeft een beginuur en een einduur nodig, of geen van beide"
    if schedule["interval"] < 1:
        yield "interval", "moet minstens 1 zijn"
    if schedule["valid_from"] and schedule["valid_to"] and schedule["valid_from"] > schedule["valid_to"]:
        yield "valid_to", "komt voor valid_from"


def _check_costs(record: Record, add: Callable[[str, str], None]) -> None:
    for number, cost in enumerate(record["cost_options"], start=1):
        if any(cost[name] is not None and cost[name] < 0 for name in ("amount", "amount_max")):
            add(f"cost_options.{number}.amount", "mag niet onder nul zijn")
        _check_order(cost, "amount", "amount_max", f"cost_options.{number}", add)
        _check_order(cost, "valid_from", "valid_to", f"cost_options.{number}", add)


def _check_capacities(record: Record, add: Callable[[str, str], None]) -> None:
    for number, capacity in enumerate(record["capacities"], start=1):
        for name in ("available", "maximum"):
            if capacity[name] is not None and capacity[name] < 0:
                add(f"capacities.{number}.{name}", "mag niet onder nul zijn")


def _check_order(row: Record, low: str, high: str, place: str, add: Callable[[str, str], None]) -> None:
    if row[low] is not None and row[high] is not None and row[low] > row[high]:
        add(f"{place}.{high}", f"komt voor {low}")


def _add_ids(record: Record, raw: Mapping[str, Any], add: Callable[[str, str], None]) -> None:
    rows = [("service", "id", record, raw)]
    organization = raw.get("organization")
    if isinstance(organization, dict):
        rows.append(("organization", "organization.id", record["organization"], organization))
    rows += [
        ("location", f"locations.{number}.id", row, given)
        for number, (row, given) in enumerate(
            zip(record["locations"], raw.get("locations") or [], strict=False), start=1
        )
    ]
    for kind, place, row, given in rows:
        row["id"] = given.get("id") or stable_id(kind, str(row["slug"]))
        try:
            row["id"] = str(uuid.UUID(row["id"]))
        except (ValueError, AttributeError, TypeError):
            add(place, "is geen UUID")
