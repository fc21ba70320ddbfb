"""A message as passages: the whole, and when it is long each sentence apart, so that danger in sentence 9 is seen."""

from __future__ import annotations

import re

MAX_CHARACTERS = 2_000
"""More than this of a message is not read: its start and its end are. The public side stops at 1 000 already."""

_MAX_SENTENCES = 24
_MAX_WORDS = 22
_OVERLAP = 6
_FEWEST_WORDS = 3
_MOST_CLAUSES = 4
_CLAUSE_END = re.compile(
    r"[,;:]\s+(?:en|maar|want|ma)?\s*|\s+(?:en|maar|ma|mor|want|omdat|terwijl|dus|plus)\s+", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def bounded(text: str) -> str:
    """Return `text`, or its first and last thousand characters when it is longer than MAX_CHARACTERS."""
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return f"{text[:half]} {text[-half:]}"


def split_passages(text: str) -> list[str]:
    """Return `[text]`, followed by its sentences when there is more than one.

    A sentence of more than 22 words (dictation has no full stops) is cut in windows that overlap by six words.
    At most 24 sentences, the first and the last ones.
    """
    text = bounded(text)
    sentences = [part for sentence in _SENTENCE_END.split(text) for part in _windows(sentence.split())]
    if len(sentences) <= 1:
        return [text]
    if len(sentences) > _MAX_SENTENCES:
        sentences = sentences[: _MAX_SENTENCES // 2] + sentences[-_MAX_SENTENCES // 2 :]
    return [text, *sentences]


def split_clauses(text: str) -> list[str]:
    """Return the 2 to 4 clauses of a text of one sentence; none where it has one, or a clause of fewer than 3 words.

    "We praten niet meer en hij drinkt" speaks of two needs, of which the whole only shows the louder one.
    """
    clauses = [clause for clause in _CLAUSE_END.split(bounded(text).strip()) if clause]
    short = any(len(clause.split()) < _FEWEST_WORDS for clause in clauses)
    return [] if short or not 1 < len(clauses) <= _MOST_CLAUSES else clauses


def _windows(words: list[str]) -> list[str]:
    if not words:
        return []
    if len(words) <= _MAX_WORDS:
        return [" ".join(words)]
    step = _MAX_WORDS - _OVERLAP
    return [" ".join(words[start : start + _MAX_WORDS]) for start in range(0, len(words) - _OVERLAP, step)]
