"""Puts typing errors right before any other component reads the message."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_tokenizer import CLAUSES, PASSAGES, DutchTokenizer
from bot.nlu.normalise import normalise
from bot.nlu.spelling import Spelling, dutch_words
from bot.nlu.spoken_language import written_in


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingCorrector(GraphComponent):
    """Puts right the passages that all components after it read; the text itself, and so places and amounts, stays."""

    def __init__(self, storage: ModelStorage, resource: Resource, spelling: Spelling) -> None:
        self._storage = storage
        self._resource = resource
        self._spelling = spelling

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz", "wordfreq"]

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
    ) -> SpellingCorrector:
        return cls(model_storage, resource, Spelling({}))

    def train(self, training_data: TrainingData) -> Resource:
        texts = (example.get(TEXT) or "" for example in training_data.training_examples)
        spelling = Spelling.of(texts, dutch_words())
        with self._storage.write_to(self._resource) as folder:
            (folder / "words.json").write_text(json.dumps([spelling.counts, sorted(spelling.real)]), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingCorrector:
        with model_storage.read_from(resource) as folder:
            counts, real = json.loads((folder / "words.json").read_text("utf-8"))
        return cls(model_storage, resource, Spelling(counts, real))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES) and is_dutch(message.get(PASSAGES)[0]):
                for key in (PASSAGES, CLAUSES):
                    message.set(key, [self._spelling.correct(passage) for passage in message.get(key) or []])
        return messages


def is_dutch(text: str) -> bool:
    """Tell whether the words of `text` may be put right: to Dutch eyes the Spanish "matar" is "maar"."""
    return written_in(normalise(text)) is None
