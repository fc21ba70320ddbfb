"""How alike a message is to every training example, in meaning and in words: what the classifiers decide on."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, load_npz, save_npz, vstack

from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.rows import Rows
from bot.nlu.sentence_encoder import PASSAGE_VECTORS, SentenceEncoder
from bot.nlu.text_ngrams import PASSAGE_NGRAMS, TextNgrams
from bot.nlu.vector_memory import VectorMemory

_ROWS = 1024

LIKENESS = "likeness"
"""Message key: float32 array, one row for each passage, one column for each training example with an intent."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ExampleMemory(GraphComponent):
    """Keeps vectors and n-grams of all training examples and compares messages with them."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._vectors: VectorMemory | None = None
        self._columns: csr_matrix | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"meaning": 2.0, "spelling": 1.0}

    @classmethod
    def required_components(cls) -> list[type]:
        return [SentenceEncoder, TextNgrams]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        for key in ("meaning", "spelling"):
            if not config.get(key, 1.0) >= 0:
                raise ValueError(f"ExampleMemory: `{key}` must be 0 or more")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ExampleMemory:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = remembered(training_data)
        vectors = VectorMemory.fit(np.vstack([example.get(PASSAGE_VECTORS) for example in examples]))
        ngrams = vstack([example.get(PASSAGE_NGRAMS) for example in examples], format="csr")
        with self._storage.write_to(self._resource) as folder:
            vectors.save(folder)
            save_npz(folder / "ngrams.npz", ngrams)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ExampleMemory:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._vectors = VectorMemory.load(folder)
            # One row for each n-gram: multiplying by a transposed matrix would turn it over for every message.
            component._columns = load_npz(folder / "ngrams.npz").T.tocsr()
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                message.set(LIKENESS, self._compare(message.get(PASSAGE_VECTORS), message.get(PASSAGE_NGRAMS)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        if self._vectors is None or self._columns is None:
            raise RuntimeError("ExampleMemory: not trained")
        rows = self._columns.T.tocsr()
        # Nearly every two examples share an n-gram: as a sparse matrix their likeness would take three times as much.
        likeness = np.empty((rows.shape[0], rows.shape[0]), np.float32)
        for start in range(0, len(likeness), _ROWS):
            part = (rows[start : start + _ROWS] @ self._columns).toarray()
            likeness[start : start + _ROWS] = self._config["spelling"] * part
        self._vectors.add_likeness_of_examples(likeness, self._config["meaning"])
        for row, example in zip(likeness, remembered(training_data), strict=False):
            example.set(LIKENESS, row[np.newaxis].view(Rows))
        return training_data

    def _compare(self, vectors: np.ndarray, ngrams: csr_matrix) -> np.ndarray:
        if self._vectors is None or self._columns is None:
            raise RuntimeError("ExampleMemory: not trained")
        shared = (ngrams @ self._columns).toarray()
        return self._config["meaning"] * self._vectors.likeness(vectors) + self._config["spelling"] * shared


def remembered(training_data: TrainingData) -> list[Message]:
    """Return the examples that have a column in LIKENESS, in the order of the columns."""
    return [example for example in training_data.intent_examples if example.get(PASSAGES)]
