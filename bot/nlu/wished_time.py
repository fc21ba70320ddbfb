"""When a person wants help, as a code: "nu", "altijd", or a day and hours such as "morgen 8-12".

The days are those of `DAYS`; the hours are whole, from 0 to 24, and run past midnight when the second is not the larger
("vandaag 22-7"). What a code means on the clock says `referral_db.wished_time`; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NOW = "nu"
ANY_TIME = "altijd"
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
DAYS = ("elke", "werkdag", "weekend", "vandaag", "morgen", "overmorgen", *WEEKDAYS)

Hours = tuple[int, int]
_WHOLE_DAY = (8, 22)
_EVENING = (17, 22)
_NIGHT = (22, 7)
_WHILE_OTHERS_WORK = (8, 17)

_THE = r"(?:(?:het|'t|t|de|den|'n|m'n|mn|mijn|mijne|ons|onze) )?"
_CHILDREN = r"(?:kinderen|kids|kleine\w*|baby|zoontje|dochtertje)"
_PARTS: dict[Hours, str] = {
    # The first that is found counts: "na het werk" before "werk", "namiddag" before "middag".
    (17, 22): rf"(?:na|achter) {_THE}(?:werk\w*|uren|dagtaak|shift|job|bureau)|als (?:ik|we) gedaan (?:heb|hebben)",
    (16, 20): rf"(?:na|achter) {_THE}(?:school|les|lessen|schooluren)",
    (7, 9): rf"(?:voor|veur) {_THE}(?:werk|uren)",
    (
        20,
        23,
    ): rf"als {_THE}{_CHILDREN} (?:\w+ ){{0,2}}(?:slapen|slaapt|bed\w*)|avonds? laat|laat op den? avond|late avond",
    (9, 15): rf"(?:als|terwijl) {_THE}{_CHILDREN} (?:\w+ ){{0,2}}(?:school|opvang|creche)",
    (13, 18): r"(?:vana|na ?)middag\w*|achtermiddag|achternoen|na ?noen",
    (12, 14): r"lunchpauze|(?:van)?middag(?:s|pauze)?|noen",
    (8, 12): r"voormiddag\w*|ochtends?|'?s ?morgens|morgens|vroeg|nuchtend|(?:van|deze |dees )morgen",
    (17, 23): r"avond\w*|(?:'s |s|s |van ?|te ?|ten ?|deze )(?:oavend|avend|aves|aaf)\w*",
    _NIGHT: r"nacht\w*",
    (9, 17): r"overdag|kantooruren|werkuren|gewone uren",
}
_BEFORE_A_PART = r"(?:(?:van|over)?(?:\w*dag|morgen|mergen)?|van|ten?|s|'s)"
_SOME_PART = r"(?:vroeg|voormiddag|ochtend|morgen|middag|namiddag|avond|nacht)?s?"
_DAY_WORDS: dict[str, str] = {
    "overmorgen": rf"over(?:morgen|mergen){_SOME_PART}",
    "morgen": r"(?<!goede )(?<!goeie )(?<!goei )(?<!deze )(?<!dees )(?<!'s )"
    rf"(?:morgen|mergen|morge|merge){_SOME_PART}(?<!morgens)",
    "vandaag": r"vandaag|vandoage|(?:van|te|te ?n|deze |dezen |dees |van den? )"
    r"(?:avond|oavend|avend|aves|nacht|middag|namiddag|voormiddag|achternoen|ochtend|morgen)",
    **{day: rf"{day}{_SOME_PART}" for day in WEEKDAYS},
    "weekend": r"weekend\w*|wekend\w*|week ?einde?\w*",
    "werkdag": r"(?:in|door|tijdens) de week|doordeweeks?|weekdag\w*|werkdag\w*",
}  # fmt: skip
_PART_PATTERNS = [(re.compile(rf"\b{_BEFORE_A_PART}(?:{words})\b"), hours) for hours, words in _PARTS.items()]
_DAY_PATTERNS = [(re.compile(rf"\b(?:{words})\b"), day) for day, words in _DAY_WORDS.items()]

_NUMBERS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_HOUR = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)}|zessen|zevenen)"
_CLOCK = r"(?: ?(?:u|h|uur|uren|ure)(?: ?\d\d)?\b)"
_NO_HOURS = r"(?! ?(?:€|euro|eur|jaar|km|kilometer|keer|weken|maanden|dagen|kinderen))"
_BETWEEN = re.compile(rf"\b(?:tussen|tss|van|vanaf) {_HOUR}{_CLOCK}? (?:en|tot) {_HOUR}{_CLOCK}?\b{_NO_HOURS}")
_AFTER = re.compile(rf"\b(?:na|vanaf|achter|later dan) (?:{_HOUR}{_CLOCK}|(zessen|zevenen)\b)")
_UNTIL = re.compile(rf"\b(?:voor|tot|veur|ten laatste) {_HOUR}{_CLOCK}")
_AT = re.compile(rf"\b(?:om|rond|tegen) {_HOUR}{_CLOCK}")
_MENTIONS = [*(words for words, _ in (*_PART_PATTERNS, *_DAY_PATTERNS)), _BETWEEN, _AFTER, _UNTIL, _AT]

_AT_ONCE = r"(?:direct|meteen|onmiddellijk|dadelijk|subiet|seffens)"
_HELP = r"(?:hulp|iemand|ergens|terecht|bellen|babbelen|praten|chatten|langs)"
_NOW = re.compile(
    rf"^(?:(?:liefst|graag|het|ja|nee|wel|zo|nu) )*(?:nu|{_AT_ONCE}|asap)(?: (?:graag|aub|nu|als het kan|{_AT_ONCE}))*$"
    rf"|\bnu (?:{_AT_ONCE}|{_HELP}|nog|open|bereikbaar)\b|\b{_AT_ONCE} {_HELP}\b|\b{_HELP} (?:nu|{_AT_ONCE})$"
    r"|\b(?:kan|kunnen|wil|zoek|zoeken|moet|mag|kank|kunne) (?:(?:ik|k|'k|we|wij|er|je|ge) )?nu\b"
    r"(?! (?:niet|ni|nie|al|geen)\b)"
    r"|\bop (?:dit|dees) (?:moment|uur|ogenblik)\b"
)  # fmt: skip
_ANY = re.compile(
    r"\b(?:maakt?|doet|speelt) (?:\w+ ){0,3}(?:niet|ni|nie|niks) (?:\w+ ){0,2}(?:wanneer|welk uur|welke dag|hoe laat)\b"
    r"|\bwanneer (?:\w+ )?(?:maakt|is|speelt) (?:\w+ )?(?:niet|ni|nie|niks|gelijk|om het even)\b"
    r"|\b(?:gelijk|om het even|eender) (?:wanneer|welk moment|welk uur|welke dag)\b|\bik kan altijd\b"
)
_GOES_ON = r"(?= (?:want|maar|dus|en|door|omdat|bellen|komen|langs\w*|weg|praten|afspreken|telefoneren|vrij|thuis)\b|$)"
_CANNOT = re.compile(
    r" (?:(?!maar |en |want |wel |omdat )\w+ ){0,3}?"
    rf"(?:(?:niet|ni|nie|nt|geen tijd|moeilijk|lastig|onmogelijk){_GOES_ON}|(?:werk|werken|bezig)\b)"
)
_EXCEPT = re.compile(r"\b(?:niet|ni|nie|behalve|buiten|geen) (?:(?:in|op|'s|s) )?(?:(?:het|'t|t|de|een) )?$")
_HAPPENS = re.compile(
    r"\b(?:elk|elken|elke|iedere?|alle|vorige?|hele?|laatste|sinds|halve|gisteren?) (?:(?:de|het|'t) )?$"
)
"""Before a part of the day: what happens, not when somebody has time ("elke avond ruzie", "heel de nacht")."""
_HAS_TIME = re.compile(
    r"\b(?:kan|kunnen|kank|kunne?|past?|liefst|liever|graag|enkel|alleen|pas|terecht|bel\w*|praten|babbelen|chat\w*|open"
    r"|langs\w*|bereik\w*|afspra\w*|afspreken|vrij|tijd|lukt|gaat|mag|kom|komen|hulp|iemand|gesprek\w*|beschikbaar|weg|zoek\w*|moment)\b"
)  # fmt: skip
_THEN = re.compile(r"^ (?:want|als|dan|zou|bij voorkeur)\b")
_FILLERS = re.compile(
    r"aub|best(?:e|er)?|dan|de|den|dus|een|eerder|en|enkel|alleen|eventueel|gaat|graag|heb|het|'t|t|iets|ik|'?k|in|is|ja|kan"
    r"|kunnen|later|liefst|liever|lukt|maar|mijn|misschien|mss|na|nee|ni|nie|niet|of|ofzo|om|ook|op|pas|past|rond|'?s|so|tijd"
    r"|van|voor|vroeger|vrij|we|wel|werk|wij|zo|zoiets|zou"
)
"""What may stand beside a time in a message that says nothing else."""
_SHORT = 6
_NEAR = 5


def time_of(text: str) -> str | None:
    """Return the code of the time that a normalised text asks for, None where it asks for none.

    What cannot be ("overdag kan ik niet") leaves the other part of the day or week. When something happened or keeps
    happening ("elke avond ruzie") is no wish.
    """
    if _ANY.search(text):
        return ANY_TIME
    if _NOW.search(text):
        return NOW
    denied = [text[start:end] for start, end in _mentions(text) if _is_denied(text, start, end)]
    for words in denied:
        text = text.replace(words, " ")
    text = _without_stories(text)
    hours, day = _clock_hours(text) or _part_of(text), _day_of(text)
    if hours is None and day is None:
        return _other_than(denied)
    start, end = hours or _WHOLE_DAY
    return f"{day or 'elke'} {start}-{end}"


def is_only_a_time(text: str) -> bool:
    """Tell whether a normalised text says when somebody has time and nothing else: "liefst na het werk"."""
    if time_of(text) in (None, NOW, ANY_TIME):
        return False
    for start, end in sorted(set(_mentions(text)), key=lambda span: (span[0], -span[1]), reverse=True):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return all(_FILLERS.fullmatch(word) for word in text.split())


def _mentions(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each part of a day, day or hour stands."""
    for pattern in _MENTIONS:
        yield from (found.span() for found in pattern.finditer(text))


def _is_denied(text: str, start: int, end: int) -> bool:
    return bool(_CANNOT.match(text[end:]) or _EXCEPT.search(text[:start]))


def _without_stories(text: str) -> str:
    """Return `text` without the mentions that tell when something happens; in a few words alone any is a wish."""
    short = len(text.split()) <= _SHORT
    for start, end in sorted(set(_mentions(text)), reverse=True):
        before, after = text[:start], text[end:]
        near = " ".join([*before.split()[-_NEAR:], *after.split()[:_NEAR]])
        opens = not before.strip() and _THEN.match(after)
        if _HAPPENS.search(before) or not (short or opens or _HAS_TIME.search(near)):
            text = f"{before} {after}"
    return text


def _other_than(denied: list[str]) -> str | None:
    """Return what is left of the week or the day without what is `denied`; of single days and moments all is."""
    text = " ".join(denied)
    hours, day = _part_of(text), _day_of(text)
    if day in ("weekend", "zaterdag", "zondag"):
        return f"werkdag {_WHOLE_DAY[0]}-{_WHOLE_DAY[1]}"
    if day == "werkdag":
        return f"weekend {_WHOLE_DAY[0]}-{_WHOLE_DAY[1]}"
    if hours is None or day is not None:
        return None
    start, end = _EVENING if hours[0] < _EVENING[0] else _WHILE_OTHERS_WORK
    return f"elke {start}-{end}"


def _part_of(text: str) -> Hours | None:
    return next((hours for pattern, hours in _PART_PATTERNS if pattern.search(text)), None)


def _day_of(text: str) -> str | None:
    return next((day for pattern, day in _DAY_PATTERNS if pattern.search(text)), None)


def _clock_hours(text: str) -> Hours | None:
    """Return the hours that stand there in figures or as "om drie uur"; None where there are none that can be."""
    part = _part_of(text)
    if found := _BETWEEN.search(text):
        start, end = _hour(found[1], part), _hour(found[2], part)
        # "Tussen 10 en 20" is money.
        money = not re.search(_CLOCK, found[0]) and start % 5 == end % 5 == 0
        return (start, end) if start < end <= 24 and not money else None
    if found := _AFTER.search(text):
        start = _hour(found[1] or found[2], part or _EVENING)
        return (start, 22 if start < 22 else 24) if start < 24 else None
    if found := _UNTIL.search(text):
        end = _hour(found[1], part)
        return (min(8, end - 1), end) if 0 < end <= 24 else None
    if found := _AT.search(text):
        start = _hour(found[1], part)
        return (start, start + 1) if start < 24 else None
    return None


def _hour(word: str, part: Hours | None) -> int:
    """Return the hour of the day: "6" is 18, unless the text says that it is in the morning or at night."""
    hour = {"zessen": 6, "zevenen": 7}.get(word) or (_NUMBERS.index(word) + 1 if word in _NUMBERS else int(word))
    if part == _NIGHT or (part and part[1] <= 12):
        return hour + 12 if part == _NIGHT and 8 <= hour < 12 else hour
    afternoon = part is not None and part[0] >= 12
    return hour + 12 if 0 < hour <= 6 or (afternoon and 0 < hour < 12) else hour
