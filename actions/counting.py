"""What is counted of conversations: codes into totals, without session, time or words."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk.interfaces import Tracker
from sanic import Sanic
from sqlalchemy.exc import SQLAlchemyError

from actions.base import Resources, resources
from actions.cards import NO_LIMIT, SKIPPED, place_of
from nachtlicht.clock import now
from referral_db.codes import NEEDS, PROVINCES, RISKS
from referral_db.counters import NO_NEED, NO_PLACE
from referral_db.quality import AFFORDABLE
from referral_db.search import Result

LOOK_SECONDS = 600.0
"""How often it is looked whether a week is over. Not when somebody says something: the moment would tell."""

logger = logging.getLogger(__name__)


def count_search(tracker: Tracker, result: Result) -> None:
    """Counts the first cards of a search: need and province, price band and outcome."""
    have, slots = resources(), tracker.slots
    need = slots.get("need")
    place = place_of(have, slots.get("place"))
    # What is no cell counts as not said: a number is never worth an answer.
    here = (need if need in NEEDS else NO_NEED, place.province if place and place.province in PROVINCES else NO_PLACE)
    outcome = "niets" if not result.cards else "verruimd" if result.widened else "gevonden"
    have.counters.add("vraag", *here)
    if outcome != "gevonden":
        have.counters.add("tekort", *here)
    have.counters.add("prijs", _band(slots.get("budget")), outcome)


def count_risk(code: str) -> None:
    """Counts a danger that was said in a conversation for the first time."""
    if code in RISKS:
        resources().counters.add("gevaar", code)


def add_counting(app: Sanic[Any, Any]) -> None:
    """Lets the actions process write a week's rounded totals when it is over, and what there is when it stops."""

    @app.after_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        # Not a task of Sanic's own: of those it prints that they were cancelled.
        app.ctx.counting = asyncio.create_task(_every_week())

    @app.before_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        app.ctx.counting.cancel()
        await asyncio.to_thread(_write, resources(), stopping=True)


async def _every_week() -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await asyncio.to_thread(_write, resources())


def _write(have: Resources, *, stopping: bool = False) -> None:
    have.counters.close(now(have.settings).date(), stopping=stopping)
    try:
        with have.sessions() as session:
            have.counters.write(session)
    except SQLAlchemyError as error:
        # Tried again at the next look; the type only, as everywhere.
        logger.error("counts not written: %s", type(error).__name__)


def _band(budget: str | None) -> str:
    if budget in (None, SKIPPED):
        return "onbekend"
    if budget == NO_LIMIT:
        return "hoog"
    amount = float(budget)
    return "gratis" if amount == 0 else "laag" if amount <= AFFORDABLE else "hoog"
