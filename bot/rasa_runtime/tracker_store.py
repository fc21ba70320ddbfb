"""Where a conversation is kept between two turns: codes only, 30 minutes at most, in a store that frees memory."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Protocol

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_runtime.lock_store import REDIS_SECONDS

IDLE_SECONDS = 30 * 60
MAX_CONVERSATIONS = 20_000
KEPT_TURNS = 6
"""Turns whose events stay. Rules look back one turn; slots carry what was said before."""

_KEPT_OF_PARSE = ("intent", "entities", "needs", "risk", "signs")


class Shelf(Protocol):
    """Keeps serialised conversations by sender, each for IDLE_SECONDS after it was last put."""

    def put(self, sender: str, conversation: str) -> None: ...

    def get(self, sender: str) -> str | None: ...

    def drop(self, sender: str) -> None: ...

    def senders(self) -> list[str]: ...

    def drop_expired(self) -> None: ...


class MemoryShelf:
    """Conversations in this process: the least recently used one goes first when there are too many."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS, most: int = MAX_CONVERSATIONS) -> None:
        self._idle_seconds = idle_seconds
        self._most = most
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def put(self, sender: str, conversation: str) -> None:
        self._kept[sender] = (time.monotonic() + self._idle_seconds, conversation)
        self._kept.move_to_end(sender)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, sender: str) -> str | None:
        self.drop_expired()
        kept = self._kept.get(sender)
        return kept[1] if kept else None

    def drop(self, sender: str) -> None:
        self._kept.pop(sender, None)

    def senders(self) -> list[str]:
        self.drop_expired()
        return list(self._kept)

    def drop_expired(self) -> None:
        # In order of last use, so the expired ones stand in front.
        now = time.monotonic()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)


class RedisShelf:
    """Conversations in Redis, for several Rasa processes. Redis itself forgets them."""

    def __init__(self, url: str, idle_seconds: int = IDLE_SECONDS) -> None:
        import redis

        self._redis = redis.Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
        self._idle_seconds = idle_seconds

    def put(self, sender: str, conversation: str) -> None:
        self._redis.set(f"nachtlicht:tracker:{sender}", conversation, ex=self._idle_seconds)

    def get(self, sender: str) -> str | None:
        value = self._redis.get(f"nachtlicht:tracker:{sender}")
        return value.decode() if value else None

    def drop(self, sender: str) -> None:
        self._redis.delete(f"nachtlicht:tracker:{sender}")

    def senders(self) -> list[str]:
        return [key.decode().rsplit(":", 1)[1] for key in self._redis.scan_iter("nachtlicht:tracker:*")]

    def drop_expired(self) -> None:
        """Nothing to do: keys carry their own end."""


class CodesOnlyTrackerStore(TrackerStore):
    """Blanks every word of the person as it saves, and keeps only what the next turn needs.

    The channel already hands Rasa an empty text; this is the second lock on the same door. In endpoints.yml: `url`
    is a Redis address, or empty for memory.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        shelf: Shelf | None = None,
        **_: Any,
    ) -> None:
        if event_broker is not None:
            raise ValueError("CodesOnlyTrackerStore: an event broker would copy every conversation; remove it")
        super().__init__(domain, None)
        # Rasa hands over the `url` itself, not the endpoint.
        self.shelf: Shelf = shelf or (RedisShelf(host) if host else MemoryShelf())

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.shelf.put(tracker.sender_id, json.dumps(_codes_of(tracker)))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        kept = self.shelf.get(sender_id)
        return self.deserialise_tracker(sender_id, kept) if kept else None

    async def keys(self) -> Iterable[str]:
        return self.shelf.senders()

    async def delete(self, sender_id: str) -> None:
        """Forget the conversation of `sender_id`; nothing happens when there is none."""
        self.shelf.drop(sender_id)


def _codes_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return the conversation as a Rasa dialogue: the slots, the active loop and the last turns, without words."""
    events = [event for event in tracker.events if not isinstance(event, BotUttered)]
    cut = _start_of_last_turns(events)
    earlier, recent = events[:cut], events[cut:]
    start: list[Event] = []
    if earlier:
        start = [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.has_been_set]
        loops = [event for event in earlier if isinstance(event, ActiveLoop)]
        start += loops[-1:]
    return {"name": tracker.sender_id, "events": [_without_words(event.as_dict()) for event in start + recent]}


def _start_of_last_turns(events: list[Event]) -> int:
    turns = [
        index
        for index, event in enumerate(events)
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
    ]
    return turns[-(KEPT_TURNS + 1)] if len(turns) > KEPT_TURNS else 0


def _without_words(event: dict[str, Any]) -> dict[str, Any]:
    if event["event"] != UserUttered.type_name:
        return event
    parse = {key: value for key, value in (event.get("parse_data") or {}).items() if key in _KEPT_OF_PARSE}
    return {**event, "text": "", "parse_data": {**parse, "text": ""}, "metadata": {}}
