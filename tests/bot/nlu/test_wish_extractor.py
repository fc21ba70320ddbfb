"""What people may pay and how they want contact."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.normalise import normalise
from bot.nlu.wish_extractor import FREE, LITTLE, NO_LIMIT, WishExtractor, budget_of, channel_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("max 30 euro", "30", id="an amount"),
        pytest.param("hoogstens €25 per keer", "25", id="euro sign"),
        pytest.param("kan ni veel betalen", LITTLE, id="dialect, little"),
        pytest.param("heb verhoogde tegemoetkoming", LITTLE, id="increased allowance"),
        pytest.param("het moet gratis zijn", FREE, id="free"),
        pytest.param("ik kan dat niet betalen", FREE, id="cannot pay"),
        pytest.param("geld is geen probleem", NO_LIMIT, id="no limit"),
        pytest.param("maakt niet uit wat het kost", NO_LIMIT, id="whatever it costs"),
        pytest.param("50", "50", id="bare number"),
        pytest.param("we hebben ruzie over geld", None, id="money as a subject"),
    ],
)
def test_budget(text, expected) -> None:
    assert budget_of(normalise(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ik durf niet bellen", "chat", id="dares not call"),
        pytest.param("liever chatten", "chat", id="chat"),
        pytest.param("ik bel liever", "telefoon", id="phone"),
        pytest.param("liefst langsgaan", "ter_plaatse", id="in person"),
        pytest.param("via zoom", "videogesprek", id="video"),
        pytest.param("een praatgroep", "groep", id="group"),
        pytest.param("mailen kan ook", "mail", id="mail"),
        pytest.param("ik weet het niet", None, id="none"),
    ],
)
def test_channel(text, expected) -> None:
    assert channel_of(normalise(text)) == expected


def _read(text: str, intent: str) -> Message:
    message = Message({"text": text, "intent": {"name": intent, "confidence": 0.4}})
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


def test_danger_in_another_language_stays_danger_and_says_which_language() -> None:
    message = _read("my husband hits me", "partnergeweld")
    assert message.get("intent")["name"] == "partnergeweld"
    assert [found["value"] for found in message.get("entities")] == ["en"]
