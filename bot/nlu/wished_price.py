"""What a person may pay for a conversation, as a code: EUR in digits, "geen_grens", or nothing."""

from __future__ import annotations

import re

FREE = "0"
LITTLE = "15"
NO_LIMIT = "geen_grens"

_MOST = 500
"""EUR. More is no price of a conversation, but a debt, a wage or a year."""

_ONES = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_NUMBERS = {
    **{word: value for value, word in enumerate(_ONES, 1)},
    "vijftien": 15,
    "twintig": 20,
    "vijfentwintig": 25,
    "dertig": 30,
    "vijfendertig": 35,
    "veertig": 40,
    "vijfenveertig": 45,
    "vijftig": 50,
    "zestig": 60,
    "zeventig": 70,
    "tachtig": 80,
    "negentig": 90,
    "honderd": 100,
    "tientje": 10,
}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b")
_ABOVE_TEN = frozenset(word for word, value in _NUMBERS.items() if value >= 10)

_NOT = r"(?:niet|ni|nie|nt|geen)"
_EURO = r"(?:€|euros?|eurokes|eur|ballen)"
_AMOUNT = re.compile(rf"€ ?(\d{{1,4}})|\b(\d{{1,4}})(?: \d\d)? ?{_EURO}(?!\w)|\beuro of (\d{{1,4}})\b")
_BARE_AMOUNT = re.compile(
    r"\b(?:briefje van|kan|max|maximum|tot|hoogstens|hooguit|ongeveer|rond|een|meer (?:dan|als)|tussen|a|en|tegen"
    r"|maar|onder)\b\D{0,12}?\b(\d{1,3})\b"
)
_TOO_MUCH = re.compile(rf"{_EURO} (?:is|vind ik|dat is) (?:\w+ )?te (?:veel|duur)|te (?:veel|duur)\b.* {_EURO}")
_FREE = re.compile(
    r"\bgratis|kosteloos|voor (?:niks|niets|nop|noppes)|zonder (?:te )?betalen|(?:geen|gene) (?:\w+ )?(?:geld|cent"
    r"|frank|euro|duit|bal|rotte)\b"
    r"|(?:niks|niets) (?:kosten|betalen|uitgeven)|(?:niks|niets) (?:te )?(?:kosten|betalen)"
    r"|geld (?:\w+ ){0,3}(?:heb ik|heb k|ist er) (?:niet|ni|nie)\b"
    r"|\bda heb ik (?:niet|ni|nie)\b|^(?:ik |k |'k )?heb (?:eigenlijk |echt |zelf )?(?:niks|niets)$|(?:ik"
    r"|we) heb(?:ben)? (?:eigenlijk |echt )?(?:niks|niets)$"
    r"|kan(?: het| da| dat)?(?: echt)? (?:niet|ni|nie) betalen|\bblut\b|platzak|platte (?:beurs|zak)|droog zaad"
    r"|leefloon|rond ?komen"
    r"|schuldenregeling|schuldbemiddeling|(?:portemonnee|portefeuille|rekening|zakken|beurs) (?:is|zijn|staat"
    r"|zit) (?:\w+ )?(?:leeg|op nul|plat)"
    r"|budgetbeheer|faillissement|failliet|\b(?:sta|staan|zit|zitten) (?:\w+ )?(?:in het |in 't )?rood\b|\bocmw\b"
    r"|(?:niks|niets) kost\b"
)
_LITTLE = re.compile(
    rf"{_NOT} (?:al )?(?:te |zo )?(?:veel|duur|prijzig|breed|ruim)|(?:duur|prijzig) (?:\w+ ){{0,3}}{_NOT}\b"
    rf"|goedkop\w*|goedkoop|weinig (?:geld|inkomen|middelen|budget)"
    r"|beetje betalen|klein\w* (?:bijdrage|budget|pensioen\w*|loon\w*|inkomen)|\bkrap\b|betaalbaar"
    r"|zo weinig mogelijk|(?:dus|maar) weinig$"
    r"|uitkering|werkloos|werkloosheid|stempelgeld|invaliditeit|ziekengeld|pensioentje|sociaal tarief"
    r"|verminderd tarief|sociale prijs"
    r"|laag loon|laag inkomen|lage prijs|studentenprijs|luttel"
)
_NO_LIMIT = re.compile(
    r"(?:geld|prijs|budget|kosten|kost|bedrag)\w* (?:\w+ ){0,3}(?:geen|niet|ni|nie|niks) (?:\w+ ){0,2}(?:probleem"
    r"|punt|issue|rol|belangrijk|van belang|schelen|tellen|telt|toe|uit)\b"
    r"|geld (?:is|speelt) (?:geen|niet|ni|nie)\b|(?:prijs|kost) (?:maakt|doet|is|speelt)[a-z ]* (?:niet|ni|nie|niks"
    r"|geen)\b"
    r"|maakt[a-z ]* wa[t]? (?:het|dat|da|t|'t) kost|kost wat kost|wat het ook kost|(?:gelijk|om het even"
    r"|eender) (?:hoeveel|wat het kost)"
    r"|mag (?:gerust |zeker |wel |best )*(?:iets|wat|veel|geld) kosten|mag (?:gerust |wel |best )?(?:meer|duurder)"
    r"|\bkan(?: het| dat| da| ik)? (?:wel |best |goed )?betalen"
    r"|geen probleem om te betalen|maakt (?:mij )?(?:niet|ni|nie) uit (?:wat|hoeveel|wa)|(?:er )?geld voor over"
    r"|(?:wil|zal|wille) (?:er |daar )?(?:gerust |graag |zeker )?voor betalen"
    r"|verdien\w* (?:\w+ )?(?:goed|genoeg)|geld (?:genoeg|zat)|genoeg geld|geen bezwaar (?:\w+ ){0,3}(?:prijs|geld"
    r"|betalen)"
    r"|(?:hoeft|moet) (?:niet|ni|nie) (?:per se |persee )?gratis|mag (?:het |da |dat )?(?:gerust )?(?:iets |wat "
    r"|veel )?geld kosten"
)
_ALLOWANCE = re.compile(r"verhoogde (?:tegemoetkoming|terugbetaling)|omnio|wigw|voorkeurtarief|voorkeursregeling")


def has_increased_allowance(text: str) -> bool:
    """Tell whether a normalised text says that the person has the increased allowance of the health insurance."""
    return bool(_ALLOWANCE.search(text))


def budget_of(text: str) -> str | None:
    """Return what a normalised text says may be paid: EUR a conversation as digits, "geen_grens", or None."""
    if _NO_LIMIT.search(text):
        return NO_LIMIT
    if _TOO_MUCH.search(text):
        return LITTLE
    figures = _NUMBER_WORD.sub(_figure, text)
    amounts = [int(next(filter(None, found))) for found in _AMOUNT.findall(figures)]
    amounts = amounts or [int(found) for found in _BARE_AMOUNT.findall(figures)]
    if figures.isdecimal():
        amounts = [int(figures)]
    amounts = [amount for amount in amounts if amount <= _MOST]
    if amounts:
        return str(max(amounts))
    if _FREE.search(text):
        return FREE
    if _LITTLE.search(text) or _ALLOWANCE.search(text):
        return LITTLE
    return None


def _figure(found: re.Match[str]) -> str:
    """Write a number out, unless it is small: "een" and "twee" are mostly no price."""
    follows = found.string[found.end() :]
    is_price = found[0] in _ABOVE_TEN or re.match(rf" {_EURO}\b(?! of )", follows)
    return str(_NUMBERS[found[0]]) + (" euro" if found[0] == "tientje" else "") if is_price else found[0]
