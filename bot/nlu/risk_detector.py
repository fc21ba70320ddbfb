"""Danger first: rules and a model look at every passage of every message; one of the two is enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import vstack

from bot.nlu.character_ngrams import CharacterNgrams
from bot.nlu.codes import RISKS
from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.linear import LinearModel, features
from bot.nlu.normalise import normalise
from bot.nlu.risk_rules import RiskRule, read_rules, rules_as_json
from bot.nlu.sentence_encoder import SentenceEncoder

RISK_KEY = "risk"
"""Parse result: {"code": code or None, "confidence": 0 to 1, "by": "rule", "model", "both" or None}."""

_NO_RISK = "geen"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskDetector(GraphComponent):
    """Sets `risk`; where there is one, it becomes the intent, whatever else the message is about."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model: Optional[LinearModel] = None
        self._rules: List[RiskRule] = []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "rules": "data/risk",
            "vector_weight": 2.0,
            "strength": 10.0,
            "threshold": 0.5,
            "sentence_threshold": 0.6,
        }

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    @classmethod
    def required_components(cls) -> List[type]:
        return [SentenceEncoder, CharacterNgrams]

    @staticmethod
    def validate_config(config: Dict[Text, Any]) -> None:
        for key in ("threshold", "sentence_threshold"):
            if not 0 < config.get(key, 0.5) < 1:
                raise ValueError(f"RiskDetector: `{key}` must lie between 0 and 1")
        for key in ("vector_weight", "strength"):
            if not config.get(key, 1.0) > 0:
                raise ValueError(f"RiskDetector: `{key}` must be above 0")

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> RiskDetector:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        self._rules = read_rules(Path(self._config["rules"]))
        examples = [example for example in training_data.intent_examples if example.get(PASSAGES)]
        rows = vstack([features(example, self._config["vector_weight"])[0] for example in examples], format="csr")
        labels = [intent if (intent := example.get(INTENT)) in RISKS else _NO_RISK for example in examples]
        self._model = LinearModel.fit(rows, labels, self._config["strength"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            (folder / "rules.json").write_text(json.dumps(rules_as_json(self._rules)), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> RiskDetector:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._model = LinearModel.load(folder)
            rules = json.loads((folder / "rules.json").read_text("utf-8"))
            component._rules = [RiskRule(**rule) for rule in rules]
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(PASSAGES):
                self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        scores = self._scores(message)
        by_rule = self._risks_by_rule(message.get(PASSAGES))
        by_model = self._risk_by_model(scores)
        best = scores.max(axis=0)
        confidence_of = dict(zip(RISKS, (float(value) for value in best)))
        if by_rule:
            # Several rules may fire on one story: the model says which of them it is about.
            code = max(by_rule, key=lambda risk: (confidence_of[risk] if len(by_rule) > 1 else 1, -RISKS.index(risk)))
            both = by_model is not None and by_model in by_rule
            code = by_model if both and by_model else code
            risk = {"code": code, "confidence": max(confidence_of[code], 0.9), "by": "both" if both else "rule"}
        elif by_model:
            risk = {"code": by_model, "confidence": confidence_of[by_model], "by": "model"}
        else:
            risk = {"code": None, "confidence": float(best.max()), "by": None}
        risk["confidence"] = round(risk["confidence"], 4)
        message.set(RISK_KEY, risk, add_to_output=True)
        if risk["code"]:
            self._make_intent(message, risk["code"], risk["confidence"])

    def _scores(self, message: Message) -> np.ndarray:
        """Return the model's probability of each risk (columns, in the order of RISKS) in each passage."""
        if self._model is None:
            raise RuntimeError("RiskDetector: not trained")
        probabilities = self._model.probabilities(features(message, self._config["vector_weight"]))
        columns = [self._model.labels.index(risk) for risk in RISKS]
        return probabilities[:, columns]

    def _risks_by_rule(self, passages: List[str]) -> List[str]:
        # With sentences apart, the whole adds nothing but negations that belong to another sentence.
        sentences = [normalise(passage) for passage in (passages[1:] or passages)]
        return list(
            dict.fromkeys(rule.risk for rule in self._rules if any(rule.matches(sentence) for sentence in sentences))
        )

    def _risk_by_model(self, scores: np.ndarray) -> Optional[str]:
        thresholds = np.full(len(scores), self._config["sentence_threshold"])
        thresholds[0] = self._config["threshold"]
        # Six weak signs are one sign: what counts is that it is any of the risks.
        any_risk = 1.0 - np.prod(1.0 - scores, axis=1)
        alarming = any_risk >= thresholds
        if not alarming.any():
            return None
        return RISKS[int(scores[alarming].max(axis=0).argmax())]

    @staticmethod
    def _make_intent(message: Message, code: str, confidence: float) -> None:
        intent = {INTENT_NAME_KEY: code, PREDICTED_CONFIDENCE_KEY: confidence}
        others = [entry for entry in message.get(INTENT_RANKING_KEY, []) if entry[INTENT_NAME_KEY] != code]
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
