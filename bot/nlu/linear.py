"""A linear classifier that is kept as plain arrays: no pickle, nothing that runs when a model file is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from bot.nlu.character_ngrams import PASSAGE_NGRAMS
from bot.nlu.sentence_encoder import PASSAGE_VECTORS


def features(message: Message, vector_weight: float) -> csr_matrix:
    """Return one row for each passage of `message`: its sentence vector times `vector_weight`, then its n-grams."""
    vectors = csr_matrix(message.get(PASSAGE_VECTORS) * vector_weight)
    return hstack([vectors, message.get(PASSAGE_NGRAMS)], format="csr")


@dataclass
class LinearModel:
    """One weight vector for each label, each trained against all others (logistic regression)."""

    labels: list[str]
    weights: np.ndarray
    """float32, one row of weights for each label."""
    intercepts: np.ndarray

    @classmethod
    def fit(cls, rows: csr_matrix, labels: Sequence[str], strength: float) -> LinearModel:
        """Train on `rows` with one label each; `strength` is the inverse of the regularisation."""
        one_against_rest = OneVsRestClassifier(
            LogisticRegression(C=strength, solver="liblinear", class_weight=None), n_jobs=1
        ).fit(rows, labels)
        return cls(
            labels=[str(label) for label in one_against_rest.classes_],
            weights=np.vstack([part.coef_[0] for part in one_against_rest.estimators_]).astype(np.float32),
            intercepts=np.array([part.intercept_[0] for part in one_against_rest.estimators_], np.float32),
        )

    def probabilities(self, rows: csr_matrix) -> np.ndarray:
        """Return for each row and label the probability of that label against all others, 0 to 1."""
        scores = np.asarray(rows @ self.weights.T) + self.intercepts
        return 1.0 / (1.0 + np.exp(-scores))

    def save(self, folder: Path) -> None:
        (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        np.savez(folder / "model.npz", weights=self.weights, intercepts=self.intercepts)

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        arrays = np.load(folder / "model.npz", allow_pickle=False)
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        return cls(labels, arrays["weights"], arrays["intercepts"])
