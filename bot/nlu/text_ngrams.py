"""Spelling as vectors: character n-grams for typing errors, words and pairs of words for what is said, pairs of words
with others between for who does what to whom."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from bot.nlu.dutch_tokenizer import PASSAGES, DutchTokenizer, texts_of
from bot.nlu.normalise import normalise
from bot.nlu.respelling import respell

PASSAGE_NGRAMS = "passage_ngrams"
"""Message key: sparse float32 matrix, one row for each passage, then for each clause; in a row characters, then words,
each part of length 1, then words that stand apart, of the length `apart`.
"""

_WORD = re.compile(r"\b\w\w+\b")
_FEW = 50
"""An n-gram in so many examples is kept, however few examples there are."""
_MANY = 1_000
"""With so many examples, words that stand apart in only one of them are left out."""
_FURTHEST = 3


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
        self._tables: dict[str, NgramTable] | None = None
        self._vectorizers = {
            "characters": _vectorizer("char_wb", config["shortest"], config["longest"]),
            "words": _vectorizer("word", 1, config["words"]),
            "apart": _vectorizer(words_apart, 1, 1),
        }

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # What stands in more of the examples than `most` (a share) tells little and takes most of the time.
        return {"shortest": 3, "longest": 5, "words": 2, "apart": 0.7, "most": 0.03}

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
        if not 0 <= config.get("apart", 0.7) <= 1:
            raise ValueError("TextNgrams: `apart` must lie between 0 and 1")
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
        self._vectorizers["apart"].set_params(min_df=2 if len(texts) >= _MANY else 1)
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
            component._tables = {name: _load(folder, name) for name in component._vectorizers}
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(PASSAGES):
                message.set(PASSAGE_NGRAMS, self._transform(texts_of(message)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set what `process` sets, of all examples at once: one by one they take five times as long."""
        if self._tables is None:
            raise RuntimeError("TextNgrams: not trained")
        examples = [example for example in training_data.training_examples if example.get(PASSAGES)]
        ends = np.cumsum([0, *(len(texts_of(example)) for example in examples)])
        texts = [spell(text) for example in examples for text in texts_of(example)]
        parts = [
            self._weight(name) * self._tables[name].weigh_all(texts, vectorizer)
            for name, vectorizer in self._vectorizers.items()
        ]
        rows = hstack(parts, format="csr", dtype=np.float32)
        for example, start, end in zip(examples, ends[:-1], ends[1:], strict=True):
            example.set(PASSAGE_NGRAMS, rows[start:end])
        return training_data

    def _transform(self, texts: list[str]) -> csr_matrix:
        if self._tables is None:
            raise RuntimeError("TextNgrams: not trained")
        shortest, longest, words = self._config["shortest"], self._config["longest"], self._config["words"]
        indices: list[np.ndarray] = []
        values: list[np.ndarray] = []
        for text in map(spell, texts):
            found = {
                "characters": characters_of(text, shortest, longest),
                "words": words_of(text, words),
                "apart": words_apart(text),
            }
            before = 0
            for name, ngrams in found.items():
                places, weights = self._tables[name].weigh(ngrams)
                indices.append(places + before)
                values.append(self._weight(name) * weights)
                before += len(self._tables[name].weights)
        ends = np.cumsum([0, *(len(one) for one in indices)])[:: len(self._tables)]
        width = sum(len(table.weights) for table in self._tables.values())
        rows = (np.concatenate(values), np.concatenate(indices), ends)
        return csr_matrix(rows, shape=(len(texts), width))

    def _weight(self, name: str) -> np.float32:
        return np.float32(self._config["apart"] if name == "apart" else 1)


class NgramTable:
    """Where each n-gram stands in a row, and its idf."""

    def __init__(self, ngrams: list[str], weights: np.ndarray) -> None:
        self._places = {ngram: place for place, ngram in enumerate(ngrams)}
        self.weights = weights

    def weigh_all(self, texts: list[str], vectorizer: TfidfVectorizer) -> csr_matrix:
        """Return for many texts (rows) what `weigh` returns for the n-grams of one, as `vectorizer` cuts them."""
        counter = CountVectorizer(
            lowercase=False,
            analyzer=vectorizer.analyzer,
            ngram_range=vectorizer.ngram_range,
            vocabulary=self._places,
            dtype=np.float32,
        )
        counts = counter.transform(texts)
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        return normalize(counts, copy=False)

    def weigh(self, ngrams: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return places in ascending order and tf-idf (float32, of length 1 together) of the known ones of `ngrams`.

        A count counts as 1 + its logarithm, as TfidfVectorizer does with `sublinear_tf`; a test holds them together.
        That one takes ten times as long over one sentence, for the checks that it makes of its input.
        """
        known = Counter(self._places[ngram] for ngram in ngrams if ngram in self._places)
        places = np.array(sorted(known), np.int32)
        values = np.array([1 + log(known[place]) for place in places], np.float32) * self.weights[places]
        return places, values / max(float(np.linalg.norm(values)), 1e-9)


def characters_of(text: str, shortest: int, longest: int) -> list[str]:
    """Return the character n-grams of `text` inside its words, each with a space before and after; short ones whole."""
    found = []
    for word in (f" {word} " for word in text.split()):
        for length in range(shortest, longest + 1):
            if length >= len(word):
                found.append(word)
                break
            found += [word[start : start + length] for start in range(len(word) - length + 1)]
    return found


def words_of(text: str, longest: int) -> list[str]:
    """Return the words of two letters or more of `text`, and their sequences up to `longest`."""
    words = _WORD.findall(text)
    return [
        " ".join(words[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(words) - length + 1)
    ]


def words_apart(text: str) -> list[str]:
    """Return the pairs of words of `text` with one or two other words between them."""
    words = text.split()
    return [
        f"{word} .. {words[later]}"
        for place, word in enumerate(words)
        for later in range(place + 2, min(place + _FURTHEST + 1, len(words)))
    ]


def _vectorizer(analyzer: str | Callable[[str], list[str]], shortest: int, longest: int) -> TfidfVectorizer:
    return TfidfVectorizer(
        lowercase=False, analyzer=analyzer, ngram_range=(shortest, longest), sublinear_tf=True, dtype=np.float32
    )


def _save(vectorizer: TfidfVectorizer, folder: Path, name: str) -> None:
    # Plain text and arrays: nothing runs when a model file is opened.
    ngrams = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    (folder / f"{name}.json").write_text(json.dumps(ngrams, ensure_ascii=False), "utf-8")
    np.save(folder / f"{name}.npy", vectorizer.idf_.astype(np.float32))


def _load(folder: Path, name: str) -> NgramTable:
    weights = np.load(folder / f"{name}.npy", allow_pickle=False)
    return NgramTable(json.loads((folder / f"{name}.json").read_text("utf-8")), weights)
