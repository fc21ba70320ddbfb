"""The Dutch pipeline cuts a text and forgets it."""

import gc
import secrets

import pytest

from bot.nlu.dutch_language import load_dutch


def tokens(text: str) -> list[str]:
    return [token.text for token in load_dutch().make_doc(text)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Hij sloeg mij, gisteren.", ["Hij", "sloeg", "mij", ",", "gisteren", "."]),
        ("(echt waar?)", ["(", "echt", "waar", "?", ")"]),
        ("zie https://www.1712.be nu", ["zie", "https://www.1712.be", "nu"]),
        ("", []),
    ],
)
def test_a_text_is_cut_by_the_rules_of_dutch(text, cut) -> None:
    assert tokens(text) == cut


def test_no_word_stays_in_the_vocabulary() -> None:
    """spaCy's own tokenizer adds each new word to a vocabulary that only grows."""
    vocabulary = load_dutch().vocab
    before = len(vocabulary.strings), len(vocabulary)
    word = secrets.token_hex(12)
    assert word in tokens(f"mijn man {word} en {word}s")
    gc.collect()
    assert word not in vocabulary.strings
    assert (len(vocabulary.strings), len(vocabulary)) == before
