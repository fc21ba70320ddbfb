"""The websites that show the window: what may be set for each, checked. The file is the default everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TENANTS_FILE = Path(__file__).resolve().parent.parent / "bot/chat/tenants.yml"
LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "en": "Engels"}
"""Of the labels of the window; the bot itself speaks Dutch."""
READABLE = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text with what is behind it."""
DAY, NIGHT = "#fbf8f3", "#21212c"
"""The paper of the window by day, and its cards at night, as `bot/widget/look.js` has them."""
COLOURS = ("accent", "on_accent", "accent_dark", "on_accent_dark")
MAX_ORIGINS = 20

_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")
_CODE = re.compile(r"[a-z0-9_-]{1,40}")
_NUMBER = re.compile(r"0[0-9 ]{7,14}|[0-9]{3,4}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_OPEN = re.compile(r"([01]?[0-9]|2[0-4])-([01]?[0-9]|2[0-4])")
_TEXTS = {"number": 16, "what_for": 40, "hours": 80}
"""The texts of an own help line, with the most characters that there is room for."""
_KEYS = {"name", "origins", "greeting", "line", "colours", "open", "languages", "learn"}


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
    """One embedding website. `greeting` is said before the bot's own greeting, which always stays.

    `colours` (by the names of `COLOURS`), `open` ("21-7": hours at which the numbers stand open) and `languages` go in
    the lines that its webmaster puts in the page. `learn`: after a miss people may give their sentence to learn from.
    """

    code: str
    name: str
    origins: tuple[str, ...] = ()
    greeting: str | None = None
    line: OwnLine | None = None
    colours: Mapping[str, str] | None = None
    open: str | None = None
    languages: tuple[str, ...] = ("nl",)
    learn: bool = False


def load_tenants(path: Path = TENANTS_FILE) -> dict[str, Tenant]:
    """Reads the tenants by code. A ValueError names the tenant and the key, and says what it should hold."""
    return {code: tenant_of(code, entry, path.name) for code, entry in read_entries(path).items()}


def read_entries(path: Path = TENANTS_FILE) -> dict[str, Any]:
    """The entries of the file as they stand there, by code. Raises ValueError when there is none."""
    data = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(data, dict) or not data:
        raise ValueError(f"{path.name}: expected at least one tenant")
    return {str(code): entry for code, entry in data.items()}


def tenant_of(code: str, entry: Any, where: str) -> Tenant:
    """The tenant of an entry. Raises ValueError with `where`, the code, the key and what it should hold."""
    for key, expected in problems_of(code, entry).items():
        raise ValueError(f"{where}: {code}{'.' if key else ''}{key}: {expected}")
    line = entry.get("line")
    return Tenant(
        code,
        entry["name"],
        tuple(entry.get("origins", ())),
        entry.get("greeting"),
        OwnLine(line["number"], line["what_for"], line["hours"], line["source"]) if line else None,
        entry.get("colours"),
        entry.get("open"),
        tuple(entry.get("languages", ("nl",))),
        entry.get("learn", False),
    )


def problems_of(code: str, entry: Any) -> dict[str, str]:
    """What is wrong with an entry: by key ("" for all of it, "line.number") what it should hold. Empty when right."""
    if not _CODE.fullmatch(code):
        return {"": "expected a code of small letters, digits, - and _"}
    if not isinstance(entry, Mapping):
        return {"": "expected name, origins, greeting and line"}
    unknown = sorted(map(str, set(entry) - _KEYS))
    if unknown:
        return {"": f"unknown key {unknown[0]!r}"}
    found: dict[str, str] = {}
    name, origins, greeting = entry.get("name"), entry.get("origins", []), entry.get("greeting")
    if not _is_text(name, 40):
        found["name"] = "expected 1 to 40 characters"
    if not _is_list(origins, MAX_ORIGINS) or not all(_ORIGIN.fullmatch(item) for item in origins):
        found["origins"] = f"expected a list of at most {MAX_ORIGINS} origins such as https://www.example.be"
    if greeting is not None and not _is_text(greeting, 300):
        found["greeting"] = "expected one sentence of at most 300 characters"
    languages = entry.get("languages", ["nl"])
    if not _is_list(languages, len(LANGUAGES)) or not languages or not set(languages) <= set(LANGUAGES):
        found["languages"] = f"expected a list of {', '.join(LANGUAGES)}"
    if entry.get("open") is not None and not (isinstance(entry["open"], str) and _OPEN.fullmatch(entry["open"])):
        found["open"] = "expected two hours such as '21-7'"
    if not isinstance(entry.get("learn", False), bool):
        found["learn"] = "expected true or false"
    return found | _of_line(entry.get("line")) | _of_colours(entry.get("colours"))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours ("#43406b") after WCAG 2.2: from 1 to 21."""
    low, high = sorted(_luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _of_line(line: Any) -> dict[str, str]:
    if line is None:
        return {}
    if not isinstance(line, Mapping) or set(line) != {*_TEXTS, "source"}:
        return {"line": "expected number, what_for, hours and source"}
    found = {
        f"line.{key}": f"expected 1 to {most} characters, in quotes"
        for key, most in _TEXTS.items()
        if not _is_text(line[key], most)
    }
    if "line.number" not in found and not _NUMBER.fullmatch(line["number"]):
        found["line.number"] = "expected a Belgian number such as '0800 12 345' or '106'"
    source = line["source"]
    if not _is_text(source, 500) or not re.fullmatch(r"https://[^\s/]+\S*", source):
        found["line.source"] = "expected the page where the number stands, with https://"
    return found


def _of_colours(colours: Any) -> dict[str, str]:
    if colours is None:
        return {}
    if not isinstance(colours, Mapping) or set(colours) != set(COLOURS):
        return {"colours": f"expected {', '.join(COLOURS)}"}
    found = {
        f"colours.{name}": "expected a colour such as '#43406b'"
        for name in COLOURS
        if not (isinstance(colours[name], str) and _COLOUR.fullmatch(colours[name]))
    }
    if found:
        return found
    for suffix, paper in (("", DAY), ("_dark", NIGHT)):
        accent, on_accent = colours[f"accent{suffix}"], colours[f"on_accent{suffix}"]
        if contrast(accent, paper) < READABLE:
            found[f"colours.accent{suffix}"] = f"expected a contrast of {READABLE} with {paper}"
        if contrast(on_accent, accent) < READABLE:
            found[f"colours.on_accent{suffix}"] = f"expected a contrast of {READABLE} with the accent"
    return found


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= most and value.isprintable()


def _is_list(value: Any, most: int) -> bool:
    return isinstance(value, list | tuple) and len(value) <= most and all(isinstance(item, str) for item in value)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
