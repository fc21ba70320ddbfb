"""Vectors that are kept beside the training sentences are those that the encoder gives, and missing ones are asked."""

from pathlib import Path

import numpy as np

from bot.nlu.e5_encoder import E5Encoder
from bot.nlu.kept_vectors import KeptVectors, write
from bot.nlu.sentence_encoder import SentenceEncoder, encode_all
from tests.nlu.training_sentences import read_examples

FILES = SentenceEncoder.get_default_config()
CLOSE = 0.999


def nothing_is_missing(texts: list[str]) -> np.ndarray:
    raise AssertionError(f"asked for {texts}")


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 384)).astype(np.float32)
    write(tmp_path / "kept.npz", ["een", "twee", "drie"], vectors)
    found = KeptVectors.read(tmp_path / "kept.npz").vectors(["drie", "een"], nothing_is_missing)
    assert np.allclose(found, vectors[[2, 0]], atol=np.abs(vectors).max() / 127)


def test_only_what_is_missing_is_computed_and_stands_in_its_place(tmp_path: Path) -> None:
    write(tmp_path / "kept.npz", ["een"], np.ones((1, 4), np.float32))
    asked: list[str] = []

    def compute(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.full((len(texts), 4), 2, np.float32)

    found = KeptVectors.read(tmp_path / "kept.npz").vectors(["nieuw", "een", "nog een"], compute)
    assert asked == ["nieuw", "nog een"]
    assert found[:, 0].round(2).tolist() == [2, 1, 2]


def test_without_a_file_everything_is_computed(tmp_path: Path) -> None:
    found = KeptVectors.read(tmp_path / "none.npz").vectors(["een"], lambda texts: np.ones((len(texts), 4), np.float32))
    assert found.shape == (1, 4)


def test_the_file_holds_what_the_encoder_gives() -> None:
    encoder = E5Encoder(Path(FILES["tuned"]))
    texts = [example.text for example in read_examples()][::450]
    asked: list[str] = []

    def compute(missing: list[str]) -> np.ndarray:
        asked.extend(missing)
        return encode_all(encoder, missing)

    kept = KeptVectors.read(Path(FILES["kept"])).vectors(texts, compute)
    assert len(asked) < 0.5 * len(texts), "run `make vectors`: most sentences are newer than the file"
    cosines = (kept * encode_all(encoder, texts)).sum(axis=1) / np.linalg.norm(kept, axis=1)
    assert cosines.min() > CLOSE
