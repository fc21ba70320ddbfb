"""Crisis lines as cards: numbers and words out of the crisis constants, hours out of the record with that number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from referral_db.cards import Card, ContactJson
from referral_db.crisis import CrisisLine
from referral_db.models import Phone, Schedule, Service
from referral_db.opening_hours import OpenState, opening_state

_STATES = ("open", "unknown", "closed")


def crisis_cards(session: Session, lines: Sequence[CrisisLine], at: dt.datetime) -> list[Card]:
    """Return a card for each line: the ones open at `at` first, then unknown, then closed; else in the order given."""
    cards = [_card(line, _state(session, line, at)) for line in lines]
    return sorted(cards, key=lambda card: _STATES.index(card["open"]["state"]))


def _state(session: Session, line: CrisisLine, at: dt.datetime) -> OpenState:
    same_number = Phone.number == line.number if line.number else Service.url == line.href
    rows = session.scalars(
        select(Schedule)
        .join(Service, Service.id == Schedule.service_id)
        .outerjoin(Phone, Phone.service_id == Service.id)
        .where(Service.state == "published", same_number)
    ).unique()
    return opening_state(list(rows), at)


def _card(line: CrisisLine, state: OpenState) -> Card:
    contacts: list[ContactJson] = []
    if line.number:
        contacts.append({"channel": "telefoon", "value": line.number, "href": line.href, "trace": None})
    else:
        contacts.append({"channel": "website", "value": line.href, "href": line.href, "trace": None})
    if line.chat_url:
        contacts.append({"channel": "chat", "value": line.chat_url, "href": line.chat_url, "trace": None})
    return {
        "id": f"crisis-{line.code}",
        "name": line.name if not line.number or line.number in line.name else f"{line.name} {line.number}",
        "summary": f"Voor {line.what_for}.",
        "provider_type": "hulplijn",
        "why": [f"voor {line.what_for}", "gratis"],
        "not_matching": [],
        "price": {"kind": "gratis", "min": 0, "max": 0, "text": "gratis", "own_share": 0},
        "open": {"state": state.state, "text": line.hours_text if state.state == "unknown" else state.text},
        "contacts": contacts,
        "place": "heel Vlaanderen en Brussel",
        "distance_km": None,
        "wait": None,
        "admission": None,
        "checked_on": line.checked_on.isoformat(),
        "source": line.source,
    }
