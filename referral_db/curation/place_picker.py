"""A place by name or postal code: what to suggest while somebody types, and what was meant when it is sent."""

from __future__ import annotations

import difflib
import functools
import re
from dataclasses import dataclass

from referral_db.areas import PLACES
from referral_db.geography import MAX_TEXT, PROVINCES, Geography, Place, fold

MOST = 10
"""Places in one list: what fits on a small screen."""
_NEAR = 3
_POSTAL_CODE = re.compile(r"[1-9]\d{3}")


@dataclass(frozen=True)
class Picked:
    """The one place that was meant, or why none could be taken (Dutch) with the labels to choose from."""

    place: Place | None = None
    reason: str = ""
    choices: tuple[str, ...] = ()


def suggested(text: str) -> list[str]:
    """At most `MOST` labels such as "3600 Genk"; nothing for less than two characters."""
    wanted = fold(text[:MAX_TEXT])
    if len(wanted) < 2:
        return []
    found = [label for label, words in _labels() if words.startswith(wanted) or f" {wanted}" in words]
    return (found or [place.label for place in geography().find(text) if place.postal_code])[:MOST]


def picked(text: str) -> Picked:
    """What a person means by "genk", "3600", "3600 Genk" or the name of a sub-municipality."""
    known = [place for place in geography().find(text) if place.postal_code]
    if len(known) == 1:
        return Picked(known[0])
    shown = text.strip()[:60]
    if known:
        return Picked(None, f"“{shown}” kan meer dan één plaats zijn. Kies hieronder.", _choices(known))
    whole = geography().find(text)
    if whole and whole[0].province in PROVINCES:
        return Picked(None, f"“{shown}” is een provincie. Typ een gemeente of een postcode.")
    if whole:
        return Picked(
            None, "Welke gemeente in Brussel? Kies hieronder.", _choices(geography().municipalities(whole[0].province))
        )
    near = _nearest(text)
    if _POSTAL_CODE.fullmatch(shown):
        return Picked(None, f"“{shown}” is geen postcode in Vlaanderen of Brussel. Kijk hem na, of typ de gemeente.")
    if near:
        return Picked(None, f"“{shown}” kennen we niet. Bedoel je een van deze?", near)
    return Picked(None, f"“{shown}” kennen we niet. Typ een gemeente, een deelgemeente of een postcode.")


def choices(text: str) -> tuple[str, ...]:
    """The labels to choose from where `text` leaves a doubt."""
    return picked(text).choices


def name_of(place: Place) -> str:
    """The name that stands in an address: "Sinaai" of "9112 Sinaai"."""
    return place.label.partition(" ")[2] or place.municipality


@functools.cache
def geography() -> Geography:
    return Geography.load(PLACES)


@functools.cache
def _labels() -> tuple[tuple[str, str], ...]:
    """Every label with what is searched in it; municipalities first, then by name."""
    places = sorted(geography().places(), key=lambda place: (name_of(place) != place.municipality, name_of(place)))
    return tuple((place.label, fold(place.label)) for place in places)


def _nearest(text: str) -> tuple[str, ...]:
    by_name = {words.partition(" ")[2]: label for label, words in reversed(_labels())}
    return tuple(by_name[name] for name in difflib.get_close_matches(fold(text[:MAX_TEXT]), by_name, n=_NEAR))


def _choices(places: list[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.label for place in places))
