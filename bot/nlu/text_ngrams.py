"""Spelling as vectors: character n-grams for typing errors, words and pairs of words for what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer
from bot.nlu.normalise import normalise
from bot.nlu.respelling import respell
from bot.nlu.rows import SparseRows

PASSAGE_NGRAMS = "passage_ngrams"
"""Message key: sparse float32 matrix, one row for each passage: characters, then words, each part of length 1."""

_FEW = 50
"""An n-gram in so many examples is kept, however few examples there are."""


def spell(text: str) -> str:
    """Return `text` in the one spelling in which n-grams are cut."""
    return respell(normalise(text))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextNgrams(GraphComponent):
    """tf-idf of character n-grams inside words and of words and pairs, on respelled text."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._vectorizers = {
            "characters": _vectorizer("char_wb", config["shortest"], config["longest"]),
            "words": _vectorizer("word", 1, config["words"]),
        }

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # What stands in more of the examples than `most` (a share) tells little and takes most of the time.
        return {"shortest": 3, "longest": 5, "words": 2, "most": 0.03}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @classmethod
    def required_components(cls) -> list[type]:
        return [DutchTokenizer]

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        if not 1 <= config.get("shortest", 3) <= config.get("longest", 5) <= 8:
            raise ValueError("TextNgrams: `shortest` and `longest` must hold 1 <= shortest <= longest <= 8")
        if not 1 <= config.get("words", 2) <= 4:
            raise ValueError("TextNgrams: `words` must lie between 1 and 4")
        if not 0 < config.get("most", 0.03) <= 1:
            raise ValueError("TextNgrams: `most` must lie between 0 and 1")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNgrams:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        texts = [
            spell(example.get(PASSAGES)[0]) for example in training_data.training_examples if example.get(PASSAGES)
        ]
        with self._storage.write_to(self._resource) as folder:
            for name, vectorizer in self._vectorizers.items():
                vectorizer.set_params(max_df=max(_FEW, int(self._config["most"] * len(texts)))).fit(texts)
                _save(vectorizer, folder, name)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNgrams:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            for name, vectorizer in component._vectorizers.items():
                _load(vectorizer, folder, name)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                message.set(PASSAGE_NGRAMS, self._transform(message.get(PASSAGES)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def _transform(self, passages: list[str]) -> SparseRows:
        texts = [spell(passage) for passage in passages]
        parts = [vectorizer.transform(texts) for vectorizer in self._vectorizers.values()]
        return SparseRows(hstack(parts, format="csr", dtype=np.float32))


def _vectorizer(analyzer: str, shortest: int, longest: int) -> TfidfVectorizer:
    return TfidfVectorizer(
        lowercase=False, analyzer=analyzer, ngram_range=(shortest, longest), sublinear_tf=True, dtype=np.float32
    )


def _save(vectorizer: TfidfVectorizer, folder: Path, name: str) -> None:
    # Plain text and arrays: nothing runs when a model file is opened.
    ngrams = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    (folder / f"{name}.json").write_text(json.dumps(ngrams, ensure_ascii=False), "utf-8")
    np.save(folder / f"{name}.npy", vectorizer.idf_.astype(np.float32))


def _load(vectorizer: TfidfVectorizer, folder: Path, name: str) -> None:
    ngrams = json.loads((folder / f"{name}.json").read_text("utf-8"))
    vectorizer.vocabulary = {ngram: index for index, ngram in enumerate(ngrams)}
    vectorizer.idf_ = np.load(folder / f"{name}.npy", allow_pickle=False)
