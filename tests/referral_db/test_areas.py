from __future__ import annotations

import pytest

from referral_db.areas import covers, description, municipalities


def test_all_municipalities_of_flanders_and_brussels_are_there() -> None:
    places = municipalities().values()
    assert len(places) == 304
    assert sum(place.province == "Brussel" for place in places) == 19


@pytest.mark.parametrize(
    ("extent_type", "code", "gent", "elsene"),
    [
        ("land", "BE", True, True),
        ("gewest", "vlaanderen_brussel", True, True),
        ("gewest", "vlaanderen", True, False),
        ("gewest", "brussel", False, True),
        ("provincie", "Oost-Vlaanderen", True, False),
        ("provincie", "Limburg", False, False),
        ("provincie", "Brussel", False, True),
        ("gemeente", "44021", True, False),
    ],
)
def test_which_municipality_an_area_covers(extent_type: str, code: str, gent: bool, elsene: bool) -> None:
    assert covers(extent_type, code, municipalities()["44021"]) is gent
    assert covers(extent_type, code, municipalities()["21009"]) is elsene


@pytest.mark.parametrize(
    ("extent_type", "code", "words"),
    [
        ("land", "BE", "heel België"),
        ("gewest", "vlaanderen_brussel", "Vlaanderen en Brussel"),
        ("gewest", "vlaanderen", "Vlaanderen"),
        ("provincie", "Limburg", "provincie Limburg"),
        ("provincie", "Brussel", "Brussel"),
        ("gemeente", "44021", "Gent"),
    ],
)
def test_an_area_in_words(extent_type: str, code: str, words: str) -> None:
    assert description(extent_type, code) == words
