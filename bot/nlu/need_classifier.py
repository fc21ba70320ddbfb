"""Which need, question or act a message is about."""

from __future__ import annotations

from typing import Any, Dict, List, Text

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
from bot.nlu.codes import NEEDS
from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.linear import LinearModel, features
from bot.nlu.sentence_encoder import SentenceEncoder

NEEDS_KEY = "needs"
"""Parse result: list of {"code", "confidence"}, best first, for the needs that the message speaks of."""

_RANKING_LENGTH = 10
_NEEDS_LENGTH = 5
_LEAST_NEED = 0.05


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NeedClassifier(GraphComponent):
    """Linear classifier over sentence vectors and character n-grams; sets intent, intent_ranking and needs."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model: LinearModel | None = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"vector_weight": 2.0, "strength": 10.0, "sentence_weight": 0.5}

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    @classmethod
    def required_components(cls) -> List[type]:
        return [SentenceEncoder, CharacterNgrams]

    @staticmethod
    def validate_config(config: Dict[Text, Any]) -> None:
        for key in ("vector_weight", "strength"):
            if not config.get(key, 1.0) > 0:
                raise ValueError(f"NeedClassifier: `{key}` must be above 0")
        if not 0 <= config.get("sentence_weight", 0.5) <= 1:
            raise ValueError("NeedClassifier: `sentence_weight` must lie between 0 and 1")

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> NeedClassifier:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(PASSAGES)]
        rows = vstack([features(example, self._config["vector_weight"])[0] for example in examples], format="csr")
        labels = [example.get(INTENT) for example in examples]
        self._model = LinearModel.fit(rows, labels, self._config["strength"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> NeedClassifier:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._model = LinearModel.load(folder)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(PASSAGES):
                self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        if self._model is None:
            raise RuntimeError("NeedClassifier: not trained")
        passages = self._model.probabilities(features(message, self._config["vector_weight"]))
        shares = passages / passages.sum(axis=1, keepdims=True)
        confidences = shares[0]
        if len(shares) > 1:
            weight = self._config["sentence_weight"]
            confidences = (1 - weight) * shares[0] + weight * shares[1:].mean(axis=0)
        order = np.argsort(-confidences, kind="stable")
        ranking = [
            {INTENT_NAME_KEY: self._model.labels[index], PREDICTED_CONFIDENCE_KEY: float(confidences[index])}
            for index in order
        ]
        needs = [
            {"code": entry[INTENT_NAME_KEY], "confidence": round(entry[PREDICTED_CONFIDENCE_KEY], 4)}
            for entry in ranking
            if entry[INTENT_NAME_KEY] in NEEDS and entry[PREDICTED_CONFIDENCE_KEY] >= _LEAST_NEED
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:_RANKING_LENGTH], add_to_output=True)
        message.set(NEEDS_KEY, needs[:_NEEDS_LENGTH], add_to_output=True)
