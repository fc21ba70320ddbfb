"""The training data: enough of every code, nothing out of the held-out sets, few near-duplicates, sound rules."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from bot.nlu.codes import ACTS, NEEDS, QUESTIONS, RISKS
from bot.nlu.risk_rules import read_rules
from tests.nlu.held_out_sets import plain, read_held_out, unseen
from tests.nlu.training_sentences import read_examples

LEAST = dict.fromkeys(NEEDS, 80) | dict.fromkeys(RISKS, 150) | dict.fromkeys(QUESTIONS, 40) | dict.fromkeys(ACTS, 25)
LEAST_HARD_NEGATIVES = 300
NEAR = 95
MOST_NEAR_DUPLICATES = 0.01
MOST_COINCIDENCES = 0.05
LEAST_HELD_OUT = {
    "needs and questions": 500,
    "ordinary": 1000,
    "out_of_scope": 200,
    "risk_zelfdoding": 160,
    "risk_partnergeweld": 160,
    "risk_seksueel_geweld": 160,
    "risk_kind_in_gevaar": 160,
    "risk_acuut_gevaar": 60,
    "risk_eigen_agressie": 60,
}


@pytest.fixture(scope="module")
def examples():
    return read_examples()


@pytest.mark.parametrize("code", LEAST)
def test_every_code_has_enough_examples(examples, code) -> None:
    assert sum(example.intent == code for example in examples) >= LEAST[code]


def test_no_code_is_unknown(examples) -> None:
    assert {example.intent for example in examples} == set(LEAST)


def test_there_are_enough_alarming_words_without_danger(examples) -> None:
    hard = [example for example in examples if example.file == "hard_negatives.yml"]
    assert len(hard) >= LEAST_HARD_NEGATIVES
    assert not [example for example in hard if example.intent in RISKS]


def test_no_held_out_sentence_that_counts_is_trained_on(examples) -> None:
    held_out = read_held_out()
    counted = unseen(held_out, [example.text for example in examples])
    assert not {plain(one.text) for one in counted} & {plain(example.text) for example in examples}
    # Two people write "ik wil dood" without having read each other; a copied set would coincide far more.
    assert len(held_out) - len(counted) <= MOST_COINCIDENCES * len(held_out)


@pytest.mark.parametrize(("name", "least"), LEAST_HELD_OUT.items())
def test_enough_held_out_sentences_count(examples, name, least) -> None:
    counted = unseen(read_held_out(), [example.text for example in examples])
    assert sum(one.set in name.split(" and ") for one in counted) >= least


def test_no_sentence_has_two_intents(examples) -> None:
    intents = defaultdict(set)
    for example in examples:
        intents[plain(example.text)].add(example.intent)
    assert {text: sorted(found) for text, found in intents.items() if len(found) > 1} == {}


def test_near_duplicates_are_few(examples, record_property) -> None:
    by_intent = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(plain(example.text))
    pairs = []
    for intent, texts in by_intent.items():
        likeness = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEAR)
        for row, column in zip(*likeness.nonzero(), strict=True):
            if row < column:
                pairs.append((intent, texts[row], texts[column]))
    record_property("near_duplicates", len(pairs))
    print(f"{len(pairs)} near-duplicates", *pairs, sep="\n  ")  # noqa: T201
    assert len(pairs) <= MOST_NEAR_DUPLICATES * len(examples), Counter(intent for intent, *_ in pairs)


def test_every_risk_has_rules_that_match_their_own_example() -> None:
    # Reading a rule whose example does not match raises, and so does one without a reason.
    rules = read_rules(Path("data/risk"))
    assert {rule.risk for rule in rules} == set(RISKS)
