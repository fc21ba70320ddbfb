"""A service as the fields of a form and back: what a maintainer reads and types, against the record of `records`."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
import secrets
from collections.abc import Iterator

from referral_db.areas import municipalities
from referral_db.curation import week_form, words
from referral_db.curation.forms import Form
from referral_db.curation.place_picker import Picked, geography, name_of, picked
from referral_db.curation.typed import number_of, text_of, time_of, yes_no_of
from referral_db.geography import fold
from referral_db.records import Problem, Record

TEXTS = (
    *("name", "description", "provider_type", "url", "email", "eligibility_description", "admission", "wait_text"),
    *("wait_band", "wait_observed_on", "wait_known_by", "philosophy"),
    *("source", "draft_reason", "who_pays", "price_kind", "confidence", "state"),
)
NUMBERS = ("minimum_age", "maximum_age")
TICKS = ("couple_work", "hidden_address")
YES_NO = tuple(words.YES_NO)
"""Yes, no, or not known."""
ROWS = {
    "phones": ("number", "type", "description", "trace"),
    "online_contacts": ("channel", "value", "trace"),
    "schedules": (
        *("attending_type", "opens_at", "closes_at", "on_public_holidays", "valid_from", "valid_to", "interval"),
        *("dtstart", "closed", "description"),
    ),
    "cost_options": ("option", "amount", "amount_max", "amount_description", "valid_from", "valid_to", "source"),
    "locations": ("slug", "name", "address_1", "postal_code", "city"),
    "accessibilities": ("description", "details", "url"),
    "required_documents": ("document", "uri"),
    "capacities": ("unit", "available", "maximum", "description"),
}
"""The lists that are edited row by row, with the fields of a row."""
LINES = {**ROWS, week_form.EXCEPTIONS: week_form.EXCEPTION_FIELDS}
"""As `ROWS`, with the exceptions to the hours: a list of the form, and of the record a part of the schedules."""

_CHOICES = {"type", "channel", "attending_type", "option", "interval", "slug"}
"""Fields that are filled in by themselves: they do not make a row."""
_AMOUNTS = {"amount", "amount_max"}


def form_of(record: Record) -> Form:
    """The fields that show a record."""
    return Form(_pairs(record))


def raw_record(form: Form, base: Record, at: dt.datetime) -> tuple[Record, list[Problem]]:
    """What the form says, laid over `base`: raw values for `referral_db.validation.complete`, and what it cannot say.

    How much room there is holds from `at` (aware) on, where it differs from `base`.
    The place of a problem counts the rows that are filled in, as the form shows them again; see `place_in_form`.
    """
    problems: list[Problem] = []
    raw = dict(base)
    raw |= {name: form.text(name) for name in TEXTS}
    raw |= {name: number_of(form.text(name)) for name in NUMBERS}
    raw |= {name: form.has(name) for name in TICKS}
    raw |= {name: yes_no_of(form.text(name)) for name in YES_NO}
    raw["needs"] = form.all("needs")
    raw["channels"] = form.all("channels")
    raw["languages"] = _languages(form, base)
    raw["service_areas"] = _areas(form, problems)
    for name in ROWS:
        raw[name] = [_READERS.get(name, _row)(row, name) for row in filled_rows(form, name)]
    raw["schedules"] = _schedules(raw["schedules"], form, base, problems)
    raw["locations"] = _locations(raw["locations"], raw, base, problems)
    raw["capacities"] = [_seen(row, base, at) for row in raw["capacities"]]
    return raw, problems


def filled_rows(form: Form, name: str) -> list[Form]:
    """The rows of a list that hold anything."""
    if name == week_form.EXCEPTIONS:
        return week_form.filled_exceptions(form)
    return [row for row in form.rows(name) if _is_filled(row, name)]


def shown_rows(form: Form, name: str) -> list[Form]:
    """The rows of the form with empty ones after them; three when more were asked for."""
    return filled_rows(form, name) + [Form()] * (3 if form.text("meer") == name else 1)


def place_in_form(column: str) -> str:
    """The id of the field that a problem is about: "phones.2.number" is "phones-1-number". An id stays what it is."""
    name, _, rest = column.partition(".")
    number, _, field = rest.partition(".")
    if name not in ROWS or not number.isdigit():
        other = {"service_areas": "gemeenten", "service": "minimum_age", "organization": "organization_name"}
        return other.get(name, f"deel-{name}" if name in ROWS else name)
    return f"{name}-{int(number) - 1}-{field or ROWS[name][0]}"


def _pairs(record: Record) -> Iterator[tuple[str, str]]:
    for name in (*TEXTS, *NUMBERS):
        yield name, text_of(record[name])
    for name in TICKS:
        if record[name]:
            yield name, "ja"
    for name in YES_NO:
        yield name, text_of(record[name])
    for name in ("needs", "channels"):
        for code in record[name]:
            yield name, code
    for row in record["languages"]:
        yield "languages", row["code"]
    yield from _area_pairs(record["service_areas"])
    hours = week_form.parts_of(record["schedules"])
    yield from week_form.week_pairs(hours)
    for name in ROWS:
        rows = hours.special if name == "schedules" else record[name]
        yield f"{name}-aantal", str(len(rows))
        for index, row in enumerate(rows):
            yield from ((f"{name}-{index}-{field}", value) for field, value in _row_pairs(row, name))


def _row_pairs(row: Record, name: str) -> Iterator[tuple[str, str]]:
    for field in ROWS[name]:
        yield field, text_of(row[field])
    if name == "schedules":
        for day in row["byday"].split(","):
            yield "dagen", day


def _area_pairs(areas: list[Record]) -> Iterator[tuple[str, str]]:
    names = []
    for area in areas:
        if area["extent_type"] == "gemeente":
            names.append(municipalities()[area["code"]].name if area["code"] in municipalities() else area["code"])
        else:
            yield "gebied", f"{area['extent_type']}/{area['code']}"
    yield "gemeenten", ", ".join(sorted(names))


def _is_filled(row: Form, name: str) -> bool:
    fields = [field for field in ROWS[name] if field not in _CHOICES]
    return any(row.text(field) not in ("", "nee") for field in fields) or row.has("dagen")


def _location(row: Form, name: str) -> Record:
    return _row(row, name) | {"postal_code": row.text("keuze") or row.text("postal_code")}


def _row(row: Form, name: str) -> Record:
    return {field: row.text(field) for field in ROWS[name]}


def _schedules(special: list[Record], form: Form, base: Record, problems: list[Problem]) -> list[Record]:
    """All hours: those of the week, the exceptions, and the special ones. Those that are wrong are left out."""
    rows = week_form.read_week(form, base["schedules"], form.all("channels"), problems)
    places = {"byday": "dagen", "": "opens_at"}
    for number, row in enumerate(special):
        rows += week_form.checked_row(row, f"schedules-{number}-", problems, places)
    return rows if form.has("schedules-aantal") else rows + week_form.parts_of(base["schedules"]).special


def _schedule(row: Form, name: str) -> Record:
    days = row.all("dagen")
    return _row(row, name) | {
        "byday": ",".join(day for day in words.DAYS if day in days),
        "opens_at": time_of(row.text("opens_at")),
        "closes_at": time_of(row.text("closes_at")),
        "on_public_holidays": yes_no_of(row.text("on_public_holidays")),
        "interval": number_of(row.text("interval") or "1"),
        "closed": row.text("closed") == "ja",
    }


def _cost(row: Form, name: str) -> Record:
    return _row(row, name) | {field: number_of(row.text(field).replace("€", "").strip()) for field in sorted(_AMOUNTS)}


def _capacity(row: Form, name: str) -> Record:
    return _row(row, name) | {field: number_of(row.text(field)) for field in ("available", "maximum")}


_READERS = {"locations": _location, "schedules": _schedule, "cost_options": _cost, "capacities": _capacity}


def _seen(row: Record, base: Record, at: dt.datetime) -> Record:
    """The row with the moment on which it was so: that of before where nothing changed."""
    same = (old for old in base["capacities"] if all((old[name] or "") == (row[name] or "") for name in row))
    before = next(same, None)
    return row | {"updated": before["updated"] if before else at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)}


def _languages(form: Form, base: Record) -> list[Record]:
    notes = {row["code"]: row for row in base["languages"]}
    return [notes.get(code, {"code": code}) for code in form.all("languages")]


def _areas(form: Form, problems: list[Problem]) -> list[Record]:
    areas = []
    for area in form.all("gebied"):
        extent_type, _, wide = area.partition("/")
        areas.append({"extent_type": extent_type, "code": wide})
    codes = _codes_by_name()
    seen: set[str] = set()
    for name in re.split(r"[,;\n]+", form.text("gemeenten")):
        code = codes.get(fold(name))
        if code and code not in seen:
            seen.add(code)
            areas.append({"extent_type": "gemeente", "code": code})
        elif name.strip() and not code:
            problems.append(Problem("gemeenten", f"“{name.strip()[:60]}” is geen gemeente.{_suggestion(name)}"))
    return areas


@functools.cache
def _codes_by_name() -> dict[str, str]:
    return {fold(municipality.name): nis for nis, municipality in municipalities().items()}


def _suggestion(name: str) -> str:
    found = [place.municipality for place in geography().find(name) if place.nis]
    if not found:
        near = difflib.get_close_matches(fold(name), _codes_by_name(), n=1)
        found = [municipalities()[_codes_by_name()[key]].name for key in near]
    return f" Bedoel je {found[0]}?" if found else " Kijk de naam na."


def _locations(rows: list[Record], raw: Record, base: Record, problems: list[Problem]) -> list[Record]:
    """Keeps what the form does not show of a place that was there, and finds the coordinates of another one."""
    known = {row["slug"]: row for row in base["locations"]}
    complete = []
    for number, row in enumerate(rows, start=1):
        before = known.get(row["slug"])
        if before is None:
            row["slug"] = f"{str(raw['slug'])[:100]}-{secrets.token_hex(4)}"
        place = dict(before or {}) | row
        if before is None or (before["postal_code"] or "") != row["postal_code"]:
            place |= _placed(row, before, number, problems)
        complete.append(place)
    return complete


def _placed(row: Record, before: Record | None, number: int, problems: list[Problem]) -> Record:
    """Postal code, name and coordinates of the place that was typed or chosen; none of them where none was."""
    found = picked(row["postal_code"]) if row["postal_code"] else Picked()
    if found.reason:
        problems.append(Problem(f"locations.{number}.postal_code", found.reason))
    place = found.place
    typed = row["city"] if before is None or row["city"] != before["city"] else ""  # the name of before goes along
    return {
        "postal_code": place.postal_code if place else "",
        "city": typed or (name_of(place) if place else row["city"]),
        "latitude": place.lat if place else None,
        "longitude": place.lon if place else None,
    }
