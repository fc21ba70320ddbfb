"""The safety protocol: fixed texts, the right line first, one question, and the alarm stays for the whole session."""

from __future__ import annotations

import re

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.age import ask_age, may_ask_age
from actions.base import Events, SafeAction, confidence_of, intent_of, parsed, resources, sure_intent_of
from actions.counting import count_risk
from actions.facts import facts_of, is_young
from actions.languages import danger_in
from actions.lines import line_cards
from actions.protocols import protocol_of, situation_by_sign, situation_of
from actions.sentences import sentences, speak_text
from referral_db.crisis import RiskProtocol
from referral_db.taxonomy import NO_JOINT_HELP

# Whoever did this may look at the same device: once in a session the person hears what stays on it.
_SOMEONE_MAY_LOOK = ("partnergeweld", "seksueel_geweld", "kind_in_gevaar")

_NEW_SUBJECT = 0.75
"""While the safety question is open, a need takes its place only from this confidence on."""
_OPEN = ("safety", "recheck")


class AnswerRisk(SafeAction):
    """Answers danger at once and leaves any form; who says more of the same is not given the same words again."""

    def name(self) -> str:
        return "action_answer_risk"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        return answer_risk(tracker, say, intent_of(tracker) or str((parsed(tracker, "risk") or {}).get("code")))


def answer_risk(tracker: Tracker, say: CollectingDispatcher, code: str) -> Events:
    """Begin the protocol of the risk `code`, or go on with it when it was said before and this is not graver."""
    slots = tracker.slots
    if own_language := danger_in(slots.get("language"), code):
        speak_text(say, own_language)
    waiting_for, situation, warned = slots.get("waiting_for"), slots.get("situation"), slots.get("warned")
    said = situation_by_sign(tracker, code)
    graver = said not in (None, situation)
    if code == slots.get("risk") and protocol_of(code, situation).buttons and not graver:
        protocol = protocol_of(code, situation)
        more = str(sentences()["no_address" if said == "zoekt_opvang" else "risk_more"]["text"])
        if waiting_for in _OPEN:
            _say(say, f"{more} {_question(protocol)}", protocol.lines, protocol.buttons)
        else:
            _say(say, more, protocol.lines, _ways_on())
    else:
        situation = situation_of(tracker, code)
        protocol = protocol_of(code, situation)
        waiting_for = "safety"
        if code in _SOMEONE_MAY_LOOK and not warned:
            _say_with_warning(say, protocol)
            warned = True
        else:
            _say(say, protocol.say, protocol.lines, protocol.buttons)
    if not slots.get("risk"):
        count_risk(code)
    young = is_young(tracker) and not slots.get("need")
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        SlotSet("risk", code),
        SlotSet("situation", situation),
        SlotSet("violence", _violence(code, slots.get("violence"))),
        SlotSet("warned", warned),
        # The cards of the whole conversation are then those for the young.
        *([SlotSet("need", "jongeren")] if young else []),
        *facts_of(tracker).events(),
        SlotSet("doubts", 0),
        SlotSet("waiting_for", waiting_for),
    ]


def _say_with_warning(say: CollectingDispatcher, protocol: RiskProtocol) -> None:
    """Say what stays on the device before anything is asked: who answers first may regret it."""
    question = _question(protocol)
    _say(say, protocol.say.removesuffix(question).strip(), protocol.lines, ())
    speak_text(say, resources().crisis.digital_safety)
    _say(say, question, (), protocol.buttons)


def _violence(code: str, before: str | None) -> str | None:
    """Return the violence to remember: the last, but own aggression once said is never forgotten."""
    return code if code in NO_JOINT_HELP and before != "eigen_agressie" else before


def answer_safety(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Go on after "Ben je nu veilig?": 112 first after an alarming answer, one other gentle check after "laat maar"."""
    if intent_of(tracker) == "niet_wat_ik_bedoelde":
        return ask_safety_again(tracker, say)
    return _end_question(tracker, say, sure_intent_of(tracker))


def waits_for_safety(tracker: Tracker) -> bool:
    """Tell whether the safety question is open."""
    return tracker.slots.get("waiting_for") in _OPEN


def evades_safety(tracker: Tracker) -> bool:
    """Tell whether the safety question is open and this message is no clear new subject: "was maar om te lachen"."""
    return waits_for_safety(tracker) and confidence_of(tracker) < _NEW_SUBJECT


def ask_safety_again(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Ask once more, differently and gently, after a denial or an answer that is not understood; then leave it."""
    if tracker.slots.get("waiting_for") == "recheck":
        denied = intent_of(tracker) == "niet_wat_ik_bedoelde"
        return _end_question(tracker, say, "liever_niet" if denied else "weet_niet")
    protocol = _present(tracker)
    # Danger now has no question to ask: the numbers stand there once more.
    _say(say, protocol.again, () if protocol.buttons else protocol.lines, protocol.buttons)
    return [SlotSet("waiting_for", "recheck" if protocol.buttons else None)]


def decline_help(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Accept that the person wants no help now: one number, and the door stays open."""
    return _end_question(tracker, say, "liever_niet")


def _end_question(tracker: Tracker, say: CollectingDispatcher, intent: str) -> Events:
    protocol = _present(tracker)
    if intent not in protocol.alarming and may_ask_age(tracker):
        _say(say, _reply(protocol, intent), _lines(protocol, intent), ())
        return ask_age(say)
    # Danger now: the number, and nothing that keeps a person here.
    _say(say, _reply(protocol, intent), _lines(protocol, intent), _ways_on() if protocol.buttons else ())
    return [SlotSet("waiting_for", None)]


def _present(tracker: Tracker) -> RiskProtocol:
    return protocol_of(tracker.slots["risk"], tracker.slots.get("situation"))


def _question(protocol: RiskProtocol) -> str:
    """The question that ends the first answer."""
    return re.split(r"(?<=[.!]) ", protocol.say)[-1]


def _ways_on() -> tuple[tuple[str, str], ...]:
    """The buttons under an answer that asks nothing: a human, writing instead of talking, wiping, another subject."""
    return tuple((button["title"], button["payload"]) for button in sentences()["risk_more"]["buttons"])


def _reply(protocol: RiskProtocol, intent: str) -> str:
    replies = {"bevestig": protocol.on_yes, "ontken": protocol.on_no, "weet_niet": protocol.on_unsure}
    return replies.get(intent, protocol.on_decline)


def _lines(protocol: RiskProtocol, intent: str) -> tuple[str, ...]:
    """Return the lines for this answer: 112 before all others when the answer means danger now."""
    if intent in protocol.alarming:
        return ("112", *(line for line in protocol.lines if line != "112"))
    return protocol.lines


def _say(say: CollectingDispatcher, text: str, lines: tuple[str, ...], buttons: tuple[tuple[str, str], ...]) -> None:
    shown = [{"title": title, "payload": payload} for title, payload in buttons]
    speak_text(say, text, cards=line_cards(lines), buttons=shown)
