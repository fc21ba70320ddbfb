"""Names of places in Flanders and Brussels, as people type them."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.nlu.normalise import normalise

PROVINCES = {
    "antwerpen": "provincie Antwerpen",
    "limburg": "Limburg",
    "oost vlaanderen": "Oost-Vlaanderen",
    "west vlaanderen": "West-Vlaanderen",
    "vlaams brabant": "Vlaams-Brabant",
}

_NICKNAMES = {
    # What people call a city or a region, and the municipality where its help is.
    "t stad": "Antwerpen",
    "'t stad": "Antwerpen",
    "sinjorenstad": "Antwerpen",
    "de arteveldestad": "Gent",
    "brussels": "Brussel",
    "bruxelles": "Brussel",
    "anvers": "Antwerpen",
    "gand": "Gent",
    "bruges": "Brugge",
    "louvain": "Leuven",
    "malines": "Mechelen",
    "courtrai": "Kortrijk",
    "molenbeek": "Sint-Jans-Molenbeek",
    "kempen": "Turnhout",
    "noorderkempen": "Turnhout",
    "voorkempen": "Malle",
    "waasland": "Sint-Niklaas",
    "meetjesland": "Eeklo",
    "pajottenland": "Halle",
    "hageland": "Aarschot",
    "haspengouw": "Sint-Truiden",
    "westhoek": "Ieper",
    "vlaamse ardennen": "Oudenaarde",
    "denderstreek": "Aalst",
    "maasland": "Maasmechelen",
    "leiestreek": "Kortrijk",
    "klein brabant": "Bornem",
    "oostkust": "Knokke-Heist",
    "westkust": "Veurne",
    "kust": "Oostende",
    "zee": "Oostende",
    "koekenstad": "Antwerpen",
    "bxl": "Brussel",
    "vlaamse rand": "Vilvoorde",
    "zennevallei": "Halle",
    "rupelstreek": "Boom",
    "zuiderkempen": "Geel",
    "limburgse kempen": "Lommel",
    "houtland": "Torhout",
    "sint joost": "Sint-Joost-ten-Node",
    "woluwe": "Sint-Lambrechts-Woluwe",
}

_BEFORE = {
    "in",
    "van",
    "uit",
    "te",
    "naar",
    "rond",
    "bij",
    "nabij",
    "buurt",
    "regio",
    "omgeving",
    "vlakbij",
    "tussen",
    "stad",
}
_TO_LEAVE_OUT = re.compile(
    r"^(?:ja |nee |neen |nee nee |euh |oh |wel |dus |sorry |eigenlijk |toch |maar |liever )*"
    r"(?:(?:ik |wij |we |k |'k |tis |het is |'t is )?(?:woon|woont|wonen|zit|ben|kom|zoek)? ?"
    r"(?:wel |nu |dus |iets |hulp )*)"
    r"(?:(?:in|van|uit|te|naar|rond|bij|nabij) )?(?:de |het )?(?:(?:buurt|regio|omgeving|streek|stad|kanten) )?"
    r"(?:(?:van|rond) )?(?:de |het )?"
)
_TRAILING = re.compile(
    r"(?: (?:dus|he|hoor|ofzo|of zo|aub|alstublieft|graag|zelf|ergens"
    r"|en omgeving|en omstreken|of omgeving|of in de buurt))+$"
)
_POSTAL_CODE = re.compile(r"(?<!\d)([1-9]\d{3})(?!\d)")
_YEARS = range(1940, 2036)
_LONGEST_NAME = 4
# Of shorter words every other one is one letter away from the name of a village.
_SHORTEST_GUESS = 3
_LONG_NAME = 6
_LONGEST_GUESS = 40
_MOST_GUESSES = 6


def key(name: str) -> str:
    """Return the form in which names are compared: normalised, hyphens as spaces, "st" written out."""
    return re.sub(r"\b(?:st|sint) ", "sint ", normalise(name))


class PlaceNames:
    """Finds the place in a message. A label is "9000 Gent", or the name of a province."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._labels: dict[str, list[str]] = defaultdict(list)
        self._postal_codes: dict[str, str] = {}
        towns: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: (row["kind"] != "gemeente", row["postal_code"])):
            label = f"{row['postal_code']} {row['place']}"
            self._postal_codes.setdefault(row["postal_code"], label)
            name = key(row["place"])
            if row["kind"] == "gemeente":
                towns.setdefault(name, label)
            # The municipality itself wins from a village elsewhere that has its name.
            if name not in towns or label == towns[name]:
                self._labels[name].append(label)
        for name, label in PROVINCES.items():
            if name not in towns:
                self._labels[name] = [label]
            self._labels[f"provincie {name}"] = [label]
        for name, town in _NICKNAMES.items():
            self._labels[key(name)] = [towns[key(town)]]
        self._names = [name for name in self._labels if len(name) >= _SHORTEST_GUESS]

    @classmethod
    def read(cls, path: Path) -> PlaceNames:
        """Read the table of places (columns postal_code, place, kind and more; CC BY 4.0 Statbel and GeoNames)."""
        with path.open(encoding="utf-8", newline="") as file:
            return cls(list(csv.DictReader(file)))

    def find(
        self, text: str, *, place_expected: bool = False, other_topic: bool = False, guess: bool = True
    ) -> list[str]:
        """Return the labels of the place that `text` names: none, one when it is sure, several when it is ambiguous.

        A name counts after a word such as "in" or "regio", or when it is all there is in the message: Mol, Geel and
        Peer are words as well. `place_expected` says that the message is about a place: then typing errors count too.
        `other_topic` says that it is clearly about something else: then "meer" is not the village. Without `guess` a
        name counts only as it is written.
        """
        normal = key(text)
        whole = _TRAILING.sub("", _TO_LEAVE_OUT.sub("", normal, count=1))
        postal = self._postal_code(normal, whole)
        if postal:
            return postal
        if whole in self._labels and not other_topic:
            return self._labels[whole]
        if not place_expected:
            return self._within(normal, place_expected=False)
        # A long name with an error in it holds the names of other villages: "heisa-op-den-berg".
        written = self._within(normal, place_expected=True)
        if not guess:
            return written
        return self._close(normal) or self._close(whole) or written or self._close_word(whole)

    def _within(self, normal: str, *, place_expected: bool) -> list[str]:
        words = normal.split()
        for length in range(_LONGEST_NAME, 0, -1):
            for start in range(len(words) - length + 1):
                name = " ".join(words[start : start + length])
                before = set(words[max(0, start - 2) : start]) & _BEFORE
                if name in self._labels and (before or (place_expected and len(name) > 3)):
                    return self._labels[name]
        return []

    def _postal_code(self, normal: str, whole: str) -> list[str]:
        for code in _POSTAL_CODE.findall(normal):
            looks_like_year = int(code) in _YEARS and not whole.startswith(code)
            if code in self._postal_codes and not looks_like_year:
                # "9030 mariakerke" names the village itself.
                for label in self._labels.get(whole.removeprefix(code).strip(), []):
                    if label.startswith(code):
                        return [label]
                return [self._postal_codes[code]]
        return []

    def _close(self, name: str) -> list[str]:
        """Return the places whose name is one typing error away; when there are none and it is long, two."""
        if len(name) < _SHORTEST_GUESS or len(name) > _LONGEST_GUESS:
            return []
        for errors in (1, 2) if len(name) >= _LONG_NAME else (1,):
            close = process.extract(name, self._names, scorer=OSA.distance, score_cutoff=errors, limit=_MOST_GUESSES)
            if close and (errors == 1 or len(close) == 1):
                return list(dict.fromkeys(label for found, *_ in close for label in self._labels[found]))
        return []

    def _close_word(self, whole: str) -> list[str]:
        words = [word for word in whole.split() if len(word) > _SHORTEST_GUESS]
        guesses = [self._close(word) for word in words] if len(words) <= _LONGEST_NAME else []
        return next(filter(None, guesses), [])
