"""One spelling for matching: what rules, places and n-grams see of a message."""

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_OTHER = re.compile(r"[^\w\s'€]+")
_SPACES = re.compile(r"\s+")
# Control characters, surrogates without a partner, and runs of combining marks past the second.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\ufeff]+")
_MARKS = re.compile(r"([\u0300-\u036f]{2})[\u0300-\u036f]+")


def normalise(text: str) -> str:
    """Return `text` in lower case, without diacritics, emoji or punctuation, with single spaces.

    Three or more of the same letter in a row become two ("neeee" and "nee" meet), apostrophes
    stay because they carry meaning in Dutch ("'k", "m'n"), and so does the euro sign.
    """
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).lower())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = _REPEATED.sub(r"\1\1", _OTHER.sub(" ", text))
    return _SPACES.sub(" ", text).strip()


def printable(text: str) -> str:
    """Return `text` as an encoder can read it: no control characters, no heaps of marks, never empty."""
    return _SPACES.sub(" ", _MARKS.sub(r"\1", _UNPRINTABLE.sub(" ", text))).strip() or "."
