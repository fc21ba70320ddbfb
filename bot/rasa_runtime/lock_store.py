"""One turn of a conversation at a time, also when several Rasa processes share the conversations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig

HOLD_SECONDS = 3.0
"""After this long a lock ends by itself: its process was killed. Longer than `running.TURN_SECONDS`."""
_LOOK_SECONDS = 0.02
REDIS_SECONDS = 0.5
"""A Redis that does not answer by then is away: the person gets the safe reply."""


class ConversationLocks(LockStore):
    """In endpoints.yml: `url` is a Redis address, or empty for one process.

    Rasa's own RedisLockStore takes no address, looks only once a second, and leaves a key for ever when its process
    dies. This one needs none of the ticket methods of `LockStore`: Rasa only calls `lock`.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, hold_seconds: float = HOLD_SECONDS) -> None:
        url = endpoint_config.url if endpoint_config else None
        self._hold_seconds = hold_seconds
        self._redis: Any = None
        if url:
            from redis.asyncio import Redis

            self._redis = Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[None]:
        """Wait for the running turn of `conversation_id`, without an end: `RunningTurns` sets the bound."""
        if self._redis is None:
            async with self._here.setdefault(conversation_id, asyncio.Lock()):
                yield
            return
        from redis.exceptions import LockError

        lock = self._redis.lock(f"nachtlicht:turn:{conversation_id}", timeout=self._hold_seconds, sleep=_LOOK_SECONDS)
        await lock.acquire()
        try:
            yield
        finally:
            with suppress(LockError):  # it had run out; the next turn has it already
                await lock.release()
