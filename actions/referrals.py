"""Showing where a person can go."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.answers import other_need_button, tell_more
from actions.base import Events, SafeAction, confidence_of, intent_of, resources
from actions.cards import CARDS_AT_ONCE, SKIPPED, referrals
from actions.clarify import clarify
from actions.counting import count_search
from actions.differential import ask, question_to_ask
from actions.facts import facts_of
from actions.risk import ask_safety_again, waits_for_safety
from actions.sentences import speak, speak_text

FORM = "referral_form"
FREE = "0"
_SURELY_A_PLACE = 0.75
"""From this confidence on an unknown name outside the form is a place; below it may be "..."."""


class LookForHelp(SafeAction):
    """Asks what is still missing, or shows cards when nothing is."""

    def name(self) -> str:
        return "action_look_for_help"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        found = {entity["entity"] for entity in tracker.latest_message.get("entities") or []}
        if found == {"time"} and intent_of(tracker) == "geef_kanaal" and waits_for_safety(tracker):
            # "'s Nachts" is no wish then, but when it is bad.
            return ask_safety_again(tracker, say)
        abroad = next(
            (one["value"] for one in tracker.latest_message.get("entities") or [] if one["entity"] == "abroad"), None
        )
        if abroad and not found & {"place", "place_options"}:
            speak(say, f"abroad_{abroad}")
            return [] if tracker.active_loop.get("name") else [FollowupAction("action_listen")]
        if intent_of(tracker) == "geef_plaats" and not found & {"place", "place_options"}:
            if not tracker.active_loop.get("name") and confidence_of(tracker) < _SURELY_A_PLACE:
                return clarify(tracker, say)
            speak(say, "place_unknown")
            # The form would ask the same again: the sentence above is the question.
            return [] if tracker.active_loop.get("name") else [FollowupAction("action_listen")]
        events: Events = []
        if intent_of(tracker) == "zoek_cursus" and not tracker.slots.get("need"):
            events = [SlotSet("need", "investeren")]
        if intent_of(tracker) == "geef_budget" and "budget" not in found and tracker.slots.get("shown"):
            # "Iets goedkopers" under cards names no amount.
            tracker.slots["budget"] = FREE
            events += [SlotSet("budget", FREE)]
        missing = [slot for slot in ("place", "budget") if tracker.slots.get(slot) is None]
        if tracker.slots.get("risk") and "budget" in missing:
            # In danger one question less: the lines that come first are free.
            missing.remove("budget")
            events += [SlotSet("budget", SKIPPED)]
        events += _ask_or_show(tracker, say, missing)
        if any(event["event"] == "followup" for event in events) or tracker.active_loop.get("name"):
            return events
        # After a "ja" no rule says what comes behind this action: without this the bot would say it did not understand.
        return [*events, FollowupAction("action_listen")]


def _ask_or_show(tracker: Tracker, say: CollectingDispatcher, missing: list[str]) -> Events:
    """Show cards, or go and ask what is missing; where only the price is, what changes the help is asked before it.

    So the way to the cards stays four turns.
    """
    if not missing:
        return _show(tracker, say, offset=0, sentence="referrals")
    if missing == ["budget"] and not tracker.active_loop.get("name") and not tracker.slots.get("shown"):
        question = question_to_ask(tracker, tracker.slots.get("need"), facts_of(tracker), before_help=True)
        if question:
            return ask(tracker, say, question, before_help=True)
    return [SlotSet("waiting_for", None), FollowupAction(FORM)]


class AskPlace(SafeAction):
    """Asks for the place, or which of several places with one name."""

    def name(self) -> str:
        return "action_ask_place"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        options = _labels(tracker.slots.get("place_options"))
        if not options and intent_of(tracker) == "geef_plaats":
            # "Die plaats vind ik niet terug" stands there already, with the question in it.
            return []
        if not options:
            speak(say, "ask_place")
            return []
        buttons = [{"title": label, "payload": f'/geef_plaats{{"place": "{label}"}}'} for label in options]
        speak(say, "ask_which_place", first_buttons=buttons)
        return [SlotSet("place_options", None)]


def _labels(options: Any) -> list[str]:
    """Return the labels to choose from: Rasa puts the list that is one entity into the list that is the slot."""
    return [label for option in options or [] for label in (option if isinstance(option, list) else [option])]


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
        shown, need = int(tracker.slots.get("shown") or 0), tracker.slots.get("need")
        if not shown and need and not tracker.active_loop.get("name"):
            # Nothing was shown yet: "meer" is about the answer.
            return tell_more(tracker, say, need)
        return _show(tracker, say, offset=shown, sentence="more_referrals")


class OtherRegion(SafeAction):
    """Forgets the place and asks for another, unless the message names one."""

    def name(self) -> str:
        return "action_other_region"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        named = any(entity["entity"] == "place" for entity in tracker.latest_message.get("entities") or [])
        if named:
            return [FollowupAction("action_look_for_help")]
        # The question of the form is the one that is open then: an older one next to it would be two.
        return [SlotSet("place", None), SlotSet("waiting_for", None), FollowupAction(FORM)]


def _show(tracker: Tracker, say: CollectingDispatcher, *, offset: int, sentence: str) -> Events:
    result = referrals(resources(), tracker, offset=offset)
    if not tracker.slots.get("shown"):
        # The same question in another place or at another price is no second one.
        count_search(tracker, result)
    if not result.cards:
        speak(say, "no_more_referrals")
        return _done(offset)
    for widening in result.widened:
        speak_text(say, widening)
    if offset == 0:
        sentence = _opening(tracker, sentence)
    speak(say, sentence, cards=result.cards, more_buttons=other_need_button(tracker.slots.get("other_need")))
    return _done(offset + CARDS_AT_ONCE)


def _opening(tracker: Tracker, sentence: str) -> str:
    """Return the sentence above the first cards: what it says must be true of what was asked."""
    if tracker.slots.get("risk"):
        return "referrals_after_risk"
    if intent_of(tracker) == "geef_budget" and tracker.slots.get("budget") == FREE and tracker.slots.get("shown"):
        return "referrals_cheapest"
    return sentence if tracker.slots.get("need") else "referrals_without_need"


def _done(shown: int) -> Events:
    return [SlotSet("shown", shown), SlotSet("waiting_for", None), SlotSet("doubts", 0)]
