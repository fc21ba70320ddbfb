"""Thanks, a goodbye and a bad feeling, and the one question that may follow."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, intent_of
from actions.near import ask_near, near_to_ask
from actions.sentences import speak


class Close(SafeAction):
    """Thanks back or says goodbye; asks once whether the cards were what the person looked for, never after danger."""

    def name(self) -> str:
        return "action_close"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        speak(say, "thanks" if intent_of(tracker) == "dank" else "goodbye")
        slots = tracker.slots
        seen = slots.get("shown") and not slots.get("risk") and not slots.get("near_asked")
        if not seen or slots.get("feedback_asked") or tracker.active_loop.get("name"):
            return []
        speak(say, "feedback")
        return [SlotSet("feedback_asked", True), SlotSet("waiting_for", "feedback")]


def answer_feedback(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Thank for a yes; after anything else offer a human."""
    speak(say, "feedback_yes" if intent_of(tracker) == "bevestig" else "feedback_no")
    return [SlotSet("waiting_for", None)]


class HearFeeling(SafeAction):
    """Listens to who feels bad; asks the gentle question when more may be behind it."""

    def name(self) -> str:
        return "action_hear_feeling"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        near = near_to_ask(tracker)
        if near:
            speak(say, "feeling_heard")
            return ask_near(tracker, say, near)
        # Who cries twice is not asked the same twice.
        again = tracker.slots.get("asked") == intent_of(tracker)
        speak(say, "feeling_again" if again else "feeling")
        return [SlotSet("asked", intent_of(tracker)), SlotSet("waiting_for", None)]
