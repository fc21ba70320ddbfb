"""Tokens and passages of a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_language import TRAINED, load_dutch
from bot.nlu.passages import bounded, split_clauses, split_passages
from bot.nlu.uncached import UncachedTrainingData

PASSAGES = "passages"
"""Message key: list of str, the whole text first, then its sentences when there is more than one."""
CLAUSES = "clauses"
"""Message key: list of str, the clauses of a message of one sentence; only needs are looked for in them."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DutchTokenizer(Tokenizer):
    """Tokens from spaCy, and the passages that the components after it read."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._dutch = load_dutch(config["model"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"model": TRAINED, "intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DutchTokenizer:
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for example in training_data.training_examples:
            # Its code belongs to a story as a whole: each sentence may speak of something else. No component learns
            # from tokens, and to cut all examples takes half a minute.
            if example.get(TEXT):
                example.set(PASSAGES, [bounded(example.get(TEXT))])
        return UncachedTrainingData.of(training_data)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        if attribute == TEXT:
            passages = split_passages(text)
            message.set(PASSAGES, passages)
            message.set(CLAUSES, split_clauses(text) if len(passages) == 1 else [])
        # Only cut, not analysed: lemmas cost 3.5 ms a message and added nothing (docs/evaluation.md).
        return [Token(token.text, token.idx) for token in self._dutch.make_doc(bounded(text))]


def texts_of(message: Message) -> list[str]:
    """Return the passages of `message`, then its clauses; none for a message without text."""
    return [*(message.get(PASSAGES) or []), *(message.get(CLAUSES) or [])]
