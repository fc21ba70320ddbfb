"""What the examples teach, worked out step by step, is what the equation says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random

from bot.nlu import ridge
from bot.nlu.likeness import ExampleLikeness
from bot.nlu.ridge import RidgeModel
from bot.nlu.vector_memory import VectorMemory

MEANING, SPELLING, RIDGE = 2.0, 0.7, 0.6
COUNT = 1_500
"""More than are worked out at once."""


@pytest.fixture(scope="module")
def memory() -> VectorMemory:
    # In heaps, as sentences are: the likeness of what is only chance is nearly the same everywhere.
    chance = np.random.default_rng(1)
    heaps = chance.normal(size=(20, 16))
    return VectorMemory.fit((heaps[np.arange(COUNT) % 20] + chance.normal(size=(COUNT, 16))).astype(np.float32))


@pytest.fixture(scope="module")
def ngrams() -> csr_matrix:
    return random(COUNT, 400, density=0.02, format="csr", dtype=np.float32, random_state=1)


@pytest.fixture(scope="module")
def likeness(memory: VectorMemory, ngrams: csr_matrix) -> ExampleLikeness:
    return ExampleLikeness(memory, MEANING, ngrams, SPELLING)


@pytest.fixture(scope="module")
def whole(memory: VectorMemory, ngrams: csr_matrix) -> np.ndarray:
    """The same, worked out as it is defined."""
    cosines = memory.examples.astype(np.float64) @ memory.examples.T
    return np.asarray(MEANING * np.exp(2 * (cosines - 1)) + SPELLING * (ngrams @ ngrams.T).toarray())


def test_the_half_that_is_kept_does_what_the_whole_does(likeness: ExampleLikeness, whole: np.ndarray) -> None:
    right = np.random.default_rng(2).normal(size=(COUNT, 3)).astype(np.float32)
    np.testing.assert_allclose(likeness.times(right), whole @ right, rtol=1e-4, atol=1e-2)
    chosen = np.array([3, 900, 1_499])
    np.testing.assert_allclose(likeness.rows(chosen), whole[chosen], atol=1e-4)
    np.testing.assert_allclose(likeness.to_itself(), whole.diagonal(), atol=1e-4)


@pytest.mark.parametrize("landmarks", [50, 400, COUNT])
def test_it_learns_what_the_equation_says(
    likeness: ExampleLikeness, whole: np.ndarray, monkeypatch: pytest.MonkeyPatch, landmarks: int
) -> None:
    monkeypatch.setattr(ridge, "_LANDMARKS", landmarks)
    codes = [("a", "b", "c")[number % 20 % 3] for number in range(COUNT)]
    model = RidgeModel.fit(likeness, codes, RIDGE)
    targets = np.array([[code == label for label in "abc"] for code in codes]) - model.shares
    expected = np.linalg.solve(whole + RIDGE * np.eye(COUNT), targets)
    assert model.labels == ["a", "b", "c"]
    assert model.shares.sum() == pytest.approx(1)
    # What counts is what a sentence gets.
    np.testing.assert_allclose(whole @ model.duals, whole @ expected, atol=0.03)


def test_what_does_not_come_out_is_said(
    likeness: ExampleLikeness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ridge, "_MOST_STEPS", 1)
    monkeypatch.setattr(ridge, "_LANDMARKS", 5)
    RidgeModel.fit(likeness, ["a", "b", "b"] * (COUNT // 3), RIDGE)
    assert "not learnt to the precision wanted" in caplog.text


def test_one_code_only_is_learnt_too() -> None:
    vectors = np.eye(4, dtype=np.float32)
    likeness = ExampleLikeness(VectorMemory.fit(vectors), MEANING, csr_matrix((4, 2), dtype=np.float32), SPELLING)
    model: Any = RidgeModel.fit(likeness, ["a"] * 4, RIDGE)
    assert model.labels == ["a"]
    assert not np.isnan(model.duals).any()
