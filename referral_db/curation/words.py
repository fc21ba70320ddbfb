"""Labels and values in the words of a maintainer. Codes and columns go in, Dutch comes out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from referral_db import conditions, taxonomy
from referral_db.areas import description

NEEDS = {code: words.label for code, words in taxonomy.NEEDS.items()}
RISKS = {code: words.label for code, words in taxonomy.RISKS.items()}
CHANNELS = {
    "telefoon": "telefoon",
    "chat": "chat",
    "mail": "mail",
    "sms": "sms",
    "ter_plaatse": "ter plaatse",
    "videogesprek": "videogesprek",
    "groep": "groep",
    "website": "website",
}
CONTACT_CHANNELS = {code: CHANNELS[code] for code in ("website", "chat", "mail", "videogesprek")}
PRICE_KINDS = {
    "gratis": "gratis",
    "inkomensgerelateerd": "volgens inkomen",
    "vast": "vaste prijs",
    "vork": "van … tot …",
    "onbekend": "niet bekend",
}
CONDITIONS = {
    "standaard": "gewone prijs",
    "verhoogde_tegemoetkoming": "met verhoogde tegemoetkoming",
    "tot_en_met_23": "tot en met 23 jaar",
    "student": "student",
    "eerste_gesprek": "eerste gesprek",
    "groep": "in groep",
}
WHO_PAYS = {
    "overheid": "de overheid",
    "vzw": "een vzw",
    "prive": "wie hulp zoekt (privé)",
    "onbekend": "niet bekend",
}
PHILOSOPHIES = {"neutraal": "neutraal", "christelijk": "christelijk", "humanistisch": "vrijzinnig humanistisch"}
WAIT_BANDS = conditions.BANDS
WAIT_KNOWN_BY = conditions.KNOWN_BY
YES_NO = {
    "referral_needed": "Verwijzing nodig",
    "both_partners": "Moeten jullie allebei komen",
    "group_talk": "Moet je spreken in een groep",
    "anonymous": "Anoniem",
    "on_phone_bill": "Staat de oproep op de telefoonrekening",
    "calls_back": "Bellen ze soms terug",
    "letter_home": "Komt er een brief of overzicht van het ziekenfonds thuis",
    "account_needed": "Account nodig voor chat of mail",
}
"""The columns of a service that are yes, no or not known."""
STATES = {"draft": "ontwerp", "published": "gepubliceerd", "archived": "uit gebruik"}
CONFIDENCES = {"high": "hoog", "medium": "midden", "low": "laag"}
PHONE_TYPES = {"voice": "bellen", "sms": "sms"}
DAYS = {"MO": "ma", "TU": "di", "WE": "wo", "TH": "do", "FR": "vr", "SA": "za", "SU": "zo"}
DAY_NAMES = {
    "MO": "maandag",
    "TU": "dinsdag",
    "WE": "woensdag",
    "TH": "donderdag",
    "FR": "vrijdag",
    "SA": "zaterdag",
    "SU": "zondag",
}
DAY_KINDS = {
    "": "niet ingevuld",
    "uren": "open",
    "dag_en_nacht": "dag en nacht",
    "gesloten": "gesloten",
    "niet_bekend": "uur niet bekend",
}
"""What the hours of a week say of one day."""
EXCEPTION_KINDS = {
    "gesloten": "gesloten",
    "uren": "open op deze uren",
    "niet_deze_uren": "gesloten op deze uren",
    "niet_bekend": "open, uur niet bekend",
}
"""What an exception to the hours says of its days."""
ALL_CHANNELS = "alle"
EXCEPTION_CHANNELS = {ALL_CHANNELS: "alle kanalen", **CHANNELS}
"""For whom an exception holds; all of them are those by which the service helps and where somebody answers."""
WIDE_AREAS = {
    "land/BE": "heel België",
    "gewest/vlaanderen_brussel": "Vlaanderen en Brussel",
    "gewest/vlaanderen": "Vlaanderen",
    "gewest/brussel": "Brussel (gewest)",
}
PROVINCES = {
    "provincie/Antwerpen": "Antwerpen",
    "provincie/Limburg": "Limburg",
    "provincie/Oost-Vlaanderen": "Oost-Vlaanderen",
    "provincie/Vlaams-Brabant": "Vlaams-Brabant",
    "provincie/West-Vlaanderen": "West-Vlaanderen",
    "provincie/Brussel": "Brussel",
}
LANGUAGES = {
    "nl": "Nederlands",
    "fr": "Frans",
    "en": "Engels",
    "de": "Duits",
    "ar": "Arabisch",
    "tr": "Turks",
    "pl": "Pools",
    "ro": "Roemeens",
    "ru": "Russisch",
    "uk": "Oekraïens",
    "es": "Spaans",
    "vgt": "Vlaamse Gebarentaal",
}

PROPOSAL_STATES = {
    "open": "wacht op goedkeuring",
    "published": "goedgekeurd",
    "refused": "teruggestuurd",
    "withdrawn": "ingetrokken",
    "replaced": "vervangen",
}
PROPOSAL_KINDS = {"wijziging": "wijziging", "nagekeken": "nagekeken: klopt", "terug": "wijziging ongedaan maken"}

KINDS = {
    "eerste": "eerste antwoord",
    "tips": "meer tips",
    "waarom": "waarom",
    "vroeg": "wanneer vroeg hulp",
    "hulp": "welke hulp past",
    "keuze_1": "eerste keuzevraag",
    "keuze_2": "tweede keuzevraag",
    "vraag": "vraag over hulp",
}
MOMENTS = {"altijd": "altijd", "nacht": "nacht (22 tot 7 uur)"}
QUESTIONS = {
    "vraag_kost": "Wat kost het?",
    "vraag_wachttijd": "Hoelang wachten?",
    "vraag_anonimiteit": "Is het anoniem?",
    "vraag_hoe_werkt_therapie": "Hoe werkt therapie?",
    "partner_wil_niet_mee": "Mijn partner wil niet mee",
    "is_dit_normaal": "Is dit normaal?",
    "vraag_mens": "Met een mens praten",
    "vraag_bot": "Wie of wat ben jij?",
    "vraag_open_nu": "Wie is er nu open?",
    "zoek_hulp": "Waar kan ik terecht?",
    "zoek_cursus": "Een cursus of groep",
    "zoek_zelfhulp": "Lezen en oefenen",
    "buiten_bereik": "Geen relatievraag",
}
ANSWER_CODES = {**NEEDS, **RISKS, **QUESTIONS}
ANSWER_VARIANTS = {
    "ander": "bezorgd om iemand anders",
    "alleen": "de partner wil niet mee",
    "kinderen": "met kinderen",
}
"""For whom an answer was written, after the code of its need: see `referral_db.answers.VARIANTS`."""

CHECKED = {
    "phone": "telefoon",
    "hours": "uren",
    "price": "prijs",
    "address": "adres",
    "contact": "website, chat en mail",
}
"""Names of the fields of a `FieldCheck` that are not a column of the service."""

FIELDS = {
    "name": "Naam",
    "description": "Beschrijving",
    "provider_type": "Soort hulp",
    "url": "Webadres",
    "email": "E-mailadres",
    "organization": "Organisatie",
    "needs": "Waarvoor",
    "minimum_age": "Vanaf leeftijd",
    "maximum_age": "Tot en met leeftijd",
    "eligibility_description": "Voor wie",
    "languages": "Talen",
    "service_areas": "Werkgebied",
    "locations": "Adressen",
    "channels": "Hoe er hulp is",
    "phones": "Telefoonnummers",
    "online_contacts": "Website, chat en mail",
    "schedules": "Uren",
    "price_kind": "Soort prijs",
    "cost_options": "Bedragen",
    "admission": "Toelating",
    "who_pays": "Wie betaalt",
    **YES_NO,
    "philosophy": "Levensbeschouwing",
    "required_documents": "Wat je moet meebrengen",
    "accessibilities": "Toegankelijkheid",
    "capacities": "Vrije plaatsen",
    "wait_band": "Wachttijd",
    "wait_text": "Wachttijd in woorden",
    "wait_observed_on": "Wachttijd gezien op",
    "wait_known_by": "Hoe we de wachttijd weten",
    "couple_work": "Werkt met twee partners samen",
    "hidden_address": "Geheim adres",
    "source": "Bron",
    "confidence": "Zekerheid",
    "state": "Staat",
    "draft_reason": "Waarom nog een ontwerp",
    "checked_on": "Nagekeken op",
    "field_checks": "Nagekeken velden",
    "text": "Tekst",
    "owner": "Eigenaar",
    "reviewed_on": "Nagekeken op",
    "expires_on": "Geldig tot",
    "role": "Rol",
    "password": "Wachtwoord",
    "melding": "Melding uit het gesprek",
    "origins": "Adressen van de site",
    "greeting": "Eigen zin",
    "line": "Eigen hulplijn",
    "colours": "Kleuren",
    "open": "Noodnummers open",
    "learn": "Leren uit zinnen die mensen geven",
    "label": "Waarover het gaat",
}

_PLACES = {
    "gemeenten": "Gemeenten",
    "organization_name": "Organisatie",
    "code": "Waarover",
    "variant": "Voor wie",
    "kind": "Soort",
    "moment": "Wanneer",
    "waarom": "Waarom deze wijziging",
    "line_number": "Nummer van de eigen lijn",
    "line_what_for": "Waarvoor de eigen lijn is",
    "line_hours": "Uren van de eigen lijn",
    "line_source": "Bron van het nummer",
    "open_from": "Noodnummers open",
    "accent": "Knop overdag",
    "on_accent": "Tekst op de knop",
    "accent_dark": "Knop ’s nachts",
    "on_accent_dark": "Tekst op de knop ’s nachts",
}
_TOO_LOW = {
    "amount": "is lager dan het eerste bedrag",
    "minimum_age": "is lager dan de eerste leeftijd",
    "valid_from": "ligt voor de begindatum",
}
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_CODES: dict[str, Mapping[str, str]] = {
    "attending_type": CHANNELS,
    "channel": CHANNELS,
    "channels": CHANNELS,
    "code": LANGUAGES,
    "confidence": CONFIDENCES,
    "field": CHECKED,
    "needs": {**NEEDS, **RISKS},
    "option": CONDITIONS,
    "philosophy": PHILOSOPHIES,
    "wait_band": WAIT_BANDS,
    "wait_known_by": WAIT_KNOWN_BY,
    "price_kind": PRICE_KINDS,
    "state": STATES,
    "type": PHONE_TYPES,
    "who_pays": WHO_PAYS,
}
_LEFT_OUT = frozenset({"id", "slug", "currency", "freq", "latitude", "longitude"})


def long_date(day: dt.date | str) -> str:
    """ "23 november 2026"."""
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: dt.date | str) -> str:
    """ "23/11/2026"."""
    return (dt.date.fromisoformat(day) if isinstance(day, str) else day).strftime("%d/%m/%Y")


def days_text(days: int) -> str:
    """ "over 3 dagen", "vandaag", "3 dagen geleden"."""
    if days == 0:
        return "vandaag"
    number = f"{abs(days)} {'dag' if abs(days) == 1 else 'dagen'}"
    return f"over {number}" if days > 0 else f"{number} geleden"


def answer_label(code: str) -> str:
    """What an answer is about: "Vaak ruzie", and for a variant "Vaak ruzie (met kinderen)"."""
    base, _, variant = code.rpartition("_")
    if code not in ANSWER_CODES and base in ANSWER_CODES and variant in ANSWER_VARIANTS:
        return f"{ANSWER_CODES[base]} ({ANSWER_VARIANTS[variant]})"
    return ANSWER_CODES.get(code, code)


def field_label(name: str) -> str:
    """The label of a column of a service, an answer or a user, or of a checked field."""
    return FIELDS.get(name) or CHECKED.get(name, name).capitalize()


def field_labels(changes: str) -> str:
    """The labels of the fields in the JSON of a proposal: "prijs, uren"."""
    return ", ".join(field_label(name) for name in json.loads(changes)).lower()


def place_label(place: str) -> str:
    """The label of a field of a form by its id: "phones-1-number" is "Telefoonnummers, rij 2"."""
    name, _, rest = place.removeprefix("deel-").partition("-")
    if name == "schedules":
        return _hours_label(rest)
    number = rest.partition("-")[0]
    label = _PLACES.get(name) or field_label(name)
    return f"{label}, rij {int(number) + 1}" if number.isdigit() else label


def _hours_label(rest: str) -> str:
    """The label of a field of the hours: "week-telefoon-MO-van-1" is "Uren, telefoon op maandag"."""
    part, _, rest = rest.partition("-")
    first, _, rest = rest.partition("-")
    if part == "week":
        day = DAY_NAMES.get(rest.partition("-")[0])
        return f"Uren, {CHANNELS.get(first, first)}" + (f" op {day}" if day else "")
    if part in ("uitzonderingen", "blijft") and first.isdigit():
        return f"{'Uitzondering' if part == 'uitzonderingen' else 'Andere uren'} {int(first) + 1}"
    return f"Bijzondere uren {int(part) + 1}" if part.isdigit() else FIELDS["schedules"]


def reason(text: str) -> str:
    """The reason of a problem without names of columns."""
    before, found, name = text.partition("komt voor ")
    return before + _TOO_LOW.get(name, "is te laag") if found else text


def in_words(value: Any, name: str = "") -> str:
    """A value of a record, or of its JSON, in words: lines with one row each for a list, "–" for nothing."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, list):
        return "\n".join(_row(row, name) if isinstance(row, dict) else in_words(row, name) for row in value)
    if isinstance(value, dict):
        return _row(value, name)
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, dt.date) or name.endswith("_on") or name == "updated":
        return short_date(str(value)[:10])
    return _CODES.get(name, {}).get(str(value), str(value))


def _row(row: Mapping[str, Any], name: str) -> str:
    if name == "service_areas":
        return description(row["extent_type"], row["code"])
    if name == "schedules":
        return _hours(row)
    if name == "cost_options":
        return _cost(row)
    parts = (in_words(value, key) for key, value in row.items() if key not in _LEFT_OUT and value not in (None, ""))
    return " · ".join(parts)


def _hours(row: Mapping[str, Any]) -> str:
    days = " ".join(DAYS.get(day, day) for day in str(row["byday"] or "").split(","))
    hours = f"{row['opens_at']} – {row['closes_at']}" if row["opens_at"] else "uur niet bekend"
    parts = [CHANNELS.get(row["attending_type"], str(row["attending_type"])), days]
    parts.append("gesloten" if row["closed"] and not row["opens_at"] else hours)
    if row["closed"] and row["opens_at"]:
        parts.append("gesloten")
    if row["interval"] and row["interval"] != 1:
        parts.append(f"om de {row['interval']} weken")
    if row["valid_from"]:
        parts.append(f"vanaf {short_date(row['valid_from'])}")
    if row["valid_to"]:
        parts.append(f"tot en met {short_date(row['valid_to'])}")
    if row["on_public_holidays"] is not None:
        parts.append("ook op feestdagen" if row["on_public_holidays"] else "niet op feestdagen")
    if row["description"]:
        parts.append(row["description"])
    return " · ".join(parts)


def _cost(row: Mapping[str, Any]) -> str:
    amounts = [_euro(amount) for amount in (row["amount"], row["amount_max"]) if amount is not None]
    parts = [in_words(row["option"], "option"), " tot ".join(amounts) or "bedrag niet bekend"]
    if row["valid_from"]:
        parts.append(f"vanaf {short_date(row['valid_from'])}")
    if row["valid_to"]:
        parts.append(f"tot en met {short_date(row['valid_to'])}")
    parts += [row[name] for name in ("amount_description", "source") if row[name]]
    return " · ".join(parts)


def _euro(amount: float) -> str:
    return f"€ {amount:.0f}" if amount == int(amount) else f"€ {amount:.2f}".replace(".", ",")
