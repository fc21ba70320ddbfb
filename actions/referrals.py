"""Showing where a person can go."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SafeAction, intent_of, resources
from actions.cards import CARDS_AT_ONCE, referrals

FORM = "referral_form"


class LookForHelp(SafeAction):
    """Asks what is still missing, or shows cards when nothing is."""

    def name(self) -> str:
        return "action_look_for_help"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        found = {entity["entity"] for entity in tracker.latest_message.get("entities") or []}
        if intent_of(tracker) == "geef_plaats" and not found & {"place", "place_options"}:
            say.utter_message(response="utter_place_unknown")
            # The form would ask the same again: the sentence above is the question.
            return [] if tracker.active_loop.get("name") else [FollowupAction("action_listen")]
        if any(tracker.slots.get(slot) is None for slot in ("place", "budget")):
            return [FollowupAction(FORM)]
        return _show(tracker, say, offset=0, response="utter_referrals")


class AskPlace(SafeAction):
    """Asks for the place, or which of several places with one name."""

    def name(self) -> str:
        return "action_ask_place"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        options = tracker.slots.get("place_options")
        if not options:
            say.utter_message(response="utter_ask_place")
            return []
        buttons = [{"title": label, "payload": f'/geef_plaats{{"place": "{label}"}}'} for label in options]
        buttons.append({"title": "Zeg ik liever niet", "payload": "/liever_niet"})
        say.utter_message(response="utter_ask_which_place", buttons=buttons)
        return [SlotSet("place_options", None)]


class ShowReferrals(SafeAction):
    """Shows the first cards for what the form collected."""

    def name(self) -> str:
        return "action_show_referrals"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        return _show(tracker, say, offset=0, response="utter_referrals")


class ShowMore(SafeAction):
    """Shows the cards after the ones that were shown."""

    def name(self) -> str:
        return "action_show_more"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        return _show(tracker, say, offset=int(tracker.slots.get("shown") or 0), response="utter_more_referrals")


class OtherRegion(SafeAction):
    """Forgets the place and asks for another, unless the message names one."""

    def name(self) -> str:
        return "action_other_region"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        named = any(entity["entity"] == "place" for entity in tracker.latest_message.get("entities") or [])
        if named:
            return [FollowupAction("action_look_for_help")]
        return [SlotSet("place", None), FollowupAction(FORM)]


def _show(tracker: Tracker, say: CollectingDispatcher, *, offset: int, response: str) -> Events:
    result = referrals(resources(), tracker, offset=offset)
    if not result.cards:
        say.utter_message(response="utter_no_more_referrals")
        return _done(offset)
    for sentence in result.widened:
        say.utter_message(text=sentence)
    if not tracker.slots.get("need") and offset == 0:
        response = "utter_referrals_without_need"
    cards: list[dict[str, Any]] = [card.as_json() for card in result.cards]
    say.utter_message(response=response, json_message={"cards": cards})
    return _done(offset + CARDS_AT_ONCE)


def _done(shown: int) -> Events:
    return [SlotSet("shown", shown), SlotSet("waiting_for", None), SlotSet("doubts", 0)]
