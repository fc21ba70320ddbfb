"""Writes data/encoder/e5_vectors.npz anew: `make vectors`, for when many sentences came."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.nlu.e5_encoder import E5Encoder
from bot.nlu.kept_vectors import write
from bot.nlu.passages import split_passages
from bot.nlu.sentence_encoder import SentenceEncoder, encode_all
from bot.nlu.spelling import Spelling, dutch_words
from bot.nlu.spelling_corrector import is_dutch
from tests.nlu.training_sentences import read_examples


def main() -> int:
    files = SentenceEncoder.get_default_config()
    wholes = [split_passages(example.text)[0] for example in read_examples()]
    spelling = Spelling.of(wholes, dutch_words())
    texts = sorted({spelling.correct(text) if is_dutch(text) else text for text in wholes})
    sys.stderr.write(f"{len(texts)} sentences\n")
    write(Path(files["kept"]), texts, encode_all(E5Encoder(Path(files["tuned"])), texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
