"""One sentence typed in other ways: what a person on a telephone at night does to it, and what changes no meaning."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

_WORD = re.compile(r"[^\W\d_]{5,}")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_VOWEL = re.compile(r"[aeiou](?![aeiou])", re.IGNORECASE)
_EMOJI = ("😢", "😭😭", "❤️", "🙏", "🤷‍♀️", "😡")
_WORDS_A_TYPO = 8


def lower_case(text: str, chance: random.Random) -> str:
    return text.lower()


def typos(text: str, chance: random.Random) -> str:
    """A typing error in one word of five letters or more, and one more for every eight words."""
    for _ in range(1 + len(text.split()) // _WORDS_A_TYPO):
        words = list(_WORD.finditer(text))
        if words:
            word = chance.choice(words)
            text = text[: word.start()] + _mistyped(word[0], chance) + text[word.end() :]
    return text


def no_diacritics(text: str, chance: random.Random) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).replace("'", "").replace("’", "")


def emoji(text: str, chance: random.Random) -> str:
    return f"{text} {chance.choice(_EMOJI)}"


def repeated_letters(text: str, chance: random.Random) -> str:
    """One vowel held: "zooooo alleen"."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    vowels = list(_VOWEL.finditer(word[0]))
    if not vowels:
        return text
    at = word.start() + vowels[-1].start()
    return text[:at] + text[at] * chance.randrange(3, 6) + text[at:]


def no_space_after_comma(text: str, chance: random.Random) -> str:
    return text.replace(", ", ",")


VARIANTS: tuple[Callable[[str, random.Random], str], ...] = (
    lower_case,
    typos,
    no_diacritics,
    emoji,
    repeated_letters,
    no_space_after_comma,
)


def _mistyped(word: str, chance: random.Random) -> str:
    """Two letters changed places, one lost, or one doubled; never the first, which people get right."""
    at = chance.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return chance.choice((swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))
