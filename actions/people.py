"""People who listen, now."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, intent_of, resources
from actions.cards import CARDS_AT_ONCE, referrals
from actions.sentences import speak
from referral_db.cards import Card

_LOOKED_AT = 20
_NOBODY_LISTENS = ("website", "zoeksite")
_ONLY_IN_DANGER = "noodnummer"
_WRITTEN = ("chat", "sms", "mail")


class ShowPeople(SafeAction):
    """Shows who listens; on "wie is er nu open" only who can be reached now, on "en zaterdag?" those of then first."""

    def name(self) -> str:
        return "action_show_people"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        cards = listeners(tracker)
        asks_for_a_time = any(entity["entity"] == "time" for entity in tracker.latest_message.get("entities") or [])
        if intent_of(tracker) == "vraag_open_nu" and not asks_for_a_time:
            speak(say, "people_open_now", cards=[card for card in cards if _is_open(card)][:CARDS_AT_ONCE])
        else:
            speak(say, "people", cards=cards[:CARDS_AT_ONCE])
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]


class ShowSilent(SafeAction):
    """Shows where one can write instead of talk, open ones first."""

    def name(self) -> str:
        return "action_show_silent"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        cards = [card for card in listeners(tracker, silent=True) if _takes_writing(card)][:CARDS_AT_ONCE]
        speak(say, "silent" if any(_is_open(card) for card in cards) else "silent_none_open", cards=cards)
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]


def listeners(tracker: Tracker, *, silent: bool = False) -> list[Card]:
    """People for the risk that was said, else for every question; best first. `silent`: by writing only."""
    result = referrals(
        resources(), tracker, needs=(), any_channel=True, listeners=True, silent=silent, limit=_LOOKED_AT
    )
    unwanted = _NOBODY_LISTENS if tracker.slots.get("risk") else (*_NOBODY_LISTENS, _ONLY_IN_DANGER)
    return [card for card in result.cards if card["provider_type"] not in unwanted]


def _takes_writing(card: Card) -> bool:
    return any(contact["channel"] in _WRITTEN for contact in card["contacts"])


def _is_open(card: Card) -> bool:
    return card["open"]["state"] == "open"
