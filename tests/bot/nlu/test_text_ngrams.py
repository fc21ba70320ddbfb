"""The n-grams of a sentence are what TfidfVectorizer makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.dutch_tokenizer import CLAUSES, PASSAGES
from bot.nlu.text_ngrams import PASSAGE_NGRAMS, NgramTable, TextNgrams, characters_of, words_apart, words_of

SENTENCES = [
    "we hebben elke dag ruzie ruzie ruzie",
    "ik wil niet meer",
    "o",
    "'k weet het nie zenne",
    "hij zegt € 30 per uur",
    "",
    "mijn man en mijn man zijn moeder",
]


@pytest.mark.parametrize(
    ("analyzer", "sizes", "cut"),
    [
        ("char_wb", (3, 5), lambda text: characters_of(text, 3, 5)),
        ("word", (1, 2), lambda text: words_of(text, 2)),
        (words_apart, (1, 1), words_apart),
    ],
)
def test_as_scikit_learn_counts_and_weighs(analyzer: Any, sizes: tuple[int, int], cut: Any) -> None:
    vectorizer = TfidfVectorizer(
        lowercase=False, analyzer=analyzer, ngram_range=sizes, sublinear_tf=True, dtype=np.float32
    ).fit(SENTENCES[:5])
    table = NgramTable(list(vectorizer.get_feature_names_out()), vectorizer.idf_)
    for sentence, expected in zip(SENTENCES, vectorizer.transform(SENTENCES).toarray(), strict=True):
        row = np.zeros(len(expected), np.float32)
        places, values = table.weigh(cut(sentence))
        row[places] = values
        np.testing.assert_allclose(row, expected, atol=1e-6)
        assert list(places) == sorted(places)


def test_words_that_stand_apart() -> None:
    assert words_apart("hij slaat mij niet") == ["hij .. mij", "hij .. niet", "slaat .. niet"]
    assert words_apart("hij slaat") == []


def test_all_at_once_is_the_same_as_one_by_one(tmp_path: Path) -> None:
    storage, resource, context = LocalModelStorage(tmp_path), Resource("ngrams"), ExecutionContext(GraphSchema({}))
    config = TextNgrams.get_default_config()
    examples = [Message({"text": text, PASSAGES: [text]}) for text in SENTENCES]
    TextNgrams.create(config, storage, resource, context).train(TrainingData(examples[:5]))
    loaded = TextNgrams.load(config, storage, resource, context)
    several = Message({"text": SENTENCES[0], PASSAGES: SENTENCES[:3], CLAUSES: SENTENCES[3:5]})
    loaded.process_training_data(TrainingData([*examples, several]))
    at_once = [message.get(PASSAGE_NGRAMS).toarray() for message in (*examples, several)]
    loaded.process([*examples, several])
    for row, message in zip(at_once, (*examples, several), strict=True):
        np.testing.assert_allclose(row, message.get(PASSAGE_NGRAMS).toarray(), atol=1e-6)
    assert any(row.any() for row in at_once)
