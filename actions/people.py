"""People who listen, now."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, intent_of, resources
from actions.cards import referrals
from actions.sentences import speak


class ShowPeople(SafeAction):
    """Shows who can be reached now."""

    def name(self) -> str:
        return "action_show_people"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        sentence = "people_open_now" if intent_of(tracker) == "vraag_open_nu" else "people"
        result = referrals(resources(), tracker, needs=_needs(tracker), any_channel=True)
        speak(say, sentence, cards=result.cards)
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]


class ShowSilent(SafeAction):
    """Shows where one can write instead of talk, open ones first."""

    def name(self) -> str:
        return "action_show_silent"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        result = referrals(resources(), tracker, needs=_needs(tracker), any_channel=True, silent=True)
        cards = result.cards
        any_open = any(card["open"]["state"] == "open" for card in cards)
        speak(say, "silent" if any_open else "silent_none_open", cards=cards)
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]


def _needs(tracker: Tracker) -> tuple[str, ...]:
    """Return the risk when there is one, else nothing: then the search gives lines that take every question."""
    risk = tracker.slots.get("risk")
    return (risk,) if risk else ()
