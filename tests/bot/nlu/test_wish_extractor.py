"""What is read of a message, and of which messages."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.wish_extractor import WishExtractor


def _read(text: str, intent: str) -> Message:
    thought = {"name": intent, "confidence": 0.2}
    message = Message({"text": text, "intent": thought, "intent_ranking": [thought]})
    return WishExtractor().process([message])[0]


def _time_in(message: Message) -> str | None:
    return next((found["value"] for found in message.get("entities", []) if found["entity"] == "time"), None)


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        pytest.param("waar kan ik morgenvoormiddag terecht", "zoek_hulp", "morgen 8-12", id="asks for help"),
        pytest.param("is er zaterdag iemand bereikbaar", "vraag_open_nu", "zaterdag 8-22", id="who is open then"),
        pytest.param("wie is er nu open", "vraag_open_nu", None, id="now is what that shows anyway"),
        pytest.param("we maken in het weekend altijd ruzie", "conflict", None, id="about something else"),
    ],
)
def test_a_time_is_read_where_a_message_asks_for_help(text, intent, expected) -> None:
    assert _time_in(_read(text, intent)) == expected


def test_a_message_that_is_only_a_time_is_a_wish_whatever_the_classifier_thought() -> None:
    message = _read("morgenvoormiddag", "groet")
    assert message.get("intent")["name"] == message.get("intent_ranking")[0]["name"] == "geef_kanaal"
    assert _time_in(message) == "morgen 8-12"


def test_danger_is_never_turned_into_a_wish() -> None:
    assert _read("vannacht", "zelfdoding").get("intent")["name"] == "zelfdoding"


def test_what_is_written_in_another_language_is_answered_as_such() -> None:
    message = _read("on se dispute tout le temps avec mon mari", "conflict")
    assert message.get("intent")["name"] == "andere_taal"
    assert [found["value"] for found in message.get("entities")] == ["fr"]


def test_another_language_that_was_hardly_seen_is_sure_once_it_is_recognised() -> None:
    message = _read("жена хочет развода", "andere_taal")
    assert message.get("intent") == message.get("intent_ranking")[0] == {"name": "andere_taal", "confidence": 0.95}
    assert [one["name"] for one in message.get("intent_ranking")].count("andere_taal") == 1


def test_danger_in_another_language_stays_danger_and_says_which_language() -> None:
    message = _read("my husband hits me", "partnergeweld")
    assert message.get("intent")["name"] == "partnergeweld"
    assert [found["value"] for found in message.get("entities")] == ["en"]
