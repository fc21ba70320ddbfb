"""Showing where a person can go."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, intent_of, resources
from actions.cards import CARDS_AT_ONCE, referrals
from actions.sentences import speak, speak_text

FORM = "referral_form"


class LookForHelp(SafeAction):
    """Asks what is still missing, or shows cards when nothing is."""

    def name(self) -> str:
        return "action_look_for_help"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        found = {entity["entity"] for entity in tracker.latest_message.get("entities") or []}
        if intent_of(tracker) == "geef_plaats" and not found & {"place", "place_options"}:
            speak(say, "place_unknown")
            # The form would ask the same again: the sentence above is the question.
            return [] if tracker.active_loop.get("name") else [FollowupAction("action_listen")]
        events: Events = []
        if intent_of(tracker) == "zoek_cursus" and not tracker.slots.get("need"):
            events = [SlotSet("need", "investeren")]
        if any(tracker.slots.get(slot) is None for slot in ("place", "budget")):
            return [*events, FollowupAction(FORM)]
        return _show(tracker, say, offset=0, sentence="referrals")


class AskPlace(SafeAction):
    """Asks for the place, or which of several places with one name."""

    def name(self) -> str:
        return "action_ask_place"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        options = tracker.slots.get("place_options")
        if not options:
            speak(say, "ask_place")
            return []
        buttons = [{"title": label, "payload": f'/geef_plaats{{"place": "{label}"}}'} for label in options]
        speak(say, "ask_which_place", first_buttons=buttons)
        return [SlotSet("place_options", None)]


class AskBudget(SafeAction):
    """Asks in three ranges what a conversation may cost, never what somebody earns."""

    def name(self) -> str:
        return "action_ask_budget"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        speak(say, "ask_budget")
        return []


class ShowReferrals(SafeAction):
    """Shows the first cards for what the form collected."""

    def name(self) -> str:
        return "action_show_referrals"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        return _show(tracker, say, offset=0, sentence="referrals")


class ShowMore(SafeAction):
    """Shows the cards after the ones that were shown."""

    def name(self) -> str:
        return "action_show_more"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        return _show(tracker, say, offset=int(tracker.slots.get("shown") or 0), sentence="more_referrals")


class OtherRegion(SafeAction):
    """Forgets the place and asks for another, unless the message names one."""

    def name(self) -> str:
        return "action_other_region"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        named = any(entity["entity"] == "place" for entity in tracker.latest_message.get("entities") or [])
        if named:
            return [FollowupAction("action_look_for_help")]
        return [SlotSet("place", None), FollowupAction(FORM)]


def _show(tracker: Tracker, say: CollectingDispatcher, *, offset: int, sentence: str) -> Events:
    result = referrals(resources(), tracker, offset=offset)
    if not result.cards:
        speak(say, "no_more_referrals")
        return _done(offset)
    for widening in result.widened:
        speak_text(say, widening)
    if not tracker.slots.get("need") and offset == 0:
        sentence = "referrals_without_need"
    speak(say, sentence, cards=result.cards)
    return _done(offset + CARDS_AT_ONCE)


def _done(shown: int) -> Events:
    return [SlotSet("shown", shown), SlotSet("waiting_for", None), SlotSet("doubts", 0)]
