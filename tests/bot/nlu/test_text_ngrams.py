"""The n-grams of a sentence are what TfidfVectorizer makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.text_ngrams import NgramTable, characters_of, words_of

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
    [("char_wb", (3, 5), lambda text: characters_of(text, 3, 5)), ("word", (1, 2), lambda text: words_of(text, 2))],
)
def test_as_scikit_learn_counts_and_weighs(analyzer: str, sizes: tuple[int, int], cut: Any) -> None:
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
