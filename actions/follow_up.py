"""A bare "ja", "nee" or "laat maar": an answer to what the bot asked last."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.age import answer_age
from actions.answers import answer_question, other_need_button
from actions.base import Events, SafeAction, intent_of
from actions.close import answer_feedback
from actions.differential import open_question
from actions.facts import signs_of
from actions.near import answer_near
from actions.risk import answer_safety, ask_safety_again, waits_for_safety
from actions.sentences import speak


class FollowUp(SafeAction):
    """Goes on with the question that is open or the offer; without either it invites the person to tell more.

    What is out of scope comes here too: "haha grapje" after an alarm is an answer to the safety question.
    """

    def name(self) -> str:
        return "action_follow_up"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        intent, waiting_for = intent_of(tracker), tracker.slots.get("waiting_for")
        if waits_for_safety(tracker):
            again = intent == "buiten_bereik"
            return ask_safety_again(tracker, say) if again else answer_safety(tracker, say)
        if waiting_for == "near":
            return answer_near(tracker, say)
        if waiting_for == "age":
            return answer_age(tracker, say)
        if waiting_for == "feedback" and intent in ("bevestig", "ontken", "weet_niet"):
            return answer_feedback(tracker, say)
        in_form = bool(tracker.active_loop.get("name"))
        question = open_question(tracker)
        if question and not in_form and intent != "niet_wat_ik_bedoelde":
            return answer_question(tracker, say, question)
        return self._without_question(tracker, say, intent, in_form)

    def _without_question(self, tracker: Tracker, say: CollectingDispatcher, intent: str, in_form: bool) -> Events:
        waiting_for = tracker.slots.get("waiting_for")
        if intent == "buiten_bereik":
            speak(say, "clarify_in_form" if in_form else "out_of_scope")
            return [SlotSet("doubts", 0), SlotSet("waiting_for", None)]
        if waiting_for == "referral" and intent == "bevestig":
            return [FollowupAction("action_look_for_help")]
        if intent == "niet_wat_ik_bedoelde":
            if "boos" in signs_of(tracker):
                speak(say, "bot_again")
                return [SlotSet("waiting_for", None), SlotSet("doubts", 0), *(_leave_form() if in_form else [])]
            speak(say, "menu", first_buttons=other_need_button(tracker.slots.get("other_need")))
            # "Laat maar" leaves the form: its question next to this one would be two questions at once.
            return [SlotSet("waiting_for", None), *(_leave_form() if in_form else [])]
        if not in_form:
            more = other_need_button(tracker.slots.get("other_need"))
            speak(say, "no_referral" if waiting_for == "referral" else "listening", more_buttons=more)
        return [SlotSet("waiting_for", None)]


def _leave_form() -> Events:
    return [ActiveLoop(None), SlotSet("requested_slot", None)]
