"""In which language somebody wants help."""

from pathlib import Path

import pytest
import yaml

from bot.nlu.codes import RISKS
from bot.nlu.normalise import normalise
from bot.nlu.spoken_language import OTHER, language_of, written_in

HERE = Path(__file__).parent
HOME = HERE.parents[2]


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
        pytest.param("سلام، من هلندی بلد نیستم", "fa", id="Persian is not Arabic"),
        pytest.param("hola, ¿hay alguien que hable español?", "es", id="Spanish"),
        pytest.param("heeft u een tolk voor tigrinya", "ti", id="named in Dutch"),
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


@pytest.mark.parametrize(("part", "least"), [("first", 0.98), ("later", 0.85)])
def test_a_language_is_told_by_what_is_written(part: str, least: float) -> None:
    sentences = yaml.safe_load((HERE / "languages.yml").read_text("utf-8"))[part]
    right = [written_in(normalise(text)) == code for code, texts in sentences.items() for text in texts]
    assert sum(right) / len(right) >= least


def test_another_language_is_never_taken_for_a_third() -> None:
    parts = yaml.safe_load((HERE / "languages.yml").read_text("utf-8"))
    pairs = [(code, text) for part in parts.values() for code, texts in part.items() for text in texts]
    assert [text for code, text in pairs if written_in(normalise(text)) not in (code, None)] == []


@pytest.mark.parametrize(
    "text",
    [
        "hij zei i love you maar meende het niet",
        "merci voor de hulp",
        "so what",
        "ça va niet meer tussen ons",
        "wie is er nu open",
        "ik ben single and not so ready to mingle",
        "allez merci, bonjour ambiance",
        "ze schreef mij حبيبي en dan niets meer",
        "just friends zegt ze",
    ],
)
def test_dutch_with_other_words_in_it_is_dutch(text: str) -> None:
    assert written_in(normalise(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("μιλάτε ελληνικά;", OTHER, id="Greek"),
        pytest.param("میں اردو بولتا ہوں", OTHER, id="Urdu"),
        pytest.param("говорите ли български, ъ", OTHER, id="Bulgarian"),
        pytest.param("ho bisogno di aiuto per la mia coppia", OTHER, id="Italian"),
    ],
)
def test_a_language_without_a_text_is_another(text: str, expected: str) -> None:
    assert written_in(normalise(text)) == expected


def test_of_the_dutch_training_sentences_none_in_a_thousand_is_taken_for_another_language() -> None:
    raw = [yaml.safe_load(path.read_text("utf-8")) for path in (HOME / "data/nlu").rglob("*.yml")]
    dutch = [
        line[2:]
        for content in raw
        for row in content["nlu"]
        # Danger is taught in other languages too.
        if row["intent"] not in (*RISKS, "andere_taal")
        for line in row["examples"].splitlines()
    ]
    assert len(dutch) > 5000
    assert sum(written_in(normalise(text)) is not None for text in dutch) / len(dutch) < 0.001
