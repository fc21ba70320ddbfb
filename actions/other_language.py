"""Answering who writes in another language than Dutch."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Events, SafeAction, resources
from actions.cards import CARDS_AT_ONCE, referrals
from actions.facts import needs_said
from actions.languages import UNKNOWN, danger_in, languages
from actions.lines import line_cards
from actions.protocols import protocol_of
from actions.risk import waits_for_safety
from actions.sentences import speak_text
from referral_db.cards import Card
from referral_db.search import GENERAL_NEED
from referral_db.taxonomy import LANGUAGES

ASKED = "andere_taal"
_EMERGENCY = "112"
_MANY_LANGUAGES = "1000 Brussel"
"""Where most who listen in another language work from, by telephone."""
_LOOKED_AT = 20


class AnswerLanguage(SafeAction):
    """Answers in the other language with the lines that speak it; the second time in a row with help for the need."""

    def name(self) -> str:
        return "action_answer_language"

    def answer(self, tracker: Tracker, say: CollectingDispatcher) -> Events:
        code = tracker.slots.get("language")
        language = languages().get(code or "", languages()[UNKNOWN])
        if waits_for_safety(tracker):
            risk = tracker.slots["risk"]
            protocol = protocol_of(risk, tracker.slots.get("situation"))
            speak_text(say, danger_in(code, risk) or language.danger["other"], cards=line_cards(protocol.lines))
            return [SlotSet("doubts", 0)]
        needs = needs_said(tracker)
        if tracker.slots.get("asked") == ASKED:
            found = referrals(resources(), tracker, needs=tuple(needs[:1]) or None)
            speak_text(say, language.again, cards=found.cards[:CARDS_AT_ONCE], buttons=language.buttons)
        else:
            cards = [*_in_language(tracker, str(code)), *line_cards((_EMERGENCY,))][-CARDS_AT_ONCE:]
            speak_text(say, language.reply, cards=cards, buttons=language.buttons)
        return [SlotSet("asked", ASKED), SlotSet("doubts", 0), SlotSet("waiting_for", None)]


def _in_language(tracker: Tracker, code: str) -> list[Card]:
    """Who listens in the language; none where the database knows of nobody."""
    if code not in LANGUAGES:
        return []
    spoken = f"helpt in het {LANGUAGES[code]}"
    found = referrals(
        resources(),
        tracker,
        needs=(GENERAL_NEED,),
        any_channel=True,
        listeners=True,
        limit=_LOOKED_AT,
        elsewhere=_MANY_LANGUAGES,
    )
    return [card for card in found.cards if spoken in card["why"]][: CARDS_AT_ONCE - 1]
