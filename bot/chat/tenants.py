"""The websites that show the window: read once at start, checked, passed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

TENANTS_FILE = Path(__file__).parent / "tenants.yml"
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")
_CODE = re.compile(r"[a-z0-9_-]{1,40}")
_NUMBER = re.compile(r"0[0-9 ]{7,14}|[0-9]{3,4}")
_TEXTS = {"number": 16, "what_for": 40, "hours": 80}
"""The texts of an own help line, with the most characters that there is room for."""


@dataclass(frozen=True)
class OwnLine:
    """The help line of the website itself: shown before all others. `source` is where its number was checked."""

    number: str
    what_for: str
    hours: str
    source: str

    @property
    def href(self) -> str:
        return "tel:" + self.number.replace(" ", "")


@dataclass(frozen=True)
class Tenant:
    """One embedding website. `greeting` is said before the bot's own greeting, which always stays."""

    code: str
    name: str
    origins: tuple[str, ...] = ()
    greeting: str | None = None
    line: OwnLine | None = None


def load_tenants(path: Path = TENANTS_FILE) -> dict[str, Tenant]:
    """Reads the tenants by code. A ValueError names the tenant and the key, and says what it should hold."""
    data = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(data, dict) or not data:
        raise ValueError(f"{path.name}: expected at least one tenant")
    return {str(code): _tenant(path.name, str(code), entry) for code, entry in data.items()}


def _tenant(file: str, code: str, entry: object) -> Tenant:
    where = f"{file}: {code}"
    if not _CODE.fullmatch(code):
        raise ValueError(f"{where}: expected a code of small letters, digits, - and _")
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: expected name, origins, greeting and line")
    unknown = set(entry) - {"name", "origins", "greeting", "line"}
    if unknown:
        raise ValueError(f"{where}: unknown key {sorted(map(str, unknown))[0]!r}")
    name, origins, greeting = entry.get("name"), entry.get("origins", []), entry.get("greeting")
    if not isinstance(name, str) or not 1 <= len(name) <= 40:
        raise ValueError(f"{where}.name: expected 1 to 40 characters")
    if not isinstance(origins, list) or not all(isinstance(item, str) and _ORIGIN.fullmatch(item) for item in origins):
        raise ValueError(f"{where}.origins: expected a list of origins such as https://www.example.be")
    if greeting is not None and not (isinstance(greeting, str) and 1 <= len(greeting) <= 300):
        raise ValueError(f"{where}.greeting: expected one sentence of at most 300 characters")
    return Tenant(code, name, tuple(origins), greeting, _line(where, entry.get("line")))


def _line(where: str, entry: object) -> OwnLine | None:
    if entry is None:
        return None
    keys = {*_TEXTS, "source"}
    if not isinstance(entry, Mapping) or set(entry) != keys:
        raise ValueError(f"{where}.line: expected number, what_for, hours and source")
    for key, most in _TEXTS.items():
        if not isinstance(entry[key], str) or not 1 <= len(entry[key]) <= most:
            raise ValueError(f"{where}.line.{key}: expected 1 to {most} characters, in quotes")
    if not _NUMBER.fullmatch(entry["number"]):
        raise ValueError(f"{where}.line.number: expected a Belgian number such as '0800 12 345' or '106'")
    if not isinstance(entry["source"], str) or not entry["source"].startswith("https://"):
        raise ValueError(f"{where}.line.source: expected the page where the number stands, with https://")
    return OwnLine(entry["number"], entry["what_for"], entry["hours"], entry["source"])
