"""Which need, question or act a message is about."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.code_scorer import CLAUSE_SCORES, CodeScores, scores_of
from bot.nlu.codes import NEEDS, RISKS
from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer
from bot.nlu.ridge import softmax

NEEDS_KEY = "needs"
"""Parse result: list of {"code", "confidence"}, best first, for the needs that the message speaks of."""

_RANKING_LENGTH = 10
_NEEDS_LENGTH = 5
_LEAST_NEED = 0.05
_CLEAR = 0.5
_OF_A_CLAUSE = 0.6
"""Half a sentence may mislead: from `_CLEAR` on, so much of its confidence counts."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class NeedClassifier(GraphComponent):
    """Sets intent, intent_ranking and needs. Risks are left out here: they are the risk detector's to give."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._sharpness = config["sharpness"]
        self._needs_sharpness = config["needs_sharpness"]
        self._ceiling = config["ceiling"]
        self._sentence_weight = config["sentence_weight"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # Sharpness and ceiling are those at which confidence is as often right as it says: see docs/evaluation.md.
        return {"sharpness": 26.0, "needs_sharpness": 10.0, "ceiling": 0.95, "sentence_weight": 0.35}

    @classmethod
    def required_components(cls) -> list[type]:
        return [DutchTokenizer]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        for key in ("sharpness", "needs_sharpness"):
            if not config.get(key, 36.0) > 0:
                raise ValueError(f"NeedClassifier: `{key}` must be above 0")
        for key in ("ceiling", "sentence_weight"):
            if not 0 <= config.get(key, 0.5) <= 1:
                raise ValueError(f"NeedClassifier: `{key}` must lie between 0 and 1")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NeedClassifier:
        cls.validate_config(config)
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                self._classify(message, scores_of(message))
        return messages

    def _classify(self, message: Message, scores: CodeScores) -> None:
        codes = [code for code in scores.codes if code not in RISKS]
        confidences = self._confidences(scores.of(codes), self._sharpness)
        ranking = [
            {INTENT_NAME_KEY: codes[index], PREDICTED_CONFIDENCE_KEY: float(confidences[index])}
            for index in np.argsort(-confidences, kind="stable")
        ]
        # Told apart less sharply a second need shows, which the first one would hide.
        spoken_of = np.maximum(confidences, self._confidences(scores.of(codes), self._needs_sharpness))
        clauses = message.get(CLAUSE_SCORES)
        if clauses is not None and len(clauses.values):
            shares = self._ceiling * softmax(clauses.of(codes), self._sharpness)
            clear = shares.max(axis=0)
            spoken_of = np.maximum(spoken_of, np.where(clear >= _CLEAR, _OF_A_CLAUSE * clear, 0))
        needs = [
            {"code": codes[index], "confidence": round(float(spoken_of[index]), 4)}
            for index in np.argsort(-spoken_of, kind="stable")
            if codes[index] in NEEDS and spoken_of[index] >= _LEAST_NEED
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:_RANKING_LENGTH], add_to_output=True)
        message.set(NEEDS_KEY, needs[:_NEEDS_LENGTH], add_to_output=True)

    def _confidences(self, scores: np.ndarray, sharpness: float) -> np.ndarray:
        shares = self._ceiling * softmax(scores, sharpness)
        if len(shares) == 1:
            return np.asarray(shares[0])
        weight = self._sentence_weight
        return np.asarray((1 - weight) * shares[0] + weight * shares[1:].mean(axis=0))
