"""Writes data/encoder/e5_vectors.npz anew: `make vectors`, for when many sentences came."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.nlu.kept_vectors import write
from bot.nlu.strong_encoder import StrongEncoder, encode_all, load_encoder
from tests.nlu.training_sentences import read_examples


def main() -> int:
    defaults = StrongEncoder.get_default_config()
    texts = sorted({example.text for example in read_examples() if len(example.text) <= defaults["most"]})
    encoder = load_encoder()
    if encoder is None:
        return 1
    sys.stderr.write(f"{len(texts)} sentences\n")
    write(Path(defaults["kept"]), texts, encode_all(encoder, texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
