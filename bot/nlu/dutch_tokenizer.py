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
    """The passages that the components after it read and, with `tokens`, tokens from spaCy.

    A component of Rasa's own that reads tokens needs `tokens: true`. None of ours does, and to cut a message into
    tokens without remembering its words takes 0.9 ms.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._dutch = load_dutch(config["model"])
        self._tokens = config["tokens"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "model": TRAINED,
            "tokens": False,
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

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
        if self._tokens:
            super().process_training_data(training_data)
        for example in training_data.training_examples:
            # Its code belongs to a story as a whole: each sentence may speak of something else.
            if example.get(TEXT):
                example.set(PASSAGES, [bounded(example.get(TEXT))])
                example.set(CLAUSES, [])
        return UncachedTrainingData.of(training_data)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT):
                passages = split_passages(message.get(TEXT))
                message.set(PASSAGES, passages)
                message.set(CLAUSES, split_clauses(message.get(TEXT)) if len(passages) == 1 else [])
        return super().process(messages) if self._tokens else messages

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        # Only cut, not analysed: lemmas cost 3.5 ms a message and added nothing (docs/evaluation.md).
        return [Token(token.text, token.idx) for token in self._dutch.make_doc(bounded(message.get(attribute)))]


def texts_of(message: Message) -> list[str]:
    """Return the passages of `message`, then its clauses; none for a message without text."""
    return [*(message.get(PASSAGES) or []), *(message.get(CLAUSES) or [])]
