"""From what the conversation knows to cards."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker

from actions.base import Resources
from nachtlicht.clock import now
from referral_db.geography import Place
from referral_db.price import Situation
from referral_db.search import Query, Result, search
from referral_db.taxonomy import LANGUAGES

SKIPPED = "overgeslagen"
NO_LIMIT = "geen_grens"
CARDS_AT_ONCE = 3


def referrals(
    have: Resources,
    tracker: Tracker,
    *,
    needs: tuple[str, ...] | None = None,
    any_channel: bool = False,
    listeners: bool = False,
    offset: int = 0,
    silent: bool = False,
    elsewhere: str | None = None,
    limit: int = CARDS_AT_ONCE,
) -> Result:
    """Search with the slots of the conversation.

    `needs` replaces the need of the slots, empty asks for general help; `any_channel` leaves the channel out.
    `elsewhere` is the place to look in for who told none. `listeners` asks for who listens to the last risk. Else
    violence that was said earlier comes before it, because only that keeps joint help away.
    """
    slots = tracker.slots
    budget = slots.get("budget")
    risk, violence = slots.get("risk"), slots.get("violence")
    if violence == "eigen_agressie" and risk == "partnergeweld":
        # Who used violence is not shown where people shelter from it, also when it goes both ways.
        risk = violence
    wanted = (slots.get("need"),) if needs is None else needs
    query = Query(
        needs=tuple(code for code in (risk, *wanted) if code),
        place=place_of(have, slots.get("place")) or place_of(have, elsewhere),
        max_price=None if budget in (None, SKIPPED, NO_LIMIT) else float(budget),
        channel=None if any_channel else slots.get("channel"),
        at=now(have.settings),
        limit=limit,
        offset=offset,
        risk=risk if listeners else violence or risk,
        silent=silent,
        situation=Situation(increased_allowance=slots.get("increased_allowance")),
        language=_language(slots.get("language")),
        time=slots.get("time"),
    )
    with have.sessions() as session:
        return search(session, have.geography, query)


def place_of(have: Resources, label: str | None) -> Place | None:
    """Return the place of a label of our own table; None for one that was skipped."""
    if label in (None, SKIPPED):
        return None
    found = have.geography.find(str(label))
    return found[0] if found else None


def _language(code: str | None) -> str:
    return code if code in LANGUAGES else "nl"
