"""In 8 bits the examples speak as they do in full."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.nlu.quick_memory import QuickMemory, write_quick_memory
from bot.nlu.vector_memory import VectorMemory


def test_the_scores_are_nearly_those_of_numpy(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    # As sentence vectors are: round ten centres, one for each code, and not in the middle of the space.
    centres = chance.standard_normal((10, 96))
    codes = chance.integers(10, size=800)
    vectors = (centres[codes] + 0.5 * chance.standard_normal((800, 96)) + 0.3).astype(np.float32)
    memory = VectorMemory.fit(vectors)
    speaks = (np.eye(10, dtype=np.float32)[codes] - 0.1) / 80
    write_quick_memory(tmp_path / "memory.onnx", memory)
    other = (centres[codes[:200]] + 0.5 * chance.standard_normal((200, 96)) + 0.3).astype(np.float32)
    plain = memory.likeness(other) @ speaks
    quick = QuickMemory(tmp_path / "memory.onnx", memory.mean).likeness(other) @ speaks
    assert np.abs(quick - plain).max() < 0.02 * np.abs(plain).max()
    assert (quick.argmax(axis=1) == plain.argmax(axis=1)).mean() > 0.99


def test_likeness_does_not_depend_on_its_neighbours(tmp_path: Path) -> None:
    vectors = np.random.default_rng(2).standard_normal((50, 32)).astype(np.float32)
    memory = VectorMemory.fit(vectors)
    write_quick_memory(tmp_path / "memory.onnx", memory)
    quick = QuickMemory(tmp_path / "memory.onnx", memory.mean)
    np.testing.assert_array_equal(quick.likeness(vectors[:3])[1:2], quick.likeness(vectors[1:2]))
