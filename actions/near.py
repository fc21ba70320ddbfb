"""Danger that is possible but was not clearly said: one gentle question, once in a session for each danger."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, intent_of, parsed, sure_intent_of
from actions.risk import answer_risk
from actions.sentences import sentences, speak
from referral_db.taxonomy import RISKS


def near_to_ask(tracker: Tracker) -> str | None:
    """Return the danger that the last message may be about, None when it is not to be asked for.

    Once a danger was said its own protocol runs, and a question that was asked before is not asked again.
    """
    near = (parsed(tracker, "risk") or {}).get("near")
    if near not in RISKS or tracker.slots.get("risk"):
        return None
    return None if near in _asked(tracker) else str(near)


def ask_near(tracker: Tracker, say: CollectingDispatcher, near: str) -> Events:
    """Ask whether it is so. A form is left: its question next to this one would be two."""
    speak(say, f"near_{near}")
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        SlotSet("near_asked", [*_asked(tracker), near]),
        SlotSet("waiting_for", "near"),
        SlotSet("doubts", 0),
    ]


def answer_near(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Begin the protocol on an answer that means danger, also on an unsure one; else thank, and leave it."""
    near = _asked(tracker)[-1]
    if intent_of(tracker) not in ("niet_wat_ik_bedoelde", "buiten_bereik", "liever_niet"):
        means = sure_intent_of(tracker)
        if means == "weet_niet" or means == sentences()[f"near_{near}"]["danger"]:
            return answer_risk(tracker, say, near)
        speak(say, "near_no")
        return [SlotSet("waiting_for", "referral")]
    speak(say, "near_declined")
    return [SlotSet("waiting_for", None)]


def _asked(tracker: Tracker) -> list[Any]:
    return list(tracker.slots.get("near_asked") or [])
