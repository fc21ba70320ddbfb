"""Places as people type them."""

import csv
import random
import string
from pathlib import Path

import pytest

from bot.nlu.place_names import PlaceNames, key

PLACES = Path("referral_db/seed/places.csv")


@pytest.fixture(scope="module")
def names() -> PlaceNames:
    return PlaceNames.read(PLACES)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with PLACES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("9000", ["9000 Gent"], id="postal code"),
        pytest.param("1000", ["1000 Brussel"], id="postal code of the same digits"),
        pytest.param("8500 kortrijk", ["8500 Kortrijk"], id="code and name"),
        pytest.param("ik woon in de buurt van Aalst", ["9300 Aalst"], id="in de buurt van"),
        pytest.param("ergens in limburg", ["Limburg"], id="province"),
        pytest.param("regio kempen", ["2300 Turnhout"], id="region"),
        pytest.param("'t stad", ["2000 Antwerpen"], id="nickname"),
        pytest.param("de koekenstad", ["2000 Antwerpen"], id="another nickname"),
        pytest.param("ergens aan de kust", ["8400 Oostende"], id="coast"),
        pytest.param("in de vlaamse rand", ["1800 Vilvoorde"], id="region that looks like a town"),
        pytest.param("antwaarpen", ["2000 Antwerpen"], id="as it is said"),
        pytest.param("deurne", ["2100 Deurne", "3290 Deurne"], id="ambiguous: both are asked"),
        pytest.param("st niklaas", ["9100 Sint-Niklaas"], id="st"),
        pytest.param("Molenbeek", ["1080 Sint-Jans-Molenbeek"], id="half a name"),
        pytest.param("bruxelles", ["1000 Brussel"], id="French name"),
    ],
)
def test_a_place_is_found(names, text, expected) -> None:
    assert names.find(text, place_expected=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("antwerpe", "2000 Antwerpen", id="letter missing"),
        pytest.param("Kortijk", "8500 Kortrijk", id="r missing"),
        pytest.param("sint niklas", "9100 Sint-Niklaas", id="double letter"),
        pytest.param("ik zit in Mechlen", "2800 Mechelen", id="in a sentence"),
        pytest.param("heisa-op-den-berg", "2220 Heist-op-den-Berg", id="holds the name of a village"),
    ],
)
def test_typing_errors_count_when_a_place_is_expected(names, text, expected) -> None:
    assert expected in names.find(text, place_expected=True)


@pytest.mark.parametrize(
    "text",
    ["we hebben ruzie", "ik ben geel van jaloezie", "hij werkt sinds 2019 niet meer", "mijn lief wil mol eten"],
    ids=["nothing", "geel", "a year", "mol"],
)
def test_words_are_no_places(names, text) -> None:
    assert names.find(text) == []


def test_a_message_about_something_else_is_no_village(names) -> None:
    assert names.find("meer", other_topic=True) == []


def test_an_ambiguous_name_gives_all(names) -> None:
    assert len(names.find("hofstade", place_expected=True)) == 2


def test_every_name_and_code_of_the_table_resolves(names, rows) -> None:
    lost = [row["place"] for row in rows if not names.find(row["place"], place_expected=True)]
    lost += [row["postal_code"] for row in rows if not names.find(row["postal_code"])]
    assert lost == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_98_percent_of_names_with_one_typing_error_resolve(names, rows, seed) -> None:
    # 99.4 to 99.7 % measured; 92 to 94 % as the only answer, else the right one is among those that are asked.
    chance = random.Random(seed)
    found = tried = 0
    for name in sorted({row["place"] for row in rows}):
        typed = _with_error(name.lower(), chance)
        if key(typed) == key(name):
            continue
        tried += 1
        right = set(names.find(name, place_expected=True))
        found += bool(right & set(names.find(typed, place_expected=True)))
    assert found / tried >= 0.98


def _with_error(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    letter = chance.choice(string.ascii_lowercase)
    dropped = name[:at] + name[at + 1 :]
    swapped = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
    return chance.choice((dropped, swapped, name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :]))
