"""The training sentences: every code is there, with enough of them, and danger has its rules."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.nlu.codes import ACTS, NEEDS, QUESTIONS, RISKS
from bot.nlu.normalise import normalise
from bot.nlu.risk_rules import read_rules
from tests.nlu.data_report import near_pairs, variety
from tests.nlu.training_sentences import read_examples

HOME = Path(__file__).resolve().parents[2]
CONTRACT = HOME.parent / "shared/contract/taxonomy.yml"


SENTENCES = [(example.intent, example.text) for example in read_examples(HOME / "data/nlu")]
COUNTS = Counter(code for code, _ in SENTENCES)


@pytest.mark.parametrize(
    ("codes", "least"),
    [(NEEDS, 80), (RISKS, 150), (QUESTIONS, 40), (ACTS, 25)],
    ids=["needs", "risks", "questions", "acts"],
)
def test_every_code_has_enough_sentences(codes: tuple[str, ...], least: int) -> None:
    assert {code: COUNTS[code] for code in codes if COUNTS[code] < least} == {}


def test_there_are_no_other_codes() -> None:
    assert set(COUNTS) == {*NEEDS, *RISKS, *QUESTIONS, *ACTS}


def test_the_codes_are_those_of_the_contract() -> None:
    if not CONTRACT.exists():
        pytest.skip("the contract is not beside the checkout")
    taxonomy = yaml.safe_load(CONTRACT.read_text("utf-8"))
    assert set(taxonomy["needs"]) == set(NEEDS)
    assert set(taxonomy["risks"]) == set(RISKS)
    assert set(taxonomy["questions"]) == set(QUESTIONS)
    assert set(taxonomy["acts"]) == set(ACTS)


def test_alarming_words_without_danger_are_taught_too() -> None:
    hard = (HOME / "data/nlu/hard_negatives.yml").read_text("utf-8")
    assert len(re.findall(r"^ +- ", hard, re.MULTILINE)) >= 300


def test_no_sentence_stands_under_two_codes() -> None:
    codes_of: dict[str, set[str]] = {}
    for code, sentence in SENTENCES:
        codes_of.setdefault(normalise(sentence) or sentence, set()).add(code)
    assert {sentence: codes for sentence, codes in codes_of.items() if len(codes) > 1} == {}


def test_every_risk_has_rules_and_every_rule_matches_its_example() -> None:
    rules = Counter(rule.code for rule in read_rules(HOME / "data/risk").rules)
    assert {risk for risk in RISKS if rules[risk] < 20} == set()


def test_no_long_held_out_sentence_is_trained_on() -> None:
    trained = {normalise(sentence) for _, sentence in SENTENCES}
    copied = [
        row["text"]
        for path in (HOME / "tests/nlu").glob("*/*.yml")
        for row in yaml.safe_load(path.read_text("utf-8"))
        # Greetings and one-word answers are the same whoever writes them; evaluate.py leaves those out.
        if len(row["text"].split()) > 6 and normalise(row["text"]) in trained
    ]
    assert copied == []


def test_the_report_sees_sentences_that_differ_in_one_word() -> None:
    first, second = "hij zegt nooit iets als ik thuiskom", "zij zegt nooit iets als ik thuiskom"
    assert near_pairs([first, second, "we praten niet meer aan tafel sinds de verhuis"]) == [(first, second)]
    assert variety([first, second]).too_near
    assert not variety([first, "we praten niet meer aan tafel sinds de verhuis"]).too_near


def test_the_report_counts_new_words() -> None:
    sentences = ["een twee", "een drie", "een vier", "vijf zes"]
    found = variety(sentences)
    assert (found.sentences, found.words, found.growth) == (4, 6, 200)
