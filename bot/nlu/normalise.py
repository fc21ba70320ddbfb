"""One spelling for matching: what rules, places and character n-grams see of a message."""

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_OTHER = re.compile(r"[^\w\s'€]+")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Return `text` in lower case, without diacritics, emoji or punctuation, with single spaces.

    Three or more of the same letter in a row become two ("neeee" and "nee" meet), apostrophes
    stay because they carry meaning in Dutch ("'k", "m'n"), and so does the euro sign.
    """
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).lower())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = _REPEATED.sub(r"\1\1", _OTHER.sub(" ", text))
    return _SPACES.sub(" ", text).strip()
