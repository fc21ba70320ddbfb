"""In which other language somebody wants help: the one they name, else the one they write in, as ISO 639-1 code.

The codes are those of `referral_db.taxonomy.LANGUAGES`. A text gets no code rather than a wrong one.
"""

from __future__ import annotations

import re

_NAMES = {
    "fr": r"frans(?:talig\w*)?|francais|french|franzosisch|fransizca|francophone",
    "en": r"engels(?:talig\w*)?|english|anglais|englisch|ingilizce",
    "de": r"duits(?:talig\w*)?|deutsch|german|allemand|almanca",
    "ar": r"arabisch(?:talig\w*)?|arabic|arabe|arapca|العربيه|العربية|بالعربي",
    "tr": r"turks(?:talig\w*)?|turkce|turkish|turc|turkisch",
}
_NAMED = re.compile("|".join(rf"(?P<{code}>\b(?:{names})\b)" for code, names in _NAMES.items()))
_ASKED = re.compile(
    r"\b(?:in het|in 't|in t|in|en|auf|spreek\w*|sprek\w*|praat|praten|kent|kennen|kunnen|begrijp\w*|versta\w*)"
    r" (?:(?:ook|goed|wel|beter|alleen|enkel|een beetje) ){0,2}$"
)
_SPOKEN = re.compile(r"^ (?:\w+ )?(?:spreek|sprek|praat|praten|begrijp|versta)")
_BACK_TO_DUTCH = re.compile(r"\b(?:terug|verder|weer|liever|toch|gewoon) (?:\w+ )?in (?:het )?nederlands\b")
_SURE = {
    "fr": re.compile(r"\b(?:bonjour|bonsoir|merci|j'habite|j'ai|est ce que)\b"),
    "de": re.compile(r"\b(?:guten (?:tag|abend|morgen)|ich|nicht)\b"),
    "tr": re.compile(r"\b(?:merhaba|esim\w*|kocam\w*|degil|hollandaca\w*|yardim\w*)\b|ı"),
    "ar": re.compile(r"[\u0621-\u064a]"),
}
_NOT_ARABIC = re.compile(r"[\u067e\u0686\u0698\u06af\u06a9\u06cc]")
"""Letters of Persian, Urdu and others that write with Arabic ones."""
_SMALL_WORDS = {
    "fr": "je|ne|pas|est|vous|nous|et|pour|avec|suis|ma|mon|mari|femme|qui|sur|une|cherche|besoin|parle",
    "en": "the|i|my|you|and|are|not|do|hello|with|to|someone|please|husband|wife|talk|speak|need|how",
    "de": "mein|meine|und|wir|kann|reden|frau|verstehe|leider|bitte|hilfe|suche|jemand|mit",
    "tr": "bir|ile|benim|icin|cok|var|yok|bilen|konusmak|iliski",
}
"""A text in a language has two of them; none means the same in Dutch."""
_COMMON = {code: re.compile(rf"\b(?:{words})\b") for code, words in _SMALL_WORDS.items()}


def language_of(text: str, *, foreign: bool) -> str | None:
    """Return the code for a normalised text. `foreign`: it is known to be about, or in, another language than Dutch.

    "in het frans" and "franstalig" ask for French; "mijn vrouw is frans" asks for nothing unless `foreign`.
    """
    if _BACK_TO_DUTCH.search(text):
        return "nl"
    for named in _NAMED.finditer(text):
        asked = _ASKED.search(text[: named.start()]) or _SPOKEN.match(text[named.end() :])
        if foreign or asked or "talig" in named[0]:
            return named.lastgroup
    return _written_in(text) if foreign else None


def _written_in(text: str) -> str | None:
    sure = [code for code, pattern in _SURE.items() if pattern.search(text)]
    if _NOT_ARABIC.search(text):
        sure = [code for code in sure if code != "ar"]
    if sure:
        return sure[0] if len(sure) == 1 else None
    counts = {code: len(set(common.findall(text))) for code, common in _COMMON.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] > 1 and list(counts.values()).count(counts[best]) == 1 else None
