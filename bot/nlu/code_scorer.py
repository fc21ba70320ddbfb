"""How much each passage speaks of each code of the taxonomy: one model for needs, questions, acts and risks."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.codes import RISKS
from bot.nlu.example_memory import LIKENESS, ExampleMemory, remembered
from bot.nlu.ridge import RidgeModel

CODE_SCORES = "code_scores"
"""Message key: a CodeScores."""


class CodeScores:
    """Scores of every passage (rows, the whole text first) for every code (columns), about 0 to 1 each."""

    def __init__(self, codes: list[str], values: np.ndarray) -> None:
        self.codes = codes
        self.values = values

    def of(self, codes: list[str]) -> np.ndarray:
        """Return the columns of `codes`; 0 for a code without training examples."""
        found = [self.values[:, self.codes.index(code)] if code in self.codes else self._nothing() for code in codes]
        return np.stack(found, axis=1)

    def danger(self) -> np.ndarray:
        """Return for each passage how much it speaks of any risk: six weak signs of danger are one clear one."""
        return np.asarray(np.clip(self.of(list(RISKS)).sum(axis=1), 0, 1))

    def _nothing(self) -> np.ndarray:
        return np.zeros(len(self.values), np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CodeScorer(GraphComponent):
    """Ridge regression over the likeness to the training examples."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model: RidgeModel | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"ridge": 0.6}

    @classmethod
    def required_components(cls) -> list[type]:
        return [ExampleMemory]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        if not config.get("ridge", 0.6) > 0:
            raise ValueError("CodeScorer: `ridge` must be above 0")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CodeScorer:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = remembered(training_data)
        likeness = np.vstack([example.get(LIKENESS) for example in examples])
        model = RidgeModel.fit(likeness, [example.get(INTENT) for example in examples], self._config["ridge"])
        with self._storage.write_to(self._resource) as folder:
            model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CodeScorer:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._model = RidgeModel.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        if self._model is None:
            raise RuntimeError("CodeScorer: not trained")
        for message in messages:
            if message.get(LIKENESS) is not None:
                scores = self._model.scores(message.get(LIKENESS))
                message.set(CODE_SCORES, CodeScores(self._model.labels, scores))
        return messages


def scores_of(message: Message) -> CodeScores:
    """Return the scores of `message`. Raises RuntimeError when the pipeline has no CodeScorer before its reader."""
    scores = message.get(CODE_SCORES)
    if not isinstance(scores, CodeScores):
        raise RuntimeError("config.yml: CodeScorer must stand before every component that reads its scores")
    return scores
