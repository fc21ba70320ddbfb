"""The safety protocol: fixed texts, the right line first, one question, and the alarm stays for the whole session."""

from __future__ import annotations

import re

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, confidence_of, intent_of, parsed, resources, sure_intent_of
from actions.sentences import sentences, speak_text
from nachtlicht.clock import now
from referral_db.crisis import RiskProtocol
from referral_db.crisis_cards import crisis_cards
from referral_db.taxonomy import NO_JOINT_HELP

# Whoever did this may look at the same device: once in a session the person hears what stays on it.
_SOMEONE_MAY_LOOK = ("partnergeweld", "seksueel_geweld")


_NEW_SUBJECT = 0.75
"""While the safety question is open, a need takes its place only from this confidence on."""


class AnswerRisk(SafeAction):
    """Answers danger at once and leaves any form; who says more of the same is not given the same words again."""

    def name(self) -> str:
        return "action_answer_risk"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        code = intent_of(tracker) or str((parsed(tracker, "risk") or {}).get("code"))
        crisis = resources().crisis
        protocol = crisis.risks[code]
        waiting_for = tracker.slots.get("waiting_for")
        if code == tracker.slots.get("risk") and protocol.buttons:
            more = str(sentences()["risk_more"]["text"])
            if waiting_for in ("safety", "recheck"):
                _say(say, f"{more} {_question(protocol)}", protocol.lines, protocol.buttons)
            else:
                _say(say, more, protocol.lines, _ways_on())
        else:
            both_ways = code == "partnergeweld" and tracker.slots.get("violence") == "eigen_agressie"
            text = str(sentences()["violence_both_ways"]["text"]) if both_ways else protocol.say
            _say(say, text, protocol.lines, protocol.buttons)
            waiting_for = "safety"
            if code in _SOMEONE_MAY_LOOK and not tracker.slots.get("risk"):
                speak_text(say, crisis.digital_safety)
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("risk", code),
            SlotSet("violence", _violence(code, tracker.slots.get("violence"))),
            SlotSet("doubts", 0),
            SlotSet("waiting_for", waiting_for),
        ]


def _violence(code: str, before: str | None) -> str | None:
    """Return the violence to remember: the last, but own aggression once said is never forgotten."""
    return code if code in NO_JOINT_HELP and before != "eigen_agressie" else before


def answer_safety(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Go on after "Ben je nu veilig?": 112 first after an alarming answer, one other gentle check after "laat maar"."""
    if intent_of(tracker) == "niet_wat_ik_bedoelde":
        return ask_safety_again(tracker, say)
    return _end_question(tracker, say, sure_intent_of(tracker))


def evades_safety(tracker: Tracker) -> bool:
    """Tell whether the safety question is open and this message is no clear new subject: "was maar om te lachen"."""
    open_question = tracker.slots.get("waiting_for") in ("safety", "recheck")
    return open_question and confidence_of(tracker) < _NEW_SUBJECT


def ask_safety_again(tracker: Tracker, say: CollectingDispatcher) -> Events:
    """Ask once more, differently and gently, after a denial or an answer that is not understood; then leave it."""
    if tracker.slots.get("waiting_for") == "recheck":
        denied = intent_of(tracker) == "niet_wat_ik_bedoelde"
        return _end_question(tracker, say, "liever_niet" if denied else "weet_niet")
    protocol = resources().crisis.risks[tracker.slots["risk"]]
    # Danger now has no question to ask: the numbers stand there once more.
    _say(say, protocol.again, () if protocol.buttons else protocol.lines, protocol.buttons)
    return [SlotSet("waiting_for", "recheck" if protocol.buttons else None)]


def _end_question(tracker: Tracker, say: CollectingDispatcher, intent: str) -> Events:
    protocol = resources().crisis.risks[tracker.slots["risk"]]
    # Danger now: the number, and nothing that keeps a person here.
    _say(say, _reply(protocol, intent), _lines(protocol, intent), _ways_on() if protocol.buttons else ())
    return [SlotSet("waiting_for", None)]


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
    have = resources()
    with have.sessions() as session:
        cards = crisis_cards(session, [have.crisis.lines[line] for line in lines], now(have.settings))
    speak_text(say, text, cards=cards, buttons=[{"title": title, "payload": payload} for title, payload in buttons])
