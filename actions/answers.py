"""First answers and fact answers, out of the curated answers in the database."""

from __future__ import annotations

import datetime as dt

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, Resources, SafeAction, intent_of, parsed, resources
from actions.cards import SKIPPED
from actions.risk import ask_safety_again, evades_safety
from actions.sentences import sentences, speak, speak_text
from nachtlicht.clock import is_night, now
from referral_db.answers import find_answer
from referral_db.taxonomy import CODES

_SECOND_NEED = 0.25
"""A second need of the same message is remembered, and offered, from this share on."""
_DEEPER = ("eerste", "tips", "waarom")
"""The kinds of curated answers about a need, in the order in which they are given."""


class AnswerNeed(SafeAction):
    """Gives an answer to a need and offers to show where help is; said again, the next answer goes deeper."""

    def name(self) -> str:
        return "action_answer_need"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        if evades_safety(tracker):
            return ask_safety_again(tracker, say)
        need = intent_of(tracker)
        others = [
            row["code"]
            for row in parsed(tracker, "needs") or []
            if row["code"] != need and row["confidence"] >= _SECOND_NEED
        ]
        in_form = bool(tracker.active_loop.get("name"))
        told = int(tracker.slots.get("told") or 0) if need == tracker.slots.get("need") and not in_form else 0
        if told:
            speak_deeper(say, answer_about(tracker, need, told))
        else:
            speak_text(say, answer_about(tracker, need, 0))
        if not in_form and not told:
            buttons = [{"title": CODES[code].label, "payload": f"/{code}"} for code in others[:1]]
            speak(say, "offer", more_buttons=buttons)
        return [
            SlotSet("need", need),
            SlotSet("other_need", others[0] if others else None),
            SlotSet("told", told + 1),
            SlotSet("shown", 0),
            SlotSet("doubts", 0),
            SlotSet("waiting_for", None if in_form or told else "referral"),
        ]


class AnswerQuestion(SafeAction):
    """Answers a question about help; "zoek_zelfhulp" after a need gives the next answer about that need."""

    def name(self) -> str:
        return "action_answer_question"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        question, need = intent_of(tracker), tracker.slots.get("need")
        told = int(tracker.slots.get("told") or 0)
        in_form = bool(tracker.active_loop.get("name"))
        deeper = question == "zoek_zelfhulp" and need and told < len(_DEEPER) and not in_form
        if deeper and not tracker.slots.get("risk"):
            text: str | None = answer_about(tracker, str(need), told)
            told += 1
        else:
            text = _answer_to(tracker, question)
        if not text:
            speak(say, "people", without_buttons=in_form)
        elif in_form:
            speak_text(say, text)
        else:
            speak_deeper(say, text)
        return [SlotSet("doubts", 0), SlotSet("waiting_for", None), SlotSet("told", told)]


def speak_deeper(say: CollectingDispatcher, text: str) -> None:
    """Say an answer that may hold a question of its own, so that the offer of help stands on buttons only."""
    speak_text(say, text, buttons=sentences()["after_answer"]["buttons"])


def answer_about(tracker: Tracker, need: str, told: int) -> str:
    """Return the answer about `need` after `told` others: the first one, tips, where they come from, then listening.

    Once violence was said it asks nothing of two partners together: the curated answers may.
    """
    if tracker.slots.get("violence"):
        name = "need_after_violence" if told == 0 else "still_listening"
        return str(sentences().get(f"{need}_after_violence" if told == 0 else name, sentences()[name])["text"])
    text = _text(resources(), need, _DEEPER[told]) if told < len(_DEEPER) else None
    return text or str(sentences()["still_listening"]["text"])


def _answer_to(tracker: Tracker, question: str) -> str | None:
    """Return the curated answer; after violence one of our own where the curated one speaks of two partners."""
    own = sentences().get(f"{question}_after_violence")
    if own and tracker.slots.get("violence"):
        return str(own["text"])
    return _text(resources(), question, "vraag")


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
