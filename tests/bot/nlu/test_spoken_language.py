"""In which language somebody wants help."""

from pathlib import Path

import pytest
import yaml

from bot.nlu.normalise import normalise
from bot.nlu.spoken_language import _NAMES, language_of

HOME = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("kan het in het Frans aub", "fr", id="asked in Dutch"),
        pytest.param("spreekt gij ook turks", "tr", id="dialect"),
        pytest.param("do you speak English?", "en", id="asked in the language"),
        pytest.param("ma femme et moi, on ne se parle presque plus", "fr", id="written"),
        pytest.param("my husband and I argue a lot", "en", id="written in English"),
        pytest.param("ich verstehe leider kein Niederländisch", "de", id="written in German"),
        pytest.param("eşimle son zamanlarda anlaşamıyoruz", "tr", id="written in Turkish"),
        pytest.param("أريد أن أتكلم مع شخص عن زواجي", "ar", id="Arabic letters"),
        pytest.param("ik spreek beter frans en een beetje engels", "fr", id="the first of two"),
        pytest.param("سلام، من هلندی بلد نیستم", None, id="Persian is not Arabic"),
        pytest.param("hola, ¿hay alguien que hable español?", None, id="a language that we have no code for"),
        pytest.param("ik versta niet goed nederlands", None, id="which one is not said"),
        pytest.param("toch liever in het nederlands", "nl", id="back to Dutch"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_message_about_another_language(text: str, expected: str) -> None:
    assert language_of(normalise(text), foreign=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("is er een therapeut die Frans spreekt", "fr", id="who speaks it"),
        pytest.param("een franstalige therapeut", "fr", id="franstalig"),
        pytest.param("iemand met wie we in het Engels kunnen praten", "en", id="in het Engels"),
        pytest.param("hulp voor mijn Turkse man", None, id="who somebody is"),
        pytest.param("waar kan ik terecht", None, id="nothing about it"),
        pytest.param("ich suche Hilfe", None, id="written, but not about a language"),
    ],
)
def test_a_message_about_help(text: str, expected: str) -> None:
    assert language_of(normalise(text), foreign=False) == expected


def test_of_the_training_sentences_one_in_three_gets_a_code_and_no_other_script_is_arabic() -> None:
    raw = yaml.safe_load((HOME / "data/nlu/acts/andere_taal.yml").read_text("utf-8"))
    sentences = [line[2:] for row in raw["nlu"] for line in row["examples"].splitlines()]
    found = {text: language_of(normalise(text), foreign=True) for text in sentences}
    assert sum(code is not None for code in found.values()) > len(found) / 3
    persian = [text for text in sentences if any(letter in text for letter in "پچژگکی")]
    assert persian
    assert not [text for text in persian if found[text]]


def test_the_codes_are_those_of_the_referral_database() -> None:
    taxonomy = (HOME / "referral_db/taxonomy.py").read_text("utf-8")
    [line] = [line for line in taxonomy.splitlines() if line.startswith("LANGUAGES")]
    assert [code for code in ("nl", *_NAMES) if f'"{code}": ' not in line] == []
