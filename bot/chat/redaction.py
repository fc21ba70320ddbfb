"""Leaves of a sentence only what cannot tell who wrote it: a word stays when it is known to be common, else it goes.

A list of what to take out is never complete: names are typed without a capital, and every village is a word. So it is
the other way round. A word stays only when all of these hold; see decision 0015.

- It stands in `COMMON` out of `OUT_OF` of our own example sentences (data/nlu) or more, and there not with a capital.
- It is typed without a capital, unless it begins the sentence.
- It is no name of a place (nor a part of one), unless it is among the commonest words without "in" or "uit" before it.
- It is no number, in digits or in words.

Nothing is kept, logged or remembered: the same text always gives the same result, and a result gives itself.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path

from referral_db.areas import PLACES
from referral_db.geography import ALIASES, Geography, fold

EXAMPLES = Path(__file__).parents[2] / "data" / "nlu"
MAX_SENTENCE = 200
"""Characters: more is not one sentence."""
COMMON = 6
"""Of `OUT_OF` example sentences, those in which a word has to stand, and at least `AT_LEAST`: names stand in fewer."""
OUT_OF = 10_000
AT_LEAST = 10
COMMONEST = 100
"""From here on a word is a word first, also when a village is called so: "meer", "werken"."""
LEAST_WORDS = 3
"""With fewer words left there is nothing to learn."""
BLANK = "[…]"

_PIECE = re.compile(r"\[…\]|\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_EDGES = re.compile(r"^([(\"'“‘]*)(.*?)([.,;:!?)\"'”’…]*)$", re.DOTALL)
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
_BEFORE_PLACE = frozenset(
    [
        *("in", "uit", "te", "naar", "van", "bij", "rond", "rondom", "nabij", "tussen", "op"),
        *("regio", "buurt", "omgeving", "streek", "stad", "dorp"),
    ]
)
_NUMBER_WORD = re.compile(
    r"(?:(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)en)?"
    r"(?:tien|elf|twaalf|der|veer|twin|vijf|zes|zeven|acht|tach|negen|dert|veert|vijft|zest|zevent|tacht|negent)"
    r"(?:tien|tig|ig)?|twee|drie|vier|honderd\w*|duizend\w*|miljoen\w*|\w+(?:honderd|duizend|tig|tien)"
)
_CAPITALS = 0.2
"""Share of capitals in the middle of a sentence from which a word counts as a name."""


@dataclass(frozen=True)
class Redactor:
    """`common` are the words that may stay, `commonest` those of them that also stay when a place is called so."""

    common: Set[str]
    commonest: Set[str]
    places: Set[str]

    def __call__(self, text: str) -> str:
        """The sentence with "[…]" for whatever is not sure; "" where fewer than `LEAST_WORDS` words are left."""
        left: list[str] = []
        pieces = _PIECE.findall(text)
        named = self._places_in(pieces)
        for index, piece in enumerate(pieces):
            opening, word, closing = _EDGES.fullmatch(piece).groups()  # type: ignore[union-attr]
            begins = not left or left[-1][-1] in ".!?"
            before = fold(pieces[index - 1]) if index else ""
            if piece != BLANK and index not in named and self._may_stay(word, begins=begins, before=before):
                left.append(opening + word + closing)
            elif left and left[-1] == BLANK and not closing:
                continue
            else:
                end = closing[-1:] if closing[-1:] in (".", "!", "?") and piece != BLANK else ""
                if not (left and left[-1] == BLANK):
                    left.append(BLANK)
                if end:
                    left[-1] += end
        words = sum(bool(_WORD.search(piece)) for piece in left)
        return " ".join(left) if words >= LEAST_WORDS else ""

    def _may_stay(self, word: str, *, begins: bool, before: str) -> bool:
        if not _WORD.fullmatch(word) or _NUMBER_WORD.fullmatch(fold(word)):
            return False
        lower = word.lower()
        if lower not in self.common or (word != lower and not (begins and word == lower.capitalize())):
            return False
        return fold(word) not in self.places or (lower in self.commonest and before not in _BEFORE_PLACE)

    def _places_in(self, pieces: list[str]) -> set[int]:
        """The pieces that are part of a name of two words or more: "sint niklaas", "de panne"."""
        words = [fold(piece) for piece in pieces]
        found: set[int] = set()
        for length in (2, 3, 4):
            for start in range(len(words) - length + 1):
                if " ".join(words[start : start + length]) in self.places:
                    found |= set(range(start, start + length))
        return found


def redacted(text: str) -> str:
    """What of a sentence may be kept, "" for nothing. Blocks for a moment at the first call: run it in a thread."""
    return redactor()(" ".join(text.split()))


@functools.cache
def redactor() -> Redactor:
    """The redactor of our own examples and places; without examples nothing may stay."""
    lines: list[str] = []
    for path in sorted(EXAMPLES.rglob("*.yml")):
        with path.open(encoding="utf-8") as file:
            lines += [line[6:] for line in file if line.startswith("    - ")]
    return make(lines, (place.label.partition(" ")[2] for place in Geography.load(PLACES).places()))


def make(sentences: Iterable[str], places: Iterable[str]) -> Redactor:
    """The redactor for these example sentences (with Rasa's marks) and names of places."""
    seen: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    count = 0
    for sentence in sentences:
        count += 1
        words = _WORD.findall(_ENTITY.sub(r"\1", sentence))
        seen.update({word.lower() for word in words})
        capitals.update({word.lower() for word in words[1:] if not word.islower()})
    least = max(AT_LEAST, count * COMMON // OUT_OF)
    common = {word for word, times in seen.items() if times >= least and capitals[word] < _CAPITALS * times}
    names = {fold(name) for name in (*places, *ALIASES, *ALIASES.values())}
    parts = {part for name in names for part in name.split() if len(part) > 3 and part not in common}
    return Redactor(
        frozenset(common), frozenset(word for word in common if seen[word] >= COMMONEST), frozenset(names | parts)
    )
