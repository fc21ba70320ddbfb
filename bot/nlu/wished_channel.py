"""How a person wants contact, as a channel code of the taxonomy."""

from __future__ import annotations

import re

_NOT = r"(?:schrik|bang|niet|ni|nie|geen|gene|nooit|durf|haat|liever ni\w*|niks voor mij|moeilijk|lukt ni\w*)"
_CALL = r"(?:bellen|telefoneren|telefoon|opbellen|telefoongesprek|bel)"
_CHAT = r"(?:chatten|chat|online|typen|schrijven|sms|mail\w*|berichten|letters)"
_CHANNELS: dict[str, re.Pattern[str]] = {
    "videogesprek": re.compile(
        r"\bvideo|beeldbel|\bzoom\b|\bteams\b|\bskype|google meet|\bfacetime|met (?:de )?(?:camera|webcam|beeld)"
        r"|via (?:de computer|het scherm)"
    ),
    "chat": re.compile(
        r"\bchat|online (?:praten|typen)|\bty?pen?\b|\btyp\b|whatsapp|messenger|berichtje|tekstbericht"
        r"|schrijven (?:gaat|is|lukt|kan)"
        r"|wel schrijven|(?:liever|liefst) schrijven"
    ),
    "mail": re.compile(r"\bmail|\be ?mail"),
    "sms": re.compile(r"\bsms"),
    "groep": re.compile(r"\bgroep|lotgenoten|praatgroep|met anderen die|mensen die (?:hetzelfde|tzelfde)"),
    "telefoon": re.compile(
        r"\bbel(?:len|t)?\b|\btelefo|\b(?:aan|via) (?:de )?(?:lijn|foon|gsm)|\bgsm is (?:goed|ok)|opbellen"
        r"|\bgebeld\b|terugbel"
        r"|iemand(?:s stem)? horen|\been stem\b|(?:geef|heb je|hebt ge) (?:\w+ ){0,2}nummer|telefoonnummer"
    ),
    "ter_plaatse": re.compile(
        r"langs ?(?:gaan|komen)|\b(?:kom|ga) (?:\w+ )?langs|ter plaatse|ter plekke|in het echt|\bniet online\b"
        r"|in real life|face to face"
        r"|oog in oog|in de ogen|in persoon|persoonlijk (?:gesprek|vertellen|praten|spreken)|echt gesprek"
        r"|iemand zien|zie (?:\w+ )?wie|echte (?:kamer|plek)|live (?:afspreken|gesprek|praten)|op gesprek"
        r"|in levende lijve|\bfysiek\w*"
        r"|op (?:kantoor|bureau|consultatie|afspraak)|bij iemand gaan|ergens (?:naar ?toe|langs|binnen)"
        r"|tegenover iemand|aan tafel met"
        r"|binnen ?(?:kunnen )?(?:stappen|springen|lopen|wandelen)|aan huis|huisbezoek|bij (?:mij|ons) thuis"
    ),
    "website": re.compile(r"\bwebsite|\blezen\b|\bsite\b"),
}
_REFUSES_CALL = re.compile(
    rf"{_NOT} (?!{_CHAT})(?:(?!{_CHAT}|maar )\w+ ){{0,3}}{_CALL}\b|{_CALL}[a-z' ]{{0,14}} {_NOT}"
)
_REFUSES_CHAT = re.compile(rf"\b(?:niet|ni|nie|geen|gene) {_CHAT}\b|\b(?:dan|in plaats van) (?:te )?{_CHAT}\b")
_REFUSES_TALK = re.compile(r"\b(?:niet|ni|nie|liever ni\w*) (?:\w+ )?praten\b|\bhij hoort alles\b")
_SOMEBODY_CALLS = re.compile(r"\b(?:hij|zij|ze|em|mijn \w+|die) (?:belt|belde|sms\w*|mailt\w*|stuurt|chat\w*)\b")
"""What another does is no wish."""


def channel_of(text: str) -> str | None:
    """Return the channel code that a normalised text asks for; "ik durf niet bellen" asks for chat."""
    refuses_call = bool(_REFUSES_CALL.search(text) or _REFUSES_TALK.search(text))
    refused = {"telefoon"} if refuses_call else set()
    refused |= {"chat", "sms", "mail"} if _REFUSES_CHAT.search(text) else set()
    if _SOMEBODY_CALLS.search(text):
        return None
    for channel, pattern in _CHANNELS.items():
        if channel not in refused and pattern.search(text):
            return channel
    return "chat" if refuses_call else None
