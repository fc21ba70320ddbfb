"""One turn: what the dialogue gets of a message, and what comes back."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from bot.rasa_runtime.lock_store import ConversationLocks
from bot.rasa_runtime.turn import FALLBACK, LONG, BadPayload, NoReply, forget, parse, take_turn


class FakeAgent:
    """Stands in for Rasa's agent at its four seams: parse, handle, tracker store, lock store."""

    def __init__(self, parsed=None, response=None, risk=None) -> None:
        self.domain = SimpleNamespace(intents=["ontrouw", "geef_plaats", "groet"], entities=["place"])
        self.parsed = parsed or {
            "intent": {"name": "ontrouw", "confidence": 0.9},
            "entities": [],
            "needs": [],
            "risk": {},
            "signs": ["wapen"],
        }
        self.response = {"text": "Dag."} if response is None else response
        self.handled = []
        self.parsed_texts = []
        self.deleted = []
        self.tracker_store = SimpleNamespace(retrieve=self.retrieve, delete=self.delete)
        self.lock_store = ConversationLocks()
        self.risk = risk

    async def parse_message(self, text):
        self.parsed_texts.append(text)
        return {**self.parsed, "text": text}

    async def handle_message(self, message):
        self.handled.append(message)
        if self.response:
            await message.output_channel.send_response(message.sender_id, self.response)

    async def retrieve(self, sender):
        return SimpleNamespace(get_slot=lambda name: self.risk)

    async def delete(self, sender):
        self.deleted.append(sender)


def turn(agent, text=None, payload=None, doubt_below=0.3):
    return asyncio.run(take_turn(agent, "sender-sender-sender", text, payload, doubt_below))


def test_the_dialogue_gets_codes_and_no_words() -> None:
    agent = FakeAgent()
    reply = turn(agent, "mijn kanarie zingt niet meer")
    (message,) = agent.handled
    assert message.text == ""
    assert "kanarie" not in str(message.parse_data)
    assert message.parse_data["intent"]["name"] == "ontrouw"
    assert message.parse_data["signs"] == ["wapen"]
    assert reply["understood"]["intent"] == "ontrouw"


@pytest.mark.parametrize("text", ["/restart", " /restart", "///restart", '/ontrouw{"place": "x"}'])
def test_a_text_that_looks_like_a_command_is_a_text(text) -> None:
    agent = FakeAgent()
    turn(agent, text)
    assert not agent.parsed_texts[0].startswith("/")


def test_doubt_becomes_a_question_and_what_was_understood_is_still_told() -> None:
    agent = FakeAgent({"intent": {"name": "ontrouw", "confidence": 0.1}, "entities": [], "risk": {"code": None}})
    reply = turn(agent, "hm")
    assert agent.handled[0].parse_data["intent"]["name"] == FALLBACK
    assert reply["understood"]["intent"] == "ontrouw"


@pytest.mark.parametrize(
    ("parsed", "missed"),
    [
        ({"intent": {"name": "ontrouw", "confidence": 0.1}, "risk": {"code": None, "near": None}}, True),
        ({"intent": {"name": "ontrouw", "confidence": 0.9}, "risk": {"code": None, "near": None}}, False),
        ({"intent": {"name": "ontrouw", "confidence": 0.1}, "risk": {"code": "zelfdoding"}}, False),
        ({"intent": {"name": "ontrouw", "confidence": 0.1}, "risk": {"code": None, "near": "zelfdoding"}}, False),
        ({"intent": {"name": "ontrouw", "confidence": 0.1}, "risk": {"code": None}, "signs": ["wapen"]}, False),
    ],
    ids=["doubt", "sure", "danger", "danger that is possible", "a sign"],
)
def test_a_miss_is_told_only_where_nothing_weighs(parsed, missed) -> None:
    reply = turn(FakeAgent({"entities": [], **parsed}), "hm")
    assert reply["understood"].get("missed", False) is missed


def test_danger_is_never_a_doubt() -> None:
    parsed = {"intent": {"name": "zelfdoding", "confidence": 0.1}, "entities": [], "risk": {"code": "zelfdoding"}}
    agent = FakeAgent(parsed)
    assert turn(agent, "hm")["understood"]["risk"] == "zelfdoding"
    assert agent.handled[0].parse_data["intent"]["name"] == "zelfdoding"


def test_a_button_skips_understanding() -> None:
    agent = FakeAgent()
    turn(agent, payload='/geef_plaats{"place": "9000 Gent"}')
    assert agent.parsed_texts == []
    (entity,) = agent.handled[0].parse_data["entities"]
    assert (entity["entity"], entity["value"]) == ("place", "9000 Gent")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param("/restart", id="an intent that is not ours"),
        pytest.param("ontrouw", id="no slash"),
        pytest.param("/ontrouw{", id="broken JSON"),
        pytest.param('/ontrouw{"admin": 1}', id="an entity that is not ours"),
        pytest.param("/ontrouw" + "{" + " " * 600 + "}", id="endless"),
    ],
)
def test_a_strange_payload_is_refused(payload) -> None:
    with pytest.raises(BadPayload):
        turn(FakeAgent(), payload=payload)


@pytest.mark.parametrize(
    "response", [pytest.param({}, id="nothing said"), pytest.param({"custom": {"degraded": True}}, id="action failed")]
)
def test_silence_is_an_error(response) -> None:
    with pytest.raises(NoReply):
        turn(FakeAgent(response=response), "dag")


def test_a_failed_action_spoils_the_whole_reply() -> None:
    with pytest.raises(NoReply):
        turn(FakeAgent(response={"text": "Half", "custom": {"degraded": True}}), "dag")


def test_wiping_answers_only_when_it_is_gone() -> None:
    agent = FakeAgent(response={"text": "Alles is gewist.", "custom": {"end": True}})
    reply = turn(agent, "wis alles")
    assert reply["ended"] is True
    assert agent.deleted == ["sender-sender-sender"]


def test_the_help_bar_follows_the_risk_of_the_session() -> None:
    assert turn(FakeAgent(risk="partnergeweld"), "dag")["help_bar"] is True
    assert turn(FakeAgent(), "dag")["help_bar"] is False


def test_parse_gives_the_text_back_to_the_one_who_sent_it() -> None:
    assert asyncio.run(parse(FakeAgent(), "/x"))["text"] == "/x"


def test_forgetting_waits_for_the_turn_that_runs() -> None:
    agent = FakeAgent()

    async def main() -> None:
        async with agent.lock_store.lock("sender"):
            forgetting = asyncio.ensure_future(forget(agent, "sender"))
            await asyncio.sleep(0.05)
            assert agent.deleted == []
        await forgetting
        assert agent.deleted == ["sender"]

    asyncio.run(main())


def test_a_short_text_is_read_while_a_long_one_still_is() -> None:
    read = []

    class Slow(FakeAgent):
        async def parse_message(self, text):
            if len(text) > LONG:
                time.sleep(0.3)  # noqa: ASYNC251 – as a component does: without giving way
            read.append(len(text))
            return await super().parse_message(text)

    async def main() -> None:
        agent = Slow()
        began = time.monotonic()
        long = [asyncio.ensure_future(parse(agent, "a" * (LONG + more))) for more in (1, 2)]
        await asyncio.sleep(0.05)
        await parse(agent, "a" * LONG)
        assert time.monotonic() - began < 0.25
        assert [len((await result)["text"]) for result in long] == [LONG + 1, LONG + 2]

    asyncio.run(main())
    assert read == [LONG, LONG + 1, LONG + 2], "the long ones one after the other"
