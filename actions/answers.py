"""First answers and fact answers, out of the curated answers in the database."""

from __future__ import annotations

import datetime as dt

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, Resources, SafeAction, intent_of, parsed, resources
from actions.cards import SKIPPED
from actions.sentences import sentences, speak, speak_text
from nachtlicht.clock import is_night, now
from referral_db.answers import find_answer
from referral_db.taxonomy import CODES

_SECOND_NEED = 0.25
"""A second need of the same message is remembered from this share on."""


class AnswerNeed(SafeAction):
    """Gives the first answer to a need and offers to show where help is."""

    def name(self) -> str:
        return "action_answer_need"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        need = intent_of(tracker)
        others = [
            row["code"]
            for row in parsed(tracker, "needs") or []
            if row["code"] != need and row["confidence"] >= _SECOND_NEED
        ]
        events = [SlotSet("need", need), SlotSet("other_need", others[0] if others else None)]
        text = _text(resources(), need, "eerste")
        in_form = bool(tracker.active_loop.get("name"))
        if text:
            speak_text(say, text)
        if not in_form:
            speak(say, "offer")
        return [
            *events,
            SlotSet("shown", 0),
            SlotSet("doubts", 0),
            SlotSet("waiting_for", None if in_form else "referral"),
        ]


class AnswerQuestion(SafeAction):
    """Answers a question about help; "zoek_zelfhulp" after a need gives the tips of that need."""

    def name(self) -> str:
        return "action_answer_question"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        question, need = intent_of(tracker), tracker.slots.get("need")
        have = resources()
        text = None
        if question == "zoek_zelfhulp" and need and not tracker.slots.get("risk"):
            text = _text(have, need, "tips")
        text = text or _text(have, question, "vraag")
        if not text:
            speak(say, "people")
        else:
            in_form = bool(tracker.active_loop.get("name"))
            speak_text(say, text, buttons=[] if in_form else sentences()["after_answer"]["buttons"])
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]


class TellMemory(SafeAction):
    """Lists in plain Dutch every code that is kept of this conversation."""

    def name(self) -> str:
        return "action_tell_memory"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        slots = tracker.slots
        known = []
        if slots.get("need"):
            known.append(f"het onderwerp ({CODES[slots['need']].label.lower()})")
        if slots.get("place") not in (None, SKIPPED):
            known.append(f"de plaats ({slots['place']})")
        if slots.get("budget") not in (None, SKIPPED):
            known.append("wat het mag kosten")
        if slots.get("channel"):
            known.append(f"hoe je contact wil ({slots['channel'].replace('_', ' ')})")
        if slots.get("risk"):
            known.append("dat er iets is dat aandacht vraagt")
        text = _text(resources(), "vraag_anonimiteit", "vraag")
        if text:
            speak_text(say, text)
        in_form = bool(tracker.active_loop.get("name"))
        speak(
            say,
            "memory_known" if known else "memory_nothing",
            without_buttons=in_form,
            known=", ".join(known),
        )
        return [SlotSet("doubts", 0)]


def _text(have: Resources, code: str, kind: str) -> str | None:
    moment: dt.datetime = now(have.settings)
    with have.sessions() as session:
        return find_answer(session, code, kind, night=is_night(moment), today=moment.date())
