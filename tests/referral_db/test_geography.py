"""From what a person types to a place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import referral_db
from referral_db.geography import Geography, distance_km

GEOGRAPHY = Geography.load(Path(referral_db.__file__).parent / "seed" / "places.csv")


def labels(text: str) -> list[str]:
    return [place.label for place in GEOGRAPHY.find(text)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param("9000", "9000 Gent", id="postal code"),
        pytest.param("gent", "9000 Gent", id="municipality with many postal codes"),
        pytest.param("9000 Gent", "9000 Gent", id="postal code and name"),
        pytest.param("Gent, 9000", "9000 Gent", id="name and postal code"),
        pytest.param("9030", "9030 Gent", id="postal code of a sub-municipality"),
        pytest.param("gentbrugge", "9050 Gentbrugge", id="sub-municipality"),
        pytest.param("1050 elsene", "1050 Elsene", id="shared postal code, named"),
        pytest.param("2600 berchem", "2600 Berchem", id="shared name, with its postal code"),
        pytest.param("DE PANNE", "8660 De Panne", id="capitals"),
        pytest.param("depanne", "8660 De Panne", id="written together"),
        pytest.param("sint niklaas", "9100 Sint-Niklaas", id="no hyphen"),
        pytest.param("St.-Niklaas", "9100 Sint-Niklaas", id="st"),
        pytest.param("antwerpen", "2000 Antwerpen", id="the city, not the province"),
        pytest.param("provincie Antwerpen", "provincie Antwerpen", id="province of a city's name"),
        pytest.param("West-Vlaanderen", "provincie West-Vlaanderen", id="province"),
        pytest.param("limburg", "provincie Limburg", id="province without the word"),
        pytest.param("Brussel", "Brussel", id="the nineteen municipalities"),
        pytest.param("1000", "1000 Brussel", id="the one in the middle"),
        pytest.param("Bruxelles", "Brussel", id="French name"),
        pytest.param("mechlen", "2800 Mechelen", id="a letter forgotten"),
        pytest.param("hasslet", "3500 Hasselt", id="letters swapped"),
        pytest.param("Gnet", "9000 Gent", id="swapped in four letters"),
        pytest.param("oudenarde", "9700 Oudenaarde", id="longer name"),
        pytest.param("kortessem", "3720 Kortessem", id="merged in 2025, still said"),
        pytest.param("scherpenheuvel zichem", "3270 Scherpenheuvel-Zichem", id="double name"),
        pytest.param("sinaai", "9112 Sinaai-Waas", id="first part of the name"),
        pytest.param("ik woon in Oostende", "8400 Oostende", id="in a sentence"),
        pytest.param("ergens in de buurt van kortrijk", "8500 Kortrijk", id="in a vague sentence"),
        pytest.param("Ninove, België", "9400 Ninove", id="with the country"),
    ],
)
def test_one_result_is_sure(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Aalst", ["9300 Aalst", "3800 Aalst"], id="the city before the village"),
        pytest.param("halle", ["1500 Halle", "2980 Halle"], id="another city before its village"),
        pytest.param("1050", ["1050 Elsene", "1050 Brussel"], id="postal code of two municipalities"),
        pytest.param("heist", ["2220 Heist-op-den-Berg", "8301 Heist-aan-Zee"], id="beginning of two names"),
        pytest.param(
            "beveren", ["9120 Beveren-Kruibeke-Zwijndrecht", "8791 Beveren", "8800 Beveren"], id="merged name first"
        ),
    ],
)
def test_several_results_are_ambiguous_with_the_municipality_first(text: str, expected: list[str]) -> None:
    assert labels(text)[0] == expected[0]
    assert sorted(labels(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "x",
        "9999",
        "12345",
        "9000 2000",
        "3 uur",
        "geen",
        "nee",
        "weet ik niet",
        "maakt niet uit",
        "bellen",
        "liefde",
        "dienst",
        "schrik",
        "hij slaat mij",
        "sint",
        "grote",
        "Luik",
        "Namen",
        "Amsterdam",
        pytest.param("x" * 5000, id="long"),
        "\0",
    ],
)
def test_what_is_no_place_is_unknown(text: str) -> None:
    assert labels(text) == []


def test_every_label_leads_back_to_its_place() -> None:
    places = [place for nis in range(10000, 80000) if (place := GEOGRAPHY.municipality(str(nis)))]
    places += [p for code in range(1000, 10000) for p in GEOGRAPHY.find(str(code))]
    places += [p for name in ("Antwerpen", "Limburg", "Brussel") for p in GEOGRAPHY.find(f"provincie {name}")]
    assert len(places) > 800
    for place in places:
        assert GEOGRAPHY.find(place.label) == [place]


def test_every_municipality_after_the_mergers_is_there() -> None:
    counts = {"Antwerpen": 67, "Vlaams-Brabant": 63, "West-Vlaanderen": 62, "Oost-Vlaanderen": 55, "Limburg": 38}
    assert {province: len(GEOGRAPHY.municipalities(province)) for province in counts} == counts
    assert len(GEOGRAPHY.municipalities("Brussel")) == 19
    merged = GEOGRAPHY.municipality("46030")
    assert merged is not None
    assert merged.label == "9120 Beveren-Kruibeke-Zwijndrecht"


def test_a_province_has_no_postal_code_and_no_municipality() -> None:
    [place] = GEOGRAPHY.find("West-Vlaanderen")
    assert (place.postal_code, place.nis, place.province) == (None, None, "West-Vlaanderen")


@pytest.mark.parametrize(
    ("text", "words"),
    [("9050", "Gent"), ("Limburg", "de provincie Limburg"), ("Brussel", "Brussel"), ("1000", "Brussel")],
)
def test_a_place_in_a_sentence(text: str, words: str) -> None:
    assert [place.in_words for place in GEOGRAPHY.find(text)] == [words]


def test_a_postal_code_gives_its_municipality() -> None:
    place = GEOGRAPHY.postal_code("9050")
    assert place is not None
    assert place.municipality == "Gent"
    assert GEOGRAPHY.postal_code("0000") is None


def test_distance_from_gent_to_antwerpen() -> None:
    [gent], [antwerpen] = GEOGRAPHY.find("9000"), GEOGRAPHY.find("2000")
    assert distance_km(gent.lat, gent.lon, antwerpen.lat, antwerpen.lon) == pytest.approx(51, abs=2)
    assert distance_km(gent.lat, gent.lon, gent.lat, gent.lon) == 0


@given(st.text(max_size=200))
def test_any_text_gives_a_bounded_answer(text: str) -> None:
    assert len(GEOGRAPHY.find(text)) <= 8
