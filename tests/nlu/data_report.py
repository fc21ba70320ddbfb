"""How varied the training sentences are: `python -m tests.nlu.data_report`, part of `make check`.

For each code: sentences, different words, how many new words the last quarter still brought in per 100 sentences, and
pairs that differ in one word or only in their order. Ends with 1 when a code has too many of those: they teach nothing
and flatter every figure that is measured on the data themselves.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.normalise import normalise
from bot.nlu.respelling import respell
from tests.nlu.training_sentences import read_examples

MOST_NEAR = 0.02
_LEAST_WORDS = 6


@dataclass(frozen=True)
class Variety:
    """What the report says of one code; `growth` is new words per 100 sentences over the last quarter."""

    sentences: int
    words: int
    growth: float
    near: tuple[tuple[str, str], ...]

    @property
    def too_near(self) -> bool:
        return len(self.near) > MOST_NEAR * self.sentences


def variety(sentences: Sequence[str]) -> Variety:
    """Look at the sentences of one code, the oldest first."""
    last_quarter = len(sentences) - len(sentences) // 4
    words: set[str] = set()
    before = 0
    for number, sentence in enumerate(sentences):
        if number == last_quarter:
            before = len(words)
        words.update(_words(sentence))
    growth = 100 * (len(words) - before) / max(1, len(sentences) - last_quarter)
    return Variety(len(sentences), len(words), growth, tuple(near_pairs(sentences)))


def near_pairs(sentences: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of sentences of at least six words with the same words but one."""
    first_with: dict[frozenset[str], str] = {}
    pairs = {}
    for sentence in sentences:
        words = frozenset(_words(sentence))
        if len(words) < _LEAST_WORDS:
            continue
        for shared in [words, *(words - {word} for word in sorted(words))]:
            other = first_with.setdefault(shared, sentence)
            if other != sentence:
                pairs.setdefault(sentence, other)
    return [(other, sentence) for sentence, other in pairs.items()]


def _words(sentence: str) -> list[str]:
    return respell(normalise(sentence)).split()


def main() -> int:
    sentences: dict[str, list[str]] = defaultdict(list)
    for example in read_examples():
        sentences[example.intent].append(example.text)
    report = {code: variety(sentences[code]) for code in sorted(sentences)}
    rows = [f"{'code':32} {'sentences':>9} {'words':>6} {'growth':>7} {'near':>5}"]
    for code, found in report.items():
        rows.append(f"{code:32} {found.sentences:9} {found.words:6} {found.growth:7.0f} {len(found.near):5}")
    for code, found in report.items():
        if found.too_near:
            rows.append(f"\n{code}: too many sentences that differ in one word. Rewrite one of each pair:")
            rows += [f"  {first}\n  {second}" for first, second in found.near]
    sys.stdout.write("\n".join(rows) + "\n")
    return int(any(found.too_near for found in report.values()))


if __name__ == "__main__":
    sys.exit(main())
