""" "Wat weet je van mij?": everything that is kept, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.age import AGES
from actions.base import Events, SafeAction, resources
from actions.cards import SKIPPED
from actions.curated import curated
from actions.languages import languages
from actions.sentences import speak, speak_text
from referral_db.taxonomy import CODES
from referral_db.wished_time import ANY_TIME, time_in_words


class TellMemory(SafeAction):
    """Lists in plain Dutch every code that is kept of this conversation; after danger without saying which.

    Who asks may then be somebody else at the same device.
    """

    def name(self) -> str:
        return "action_tell_memory"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        risk = tracker.slots.get("risk")
        known = [f"{what} ({which})" if which and not risk else what for what, which in _known(tracker.slots)]
        text = curated(resources(), "vraag_anonimiteit", "vraag")
        if text:
            speak_text(say, text)
        in_form = bool(tracker.active_loop.get("name"))
        name = ("memory_after_risk" if risk else "memory_known") if known else "memory_nothing"
        speak(say, name, without_buttons=in_form, known=", ".join(known))
        return [SlotSet("doubts", 0)]


def _known(slots: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is kept about the person, and which it is where that can be said. What danger it was is never named."""
    needs = dict.fromkeys(CODES[slots[slot]].label.lower() for slot in ("need", "other_need") if slots.get(slot))
    if needs:
        yield "het onderwerp", " en ".join(needs)
    if slots.get("place") not in (None, SKIPPED):
        yield "de plaats", slots["place"]
    if slots.get("budget") not in (None, SKIPPED):
        yield "wat het mag kosten", ""
    if slots.get("channel"):
        yield "contact", slots["channel"].replace("_", " ")
    if slots.get("time") not in (None, ANY_TIME):
        yield "wanneer", time_in_words(slots["time"])
    if slots.get("language") in languages():
        yield "je taal", languages()[slots["language"]].name
    if slots.get("age") in AGES:
        yield "je leeftijd", AGES[slots["age"]]
    facts = {
        "verhoogde tegemoetkoming": slots.get("increased_allowance"),
        "zorgen om iemand": slots.get("about") == "ander",
        "kinderen": slots.get("children"),
        "dat je partner niet mee wil": slots.get("alone"),
        "iets dat aandacht vraagt": slots.get("risk") or slots.get("near_asked"),
    }
    yield from ((words, "") for words, holds in facts.items() if holds)
