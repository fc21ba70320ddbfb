"""Signs: what the words say besides a need or a danger."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.passages import split_passages
from bot.nlu.risk_detector import RISK_KEY
from bot.nlu.sign_detector import SIGNS_KEY, SignDetector, read_signs
from tests.services import HOME

RULES = read_signs(HOME / "data/signs.yml", HOME / "data/risk")


def read(text: str, code: str | None = None, near: str | None = None) -> Message:
    message = Message({TEXT: text, PASSAGES: split_passages(text)})
    message.set(INTENT, {"name": code or "buiten_bereik", "confidence": 0.8})
    message.set(RISK_KEY, {"code": code, "confidence": 0.8, "by": "model", "near": near})
    SignDetector({}, None, None, RULES).process([message])
    return message


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Hij kneep mijn keel dicht.", "wurging"),
        ("gisteren heeft ze mij bij de keel gepakt", "wurging"),
        ("hij had zijn handen rond mijn nek", "wurging"),
        ("mijn vriend heeft mij gewurgd tot ik sterretjes zag", "wurging"),
        ("hij duwde een kussen op mijn gezicht", "wurging"),
        ("er ligt een geladen geweer onder ons bed", "wapen"),
        ("hij slaapt met een mes onder zijn kussen. ik slaap bijna niet", "wapen"),
        ("hij heeft een mes op mijn keel gezet", "wapen"),
        ("een vriendin van mij wordt geslagen", "ander"),
        ("mijn zus zegt dat ze niet meer wil leven", "ander"),
        ("den ex van mijn broer bedreigt hem", "ander"),
        ("ik ben 16 en mijn lief slaat mij", "jong"),
        ("meisje van 15 hier, hij dreigt mijn fotos door te sturen", "jong"),
        ("mijn vader en broers willen mij dwingen om te trouwen", "familie"),
        ("hij zegt dat ik mijn verblijfskaart kwijt ben als ik naar de politie stap", "papieren"),
        ("ik wil al lang bij hem weg", "vertrek"),
        ("'k durf nie weggaan van hem", "vertrek"),
        ("we slaan elkaar bij elke ruzie", "ruzie"),
        ("in welk vluchthuis zit mijn vrouw", "zoekt_opvang"),
        ("mijn ex is met de kinderen naar een vluchthuis, waar kan ik haar vinden", "zoekt_opvang"),
        ("ik wil het adres van het opvanghuis waar mijn vriendin verblijft", "zoekt_opvang"),
        ("wat een stomme trut", "boos"),
        ("Jij bent waardeloos!", "boos"),
        ("achterlijke chatbot", "boos"),
        ("ge zijt echt nutteloos", "boos"),
        ("idioot", "boos"),
        # None of these
        ("ik heb een krop in de keel", None),
        ("hij gaf mij een kus in mijn nek", None),
        ("ik zoek een vluchthuis want mijn man slaat mij", None),
        ("mijn man is boos en ik wil naar een vluchthuis, waar is dat", None),
        ("mijn zus zit in een vluchthuis en ik mis haar", "ander"),
        ("hij zegt altijd dat ik een stomme trut ben", None),
        ("ik voel mij waardeloos", None),
        ("mijn broer heeft mij geslagen", None),
        ("ik ben 17 jaar getrouwd", None),
        ("wij willen volgend jaar trouwen", None),
        ("ik ben weg van hem, zo verliefd", None),
        ("de kinderen slaan elkaar", None),
        ("mijn man is een idioot", None),
        ("ik ben dom geweest", None),
        ("stom", None),
        ("robot", None),
        ("", None),
    ],
)
def test_signs(text: str, sign: str | None) -> None:
    assert read(text or " ").get(SIGNS_KEY) == ([sign] if sign else None)


def test_several_signs_stand_in_their_order() -> None:
    said = "Ik ben 16. Mijn lief kneep mijn keel dicht. Ik wil weg maar ik durf niet."
    assert read(said, "partnergeweld").get(SIGNS_KEY) == ["wurging", "jong", "vertrek"]


def intent_of(message: Message) -> Any:
    return message.get(INTENT)["name"]


@pytest.mark.parametrize("code", [None, "partnergeweld"])
def test_who_hunts_for_somebody_in_a_shelter_is_a_danger_to_them(code: str | None) -> None:
    message = read("in welk vluchthuis zit mijn vrouw", code, near="partnergeweld" if code is None else None)
    assert message.get(RISK_KEY)["code"] == "eigen_agressie"
    assert message.get(RISK_KEY)["near"] is None
    assert intent_of(message) == "eigen_agressie"


@pytest.mark.parametrize("code", ["acuut_gevaar", "zelfdoding"])
def test_a_life_in_danger_comes_first(code: str) -> None:
    message = read("in welk vluchthuis zit mijn vrouw", code)
    assert (message.get(RISK_KEY)["code"], intent_of(message)) == (code, code)


def test_an_insult_is_no_question_and_no_danger() -> None:
    message = read("stomme trut", near="zelfdoding")
    assert intent_of(message) == "niet_wat_ik_bedoelde"
    assert message.get(RISK_KEY)["near"] is None


def test_danger_beside_an_insult_is_danger() -> None:
    assert read("stomme trut", "partnergeweld").get(SIGNS_KEY) is None
    assert read("Stomme trut. Zo noemt hij mij elke dag.").get(SIGNS_KEY) is None


RULE = {"id": "wapen", "phrases": "[een mes]", "reason": "x", "example": "een mes"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "boosheid"}, "expected one of zoekt_opvang"),
        ({"reason": None}, "`reason` is missing"),
        ({"phrases": None, "pattern": "'('"}, "missing )"),
        ({"example": "een vork"}, "its own example does not match"),
        ({"not": "['een mes']"}, "it matches 'een mes'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, changes: dict[str, str | None], problem: str) -> None:
    rule = {key: value for key, value in {**RULE, **changes}.items() if value is not None}
    lines = "\n".join(f"  {key}: {value}" for key, value in rule.items())
    (tmp_path / "signs.yml").write_text("-" + lines[1:], "utf-8")
    with pytest.raises(ValueError, match=re.escape(problem)):
        read_signs(tmp_path / "signs.yml", HOME / "data/risk")
