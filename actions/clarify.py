"""When the bot does not understand: one question with buttons, then people."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.answers import answer_question
from actions.base import Events, SafeAction, parsed
from actions.cards import CARDS_AT_ONCE, SKIPPED
from actions.differential import open_question
from actions.near import ask_near, near_to_ask
from actions.people import listeners
from actions.risk import ask_safety_again, waits_for_safety
from actions.sentences import speak
from referral_db.taxonomy import CODES

_KEPT = ("risk", "situation", "violence", "warned", "near_asked")
"""Slots that outlive starting over: the alarm with its words, and what is said or asked only once."""


class Clarify(SafeAction):
    """Asks once what the person means; the second time in a row it shows people instead of asking again."""

    def name(self) -> str:
        return "action_clarify"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        return clarify(tracker, say)


def clarify(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Say that the message was not understood, in the way that fits what is open."""
    if waits_for_safety(tracker):
        # "Nee hoor, grapje" after an alarm is no reason to change the subject.
        return ask_safety_again(tracker, say)
    near = near_to_ask(tracker)
    if near:
        return ask_near(tracker, say, near)
    question = open_question(tracker)
    if question and not question.danger:
        # "Drie jaar al" is an answer too: what fits anybody comes next.
        return answer_question(tracker, say, question)
    doubts = float(tracker.slots.get("doubts") or 0) + 1
    requested = tracker.slots.get("requested_slot") if tracker.active_loop.get("name") else None
    if requested:
        speak(say, "clarify_in_form")
        # Twice not understood: the question is not worth a third try.
        return [SlotSet("doubts", doubts), *([SlotSet(requested, SKIPPED)] if doubts > 1 else [])]
    if doubts > 1:
        speak(say, "clarify_people", cards=listeners(tracker)[:CARDS_AT_ONCE])
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]
    codes = [row["code"] for row in parsed(tracker, "needs") or []][:3]
    buttons = [{"title": CODES[code].label, "payload": f"/{code}"} for code in codes]
    speak(say, "clarify", first_buttons=buttons)
    return [SlotSet("doubts", doubts), SlotSet("waiting_for", None)]


class StartOver(SafeAction):
    """Forgets everything but the alarm, and greets again."""

    def name(self) -> str:
        return "action_start_over"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        say.utter_message(response="utter_begroeting")
        # An alarm is not lifted by starting over: the help bar stays and couple work stays away.
        kept = [SlotSet(slot, tracker.slots.get(slot)) for slot in _KEPT]
        return [ActiveLoop(None), AllSlotsReset(), *kept]
