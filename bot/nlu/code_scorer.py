"""How much each passage speaks of each code of the taxonomy: one model for needs, questions, acts and risks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.nlu.codes import RISKS
from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.likeness import ExampleLikeness
from bot.nlu.quick_memory import QuickMemory, write_quick_memory
from bot.nlu.ridge import RidgeModel
from bot.nlu.sentence_encoder import PASSAGE_VECTORS, SentenceEncoder
from bot.nlu.text_ngrams import PASSAGE_NGRAMS, TextNgrams
from bot.nlu.vector_memory import VectorMemory

_QUICK = "memory.onnx"
_MEAN = "mean.npy"

CODE_SCORES = "code_scores"
"""Message key: the CodeScores of the passages."""
CLAUSE_SCORES = "clause_scores"
"""Message key: the CodeScores of the clauses, of no row where there are none."""


class CodeScores:
    """Scores of every passage (rows, the whole text first) for every code (columns), about 0 to 1 each."""

    def __init__(self, codes: list[str], values: np.ndarray) -> None:
        self.codes = codes
        self.values = values

    def of(self, codes: Sequence[str]) -> np.ndarray:
        """Return the columns of `codes`; 0 for a code without training examples."""
        places = _places(tuple(self.codes), tuple(codes))
        return np.where(places >= 0, self.values[:, places], np.float32(0))

    def rows(self, chosen: slice) -> CodeScores:
        """Return the scores of some of the passages."""
        return CodeScores(self.codes, self.values[chosen])

    @cached_property
    def danger(self) -> np.ndarray:
        """For each passage how much it speaks of any risk: six weak signs of danger are one clear one."""
        return np.asarray(np.clip(self.of(RISKS).sum(axis=1), 0, 1))


@cache
def _places(known: tuple[str, ...], codes: tuple[str, ...]) -> np.ndarray:
    return np.array([known.index(code) if code in known else -1 for code in codes])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CodeScorer(GraphComponent):
    """Kernel ridge regression: a message speaks of what the training examples speak of that it is like.

    Likeness is `meaning` times that of the vectors (VectorMemory) plus `spelling` times the n-grams that both share.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._memory: QuickMemory | VectorMemory | None = None
        self._model: RidgeModel | None = None
        self._ngrams: np.ndarray | None = None
        """How much each n-gram (rows) speaks for each code (columns): shared n-grams add up, so the sum is kept."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"meaning": 2.0, "spelling": 1.0, "ridge": 0.6}

    @classmethod
    def required_components(cls) -> list[type]:
        return [SentenceEncoder, TextNgrams]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        for key in ("meaning", "spelling"):
            if not config.get(key, 1.0) >= 0:
                raise ValueError(f"CodeScorer: `{key}` must be 0 or more")
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
        examples = [example for example in training_data.intent_examples if example.get(PASSAGES)]
        vectors = VectorMemory.fit(np.vstack([example.get(PASSAGE_VECTORS) for example in examples]))
        ngrams = vstack([example.get(PASSAGE_NGRAMS) for example in examples], format="csr")
        likeness = ExampleLikeness(vectors, self._config["meaning"], ngrams, self._config["spelling"])
        model = RidgeModel.fit(likeness, [example.get(INTENT) for example in examples], self._config["ridge"])
        with self._storage.write_to(self._resource) as folder:
            try:
                write_quick_memory(folder / _QUICK, vectors)
                np.save(folder / _MEAN, vectors.mean)
            except ImportError:
                vectors.save(folder)
            model.save(folder)
            np.save(folder / "ngrams.npy", self._config["spelling"] * (ngrams.T @ model.duals))
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
            if (folder / _QUICK).exists():
                component._memory = QuickMemory(folder / _QUICK, np.load(folder / _MEAN, allow_pickle=False))
            else:
                component._memory = VectorMemory.load(folder)
            component._ngrams = np.load(folder / "ngrams.npy", allow_pickle=False)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                scores = self._score(message.get(PASSAGE_VECTORS), message.get(PASSAGE_NGRAMS))
                passages = len(message.get(PASSAGES))
                message.set(CODE_SCORES, scores.rows(slice(passages)))
                message.set(CLAUSE_SCORES, scores.rows(slice(passages, None)))
        return messages

    def _score(self, vectors: np.ndarray, ngrams: csr_matrix) -> CodeScores:
        if self._memory is None or self._model is None or self._ngrams is None:
            raise RuntimeError("CodeScorer: not trained")
        # Row by row: of so few, the product of matrices takes three times as long.
        meant = self._config["meaning"] * np.stack([row @ self._model.duals for row in self._memory.likeness(vectors)])
        return CodeScores(self._model.labels, meant + ngrams @ self._ngrams + self._model.shares)


def scores_of(message: Message) -> CodeScores:
    """Return the scores of `message`. Raises RuntimeError when the pipeline has no CodeScorer before its reader."""
    scores = message.get(CODE_SCORES)
    if not isinstance(scores, CodeScores):
        raise RuntimeError("config.yml: CodeScorer must stand before every component that reads its scores")
    return scores
