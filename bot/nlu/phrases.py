"""Phrases such as "{slaat} .. {mij}", found in the words of a sentence; what the signs mean is in docs/risk-rules.md.

No regular expressions: with the word lists written out those were five million letters, which took twelve seconds to
compile (decision 0020).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from bot.nlu.normalise import normalise

WORD_LISTS = "woorden.yml"
"""The file of the word lists, beside the rules."""

_GAPS = {"..": 3, "...": 8}
_TOKEN = re.compile(r"\([^()]*\)\??|\S+")
_BEGINNING = 3
_START, _END = "^", "$"
_SIGNS = set("{}()~*.?^$|")
_LIST_NAME = re.compile(r"\{([^{}]*)\}")
_FREQUENT = frozenset(
    normalise(
        "ik k hij ze zij die je u we wij mij me mijn hem haar het t dat da de een en is ben was heb heeft had ga gaat "
        "moet wil kan niet ni nie geen maar als dan want om te van op in met aan voor bij naar er al nog zo ook nu meer"
    ).split(" ")
)
"""Words that stand in many sentences: a phrase that waits for one of these would be tried on most of them."""


class Sentence:
    """The words of a text that went through `normalise`.

    Places lie before each word and after the last one; a set of places is a number with those bits.
    """

    def __init__(self, text: str) -> None:
        words = text.split(" ") if text else []
        self.text = text
        self.end = 1 << len(words)
        self.everywhere = 2 * self.end - 1
        self.words: dict[str, int] = {}
        """Each word with the places that it stands behind."""
        for place, word in enumerate(words):
            self.words[word] = self.words.get(word, 0) | 1 << place
        self.beginnings = {word[:_BEGINNING] + "*" for word in self.words}
        self.choices: dict[tuple[Choice, int], int] = {}
        """Where a choice that begins at some places may end, as far as somebody asked."""
        self._known: dict[Part, int] = {}

    def where(self, part: Words | Like) -> int:
        """Return the places behind which stands one of the words of `part`."""
        if part not in self._known:
            self._known[part] = part.places(self.words)
        return self._known[part]

    def begins(self, part: Part) -> int:
        """Return the places at which `part` begins."""
        if part not in self._known:
            starts = (1 << place for place in range(self.end.bit_length()))
            self._known[part] = sum(start for start in starts if part.ends(self, start))
        return self._known[part]


class Part(Protocol):
    """A part of a phrase."""

    def ends(self, sentence: Sentence, starts: int) -> int:
        """Return the places at which the part may end when it begins at any of `starts`."""
        ...


@dataclass(frozen=True, eq=False)
class Words:
    """One of these words."""

    words: frozenset[str]

    def places(self, words: dict[str, int]) -> int:
        if self.words.isdisjoint(words):
            return 0
        return sum(places for word, places in words.items() if word in self.words)

    def ends(self, sentence: Sentence, starts: int) -> int:
        return (starts & sentence.where(self)) << 1


@dataclass(frozen=True, eq=False)
class Like:
    """A word in which these stand: in its beginning, middle, end."""

    pattern: re.Pattern[str]

    def places(self, words: dict[str, int]) -> int:
        return sum(places for word, places in words.items() if self.pattern.fullmatch(word))

    def ends(self, sentence: Sentence, starts: int) -> int:
        return (starts & sentence.where(self)) << 1


@dataclass(frozen=True, eq=False)
class Sequence:
    """All of these, one after the other."""

    parts: tuple[Part, ...]

    def ends(self, sentence: Sentence, starts: int) -> int:
        for part in self.parts:
            starts = part.ends(sentence, starts)
            if not starts:
                return 0
        return starts


@dataclass(frozen=True, eq=False)
class Choice:
    """Any of these."""

    parts: tuple[Part, ...]

    def ends(self, sentence: Sentence, starts: int) -> int:
        # Word lists are choices, which many phrases begin with.
        known = sentence.choices.get((self, starts))
        if known is None:
            known = 0
            for part in self.parts:
                known |= part.ends(sentence, starts)
            sentence.choices[self, starts] = known
        return known


@dataclass(frozen=True, eq=False)
class Maybe:
    """This, or nothing."""

    part: Part

    def ends(self, sentence: Sentence, starts: int) -> int:
        return starts | self.part.ends(sentence, starts)


@dataclass(frozen=True, eq=False)
class Gap:
    """At most `most` words, at none of which `barrier` begins."""

    most: int
    barrier: Part | None

    def ends(self, sentence: Sentence, starts: int) -> int:
        free = sentence.everywhere & ~sentence.end
        if self.barrier:
            free &= ~sentence.begins(self.barrier)
        found = starts
        for _ in range(self.most):
            starts = (starts & free) << 1
            found |= starts
        return found


@dataclass(frozen=True, eq=False)
class AtStart:
    def ends(self, sentence: Sentence, starts: int) -> int:
        return starts & 1


@dataclass(frozen=True, eq=False)
class AtEnd:
    def ends(self, sentence: Sentence, starts: int) -> int:
        return starts & sentence.end


@dataclass(frozen=True)
class Phrase:
    """A phrase as it is written, what it means, and what a sentence must hold one of (None: not known).

    `needs` holds words, and first letters of words as "ver*".
    """

    text: str
    part: Part = field(compare=False)
    needs: frozenset[str] | None = field(compare=False)

    def stands_in(self, sentence: Sentence) -> bool:
        return self.part.ends(sentence, sentence.everywhere) != 0

    def spans(self, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """Yield from which place to which the phrase stands; from each place the shortest way."""
        if self.stands_in(sentence):
            for start in range(sentence.end.bit_length()):
                if ends := self.part.ends(sentence, 1 << start):
                    yield start, (ends & -ends).bit_length() - 1


class PhraseLanguage:
    """Reads phrases, with word lists. What `..` and `...` skip never holds a word of the list `barrier`.

    A ValueError says which list, word or phrase is wrong.
    """

    def __init__(self, lists: dict[str, list[str]], barrier: str) -> None:
        self._lists = lists
        self._known: dict[str, Part] = {}
        self._sets: dict[frozenset[str], Words] = {}
        self._needs_of_lists: dict[str, frozenset[str] | None] = {}
        self._open: list[str] = []
        for name, words in lists.items():
            if not isinstance(words, list) or not words:
                raise ValueError(f"{WORD_LISTS}: the list `{name}` is empty")
            for word in words:
                if not isinstance(word, str) or not word.strip():
                    raise ValueError(f"{WORD_LISTS}, list `{name}`: {word!r} is not a word; put it in quotes")
        self._barrier = self._list(barrier) if barrier in lists else None

    def read(self, phrases: list[str]) -> tuple[Phrase, ...]:
        if not isinstance(phrases, list):
            raise ValueError("phrases stand in a list, each on a line that begins with -")
        return tuple(Phrase(phrase, self._sequence(phrase), self._needed(phrase)) for phrase in phrases)

    def in_pattern(self, pattern: str) -> re.Pattern[str]:
        """Return a regular expression of a maintainer with the words of each `{list}` in it."""
        return re.compile(re.sub(r"\{([a-z_]+)\}", lambda name: self._as_pattern(self._list(name[1])), pattern))

    def needed_by(self, phrases: Iterable[str]) -> frozenset[str] | None:
        """Return what any sentence with one of `phrases` holds at least one of, as `Phrase.needs` holds it."""
        needed = [self._needed(phrase) for phrase in phrases]
        return None if None in needed else frozenset().union(*filter(None, needed))

    def _needed(self, phrase: str) -> frozenset[str] | None:
        # Of the words that have to be there, those that the fewest sentences have.
        tokens = [token for token in _TOKEN.findall(phrase) if token not in _GAPS and not token.endswith("?")]
        known = [words for token in tokens if (words := self._words_of(token))]
        return min(known, key=lambda words: (len(words & _FREQUENT), len(words)), default=None)

    def _words_of(self, token: str) -> frozenset[str] | None:
        if token.startswith("("):
            return self.needed_by(token[1:-1].split("|"))
        if name := _LIST_NAME.fullmatch(token):
            if name[1] not in self._needs_of_lists:
                self._needs_of_lists[name[1]] = self.needed_by(self._lists[name[1]])
            return self._needs_of_lists[name[1]]
        if token in (_START, _END):
            return None
        if "*" in token:
            beginning = normalise(token.split("*")[0])
            return frozenset({beginning[:_BEGINNING] + "*"}) if len(beginning) >= _BEGINNING else None
        if token.startswith("~"):
            return _mistyped(token[1:])
        return frozenset(_words(token)[:1])

    def _sequence(self, phrase: str) -> Part:
        tokens = _TOKEN.findall(phrase) if isinstance(phrase, str) else []
        if not tokens or any(end in _GAPS or end.endswith("?") for end in (tokens[0], tokens[-1])):
            raise ValueError(f"the phrase {phrase!r} must begin and end with a word that has to be there")
        return _joined([self._part(token) for token in tokens])

    def _part(self, token: str) -> Part:
        if token == _START:
            return AtStart()
        if token == _END:
            return AtEnd()
        if token in _GAPS:
            return Gap(_GAPS[token], self._barrier)
        if token.endswith("?"):
            return Maybe(self._part(token[:-1]))
        if not token.startswith("("):
            return self._word(token)
        phrases = token[1:-1].split("|")
        choices = self._one_of([phrase for phrase in phrases if phrase != _END])
        return Choice((choices, AtEnd())) if _END in phrases else choices

    def _one_of(self, phrases: list[str]) -> Part:
        single: set[str] = set()
        others: list[Part] = []
        for phrase in phrases:
            plain = not _SIGNS & set(phrase)
            if plain and not _words(phrase):
                raise ValueError(f"a word is missing in {'|'.join(phrases)!r}")
            part = self._plain(phrase) if plain else self._sequence(phrase)
            for one in part.parts if isinstance(part, Choice) else (part,):
                if isinstance(one, Words):
                    single |= one.words
                else:
                    others.append(one)
        if single:
            others.insert(0, self._set(frozenset(single)))
        return others[0] if len(others) == 1 else Choice(tuple(others))

    def _word(self, word: str) -> Part:
        if name := _LIST_NAME.fullmatch(word):
            return self._list(name[1])
        if not word or set("{}()^$?|") & set(word):
            raise ValueError(
                f"{word!r} cannot be read; a choice stands in parentheses: (one|two), a list in braces: {{name}}"
            )
        if word.startswith("~"):
            return self._set(_mistyped(word[1:]))
        if "*" in word:
            return Like(re.compile(r"\S*".join(re.escape(normalise(part)) for part in word.split("*"))))
        return self._plain(word)

    def _plain(self, words: str) -> Part:
        return _joined([self._set(frozenset({word})) for word in _words(words)])

    def _set(self, words: frozenset[str]) -> Words:
        # One object for each set, so that a sentence is searched for it once.
        return self._sets.setdefault(words, Words(words))

    def _list(self, name: str) -> Part:
        if name not in self._lists:
            raise ValueError(f"{WORD_LISTS} holds no list `{name}`")
        if name not in self._known:
            if name in self._open:
                raise ValueError(f"{WORD_LISTS}: the list `{name}` holds itself")
            self._open.append(name)
            self._known[name] = self._one_of(self._lists[name])
            self._open.pop()
        return self._known[name]

    def _as_pattern(self, part: Part) -> str:
        if isinstance(part, Words):
            return f"(?:{'|'.join(sorted(map(re.escape, part.words), reverse=True))})"
        if isinstance(part, Sequence):
            return " ".join(map(self._as_pattern, part.parts))
        if isinstance(part, Choice):
            return f"(?:{'|'.join(map(self._as_pattern, part.parts))})"
        raise ValueError("in a pattern only lists of plain words can stand")


def _joined(parts: list[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(normalise(text).split())


@cache
def _mistyped(text: str) -> frozenset[str]:
    """Return a word and what it becomes with one letter lost, doubled or changed places with the next."""
    word = normalise(text)
    later = range(1, len(word))
    lost = {word[:place] + word[place + 1 :] for place in later}
    doubled = {word[:place] + word[place] + word[place:] for place in later}
    swapped = {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(1, len(word) - 1)}
    return frozenset({word} | lost | doubled | swapped)
