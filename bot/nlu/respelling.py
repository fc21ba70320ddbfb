"""Spoken Flemish and chat spelling in the words of Standard Dutch, so that "kweenie" and "ik weet niet" meet."""

from __future__ import annotations

import re

_STANDARD = {
    # not
    **dict.fromkeys(("ni", "nie", "nt"), "niet"),
    **dict.fromkeys(("nimmer", "nimeer", "niemeer"), "niet meer"),
    "kweenie": "ik weet niet",
    "kweetni": "ik weet niet",
    # you
    **dict.fromkeys(("ge", "gij", "gy", "gie", "u"), "je"),
    **dict.fromkeys(("uw", "uwe", "uwen", "ulder"), "jouw"),
    "zijt": "bent",
    "zijde": "ben je",
    "hebde": "heb je",
    "kunde": "kan je",
    "moette": "moet je",
    # I, run together with its verb
    **dict.fromkeys(("k", "'k", "ek", "ekik", "ikke"), "ik"),
    **{f"k{verb}": f"ik {verb}" for verb in (
        "ben", "heb", "had", "was", "wil", "wou", "ga", "zal", "zou", "zit", "zie", "moet", "mag", "kan",
        "denk", "voel", "weet", "vind", "durf", "hou", "slaap", "snap",
    )},
    "kzen": "ik ben",
    "zen": "ben",
    "kee": "ik heb",
    # my, his, her
    **dict.fromkeys(("mn", "m'n", "mijne", "mijnen", "mien", "mijn'"), "mijn"),
    **dict.fromkeys(("zn", "z'n", "zijne", "zijnen"), "zijn"),
    **dict.fromkeys(("haren", "heur", "heure"), "haar"),
    "em": "hem",
    "ie": "hij",
    "ze": "zij",
    "mekaar": "elkaar",
    # small words
    "da": "dat",
    "wa": "wat",
    "ma": "maar",
    **dict.fromkeys(("t", "'t", "tis"), "het"),
    **dict.fromkeys(("n", "'n", "ne", "nen"), "een"),
    **dict.fromkeys(("den", "'de"), "de"),
    **dict.fromkeys(("dieje", "dienen", "dien"), "die"),
    **dict.fromkeys(("dak", "da'k"), "dat ik"),
    **dict.fromkeys(("dage", "dagge", "datge"), "dat je"),
    **dict.fromkeys(("nr", "nar"), "naar"),
    "lik": "zoals",
    **dict.fromkeys(("oltid", "altijt", "aldoor"), "altijd"),
    **dict.fromkeys(("ff", "effe", "efkes"), "even"),
    **dict.fromkeys(("mss", "misch", "missch"), "misschien"),
    "wrm": "waarom",
    "idd": "inderdaad",
    "gwn": "gewoon",
    # people
    **dict.fromkeys(("vent", "ventje", "echtgenoot"), "man"),
    **dict.fromkeys(("madam", "wijf", "echtgenote"), "vrouw"),
}  # fmt: skip
_WORD = re.compile(r"[\w']+")


def respell(text: str) -> str:
    """Return a normalised text with the words of the table in their standard spelling; all others stay."""
    return _WORD.sub(lambda word: _STANDARD.get(word[0], word[0]), text)
