"""Floors under what `make evaluate` measured: understanding may grow, it may not sink.

The targets (needs and questions 0.85 and 0.95, each big risk 0.98) lie above these floors and are not reached yet;
docs/evaluation.md says by how much and why.
"""

import os
from pathlib import Path

import pytest

from bot.nlu.codes import RISKS
from tests.nlu import measures
from tests.nlu.evaluate import quiet, read_doubt_below
from tests.nlu.held_out_sets import read_held_out, unseen
from tests.nlu.training_sentences import read_examples

MODEL = Path("models/current.tar.gz")
RISK_FLOORS = {
    "acuut_gevaar": 0.89,
    "zelfdoding": 0.84,
    "seksueel_geweld": 0.81,
    "kind_in_gevaar": 0.88,
    "partnergeweld": 0.87,
    "eigen_agressie": 0.94,
}


@pytest.fixture(scope="module")
def parsed():
    if not MODEL.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("there is no trained model, and CI may not skip it")
        pytest.skip("there is no trained model: run `make train`")
    quiet()
    return measures.parse_all(MODEL, unseen(read_held_out(), [example.text for example in read_examples()]))


@pytest.mark.parametrize("risk", RISKS)
def test_danger_is_found(parsed, risk) -> None:
    found, n = measures.found_risks(parsed, risk)
    assert found / n >= RISK_FLOORS[risk]


def test_danger_said_in_so_many_words_is_found(parsed) -> None:
    explicit = [one for one in parsed if one.sentence.set.startswith("risk_") and one.sentence.kind == "explicit"]
    assert sum(bool(one.risk) for one in explicit) / len(explicit) >= 0.94


def test_danger_in_another_language_is_found(parsed) -> None:
    foreign = [one for one in parsed if one.sentence.kind == "other_language"]
    assert sum(bool(one.risk) for one in foreign) / len(foreign) >= 0.95


def test_the_right_risk_is_named(parsed) -> None:
    assert measures.right_risk(parsed) >= 0.92


def test_suicide_does_not_get_another_line(parsed) -> None:
    assert measures.right_risk(parsed, ["zelfdoding"]) >= 0.95


def test_false_alarms_are_few(parsed) -> None:
    alarms, n = measures.false_alarms(parsed)
    assert alarms / n <= 0.027


def test_needs_and_questions_are_understood(parsed) -> None:
    group = measures.needs_and_questions(parsed)
    assert measures.top(group, 1) >= 0.86
    assert measures.top(group, 3) >= 0.96


def test_acts_are_understood(parsed) -> None:
    assert measures.top(measures.of_set(parsed, "acts"), 1) >= 0.83


def test_long_stories_are_understood(parsed) -> None:
    assert measures.top(measures.of_set(parsed, "long"), 3) >= 0.92


def test_what_is_out_of_scope_is_seen(parsed) -> None:
    seen, lost = measures.out_of_scope(parsed, read_doubt_below(Path("credentials.yml")))
    assert seen >= 0.8
    assert lost <= 0.02


def test_confidence_is_as_often_right_as_it_says(parsed) -> None:
    assert measures.calibration_error(measures.needs_and_questions(parsed)) <= 0.05
