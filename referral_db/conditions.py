"""What a person should know before they go: for whom, what it takes, what it leaves behind. One sentence a fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from referral_db.opening_hours import BRUSSELS

ROOM_KNOWN_FOR = dt.timedelta(days=14)
"""How many places are free changes by the day: after two weeks it says nothing any more."""

BANDS = {
    "geen": "geen wachttijd",
    "tot_2_weken": "hoogstens 2 weken",
    "tot_6_weken": "2 tot 6 weken",
    "tot_6_maanden": "6 weken tot 6 maanden",
    "langer": "langer dan 6 maanden",
    "stop": "neemt nu niemand aan",
}
KNOWN_BY = {
    "gebeld": "gevraagd aan de telefoon",
    "website": "staat op hun website",
    "hulpverlener": "gehoord van een hulpverlener",
    "schatting": "een schatting",
}
_PHILOSOPHIES = {
    "neutraal": "Niet verbonden aan een geloof.",
    "christelijk": "Christelijk geïnspireerd.",
    "humanistisch": "Vrijzinnig humanistisch.",
}
_WHO_PAYS = {
    "overheid": "De overheid betaalt deze dienst.",
    "vzw": "Een vzw biedt dit aan.",
    "prive": "Dit is privéhulp.",
}
_YES_NO = {
    "referral_needed": ("Je hebt een verwijzing nodig.", "Geen verwijzing nodig."),
    "both_partners": ("Jullie komen allebei.", "Je mag alleen komen."),
    "group_talk": ("Je praat er in een groep.", "Je hoeft niet te praten in de groep."),
    "anonymous": ("Je naam zeggen hoeft niet.", "Je zegt er wie je bent."),
    "letter_home": (
        "Er kan een brief of een overzicht van je ziekenfonds thuiskomen.",
        "Er komt geen brief of overzicht van je ziekenfonds thuis.",
    ),
    "account_needed": ("Voor chat of mail maak je een account.", "Voor chat of mail heb je geen account nodig."),
}
_ON_THE_PHONE = {
    "on_phone_bill": ("Staat op je telefoonrekening.", "Staat niet op je telefoonrekening."),
    "calls_back": ("Ze kunnen je terugbellen.", "Ze bellen je niet terug."),
}
_PRICE_TOLD = "overheid betaalt"


class Room(Protocol):
    """A row of `referral_db.models.ServiceCapacity`."""

    @property
    def unit(self) -> str: ...
    @property
    def available(self) -> int: ...
    @property
    def maximum(self) -> int | None: ...
    @property
    def updated(self) -> dt.datetime: ...


class Facts(Protocol):
    """The columns of `referral_db.models.Service` that are read here; None where a thing is not known."""

    @property
    def who_pays(self) -> str: ...
    @property
    def admission(self) -> str | None: ...
    @property
    def eligibility_description(self) -> str | None: ...
    @property
    def minimum_age(self) -> int | None: ...
    @property
    def maximum_age(self) -> int | None: ...
    @property
    def philosophy(self) -> str | None: ...
    @property
    def referral_needed(self) -> bool | None: ...
    @property
    def both_partners(self) -> bool | None: ...
    @property
    def group_talk(self) -> bool | None: ...
    @property
    def anonymous(self) -> bool | None: ...
    @property
    def on_phone_bill(self) -> bool | None: ...
    @property
    def calls_back(self) -> bool | None: ...
    @property
    def letter_home(self) -> bool | None: ...
    @property
    def account_needed(self) -> bool | None: ...
    @property
    def wait_band(self) -> str | None: ...
    @property
    def wait_text(self) -> str | None: ...
    @property
    def wait_known_by(self) -> str | None: ...


def conditions(service: Facts) -> list[str]:
    """Whole sentences, only of what is known: the record's own rule of admission first."""
    return [*_admission(service), *_for_whom(service), *_said(service, _YES_NO), *_background(service)]


def phone_trace(service: Facts) -> str | None:
    """What a call leaves behind, for a number that says nothing of its own."""
    return " ".join(_said(service, _ON_THE_PHONE)) or None


def wait_in_words(service: Facts) -> str | None:
    """How long somebody waits and how that is known: "hoogstens 2 weken (staat op hun website)"."""
    text = service.wait_text or BANDS.get(service.wait_band or "")
    known_by = KNOWN_BY.get(service.wait_known_by or "")
    return f"{text} ({known_by})" if text and known_by else text


def room_in_words(room: Room, at: dt.datetime) -> str | None:
    """How many are free, with the day on which that was so; None where that is too long before `at`, or after it."""
    updated = room.updated.replace(tzinfo=dt.UTC)
    if not dt.timedelta(0) <= at - updated <= ROOM_KNOWN_FOR:
        return None
    free = f"{room.available}" if room.maximum is None else f"{room.available} van {room.maximum}"
    return f"Vrij op {updated.astimezone(BRUSSELS):%d/%m/%Y}: {free} ({room.unit})."


def _admission(service: Facts) -> Iterator[str]:
    if service.admission:
        yield service.admission


def _for_whom(service: Facts) -> Iterator[str]:
    if service.eligibility_description:
        yield f"Voor {service.eligibility_description.removeprefix('voor ').rstrip('.')}."
    low, high = service.minimum_age, service.maximum_age
    if low is not None and high is not None:
        yield f"Van {low} tot en met {high} jaar."
    elif low is not None:
        yield f"Vanaf {low} jaar."
    elif high is not None:
        yield f"Tot en met {high} jaar."


def _background(service: Facts) -> Iterator[str]:
    if service.philosophy in _PHILOSOPHIES:
        yield _PHILOSOPHIES[service.philosophy]
    if service.who_pays in _WHO_PAYS and _PRICE_TOLD not in (service.admission or ""):
        yield _WHO_PAYS[service.who_pays]


def _said(service: Facts, words: dict[str, tuple[str, str]]) -> Iterator[str]:
    for name, (yes, no) in words.items():
        value = getattr(service, name)
        if value is not None:
            yield yes if value else no
