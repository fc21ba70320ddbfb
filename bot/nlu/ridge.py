"""Kernel ridge regression on codes: a message gets the codes of the examples that it is like."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from bot.nlu.likeness import ExampleLikeness

logger = logging.getLogger(__name__)

_LANDMARKS = 2_000
_PRECISION = 1e-2
"""Length of what is still wrong, as a share of what is asked: the scores then lie 0.004 beside at most, where the 8
bits of `quick_memory` put them 0.008 beside."""
_MOST_STEPS = 200


@dataclass
class RidgeModel:
    """How much each training example speaks for each code. Kept as plain arrays: no pickle."""

    labels: list[str]
    duals: np.ndarray
    """float32, one row for each training example, one column for each label."""
    shares: np.ndarray
    """float32, the share of each label among the examples: the score of a message that is like nothing."""

    @classmethod
    def fit(cls, likeness: ExampleLikeness, codes: Sequence[str], ridge: float) -> RidgeModel:
        """Train on examples with one code each.

        `ridge` is added to every example's likeness to itself: the more, the smoother.
        """
        labels = sorted(set(codes))
        column = {label: index for index, label in enumerate(labels)}
        targets = np.zeros((len(codes), len(labels)), np.float32)
        targets[np.arange(len(codes)), [column[code] for code in codes]] = 1
        shares = targets.mean(axis=0)
        return cls(labels, solve(likeness, targets - shares, ridge), shares)

    def save(self, folder: Path) -> None:
        (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        np.savez(folder / "ridge.npz", duals=self.duals, shares=self.shares)

    @classmethod
    def load(cls, folder: Path) -> RidgeModel:
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        with np.load(folder / "ridge.npz", allow_pickle=False) as arrays:
            return cls(labels, arrays["duals"], arrays["shares"])


def solve(likeness: ExampleLikeness, wanted: np.ndarray, ridge: float) -> np.ndarray:
    """Return the `duals` for which (likeness + ridge) times `duals` is `wanted` (float32, a row for each example).

    Conjugate gradients, all columns side by side (Hestenes and Stiefel 1952). A step takes 2 n² operations for each
    column and there are about twenty, where a Cholesky factor takes n³ / 3.
    """
    guess = _Landmarks(likeness, ridge)
    duals, rest = np.zeros_like(wanted), wanted.copy()
    enough = _PRECISION * np.maximum(np.linalg.norm(wanted, axis=0), 1e-9)
    # Columns that are learnt well enough are left alone: most are, long before the slowest.
    columns = np.arange(wanted.shape[1])
    direction = better = guess.of(rest)
    slope = _products(rest, better)
    for _ in range(_MOST_STEPS):
        change = likeness.times(direction) + np.float32(ridge) * direction
        step = slope / np.maximum(_products(direction, change), 1e-30)
        duals[:, columns] += step * direction
        rest -= step * change
        stay = np.linalg.norm(rest, axis=0) > enough[columns]
        if not stay.any():
            return duals
        columns, rest, direction, slope = columns[stay], rest[:, stay], direction[:, stay], slope[stay]
        better = guess.of(rest)
        slope, before = _products(rest, better), slope
        direction = better + slope / np.maximum(before, 1e-30) * direction
    logger.warning("The codes of the examples were not learnt to the precision wanted: look at the figures.")
    return duals


class _Landmarks:
    """About the inverse of (likeness + ridge), from that of some examples to all (Nyström; Rudi et al. 2017)."""

    def __init__(self, likeness: ExampleLikeness, ridge: float) -> None:
        to_itself = likeness.to_itself()
        count = min(_LANDMARKS, len(to_itself))
        chosen = np.sort(np.random.default_rng(0).permutation(len(to_itself))[:count])
        rows = likeness.rows(chosen)
        among = rows[:, chosen].astype(np.float64)
        among[np.diag_indices(count)] += 1e-5 * among.trace() / count
        self._parts = solve_triangular(np.linalg.cholesky(among).astype(np.float32), rows, lower=True)
        # What the landmarks do not tell of an example stands on the diagonal, evened out.
        self._rest = np.float32(ridge + max(0.0, float(np.mean(to_itself - (self._parts**2).sum(axis=0)))))
        inner = self._parts @ self._parts.T
        inner[np.diag_indices(count)] += self._rest
        self._inner = cho_factor(inner, overwrite_a=True)

    def of(self, values: np.ndarray) -> np.ndarray:
        told = self._parts.T @ cho_solve(self._inner, self._parts @ values)
        return np.asarray((values - told) / self._rest, np.float32)


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->j", left, right)


def softmax(scores: np.ndarray, sharpness: float) -> np.ndarray:
    """Return shares that sum to 1 in each row; `sharpness` turns scores into logits."""
    raised = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
