"""What is kept of a conversation: codes, for thirty minutes, in bounded memory."""

import asyncio
import json
import time

import pytest
from rasa.core.brokers.file import FileEventBroker
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_runtime.tracker_store import KEPT_TURNS, CodesOnlyTrackerStore, MemoryShelf

DOMAIN = Domain.from_yaml(
    """
intents: [ontrouw]
entities: [place]
slots:
  need: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  place: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  referral_form: {required_slots: [place]}
"""
)
CANARY = "kanarie-in-de-mijn"


def said(text: str) -> UserUttered:
    parse = {"text": text, "intent": {"name": "ontrouw"}, "needs": [{"code": "ontrouw"}], "text_tokens": [[0, 3]]}
    return UserUttered(text, {"name": "ontrouw"}, [], parse, metadata={"raw": text})


def tracker_with(*events: object, sender: str = "sender") -> DialogueStateTracker:
    return DialogueStateTracker.from_events(sender, list(events), DOMAIN.slots)


def saved(tracker: DialogueStateTracker, shelf: MemoryShelf) -> DialogueStateTracker:
    store = CodesOnlyTrackerStore(DOMAIN, shelf=shelf)
    asyncio.run(store.save(tracker))
    found = asyncio.run(store.retrieve(tracker.sender_id))
    assert found is not None
    return found


def test_no_word_of_the_person_is_kept_and_the_codes_are() -> None:
    shelf = MemoryShelf()
    found = saved(tracker_with(ActionExecuted("action_listen"), said(CANARY), SlotSet("need", "ontrouw")), shelf)
    assert CANARY not in json.dumps(shelf.get("sender"))
    assert found.latest_message.intent["name"] == "ontrouw"
    assert found.latest_message.parse_data["needs"] == [{"code": "ontrouw"}]
    assert found.get_slot("need") == "ontrouw"


def test_what_the_bot_said_is_not_kept() -> None:
    shelf = MemoryShelf()
    saved(tracker_with(ActionExecuted("action_listen"), BotUttered("Bel nu 112.")), shelf)
    assert "112" not in json.dumps(shelf.get("sender"))


def test_a_long_conversation_keeps_its_slots_and_its_form_and_does_not_grow() -> None:
    events: list[object] = [SlotSet("need", "ontrouw"), ActiveLoop("referral_form"), SlotSet("requested_slot", "place")]
    sizes = []
    shelf = MemoryShelf()
    for _ in range(60):
        events += [ActionExecuted("action_listen"), said("nog een zin"), ActionExecuted("action_answer_need")]
        found = saved(tracker_with(*events), shelf)
        sizes.append(len(shelf.get("sender") or ""))
    assert found.get_slot("need") == "ontrouw"
    assert found.active_loop_name == "referral_form"
    assert sum(isinstance(event, UserUttered) for event in found.events) <= KEPT_TURNS + 1
    assert sizes[-1] < 1.2 * sizes[KEPT_TURNS + 1]


def test_a_trimmed_conversation_can_be_trimmed_again() -> None:
    shelf = MemoryShelf()
    tracker = tracker_with(SlotSet("need", "ontrouw"))
    for turn in range(30):
        for event in (ActionExecuted("action_listen"), said("zin"), SlotSet("place", f"{9000 + turn} Gent")):
            tracker.update(event)
        tracker = saved(tracker, shelf)
    assert tracker.get_slot("need") == "ontrouw"
    assert tracker.get_slot("place") == "9029 Gent"


def test_an_idle_conversation_is_gone_and_its_memory_free() -> None:
    shelf = MemoryShelf(idle_seconds=0.05)
    shelf.put("a", "x")
    assert shelf.get("a") == "x"
    time.sleep(0.06)
    shelf.drop_expired()
    assert shelf.senders() == []
    assert not shelf._kept


def test_the_least_recently_used_conversation_makes_room() -> None:
    shelf = MemoryShelf(most=2)
    for sender in ("a", "b"):
        shelf.put(sender, "x")
    shelf.put("a", "y")
    shelf.put("c", "x")
    assert shelf.senders() == ["a", "c"]


def test_a_deleted_conversation_is_gone() -> None:
    shelf = MemoryShelf()
    store = CodesOnlyTrackerStore(DOMAIN, shelf=shelf)
    asyncio.run(store.save(tracker_with(ActionExecuted("action_listen"))))
    asyncio.run(store.delete("sender"))
    asyncio.run(store.delete("sender"))
    assert asyncio.run(store.retrieve("sender")) is None


def test_an_event_broker_is_refused() -> None:
    with pytest.raises(ValueError, match="event broker"):
        CodesOnlyTrackerStore(DOMAIN, event_broker=FileEventBroker.__new__(FileEventBroker))
