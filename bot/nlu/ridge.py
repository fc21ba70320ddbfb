"""Kernel ridge regression on codes: a message gets the codes of the examples that it is like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import cho_factor, cho_solve


@dataclass
class RidgeModel:
    """How much each training example speaks for each code. Kept as plain arrays: no pickle."""

    labels: list[str]
    duals: np.ndarray
    """float32, one row for each training example, one column for each label."""
    shares: np.ndarray
    """float32, the share of each label among the examples: the score of a message that is like nothing."""

    @classmethod
    def fit(cls, likeness: np.ndarray, codes: Sequence[str], ridge: float) -> RidgeModel:
        """Train on `likeness` (float32, n by n, symmetric, overwritten) with one code each. Takes n³ / 3 operations.

        `ridge` is added to every example's likeness to itself: the more, the smoother.
        """
        labels = sorted(set(codes))
        column = {label: index for index, label in enumerate(labels)}
        targets = np.zeros((len(codes), len(labels)), np.float32)
        targets[np.arange(len(codes)), [column[code] for code in codes]] = 1
        shares = targets.mean(axis=0)
        likeness[np.diag_indices_from(likeness)] += ridge
        # Turned over it is the same matrix in the order that LAPACK works on in place: n² more numbers are gigabytes.
        factor = cho_factor(likeness.T, overwrite_a=True, check_finite=False)
        duals = cho_solve(factor, targets - shares)
        return cls(labels, duals.astype(np.float32), shares)

    def save(self, folder: Path) -> None:
        (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        np.savez(folder / "ridge.npz", duals=self.duals, shares=self.shares)

    @classmethod
    def load(cls, folder: Path) -> RidgeModel:
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        with np.load(folder / "ridge.npz", allow_pickle=False) as arrays:
            return cls(labels, arrays["duals"], arrays["shares"])


def softmax(scores: np.ndarray, sharpness: float) -> np.ndarray:
    """Return shares that sum to 1 in each row; `sharpness` turns scores into logits."""
    raised = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
