"""How much every two training examples have in common: in meaning and in the n-grams that both hold."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.vector_memory import VectorMemory

_ROWS = 1024


class ExampleLikeness:
    """A symmetric matrix, example by example: `meaning` times the likeness of their vectors plus `spelling` times that
    of their n-grams.

    Of the likeness of vectors one half is kept (n² / 2 numbers of 4 bytes), that of n-grams never: most of it is
    nothing, and it takes no time to work out what it does to a vector.
    """

    def __init__(self, vectors: VectorMemory, meaning: float, ngrams: csr_matrix, spelling: float) -> None:
        self._vectors = vectors
        self._meaning = np.float32(meaning)
        self._ngrams = ngrams
        self._columns = ngrams.T.tocsr()
        self._spelling = np.float32(spelling)
        starts = range(0, ngrams.shape[0], _ROWS)
        self._upper = [(start, self._meaning * vectors.likeness_of_examples(start, start + _ROWS)) for start in starts]

    def times(self, right: np.ndarray) -> np.ndarray:
        """Return the product with `right` (float32, a row for each example)."""
        product = self._spelling * (self._ngrams @ (self._columns @ right))
        for start, block in self._upper:
            stop = start + len(block)
            product[start:stop] += block @ right[start:]
            # Turned over twice: in this order it takes two thirds of the time.
            product[stop:] += (right[start:stop].T @ block[:, len(block) :]).T
        return np.asarray(product, np.float32)

    def rows(self, chosen: np.ndarray) -> np.ndarray:
        """Return the likeness of the examples of the numbers `chosen` to all (float32, one row for each)."""
        shared = (self._ngrams[chosen] @ self._columns).toarray()
        return np.asarray(self._spelling * shared + self._meaning * self._vectors.likeness_of(chosen), np.float32)

    def to_itself(self) -> np.ndarray:
        """Return the likeness of each example to itself."""
        squares = np.asarray(self._ngrams.multiply(self._ngrams).sum(axis=1)).ravel()
        return np.asarray(self._meaning + self._spelling * squares, np.float32)
