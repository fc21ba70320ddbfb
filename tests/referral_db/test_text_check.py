"""The text check: each rule bites, leaves good sentences alone, and every text that a person reads passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from referral_db.crisis import load_crisis
from referral_db.text_check import RULES, check_text, count_syllables, flesch_douma

ROOT = Path(__file__).parents[2]

BITES = [
    ("te_lang", "Ik ben hier. " * 21),
    (
        "lange_zinnen",
        "Als je vanavond nog even tijd hebt en het huis al stil is dan kan je misschien eens gaan zitten en schrijven.",
    ),
    (
        "moeilijk",
        "Relationele communicatieproblematiek veronderstelt professionele begeleiding. "
        "Bemiddeling faciliteert constructieve overeenkomsten betreffende verblijfsregelingen.",
    ),
    ("te_veel_vragen", "Hoe gaat het? Wat heb je nodig?"),
    ("u_vorm", "Wat is er in uw relatie?"),
    ("u_vorm", "U mag bellen."),
    ("partner_met_geslacht", "Zegt hij dat vaak?"),
    ("partner_met_geslacht", "Praat met je man."),
    ("partner_met_geslacht", "Vraag wat zij wil."),
    ("partner_met_geslacht", "Mannen praten anders."),
    ("verwijt", "Het is ook jouw schuld."),
    ("verwijt", "Dat was je eigen fout."),
    ("verwijt", "Dit wordt een vechtscheiding."),
    ("verwijt", "De dader belde."),
    ("verwijt", "Jullie hebben een slechte relatie."),
    ("waarom_vraag", "Waarom ga je niet weg?"),
    ("diagnose", "Dat klinkt als een narcist."),
    ("diagnose", "Een toxische band."),
    ("diagnose", "Je partner is verslaafd."),
    ("zelfmoordtaal", "Wie zelfmoord wil plegen."),
    ("zelfmoordtaal", "Na een mislukte poging."),
    ("zelfmoordtaal", "Een geslaagde zelfmoordpoging."),
    ("methode", "Leg de pillen weg."),
    ("methode", "Sta je op een brug of van een brug af."),
    ("buitenlandse_dienst", "Bel 113 of Veilig Thuis."),
    ("buitenlandse_dienst", "Bel De Luisterlijn."),
    ("buitenlandse_dienst", "Bel 988."),
    ("buitenlandse_dienst", "Dat valt onder je eigen risico."),
    ("belofte", "Het komt goed."),
    ("belofte", "Alles komt wel weer goed."),
    ("belofte", "Dit is 100% anoniem."),
    ("belofte", "Succes gegarandeerd."),
    ("blijven_of_gaan", "Je moet weggaan."),
    ("blijven_of_gaan", "Verlaat je partner."),
    ("blijven_of_gaan", "Blijf toch bij je partner."),
    ("blijven_of_gaan", "Vergeef het maar."),
    ("blijven_of_gaan", "Doe vandaag aangifte."),
    ("dooddoener", "De tijd heelt alles."),
    ("dooddoener", "Praat het gewoon uit."),
    ("dooddoener", "Denk aan je kinderen."),
    ("dooddoener", "Ik voel precies hoe je je voelt."),
    ("weerlegd_cijfer", "Koppels wachten gemiddeld zes jaar."),
    ("onbekend_nummer", "Bel 1733."),
    ("onbekend_nummer", "Bel 0800 13 500."),
    ("onbekend_nummer", "Bel 03 436 50 50."),
]

LEAVES_ALONE = [
    "Dit is niet jouw schuld.",
    "Wat thuis gebeurt, is niet jouw fout.",
    "Zij helpen je om dat samen te doen.",
    "Ze niet, jij wel.",
    "Vrouwelijke en mannelijke hulpverleners.",
    "Ga nu weg uit die ruimte.",
    "Ga naar buiten, naar buren of naar een winkel.",
    "Je partner komt met goed nieuws thuis.",
    "Een pleegkind mag hier ook praten.",
    "Vergiffenis is een groot woord.",
    "Je kind van zes jaar hoort dat ook.",
    "Wees fier op wat je deed.",
    "Dat kost 11 euro, of € 4 met korting.",
    "Het kost 60 tot 120 euro.",
    "Dat is op werkdagen van 9 tot 18 uur.",
    "De deur sluit om 17.30 uur.",
    "Dat was zo op 23 november 2026, en al in 2021.",
    "Ongeveer 1 op 10 gezinnen kent dit.",
    "Je bent 12 tot 25 jaar.",
    "Bel 112, 101, 102, 106, 1712 of 1813.",
    "Praten: 106. Gevaar: 112.",
    "Het is 9 u in de ochtend.",
]


@pytest.mark.parametrize(("rule", "text"), BITES)
def test_the_rule_bites(rule: str, text: str) -> None:
    assert rule in {finding.rule for finding in check_text(text)}


def test_the_rule_against_a_question_bites_in_a_first_answer_only() -> None:
    text = "Dat is zwaar. Wat helpt je nu?"
    assert [finding.rule for finding in check_text(text, kind="eerste")] == ["vraag_in_eerste"]
    assert check_text(text, kind="tips") == []


@pytest.mark.parametrize("kind", ["keuze_1", "keuze_2"])
def test_a_differential_question_asks_exactly_one_thing(kind: str) -> None:
    assert [finding.rule for finding in check_text("Gaat het over stilte of ruzie.", kind=kind)] == ["vraag_ontbreekt"]
    assert [finding.rule for finding in check_text("Is dat zo? En nu?", kind=kind)] == ["te_veel_vragen"]
    assert check_text("Gaat het over stilte of over ruzie?", kind=kind) == []


def test_a_first_answer_is_shorter_than_another_text() -> None:
    text = "Ik ben hier. " * 16
    assert check_text(text) == []
    assert [finding.rule for finding in check_text(text, kind="eerste")] == ["te_lang"]


def test_every_rule_is_shown_to_bite() -> None:
    assert {rule for rule, _ in BITES} | {"vraag_in_eerste", "vraag_ontbreekt"} == set(RULES)


@pytest.mark.parametrize("text", LEAVES_ALONE)
def test_a_good_sentence_passes(text: str) -> None:
    assert check_text(text) == []


def test_a_finding_says_what_to_do_and_where() -> None:
    (finding,) = check_text("Praat met uw partner.")
    assert (finding.rule, finding.excerpt) == ("u_vorm", "uw")
    assert "je of jouw" in finding.message_dutch


def test_an_empty_text_has_no_findings() -> None:
    assert check_text("") == []


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("ruzie", 2), ("relatie", 3), ("één", 1), ("vóór", 1), ("patiënt", 3), ("reële", 3), ("beëindigen", 4),
        ("coördinatie", 5), ("nieuwe", 2), ("mooie", 2), ("idee", 2), ("niveau", 2), ("psycholoog", 3), ("bij", 1),
        ("hulpverlener", 4), ("gsm", 3), ("CAW", 3), ("112", 1), ("u", 1),
    ],
)  # fmt: skip
def test_count_syllables(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_flesch_douma_is_the_published_formula() -> None:
    # Two sentences of three words, eight syllables: 206.84 - 0.77 * 133.33 - 0.93 * 3.
    assert flesch_douma("Jij bent hier. Dat vraagt moed.") == pytest.approx(206.84 - 77.0 - 0.93 * 3)
    assert flesch_douma("Je hebt ruzie. Dat vraagt energie.") == pytest.approx(206.84 - 0.77 * 900 / 6 - 0.93 * 3)


def _risk_texts() -> list[Any]:
    crisis = load_crisis()
    texts = [("safe_reply", crisis.safe_reply), ("digital_safety", crisis.digital_safety)]
    texts += [(f"{risk.code} {name}", text) for risk in crisis.risks.values() for name, text in risk.texts().items()]
    return [pytest.param(text, id=name) for name, text in texts]


def _bot_texts() -> list[Any]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    texts = [
        (name, variant["text"])
        for name, variants in domain["responses"].items()
        for variant in variants
        if "text" in variant
    ]
    sentences = ROOT / "actions" / "sentences.yml"
    texts += [(name, row["text"]) for name, row in yaml.safe_load(sentences.read_text(encoding="utf-8")).items()]
    return [pytest.param(text, id=name) for name, text in texts]


@pytest.mark.parametrize("text", _risk_texts())
def test_every_crisis_text_passes(text: str) -> None:
    assert check_text(text) == []


@pytest.mark.parametrize("text", _bot_texts())
def test_every_sentence_of_the_bot_passes(text: str) -> None:
    assert check_text(text) == []


def test_every_rule_stands_in_the_guide_for_authors() -> None:
    guide = (ROOT / "docs" / "texts.md").read_text(encoding="utf-8")
    assert [rule for rule in RULES if f"`{rule}`" not in guide] == []
