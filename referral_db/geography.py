"""Places of Flanders and Brussels: from what a person types to a place with an area and coordinates."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import OSA

PROVINCES = ("Antwerpen", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen")
BRUSSELS = "Brussel"
EARTH_RADIUS_KM = 6371.0
MAX_RESULTS = 8
MAX_TEXT = 80

# Names in use that the table does not hold: the official French names in Brussels, and what people call the big cities.
ALIASES = {
    "anvers": "Antwerpen",
    "antwerp": "Antwerpen",
    "auderghem": "Oudergem",
    "berchem sainte agathe": "Sint-Agatha-Berchem",
    "bruges": "Brugge",
    "brussels": BRUSSELS,
    "brussels hoofdstedelijk gewest": BRUSSELS,
    "bruxelles": BRUSSELS,
    "courtrai": "Kortrijk",
    "forest": "Vorst",
    "gand": "Gent",
    "ghent": "Gent",
    "ixelles": "Elsene",
    "louvain": "Leuven",
    "malines": "Mechelen",
    "molenbeek": "Sint-Jans-Molenbeek",
    "ostende": "Oostende",
    "saint gilles": "Sint-Gillis",
    "saint josse": "Sint-Joost-ten-Node",
    "schaerbeek": "Schaarbeek",
    "sint niklaas waas": "Sint-Niklaas",
    "uccle": "Ukkel",
    "watermael boitsfort": "Watermaal-Bosvoorde",
    "woluwe saint lambert": "Sint-Lambrechts-Woluwe",
    "woluwe saint pierre": "Sint-Pieters-Woluwe",
}

# Words that begin too many names, or none that they mean.
NO_BEGINNING = frozenset(
    ["groot", "grote", "klein", "kleine", "nieuw", "onze", "oost", "oud", "over", "provincie", "sint", "vlaams", "west"]
)
# Words that people say instead of a place, one letter away from a village.
NO_TYPING_ERROR = frozenset(["dienst", "leven", "overspel", "schrik", "straffen", "weken"])

_POSTAL_CODE = re.compile(r"\b[1-9]\d{3}\b")
# What people put around a place name: "ik woon in Gent", "ergens in de buurt van Aalst", "gent he".
_LEAD_IN = re.compile(
    r"^(?:(?:ik|we|wij|ben|zijn|woon|wonen|kom|komen|leef|zit|nu|hier|ergens|rond|rondom|in|uit|van|bij|te|naar|op|"
    r"de|het|buurt|omgeving|regio|streek|stad|gemeente|dorp|b|be|belgie) )+(?=\S)"
)
_TAIL = re.compile(r"(?: (?:he|hoor|aub|alstublieft|belgie|be|dus|denk ik|stad|centrum))+$")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a person can mean. `lat` and `lon` are WGS 84 degrees of its centre.

    A municipality or sub-municipality has a `postal_code` and the `nis` code of its municipality after the mergers of
    2025. A province, and Brussels as a whole, have neither; `municipality` is then the name of that province.
    """

    label: str
    postal_code: str | None
    municipality: str
    nis: str | None
    province: str
    lat: float
    lon: float

    @property
    def in_words(self) -> str:
        """As it stands in a sentence: "Gent", "de provincie Limburg", "Brussel"."""
        is_province = self.nis is None and self.province != BRUSSELS
        return f"de provincie {self.province}" if is_province else self.municipality


@dataclass(frozen=True, slots=True)
class _Entry:
    """A place together with what ranks it among places of the same name."""

    place: Place
    name: str
    is_municipality: bool


class Geography:
    """The table of places, indexed. Built once and shared: it does not change."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        """`rows` have the columns of `seed/places.csv`; a missing column raises KeyError."""
        self._by_postal_code: dict[str, list[_Entry]] = defaultdict(list)
        self._by_name: dict[str, list[_Entry]] = defaultdict(list)
        self._municipalities: dict[str, Place] = {}
        by_nis: dict[str, list[_Entry]] = defaultdict(list)
        for row in rows:
            entry = _entry(row)
            self._by_postal_code[entry.place.postal_code or ""].append(entry)
            by_nis[row["nis"]].append(entry)
            if not entry.is_municipality:
                self._by_name[fold(entry.name)].append(entry)
        for nis, entries in by_nis.items():
            main = _main_postal_code(entries)
            self._municipalities[nis] = main.place
            self._by_name[fold(main.name)].append(main)
        for province in (*PROVINCES, BRUSSELS):
            self._add_province(province)
        self._words = {name: name.split() for name in self._by_name}

    @classmethod
    def load(cls, path: Path) -> Geography:
        """Reads `seed/places.csv`. Raises OSError when the file cannot be read, KeyError when a column is missing."""
        with path.open(encoding="utf-8", newline="") as file:
            return cls(csv.DictReader(file))

    def find(self, text: str) -> list[Place]:
        """The places that `text` can mean: one is sure, several are ambiguous (likeliest first), none is unknown.

        Takes a postal code, a municipality, a sub-municipality, "9000 Gent", a province ("West-Vlaanderen",
        "provincie Antwerpen") or "Brussel". Case, accents, hyphens and "St." do not matter; a small typing error
        is forgiven where only one name is that near. `find(place.label)` gives exactly that place.
        """
        folded = fold(text[:MAX_TEXT])
        codes = _POSTAL_CODE.findall(folded)
        if len(codes) > 1:
            return []
        if codes:
            return self._find_postal_code(codes[0], " ".join(folded.replace(codes[0], " ").split()))
        if any(character.isdigit() for character in folded):
            return []
        found = self._find_name(folded)
        if not found:
            found = self._find_name(_TAIL.sub("", _LEAD_IN.sub("", folded)))
        return [entry.place for entry in found]

    def municipality(self, nis: str) -> Place | None:
        """The place of the municipality with that NIS code."""
        return self._municipalities.get(nis)

    def municipalities(self, province: str) -> list[Place]:
        """All municipalities of a province, or of "Brussel", in the order of their names."""
        found = [place for place in self._municipalities.values() if place.province == province]
        return sorted(found, key=lambda place: place.municipality)

    def places(self) -> list[Place]:
        """Every place that has a postal code, in the order of the table."""
        return [entry.place for entries in self._by_postal_code.values() for entry in entries]

    def postal_code(self, code: str) -> Place | None:
        """The municipality at a postal code (the first of the table where two share it)."""
        return next((e.place for e in self._by_postal_code.get(code, []) if e.is_municipality), None)

    def _add_province(self, province: str) -> None:
        places = self.municipalities(province)
        if not places:
            return
        label = province if province == BRUSSELS else f"provincie {province}"
        lat = sum(place.lat for place in places) / len(places)
        lon = sum(place.lon for place in places) / len(places)
        place = Place(label, None, province, None, province, round(lat, 4), round(lon, 4))
        entry = _Entry(place, label, is_municipality=True)
        if province == BRUSSELS:
            # Who says "Brussel" means the city of nineteen municipalities; the one in the middle is "1000 Brussel".
            self._by_name[fold(province)] = [entry]
        elif fold(province) not in self._by_name:
            self._by_name[fold(province)] = [entry]
        self._by_name[f"provincie {fold(province)}"] = [entry]

    def _find_postal_code(self, code: str, name: str) -> list[Place]:
        entries = self._by_postal_code.get(code, [])
        named = [entry.place for entry in entries if fold(entry.name) == name]
        return named or [entry.place for entry in entries if entry.is_municipality]

    def _find_name(self, name: str) -> list[_Entry]:
        name = fold(ALIASES.get(name, name))
        if len(name) < 2:
            return []
        if name in self._by_name:
            return _likeliest_first(self._with_merged(name, self._by_name[name]))
        joined = name.replace(" ", "")
        same = [entries for key, entries in self._by_name.items() if key.replace(" ", "") == joined]
        if len(same) == 1:
            return _likeliest_first(same[0])
        return self._starting_with(name) or self._nearest(name)

    def _with_merged(self, name: str, entries: list[_Entry]) -> list[_Entry]:
        """Adds the merged municipality that people still call by its first name: Beveren-Kruibeke-Zwijndrecht."""
        if any(entry.is_municipality for entry in entries):
            return entries
        known = {entry.place.municipality for entry in entries}
        merged = [e for e in self._starting_with(name) if e.is_municipality and e.place.municipality not in known]
        return entries + merged

    def _starting_with(self, name: str) -> list[_Entry]:
        """Longer names that begin with these whole words: "heist", "scherpenheuvel", "sinaai"."""
        words = name.split()
        if len(words) == 1 and (len(name) < 4 or name in NO_BEGINNING):
            return []
        keys = [key for key, parts in self._words.items() if parts[: len(words)] == words]
        found = [entry for key in keys for entry in self._by_name[key]]
        return _likeliest_first(found) if len(found) <= MAX_RESULTS else []

    def _nearest(self, name: str) -> list[_Entry]:
        """The one name within a small typing error; nothing when no name, or more than one, is that near."""
        if name in NO_TYPING_ERROR or len(name) < 4:
            return []
        allowed = 1 if len(name) < 10 else 2
        near: dict[int, list[str]] = defaultdict(list)
        for key in self._by_name:
            if key[0] == name[0]:
                distance = OSA.distance(name, key, score_cutoff=allowed)
                if distance <= allowed and _is_typing_error(name, key):
                    near[distance].append(key)
        nearest = near[min(near)] if near else []
        return _likeliest_first(self._by_name[nearest[0]]) if len(nearest) == 1 else []


def distance_km(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> float:
    """Great-circle distance in km between two points in WGS 84 degrees (haversine)."""
    phi_1, phi_2 = math.radians(from_lat), math.radians(to_lat)
    half_phi = (phi_2 - phi_1) / 2
    half_lambda = math.radians(to_lon - from_lon) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_1) * math.cos(phi_2) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def fold(text: str) -> str:
    """Lower case without accents, hyphens and punctuation; "St." is "sint" and "O.L.V." is "onze lieve vrouw"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    plain = re.sub(r"\b(?:st|snt)\b", "sint", plain)
    return re.sub(r"\bo l v(?:rouw)?\b|\bolv\b", "onze lieve vrouw", plain)


def _entry(row: Mapping[str, str]) -> _Entry:
    code, name = row["postal_code"], row["place"]
    place = Place(
        label=f"{code} {name}",
        postal_code=code,
        municipality=row["municipality"],
        nis=row["nis"],
        province=row["province"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
    )
    return _Entry(place, name, is_municipality=row["kind"] == "gemeente")


def _main_postal_code(entries: list[_Entry]) -> _Entry:
    """The row by which a municipality is known: 9000 for Gent, 9120 for Beveren-Kruibeke-Zwijndrecht.

    The roundest postal code is the oldest centre; among equally round ones the centre that gave the name comes first.
    """
    first_word = fold(entries[0].place.municipality).split()[0]
    named = {e.place.postal_code for e in entries if not e.is_municipality and fold(e.name).split()[0] == first_word}

    def order(entry: _Entry) -> tuple[int, bool, str]:
        code = entry.place.postal_code or ""
        return -(len(code) - len(code.rstrip("0"))), code not in named, code

    return min((entry for entry in entries if entry.is_municipality), key=order)


def _likeliest_first(entries: list[_Entry]) -> list[_Entry]:
    return sorted(entries, key=lambda entry: (not entry.is_municipality, entry.place.label))


def _is_typing_error(name: str, key: str) -> bool:
    """Short names lie too near to each other and to words ("geen" and Geel, "gent" and Genk, "liefde" and Lierde).

    So in four letters only two swapped ones count, and up to seven no letter may stand for another.
    """
    swapped = sorted(name) == sorted(key)
    if len(name) == 4:
        return swapped
    return swapped or len(name) >= 8 or len(name) != len(key)
