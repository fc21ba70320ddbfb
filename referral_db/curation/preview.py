"""What a person in the chat would see: the card of a service, or the words of an answer, by day and at night."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.responses import Response
from starlette.routing import Route

from nachtlicht.settings import BRUSSELS
from referral_db.candidates import read_candidates
from referral_db.card_details import read_details
from referral_db.cards import Card, make_cards
from referral_db.curation import proposals
from referral_db.curation.place_picker import geography
from referral_db.curation.proposals import Waiting
from referral_db.curation.site import Refused, Site, Visit
from referral_db.models import Service
from referral_db.price import Situation
from referral_db.ranking import Wish, look_at
from referral_db.workflow import Proposal

MOMENTS = {"Overdag, om 14 uur": 14, "’s Nachts, om 3 uur": 3}


@dataclass(frozen=True)
class Shown:
    """One moment: a card, or words. `night`: the window is dark."""

    label: str
    night: bool
    card: Card | None = None
    text: str = ""


def routes(site: Site) -> list[Route]:
    return [site.get("/diensten/{slug}/voorbeeld", show)]


def show(visit: Visit) -> Response:
    service = visit.db.scalars(select(Service).where(Service.slug == visit.path("slug"))).one_or_none()
    if service is None:
        raise Refused(404, "Deze dienst is er niet", "Misschien kreeg ze een andere naam. Zoek ze in de lijst.")
    return visit.page(
        "preview.html",
        f"Zo ziet iemand {service.name}",
        service=service,
        shown=of_service(visit.db, service.id, visit.today),
    )


def of_service(db: Session, service_id: str, today: dt.date) -> list[Shown]:
    """The card as it stands, for who asks for the first thing that the service is for, without place or price."""
    found = []
    for label, hour in MOMENTS.items():
        candidates = read_candidates(db, [service_id])
        needs = tuple(sorted(candidates[service_id].needs)[:1])
        at = dt.datetime.combine(today, dt.time(hour), BRUSSELS)
        wish = Wish(needs, None, None, None, at, None, silent=False, situation=Situation())
        ranked = look_at(candidates.values(), wish, geography(), {})
        found += [Shown(label, hour < 7, card) for card in make_cards(ranked, read_details(db, [service_id]), wish)]
    return found


def of_text(text: str, moment: str) -> list[Shown]:
    """An answer as it is said; one for the night is never said by day."""
    return [Shown(label, hour < 7, None, text) for label, hour in MOMENTS.items() if hour < 7 or moment != "nacht"]


def of_proposal(database: sessionmaker[Session], proposal: Proposal, found: Waiting, today: dt.date) -> list[Shown]:
    """As it would be once the proposal is approved; leaves everything as it was."""
    if found.subject.entity == "answer":
        return of_text(found.record["text"], found.record["moment"])
    with database() as db:
        try:
            proposals.put(db, proposal, found, by=proposal.author)
            db.flush()
            return of_service(db, found.subject.entity_id, today)
        finally:
            db.rollback()
