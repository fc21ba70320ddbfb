"""Cells of a maintainer's sheet that hold several things: one a line, its parts between " | "."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from referral_db.areas import PLACES
from referral_db.geography import Geography
from referral_db.hsds import slug_of
from referral_db.opening_hours import BRUSSELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from referral_db.records import Record

DAYS = {"ma": "MO", "di": "TU", "wo": "WE", "do": "TH", "vr": "FR", "za": "SA", "zo": "SU"}

_DAY_NAMES = {code: name for name, code in DAYS.items()}
_HOURS = re.compile(r"(\S+) (elke dag|[a-z,-]+)(?: (\d\d:\d\d)-(\d\d:\d\d))?")
_AMOUNT = re.compile(r"(\w+)(?: (\?|[\d.,]+)(?:-([\d.,]+))?)?")
_ROOM = re.compile(r"(\d{1,9})(?: van (\d{1,9}))?")
_WEEKS = re.compile(r"om de (\d+) weken")


class CellError(ValueError):
    """What is wrong with a cell, in Dutch."""


@dataclass(frozen=True)
class ListCell:
    """How one list of a record is written in a cell.

    `parse` gets the cell, the rows that the record has now and the slug of the service. It raises CellError.
    """

    field: str
    render: Callable[[list[Any]], str]
    parse: Callable[[str, list[Any], str], list[Any]]


def escape(text: str) -> str:
    """Writes a text so that it holds no line end and no bar."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("|", "\\p")


def unescape(text: str) -> str:
    """Turns the text of `escape` back."""
    return re.sub(r"\\([\\nrp])", lambda hit: {"\\": "\\", "n": "\n", "r": "\r", "p": "|"}[hit[1]], text)


def _lines(cell: str) -> Iterator[list[str]]:
    for line in cell.split("\n"):
        if line.strip():
            yield [part.strip() for part in line.split("|")]


def _render_codes(codes: list[str]) -> str:
    return "\n".join(codes)


def _parse_codes(cell: str, _now: list[Any], _slug: str) -> list[str]:
    return re.findall(r"[^\s,;]+", cell)


def _render_phones(rows: list[Record]) -> str:
    lines = []
    for row in rows:
        parts = [("sms " if row["type"] == "sms" else "") + row["number"]]
        if row["description"]:
            parts.append(escape(row["description"]))
        if row["trace"]:
            parts.append(f"spoor: {escape(row['trace'])}")
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def _parse_phones(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for number, *extras in _lines(cell):
        row: Record = {
            "number": number.removeprefix("sms ").strip(),
            "type": "sms" if number.startswith("sms ") else "voice",
        }
        for extra in extras:
            key, text = ("trace", extra[6:].strip()) if extra.startswith("spoor:") else ("description", extra)
            row[key] = unescape(text)
        rows.append(row)
    return rows


def _render_days(byday: str) -> str:
    codes = byday.split(",")
    week = list(DAYS.values())
    if codes == week:
        return "elke dag"
    first = week.index(codes[0])
    if len(codes) > 2 and codes == week[first : first + len(codes)]:
        return f"{_DAY_NAMES[codes[0]]}-{_DAY_NAMES[codes[-1]]}"
    return ",".join(_DAY_NAMES[code] for code in codes)


def _parse_days(text: str) -> str:
    if text == "elke dag":
        return ",".join(DAYS.values())
    names = list(DAYS)
    days: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in names or (last or first) not in names:
            raise CellError(f"{part!r} is geen dag: schrijf ma, di, wo, do, vr, za, zo, ma-vr of elke dag")
        days += names[names.index(first) : names.index(last or first) + 1]
    return ",".join(DAYS[day] for day in days)


def _render_hours(rows: list[Record]) -> str:
    lines = []
    for row in rows:
        hours = f" {row['opens_at']}-{row['closes_at']}" if row["opens_at"] else ""
        parts = [f"{row['attending_type']} {_render_days(row['byday'])}{hours}"]
        if row["closed"]:
            parts.append("gesloten")
        if row["interval"] != 1:
            parts.append(f"om de {row['interval']} weken")
        parts += _render_dates(row, (("dtstart", "vanaf"), ("valid_from", "van"), ("valid_to", "tot")))
        if row["on_public_holidays"] is not None:
            parts.append("ook op feestdagen" if row["on_public_holidays"] else "niet op feestdagen")
        if row["description"]:
            parts.append(f"uitleg: {escape(row['description'])}")
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def _parse_hours(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    words: dict[str, Record] = {
        "gesloten": {"closed": True},
        "ook op feestdagen": {"on_public_holidays": True},
        "niet op feestdagen": {"on_public_holidays": False},
    }
    for first, *extras in _lines(cell):
        hit = _HOURS.fullmatch(first)
        if hit is None:
            raise CellError(f"{first!r} lijkt niet op: telefoon ma-vr 09:00-17:00")
        row: Record = {
            "attending_type": hit[1],
            "byday": _parse_days(hit[2]),
            "opens_at": hit[3],
            "closes_at": hit[4],
            "freq": "WEEKLY",
            "interval": 1,
            "closed": False,
        }
        for extra in extras:
            weeks = _WEEKS.fullmatch(extra)
            if extra in words:
                row |= words[extra]
            elif weeks:
                row["interval"] = int(weeks[1])
            else:
                row |= _read_extra(extra, {"vanaf": "dtstart", "van": "valid_from", "tot": "valid_to"}, "description")
        rows.append(row)
    return rows


def _render_amounts(rows: list[Record]) -> str:
    lines = []
    for row in rows:
        amounts = [_amount(row["amount"]), *([_amount(row["amount_max"])] if row["amount_max"] is not None else [])]
        parts = [f"{row['option']} {'-'.join(amounts)}"]
        parts += _render_dates(row, (("valid_from", "van"), ("valid_to", "tot")))
        if row["amount_description"]:
            parts.append(f"uitleg: {escape(row['amount_description'])}")
        if row["source"]:
            parts.append(f"bron: {escape(row['source'])}")
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def _parse_amounts(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for first, *extras in _lines(cell):
        hit = _AMOUNT.fullmatch(first)
        if hit is None:
            raise CellError(f"{first!r} lijkt niet op: standaard 11 of standaard 60-120")
        row: Record = {"option": hit[1], "amount": _euro(hit[2]), "amount_max": _euro(hit[3]), "currency": "EUR"}
        for extra in extras:
            if extra.startswith("bron:"):
                row["source"] = unescape(extra[5:].strip())
            else:
                row |= _read_extra(extra, {"van": "valid_from", "tot": "valid_to"}, "amount_description")
        rows.append(row)
    return rows


def _amount(value: float | None) -> str:
    return "?" if value is None else repr(value).removesuffix(".0")


def _euro(text: str | None) -> float | None:
    if text is None or text == "?":
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise CellError(f"{text!r} is geen bedrag") from None


def _render_dates(row: Record, names: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{word} {row[key]}" for key, word in names if row[key] is not None]


def _read_extra(extra: str, names: dict[str, str], explanation: str | None = None) -> Record:
    """The value behind one of the words in `names`, or the text behind "uitleg:". Raises CellError."""
    word, _, value = extra.partition(" ")
    if word in names:
        return {names[word]: value.strip()}
    if explanation and word == "uitleg:":
        return {explanation: unescape(value.strip())}
    words = [*names, *(["uitleg:"] if explanation else [])]
    raise CellError(f"{extra!r} begrijpen we niet; begin met {' of '.join(words)}")


def _render_areas(rows: list[Record]) -> str:
    return "\n".join(f"{row['extent_type']} {row['code']}" for row in rows)


def _parse_areas(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for line in (part.strip() for part in re.split(r"[\n;]", cell)):
        if line:
            kind, _, code = line.partition(" ")
            rows.append({"extent_type": kind, "code": code.strip()})
    return rows


def _render_languages(rows: list[Record]) -> str:
    return "\n".join(row["code"] + (f" | {escape(row['note'])}" if row["note"] else "") for row in rows)


def _parse_languages(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for codes, *notes in _lines(cell):
        note = unescape(notes[0]) if notes else None
        rows += [{"code": code, "note": note} for code in re.findall(r"[^\s,;]+", codes)]
    return rows


def _render_capacities(rows: list[Record]) -> str:
    lines = []
    for row in rows:
        numbers = str(row["available"]) + ("" if row["maximum"] is None else f" van {row['maximum']}")
        moment = row["updated"].replace(tzinfo=dt.UTC).astimezone(BRUSSELS)
        parts = [escape(row["unit"]), numbers, f"op {moment.isoformat()}"]
        if row["description"]:
            parts.append(f"uitleg: {escape(row['description'])}")
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def _parse_capacities(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for parts in _lines(cell):
        hit = _ROOM.fullmatch(parts[1]) if len(parts) > 2 else None
        if hit is None:
            raise CellError(f"{' | '.join(parts)!r} lijkt niet op: plaats | 3 van 12 | op 2026-11-22T14:30")
        row: Record = {"unit": unescape(parts[0]), "available": int(hit[1]), "maximum": int(hit[2]) if hit[2] else None}
        for extra in parts[2:]:
            row |= _read_extra(extra, {"op": "updated"}, "description")
        row["updated"] = _in_brussels(row.get("updated", ""))
        rows.append(row)
    return rows


def _render_accessibilities(rows: list[Record]) -> str:
    lines = []
    for row in rows:
        parts = [escape(row["description"])]
        if row["details"]:
            parts.append(f"uitleg: {escape(row['details'])}")
        if row["url"]:
            parts.append(f"web: {escape(row['url'])}")
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def _parse_accessibilities(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for description, *extras in _lines(cell):
        row: Record = {"description": unescape(description)}
        for extra in extras:
            row |= _read_extra(extra, {"web:": "url"}, "details")
        rows.append(_unescaped(row, "url"))
    return rows


def _render_documents(rows: list[Record]) -> str:
    return "\n".join(escape(row["document"]) + (f" | web: {escape(row['uri'])}" if row["uri"] else "") for row in rows)


def _parse_documents(cell: str, _now: list[Any], _slug: str) -> list[Record]:
    rows = []
    for document, *extras in _lines(cell):
        row: Record = {"document": unescape(document)}
        for extra in extras:
            row |= _read_extra(extra, {"web:": "uri"})
        rows.append(_unescaped(row, "uri"))
    return rows


def _unescaped(row: Record, name: str) -> Record:
    return row | {name: unescape(row[name])} if name in row else row


def _in_brussels(text: str) -> str:
    """With the zone of Brussels where none is written; what is no moment stays, and is refused later."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo else moment.replace(tzinfo=BRUSSELS).isoformat()


def _render_places(rows: list[Record]) -> str:
    return "\n".join(" | ".join(escape(part) for part in _place_key(row)) for row in rows)


def _parse_places(cell: str, now: list[Record], slug: str) -> list[Record]:
    """A place that the service has already keeps what the cell does not show, such as its name and coordinates."""
    known = {_place_key(row): row for row in now}
    rows: list[Record] = []
    for parts in _lines(cell):
        if len(parts) != 3:
            raise CellError("een plaats heeft drie delen: straat en nummer | postcode | gemeente")
        key = (unescape(parts[0]), unescape(parts[1]), unescape(parts[2]))
        place = known.get(key) or _new_place(key, slug_of(f"{slug} {' '.join(key)}"))
        if place["slug"] in {row["slug"] for row in rows}:
            place = {**place, "slug": f"{place['slug']}-{len(rows) + 1}", "id": None}
        rows.append(place)
    return rows


def _place_key(row: Record) -> tuple[str, str, str]:
    return (row["address_1"] or "", row["postal_code"] or "", row["city"] or "")


def _new_place(key: tuple[str, str, str], slug: str) -> Record:
    address, postal_code, city = key
    found = _geography().find(postal_code) if postal_code else []
    centre: Record = {"latitude": found[0].lat, "longitude": found[0].lon} if found else {}
    return {"slug": slug, "address_1": address, "postal_code": postal_code, "city": city} | centre


@functools.cache
def _geography() -> Geography:
    return Geography.load(PLACES)


LISTS = {
    "noden": ListCell("needs", _render_codes, _parse_codes),
    "kanalen": ListCell("channels", _render_codes, _parse_codes),
    "telefoon": ListCell("phones", _render_phones, _parse_phones),
    "uren": ListCell("schedules", _render_hours, _parse_hours),
    "bedragen": ListCell("cost_options", _render_amounts, _parse_amounts),
    "gebied": ListCell("service_areas", _render_areas, _parse_areas),
    "capaciteit": ListCell("capacities", _render_capacities, _parse_capacities),
    "plaatsen": ListCell("locations", _render_places, _parse_places),
    "toegankelijk": ListCell("accessibilities", _render_accessibilities, _parse_accessibilities),
    "documenten": ListCell("required_documents", _render_documents, _parse_documents),
    "talen": ListCell("languages", _render_languages, _parse_languages),
}
"""The columns whose cells hold a list, by their Dutch name."""
