"""Records as rows of a plain sheet that a maintainer can fill in, as CSV or as XLSX.

docs/sheet.md explains each column in Dutch.

A cell that holds several things has one on each line. A cell that is as it was exported changes nothing, so that a
sheet never loses what it does not show; a column that is left out leaves its field alone.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from referral_db.sheet_cells import LISTS, CellError, escape, unescape
from referral_db.workbook import CellProblem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from referral_db.records import Record

TEXTS = {
    "naam": "name",
    "omschrijving": "description",
    "soort": "provider_type",
    "wie_betaalt": "who_pays",
    "prijs": "price_kind",
    "toelating": "admission",
    "voor_wie": "eligibility_description",
    "levensbeschouwing": "philosophy",
    "wachtband": "wait_band",
    "wachttijd": "wait_text",
    "wachttijd_hoe": "wait_known_by",
    "url": "url",
    "e_mail": "email",
    "reden_concept": "draft_reason",
    "bron": "source",
}
DATES = {"wachttijd_gezien_op": "wait_observed_on", "nagekeken_op": "checked_on"}
NUMBERS = {"leeftijd_van": "minimum_age", "leeftijd_tot": "maximum_age"}
YES_NO = {
    "anoniem": "anonymous",
    "samen": "couple_work",
    "geheim_adres": "hidden_address",
    "verwijzing": "referral_needed",
    "allebei": "both_partners",
    "spreken_in_groep": "group_talk",
    "op_telefoonrekening": "on_phone_bill",
    "belt_terug": "calls_back",
    "brief_thuis": "letter_home",
    "account": "account_needed",
}
CHOICES = {
    "stand": ("state", {"concept": "draft", "gepubliceerd": "published", "archief": "archived"}),
    "zekerheid": ("confidence", {"hoog": "high", "middel": "medium", "laag": "low"}),
}
ORGANIZATION = {
    "organisatie_code": "slug",
    "organisatie": "name",
    "organisatie_omschrijving": "description",
    "organisatie_website": "website",
    "organisatie_e_mail": "email",
}
COLUMNS = (
    "code",
    "naam",
    "organisatie_code",
    "organisatie",
    "soort",
    "stand",
    "reden_concept",
    "omschrijving",
    "noden",
    "kanalen",
    "telefoon",
    "chat",
    "mail",
    "videogesprek",
    "website",
    "uren",
    "wie_betaalt",
    "prijs",
    "bedragen",
    "toelating",
    "gebied",
    "plaatsen",
    "geheim_adres",
    "talen",
    "leeftijd_van",
    "leeftijd_tot",
    "voor_wie",
    "verwijzing",
    "allebei",
    "spreken_in_groep",
    "documenten",
    "toegankelijk",
    "levensbeschouwing",
    "anoniem",
    "samen",
    "op_telefoonrekening",
    "belt_terug",
    "brief_thuis",
    "account",
    "wachtband",
    "wachttijd",
    "wachttijd_gezien_op",
    "wachttijd_hoe",
    "capaciteit",
    "url",
    "e_mail",
    "organisatie_omschrijving",
    "organisatie_website",
    "organisatie_e_mail",
    "bron",
    "zekerheid",
    "nagekeken_op",
)
"""Every column, in the order of an export. Only `code` must be there."""
ONLINE = ("chat", "mail", "videogesprek", "website")
CHECKED_FIELDS = {
    "telefoon": "phone",
    "uren": "hours",
    "prijs": "price",
    "bedragen": "price",
    "plaatsen": "address",
}
"""A changed cell of these columns renews the field check of that name."""

_SHEET_FORMULA = re.compile(r"^[=+\-@\t\r]")


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in one row. `row` counts from 1, with the heading of a CSV as row 1; `reason` is Dutch."""

    row: int
    column: str
    reason: str


def write_sheet(records: Iterable[Record]) -> str:
    """Gives a CSV with a heading, `;` between columns as a Belgian spreadsheet expects."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in table(records))
    return out.getvalue()


def table(records: Iterable[Record]) -> Iterator[list[str]]:
    """The sheet as rows of texts, the heading first."""
    yield list(COLUMNS)
    for record in records:
        yield [_render(column, record) for column in COLUMNS]


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    """The numbered rows of a CSV, the heading first. Raises csv.Error."""
    text = text.lstrip("\ufeff")
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") >= heading.count(",") else ","
    rows = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    return [(number, [_unsafe(cell) for cell in row]) for number, row in rows]


def read_table(
    rows: Iterable[tuple[int, list[str]]],
    existing: Mapping[str, Record],
    today: dt.date,
    organizations: Mapping[str, Record] | None = None,
) -> tuple[list[tuple[int, Record]], list[RowProblem]]:
    """Gives the record of each row with its row number, still to be completed, and the problems of its cells.

    `rows` are numbered, the heading first; a cell that is a `CellProblem` is a problem of its row and column.
    `existing` are the complete records of the database by slug, at least those that the sheet names; `organizations`
    those by slug that a row may name by its code alone, where None the ones of `existing`. `today` dates the field
    checks of what changed.
    """
    named, problems = _named(rows)
    if organizations is None:
        organizations = {record["organization"]["slug"]: record["organization"] for record in existing.values()}
    found = []
    for number, row in named:
        known = existing.get(row["code"].strip())
        record, wrong = _read_row(row, known, organizations, today)
        problems += [RowProblem(number, column, reason) for column, reason in wrong]
        found.append((number, record))
    return found, problems


def codes_of(rows: Iterable[tuple[int, list[str]]]) -> set[str]:
    """What stands in the column `code` of a table, the heading first."""
    (_, heading), *others = list(rows) or [(1, [])]
    place = [name.strip() for name in heading].index("code") if "code" in map(str.strip, heading) else None
    return {row[place].strip() for _, row in others if place is not None and place < len(row)}


def column_of(place: str) -> str:
    """The column of the sheet in which a field of a record stands ("phones.1.number": "telefoon")."""
    name, _, rest = place.partition(".")
    if name == "organization":
        return next((column for column, key in ORGANIZATION.items() if key == rest), "organisatie_code")
    singles = TEXTS | DATES | NUMBERS | YES_NO | {column: key for column, (key, _) in CHOICES.items()}
    lists = {column: kind.field for column, kind in LISTS.items()}
    columns = {field: column for column, field in (singles | lists).items()}
    return {"slug": "code", "online_contacts": "website"}.get(name) or columns.get(name, place)


def _named(rows: Iterable[tuple[int, list[str]]]) -> tuple[list[tuple[int, dict[str, str]]], list[RowProblem]]:
    """Each row that is not empty by column name; no rows where the heading or the shape of a row is wrong."""
    numbered = iter(rows)
    _, heading = next(numbered, (1, []))
    names = [name.strip() for name in heading]
    problems = [RowProblem(1, name, "is geen kolom die we kennen") for name in names if name not in COLUMNS]
    if "code" not in names:
        problems.append(RowProblem(1, "code", "deze kolom ontbreekt"))
    if len(set(names)) < len(names):
        problems.append(RowProblem(1, "", "een kolom staat er twee keer"))
    found = []
    for number, row in numbered:
        cells = dict.fromkeys(names, "") | dict(zip(names, row, strict=False))
        wrong = [RowProblem(number, name, str(cell)) for name, cell in cells.items() if isinstance(cell, CellProblem)]
        if any(row[len(names) :]):
            wrong.append(RowProblem(number, "", "heeft meer cellen dan er kolommen zijn"))
        problems += wrong
        if any(cell.strip() for cell in row):
            found.append((number, cells))
    return ([], problems) if problems else (found, [])


def _read_row(
    row: Mapping[str, str], known: Record | None, organizations: Mapping[str, Record], today: dt.date
) -> tuple[Record, list[tuple[str, str]]]:
    changed = {
        column: cell.strip()
        for column, cell in row.items()
        if column != "code" and not (known and cell == _render(column, known))
    }
    record: Record = dict(known) if known else {"slug": row["code"].strip()}
    record["online_contacts"] = list(record.get("online_contacts", []))
    record["organization"] = _organization(changed, known, organizations)
    problems = []
    for column, cell in changed.items():
        try:
            _set(column, cell, record)
        except CellError as error:
            problems.append((column, str(error)))
    fields = {CHECKED_FIELDS[column] for column, cell in changed.items() if cell and column in CHECKED_FIELDS}
    if fields:
        on = record.get("checked_on") if "nagekeken_op" in changed else today
        others = [check for check in record.get("field_checks", []) if check["field"] not in fields]
        record["field_checks"] = others + [_check(field, record, on) for field in sorted(fields)]
    return record, problems


def _organization(changed: Mapping[str, str], known: Record | None, organizations: Mapping[str, Record]) -> Record:
    """The organization of a row: the one of its code as we know it, with what the row says otherwise."""
    code = changed.get("organisatie_code")
    stays = known is not None and code is None
    about = dict(known["organization"]) if known and stays else dict(organizations.get(code or "", {"slug": code}))
    cells = {key: changed[column] for column, key in ORGANIZATION.items() if column in changed and key != "slug"}
    return about | {key: cell for key, cell in cells.items() if cell or stays}


def _check(field: str, record: Record, on: Any) -> Record:
    return {
        "field": field,
        "checked_on": on,
        "method": "werkblad ingelezen",
        "source": record.get("source"),
        "confidence": record.get("confidence"),
    }


def _set(column: str, cell: str, record: Record) -> None:
    """Puts the value of one cell in `record`. Raises CellError."""
    if column in LISTS:
        kind = LISTS[column]
        record[kind.field] = kind.parse(cell, record.get(kind.field, []), record["slug"])
    elif column in ONLINE:
        others = [contact for contact in record["online_contacts"] if contact["channel"] != column]
        record["online_contacts"] = others + list(_contacts(column, cell))
    elif column in CHOICES:
        key, words = CHOICES[column]
        if not cell and key in record:
            raise CellError("mag niet leeg zijn")
        record[key] = _choice(cell, words)
    elif column in YES_NO:
        record[YES_NO[column]] = _choice(cell, {"ja": True, "nee": False})
    elif column in NUMBERS:
        if cell and not cell.isdecimal():
            raise CellError(f"{cell!r} is geen getal")
        record[NUMBERS[column]] = int(cell) if cell else None
    elif column not in ORGANIZATION:
        record[(TEXTS | DATES)[column]] = cell


def _contacts(channel: str, cell: str) -> Iterator[Record]:
    for line in filter(None, map(str.strip, cell.split("\n"))):
        value, _, trace = line.partition(" | ")
        yield {"channel": channel, "value": unescape(value.strip()), "trace": unescape(trace.strip()) or None}


def _choice(cell: str, words: Mapping[str, Any]) -> Any:
    if cell and cell not in words:
        raise CellError(f"{cell!r} is niet een van: {', '.join(words)}")
    return words.get(cell)


def _render(column: str, record: Record) -> str:
    if column == "code":
        return str(record["slug"])
    if column == "plaatsen" and record["hidden_address"]:
        return ""  # an address that should not even be stored does not go out either
    if column in LISTS:
        return LISTS[column].render(record[LISTS[column].field])
    if column in ONLINE:
        contacts = [contact for contact in record["online_contacts"] if contact["channel"] == column]
        return "\n".join(
            " | ".join(escape(contact[key]) for key in ("value", "trace") if contact[key]) for contact in contacts
        )
    if column in ORGANIZATION:
        return _text(record["organization"][ORGANIZATION[column]])
    if column in CHOICES:
        key, words = CHOICES[column]
        return next(word for word, value in words.items() if value == record[key])
    if column in YES_NO:
        return {True: "ja", False: "nee", None: ""}[record[YES_NO[column]]]
    return _text(record[(TEXTS | DATES | NUMBERS)[column]])


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def safe_cell(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if _SHEET_FORMULA.match(cell) or cell.startswith("'") else cell


def _unsafe(cell: str) -> str:
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return cell[1:] if cell.startswith("'") else cell
