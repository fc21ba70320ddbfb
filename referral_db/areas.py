"""Municipalities of Flanders and Brussels, and which of them a service area covers."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACES = Path(__file__).parent / "seed" / "places.csv"


@dataclass(frozen=True)
class Municipality:
    """A municipality after the mergers of 2025. `province` is "Brussel" for the nineteen of Brussels."""

    nis: str
    name: str
    province: str
    caw: str


@functools.cache
def municipalities() -> Mapping[str, Municipality]:
    """All 304 municipalities by NIS code, read once from the table of places."""
    with PLACES.open(encoding="utf-8", newline="") as file:
        return {
            row["nis"]: Municipality(row["nis"], row["municipality"], row["province"], row["caw"])
            for row in csv.DictReader(file)
        }


def covers(extent_type: str, code: str, municipality: Municipality) -> bool:
    """Tells whether one service area (see `referral_db.models.ServiceArea`) includes `municipality`."""
    in_brussels = municipality.province == "Brussel"
    match extent_type:
        case "land":
            return True
        case "gewest":
            return code == "vlaanderen_brussel" or (code == "brussel") == in_brussels
        case "provincie":
            return code == municipality.province
        case _:
            return code == municipality.nis


def description(extent_type: str, code: str) -> str:
    """The area in Dutch: "heel België", "provincie Limburg", "Gent"."""
    match extent_type, code:
        case "land", _:
            return "heel België"
        case "gewest", "vlaanderen_brussel":
            return "Vlaanderen en Brussel"
        case "gewest", _:
            return code.capitalize()
        case "provincie", "Brussel":
            return "Brussel"
        case "provincie", _:
            return f"provincie {code}"
        case _:
            return municipalities()[code].name if code in municipalities() else code
