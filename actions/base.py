"""What every action shares: it never raises to the SDK, which would hand the whole conversation back in an error."""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session, sessionmaker

from nachtlicht.clock import now
from nachtlicht.settings import Settings
from referral_db.areas import PLACES
from referral_db.counters import Counters
from referral_db.crisis import Crisis, load_crisis
from referral_db.database import make_session_factory
from referral_db.geography import Geography

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]

_SURE = 0.5


@dataclass(frozen=True)
class Resources:
    """What actions work with. Made once, at the first turn."""

    settings: Settings
    sessions: sessionmaker[Session]
    geography: Geography
    crisis: Crisis
    counters: Counters


@lru_cache(maxsize=1)
def resources() -> Resources:
    """Open the database and read the tables that every action needs."""
    settings = Settings.from_environment(os.environ)
    return Resources(
        settings=settings,
        sessions=make_session_factory(settings.database_url),
        geography=Geography.load(PLACES),
        crisis=load_crisis(),
        counters=Counters(now(settings).date()),
    )


class SafeAction(Action, ABC):
    """An action that gives its part of the fixed safe reply when anything in it fails."""

    def name(self) -> str:
        return ""

    @abstractmethod
    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        """Say something through `say` and return the events, as in Rasa's `run`."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        try:
            return self.answer(tracker, dispatcher)
        except Exception as error:
            # The type only: the message of an error may quote a record or a place.
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            dispatcher.messages.clear()
            dispatcher.utter_message(json_message={"degraded": True})
            return []


def intent_of(tracker: Tracker) -> str:
    """Return the code of the last message."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def confidence_of(tracker: Tracker) -> float:
    """Return how sure the code of the last message is, from 0 to 1."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0)


def sure_intent_of(tracker: Tracker) -> str:
    """Return the code of the last message, or "weet_niet" when it is not clear enough to build on in danger."""
    return intent_of(tracker) if confidence_of(tracker) >= _SURE else "weet_niet"


def parsed(tracker: Tracker, key: str) -> Any:
    """Return `needs`, `risk` or `sign` of the last message as the parse result had it, or None."""
    return (tracker.latest_message.get("parse_data") or {}).get(key) or tracker.latest_message.get(key)
