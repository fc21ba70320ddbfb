"""multilingual-e5-small (Wang et al. 2024), tuned on our own sentences, in 8 bits, run by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.nlu.e5_words import WIDTH, E5Words, weights_file
from bot.nlu.normalise import printable

MOST_PIECES = 128
"""Pieces of words of one passage that are read: about 90 words. What comes after stands in a passage of its own."""


class E5Encoder:
    """Texts to vectors. `tuned` is what `make tune` wrote: word vectors in, the vector of the passage out.

    Raises ImportError, OSError or ValueError where a part of it is missing or of another kind.
    """

    def __init__(self, tuned: Path) -> None:
        import onnxruntime

        if not tuned.exists():
            raise OSError(f"{tuned} is missing")
        options = onnxruntime.SessionOptions()
        # More threads wait for each other on a busy machine: one long message took seconds with two.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # A pool of its own would keep what was said in memory for good.
        options.enable_cpu_mem_arena = False
        self._words = E5Words(weights_file())
        self._session = onnxruntime.InferenceSession(str(tuned), options, providers=["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return float32, one row of length 1 for each of `texts`."""
        # One by one: in 8 bits a text would come out a little different beside a longer one.
        rows = [self._encode(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, WIDTH), np.float32)

    def _encode(self, text: str) -> np.ndarray:
        pieces = self._words.pieces(printable(text).lower(), MOST_PIECES)
        vector = self._session.run(None, {"words": self._words.vectors(pieces)[np.newaxis]})[0][0]
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)
