"""One spelling for matching."""

import pytest

from bot.nlu.normalise import normalise, printable
from bot.nlu.text_ngrams import spell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Hélène, ça va?", "helene ca va", id="diacritics and punctuation"),
        pytest.param("neeeeee", "nee", id="repeated letters"),
        pytest.param("9000 Gent", "9000 gent", id="digits stay"),
        pytest.param("’k wil da ni", "'k wil da ni", id="apostrophe"),
        pytest.param("max €30!!!", "max €30", id="euro"),
        pytest.param("😢  hallo\n\nu", "hallo u", id="emoji and lines"),
        pytest.param("", "", id="empty"),
    ],
)
def test_normalise(text, expected) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\x00b", "a b", id="NUL"),
        pytest.param("e" + "\u0301" * 50, "e\u0301\u0301", id="heap of marks"),
        pytest.param("\x07\x08", ".", id="nothing left"),
        pytest.param("hoi \ud83d", "hoi", id="half a surrogate"),
    ],
)
def test_printable(text, expected) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Kweenie wa'k moet doen", "ik weet niet wa'k moet doen", id="West Flemish"),
        pytest.param("hij wil nie meer", "hij wil niet meer", id="nie"),
        pytest.param("kheb mn lief verloren", "ik heb mijn lief verloren", id="chat"),
        pytest.param("ge zijt zot", "je bent zot", id="ge"),
        pytest.param("het lijk van mijn relatie", "het lijk van mijn relatie", id="a word that means something else"),
    ],
)
def test_spell(text, expected) -> None:
    assert spell(text) == expected
