"""Places outside Flanders and Brussels that people name: the Netherlands, Wallonia and the countries around."""

from __future__ import annotations

import re

NETHERLANDS, WALLONIA, OTHER_COUNTRY = "nederland", "wallonie", "buitenland"

_NAMES = {
    NETHERLANDS: (
        "alkmaar almere amersfoort amsterdam apeldoorn arnhem assen bergen-op-zoom breda delft den-bosch den-haag "
        "dordrecht drenthe eindhoven emmen enschede flevoland friesland gelderland geleen goes gouda groningen "
        "haarlem heerlen helmond holland hulst leeuwarden leiden maastricht nederland nijmegen noord- "
        "brabant noord-holland oostburg oss overijssel roermond roosendaal rotterdam s-hertogenbosch sittard "
        "sluis terneuzen tilburg utrecht valkenswaard venlo vlissingen zeeland zeeuws-vlaanderen zuid- "
        "holland zwolle"
    ),
    WALLONIA: (
        "aarlen aat ans arlon ath bastenaken bastogne bergen binche borgworm braine-l'alleud charleroi chimay "
        "comines couvin dinant doornik edingen eigenbrakel enghien eupen geldenaken gembloers gembloux hannuit "
        "hannut henegouwen herstal hoei huy jodoigne komen la-louviere liege luik malmedy "
        "marche-en-famenne moeskroen mons mouscron namen namur nijvel nivelles ottignies oupeye philippeville "
        "sankt-vith seraing soignies spa thuin tournai tubeke tubize verviers vise waals-brabant wallonie waremme "
        "waterloo waver wavre wezet zinnik"
    ),
    OTHER_COUNTRY: (
        "aken buitenland bulgarije duinkerke duitsland dusseldorf engeland frankrijk het-buitenland keulen "
        "londen luxemburg marokko parijs polen portugal rijsel roemenie spanje turkije"
    ),
}  # fmt: skip
_ALSO_A_WORD = frozenset(
    (
        "namen",
        "ans",
        "aat",
        "ath",
        "spa",
        "vise",
        "goes",
        "oss",
        "hulst",
        "sluis",
        "bergen",
        "komen",
        "assen",
        "emmen",
        "hoei",
    )
)
"""Of these only a message that is about a place speaks."""
_COUNTRY_OF = {
    name.replace("-", " ").replace("'", ""): code for code, names in _NAMES.items() for name in names.split()
}
_LONGEST = 3
_DUTCH_POSTAL_CODE = re.compile(r"\b[1-9]\d{3} ?[a-z]{2}\b(?! [a-z])")
_POSTAL_CODE = re.compile(r"(?<!\d)[1-9]\d{3}(?!\d)")
_WALLOON_POSTAL_CODES = {*range(1300, 1500), *range(4000, 8000)}
"""Of bpost: Walloon Brabant, Liège, Namur, Luxembourg and Hainaut."""


def elsewhere(normal: str, *, place_expected: bool) -> str | None:
    """Return which part of the world outside our table a normalised text names ("nederland", "wallonie", "buitenland").

    `place_expected`: the message is about a place, so that "namen" is the town.
    """
    if place_expected and _DUTCH_POSTAL_CODE.search(normal):
        return NETHERLANDS
    if place_expected and any(int(code) in _WALLOON_POSTAL_CODES for code in _POSTAL_CODE.findall(normal)):
        return WALLONIA
    words = normal.replace("-", " ").replace("'", "").split()
    for length in range(_LONGEST, 0, -1):
        for start in range(len(words) - length + 1):
            name = " ".join(words[start : start + length])
            if name in _COUNTRY_OF and (place_expected or (name not in _ALSO_A_WORD and _follows(words, start))):
                return _COUNTRY_OF[name]
    return None


def _follows(words: list[str], start: int) -> bool:
    """Whether it says that somebody is there: "in Luik", "regio Breda"; "mijn man is in Marokko geboren" too."""
    return start == 0 or words[start - 1] in ("in", "uit", "te", "rond", "bij", "naar", "regio", "van", "nabij")
