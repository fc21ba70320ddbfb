"""Typing errors and held letters put right, by the words that the training sentences are made of.

"Ik wil niet meer lven" must not be heard less than "leven". Only what is no word is touched, and only when one known
word is near enough: a name, a place or dialect that we do not know stays.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from bot.nlu.normalise import normalise

_WORD = re.compile(r"[^\W\d_]+")
_HELD = re.compile(r"([^\W\d_])\1{2,}")
_SHORTEST = 4
_LONGEST = 24
_OFTEN = 3
"""What stands in so many sentences is a word, and may be what was meant: the sentences hold typing errors too."""
_CLEARER = 3
"""So many times more often than the next candidate, it is."""
_REAL = 2.5
"""Zipf value (Van Heuven et al. 2014; 3 is once in a million words) from which Dutch text at large knows a word; below
it typing errors are as frequent.
"""
_PICTURES = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f\u20e3]+")
"""Emoji and what joins them. Beside words they say how it is said, not what; alone they are all there is."""
_GLUED = re.compile(r"(?<=[^\W\d_]{2})([,;])(?=[^\W\d_]{2})")


class Spelling:
    """Knows words with how many sentences they stand in, and other `real` words that are near one of them."""

    def __init__(self, counts: dict[str, int], real: Iterable[str] = ()) -> None:
        self.counts = {word: count for word, count in counts.items() if count >= _OFTEN}
        self._near: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            if _SHORTEST <= len(word) <= _LONGEST:
                for form in (word, *_shorter(word)):
                    self._near[form].append(word)
        # Only of what would be changed need be known that it is a word.
        self.real = frozenset(word for word in real if word not in self.counts and self._meant(word))

    @classmethod
    def of(cls, sentences: Iterable[str], real: Iterable[str] = ()) -> Spelling:
        """Learn the words of normalised `sentences`."""
        counts = Counter(word for sentence in sentences for word in set(_WORD.findall(normalise(sentence))))
        return cls(counts, real)

    def correct(self, text: str) -> str:
        """Return `text` with a space after each comma, letters held once or twice, and words as they are known.

        Emoji are left out where there are words: what they stand beside in the examples is chance.
        """
        if _WORD.search(text):
            text = _PICTURES.sub(" ", text).strip()
        return _WORD.sub(lambda word: self._word(word[0]), _GLUED.sub(r"\1 ", text))

    def _word(self, written: str) -> str:
        word = normalise(written)
        if _HELD.search(written.lower()):
            written = word = self._released(written.lower())
        if not word.isalpha() or not _SHORTEST <= len(word) <= _LONGEST:
            return written
        if word in self.counts or word in self.real:
            return written
        return self._meant(word) or written

    def _released(self, written: str) -> str:
        """Return `written` with held letters once or twice, whichever is known; twice when neither is."""
        forms = [normalise(_HELD.sub(letters, written)) for letters in (r"\1", r"\1\1")]
        return max(forms[::-1], key=lambda form: self.counts.get(form, 0))

    def _meant(self, word: str) -> str | None:
        near = {known for form in (word, *_shorter(word)) for known in self._near.get(form, ())}
        close = [known for known in near if known[0] == word[0] and OSA.distance(word, known) == 1]
        ranked = sorted(close, key=lambda known: (-self.counts[known], known))
        if not ranked:
            return None
        clear = len(ranked) == 1 or self.counts[ranked[0]] >= _CLEARER * self.counts[ranked[1]]
        return ranked[0] if clear else None


def dutch_words() -> set[str]:
    """Return the words of Dutch text at large, normalised, of the lengths that are put right."""
    from wordfreq import get_frequency_dict

    least = 10 ** (_REAL - 9)
    words = {normalise(word) for word, frequency in get_frequency_dict("nl").items() if frequency >= least}
    return {word for word in words if _SHORTEST <= len(word) <= _LONGEST and _WORD.fullmatch(word)}


def _shorter(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
