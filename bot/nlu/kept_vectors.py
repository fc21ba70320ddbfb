"""Vectors of the training sentences that are kept beside them, so that training need not compute them again.

The encoder takes some milliseconds for a sentence, a minute for all. `make vectors` writes the file anew; what is not
in it, because a sentence came later, is computed while training. Each number is kept in 8 bits: the encoder itself
computes with no more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

_KEY_BYTES = 8
_NONE = np.zeros(0)


class KeptVectors:
    """Vectors by the text that they were made of."""

    def __init__(self, keys: np.ndarray = _NONE, numbers: np.ndarray = _NONE, scales: np.ndarray = _NONE) -> None:
        self._rows = {int(key): row for row, key in enumerate(keys)}
        self._numbers = numbers
        self._scales = scales

    @classmethod
    def read(cls, path: Path) -> KeptVectors:
        """Read the file at `path`; where there is none, nothing is kept."""
        if not path.exists():
            return cls()
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["keys"], arrays["numbers"], arrays["scales"])

    def vectors(self, texts: Sequence[str], compute: Callable[[list[str]], np.ndarray]) -> np.ndarray:
        """Return one float32 row for each of `texts`; `compute` is asked for those that are not kept."""
        rows = [self._rows.get(_key(text)) for text in texts]
        missing = [text for text, row in zip(texts, rows, strict=True) if row is None]
        computed = iter(compute(missing) if missing else ())
        return np.stack([next(computed) if row is None else self._vector(row) for row in rows])

    def _vector(self, row: int) -> np.ndarray:
        return self._numbers[row].astype(np.float32) * self._scales[row]


def write(path: Path, texts: Sequence[str], vectors: np.ndarray) -> None:
    """Keep `vectors` (float32, a row for each of `texts`) at `path`."""
    scales = np.abs(vectors).max(axis=1) / 127
    numbers = np.rint(vectors / scales[:, np.newaxis]).astype(np.int8)
    keys = np.array([_key(text) for text in texts], np.uint64)
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, keys=keys, numbers=numbers, scales=scales.astype(np.float32))


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=_KEY_BYTES).digest(), "little")
