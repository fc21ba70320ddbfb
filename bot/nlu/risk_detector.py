"""Danger first: rules and a model look at every passage of every message and add up what they see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.code_scorer import CodeScores, scores_of
from bot.nlu.codes import RISKS
from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer
from bot.nlu.normalise import normalise
from bot.nlu.risk_rules import AnyRule, RuleBook, read_rules

RISK_KEY = "risk"
"""Parse result: {"code": code or None, "confidence": 0 to 1, "by": "rule", "model", "both" or None,
"near": code or None}
where `near` is a danger that is possible but not clear enough for an alarm: the dialogue asks one gentle question.
"""

_SURE_OF_A_RULE = 0.9
_VOTE_OF_A_RULE = 0.2
"""How much a rule counts where it is asked which danger it is."""
_HIGHEST = 0.96


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskDetector(GraphComponent):
    """Sets `risk`; where there is one, it becomes the intent, whatever else the message is about."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, rules: RuleBook
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._rules = rules

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # The thresholds are read from the curve in docs/evaluation.md.
        # `hint` is what a rule that is only a hint adds to the score of the model (decision 0019).
        return {
            "rules": "data/risk",
            "hint": 0.3,
            "threshold": 0.66,
            "sentence_threshold": 0.74,
            "near": 0.52,
            "story": 0.02,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        return [DutchTokenizer]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        for key in ("threshold", "sentence_threshold", "near"):
            if not 0 < config.get(key, 0.5) <= 1:
                raise ValueError(f"RiskDetector: `{key}` must lie between 0 and 1")
        if not 0 <= config.get("hint", 0.3) <= 1:
            raise ValueError("RiskDetector: `hint` must lie between 0 and 1")
        if not 0 <= config.get("story", 0.02) <= 0.1:
            raise ValueError("RiskDetector: `story` must lie between 0 and 0.1")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskDetector:
        cls.validate_config(config)
        return cls(config, model_storage, resource, read_rules(Path(config["rules"])))

    def train(self, training_data: TrainingData) -> Resource:
        # The rules go into the model, so that a model and its rules belong together.
        with self._storage.write_to(self._resource) as folder:
            (folder / "rules.json").write_text(json.dumps(self._rules.as_json()), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskDetector:
        cls.validate_config(config)
        with model_storage.read_from(resource) as folder:
            rules = json.loads((folder / "rules.json").read_text("utf-8"))
        return cls(config, model_storage, resource, RuleBook.from_json(rules))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                self._judge(message, scores_of(message))
        return messages

    def _judge(self, message: Message, scores: CodeScores) -> None:
        rules = self._firing(message.get(PASSAGES))
        clear = self._alarming(scores)
        risk: dict[str, Any] = {"code": None, "confidence": float(scores.danger.max()), "by": None, "near": None}
        if rules:
            code = self._agreed_upon(scores, rules)
            enough = not all(rule.hint for rule in rules) or self._alarming(scores, eased=self._config["hint"]).any()
            if enough:
                by = "both" if clear.any() else "rule"
                risk = {**risk, "code": code, "confidence": max(risk["confidence"], _SURE_OF_A_RULE), "by": by}
            else:
                risk["near"] = code
        elif clear.any():
            risk = {**risk, "code": self._seen_in(scores, clear), "by": "model"}
        else:
            near = scores.danger >= self._config["near"]
            risk["near"] = self._seen_in(scores, near) if near.any() else None
        risk["confidence"] = round(risk["confidence"], 4)
        message.set(RISK_KEY, risk, add_to_output=True)
        if risk["code"]:
            self._make_intent(message, risk["code"], risk["confidence"])

    def _firing(self, passages: list[str]) -> list[AnyRule]:
        # With sentences apart, the whole adds nothing but negations that belong to another sentence.
        return [rule for passage in (passages[1:] or passages) for rule in self._rules.firing(normalise(passage))]

    def _alarming(self, scores: CodeScores, eased: float = 0.0) -> np.ndarray:
        """Return for each passage whether the model sees danger in it, or would with `eased` more."""
        danger = scores.danger + eased
        # The more sentences a story has, the sooner one of them sounds worse than it is: each counts for less.
        further = max(0, len(danger) - 3)
        sentence = self._config["sentence_threshold"] + self._config["story"] * further
        thresholds = np.full(len(danger), min(_HIGHEST, sentence))
        thresholds[0] = self._config["threshold"]
        return np.asarray(danger >= thresholds)

    @staticmethod
    def _seen_in(scores: CodeScores, passages: np.ndarray) -> str:
        return RISKS[int(scores.of(RISKS)[passages].max(axis=0).argmax())]

    @staticmethod
    def _agreed_upon(scores: CodeScores, rules: list[AnyRule]) -> str:
        # A rule sees words, the model what they are about.
        votes = scores.of(RISKS).max(axis=0)
        votes[[RISKS.index(code) for code in {rule.code for rule in rules}]] += _VOTE_OF_A_RULE
        return RISKS[int(votes.argmax())]

    @staticmethod
    def _make_intent(message: Message, code: str, confidence: float) -> None:
        intent = {INTENT_NAME_KEY: code, PREDICTED_CONFIDENCE_KEY: confidence}
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [intent, *message.get(INTENT_RANKING_KEY, [])], add_to_output=True)
