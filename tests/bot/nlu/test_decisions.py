"""Decisions from given scores: alarm, gentle question or neither; one need or two."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.code_scorer import CODE_SCORES, CodeScores
from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.need_classifier import NEEDS_KEY, NeedClassifier
from bot.nlu.risk_detector import RISK_KEY, RiskDetector
from bot.nlu.risk_rules import RuleBook

CODES = ["communicatie", "groet", "ontrouw", "partnergeweld", "zelfdoding"]
PASSAGE = "een zin"


def scored(*rows: dict[str, float]) -> Message:
    """A message of as many passages as there are rows, with scores for some codes."""
    values = np.array([[row.get(code, 0.0) for code in CODES] for row in rows], np.float32)
    return Message({TEXT: PASSAGE, PASSAGES: [PASSAGE] * len(rows), CODE_SCORES: CodeScores(CODES, values)})


def risk_of(message: Message, words: str | None = None, hint: bool = False) -> dict[str, Any]:
    """What is decided where a rule for suicide waits for `words`."""
    rules = RuleBook({})
    if words:
        row = {"id": "x", "phrases": [words], "reason": "Said so.", "example": words, "hint": hint}
        rules.add("rule", "zelfdoding", row)
    detector = RiskDetector(RiskDetector.get_default_config(), None, None, rules)
    message.set(INTENT, {"name": "communicatie", "confidence": 0.5})
    detector.process([message])
    return dict(message.get(RISK_KEY))


@pytest.mark.parametrize(
    ("danger", "code", "near"),
    [(0.9, "zelfdoding", None), (0.6, None, "zelfdoding"), (0.3, None, None), (0.0, None, None)],
)
def test_between_an_alarm_and_nothing_lies_a_gentle_question(danger: float, code: str | None, near: str | None) -> None:
    risk = risk_of(scored({"zelfdoding": danger}))
    assert (risk["code"], risk["near"]) == (code, near)


def test_one_worrying_sentence_of_a_calm_story_is_asked_about() -> None:
    risk = risk_of(scored({"communicatie": 0.9}, {"communicatie": 0.9}, {"partnergeweld": 0.6}))
    assert (risk["code"], risk["near"]) == (None, "partnergeweld")


def test_one_alarming_sentence_counts_for_less_in_a_long_story() -> None:
    calm, alarming = {"communicatie": 0.9}, {"communicatie": 0.9, "partnergeweld": 0.85}
    assert risk_of(scored(calm, calm, alarming))["code"] == "partnergeweld"
    assert risk_of(scored(calm, *[calm] * 10, alarming))["code"] is None
    assert risk_of(scored(calm, *[calm] * 20, {"partnergeweld": 0.97}))["code"] == "partnergeweld"


def test_where_a_rule_fires_nothing_is_left_to_ask() -> None:
    risk = risk_of(scored({"zelfdoding": 0.6}), "zin")
    assert (risk["code"], risk["by"], risk["near"]) == ("zelfdoding", "rule", None)


def test_a_rule_is_enough_whatever_the_model_sees() -> None:
    risk = risk_of(scored({"communicatie": 0.9}), "zin")
    assert (risk["code"], risk["by"], risk["near"]) == ("zelfdoding", "rule", None)


@pytest.mark.parametrize(
    ("danger", "code", "by", "near"),
    [(0.1, None, None, "zelfdoding"), (0.45, "zelfdoding", "rule", None), (0.8, "zelfdoding", "both", None)],
)
def test_a_hint_is_enough_where_the_model_sees_something_of_it(
    danger: float, code: str | None, by: str | None, near: str | None
) -> None:
    risk = risk_of(scored({"communicatie": 0.9, "zelfdoding": danger}), "zin", hint=True)
    assert (risk["code"], risk["by"], risk["near"]) == (code, by, near)


def needs_of(message: Message) -> list[str]:
    NeedClassifier(NeedClassifier.get_default_config()).process([message])
    return [need["code"] for need in message.get(NEEDS_KEY)]


def test_a_second_need_shows_beside_a_clear_first_one() -> None:
    message = scored({"ontrouw": 0.7, "communicatie": 0.5})
    assert needs_of(message) == ["ontrouw", "communicatie"]
    # The intent stays as sure as it is.
    assert message.get(INTENT)["confidence"] > 0.9


def test_a_need_that_is_not_spoken_of_does_not_show() -> None:
    assert needs_of(scored({"ontrouw": 0.9})) == ["ontrouw"]
