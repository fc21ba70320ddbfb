"""First answers and fact answers, out of the curated answers in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, Resources, SafeAction, intent_of, resources
from actions.facts import Facts, facts_of, needs_said
from actions.near import ask_near, near_to_ask
from actions.risk import ask_safety_again, decline_help, evades_safety, waits_for_safety
from actions.sentences import Button, sentences, speak, speak_text
from nachtlicht.clock import is_night, now
from referral_db.answers import find_answer
from referral_db.taxonomy import CODES

_PRESSING = (
    "bezorgd_om_iemand",
    "partner_psychisch_of_verslaving",
    "liefdesverdriet",
    "ontrouw",
    "scheiding",
    "eenzaamheid",
)
"""Needs that hurt tonight; said next to another need, they are answered first."""
_ALSO = 0.09
"""From this share on a second need is offered. Of the held-out sentences about one need 9 % had such a second one."""
_DEEPER = ("eerste", "tips", "waarom")
"""The kinds of curated answers about a need, in the order in which they are given."""
_OTHER_WITH_CHILDREN = ("conflict", "ontrouw", "twijfel_scheiden", "scheiding", "partner_psychisch_of_verslaving")
"""Needs whose answer is another one where there are children: a button asks for it."""


class AnswerNeed(SafeAction):
    """Gives an answer to a need and offers to show where help is; said again, the next answer goes deeper."""

    def name(self) -> str:
        return "action_answer_need"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        if evades_safety(tracker):
            return ask_safety_again(tracker, say)
        need, other = _needs_in_order(tracker)
        facts, near = facts_of(tracker), near_to_ask(tracker)
        in_form = bool(tracker.active_loop.get("name"))
        told = _told(tracker, need) if not in_form else 0
        text = answer_about(tracker, need, told, facts)
        events: Events = [
            SlotSet("need", need),
            SlotSet("other_need", other),
            SlotSet("told", told + 1),
            SlotSet("shown", 0),
            SlotSet("asked", None),
            SlotSet("doubts", 0),
            *facts.events(),
        ]
        if near:
            # The question about danger is the only one: an answer with a question of its own waits.
            speak_text(say, text if "?" not in text else str(sentences()["still_listening"]["text"]))
            return [*events, *ask_near(tracker, say, near)]
        if told:
            speak_deeper(say, text)
        else:
            speak_text(say, text)
        if not in_form and not told:
            speak(say, "offer", more_buttons=_one_more(tracker, need, other, facts))
        return [*events, SlotSet("waiting_for", None if in_form or told else "referral")]


def _needs_in_order(tracker: Tracker) -> tuple[str, str | None]:
    """Return the need to answer and the one to come back to: the pressing one first, else the one most spoken of.

    A second need of an earlier message stays until it was answered.
    """
    need = intent_of(tracker)
    pressing = [code for code in needs_said(tracker, _ALSO) if code in _PRESSING]
    if pressing and need not in _PRESSING:
        return pressing[0], need
    others = [code for code in needs_said(tracker, _ALSO) if code != need]
    earlier = tracker.slots.get("other_need")
    return need, others[0] if others else (earlier if earlier != need else None)


def _told(tracker: Tracker, need: str) -> int:
    """How many answers about `need` were given; a fact that came with a button begins again with the first."""
    new_fact = any(entity["entity"] in ("children", "about") for entity in tracker.latest_message.get("entities") or [])
    return int(tracker.slots.get("told") or 0) if need == tracker.slots.get("need") and not new_fact else 0


def _one_more(tracker: Tracker, need: str, other: str | None, facts: Facts) -> Sequence[Button]:
    """One button that fits: the other need, that it is about oneself, or that there are children."""
    if other:
        return other_need_button(other)
    if facts.other and need != "bezorgd_om_iemand":
        return [{"title": "Het gaat over mezelf", "payload": f'/{need}{{"about": "zelf"}}'}]
    if need in _OTHER_WITH_CHILDREN and not facts.children and not tracker.slots.get("violence"):
        return [{"title": "Er zijn kinderen", "payload": f'/{need}{{"children": true}}'}]
    return []


def other_need_button(need: str | None) -> list[Button]:
    """The button that comes back to the need that was said next to another, if any."""
    return [{"title": CODES[need].label, "payload": f"/{need}"}] if need else []


class AnswerQuestion(SafeAction):
    """Answers a question about help; "zoek_zelfhulp" after a need gives the next answer about that need."""

    def name(self) -> str:
        return "action_answer_question"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        question, need = intent_of(tracker), tracker.slots.get("need")
        if question == "partner_wil_niet_mee" and waits_for_safety(tracker):
            # "Ik wil geen hulp" after an alarm sounds the same.
            return decline_help(tracker, say)
        told = int(tracker.slots.get("told") or 0)
        in_form = bool(tracker.active_loop.get("name"))
        deeper = bool(question == "zoek_zelfhulp" and need and told < len(_DEEPER) and not in_form)
        facts, near = facts_of(tracker), near_to_ask(tracker)
        if deeper and not tracker.slots.get("risk"):
            text: str | None = answer_about(tracker, str(need), told, facts)
            told += 1
        else:
            text = _answer_to(tracker, question)
        events: Events = [SlotSet("doubts", 0), SlotSet("told", told), SlotSet("asked", question), *facts.events()]
        if near:
            speak_text(say, text if text and "?" not in text else str(sentences()["still_listening"]["text"]))
            return [*events, *ask_near(tracker, say, near)]
        if not text:
            speak(say, "people", without_buttons=in_form)
        elif in_form:
            speak_text(say, text)
        elif question == tracker.slots.get("asked") and not deeper:
            # The same words a second time are no answer.
            speak(say, "bot_again" if question == "vraag_bot" else "asked_again")
        else:
            speak_deeper(say, text)
        return [*events, SlotSet("waiting_for", None)]


def speak_deeper(say: CollectingDispatcher, text: str) -> None:
    """Say an answer that may hold a question of its own, so that the offer of help stands on buttons only."""
    speak_text(say, text, buttons=sentences()["after_answer"]["buttons"])


def answer_about(tracker: Tracker, need: str, told: int, facts: Facts) -> str:
    """Return the answer about `need` after `told` others: the first one, tips, where they come from, then listening.

    Once violence was said it asks nothing of two partners together: the curated answers may.
    """
    if tracker.slots.get("violence"):
        name = "need_after_violence" if told == 0 else "still_listening"
        return str(sentences().get(f"{need}_after_violence" if told == 0 else name, sentences()[name])["text"])
    text = curated(resources(), need, _DEEPER[told], facts.rather(need)) if told < len(_DEEPER) else None
    return text or str(sentences()["still_listening"]["text"])


def _answer_to(tracker: Tracker, question: str) -> str | None:
    """Return the curated answer; after violence one of our own where the curated one speaks of two partners."""
    own = sentences().get(f"{question}_after_violence")
    if own and tracker.slots.get("violence"):
        return str(own["text"])
    return curated(resources(), question, "vraag")


def curated(have: Resources, code: str, kind: str, rather: Sequence[str] = ()) -> str | None:
    """Return the curated answer that may be shown now, or None."""
    moment: dt.datetime = now(have.settings)
    with have.sessions() as session:
        return find_answer(session, code, kind, night=is_night(moment), today=moment.date(), rather=rather)
