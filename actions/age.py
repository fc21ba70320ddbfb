"""The age range, asked only in a conversation about danger that a young person may be in."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events
from actions.lines import line_cards
from actions.sentences import speak

AGES = {"onder_12": "jonger dan 12", "12_17": "12 tot en met 17", "18": "18 of ouder"}
"""The ranges as they are kept, and in words."""
_LINES = {
    "onder_12": ("102", "nupraatikerover", "1712", "112"),
    "12_17": ("102", "nupraatikerover", "1712", "106", "112"),
    "18": ("1712", "106", "112"),
}


def may_ask_age(tracker: Tracker) -> bool:
    """Tell whether the range would change who is shown: a child in danger, or a young person who met violence."""
    slots = tracker.slots
    if slots.get("age") or slots.get("about") == "ander" or slots.get("children"):
        return False
    young = slots.get("need") == "jongeren" and slots.get("risk") in ("partnergeweld", "seksueel_geweld")
    return young or slots.get("risk") == "kind_in_gevaar"


def ask_age(say: CollectingDispatcher) -> Events:
    """Ask for the range; refusing is a button."""
    speak(say, "ask_age")
    return [SlotSet("waiting_for", "age")]


def answer_age(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Show who is there at this age; a range that was not given changes nothing."""
    age = tracker.slots.get("age")
    known = age if age in AGES else None
    speak(say, f"age_{known}" if known else "age_not_said", cards=line_cards(_LINES[known]) if known else ())
    young = [SlotSet("need", "jongeren")] if known in ("onder_12", "12_17") and not tracker.slots.get("need") else []
    return [SlotSet("waiting_for", None), SlotSet("doubts", 0), *young]
