"""Places that are not in Flanders or Brussels."""

from pathlib import Path

import pytest

from bot.nlu.elsewhere import _COUNTRY_OF, NETHERLANDS, OTHER_COUNTRY, WALLONIA, elsewhere
from bot.nlu.place_names import PlaceNames, key

NAMES = PlaceNames.read(Path("referral_db/seed/places.csv"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nederland", NETHERLANDS),
        ("ik woon in Breda", NETHERLANDS),
        ("'s-Hertogenbosch", NETHERLANDS),
        ("Bergen op Zoom", NETHERLANDS),
        ("4811 AB", NETHERLANDS),
        ("Wallonië", WALLONIA),
        ("wij zitten in Luik", WALLONIA),
        ("Namen", WALLONIA),
        ("La Louvière", WALLONIA),
        ("Braine-l'Alleud", WALLONIA),
        ("5000", WALLONIA),
        ("Rijsel", OTHER_COUNTRY),
        ("Duitsland", OTHER_COUNTRY),
        ("Gent", None),
        ("9000", None),
        ("", None),
    ],
)
def test_a_place_elsewhere(text, expected) -> None:
    assert elsewhere(key(text), place_expected=True) == expected


@pytest.mark.parametrize(
    "text", ["noem eens namen", "ik ben een spa gaan drinken", "we komen er niet uit", "sinds 5000 jaar"]
)
def test_words_are_no_places_where_none_is_expected(text) -> None:
    assert elsewhere(key(text), place_expected=False) is None


def test_where_somebody_looks_for_help_counts_in_any_message() -> None:
    assert elsewhere(key("waar kan ik terecht in Eindhoven"), place_expected=False) == NETHERLANDS


def test_no_place_of_our_own_is_elsewhere() -> None:
    # Names of two places stay ours: who means the other one says so.
    own = [name for name in _COUNTRY_OF if NAMES.find(name, place_expected=True, guess=False)]
    assert own == []
