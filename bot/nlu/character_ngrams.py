"""Spelling as vectors: character n-grams and lemmas of each passage, for typing errors, dialect and rare words."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer
from bot.nlu.normalise import normalise

PASSAGE_NGRAMS = "passage_ngrams"
"""Message key: sparse float64 matrix, one row of length 1 for each passage."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterNgrams(GraphComponent):
    """tf-idf of character n-grams inside words, on normalised text."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._vectorizer = TfidfVectorizer(
            preprocessor=normalise,
            analyzer="char_wb",
            ngram_range=(config["shortest"], config["longest"]),
            min_df=config["in_at_least"],
            sublinear_tf=True,
        )

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"shortest": 2, "longest": 5, "in_at_least": 2}

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    @classmethod
    def required_components(cls) -> List[type]:
        return [DutchTokenizer]

    @staticmethod
    def validate_config(config: Dict[Text, Any]) -> None:
        if not 1 <= config.get("shortest", 2) <= config.get("longest", 5) <= 8:
            raise ValueError("CharacterNgrams: `shortest` and `longest` must hold 1 <= shortest <= longest <= 8")
        if config.get("in_at_least", 2) < 1:
            raise ValueError("CharacterNgrams: `in_at_least` must be 1 or more")

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CharacterNgrams:
        cls.validate_config(config)
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        texts = [example.get(PASSAGES)[0] for example in training_data.training_examples if example.get(PASSAGES)]
        self._vectorizer.fit(texts)
        with self._storage.write_to(self._resource) as folder:
            words = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.__getitem__)
            (folder / "ngrams.json").write_text(json.dumps(words), "utf-8")
            np.save(folder / "idf.npy", self._vectorizer.idf_.astype(np.float32))
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CharacterNgrams:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "ngrams.json").read_text("utf-8"))
            component._vectorizer.vocabulary = {word: index for index, word in enumerate(words)}
            component._vectorizer.idf_ = np.load(folder / "idf.npy").astype(np.float64)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(PASSAGES):
                message.set(PASSAGE_NGRAMS, self._vectorizer.transform(message.get(PASSAGES)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data
