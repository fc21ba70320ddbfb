"""First answers and deeper ones, and fact answers, out of the curated answers in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, intent_of, resources, sure_intent_of
from actions.curated import DEPTHS, curated, next_about, told_about
from actions.differential import OPEN_BEFORE_HELP, Question, ask, question_named, question_to_ask, remember_said
from actions.facts import Facts, facts_of, needs_said
from actions.near import ask_near, near_to_ask
from actions.risk import answer_risk, ask_safety_again, decline_help, evades_safety, waits_for_safety
from actions.sentences import Button, sentences, speak, speak_text
from referral_db.taxonomy import CODES, RISKS

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
_OTHER_WITH_CHILDREN = ("conflict", "ontrouw", "twijfel_scheiden", "scheiding", "partner_psychisch_of_verslaving")
"""Needs whose answer is another one where there are children: a button asks for it."""
_ABOUT_CHILDREN = ("ouderschap", "nieuw_samengesteld_gezin")


class AnswerNeed(SafeAction):
    """Gives an answer to a need and offers to show where help is; said again, the next answer goes deeper."""

    def name(self) -> str:
        return "action_answer_need"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        if evades_safety(tracker):
            return ask_safety_again(tracker, say)
        return _answer_need(tracker, say, *_needs_in_order(tracker))


def _answer_need(tracker: Tracker, say: CollectingDispatcher, need: str, other: str | None) -> Events:
    facts, near = facts_of(tracker), near_to_ask(tracker)
    in_form = bool(tracker.active_loop.get("name"))
    told = [] if in_form or _new_fact(tracker) else told_about(tracker, need)
    kind, text = next_about(tracker, need, told, facts)
    events: Events = [
        SlotSet("need", need),
        SlotSet("other_need", other),
        SlotSet("told", _with(told, kind)),
        SlotSet("shown", 0),
        SlotSet("asked", None),
        SlotSet("doubts", 0),
        *facts.events(),
        *remember_said(tracker),
    ]
    if near:
        # The question about danger is the only one: an answer with a question of its own waits.
        speak_text(say, text if "?" not in text else str(sentences()["still_listening"]["text"]))
        return [*events, *ask_near(tracker, say, near)]
    if told:
        return [*events, *_say_deeper(tracker, say, need, told, kind, text, facts)]
    speak_text(say, text)
    if not in_form:
        speak(say, "offer", more_buttons=_one_more(tracker, need, other, facts))
    return [*events, SlotSet("waiting_for", None if in_form else "referral")]


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


def _new_fact(tracker: Tracker) -> bool:
    """Tell whether a fact came with a button: then the answers begin again with the first."""
    return any(entity["entity"] in ("children", "about") for entity in tracker.latest_message.get("entities") or [])


def _with(told: Sequence[str], kind: str | None) -> list[str]:
    return [*told, *([kind] if kind and kind not in told else [])]


def _one_more(tracker: Tracker, need: str, other: str | None, facts: Facts) -> Sequence[Button]:
    """One button that fits: the other need, that it is about oneself, or that there are children."""
    offers_children = need in _OTHER_WITH_CHILDREN and not facts.children and not tracker.slots.get("violence")
    if other and not (offers_children and other in _ABOUT_CHILDREN):
        return other_need_button(other)
    if facts.other and need != "bezorgd_om_iemand":
        return [{"title": "Het gaat over mezelf", "payload": f'/{need}{{"about": "zelf"}}'}]
    if offers_children:
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
        question, need = intent_of(tracker), str(tracker.slots.get("need") or "")
        if question == "partner_wil_niet_mee" and waits_for_safety(tracker):
            # "Ik wil geen hulp" after an alarm sounds the same.
            return decline_help(tracker, say)
        in_form = bool(tracker.active_loop.get("name"))
        facts, near = facts_of(tracker), near_to_ask(tracker)
        deeper = question == "zoek_zelfhulp" and need and not in_form and not tracker.slots.get("risk")
        if deeper and not near and set(told_about(tracker, need)) < set(DEPTHS):
            return [SlotSet("doubts", 0), SlotSet("asked", question), *facts.events(), *tell_more(tracker, say, need)]
        text = _answer_to(tracker, question)
        events: Events = [SlotSet("doubts", 0), SlotSet("asked", question), *facts.events()]
        if near:
            speak_text(say, text if text and "?" not in text else str(sentences()["still_listening"]["text"]))
            return [*events, *ask_near(tracker, say, near)]
        if not text:
            speak(say, "people", without_buttons=in_form)
        elif in_form:
            speak_text(say, text)
        elif question == tracker.slots.get("asked"):
            # The same words a second time are no answer.
            speak(say, "bot_again" if question == "vraag_bot" else "asked_again")
        else:
            speak_deeper(say, text)
        return [*events, SlotSet("waiting_for", None)]


def speak_deeper(say: CollectingDispatcher, text: str, more_buttons: Sequence[Button] = ()) -> None:
    """Say an answer that may hold a question of its own, so that the offer of help stands on buttons only."""
    speak_text(say, text, buttons=[*more_buttons, *sentences()["after_answer"]["buttons"]])


def tell_more(tracker: Tracker, say: CollectingDispatcher, need: str) -> Events:
    """Give the next answer about `need` to who asks for more, with a differential question when one is left."""
    told, facts = told_about(tracker, need), facts_of(tracker)
    kind, text = next_about(tracker, need, told, facts)
    return [SlotSet("told", _with(told, kind)), *_say_deeper(tracker, say, need, told, kind, text, facts)]


def _say_deeper(
    tracker: Tracker,
    say: CollectingDispatcher,
    need: str,
    told: Sequence[str],
    kind: str | None,
    text: str,
    facts: Facts,
) -> Events:
    question = question_to_ask(tracker, need, facts) if told and "?" not in text else None
    if question:
        speak_text(say, text)
        return [*ask(tracker, say, question), SlotSet("doubts", 0)]
    speak_deeper(say, text, _one_more_tip(tracker, _with(told, kind)))
    return [SlotSet("waiting_for", None), SlotSet("doubts", 0)]


def _one_more_tip(tracker: Tracker, told: Sequence[str]) -> Sequence[Button]:
    """The button for more, while there is more: after danger there is not."""
    left = not tracker.slots.get("risk") and set(told) < set(DEPTHS)
    return sentences()["one_more_tip"]["buttons"] if left else ()


def answer_question(tracker: Tracker, say: CollectingDispatcher, question: Question) -> Events:
    """Go on after a differential question: what the answer makes fitting comes next, a risk before all."""
    intent = intent_of(tracker)
    before_help = tracker.slots.get("waiting_for") == OPEN_BEFORE_HELP
    if intent == "liever_niet":
        if before_help:
            return [SlotSet("waiting_for", None), FollowupAction("action_look_for_help")]
        speak(say, "question_skipped")
        return [SlotSet("waiting_for", None), SlotSet("doubts", 0)]
    # What is unsure is taken seriously where an answer may mean danger, and as "weet ik niet" elsewhere.
    answer = sure_intent_of(tracker) if question.danger else intent
    target = question.next.get(answer, "")
    if target[1:] in RISKS:
        return answer_risk(tracker, say, target[1:])
    events: Events = [SlotSet("waiting_for", None), SlotSet("doubts", 0)]
    sets = question.sets if answer == "bevestig" else None
    if sets:
        events += [SlotSet(sets, True)]
    if before_help:
        return [*events, FollowupAction("action_look_for_help")]
    if target.startswith("/"):
        return _answer_need(tracker, say, target[1:], tracker.slots.get("other_need"))
    facts = facts_of(tracker)
    if sets == "children":
        facts = replace(facts, children=True)
    following = question_named(question.need, target)
    if following and following == question_to_ask(tracker, question.need, facts):
        return [*events, *ask(tracker, say, following)]
    told = told_about(tracker, question.need)
    kind, text = next_about(tracker, question.need, told, facts, first=target or None)
    speak_deeper(say, text, _one_more_tip(tracker, _with(told, kind)))
    return [*events, SlotSet("told", _with(told, kind))]


def _answer_to(tracker: Tracker, question: str) -> str | None:
    """Return the curated answer; after violence one of our own where the curated one speaks of two partners."""
    own = sentences().get(f"{question}_after_violence")
    if own and tracker.slots.get("violence"):
        return str(own["text"])
    return curated(resources(), question, "vraag")
